"""The policy changed on a screen: proposed by one person, looked at and approved by another."""

from __future__ import annotations

import pytest

from clarion.store.models import PolicyProposal, PolicyVersion
from clarion.store.policies import default_document
from tests import factories as make
from tests.web.console.conftest import Desk, words

POLICY = "/console/settings/policy"
HASTY = default_document().replace("every_minutes: 30,", "every_minutes: 20,")


@pytest.mark.capability("1.2", face="console")
def test_one_proposes_and_another_sees_what_it_changes_and_approves(
    house: make.House, lead: Desk, admin: Desk
) -> None:
    house.incident()
    answer = lead.send(f"{POLICY}/propose", "", document=HASTY.replace("\n", "\r\n"), reason="Sooner.")
    path = answer["Location"]
    own = lead.read(path)
    assert "You proposed it, so another person approves it." in own
    seen = admin.read(path)
    assert "cadence.sev-1 Changed every_minutes: 30 → 20" in seen
    assert "1 of 1 incident would have been treated differently." in seen
    assert "An update every … minutes: 30 → 20" in seen
    assert 302 == admin.send(path, "approve", comment="Yes.").status_code
    assert HASTY == PolicyVersion.objects.get(number=2).document
    assert "Version 2 In force Lea Lead, approved by Admin Istra" in admin.read(POLICY)
    assert "cadence.sev-1 Changed every_minutes: 30 → 20" in admin.read(f"{POLICY}/2")


def test_a_mistake_is_named_by_line_and_nothing_typed_is_lost(lead: Desk) -> None:
    mistaken = HASTY.replace("role: clarity", "role: poet")
    answer = lead.send(f"{POLICY}/propose", "", document=mistaken, reason="Sooner.")
    assert (422, True) == (answer.status_code, "role: poet" in answer.content.decode())
    assert "reviews.tone.role: there is no 'poet'" in words(answer)
    assert 0 == PolicyProposal.objects.count()


def test_a_proposal_is_rejected_with_a_reason_or_taken_back(
    house: make.House, lead: Desk, admin: Desk
) -> None:
    for desk in (admin, lead):
        path = f"{POLICY}/proposals/{make.proposal(HASTY, by=house.lead)}"
        assert 302 == desk.send(path, "reject", reason="Not now.").status_code
        assert "Rejected" in desk.read(path)
        assert "Not now." in desk.read(path)


def test_those_who_may_not_are_told_so(house: make.House, auditor: Desk, accuracy: Desk) -> None:
    path = f"{POLICY}/proposals/{make.proposal(HASTY, by=house.lead)}"
    assert "approve" not in [
        target.rpartition("/")[2] for target in auditor.get(path).content.decode().split('"')
    ]
    assert 403 == auditor.get(f"{POLICY}/propose").status_code
    assert "Propose a change" not in accuracy.read(POLICY)


def test_an_incident_is_moved_to_the_policy_in_force_by_a_button(house: make.House, lead: Desk) -> None:
    path = f"/console/incidents/{house.incident().id}"
    assert "Re-evaluate" not in lead.read(path)
    make.next_policy(HASTY, by=house.lead, approved_by=house.administrator)
    assert "Version 2 is in force; this incident keeps the one it began under." in lead.read(path)
    assert 302 == lead.send(path, "reevaluate").status_code
    assert "re-evaluated the incident under policy version 2 (update every minutes: 30 → 20" in lead.read(
        path
    )


@pytest.mark.capability("1.2", face="console")
def test_what_changed_is_on_the_board_until_readers_have_heard_of_it(house: make.House, lead: Desk) -> None:
    """With its reason and its owner, from the moment it changed."""
    incident = house.update().incident
    lead.send(f"/console/incidents/{incident.id}", "change", severity="SEV-2")
    make.settle()
    seen = lead.read("/console/")
    assert "Update called for" in seen
    assert "Severity changed from SEV-1 to SEV-2." in seen


def test_nothing_new_is_said_in_the_editor(house: make.House, lead: Desk) -> None:
    path = f"/console/drafts/{make.draft(house.incident()).draft.id}"
    lead.send(f"{path}/edit", "", no_change=["on"], ruled_out="The network is not it.")
    version = make.draft(house.incident(title="other")).version.__class__.objects.get(number=2)
    assert (True, "The network is not it.") == (version.no_change, version.ruled_out)
