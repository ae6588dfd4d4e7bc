"""A program says what has been found out, and reads what policy makes of it."""

from __future__ import annotations

import pytest

from tests import factories as make
from tests.web.api.conftest import Program, problem


@pytest.mark.capability("1.3", face="api")
@pytest.mark.capability("1.4", face="api")
@pytest.mark.capability("1.5", face="api")
@pytest.mark.capability("1.6", face="api")
def test_facts_are_recorded_and_what_follows_is_answered_with_reasons(
    house: make.House, lead: Program
) -> None:
    incident = make.incident_by_hook(make.alert(severity="warning"))
    before = lead.get(f"/incidents/{incident.id}")
    assert ("suspected", "unknown", None) == tuple(
        before["assessment"][name] for name in ("confirmation", "outage_scope", "duties")
    )
    assert (False, "application") == (before["requirements"]["may_start"], before["requirements"]["template"])
    told = {"confirmation": "confirmed", "outage_scope": "none", "duties": ["payments"], "regions": ["EU"]}
    after = lead.post(f"/incidents/{incident.id}/assess", told, status=200)
    assert told.items() <= after["assessment"].items()
    assert (house.lead.id, "2026-03-01T14:05:00Z") == (
        after["assessment"]["confirmed_by"]["id"],
        after["assessment"]["confirmed_at"],
    )
    wants = after["requirements"]
    assert (True, True) == (wants["formal_updates"], wants["may_start"])
    assert ["updates.regulated", "scope.regulated"] == [
        reason["code"] for reason in wants["because"]["formal_updates"][:2]
    ]
    assert {"cause": "when_confirmed", "customers_affected": "never"} == {
        item["topic"]: item["disclose"] for item in wants["disclosure"]
    }


def test_null_is_unknown_and_what_is_left_out_stays(house: make.House, lead: Program) -> None:
    path = f"/incidents/{house.incident().id}"
    lead.post(f"{path}/assess", {"duties": [], "customers_affected": 7}, status=200)
    lead.post(f"{path}/assess", {"customers_affected": None}, status=200)
    known = lead.get(path)["assessment"]
    assert ([], None) == (known["duties"], known["customers_affected"])
    problem(lead.call("POST", f"{path}/assess", {"customers_affected": None}), 409, "already_done")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"outage_scope": "huge"}, "outage_scope"),
        ({"duties": ["Pay"]}, "duties"),
        ({"customers_affected": "7"}, "customers_affected"),
        ({"weather": "fine"}, "weather"),
    ],
)
def test_a_fact_that_does_not_fit_is_named(
    house: make.House, lead: Program, body: dict[str, object], field: str
) -> None:
    path = f"/incidents/{house.incident().id}/assess"
    found = problem(lead.call("POST", path, body), 422, "invalid")
    assert [field] == [item["field"] for item in found["errors"]]
