"""Claimed notices as the mail that each becomes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.conf import settings

from clarion.rules import notices as rules
from clarion.rules import promises
from clarion.rules.access import ROLE_LABELS
from clarion.rules.deadlines import KINDS
from clarion.rules.delivery import Parcel
from clarion.store import leases, notices
from clarion.store.models import Deadline, Notice


class Claimed(NamedTuple):
    """One notice to send: its mail, or why there is nothing to tell any more."""

    row_id: int
    notice: rules.Notice | rules.Pointless
    parcel: Parcel


def anything_to_send(now: datetime) -> bool:
    return Notice.objects.filter(leases.due(now)).exists()


def claimed(ids: Sequence[int]) -> dict[str, list[Claimed]]:
    """These notices by the deadline that they are about, the oldest first."""
    found: dict[str, list[Claimed]] = {}
    rows = Notice.objects.filter(id__in=ids).select_related("deadline__incident", "person")
    for row in rows.order_by("id"):
        said = notices.need_not(row) or rules.compose(row.step, row.number, _about(row), row.created_at)
        parcel = Parcel(delivery_id=row.public_id, address=row.person.email, secret="", unsubscribe_url="")
        found.setdefault(row.deadline_id, []).append(Claimed(row.id, said, parcel))
    return found


def _about(row: Notice) -> rules.About:
    deadline: Deadline = row.deadline
    incident = deadline.incident
    assert incident is not None
    return rules.About(
        what=KINDS[deadline.kind],
        # What is private stays on our own screens; a mail passes many machines.
        incident=incident.title if incident.visibility == "public" else "",
        severity=incident.severity,
        audiences=promises.labels(deadline.audiences),
        owner=ROLE_LABELS.get(deadline.owner_role, deadline.owner_role),
        reason=deadline.reason if incident.visibility == "public" else "",
        due_at=deadline.due_at,
        time_zone=row.person.time_zone,
        url=f"{settings.CLARION.base_url}/console/incidents/{incident.id}",
    )
