"""Components: the parts of the service that updates speak of."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from clarion.actions import setup as actions
from clarion.store.queries import incidents as queries
from clarion.store.queries import single
from clarion.web.api.operations import do, reads, subject_id, writes
from clarion.web.api.schemas import ComponentStatus, Cursor, Input, Limit, LongText, Output, Page, Stamp, page

router = Router(tags=["components"])


class ComponentIn(Input):
    name: Annotated[str, Field(max_length=120)]
    description: LongText = ""
    public: bool = Field(default=True, description="Shown on the status page.")
    position: Annotated[int, Field(ge=0, le=10_000)] = 1


class ComponentOut(Output):
    id: str
    name: str
    slug: str
    description: str
    status: ComponentStatus = Field(description="As last published.")
    position: int
    public: bool
    created_at: Stamp
    updated_at: Stamp


def component_out(row: Any) -> ComponentOut:
    return ComponentOut(**{name: getattr(row, name) for name in ComponentOut.model_fields})


@reads(router, "/components", scope="components:read", out=Page[ComponentOut])
def list_components(request: HttpRequest, limit: Limit = 50, cursor: Cursor = "") -> Page[ComponentOut]:
    """List components, as the page orders them."""
    return page(
        request, queries.components(), component_out, by=("position", "name"), limit=limit, cursor=cursor
    )


@writes(
    router,
    "/components",
    scope="components:write",
    status=201,
    out=ComponentOut,
    example={"name": "Payments", "description": "Paying by card and bank transfer."},
)
def add_component(request: HttpRequest, body: ComponentIn) -> tuple[Any, ComponentOut]:
    """Add a component."""
    entry = do(request, actions.add_component, **body.model_dump())
    return entry, component_out(single.component(subject_id(entry)))


@reads(router, "/components/{component_id}", scope="components:read", out=ComponentOut)
def read_component(request: HttpRequest, component_id: str) -> ComponentOut:
    """Read one component."""
    return component_out(single.component(component_id))
