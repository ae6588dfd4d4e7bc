"""What each audience has been told of an incident, and what it read last."""

from __future__ import annotations

from clarion.store.models import Draft, Incident, Update, UpdateText


def audiences(incident: Incident) -> set[str]:
    """Those for whom a text about this incident was published."""
    return set(UpdateText.objects.filter(update__incident=incident).values_list("audience", flat=True))


def last_updates(incident: Incident, *, before: Draft | None = None) -> dict[str, Update]:
    """The newest update that each audience read; ``before`` leaves out this draft's own and later ones."""
    found = incident.updates.select_related("version").prefetch_related("texts").order_by("number")
    if before is not None:
        found = found.exclude(version__draft=before)
        if before.published_at is not None:
            found = found.filter(published_at__lt=before.published_at)
    return {text.audience: update for update in found for text in update.texts.all()}


def last_texts(incident: Incident, *, before: Draft | None = None) -> dict[str, dict[str, str]]:
    """What each audience read last, by audience."""
    return {
        text.audience: {"title": text.title, "body": text.body}
        for name, update in last_updates(incident, before=before).items()
        for text in update.texts.all()
        if text.audience == name
    }
