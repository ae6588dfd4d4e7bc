"""Real status updates as texts for lint: a folder with one folder for each source.

``github-status/incidents.jsonl``, ``aws-health/incidents.jsonl`` and ``jenkins-status/posts.jsonl``, in the
form of their archives (see the README beside the sample in ``tests/rules/lint/corpus``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from clarion.rules.lint import Context, LintText

SAMPLE = Path(__file__).resolve().parents[1] / "tests" / "rules" / "lint" / "corpus"
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
_STATES = {
    "Investigating": "investigating",
    "Monitoring": "monitoring",
    "Resolved": "resolved",
    "Completed": "resolved",
}
_TAGS = re.compile(r"<[^>]{0,500}>")


@dataclass(frozen=True, slots=True)
class Update:
    """One published text, where it came from, and the state its publisher gave it (None: no label)."""

    source: str
    title: str
    body: str
    state: str | None

    @property
    def text(self) -> LintText:
        return LintText(self.title, self.body)

    @property
    def context(self) -> Context:
        return context(self.state)


def context(state: str | None) -> Context:
    """What can be known of an operational incident by its label: nobody broke in, nothing is at the exchange.

    While a team investigates, the cause is not confirmed; when it has resolved the incident, cause and
    recovery are, and the fix is out. Between the two nobody has recorded it.
    """
    done = True if state == "resolved" else None
    return Context(
        now=NOON,
        state=state,
        phase={"resolved": "resolution", "investigating": "holding"}.get(state or "", "update"),
        cause_confirmed=False if state == "investigating" else done,
        fix_deployed=done or False,
        recovery_confirmed=done or False,
        monitoring_since=NOON - timedelta(hours=1) if done else None,
        security_confirmed=False,
        access_confirmed=False,
        breach_determined=False,
        listed_issuer=False,
    )


def updates(folder: Path) -> Iterator[Update]:
    """Every update in the folder that is written in English, source by source."""
    for name, read in (("github-status", _github), ("aws-health", _aws), ("jenkins-status", _jenkins)):
        for file in sorted((folder / name).glob("*.jsonl")):
            for line in file.read_text(encoding="utf-8").splitlines():
                yield from (update for update in read(json.loads(line)) if _is_english(update.body))


def _is_english(text: str) -> bool:
    """The archives hold updates in Japanese, Korean and Chinese too; quotes and dashes are no such sign."""
    return sum(ord(character) > 0x2FFF for character in text) < 5


def _github(incident: dict[str, Any]) -> Iterator[Update]:
    for number, update in enumerate(incident["updates"]):
        source = f"github-status/{incident['id']}/{number}"
        state = _STATES.get(update["status"])
        yield Update(source, incident["title"], _TAGS.sub("", update["message"]), state)


def _aws(incident: dict[str, Any]) -> Iterator[Update]:
    last = len(incident["updates"]) - 1
    for number, update in enumerate(incident["updates"]):
        name = re.sub(r"\W+", "-", f"{incident['year']}-{incident['service']}-{incident['title']}")[:90]
        done = number == last and "RESOLVED" in incident["title"]
        state = "resolved" if done else "investigating" if number == 0 < last else None
        yield Update(f"aws-health/{name}/{number}", incident["title"], update["text"], state)


def _jenkins(post: dict[str, Any]) -> Iterator[Update]:
    _, head, body = post["text"].split("---\n", 2)
    title = next((line[7:] for line in head.splitlines() if line.startswith("title: ")), "")
    state = "resolved" if "\nresolved: true" in head else None
    yield Update(f"jenkins-status/{Path(post['path']).stem}", title.strip("\"'"), body.strip(), state)
