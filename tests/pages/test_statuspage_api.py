"""The public JSON has the shape that readers of Statuspage pages were written for."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clarion.pages.look import headline
from clarion.pages.site import render
from clarion.pages.view import AffectedView, PageView
from clarion.rules.terms import COMPONENT_STATUSES
from tests.pages import sample
from tests.pages.sample import NIGHT, component, incident, minutes, page, update

PAGE = {"id", "name", "url", "time_zone", "updated_at"}
COMPONENT = set(
    [
        "id",
        "name",
        "status",
        "created_at",
        "updated_at",
        "position",
        "description",
        "showcase",
        "start_date",
        "group_id",
        "page_id",
        "group",
        "only_show_if_degraded",
    ]
)
INCIDENT = set(
    [
        "id",
        "name",
        "status",
        "created_at",
        "updated_at",
        "monitoring_at",
        "resolved_at",
        "impact",
        "shortlink",
        "started_at",
        "page_id",
        "incident_updates",
        "components",
        "reminder_intervals",
    ]
)
UPDATE = set(
    [
        "id",
        "status",
        "body",
        "incident_id",
        "created_at",
        "updated_at",
        "display_at",
        "affected_components",
        "deliver_notifications",
        "custom_tweet",
        "tweet_id",
    ]
)
ENDPOINTS = {
    "summary": {"page", "status", "components", "incidents", "scheduled_maintenances"},
    "status": {"page", "status"},
    "components": {"page", "components"},
    "incidents": {"page", "incidents"},
    "incidents/unresolved": {"page", "incidents"},
    "scheduled-maintenances": {"page", "scheduled_maintenances"},
    "scheduled-maintenances/upcoming": {"page", "scheduled_maintenances"},
    "scheduled-maintenances/active": {"page", "scheduled_maintenances"},
}


def read(page_view: PageView, endpoint: str) -> Any:
    return json.loads(render(page_view)[f"api/v2/{endpoint}.json"])


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_every_endpoint_answers_with_exactly_its_keys(endpoint: str) -> None:
    body = read(sample.rich(), endpoint)
    assert ENDPOINTS[endpoint] == set(body)
    assert set(body["page"]) == PAGE
    assert {frozenset(each) for each in body.get("components", [])} <= {
        frozenset(COMPONENT),
        frozenset(COMPONENT | {"components"}),
    }
    for found in body.get("incidents", []):
        assert set(found) == INCIDENT
        assert all(set(each) == UPDATE for each in found["incident_updates"])
        assert all(set(each) == COMPONENT for each in found["components"])


def test_nothing_is_planned_yet_so_the_maintenance_lists_are_empty() -> None:
    files = [name for name, keys in ENDPOINTS.items() if "scheduled_maintenances" in keys]
    assert [[]] * len(files) == [read(sample.rich(), name)["scheduled_maintenances"] for name in files]


def test_summary_and_unresolved_tell_only_of_what_is_still_open() -> None:
    names = ["Card payments are declined for some customers", "Search misses recent changes"]
    for endpoint in ("summary", "incidents/unresolved"):
        assert names == [each["name"] for each in read(sample.rich(), endpoint)["incidents"]]
    assert len(read(sample.rich(), "incidents")["incidents"]) == len(sample.rich().incidents)


def test_incidents_lists_the_fifty_newest() -> None:
    many = page(incidents=tuple(incident(f"i{place}") for place in range(60)))
    assert [f"i{place}" for place in range(50)] == [
        each["id"] for each in read(many, "incidents")["incidents"]
    ]


def test_a_group_row_names_its_leaves_and_only_a_group_row_does() -> None:
    rows = {row["name"]: row for row in read(sample.rich(), "components")["components"]}
    assert rows["Payments"]["components"] == ["g1c1", "g1c2", "g1c3"]
    assert rows["Payments"]["group"] is True
    assert rows["Card payments"]["group_id"] == "g1"
    assert "components" not in rows["Card payments"]
    assert rows["Search"]["group_id"] is None


def test_a_group_is_as_bad_as_its_worst_leaf() -> None:
    group = component("g", "operational", is_group=True)
    inside = [
        component(status, status, group_id="g") for status in ("degraded", "partial_outage", "maintenance")
    ]
    rows = read(page(components=(group, *inside)), "components")["components"]
    assert rows[0]["status"] == "partial_outage"


@pytest.mark.capability("3.3", face="api")
@pytest.mark.parametrize(
    ("zone", "moment", "expected"),
    [
        ("Etc/UTC", datetime(2026, 3, 14, 3, 4, 5, 678_000, UTC), "2026-03-14T03:04:05.678Z"),
        ("UTC", datetime(2026, 3, 14, 3, 4, 5, tzinfo=UTC), "2026-03-14T03:04:05.000Z"),
        (
            "America/Los_Angeles",
            datetime(2026, 2, 14, 3, 4, 5, 678_900, UTC),
            "2026-02-13T19:04:05.678-08:00",
        ),
        ("America/Los_Angeles", datetime(2026, 7, 14, 3, 4, 5, tzinfo=UTC), "2026-07-13T20:04:05.000-07:00"),
        ("Europe/London", datetime(2026, 1, 14, 3, 4, 5, tzinfo=UTC), "2026-01-14T03:04:05.000+00:00"),
        ("Asia/Kathmandu", datetime(2026, 1, 14, 3, 4, 5, tzinfo=UTC), "2026-01-14T08:49:05.000+05:45"),
    ],
    ids=[
        "UTC says Z",
        "whole seconds still have a fraction",
        "winter in California",
        "summer in California",
        "London in winter is not Z",
        "a quarter-hour zone",
    ],
)
def test_times_carry_milliseconds_and_the_pages_own_zone(zone: str, moment: datetime, expected: str) -> None:
    assert expected == read(page(time_zone=zone, updated_at=moment), "status")["page"]["updated_at"]


@pytest.mark.parametrize(
    ("leaves", "indicator", "description"),
    [
        ("major_outage major_outage", "critical", "Major System Outage"),
        ("major_outage operational", "major", "Partial System Outage"),
        ("partial_outage partial_outage", "major", "Partial System Outage"),
        ("partial_outage degraded", "minor", "Minor Service Outage"),
        ("degraded degraded", "minor", "Partially Degraded Service"),
        ("degraded maintenance operational", "minor", "Partially Degraded Service"),
        ("maintenance operational", "maintenance", "Service Under Maintenance"),
        ("operational operational", "none", "All Systems Operational"),
        ("", "none", "All Systems Operational"),
    ],
    ids=[
        "everything is down",
        "one is down",
        "everything is half down",
        "one is half down",
        "everything is slow",
        "slow beats planned",
        "planned work",
        "all well",
        "a page without components",
    ],
)
def test_the_roll_up_reads_the_leaves_from_worst_to_best(
    leaves: str, indicator: str, description: str
) -> None:
    """A group row, whatever it says, and open incidents have no part in it."""
    found = [component(f"c{place}", status) for place, status in enumerate(leaves.split())]
    group = component("g", "major_outage", is_group=True)
    view = page(components=(group, *found), incidents=(incident(impact="critical"),))
    assert {"indicator": indicator, "description": description} == read(view, "status")["status"]


@settings(deadline=None)
@given(st.lists(st.sampled_from(COMPONENT_STATUSES), min_size=1))
def test_page_and_api_never_disagree_while_nothing_is_open(statuses: list[str]) -> None:
    view = page(components=tuple(component(f"c{place}", status) for place, status in enumerate(statuses)))
    status = read(view, "status")["status"]
    assert (status["indicator"], status["description"]) == headline(view)[:2]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("detected", "investigating"),
        ("investigating", "investigating"),
        ("identified", "identified"),
        ("mitigated", "monitoring"),
        ("monitoring", "monitoring"),
        ("resolved", "resolved"),
        ("false_alarm", "resolved"),
        ("postmortem", "postmortem"),
    ],
)
def test_states_are_said_in_statuspages_words(ours: str, theirs: str) -> None:
    found = read(page(incidents=(incident("i1", update(state=ours)),)), "incidents")["incidents"][0]
    assert [theirs, theirs] == [found["status"], found["incident_updates"][0]["status"]]


def test_updates_stand_newest_first_and_say_which_components_changed() -> None:
    changed = AffectedView("c1", "Checkout", "operational", "degraded")
    gone = AffectedView("old", "Fax gateway", "degraded", "major_outage")
    newer = update("u2", "identified", published_at=NIGHT + minutes(5))
    group = component("g1", name="Shop", is_group=True)
    leaf = component("c1", name="Checkout", group_id="g1")
    told = incident("i1", newer, update("u1", affected=(changed, gone)), component_ids=("c1",))
    found = read(page(components=(group, leaf), incidents=(told,)), "incidents")["incidents"][0]
    assert ["u2", "u1"] == [each["id"] for each in found["incident_updates"]]
    assert [None, [
        {"code": "c1", "name": "Shop - Checkout", "old_status": "operational",
         "new_status": "degraded_performance"},
        {"code": "old", "name": "Fax gateway", "old_status": "degraded_performance",
         "new_status": "major_outage"},
    ]] == [each["affected_components"] for each in found["incident_updates"]]  # fmt: skip
    assert ["Checkout"] == [each["name"] for each in found["components"]]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("We are *on it*.", "We are on it."),
        ("First.\n\nSecond.", "First.<br /><br />Second."),
        ("R&D, 5 > 4", "R&D, 5 > 4"),
        ("<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)>"),
    ],
    ids=[
        "emphasis is not carried",
        "lines break as on Statuspage",
        "signs stay as typed",
        "no tag comes to life",
    ],
)
def test_bodies_are_plain_text_with_breaks(body: str, expected: str) -> None:
    found = read(page(incidents=(incident("i1", update(body=body)),)), "incidents")["incidents"][0]
    assert expected == found["incident_updates"][0]["body"]
