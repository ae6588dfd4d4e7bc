"""What stories begin with, made the way the product makes it: by actions, through the pipeline.

Every function takes ``now`` (UTC) where time matters; left out, it is ``NOW``. Nothing here writes a row
by itself, so whatever a story begins with has its ledger entry too.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from clarion import pipeline
from clarion.actions import draft as draft_actions
from clarion.actions import incident as incident_actions
from clarion.actions import intake, people, review, setup
from clarion.actions import name as name_actions
from clarion.actions import policy as policy_actions
from clarion.actions import subscriber as subscriber_actions
from clarion.rules.access import SCOPES, SYSTEM, Actor
from clarion.rules.instants import reference, references
from clarion.settings.environment import Environment
from clarion.store import findings
from clarion.store.ids import new_api_key
from clarion.store.keys import create_keys
from clarion.store.people import as_actor
from clarion.store.policies import default_document
from clarion.store.queries import drafts, incidents, single
from clarion.store.queries import people as people_queries

#: When stories happen, unless they say otherwise.
NOW = datetime(2026, 3, 1, 14, 5, tzinfo=UTC)
PASSWORD = "correct-horse-battery-staple"
TOKEN = "alertmanager-token-of-the-tests"
SIGNING_SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()

_numbers = count(1)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def run(action: Any, *, now: datetime = NOW, **arguments: Any) -> Any:
    """One action with what it wakes; gives its ledger entry."""
    return pipeline.run(action, now=now, **arguments)


def id_in(entry: Any) -> str:
    """``abc`` of an entry about ``incident:abc``."""
    return str(entry.subject.partition(":")[2])


def settle(now: datetime = NOW) -> int:
    """Does everything that is due, as a worker would; gives how much that was."""
    return pipeline.settle(now)


# What an installation is made of


def policy(document: str | None = None, *, now: datetime = NOW) -> int:
    """Installs the first policy, Clarion's own if none is given; gives its number."""
    text = default_document() if document is None else document
    return int(id_in(run(policy_actions.install_policy, document=text, actor=SYSTEM, now=now)))


def proposal(
    document: str | None = None,
    *,
    by: Any,
    reason: str = "It fits us better.",
    now: datetime = NOW,
    **others: str,
) -> str:
    """A changed policy (``templates`` and ``lint_rules`` too) that nobody has approved yet; gives its id."""
    told = {"document": document, "reason": reason, "actor": as_actor(by), **others}
    return id_in(run(policy_actions.propose_policy, now=now, **told))


def next_policy(
    document: str | None = None, *, by: Any, approved_by: Any, now: datetime = NOW, **others: str
) -> int:
    """A changed policy in force, by two people; gives its number."""
    proposed = proposal(document, by=by, now=now, **others)
    entry = run(policy_actions.approve_policy, proposal_id=proposed, actor=as_actor(approved_by), now=now)
    return int(id_in(entry))


def lint_rules(
    pattern: str = "widgets?", *, severity: str = "warn", example: str = "A widget is down."
) -> str:
    """An organisation's document with one lint rule, ORG-001."""
    return f"""family: house
label: House words
role: clarity
rules:
  - id: ORG-001
    severity: {severity}
    pattern: '{pattern}'
    why: The brand book calls this a module.
    fix: Write "module".
    bad: ["{example}"]
    good: ["A module is down."]
"""


def keys(home: Path) -> None:
    """Signing key and web secret under ``home`` (the fixture ``clarion_home``)."""
    create_keys(home)


def in_languages(clarion: Any, *words: str) -> Any:
    """These settings with further languages, such as ``de=Deutsch``, beside English."""
    named = ",".join(("en=English", *(words or ("de=Deutsch",))))
    return replace(clarion, languages=Environment({"L": named}).languages("L", ""))


def translated(version: Any, *, title: str = "Störung", body: str = "Manche Zahlungen scheitern.") -> Any:
    """These words for the customers of a version, with the times that its own text for them names."""
    original = version.texts["customers"]
    times = [reference(found.at) for part in ("title", "body") for found in references(original[part])]
    return {"customers": {"title": title, "body": " ".join([body, *times])}}


def component(name: str = "Checkout", *, now: datetime = NOW, **more: Any) -> Any:
    return single.component(id_in(run(setup.add_component, name=name, actor=SYSTEM, now=now, **more)))


def protected_name(name: str, *, by: Any, kind: str = "customer", now: datetime = NOW, **more: Any) -> str:
    """A name on the register; gives its id."""
    told = {"kind": kind, "name": name, "actor": as_actor(by)} | more
    return id_in(run(name_actions.add_name, now=now, **told))


def person(*roles: str, name: str = "", email: str = "", now: datetime = NOW) -> Any:
    """A colleague with these roles, who signs in with ``PASSWORD``."""
    number = next(_numbers)
    shown = name or f"{'-'.join(roles) or 'guest'} {number}"
    address = email or f"person{number}@larkspur.example"
    entry = run(
        people.create_person,
        email=address,
        name=shown,
        password=PASSWORD,
        roles=roles,
        actor=SYSTEM,
        now=now,
    )
    return single.person(id_in(entry))


def actor(user: Any) -> Actor:
    """The person at a screen, with the roles they hold now."""
    return as_actor(user)


def api_key(owner: Any, *scopes: str, label: str = "test", now: datetime = NOW) -> str:
    """The secret of a new key of this person; with every scope if none is named."""
    secret = new_api_key()
    run(
        people.create_api_key,
        owner_id=owner.id,
        label=label,
        scopes=scopes or SCOPES,
        secret=secret,
        actor=SYSTEM,
        now=now,
    )
    return secret


def key_actor(secret: str) -> Actor:
    """The program that holds this key."""
    key = people_queries.api_key(secret)
    assert key is not None
    return as_actor(key.owner, key=key)


def source(
    slug: str = "alertmanager",
    *,
    kind: str = "alertmanager",
    config: Mapping[str, Any] | None = None,
    component_id: str | None = None,
    now: datetime = NOW,
) -> str:
    """A tool that may report, with ``TOKEN`` (or ``SIGNING_SECRET`` for ``generic``); gives its slug."""
    settings = {"alertmanager": {"tokens": [TOKEN]}, "generic": {"secrets": [SIGNING_SECRET]}}
    run(
        setup.add_source,
        slug=slug,
        kind=kind,
        config=settings[kind] if config is None else config,
        component_id=component_id,
        actor=SYSTEM,
        now=now,
    )
    return slug


def site(folder: Path, *, name: str = "page", now: datetime = NOW) -> Path:
    """A folder that the page is written to; ``folder`` must be empty or missing."""
    run(setup.add_site, name=name, kind="folder", config={"path": str(folder)}, now=now)
    return folder


def subscriber(
    address: str = "reader@example.org", *, channel: str = "email", now: datetime = NOW, **more: Any
) -> Any:
    entry = run(
        subscriber_actions.add_subscriber,
        channel=channel,
        address=address,
        actor=SYSTEM,
        now=now,
        **more,
    )
    return single.subscriber(id_in(entry))


# From a signal to a published update


def alert(
    *,
    status: str = "firing",
    service: str = "checkout",
    severity: str = "critical",
    title: str = "5xx 12%",
    fingerprint: str = "bdef16078f61dcd4",
    started_at: datetime = NOW - timedelta(minutes=1),
    ended_at: datetime | None = None,
    labels: Mapping[str, str] | None = None,
) -> bytes:
    """An Alertmanager message (webhook version 4) about one alert."""
    named = {"alertname": "HighErr", "service": service, "severity": severity, **(labels or {})}
    one = {
        "status": status,
        "labels": named,
        "annotations": {"summary": title},
        "startsAt": started_at.isoformat().replace("+00:00", "Z"),
        "endsAt": ended_at.isoformat().replace("+00:00", "Z") if ended_at else "0001-01-01T00:00:00Z",
        "generatorURL": "",
        "fingerprint": fingerprint,
    }
    message = {
        "version": "4",
        "status": status,
        "groupKey": f'{{}}:{{service="{service}"}}',
        "commonAnnotations": {},
        "truncatedAlerts": 0,
        "alerts": [one],
    }
    return json.dumps(message).encode()


def hook(body: bytes | None = None, *, slug: str = "alertmanager", now: datetime = NOW) -> str:
    """A message of Alertmanager that is kept, and not yet read; gives the hook's id."""
    headers = {"authorization": f"Bearer {TOKEN}"}
    sent = alert() if body is None else body
    return id_in(run(intake.receive_hook, slug=slug, headers=headers, body=sent, now=now))


def incident_by_hook(body: bytes | None = None, *, slug: str = "alertmanager", now: datetime = NOW) -> Any:
    """The incident that a message opens, with its first draft."""
    hook_id = hook(body, slug=slug, now=now)
    settle(now)
    return incidents.incidents().filter(signals__hook_id=hook_id).get()


def incident(
    title: str = "Checkout fails",
    *,
    by: Any,
    severity: str = "SEV-1",
    category: str = "application",
    components: Iterable[Any] = (),
    visibility: str = "public",
    now: datetime = NOW,
) -> Any:
    """An incident that a person opens by hand, with its first draft."""
    entry = run(
        incident_actions.open_incident,
        title=title,
        severity=severity,
        category=category,
        component_ids=[item.id for item in components],
        visibility=visibility,
        actor=as_actor(by),
        now=now,
    )
    settle(now)
    return incidents.incident(id_in(entry))


def draft(incident_row: Any, *, now: datetime = NOW) -> Any:
    """The newest draft of an incident as a DraftView of the queries."""
    row = drafts.drafts().filter(incident=incident_row).first()
    assert row is not None, "this incident has no draft; policy asks for none"
    return drafts.draft_view(row.id, person=None, now=now)


def edited(view: Any, *, by: Any, now: datetime = NOW, **changes: Any) -> Any:
    """A new version by this person: the same content but for ``changes`` (arguments of ``edit_draft``)."""
    version = view.version
    values: dict[str, Any] = {
        "base_version": version.number,
        "texts": version.texts,
        "incident_state": version.incident_state,
        "component_statuses": version.component_statuses,
        "next_update_at": version.next_update_at,
    }
    run(draft_actions.edit_draft, draft_id=view.draft.id, actor=as_actor(by), now=now, **(values | changes))
    return drafts.draft_view(view.draft.id, person=None, now=now)


def prints(version: Any, severity: str, now: datetime = NOW) -> list[str]:
    """What whoever submits (``warn``) or approves (``review``) has to answer for, by fingerprint."""
    found = (each.finding for each in findings.found_in(version, now))
    return [finding.fingerprint for finding in found if finding.severity == severity]


def submitted(view: Any, *, by: Any, now: datetime = NOW) -> Any:
    """The same draft in review."""
    run(
        review.submit_draft,
        draft_id=view.draft.id,
        version=view.version.number,
        confirmed=prints(view.version, "warn", now),
        actor=as_actor(by),
        now=now,
    )
    return drafts.draft_view(view.draft.id, person=None, now=now)


def decided(
    view: Any,
    *,
    by: Any,
    role: str,
    decision: str = "approved",
    comment: str = "",
    now: datetime = NOW,
) -> Any:
    """The same draft after this person's word on the newest version."""
    run(
        review.decide,
        draft_id=view.draft.id,
        version=view.version.number,
        digest=view.version.digest,
        role=role,
        decision=decision,
        comment=comment,
        looked_at=prints(view.version, "review", now),
        actor=as_actor(by),
        now=now,
    )
    return drafts.draft_view(view.draft.id, person=None, now=now)


def approved(view: Any, *, author: Any, reviewers: Mapping[str, Any], now: datetime = NOW) -> Any:
    """The same draft submitted and approved in every role: ``{"accuracy": …, "clarity": …}``."""
    view = submitted(view, by=author, now=now)
    for role, reviewer in reviewers.items():
        view = decided(view, by=reviewer, role=role, now=now)
    assert view.draft.state == "approved", view.draft.state
    return view


def published(view: Any, *, author: Any, reviewers: Mapping[str, Any], now: datetime = NOW) -> Any:
    """The update that this draft becomes, on the page and with its deliveries made."""
    view = approved(view, author=author, reviewers=reviewers, now=now)
    settle(now)
    return single.update(view.version.update.id)


class House:
    """A whole small installation: policy, one component, a person for each role, Alertmanager."""

    def __init__(self, *, now: datetime = NOW) -> None:
        self.policy = policy(now=now)
        self.component = component("Checkout", now=now)
        self.lead = person("communications_lead", name="Lea Lead", now=now)
        self.accuracy = person("accuracy", name="Ada Accuracy", now=now)
        self.clarity = person("clarity", name="Cleo Clarity", now=now)
        self.legal = person("legal", name="Lex Legal", now=now)
        self.auditor = person("auditor", name="Otto Auditor", now=now)
        self.administrator = person("administrator", name="Admin Istra", now=now)
        self.source = source(now=now)

    @property
    def reviewers(self) -> dict[str, Any]:
        return {"accuracy": self.accuracy, "clarity": self.clarity}

    def incident(self, **more: Any) -> Any:
        """One that the lead opens, with its first draft."""
        return incident(by=self.lead, components=[self.component], **more)

    def update(self, *, now: datetime = NOW) -> Any:
        """A published update of a new incident."""
        view = draft(self.incident(now=now), now=now)
        return published(view, author=self.lead, reviewers=self.reviewers, now=now)
