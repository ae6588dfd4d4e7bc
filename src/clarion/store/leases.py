"""Rows that workers send from: claimed by lease, so that what a dead worker held is due again."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q


def due(now: datetime) -> Q:
    """Of deliveries or notices: those to send now. A lease that ran out belongs to nobody."""
    return Q(state__in=("pending", "deferred"), next_at__lte=now) | Q(state="claimed", lease_until__lt=now)
