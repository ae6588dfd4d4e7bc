"""Drafts: what people start, write, remark and put aside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime

from clarion.rules import draft as words
from clarion.rules import review, terms
from clarion.rules.access import Actor, require
from clarion.rules.errors import AlreadyDone, Conflict, Invalid, NotFound
from clarion.rules.plaintext import require_storable
from clarion.rules.statements import Statements, check, check_sentence, for_state, stated
from clarion.store import carrying, composing, consistency, decisions, drafting, ledger, records, reviews
from clarion.store.models import Comment, Component, Draft, DraftVersion, Incident, LedgerEntry, User

LONGEST_RULED_OUT = 2000


def create_draft(
    *,
    incident_id: str,
    phase: str,
    audiences: Iterable[str] | None = None,
    reason: str = "",
    actor: Actor,
    now: datetime,
) -> LedgerEntry:
    """A person starts a draft from the template of a phase; the text is Clarion's until somebody edits it.

    It is for ``audiences``, or for all that policy names. With a ``reason``, an update on an incident that is
    over reopens it, once it is published.
    """
    require(actor, "drafts:write")
    if phase not in words.PHASES:
        raise Invalid(f"{phase!r} is not one of {', '.join(words.PHASES)}.", field="phase")
    incident = Incident.objects.select_for_update().filter(id=incident_id).first()
    if incident is None:
        raise NotFound("There is no such incident.")
    check_sentence(reason, field="reason")
    if incident.state not in terms.OPEN_STATES:
        _refuse_after_the_end(incident, phase, reason)
    if records.open_drafts(incident).exists():
        raise Conflict("This incident has an open draft already. Finish or withdraw it first.")
    carried = carrying.chosen(incident, audiences, phase)
    return drafting.begin(
        incident, phase, audiences=carried, cause=actor.name, reason=reason, now=now, actor=actor
    )


def _refuse_after_the_end(incident: Incident, phase: str, reason: str) -> None:
    """After the end, readers who knew of it can be told what happened, what was wrong, that it is back."""
    told = incident.updates.exists()
    if told and phase in words.AFTER_THE_END:
        return
    if not told or phase != "update":
        raise Conflict("This incident is closed, so nothing more is written about it.")
    if not reason.strip():
        raise Conflict("This incident is closed. Say why it is opened again.", field="reason")


def compose_again(*, draft_id: str, base_version: int, actor: Actor, now: datetime) -> LedgerEntry:
    """A new version with Clarion's words, from the facts as they stand; voids every approval of the last.

    It carries the audiences of the last version, and is promised to each for the time that this one named
    while that lies ahead; an author's state stays.
    """
    require(actor, "drafts:write")
    draft, last = _editable(draft_id, base_version)
    promised = {name: at for name in last.texts if (at := last.promised_to(name)) and at > now}
    like = last if draft.versions.exclude(author=None).exists() else None
    audiences = carrying.again(draft.incident, last)
    composed = composing.compose_version(
        draft.incident, draft.phase, audiences=audiences, now=now, promised=promised, like=like
    )
    if composed.texts == last.texts and composed.facts == last.facts:
        raise AlreadyDone("The facts would give the same texts again.")
    beside = {name: getattr(last, name) for name in ("statements", "no_change", "ruled_out")}
    version = records.add_version(draft, author=None, now=now, **beside, **asdict(composed))
    voided = reviews.take_back(draft, f"version {version.number} was composed", now)
    told = {"approvals_voided": voided, "facts_version": version.facts["sheet"]}
    return drafting.entry("draft.composed", draft, version, actor, now, **told)


def _editable(draft_id: str, base_version: int) -> tuple[Draft, DraftVersion]:
    """The draft held against other writers, and its newest version if that is the one that was read."""
    draft = records.hold_draft(draft_id)
    if draft.state not in review.EDITABLE:
        raise Conflict(f"This draft is {draft.state}; start a new one.")
    last = draft.versions.latest("number")
    if base_version != last.number:
        raise Conflict(f"Version {last.number} was written meanwhile; look at it before you write over it.")
    return draft, last


def edit_draft(
    *,
    draft_id: str,
    base_version: int,
    texts: Mapping[str, Mapping[str, str]],
    incident_state: str,
    component_statuses: Mapping[str, str],
    next_update_at: datetime | None,
    next_update_for: Mapping[str, datetime] | None = None,
    no_change: bool = False,
    ruled_out: str = "",
    statements: Statements | None = None,
    actor: Actor,
    now: datetime,
) -> LedgerEntry:
    """A new version with these words. Voids every approval of the one before, and says so.

    It carries the audiences of ``texts``, all or some of those policy names; each hears again by
    ``next_update_at``, or by its own time in ``next_update_for`` (None: as before, while the former is as
    before). ``no_change`` says that readers learn nothing new, ``ruled_out`` what has been ruled out since;
    ``statements`` is what the author states beside the texts, None keeps what the last version stated. The
    last version's reason goes with its state.
    """
    require(actor, "drafts:write")
    require_storable(ruled_out=ruled_out)
    draft, last = _editable(draft_id, base_version)
    _check_content(draft.incident, texts, incident_state, component_statuses)
    others = carrying.own_times(last, texts, next_update_at, next_update_for)
    carrying.check_promises(texts, incident_state, next_update_at, others, now)
    before = stated(last.statements)
    said = for_state(statements or before, before, moved=incident_state != last.incident_state)
    check(said, before, actor.roles, now)
    texts = {name: {"title": t["title"].strip(), "body": t["body"].strip()} for name, t in texts.items()}
    version = records.add_version(
        draft,
        author=User.objects.get(id=actor.person_id),
        incident_state=incident_state,
        component_statuses=component_statuses,
        facts=composing.facts_after_edit(draft.incident, last.facts, texts),
        texts=texts,
        channels=decisions.channels_for(draft.incident, texts),
        next_update_at=next_update_at,
        next_update_for=others,
        left_out=carrying.left_out(draft.incident, texts),
        no_change=no_change,
        ruled_out=ruled_out.strip()[:LONGEST_RULED_OUT],
        statements=said.as_json(),
        now=now,
    )
    consistency.require_found(said, before, version, last)
    reason = f"version {version.number} was written"
    voided = reviews.take_back(draft, reason, now)
    told = {"no_change": no_change, "ruled_out": bool(version.ruled_out)}
    return drafting.entry("draft.edited", draft, version, actor, now, approvals_voided=voided, **told)


def _check_content(
    incident: Incident,
    texts: Mapping[str, Mapping[str, str]],
    incident_state: str,
    component_statuses: Mapping[str, str],
) -> None:
    carrying.check(incident, texts, incident_state)
    for name, text in texts.items():
        words.check_text(name, text)
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
