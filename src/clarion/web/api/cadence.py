"""How often readers were told something."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from clarion.rules.cadence_history import Cadence, cadence
from clarion.store.queries.cadence import update_times
from clarion.web.api.operations import reads
from clarion.web.api.schemas import Output

router = Router(tags=["updates"])


class StepOut(Output):
    longer_than_minutes: float
    up_to_minutes: float | None = Field(description="null for the last step, which has no end.")
    count: int


class FiguresOut(Output):
    """Over all silences, each from one published update of an incident to the next."""

    incidents: int
    updates: int
    gaps: int
    median_minutes: float | None
    p90_minutes: float | None = Field(description="Nine silences in ten were no longer.")
    longest_minutes: float | None
    steps: list[StepOut] = Field(description="How many silences were how long.")


class CadenceOut(FiguresOut):
    by_severity: dict[str, FiguresOut]


def _figures(found: Cadence) -> dict[str, object]:
    lengths = {"median": found.median, "p90": found.p90, "longest": found.longest}
    return {
        "incidents": found.incidents,
        "updates": found.updates,
        "gaps": found.gaps,
        **{f"{name}_minutes": gap and gap.total_seconds() / 60 for name, gap in lengths.items()},
        "steps": [
            StepOut(
                longer_than_minutes=step.longer_than.total_seconds() / 60,
                up_to_minutes=step.up_to and step.up_to.total_seconds() / 60,
                count=step.count,
            )
            for step in found.steps
        ],
    }


@reads(router, "/cadence", scope="incidents:read", out=CadenceOut)
def read_cadence(request: HttpRequest) -> CadenceOut:
    """Read how long readers waited from one update to the next, over all incidents.

    Maintenances are left out: they are told of days ahead.
    """
    told = update_times()
    whole = cadence(times for incidents in told.values() for times in incidents.values())
    by_severity = {
        severity: FiguresOut.model_validate(_figures(cadence(incidents.values())))
        for severity, incidents in told.items()
    }
    return CadenceOut.model_validate({**_figures(whole), "by_severity": by_severity})
