"""Translations: writing one, and the word of somebody who did not write it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings

from clarion.rules import review
from clarion.rules import translation as rules
from clarion.rules.access import Actor, require
from clarion.rules.errors import Conflict, Forbidden, Invalid, NotFound
from clarion.store import findings, ledger, records, translations
from clarion.store.models import (
    Draft,
    DraftVersion,
    LedgerEntry,
    Translation,
    Update,
    UpdateTranslation,
    User,
)
from clarion.store.people import as_reviewer

#: A draft in these states is no longer worth translating; a published one is, since its update is read.
PUT_ASIDE = review.CLOSED - {"published"}


def write_translation(
    *,
    draft_id: str,
    version: int,
    language: str,
    texts: Mapping[str, Mapping[str, str]],
    actor: Actor,
    now: datetime,
) -> LedgerEntry:
    """The newest version's public texts in one more language, for review. It replaces an earlier try.

    ``texts`` are ``{audience: {"title", "body"}}`` for exactly the audiences that outsiders belong to.
    """
    require(actor, "translations:write")
    draft = records.hold_draft(draft_id)
    if draft.state in PUT_ASIDE:
        raise Conflict(f"This draft is {draft.state}; nobody will read it.")
    newest = draft.versions.latest("number")
    if version != newest.number:
        raise Conflict(f"Version {newest.number} was written meanwhile; translate that one.", field="version")
    offered = [each.tag for each in settings.CLARION.languages[1:]]
    if language not in offered:
        known = ", ".join(offered) or "none yet (CLARION_LANGUAGES names them)"
        raise Invalid(f"{language!r} is not a language of this installation: {known}.", field="language")
    clean = _clean(newest, texts)
    source = rules.source_digest(newest.texts)
    earlier = Translation.objects.filter(draft=draft, language=language, source_digest=source)
    earlier = earlier.exclude(state="superseded")
    if UpdateTranslation.objects.filter(translation__in=earlier).exists():
        raise Conflict("Readers see this translation already. Correct it with a new update.")
    replaced = earlier.update(state="superseded")
    row = Translation.objects.create(
        draft=draft,
        language=language,
        source_digest=source,
        texts=clean,
        digest=rules.digest(source=source, language=language, texts=clean),
        author_id=actor.person_id,
        created_at=now,
    )
    return _entry("translation.written", row, newest, actor, now, replaced=replaced)


def _clean(version: DraftVersion, texts: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """The texts as they are stored; raises Invalid naming the place of what is wrong."""
    wanted = rules.to_translate(version.texts)
    if not wanted:
        raise Conflict("This draft has no text for readers outside, so there is nothing to translate.")
    for name in sorted(set(texts) ^ set(wanted)):
        problem = "is missing" if name in wanted else "is not translated"
        raise Invalid(f"The text for {name} {problem}.", field=f"texts.{name}")
    clean = {name: {part: texts[name][part].strip() for part in ("title", "body")} for name in sorted(wanted)}
    for name, text in clean.items():
        rules.check_translation(name, text, wanted[name])
    return clean


def review_translation(
    *, translation_id: str, digest: str, decision: str, comment: str = "", actor: Actor, now: datetime
) -> LedgerEntry:
    """One person approves exactly what they saw, or asks for changes.

    An approved translation goes out with its update; if that is published already, it joins the page now.
    """
    require(actor, "translations:write")
    review.require_word(decision, comment)
    known = Translation.objects.filter(id=translation_id).first()
    if known is None:
        raise NotFound("There is no such translation.")
    draft = records.hold_draft(known.draft_id)
    row = Translation.objects.get(id=translation_id)
    if digest != row.digest:
        raise Conflict("The text differs from the one you were shown. Read it again.", field="digest")
    person = User.objects.get(id=actor.person_id)
    verdict = rules.may_review(reviewer=as_reviewer(person), author=row.author_id, state=row.state)
    if not verdict.allowed:
        raise (Conflict if verdict.reasons[0].code == "state" else Forbidden)(verdict.because)
    newest = draft.versions.latest("number")
    if decision == "approved":
        original = findings.found_in(newest, now)
        if reasons := translations.stopped(newest, row, now, original=original):
            raise Conflict(reasons[0].text)
    row.state, row.reviewer, row.reviewed_at = decision, person, now
    row.comment = comment.strip()[:5000]
    row.save(update_fields=["state", "reviewer", "reviewed_at", "comment"])
    shown = _show(draft, row, now) if decision == "approved" else 0
    kind = f"translation.{decision}"
    said = {"comment": row.comment} if row.comment else {}
    return _entry(kind, row, newest, actor, now, texts=said, person=person.id, shown=shown)


def _show(draft: Draft, row: Translation, now: datetime) -> int:
    """Puts the approved words beside the update that is published already; 0 if none is."""
    update = Update.objects.filter(version__draft=draft).select_related("incident", "version").first()
    if update is None or rules.source_digest(update.version.texts) != row.source_digest:
        return 0
    shown = translations.publish(update, [row], now)
    if shown and update.incident.visibility == "public":
        records.want_site()
    return shown


def _entry(
    kind: str,
    row: Translation,
    version: DraftVersion,
    actor: Actor,
    now: datetime,
    *,
    texts: Mapping[str, str] | None = None,
    **data: Any,
) -> LedgerEntry:
    return ledger.append(
        kind,
        actor=actor,
        subject=f"translation:{row.id}",
        incident=version.draft.incident,
        at=now,
        data={
            "draft": row.draft_id,
            "version": version.number,
            "language": row.language,
            "source_digest": row.source_digest,
            "digest": row.digest,
            **data,
        },
        texts=records.named_texts(row.texts) if texts is None else texts,
    )
