"""What tools sent, as screens and programs read it."""

from __future__ import annotations

from django.db.models import QuerySet

from clarion.rules.errors import NotFound
from clarion.store.models import Hook, Source


def sources() -> QuerySet[Source]:
    return Source.objects.order_by("slug")


def hooks(*, state: str = "") -> QuerySet[Hook]:
    """Newest first."""
    found = Hook.objects.select_related("source")
    return found.filter(state=state) if state else found


def hook(hook_id: str) -> Hook:
    """One hook; raises NotFound."""
    found = Hook.objects.select_related("source").filter(id=hook_id).first()
    if found is None:
        raise NotFound("There is no such hook.")
    return found
