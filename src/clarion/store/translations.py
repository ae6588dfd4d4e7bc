"""Which translations count for a text, and putting them beside a published update."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from clarion.rules import translation as rules
from clarion.store.models import Draft, DraftVersion, Translation, Update, UpdateTranslation


def of_version(version: DraftVersion) -> list[Translation]:
    """The translations of exactly these words, by language."""
    source = rules.source_digest(version.texts)
    found = Translation.objects.filter(draft_id=version.draft_id, source_digest=source)
    return list(found.exclude(state="superseded").select_related("author", "reviewer").order_by("language"))


def approved(version: DraftVersion) -> list[Translation]:
    """Those that may be shown to readers."""
    return [row for row in of_version(version) if row.state == "approved"]


def publish(update: Update, rows: Iterable[Translation], now: datetime) -> int:
    """Puts approved translations beside the update's own texts; returns how many languages that were.

    Only the texts of audiences that the update itself was released for.
    """
    released = set(update.texts.values_list("audience", flat=True))
    made = [
        UpdateTranslation(
            update=update,
            translation=row,
            language=row.language,
            audience=name,
            title=text["title"],
            body=text["body"],
            published_at=now,
        )
        for row in rows
        for name, text in row.texts.items()
        if name in released
    ]
    UpdateTranslation.objects.bulk_create(made)
    return len({row.language for row in made})


def outdated(draft: Draft, version: DraftVersion) -> list[str]:
    """Languages that had a translation of earlier words and have none of these."""
    now_there = {row.language for row in of_version(version)}
    before = Translation.objects.filter(draft=draft).exclude(state="superseded")
    return sorted(set(before.values_list("language", flat=True)) - now_there)
