"""Hooks: what tools sent, those in quarantine above all; and the tools that may send."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from clarion.actions import intake as actions
from clarion.actions import setup
from clarion.rules.errors import Invalid
from clarion.store.queries import intake as queries
from clarion.web.api.operations import do, reads, writes
from clarion.web.api.schemas import Cursor, Input, Limit, LongText, Output, Page, Stamp, page

router = Router(tags=["hooks"])
STATES = ("received", "read", "quarantined", "discarded")


class HookSummary(Output):
    """One request that a tool made."""

    id: str
    source: str
    state: Annotated[str, Field(json_schema_extra={"enum": list(STATES)})]
    problem: str = Field(description="Why it is in quarantine: the field, and what to do.")
    sha256: str = Field(description="Of the body.")
    received_at: Stamp


class HookOut(HookSummary):
    body: str = Field(description="As text; bytes that are no UTF-8 are shown as U+FFFD.")


class DiscardIn(Input):
    reason: LongText


class SourceOut(Output):
    """A tool that may report at ``/hooks/<slug>``. Its secrets are not shown."""

    slug: str
    kind: str
    enabled: bool
    default_component: str | None
    created_at: Stamp


class SourceIn(Input):
    slug: Annotated[str, Field(max_length=60)]
    kind: Annotated[str, Field(max_length=40, description="Such as `alertmanager` or `generic`.")]
    config: dict[str, Any] = Field(description="Its settings, secrets included; see the docs of sources.")
    default_component: str | None = Field(default=None, description="Id; for reports that name no component.")


class SourceChange(Input):
    """Only what was sent is looked at, so the defaults never count."""

    enabled: bool = Field(default=True, description="false: its reports are answered 401.")
    config: dict[str, Any] = Field(
        default_factory=dict, description="All its settings anew, with every secret that is to count."
    )


def _plain(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "source": row.source.slug,
        "state": row.state,
        "problem": row.problem,
        "sha256": row.body_hash,
        "received_at": row.received_at,
    }


def hook_out(row: Any) -> HookOut:
    return HookOut(**_plain(row), body=bytes(row.body).decode("utf-8", "replace"))


def source_out(row: Any) -> SourceOut:
    return SourceOut(
        slug=row.slug,
        kind=row.kind,
        enabled=row.enabled,
        default_component=row.default_component_id,
        created_at=row.created_at,
    )


@reads(router, "/hooks", scope="hooks:read", out=Page[HookSummary])
def list_hooks(
    request: HttpRequest,
    state: Annotated[str, Query(description=f"One of {', '.join(STATES)}.")] = "",
    limit: Limit = 50,
    cursor: Cursor = "",
) -> Page[HookSummary]:
    """List what tools sent, newest first; `state=quarantined` for what waits for a person."""
    if state and state not in STATES:
        raise Invalid(f"Write one of {', '.join(STATES)}, or leave it out.", field="state")
    found = queries.hooks(state=state).defer("body")
    return page(
        request,
        found,
        lambda row: HookSummary(**_plain(row)),
        by=("-received_at", "-id"),
        limit=limit,
        cursor=cursor,
    )


@reads(router, "/hooks/{hook_id}", scope="hooks:read", out=HookOut)
def read_hook(request: HttpRequest, hook_id: str) -> HookOut:
    """Read one, with its body."""
    return hook_out(queries.hook(hook_id))


@writes(router, "/hooks/{hook_id}/replay", scope="hooks:write", out=HookOut)
def replay_hook(request: HttpRequest, hook_id: str) -> tuple[Any, HookOut]:
    """Read a quarantined one again, after whatever made it unreadable was mended."""
    entry = do(request, actions.replay_hook, hook_id=hook_id)
    return entry, hook_out(queries.hook(hook_id))


@writes(
    router,
    "/hooks/{hook_id}/discard",
    scope="hooks:write",
    out=HookOut,
    example={"reason": "Sent by a test."},
)
def discard_hook(request: HttpRequest, hook_id: str, body: DiscardIn) -> tuple[Any, HookOut]:
    """Put a quarantined one aside, with a reason. Its bytes are kept."""
    entry = do(request, actions.discard_hook, hook_id=hook_id, reason=body.reason)
    return entry, hook_out(queries.hook(hook_id))


@reads(router, "/sources", scope="hooks:read", out=Page[SourceOut])
def list_sources(request: HttpRequest, limit: Limit = 50, cursor: Cursor = "") -> Page[SourceOut]:
    """List the tools that may report."""
    return page(request, queries.sources(), source_out, by=("slug",), limit=limit, cursor=cursor)


@writes(
    router,
    "/sources",
    scope="settings:write",
    status=201,
    out=SourceOut,
    example={
        "slug": "alertmanager-eu",
        "kind": "alertmanager",
        "config": {"tokens": ["a-long-random-bearer-token"]},
    },
)
def add_source(request: HttpRequest, body: SourceIn) -> tuple[Any, SourceOut]:
    """Let a tool report. Its secrets do not enter the ledger."""
    try:
        entry = do(
            request,
            setup.add_source,
            slug=body.slug,
            kind=body.kind,
            config=body.config,
            component_id=body.default_component,
        )
    except Invalid as error:
        field = "default_component" if error.field == "component_id" else error.field
        raise Invalid(error.message, field=field) from None
    return entry, source_out(queries.sources().get(slug=body.slug))


@writes(
    router,
    "/sources/{slug}",
    method="PATCH",
    scope="settings:write",
    out=SourceOut,
    example={"config": {"tokens": ["the-old-bearer-token", "the-new-bearer-token"]}},
)
def change_source(request: HttpRequest, slug: str, body: SourceChange) -> tuple[Any, SourceOut]:
    """Switch a source off or on, or replace its settings.

    To exchange a secret: send the old and the new, switch the tool over, then send the new alone.
    """
    changes = body.model_dump(exclude_unset=True)
    entry = do(request, setup.change_source, slug=slug, **changes)
    return entry, source_out(queries.sources().get(slug=slug))
