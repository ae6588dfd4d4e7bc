"""How often readers were told something, as figures and as a chart."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse

from clarion.rules.cadence_history import Cadence, Step, cadence
from clarion.store.queries.cadence import update_times
from clarion.web.console.base import Looking, screen, show

#: Size of the chart's bars, in the units of its own drawing.
TALLEST = 120
WIDTH, ROOM = 64, 16


@screen()
def page(request: Looking) -> HttpResponse:
    """The silences between updates, over all incidents and by severity."""
    told = update_times()
    whole = cadence(times for incidents in told.values() for times in incidents.values())
    context = {
        "rows": [("All incidents", whole)]
        + [(severity, cadence(incidents.values())) for severity, incidents in told.items()],
        "whole": whole,
        "chart": chart(whole),
    }
    return show(request, "console/cadence.html", context)


def chart(found: Cadence) -> dict[str, Any]:
    """The bars of the histogram, left to right, with the place of each in the drawing."""
    most = max((step.count for step in found.steps), default=0) or 1
    bars = []
    for place, step in enumerate(found.steps):
        height = round(TALLEST * step.count / most)
        bars.append(
            {
                "label": label(step),
                "count": step.count,
                "x": place * (WIDTH + ROOM),
                "middle": place * (WIDTH + ROOM) + WIDTH // 2,
                "y": TALLEST - height,
                "height": height,
            }
        )
    return {"bars": bars, "width": len(bars) * (WIDTH + ROOM) - ROOM, "bar": WIDTH, "base": TALLEST}


def label(step: Step) -> str:
    """Such as ``to 30 min``, which begins where the bar before it ends, and ``over 4 h``."""
    return f"to {_short(step.up_to)}" if step.up_to else f"over {_short(step.longer_than)}"


def _short(length: timedelta) -> str:
    minutes = int(length.total_seconds() // 60)
    return f"{minutes // 60} h" if minutes and minutes % 60 == 0 else f"{minutes} min"
