"""Which translations count for a text, and putting them beside a published update."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from datetime import datetime
from typing import Any

from clarion.rules import translation as rules
from clarion.rules.types import Reason
from clarion.rules.waivers import Found
from clarion.store import composing, findings
from clarion.store.models import Draft, DraftVersion, Translation, Update, UpdateTranslation
from clarion.store.people import as_reviewer


def of_version(version: DraftVersion) -> list[Translation]:
    """The translations of exactly these words, by language."""
    source = rules.source_digest(version.texts)
    found = Translation.objects.filter(draft_id=version.draft_id, source_digest=source)
    return list(found.exclude(state="superseded").select_related("author", "reviewer").order_by("language"))


def stopped(
    version: DraftVersion, row: Translation, now: datetime, *, original: list[Found]
) -> tuple[Reason, ...]:
    """Why this translation of these words must not be shown at ``now``; empty while it may.

    ``original`` is what lint finds in the version itself, the same for each of its translations.
    A cause is told no earlier than in the original, and what lint knows in every language is looked for.
    """
    translated = copy(version)
    translated.texts = row.texts
    early = composing.facts_overtaken(version.draft.incident, translated, now)
    found = findings.found_in(translated, now)
    return (
        *(reason for reason in early if reason.code.startswith("cause.")),
        *rules.gives_away(found, original),
    )


def go_out(
    update: Update, version: DraftVersion, now: datetime, *, original: list[Found]
) -> tuple[dict[str, Any], dict[str, str]]:
    """Publishes what was approved and may still be shown; the rest is to be read again.

    ``original`` is what lint finds in the version itself. Returns for the ledger the digests by language of
    the first, and of the rest the codes why; then their sentences, which may quote what must stay inside, by
    the names under which they stand beside the entry.
    """
    shown: list[Translation] = []
    held: dict[str, list[dict[str, str]]] = {}
    said: dict[str, str] = {}
    for row in of_version(version):
        if row.state != "approved":
            continue
        reasons = (
            *rules.still_stands(as_reviewer(row.reviewer)),
            *stopped(version, row, now, original=original),
        )
        if reasons:
            held[row.language] = [{"code": reason.code} for reason in reasons]
            said[f"translations_held.{row.language}"] = " ".join(reason.text for reason in reasons)
            row.state, row.reviewer, row.reviewed_at = "in_review", None, None
            row.save(update_fields=["state", "reviewer", "reviewed_at"])
        else:
            shown.append(row)
    publish(update, shown, now)
    return {
        "translations": {row.language: row.digest for row in shown},
        "translations_held": held,
    }, said


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
