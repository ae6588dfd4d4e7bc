"""Pages to render in tests: small ones to vary, and one rich enough to look at."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from clarion.pages.view import AffectedView, ComponentView, IncidentView, PageView, UpdateView
from clarion.rules.audience import CUSTOMERS, PublicText

#: Three in the morning, UTC, on the day that Europe changes its clocks later that night.
NIGHT = datetime(2026, 3, 14, 3, 12, 7, 45_000, tzinfo=UTC)
LONG_AGO = datetime(2024, 9, 2, 9, 0, tzinfo=UTC)

_REROUTING = (
    "About one card payment in five is still declined. **No payment is taken twice**, and a declined one can"
    " be tried again.\n\nWe have found the cause and are moving payments to our second provider. Stored"
    " cards, refunds and payouts work as usual."
)
_FIRST_WORDS = (
    "Some customers cannot pay by card. We are finding out why.\n\n- Shops in Europe see most of it\n"
    "- Payments by *bank transfer* go through"
)
_WATCHING = (
    "Search results are complete again. We keep watching until the index has caught up with changes from the"
    " last hour."
)
_AFTERWARDS = (
    "Everything has worked normally for an hour. A report with what happened and what we change will follow"
    " here."
)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def component(id_: str = "c1", status: str = "operational", **changes: Any) -> ComponentView:
    values = {
        "name": id_.title(),
        "description": "",
        "position": 1,
        "created_at": LONG_AGO,
        "updated_at": NIGHT,
    }
    return ComponentView(id=id_, status=status, **(values | changes))


def update(
    id_: str = "u1", state: str = "investigating", body: str = "We are looking into it.", **changes: Any
) -> UpdateView:
    text = PublicText(CUSTOMERS, "Checkout fails", body)
    return UpdateView(id_, state, text, **({"published_at": NIGHT} | changes))


def incident(id_: str = "i1", *updates: UpdateView, **changes: Any) -> IncidentView:
    """An incident in the state of its newest update; ``updates`` newest first."""
    told = updates or (update(),)
    values: dict[str, Any] = {
        "title": "Checkout fails",
        "state": told[0].state,
        "impact": "major",
        "started_at": told[-1].published_at - minutes(9),
        "created_at": told[-1].published_at,
        "updated_at": told[0].published_at,
        "updates": told,
    }
    return IncidentView(id=id_, **(values | changes))


def page(**changes: Any) -> PageView:
    values: dict[str, Any] = {
        "id": "kctbh9vrtdwd",
        "name": "Larkspur",
        "url": "https://status.larkspur.example",
        "time_zone": "Europe/Berlin",
        "updated_at": NIGHT,
        "components": (component(),),
        "incidents": (),
    }
    return PageView(**(values | changes))


def with_title(title: str) -> PageView:
    """A page on which every name and text is ``title``."""
    name = title.replace("\n", " ")
    group = component("g1", name=name, is_group=True)
    leaf = component("c1", "partial_outage", name=name, description=name, group_id="g1")
    changed = AffectedView("c1", name, "operational", "partial_outage")
    gone = AffectedView("c9", name, "operational", "major_outage")
    told = update(body=title, affected=(changed, gone), next_update_at=NIGHT + minutes(30))
    done = update("u2", "resolved", title)
    incidents = (
        incident("i1", told, title=name, component_ids=("c1",)),
        incident("i2", done, title=name, resolved_at=NIGHT),
    )
    return page(name=name, components=(group, leaf), incidents=incidents)


def rich() -> PageView:
    """A bad night: one open incident with many updates, one small one, and a past."""
    return page(
        components=_components(),
        incidents=(_payments(), _search(), *_past()),
        checkpoint="status.larkspur.example\n4711\nqL3yF1bq5i0=\n\n— status.larkspur.example Az3g…\n",
    )


def _components() -> tuple[ComponentView, ...]:
    groups = {
        "Payments": ("Card payments:partial_outage", "Bank transfers:degraded", "Refunds:operational"),
        "Platform": ("Dashboard:operational", "REST API:operational", "Webhooks:degraded"),
        "Regions": ("Europe:operational", "North America:operational", "Asia Pacific:maintenance"),
    }
    found = []
    for place, (group, names) in enumerate(groups.items(), start=1):
        found.append(component(f"g{place}", name=group, position=place, is_group=True))
        for inner, name in enumerate(names, start=1):
            name, status = name.split(":")
            found.append(
                component(f"g{place}c{inner}", status, name=name, position=inner, group_id=f"g{place}")
            )
    signing = {"description": "Passwords, passkeys and single sign-on", "position": 4}
    found.append(component("login", name="Sign-in", **signing))
    found.append(component("search", "degraded", name="Search", position=5))
    return tuple(found)


def _payments() -> IncidentView:
    started = NIGHT - minutes(71)
    broke = AffectedView("g1c1", "Card payments", "operational", "partial_outage")
    slowed = AffectedView("g1c2", "Bank transfers", "operational", "degraded")
    bodies: list[tuple[str, str, tuple[AffectedView, ...]]] = [
        ("identified", _REROUTING, ()),
        ("identified", "Declines are down from a third of card payments to a fifth.", ()),
        ("identified", "One of our card processors answers too late. We are routing around it.", ()),
        ("investigating", "Bank transfers are now slower as well, by up to ten minutes.", (slowed,)),
        ("investigating", _FIRST_WORDS, (broke,)),
    ]
    updates = tuple(
        update(
            f"p{place}",
            state,
            body,
            affected=affected,
            published_at=NIGHT - minutes(14 * place),
            next_update_at=NIGHT + minutes(33),
        )
        for place, (state, body, affected) in enumerate(bodies)
    )
    touched = ("g1c1", "g1c2")
    return incident(
        "9tpgqq1h4bs7",
        *updates,
        title="Card payments are declined for some customers",
        started_at=started,
        component_ids=touched,
    )


def _search() -> IncidentView:
    told = update("s1", "monitoring", _WATCHING, published_at=NIGHT - minutes(40))
    return incident(
        "m2f7k1z0qa8d",
        told,
        title="Search misses recent changes",
        impact="minor",
        component_ids=("search",),
        monitoring_at=told.published_at,
    )


def _past() -> tuple[IncidentView, ...]:
    days = [
        (3, "minor", "Delayed webhooks", "All delayed webhooks have been delivered, in order.", 95),
        (3, "none", "Mail from support arrived late", "A mail provider had a delay. Nothing was lost.", 48),
        (9, "critical", "Dashboard and API unavailable", _AFTERWARDS, 27),
        (41, "major", "Exports failed", "Failed exports have been started again.", 190),
    ]
    found = []
    for place, (ago, impact, title, body, lasted) in enumerate(days):
        end = NIGHT - timedelta(days=ago, hours=5)
        first = update(f"h{place}a", published_at=end - minutes(lasted - 9))
        last = update(f"h{place}b", "resolved", body, published_at=end)
        found.append(
            incident(
                f"past{place}",
                last,
                first,
                title=title,
                impact=impact,
                started_at=end - minutes(lasted),
                resolved_at=end,
            )
        )
    return tuple(found)


def quiet() -> PageView:
    """The same page on a calm day."""
    calm = tuple(replace(each, status="operational") for each in _components())
    return page(components=calm, incidents=_past()[3:])
