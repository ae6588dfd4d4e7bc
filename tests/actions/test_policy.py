"""Changing the policy: one person proposes, another approves; what runs keeps what it began under."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from clarion import pipeline
from clarion.actions import policy, reevaluate
from clarion.rules.access import SYSTEM
from clarion.rules.errors import AlreadyDone, Conflict, Forbidden, Invalid, NotFound
from clarion.rules.policy import load
from clarion.store.models import Incident, LedgerEntry, PolicyProposal, PolicyVersion
from clarion.store.policies import default_document
from clarion.store.replays import replay
from tests import factories as make
from tests.actions.story import HOUR, NOW, Story, acting, again, kinds, last, words_of

pytestmark = pytest.mark.django_db
LIMITED = "when: {severity: SEV-3}\n    formal_updates: true"
COUNSEL = "  - name: tone\n"
SLOW, HASTY = "{name: sev-2, when", "every_minutes: 60, warn_minutes: 10"


def stricter() -> str:
    """With counsel for everything, and hasty: a SEV-2 is told of every quarter of an hour."""
    counsel = "  - {name: counsel, role: legal, why: Counsel sees everything.}\n"
    text = default_document().replace(COUNSEL, counsel + COUNSEL)
    lines = [
        line.replace(HASTY, "every_minutes: 15, warn_minutes: 5") if SLOW in line else line
        for line in text.splitlines(keepends=True)
    ]
    return "".join(lines)


STRICTER = stricter()


@pytest.fixture
def here() -> Story:
    return Story()


def approve(here: Story, proposal: str, by: Any = None, **told: Any) -> LedgerEntry:
    actor = acting(by or here.administrator)
    return pipeline.run(policy.approve_policy, proposal_id=proposal, actor=actor, now=NOW, **told)


def test_the_first_policy_stands_alone_and_says_why(here: Story) -> None:
    """There was nobody to ask; from then on nobody installs one alone, not even the operator's shell."""
    told = last("policy.installed")
    assert sha256(default_document().encode()).hexdigest() == told.data["sha256"]
    assert policy.FIRST == told.data["reason"]
    assert default_document() == words_of("policy.installed")["document"]
    with pytest.raises(Conflict, match="another person approves it"):
        pipeline.run(policy.install_policy, document=STRICTER, actor=SYSTEM, now=NOW)


def test_a_change_takes_a_second_person(here: Story) -> None:
    """Who proposed it, why, and who approved it are on record with the very words."""
    proposal = make.proposal(STRICTER, by=here.lead, reason="Counsel asked for it.")
    told = words_of("policy.proposed")
    assert (STRICTER, "Counsel asked for it.") == (told["document"], told["reason"])
    assert 1 == PolicyVersion.objects.count(), "a proposal decides nothing"
    with pytest.raises(Forbidden):
        approve(here, proposal, by=here.lead)
    with pytest.raises(Forbidden):
        approve(here, proposal, by=here.accuracy)
    approve(here, proposal, comment="Agreed.")
    told = last("policy.approved")
    assert (f"user:{here.administrator.id}", here.lead.id, 2) == (
        told.actor,
        told.data["proposed_by"],
        told.data["number"],
    )
    assert sha256(STRICTER.encode()).hexdigest() == told.data["sha256"]
    newest = PolicyVersion.objects.get(number=2)
    assert (STRICTER, here.lead.id, here.administrator.id) == (
        newest.document,
        newest.author_id,
        newest.approved_by_id,
    )
    with pytest.raises(AlreadyDone, match="was approved"):
        approve(here, proposal)


def test_nobody_approves_their_own_whatever_roles_they_hold(here: Story) -> None:
    own = make.proposal(STRICTER, by=here.administrator)
    with pytest.raises(Forbidden, match="You proposed it"):
        approve(here, own)
    approve(here, own, by=here.legal)


def test_a_rejected_proposal_stays_on_record_and_decides_nothing(here: Story) -> None:
    """By somebody who may approve, or by whoever proposed it."""
    first, second = make.proposal(STRICTER, by=here.lead), make.proposal(STRICTER, by=here.lead)
    told: dict[str, Any] = {"proposal_id": first, "reason": "Too hasty.", "now": NOW}
    stranger = make.person("communications_lead")
    with pytest.raises(Forbidden):
        pipeline.run(policy.reject_policy, actor=acting(stranger), **told)
    with pytest.raises(Invalid, match="Say why"):
        pipeline.run(policy.reject_policy, actor=acting(here.legal), **told | {"reason": " "})
    pipeline.run(policy.reject_policy, actor=acting(here.legal), **told)
    assert {"reason": "Too hasty."} == words_of("policy.rejected")
    pipeline.run(policy.reject_policy, actor=acting(here.lead), **told | {"proposal_id": second})
    assert ["rejected", "rejected"] == list(PolicyProposal.objects.values_list("state", flat=True))
    with pytest.raises(AlreadyDone):
        approve(here, first)


def test_a_proposal_for_an_older_version_is_written_anew(here: Story) -> None:
    """Nobody approves away what came into force meanwhile."""
    late = make.proposal(STRICTER + "\n# late\n", by=here.lead)
    make.next_policy(STRICTER, by=here.lead, approved_by=here.administrator)
    with pytest.raises(Conflict, match="Version 2 came into force since"):
        approve(here, late)


def test_a_proposal_that_cannot_be_used_or_changes_nothing_is_refused(here: Story) -> None:
    told: dict[str, Any] = {"actor": acting(here.lead), "now": NOW, "reason": "So."}
    mistaken = default_document().replace("role: clarity", "role: poet")
    with pytest.raises(Invalid) as refusal:
        pipeline.run(policy.propose_policy, document=mistaken, **told)
    line = next(n for n, text in enumerate(mistaken.splitlines(), 1) if "role: poet" in text)
    assert f"line {line}: reviews.tone.role: there is no 'poet'; use accuracy, clarity, legal" == (
        refusal.value.message
    )
    with pytest.raises(AlreadyDone):
        pipeline.run(policy.propose_policy, document=default_document(), **told)
    with pytest.raises(Invalid, match="what it changes"):
        pipeline.run(policy.propose_policy, document=STRICTER, **told | {"reason": " "})
    with pytest.raises(NotFound):
        approve(here, "nosuchthing1")


def again_under(here: Story, incident: Incident, **more: Any) -> LedgerEntry:
    told = {"incident_id": incident.id, "actor": acting(here.lead), "now": NOW + HOUR}
    return pipeline.run(reevaluate.reevaluate_incident, **told | more)


@pytest.mark.capability("1.1", face="ledger")
def test_an_incident_moves_to_the_new_policy_only_when_somebody_asks(here: Story) -> None:
    """The ledger says what differs; a review that was about to end waits for whoever is asked now."""
    draft = here.in_review()
    incident = draft.incident
    with pytest.raises(AlreadyDone, match="version 1 already"):
        again_under(here, incident)
    make.next_policy(STRICTER, by=here.lead, approved_by=here.administrator)
    assert 1 == again(incident).policy_version
    again_under(here, incident)
    told = last("incident.reevaluated").data
    assert (1, 2) == (told["before_version"], told["policy_version"])
    assert {"reviews": "accuracy, clarity, legal", "update_every_minutes": "15"}.items() <= {
        each["name"]: each["after"] for each in told["changes"]
    }.items()
    assert (2, 15) == (again(incident).policy_version, again(incident).requirements["update_every_minutes"])


def test_a_reevaluation_may_begin_what_the_old_policy_left_out(here: Story) -> None:
    """What was too small to tell gets its first draft, by the bell or without."""
    minor = here.open(severity="SEV-4")
    wider = default_document().replace(LIMITED, LIMITED.replace("SEV-3", "[SEV-3, SEV-4]"))
    make.next_policy(wider, by=here.lead, approved_by=here.administrator)
    again_under(here, minor)
    make.settle(NOW + HOUR)
    assert ["holding"] == [draft.phase for draft in minor.drafts.all()]


def test_a_closed_incident_keeps_its_policy(here: Story) -> None:
    incident = here.open()
    make.next_policy(STRICTER, by=here.lead, approved_by=here.administrator)
    Incident.objects.update(state="resolved")
    with pytest.raises(Conflict, match="closed"):
        again_under(here, incident)


def test_a_policy_is_tried_on_the_incidents_there_were(here: Story) -> None:
    """Which would have been treated differently, and how; nothing is written, and time plays no part."""
    severe, minor = here.open(), here.open(severity="SEV-4")
    before = kinds()
    found = replay(load(STRICTER))
    assert (2, {severe.id, minor.id}) == (found.tried, {each.id for each in found.different})
    told = {each.id: {c.name: (c.before, c.after) for c in each.changes} for each in found.different}
    assert ("60", "15") == told[severe.id]["update_every_minutes"]
    assert {"reviews": ("accuracy, clarity", "accuracy, clarity, legal")} == told[minor.id]
    assert before == kinds()
    assert () == replay(load(default_document())).different
    Incident.objects.update(opened_at=NOW - timedelta(days=9))
    assert found.tried == replay(load(STRICTER)).tried


def test_two_keys_of_one_person_are_one_person(here: Story) -> None:
    """As in a review: a program approves nothing that its owner proposed."""
    keys = [make.key_actor(make.api_key(here.administrator, label=name)) for name in ("one", "two")]
    told = {"document": STRICTER, "reason": "So.", "actor": keys[0], "now": NOW}
    proposal = make.id_in(pipeline.run(policy.propose_policy, **told))
    with pytest.raises(Forbidden, match="You proposed it"):
        pipeline.run(policy.approve_policy, proposal_id=proposal, actor=keys[1], now=NOW)
