"""What several actions share: holding rows, deadlines, draft versions and the entries about drafts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import F, QuerySet

from clarion.rules import deadlines, promises, review
from clarion.rules.access import Actor
from clarion.rules.errors import NotFound
from clarion.rules.statements import named
from clarion.store import ledger
from clarion.store.models import (
    Component,
    Deadline,
    Draft,
    DraftVersion,
    Incident,
    LedgerEntry,
    SiteState,
    User,
)


def hold(incident_id: str) -> Incident | None:
    """The incident with its drafts and deadlines, held against every other writer until the transaction ends.

    Whoever writes several of them takes drafts, deadlines, incident, in this order: each ledger entry holds
    the incident last, and two writers with different orders would wait for each other.
    """
    for rows in (Draft.objects, Deadline.objects):
        list(rows.select_for_update().filter(incident_id=incident_id).order_by("id").values_list("id"))
    return Incident.objects.select_for_update().filter(id=incident_id).first()


def hold_draft(draft_id: str) -> Draft:
    """The draft, held against every other writer until the transaction ends; raises NotFound.

    Its incident is read later, by itself: read together, it would be as it was before the wait.
    """
    draft = Draft.objects.select_for_update().filter(id=draft_id).first()
    if draft is None:
        raise NotFound("There is no such draft.")
    return draft


def open_drafts(incident: Incident) -> QuerySet[Draft]:
    """The incident's drafts that may still be published."""
    return Draft.objects.filter(incident=incident).exclude(state__in=review.CLOSED)


def draft_entry(
    kind: str,
    draft: Draft,
    version: DraftVersion,
    *,
    actor: Actor,
    now: datetime,
    data: Mapping[str, Any] | None = None,
    texts: Mapping[str, str] | None = None,
) -> LedgerEntry:
    """The ledger entry of something done to a draft; it names the version and the digest it was done to."""
    return ledger.append(
        kind,
        actor=actor,
        subject=f"draft:{draft.id}",
        incident=draft.incident,
        at=now,
        data={"version": version.number, "digest": version.digest, **(data or {})},
        texts=texts,
    )


def named_texts(texts: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Texts by audience as a ledger entry names them: ``customers.title``, ``customers.body`` …"""
    return {f"{name}.{part}": text[part] for name, text in texts.items() for part in ("title", "body")}


def stated(version: DraftVersion) -> dict[str, str]:
    """The sentences that the author states beside the texts, as a ledger entry names them."""
    return named(version.statements)


def hold_components(ids: Iterable[str]) -> None:
    """Holds these components, in one order; before the incident, for whoever needs both.

    Two signals about one component take turns so, whatever tools they come from. Rows that only refer to
    a component are written meanwhile.
    """
    found = Component.objects.select_for_update(no_key=True).filter(id__in=list(ids))
    list(found.order_by("id").values_list("id"))


def open_deadline(
    kind: str,
    *,
    incident: Incident,
    draft: Draft | None,
    audiences: Sequence[str] = (),
    owner_role: str,
    reason: str,
    due_at: datetime,
    warn_before: timedelta,
    now: datetime,
) -> Deadline:
    """A new deadline; raises KeyError for a kind that ``rules.deadlines`` does not know.

    ``audiences`` are those to whom a promise is made.
    """
    assert kind in deadlines.KINDS, kind
    times = deadlines.times_for(due_at=due_at, warn_before=warn_before, opened_at=now)
    return Deadline.objects.create(
        kind=kind,
        incident=incident,
        draft=draft,
        audiences=list(audiences),
        owner_role=owner_role,
        reason=reason,
        opened_at=now,
        warn_at=times.warn_at,
        due_at=times.due_at,
    )


def satisfy_deadlines(
    kind: str, *, incident: Incident, by: str, now: datetime, draft: Draft | None = None
) -> list[str]:
    """Closes the open deadlines of this kind as satisfied; returns their ids."""
    found = Deadline.objects.filter(kind=kind, incident=incident, satisfied_at=None, cancelled_at=None)
    if draft is not None:
        found = found.filter(draft=draft)
    ids = list(found.values_list("id", flat=True))
    Deadline.objects.filter(id__in=ids).update(satisfied_at=now, satisfied_by=by)
    return ids


def cancel_deadlines(kind: str, *, draft: Draft, now: datetime) -> list[str]:
    """Closes the open deadlines of a draft that no longer matter; returns their ids."""
    found = Deadline.objects.filter(kind=kind, draft=draft, satisfied_at=None, cancelled_at=None)
    ids = list(found.values_list("id", flat=True))
    Deadline.objects.filter(id__in=ids).update(cancelled_at=now)
    return ids


def add_version(
    draft: Draft,
    *,
    author: User | None,
    incident_state: str,
    component_statuses: Mapping[str, str],
    facts: Mapping[str, Any],
    texts: Mapping[str, Mapping[str, str]],
    channels: Sequence[str],
    next_update_at: datetime | None,
    next_update_for: Mapping[str, datetime] | None = None,
    left_out: Sequence[str] = (),
    statements: Mapping[str, Any] | None = None,
    now: datetime,
    no_change: bool = False,
    ruled_out: str = "",
) -> DraftVersion:
    """The next version of a draft with the digest that approvals will bind to.

    The caller holds the draft's row lock, so that numbers have no gaps and no two are equal.
    """
    version = DraftVersion(
        draft=draft,
        number=draft.versions.count() + 1,
        author=author,
        incident_state=incident_state,
        component_statuses=dict(component_statuses),
        facts=dict(facts),
        texts={name: dict(text) for name, text in texts.items()},
        channels=sorted(channels),
        **promises_of(texts, next_update_at, next_update_for or {}),
        left_out=list(left_out),
        no_change=no_change,
        ruled_out=ruled_out,
        statements=dict(statements or {}),
        created_at=now,
    )
    version.digest = review.digest(content_of(version))
    version.save()
    return version


def promises_of(
    audiences: Iterable[str], at: datetime | None, others: Mapping[str, datetime]
) -> dict[str, Any]:
    """As rows keep it: the soonest promise of these texts, and the later ones by audience."""
    times = {name: others.get(name, at) for name in audiences}
    soonest, later = promises.split({name: each for name, each in times.items() if each is not None})
    kept = {name: each.astimezone(UTC).isoformat() for name, each in later.items()}
    return {"next_update_at": soonest, "next_update_for": kept}


def content_of(version: DraftVersion) -> review.Content:
    """What an approval of this version would bind to today."""
    incident = version.draft.incident
    return review.Content(
        incident_id=incident.id,
        visibility=incident.visibility,
        draft_id=version.draft_id,
        version=version.number,
        incident_state=version.incident_state,
        component_statuses=version.component_statuses,
        texts=version.texts,
        channels=version.channels,
        next_update_at=version.next_update_at,
        next_update_for=version.next_update_for,
        statements=version.statements,
    )


def supersede(drafts: QuerySet[Draft], *, now: datetime) -> list[str]:
    """Closes drafts that events have overtaken, with their windows; returns their ids."""
    found = list(drafts.select_for_update(of=("self",)).order_by("id"))
    for draft in found:
        cancel_deadlines("approval_window", draft=draft, now=now)
    ids = [draft.id for draft in found]
    Draft.objects.filter(id__in=ids).update(state="superseded", closed_at=now)
    return ids


def want_site() -> None:
    """Notes on every site that what the page shows has changed."""
    SiteState.objects.update(wanted=F("wanted") + 1)
