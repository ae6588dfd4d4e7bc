"""Drafts: what people start, write, remark and put aside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime

from clarion.rules import draft as words
from clarion.rules import review, terms
from clarion.rules.access import Actor, require
from clarion.rules.audience import AUDIENCES
from clarion.rules.errors import AlreadyDone, Conflict, Invalid, NotFound
from clarion.rules.plaintext import require_storable
from clarion.rules.statements import Statements, check, check_sentence, for_state, stated
from clarion.store import composing, consistency, drafting, ledger, records, reviews
from clarion.store.models import Comment, Component, Draft, DraftVersion, Incident, LedgerEntry, User

LONGEST_RULED_OUT = 2000


def create_draft(
    *, incident_id: str, phase: str, reason: str = "", actor: Actor, now: datetime
) -> LedgerEntry:
    """A person starts a draft from the template of a phase; the text is Clarion's until somebody edits it.

    With a ``reason``, an update on an incident that is over reopens it, once it is published.
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
    return drafting.begin(incident, phase, cause=actor.name, reason=reason, now=now, actor=actor)


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

    The next update stays promised for the last version's time while that lies ahead; an author's state stays.
    """
    require(actor, "drafts:write")
    draft, last = _editable(draft_id, base_version)
    promised = last.next_update_at if last.next_update_at and last.next_update_at > now else None
    like = last if draft.versions.exclude(author=None).exists() else None
    composed = composing.compose_version(
        draft.incident, draft.phase, now=now, next_update_at=promised, like=like
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
    no_change: bool = False,
    ruled_out: str = "",
    statements: Statements | None = None,
    actor: Actor,
    now: datetime,
) -> LedgerEntry:
    """A new version with these words. Voids every approval of the one before, and says so.

    ``no_change`` says that readers learn nothing new, ``ruled_out`` what has been ruled out since;
    ``statements`` is what the author states beside the texts, None keeps what the last version stated. The
    last version's reason goes with its state.
    """
    require(actor, "drafts:write")
    require_storable(ruled_out=ruled_out)
    draft, last = _editable(draft_id, base_version)
    _check_content(draft.incident, texts, incident_state, component_statuses, next_update_at, now)
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
        channels=draft.incident.requirements["channels"],
        next_update_at=next_update_at,
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
    next_update_at: datetime | None,
    now: datetime,
) -> None:
    wanted = set(incident.requirements["audiences"])
    for name in sorted(wanted ^ set(texts)):
        known = AUDIENCES[name].label if name in AUDIENCES else name
        problem = "has no text" if name in wanted else "is not among the audiences policy names here"
        raise Invalid(f"{known} {problem}.", field=f"texts.{name}")
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
    if problem := words.promise_problem(incident_state, next_update_at, now):
        raise Invalid(problem, field="next_update_at")


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
