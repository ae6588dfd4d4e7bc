"""Translations: an update's words in further languages, each with a review of its own."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from clarion.actions import translation as actions
from clarion.rules.review import DECISIONS
from clarion.rules.translation import STATES
from clarion.store.queries import translations as queries
from clarion.web.api.auth import caller
from clarion.web.api.draft_bodies import TextIn
from clarion.web.api.draft_schemas import PersonRef, TextOut
from clarion.web.api.operations import do, reads, subject_id, writes
from clarion.web.api.schemas import Cursor, Input, Limit, LongText, Output, Page, Stamp, page

router = Router(tags=["translations"])

Tag = Annotated[str, Field(max_length=20, description="RFC 5646, such as `de` or `pt-BR`.")]


class TranslationIn(Input):
    """The words of the newest version in one language."""

    version: int = Field(
        description="The version that was translated; if it is not the newest, nothing is kept."
    )
    language: Tag
    texts: dict[str, TextIn] = Field(description="One for each audience that outsiders belong to.")


class TranslationReviewIn(Input):
    """One word on one exact translation."""

    digest: str = Field(max_length=64, description="The translation's digest, as it was read.")
    decision: Annotated[str, Field(json_schema_extra={"enum": list(DECISIONS)})]
    comment: LongText = Field(default="", description="Needed when you ask for changes.")


class TranslationOut(Output):
    id: str
    draft: str
    language: Tag
    state: Annotated[str, Field(json_schema_extra={"enum": list(STATES)})]
    texts: dict[str, TextOut] = Field(description="By audience.")
    source_digest: str = Field(description="SHA-256 of the words it translates.")
    digest: str = Field(description="SHA-256 of both; send it back to approve.")
    author: PersonRef
    created_at: Stamp
    reviewer: PersonRef | None
    reviewed_at: Stamp | None
    comment: str
    you_may: bool = Field(description="Whether the owner of this key may decide on it.")
    because: str = Field(description="Why you may not; empty when you may.")


def translation_out(row: Any, person: Any) -> TranslationOut:
    verdict = queries.verdict(row, person)
    return TranslationOut(
        id=row.id,
        draft=row.draft_id,
        language=row.language,
        state=row.state,
        texts={name: TextOut(**text) for name, text in row.texts.items()},
        source_digest=row.source_digest,
        digest=row.digest,
        author=PersonRef(id=row.author.id, name=row.author.name),
        created_at=row.created_at,
        reviewer=PersonRef(id=row.reviewer.id, name=row.reviewer.name) if row.reviewer else None,
        reviewed_at=row.reviewed_at,
        comment=row.comment,
        you_may=verdict.allowed,
        because=verdict.because,
    )


@reads(router, "/drafts/{draft_id}/translations", scope="drafts:read", out=Page[TranslationOut])
def list_translations(
    request: HttpRequest, draft_id: str, limit: Limit = 50, cursor: Cursor = ""
) -> Page[TranslationOut]:
    """List every translation ever written for a draft, superseded ones too, oldest first."""
    person = caller(request).person
    found = queries.of_draft(draft_id)
    return page(
        request,
        found,
        lambda row: translation_out(row, person),
        by=("created_at", "id"),
        limit=limit,
        cursor=cursor,
    )


@writes(
    router,
    "/drafts/{draft_id}/translations",
    scope="translations:write",
    status=201,
    out=TranslationOut,
    example={
        "version": 2,
        "language": "de",
        "texts": {"customers": {"title": "Störung der API", "body": "Wir sehen Fehler."}},
    },
)
def write_translation(request: HttpRequest, draft_id: str, body: TranslationIn) -> tuple[Any, TranslationOut]:
    """Write the newest version's public texts in one more language, for review.

    It replaces an earlier try in the same language. The original does not wait for it.
    """
    entry = do(
        request,
        actions.write_translation,
        draft_id=draft_id,
        version=body.version,
        language=body.language,
        texts={name: text.model_dump() for name, text in body.texts.items()},
    )
    return entry, translation_out(queries.one(subject_id(entry)), caller(request).person)


@reads(router, "/translations/{translation_id}", scope="drafts:read", out=TranslationOut)
def read_translation(request: HttpRequest, translation_id: str) -> TranslationOut:
    """Read one translation."""
    return translation_out(queries.one(translation_id), caller(request).person)


@writes(
    router,
    "/translations/{translation_id}/reviews",
    scope="translations:write",
    status=201,
    out=TranslationOut,
    example={
        "digest": "3f786850e387550fdab836ed7e6dc881de23001b3f786850e387550fdab836ed",
        "decision": "approved",
    },
)
def review_translation(
    request: HttpRequest, translation_id: str, body: TranslationReviewIn
) -> tuple[Any, TranslationOut]:
    """Approve a translation, or ask for changes.

    Its author may not. An approved one goes out with its update, or joins the page if that is published.
    """
    entry = do(
        request,
        actions.review_translation,
        translation_id=translation_id,
        digest=body.digest,
        decision=body.decision,
        comment=body.comment,
    )
    return entry, translation_out(queries.one(translation_id), caller(request).person)
