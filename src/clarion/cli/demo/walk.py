"""The main line without a browser: through the API, as three people and as a reader, step by step."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from clarion.cli.demo import rows, words
from clarion.cli.demo.client import Answer, Client, Found, until
from clarion.cli.demo.home import Demo
from clarion.cli.trouble import Trouble

STEP_SECONDS = 30.0
#: How long the alert has been on when it is reported.
ALERT_AGE = timedelta(minutes=2)
ADDED = "We are sorry for the trouble this causes."


@dataclass
class Walk:
    """One walk from the alert to the verified record. Every step raises Trouble when it is not reached."""

    demo: Demo
    port: int
    environ: Mapping[str, str]
    steps: int = 0

    def __post_init__(self) -> None:
        self.people = {role: Client(self.port, key=key) for role, key in self.demo.api_keys.items()}
        self.lead = self.people["communications_lead"]
        self.reader = Client(self.port)

    def run(self) -> int:
        """Walks the whole line; returns 0, or what `clarion verify` ended with."""
        incident = self._alert_opens_incident()
        draft = self._first_draft(incident)
        self._publish(self._edit(draft))
        self._page_shows(incident)
        self._reached(1)
        self._alert_ends(incident)
        self._publish(self._resolution(incident))
        self._page_says_resolved(incident)
        self._reached(2)
        return self._prove(incident)

    def _alert_opens_incident(self) -> str:
        self._say("Alertmanager reports a firing alert")
        self._fire("alertmanager_firing.json")
        found = self._until(
            lambda: _first(self.lead.get("/api/v1/incidents?state=open")["items"]), "an incident"
        )
        self._say(f"It opens incident {found['id']}: {found['severity']}, {found['title']}")
        self._newest("incident.opened", found["id"])
        return str(found["id"])

    def _first_draft(self, incident: str) -> dict[str, Any]:
        found = self._open_draft(incident, "holding")
        self._say("Clarion writes the first draft, for " + " and ".join(sorted(found["version"]["texts"])))
        self._newest("draft.created", incident)
        return found

    def _edit(self, draft: dict[str, Any]) -> dict[str, Any]:
        version = draft["version"]
        texts = version["texts"]
        texts["customers"]["body"] += f"\n\n{ADDED}"
        value = {
            "base_version": version["number"],
            "texts": texts,
            "incident_state": version["incident_state"],
            "component_statuses": version["component_statuses"],
            "next_update_at": version["next_update_at"],
        }
        self._say("The communications lead adds a sentence, which makes version 2")
        answer = self.lead.write("POST", f"/api/v1/drafts/{draft['id']}/versions", value)
        self._entry_of(answer)
        return dict(answer.json)

    def _publish(self, draft: dict[str, Any]) -> None:
        """Submits the draft and has it approved by two people; the last approval publishes it."""
        path, version = f"/api/v1/drafts/{draft['id']}", draft["version"]
        found = self.lead.get(f"{path}/findings")["items"]
        warnings, looked_at = _prints(found, "warn"), _prints(found, "review")
        told = f", who has read {len(warnings)} warnings," if warnings else ""
        self._say(f"The communications lead{told} submits it for review")
        submission = {"version": version["number"], "confirmed": warnings}
        self._entry_of(self.lead.write("POST", f"{path}/submit", submission))
        word = {"version": version["number"], "digest": version["digest"], "decision": "approved"}
        word["looked_at"] = looked_at
        for role in ("accuracy", "clarity"):
            self._say(f"The {role} reviewer approves exactly this text, {version['digest'][:16]}…")
            self._entry_of(self.people[role].write("POST", f"{path}/reviews", word | {"role": role}))
        self._until(lambda: self.lead.get(path)["state"] == "published" or None, "the published update")
        self._say("It is published")
        self._published = self._newest("update.published", draft["incident"])

    def _page_shows(self, incident: str) -> None:
        def shown() -> bool | None:
            summary = self.reader.send("GET", "/api/v2/summary.json").json
            listed = any(item["id"] == incident for item in summary["incidents"])
            return (listed and ADDED in self.reader.send("GET", "/").text) or None

        self._until(shown, "the update on the status page")
        self._say("The status page and its summary.json show it")
        self._site_written()

    def _page_says_resolved(self, incident: str) -> None:
        def shown() -> bool | None:
            summary = self.reader.send("GET", "/api/v2/summary.json").json
            gone = all(item["id"] != incident for item in summary["incidents"])
            page = self.reader.send("GET", f"/incidents/{incident}")
            return (gone and page.status == 200 and "Resolved" in page.text) or None

        self._until(shown, "the resolution on the status page")
        self._say("The status page says that it is resolved, and all components work")
        self._site_written()

    def _site_written(self) -> None:
        """The entry for the page as it is now: the one that is younger than what was published."""

        def look() -> dict[str, Any] | None:
            written = _last(self._entries("kind=site.written"))
            if written is None or written["leaf_index"] is None:
                return None
            return written if written["leaf_index"] > self._published["leaf_index"] else None

        self._show(self._until(look, "the page's entry in the ledger"))

    def _reached(self, count: int) -> None:
        """The reader's mailbox and endpoint hold so many updates, each signed as it should be."""
        mail = self._until(lambda: self._nth("eml", count), "the mail in the mailbox")
        letter = message_from_bytes(mail.read_bytes(), policy=policy.default)
        self._say(f"A mail is in the reader's mailbox: {letter['subject']}")
        print(f"      {mail}")
        call = json.loads(self._until(lambda: self._nth("json", count), "the call").read_text())
        if not call["verified"]:
            raise Trouble(f"The reader's endpoint got a call with a wrong signature: {call['problem']}.")
        self._say(f"The reader's endpoint was called; the signature of {call['headers']['webhook-id']} holds")

    def _nth(self, extension: str, count: int) -> Path | None:
        found = sorted(self.demo.mailbox.glob(f"[0-9]*.{extension}"))
        return found[count - 1] if len(found) >= count else None

    def _alert_ends(self, incident: str) -> None:
        self._say("Alertmanager reports that the alert is resolved")
        self._fire("alertmanager_resolved.json")
        self._until(lambda: self.lead.get(f"/api/v1/incidents/{incident}")["quiet_at"], "a quiet incident")
        self._newest("incident.quiet", incident)

    def _resolution(self, incident: str) -> dict[str, Any]:
        found = self._open_draft(incident, "resolution")
        self._say("Clarion proposes a draft that says so, and publishes nothing by itself")
        self._newest("draft.created", incident)
        return found

    def _open_draft(self, incident: str, phase: str) -> dict[str, Any]:
        def look() -> dict[str, Any] | None:
            found = self.lead.get(f"/api/v1/drafts?incident={incident}&open=true")["items"]
            return _first([item for item in found if item["phase"] == phase])

        draft = self._until(look, f"a {phase} draft")
        return dict(self.lead.get(f"/api/v1/drafts/{draft['id']}"))

    def _fire(self, name: str) -> None:
        """Posts a captured message as Alertmanager would."""
        answer = fire(self.demo, self.port, name)
        self._show(self._until(lambda: _first(self._entries(f"subject=hook:{answer['id']}")), "the hook"))

    def _prove(self, incident: str) -> int:
        """Exports the record and checks it as an auditor would, with what the public page has shown."""
        seen = self.demo.folder / "checkpoint-kept-by-a-reader.txt"
        seen.write_bytes(self.reader.send("GET", "/checkpoint.txt").body)
        key = self.lead.get("/api/v1/ledger/checkpoint")["verifier_key"]
        target = self.demo.folder / f"incident-{incident}"
        self._say("The record is exported")
        code = self._clarion("export", incident, "--to", str(target), "--seen", str(seen))
        if code:
            return code
        self._say("An auditor checks it against the key and a checkpoint kept from the status page")
        return self._clarion("verify", str(target), "--key", key, "--seen", str(seen))

    def _clarion(self, *arguments: str) -> int:
        done = subprocess.run(
            [sys.executable, "-m", "clarion.cli", *arguments],
            env=dict(self.environ),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        print("".join(f"      {line}\n" for line in done.stdout.splitlines()), end="", flush=True)
        return done.returncode

    def _say(self, text: str) -> None:
        self.steps += 1
        print(f"{self.steps:>3}  {text}", flush=True)

    def _entry_of(self, answer: Answer) -> None:
        """Prints the entry that a write made, once it is sealed."""
        self._show(self.lead.get(f"/api/v1/ledger/entries/{answer.headers['ledger-entry']}"))

    def _newest(self, kind: str, incident: str) -> dict[str, Any]:
        query = f"incident={incident}&kind={kind}"
        return self._show(self._until(lambda: _last(self._entries(query)), f"the entry {kind}"))

    def _entries(self, query: str) -> list[dict[str, Any]]:
        return list(self.lead.get(f"/api/v1/ledger/entries?limit=100&{query}")["items"])

    def _show(self, entry: dict[str, Any]) -> dict[str, Any]:
        """Prints an entry once it is sealed, and returns it as it is then."""
        path = f"/api/v1/ledger/entries/{entry['id']}"

        def sealed() -> dict[str, Any] | None:
            found = self.lead.get(path)
            return found if found["leaf_index"] is not None else None

        found = self._until(sealed, f"the seal of {entry['kind']}")
        print(f"      {found['kind']:<22} leaf {found['leaf_index']:<4} {found['leaf_hash']}", flush=True)
        return found

    def _until(self, look: Callable[[], Found | None], what: str) -> Found:
        hint = f"{self.demo.folder / 'worker.log'} and serve.log beside it may say why."
        return until(look, what, seconds=STEP_SECONDS, hint=hint)


def fire(demo: Demo, port: int, name: str) -> dict[str, Any]:
    """Posts a captured message to the demo's source, as if it happened now; returns the answer.

    The alert keeps the start it was first given, so that every report is about one occurrence. Raises Trouble
    if it is refused.
    """
    now = datetime.now(UTC)
    if not demo.alert_began:
        demo.alert_began = words.stamp(now - ALERT_AGE)
        demo.save()
    answer = Client(port, key=demo.source_token).send(
        "POST",
        f"/hooks/{rows.SOURCE}",
        body=words.message(name, began=demo.alert_began, ended=words.stamp(now)),
        headers={"content-type": "application/json"},
    )
    if answer.status != 202:
        raise Trouble(f"The hook was answered {answer.status}: {answer.text[:200]}")
    return dict(answer.json)


def _prints(found: list[dict[str, Any]], severity: str) -> list[str]:
    """Fingerprints of what was found in a draft, as whoever submits or approves names them."""
    return [item["fingerprint"] for item in found if item["severity"] == severity]


def _first(items: list[dict[str, Any]]) -> dict[str, Any] | None:
    return items[0] if items else None


def _last(items: list[dict[str, Any]]) -> dict[str, Any] | None:
    return items[-1] if items else None
