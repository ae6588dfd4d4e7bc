"""Drafts: the first words, every later version, and putting one aside."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from clarion.rules import draft as words
from clarion.rules import instants, review, terms
from clarion.rules.access import SYSTEM, Actor, require
from clarion.rules.audience import AUDIENCES
from clarion.rules.errors import AlreadyDone, Conflict, Invalid, NotFound
from clarion.rules.plaintext import require_storable
from clarion.rules.types import reasons_json
from clarion.store import ledger, promises, records, reviews
from clarion.store.models import (
    Comment,
    Component,
    Deadline,
    Draft,
    DraftVersion,
    Incident,
    LedgerEntry,
    User,
)
from clarion.store.opening import proposed_statuses
from clarion.store.policies import templates

LONGEST_RULED_OUT = 2000
PHASE_STATES: Mapping[str, str] = {
    "holding": "investigating",
    "update": "investigating",
    "resolution": "resolved",
}


def write_first_draft(*, key: str, now: datetime) -> LedgerEntry:
    """The first draft of a new incident, where policy asks for formal updates."""
    incident = Incident.objects.select_for_update().get(id=key)
    if incident.state not in terms.OPEN_STATES:
        raise AlreadyDone("The incident is closed.")
    if not incident.requirements.get("formal_updates") or incident.drafts.exists():
        raise AlreadyDone("Policy asks for no update, or a draft exists.")
    if not incident.requirements["may_start"]:
        raise AlreadyDone("Policy lets communication start later.")
    return _prepare(incident, "holding", cause="incident.opened", now=now)


def propose_resolution(*, key: str, now: datetime) -> LedgerEntry:
    """A draft saying that it is over, once every signal is quiet. It proposes; people publish."""
    incident = Incident.objects.select_for_update().get(id=key)
    if incident.quiet_at is None or incident.state not in terms.OPEN_STATES:
        raise AlreadyDone("The incident is not quiet, or is closed already.")
    if not incident.requirements.get("formal_updates"):
        raise AlreadyDone("Policy asks for no update.")
    if not incident.requirements["may_start"] and not incident.updates.exists():
        raise AlreadyDone("Readers were told nothing, and policy lets communication start later.")
    if records.open_drafts(incident).filter(phase="resolution").exists():
        raise AlreadyDone("A resolution is being written already.")
    if incident.drafts.filter(phase="resolution", created_at__gte=incident.quiet_at).exists():
        raise AlreadyDone("A resolution was proposed since it became quiet.")
    return _prepare(incident, "resolution", cause="incident.quiet", now=now)


def prepare_update(*, key: str, now: datetime) -> LedgerEntry:
    """A draft for a missed promise, or for a change readers must hear of. Never published by itself."""
    incident = records.hold(Deadline.objects.values_list("incident_id", flat=True).get(id=key))
    assert incident is not None
    # Read only now: whoever held the incident before may have kept the promise.
    deadline = Deadline.objects.get(id=key)
    kept = deadline.satisfied_at or deadline.cancelled_at
    changed = deadline.kind == "update_due"
    since = deadline.opened_at if changed else deadline.missed_at
    if deadline.kind not in ("next_update", "update_due") or kept or since is None:
        raise AlreadyDone("No update is owed.")
    if incident.state not in terms.OPEN_STATES:
        raise AlreadyDone("The incident is closed.")
    if incident.drafts.filter(created_at__gte=since).exclude(published_at__lte=since).exists():
        raise AlreadyDone("A draft has been written since; whoever put it aside had a reason.")
    if records.open_drafts(incident).exists():
        raise AlreadyDone("A draft is being written already.")
    return _prepare(incident, "update", cause="update_due" if changed else "deadline.missed", now=now)


def _prepare(
    incident: Incident, phase: str, *, cause: str, now: datetime, actor: Actor = SYSTEM
) -> LedgerEntry:
    promise = promises.promise(incident, now)
    next_update_at = None if phase == "resolution" else _round_up(promise.due_at)
    affected = list(incident.affected.select_related("component").order_by("component__position"))
    facts = words.Facts(
        incident_id=incident.id,
        severity=incident.severity,
        category=incident.category,
        services=[row.component.name for row in affected if row.component.public],
        signals=[f"{s.title} ({s.status})" for s in incident.signals.order_by("started_at")[:5]]
        or [incident.title],
        detected_at=incident.detected_at,
        quiet_at=incident.quiet_at,
        next_update_at=next_update_at,
        template=incident.requirements["template"],
    )
    texts = words.compose(templates(), phase, facts)
    draft = Draft.objects.create(incident=incident, phase=phase, cause=cause, created_at=now)
    version = records.add_version(
        draft,
        author=None,
        incident_state=PHASE_STATES[phase],
        component_statuses=proposed_statuses(incident, affected, ended=phase == "resolution"),
        facts={
            "services": facts.services,
            "signals": facts.signals,
            "detected_at": incident.detected_at.isoformat(),
        },
        texts={name: text for name, text in texts.items() if name in incident.requirements["audiences"]},
        channels=incident.requirements["channels"],
        next_update_at=next_update_at,
        now=now,
    )
    told = {"promise_reasons": reasons_json(promise.reasons)} if next_update_at else {}
    return _entry("draft.created", draft, version, actor, now, cause=cause, **told)


def _round_up(moment: datetime) -> datetime:
    """To the next full minute: people promise minutes, not microseconds."""
    return (moment + timedelta(seconds=59, microseconds=999_999)).replace(second=0, microsecond=0)


def _entry(
    kind: str, draft: Draft, version: DraftVersion, actor: Actor, now: datetime, **data: Any
) -> LedgerEntry:
    return records.draft_entry(
        kind,
        draft,
        version,
        actor=actor,
        now=now,
        data={
            "phase": draft.phase,
            "state": version.incident_state,
            "components": version.component_statuses,
            "channels": version.channels,
            "next_update_at": version.next_update_at.isoformat() if version.next_update_at else None,
            **data,
        },
        texts=records.named_texts(version.texts),
    )


def create_draft(*, incident_id: str, phase: str, actor: Actor, now: datetime) -> LedgerEntry:
    """A person starts a draft from the template of a phase; the text is Clarion's until somebody edits it."""
    require(actor, "drafts:write")
    if phase not in words.PHASES:
        raise Invalid(f"{phase!r} is not one of {', '.join(words.PHASES)}.", field="phase")
    incident = Incident.objects.select_for_update().filter(id=incident_id).first()
    if incident is None:
        raise NotFound("There is no such incident.")
    if incident.state not in terms.OPEN_STATES:
        raise Conflict("This incident is closed, so nothing more is written about it.")
    if records.open_drafts(incident).exists():
        raise Conflict("This incident has an open draft already. Finish or withdraw it first.")
    return _prepare(incident, phase, cause=actor.name, now=now, actor=actor)


def edit_draft(
    *,
    draft_id: str,
    base_version: int,
    texts: Mapping[str, Mapping[str, str]],
    incident_state: str,
    component_statuses: Mapping[str, str],
    next_update_at: datetime | None,
    no_change: bool = False,
    ruled_out: str = "",
    actor: Actor,
    now: datetime,
) -> LedgerEntry:
    """A new version with these words. Voids every approval of the one before, and says so.

    ``no_change`` says that readers learn nothing new, ``ruled_out`` what has been ruled out since.
    """
    require(actor, "drafts:write")
    require_storable(ruled_out=ruled_out)
    draft = records.hold_draft(draft_id)
    if draft.state not in review.EDITABLE:
        raise Conflict(f"This draft is {draft.state}; start a new one.")
    last = draft.versions.latest("number")
    if base_version != last.number:
        raise Conflict(f"Version {last.number} was written meanwhile; look at it before you write over it.")
    _check_content(draft.incident, texts, incident_state, component_statuses, next_update_at, now)
    author = User.objects.get(id=actor.person_id)
    version = records.add_version(
        draft,
        author=author,
        incident_state=incident_state,
        component_statuses=component_statuses,
        facts=last.facts,
        texts={name: {"title": t["title"].strip(), "body": t["body"].strip()} for name, t in texts.items()},
        channels=draft.incident.requirements["channels"],
        next_update_at=next_update_at,
        no_change=no_change,
        ruled_out=ruled_out.strip()[:LONGEST_RULED_OUT],
        now=now,
    )
    reason = f"version {version.number} was written"
    voided = reviews.take_back(draft, reason, now)
    said = {"no_change": no_change, "ruled_out": bool(version.ruled_out)}
    return _entry("draft.edited", draft, version, actor, now, approvals_voided=voided, **said)


def _check_content(
    incident: Incident,
    texts: Mapping[str, Mapping[str, str]],
    incident_state: str,
    component_statuses: Mapping[str, str],
    next_update_at: datetime | None,
    now: datetime,
) -> None:
    wanted = set(incident.requirements["audiences"])
    for name in sorted(wanted ^ set(texts)):
        known = AUDIENCES[name].label if name in AUDIENCES else name
        problem = "has no text" if name in wanted else "is not among the audiences policy names here"
        raise Invalid(f"{known} {problem}.", field=f"texts.{name}")
    for name, text in texts.items():
        _check_text(name, text)
    if incident_state not in terms.STATE_LABELS:
        raise Invalid(
            f"{incident_state!r} is not one of {', '.join(terms.STATE_LABELS)}.", field="incident_state"
        )
    known_ids = set(
        Component.objects.filter(id__in=component_statuses, is_group=False).values_list("id", flat=True)
    )
    for component_id, status in component_statuses.items():
        if component_id not in known_ids:
            raise Invalid(f"There is no component {component_id!r}.", field="component_statuses")
        if status not in terms.COMPONENT_STATUSES:
            choices = ", ".join(terms.COMPONENT_STATUSES)
            raise Invalid(f"{status!r} is not one of {choices}.", field=f"component_statuses.{component_id}")
    if problem := words.promise_problem(incident_state, next_update_at, now):
        raise Invalid(problem, field="next_update_at")


def _check_text(name: str, text: Mapping[str, str]) -> None:
    for part, longest in (("title", words.LONGEST_TITLE), ("body", words.LONGEST_BODY)):
        value = text.get(part, "")
        if not isinstance(value, str) or not value.strip():
            raise Invalid(f"Write a {part} for {AUDIENCES[name].label}.", field=f"texts.{name}.{part}")
        if len(value) > longest:
            raise Invalid(f"At most {longest} characters fit here.", field=f"texts.{name}.{part}")
        require_storable(**{f"texts.{name}.{part}": value})
        if wrong := instants.broken(value):
            raise Invalid(
                f"{wrong[0]} is no time. Write the moment in UTC, like {instants.EXAMPLE}.",
                field=f"texts.{name}.{part}",
            )


def comment_on_draft(*, draft_id: str, body: str, actor: Actor, now: datetime) -> LedgerEntry:
    """A remark on the newest version; it approves nothing and voids nothing."""
    require(actor, "drafts:write")
    require_storable(body=body)
    draft = records.hold_draft(draft_id)
    if not body.strip():
        raise Invalid("Write something.", field="body")
    version = draft.versions.latest("number")
    comment = Comment.objects.create(
        version=version, person_id=actor.person_id, body=body.strip()[:5000], at=now
    )
    return ledger.append(
        "draft.commented",
        actor=actor,
        subject=f"draft:{draft.id}",
        incident=draft.incident,
        at=now,
        data={"version": version.number, "comment": comment.id},
        texts={"comment": comment.body},
    )


def withdraw_draft(*, draft_id: str, reason: str, actor: Actor, now: datetime) -> LedgerEntry:
    """Puts a draft aside for good. Its versions and approvals stay on record."""
    require(actor, "drafts:write")
    draft = records.hold_draft(draft_id)
    if draft.state in review.CLOSED:
        raise AlreadyDone(f"This draft is {draft.state}.")
    require_storable(reason=reason)
    if not reason.strip():
        raise Invalid("Say why it is withdrawn.", field="reason")
    Draft.objects.filter(id=draft.id).update(state="withdrawn", closed_at=now)
    records.cancel_deadlines("approval_window", draft=draft, now=now)
    version = draft.versions.latest("number")
    return records.draft_entry(
        "draft.withdrawn", draft, version, actor=actor, now=now, texts={"reason": reason.strip()}
    )
