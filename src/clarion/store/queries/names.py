"""The register of protected names as screens, programs and lint read it."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from clarion.rules.errors import NotFound
from clarion.store.models import ProtectedName

STATES = ("protected", "ended", "retired")


def names(*, kind: str = "", state: str = "", now: datetime) -> QuerySet[ProtectedName]:
    """By name; of one kind, and of one of ``STATES`` as it is at ``now``, where these are given."""
    found = ProtectedName.objects.filter(kind=kind) if kind else ProtectedName.objects.all()
    day = now.date()
    conditions = {
        "protected": Q(retired_at=None) & (Q(ends_on=None) | Q(ends_on__gte=day)),
        "ended": Q(retired_at=None, ends_on__lt=day),
        "retired": Q(retired_at__isnull=False),
    }
    return found.filter(conditions[state]) if state else found


def name(name_id: str) -> ProtectedName:
    """One of them, retired or not; raises NotFound."""
    found = ProtectedName.objects.filter(id=name_id).first()
    if found is None:
        raise NotFound("There is no such name.")
    return found


def state_of(row: ProtectedName, now: datetime) -> str:
    """One of ``STATES``."""
    if row.retired_at is not None:
        return "retired"
    return "ended" if row.ends_on is not None and row.ends_on < now.date() else "protected"
