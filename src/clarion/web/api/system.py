"""Is Clarion able to do its work?"""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from clarion.store import health
from clarion.web.api.auth import caller
from clarion.web.api.operations import reads
from clarion.web.api.schemas import Output

router = Router(tags=["system"])


class CheckOut(Output):
    name: str
    ok: bool
    text: str = Field(description="What is wrong, and what to do.")


class HealthOut(Output):
    ok: bool
    checks: list[CheckOut]


@reads(router, "/health", out=HealthOut)
def read_health(request: HttpRequest) -> HealthOut:
    """Read what `clarion check` says. Always 200; `/health` answers 503 for load balancers."""
    found = health.check(caller(request).now)
    checks = [CheckOut(name=item.name, ok=item.ok, text=item.text) for item in found]
    return HealthOut(ok=all(item.ok for item in found), checks=checks)
