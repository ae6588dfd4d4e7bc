"""What each audience is owed: the promise made to it, an update at once when something changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db.models import QuerySet

from clarion.rules import cadence, promises, terms
from clarion.rules.audience import AUDIENCES
from clarion.rules.types import Reason
from clarion.store import decisions, records, told
from clarion.store.models import Deadline, DraftVersion, Incident, Update
from clarion.store.policies import numbered

#: Kinds of deadline that a published text keeps, for the audiences that it carries.
KINDS = ("next_update", "update_due")
#: Missed, or in the case of ``update_due`` opened, they call for a draft.
CALL_FOR_A_DRAFT = (*KINDS, "etr")


def named(incident: Incident) -> list[str]:
    """The audiences that an update of this incident can reach: those policy names, if private only inside."""
    outside = incident.visibility == "public"
    return promises.in_order(
        name for name in incident.requirements["audiences"] if outside or AUDIENCES[name].inside
    )


def made(incident: Incident, audiences: Iterable[str], now: datetime) -> dict[str, cadence.Promise]:
    """By when each of these is promised the next update; asked anew each time, since how far it is counts."""
    policy = numbered(incident.policy_version)
    decision = decisions.decision(incident, now)
    return {
        name: cadence.promise(
            now=now,
            every=decision.intervals.get(name, decision.update_every),
            severity=incident.severity,
            quiet=policy.quiet_hours,
            silence=timedelta(minutes=policy.maximum_silence_minutes),
        )
        for name in audiences
    }


def running(incident: Incident) -> QuerySet[Deadline]:
    """Promises and calls for an update that nothing has kept yet, the soonest first."""
    return Deadline.objects.filter(
        incident=incident, kind__in=KINDS, satisfied_at=None, cancelled_at=None
    ).order_by("due_at", "id")


def owed_to(deadline: Deadline, incident: Incident) -> list[str]:
    """Whom this deadline still owes an update; one from before each audience had its own counts for all."""
    can = named(incident)
    return [name for name in can if not deadline.audiences or name in deadline.audiences]


def to_carry(deadline: Deadline, incident: Incident, now: datetime) -> list[str]:
    """Whom a draft carries that is prepared because of this deadline."""
    others = [_as_rule(each, incident) for each in running(incident).exclude(id=deadline.id)]
    calling = _as_rule(deadline, incident)
    return promises.to_carry(calling, others, named=named(incident), now=now)


def _as_rule(deadline: Deadline, incident: Incident) -> promises.Running:
    owed = frozenset(owed_to(deadline, incident))
    return promises.Running(owed, deadline.due_at, deadline.due_at - deadline.warn_at)


@dataclass(frozen=True, slots=True)
class Kept:
    """Ids of the deadlines that an update kept, and of those it kept for a part of their audiences."""

    whole: tuple[str, ...]
    narrowed: tuple[str, ...]


def keep(incident: Incident, carried: Collection[str], *, by: str, now: datetime) -> Kept:
    """Keeps what is owed to the audiences carried, and to no other; lets go what is owed to nobody now."""
    whole, narrowed = [], []
    for deadline in running(incident).select_for_update(of=("self",)):
        owed = owed_to(deadline, incident)
        waiting = promises.rest(owed, carried, named=named(incident))
        if owed and waiting == owed:
            continue
        if waiting:
            _part(deadline, [name for name in owed if name in carried], by=by, now=now)
            Deadline.objects.filter(id=deadline.id).update(audiences=waiting)
            narrowed.append(deadline.id)
        elif owed:
            Deadline.objects.filter(id=deadline.id).update(satisfied_at=now, satisfied_by=by)
            whole.append(deadline.id)
    let_go(incident, now)
    return Kept(tuple(whole), tuple(narrowed))


def _part(deadline: Deadline, audiences: list[str], *, by: str, now: datetime) -> None:
    """The part of a deadline that was kept, as a row of its own; the rest runs on."""
    same = (
        "kind",
        "owner_role",
        "reason",
        "opened_at",
        "warn_at",
        "due_at",
        "warned_at",
        "missed_at",
        "reminders",
        "reminded_at",
    )
    Deadline.objects.create(
        incident=deadline.incident,
        audiences=audiences,
        satisfied_at=now,
        satisfied_by=by,
        **{name: getattr(deadline, name) for name in same},
    )


def let_go(incident: Incident, now: datetime) -> list[str]:
    """Cancels what is owed to nobody any more: to audiences policy no longer names, or after the end."""
    over = incident.state not in terms.OPEN_STATES
    ids = [each.id for each in running(incident) if over or not owed_to(each, incident)]
    Deadline.objects.filter(id__in=ids).update(cancelled_at=now)
    return ids


def open_for(update: Update, carried: Iterable[str], now: datetime) -> list[str]:
    """Opens what the texts of an update promise: one deadline for all who hear at the same instant."""
    decision = decisions.decision(update.incident, now)
    together: dict[tuple[datetime, timedelta], list[str]] = {}
    for name in promises.in_order(carried):
        if due_at := update.promised_to(name):
            lead = decision.warnings.get(name, decision.warn_before)
            together.setdefault((due_at, lead), []).append(name)
    return [
        records.open_deadline(
            "next_update",
            incident=update.incident,
            draft=None,
            audiences=names,
            owner_role="communications_lead",
            reason=f"Update {update.number} promised readers another one by then.",
            due_at=due_at,
            warn_before=lead,
            now=now,
        ).id
        for (due_at, lead), names in together.items()
    ]


def call_for_update(incident: Incident, reasons: Iterable[Reason], now: datetime) -> str | None:
    """The deadline by which those who were told hear what changed; None where nobody was, or nothing calls.

    One that is open already keeps its time and takes the new reasons; those whom it does not cover, since
    they have heard meanwhile, get one of their own.
    """
    reasons = tuple(reasons)
    because = " ".join(reason.text for reason in reasons)
    wanted = incident.requirements["formal_updates"] and incident.state in terms.OPEN_STATES
    heard = told.audiences(incident)
    owed = [name for name in named(incident) if name in heard]
    if not because or not wanted or not owed:
        return None
    found = list(running(incident).filter(kind="update_due"))
    for each in found:
        Deadline.objects.filter(id=each.id).update(reason=cadence.gather(each.reason, reasons))
    covered = {name for each in found for name in owed_to(each, incident)}
    fresh = [name for name in owed if name not in covered]
    if not fresh:
        return found[0].id
    at_once = timedelta(minutes=numbered(incident.policy_version).update_at_once_minutes)
    return records.open_deadline(
        "update_due",
        incident=incident,
        draft=None,
        audiences=fresh,
        owner_role="communications_lead",
        reason=because,
        due_at=now + at_once,
        warn_before=at_once,
        now=now,
    ).id


def put_aside(deadline: Deadline, since: datetime) -> bool:
    """Whether a draft for these audiences was begun ``since`` and not published: somebody had a reason.

    An estimate is renewed by no update, so for it every draft counts.
    """
    incident = deadline.incident
    assert incident is not None
    drafts = incident.drafts.filter(created_at__gte=since)
    if deadline.kind not in KINDS:
        return drafts.exclude(published_at__lte=since).exists()
    owed = set(owed_to(deadline, incident))
    unpublished = drafts.exclude(state="published")
    return any(owed & set(draft.versions.latest("number").texts) for draft in unpublished)


def as_ledger(made_by: DraftVersion | Update) -> dict[str, Any]:
    """What a version or an update promises, as ledger entries name it."""
    at = made_by.next_update_at
    return {"next_update_at": at.isoformat() if at else None, "next_update_for": made_by.next_update_for}


def no_change_problem(version: DraftVersion, now: datetime) -> str:
    """What is wrong with saying "no change" in this version once more; empty if nothing is.

    ``now`` is when review is asked for: the stated interval runs from there, also when it is asked again
    at publishing, so that the time which a review takes makes no promise shorter.
    """
    past, known = _told(version)
    found = {
        name: cadence.no_change_problem(
            cadence.Said(version.texts, version.no_change, now, version.promised_to(name), known),
            incident_state=version.incident_state,
            ruled_out=version.ruled_out,
            last=past[name](name) if name in past else None,
        )
        for name in version.texts
    }
    again = [name for name, problem in found.items() if problem]
    whose = "" if len(again) == len(found) else f"{promises.labels(again)}: "
    return f"{whose}{found[again[0]]}" if again else ""


def _told(version: DraftVersion) -> tuple[dict[str, Callable[[str], cadence.Said]], cadence.Texts]:
    """The update that each audience read last, as told to it, and its words; before this version's own."""
    updates = version.draft.incident.updates.exclude(version=version).select_related("version")
    past: dict[str, Callable[[str], cadence.Said]] = {}
    known: dict[str, dict[str, str]] = {}
    for update in updates.prefetch_related("texts").order_by("number"):
        texts = {text.audience: {"title": text.title, "body": text.body} for text in update.texts.all()}
        past |= dict.fromkeys(texts, partial(_said, update, texts, dict(known)))
        known |= texts
    return past, known


def _said(update: Update, texts: cadence.Texts, before: cadence.Texts, audience: str) -> cadence.Said:
    own = update.promised_to(audience)
    return cadence.Said(texts, update.version.no_change, update.published_at, own, before)
