"""What each stage of the pipeline still has to do, read from the rows alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Case, Count, Exists, F, OuterRef, Q, When

from clarion.rules import review, terms
from clarion.store import leases, promises
from clarion.store.beginning import may_tell
from clarion.store.models import Deadline, Delivery, Draft, Hook, Incident, Signal, SiteState, Update

LIMIT = 500


def hooks_to_read(now: datetime) -> Iterable[str]:
    return Hook.objects.filter(state="received").order_by("received_at").values_list("id", flat=True)[:LIMIT]


def signals_to_answer(now: datetime) -> Iterable[str]:
    found = Signal.objects.filter(answered_at=None)
    return found.order_by("changed_at", "started_at").values_list("id", flat=True)[:LIMIT]


def incidents_to_draft(now: datetime) -> Iterable[str]:
    found = Incident.objects.filter(
        ~Exists(Draft.objects.filter(incident=OuterRef("pk"))),
        state="detected",
        requirements__formal_updates=True,
        requirements__may_start=True,
    )
    return found.order_by("opened_at").values_list("id", flat=True)[:LIMIT]


def incidents_to_resolve(now: datetime) -> Iterable[str]:
    open_drafts = Draft.objects.filter(incident=OuterRef("pk"), phase="resolution").filter(
        Q(created_at__gte=OuterRef("quiet_at")) | ~Q(state__in=review.CLOSED)
    )
    found = Incident.objects.filter(
        ~Exists(open_drafts),
        may_tell(),
        state__in=terms.OPEN_STATES,
        quiet_at__isnull=False,
        requirements__formal_updates=True,
    )
    return found.values_list("id", flat=True)[:LIMIT]


def reviews_to_complete(now: datetime) -> Iterable[str]:
    """Drafts in review that two people have approved and yet wait: whether for anybody, the action judges."""
    counts = Q(versions__approvals__voided_at=None, versions__approvals__decision="approved")
    found = Draft.objects.filter(state="in_review").annotate(
        said=Count("versions__approvals", filter=counts, distinct=True)
    )
    return found.filter(said__gte=review.FEWEST_PEOPLE).values_list("id", flat=True)[:LIMIT]


def drafts_to_publish(now: datetime) -> Iterable[str]:
    return (
        Draft.objects.filter(state="approved").order_by("submitted_at").values_list("id", flat=True)[:LIMIT]
    )


def site_names() -> Iterable[str]:
    return SiteState.objects.values_list("name", flat=True)


def sites_to_write(now: datetime) -> Iterable[str]:
    return SiteState.objects.filter(written__lt=F("wanted")).values_list("name", flat=True)


def updates_to_fan_out(now: datetime) -> Iterable[str]:
    return (
        Update.objects.filter(fanned_out_at=None)
        .order_by("published_at")
        .values_list("id", flat=True)[:LIMIT]
    )


def owed_updates(now: datetime) -> Iterable[str]:
    """Promises and estimates missed, and updates called for, within the last day, with no draft since."""
    being_written = Draft.objects.filter(incident=OuterRef("incident")).exclude(state__in=review.CLOSED)
    since = Case(When(kind="update_due", then=F("opened_at")), default=F("missed_at"))
    found = Deadline.objects.annotate(since=since).filter(
        ~Exists(being_written),
        kind__in=promises.CALL_FOR_A_DRAFT,
        since__gt=now - timedelta(days=1),
        satisfied_at=None,
        cancelled_at=None,
        incident__state__in=terms.OPEN_STATES,
    )
    called = found.select_related("incident").order_by("since", "id")[:LIMIT]
    return [each.id for each in called if not promises.put_aside(each, each.since)]


def deadlines_to_tick(now: datetime) -> Iterable[str]:
    running = Deadline.objects.filter(satisfied_at=None, cancelled_at=None)
    coming = Q(missed_at=None) & (Q(due_at__lte=now) | Q(warn_at__lte=now, warned_at=None))
    nagging = Q(remind_at__lte=now, incident__state__in=terms.OPEN_STATES)
    due = coming | nagging
    return running.filter(due).order_by("due_at").values_list("id", flat=True)[:LIMIT]


def channels_to_deliver(now: datetime) -> list[str]:
    """Channels that have something to send now."""
    return sorted(
        Delivery.objects.filter(leases.due(now)).order_by().values_list("channel", flat=True).distinct()
    )
