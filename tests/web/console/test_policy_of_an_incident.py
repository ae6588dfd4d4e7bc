"""What policy requires of an incident, and why; and saying what has been found out."""

from __future__ import annotations

import re
from typing import Any

import pytest

from clarion.rules.policy import CONSEQUENCES
from clarion.store.models import Incident
from tests import factories as make
from tests.web.console.conftest import Desk, words


def whys(page: Any) -> dict[str, str]:
    """What stands behind each “Why?”, by the name of its line."""
    text = page.content.decode()
    found = re.findall(r'<details class="because"><summary>(.*?)</summary>(.*?)</details>', text, re.DOTALL)
    plain = [[" ".join(re.sub(r"<[^>]*>", " ", part).split()) for part in pair] for pair in found]
    return {name.removeprefix("Why? "): told for name, told in plain}


@pytest.mark.capability("1.1", face="console")
@pytest.mark.capability("1.6", face="console")
def test_every_consequence_says_why_without_a_script(house: make.House, lead: Desk) -> None:
    """Rule, matched facts, sentence, and the version of the policy."""
    page = lead.get(f"/console/incidents/{house.incident().id}")
    told = whys(page)
    for owned in ("Told to Customers (Customer support)", "Internal teams (IT operations)"):
        assert owned in words(page)
    assert set(CONSEQUENCES.values()) == set(told)
    assert (
        "updates.severe SEV-1: customers notice an incident of this severity, so they are told everywhere."
        in told["Formal updates"]
    )
    assert (
        "scope.unknown otherwise: until somebody knows the scope, readers are told." in told["Formal updates"]
    )
    assert "unknown.business_impact Business impact is unknown; updates.business" in told["Formal updates"]
    assert "cadence.sev-1 SEV-1 + open for 0 minutes: an update every 30 minutes." in told["Interval"]
    assert "windows.sev-1 SEV-1: approval within 5 minutes of asking." in told["Approval within"]
    assert "templates.application" in told["Template"]
    assert all("policy version 1" in each for each in told.values())


@pytest.mark.capability("1.3", face="console")
@pytest.mark.capability("1.4", face="console")
@pytest.mark.capability("1.5", face="console")
def test_what_has_been_found_out_is_written_down_and_changes_what_follows(
    house: make.House, lead: Desk
) -> None:
    """From suspected and unknown to confirmed, in part, and regulated."""
    incident = make.incident_by_hook(make.alert(severity="warning"))
    path = f"/console/incidents/{incident.id}"
    before = lead.read(path)
    assert "Communication may start Not yet" in before
    assert "Outage scope Unknown" in before
    typed = {
        "confirmation": "confirmed",
        "outage_scope": "customer_facing",
        "business_impact": "minor",
        "stakeholder_visibility": "customers",
        "duties": "payments, personal_data",
        "regions": "EU",
        "customers_affected": "1,200",
    }
    assert 302 == lead.send(path, "assess", **typed).status_code
    after = lead.read(path)
    for said in (
        "Confirmation Confirmed Lea Lead",
        "Outage scope Customer-facing disruption only",
        "Regulated data or services payments, personal_data",
        "Customers affected 1,200",
        "Communication may start Yes",
        "Reviews Accuracy reviewer, Clarity reviewer, Legal counsel",
        "Personal data: only after legal counsel approved it",
        "assessed the incident (confirmation: confirmed; outage scope: customer-facing disruption only;",
    ):
        assert said in after, said
    assert "payments personal data: the duty to tell" in whys(lead.get(path))["Formal updates"].replace(
        "personal data payments", "payments personal data"
    )


def test_what_is_refused_stays_as_it_was_typed(house: make.House, lead: Desk) -> None:
    path = f"/console/incidents/{house.incident().id}"
    answer = lead.send(path, "assess", duties="Personal Data", customers_affected="lots")
    assert (422, True) == (answer.status_code, 'value="Personal Data"' in answer.content.decode())
    assert "'Personal Data' is no tag here." in words(answer)
    answer = lead.send(path, "assess", duties="none", customers_affected="lots")
    assert "write a whole number from 0, or unknown." in words(answer)
    assert None is Incident.objects.get().duties


def test_readers_of_the_console_assess_nothing(house: make.House, auditor: Desk) -> None:
    page = auditor.get(f"/console/incidents/{house.incident().id}")
    assert "/assess" not in page.content.decode()


def test_an_incident_is_opened_as_suspected(house: make.House, lead: Desk) -> None:
    lead.send(
        "/console/incidents/new",
        "",
        title="Odd numbers",
        severity="SEV-3",
        category="data",
        confirmation="suspected",
    )
    assert ("suspected", None) == Incident.objects.values_list("confirmation", "confirmed_by").get()
