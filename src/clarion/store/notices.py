"""Who is told by mail what time did to a deadline."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from clarion.rules import terms
from clarion.rules.notices import Pointless, pointless
from clarion.store.channels import channel_config
from clarion.store.models import Deadline, Notice, User

#: The one channel by which people of this house are reached: each has a mail address.
CHANNEL = "email"


def holders(role: str) -> QuerySet[User]:
    """Those who hold this role and are not switched off."""
    return User.objects.filter(is_active=True, grants__role=role, grants__revoked_at=None).order_by("id")


def write(deadline: Deadline, step: str, number: int, now: datetime) -> list[str]:
    """A notice to everybody who holds the owner's role; returns their ids.

    None where this installation sends no mail: then the board alone tells.
    """
    if channel_config(CHANNEL) is None:
        return []
    people = list(holders(deadline.owner_role))
    Notice.objects.bulk_create(
        Notice(
            public_id=f"{deadline.id}-{step}{number}-{person.id}",
            deadline=deadline,
            person=person,
            step=step,
            number=number,
            next_at=now,
            created_at=now,
        )
        for person in people
    )
    return [person.id for person in people]


def need_not(notice: Notice) -> Pointless | None:
    """Why this notice need not be sent any more, as its rows are now; None while it must."""
    deadline = notice.deadline
    incident = deadline.incident
    return pointless(
        closed=bool(deadline.satisfied_at or deadline.cancelled_at),
        over=incident is not None and incident.state not in terms.OPEN_STATES,
        holds_role=holders(deadline.owner_role).filter(id=notice.person_id).exists(),
        newer=Notice.objects.filter(deadline=deadline, person=notice.person_id, id__gt=notice.id).exists(),
    )
