"""Announcing a state: what is missing is said before and at the press of the button, never lost."""

from __future__ import annotations

import pytest

from tests import factories as make
from tests.web.console.conftest import Desk, words


@pytest.fixture
def path(house: make.House) -> str:
    return f"/console/drafts/{make.draft(house.incident()).draft.id}"


@pytest.mark.capability("3.1", face="console")
def test_what_a_state_needs_is_shown_asked_for_and_then_entered(lead: Desk, path: str) -> None:
    """Half an hour early, with a reason: the reviewers see both."""
    lead.send(f"{path}/edit", "", incident_state="resolved", next_update_at="")
    seen = lead.read(path)
    assert "Not yet resolved" in seen
    assert "Resolved needs a sentence on what became of stored data." in seen
    answer = lead.send(path, "submit")
    assert 422 == answer.status_code
    assert "it was watched not at all." in words(answer)
    lead.send(f"{path}/edit", "", data_integrity="No order was lost.", reason="It was a test of a probe.")
    seen = lead.read(path)
    assert "Resolved all the same" in seen
    assert "Stored data No order was lost. Reason given It was a test of a probe." in seen
    assert 302 == lead.send(path, "submit").status_code


@pytest.mark.capability("3.1", face="console")
def test_the_accuracy_review_confirms_the_recovery(
    lead: Desk, accuracy: Desk, clarity: Desk, path: str
) -> None:
    """Said beside the button, to the one who knows, and to nobody else."""
    typed = {"data_integrity": "No order was lost.", "reason": "Watched by hand."}
    lead.send(f"{path}/edit", "", incident_state="resolved", next_update_at="", **typed)
    lead.send(path, "submit")
    asked = "By approving you confirm that service is normal again for everybody."
    assert asked in accuracy.read(path)
    assert asked not in clarity.read(path)


def test_a_lead_does_not_confirm_what_they_cannot_know(lead: Desk, path: str) -> None:
    answer = lead.send(f"{path}/edit", "", confirmed=["recovery"], reason="Kept as I typed it")
    assert 403 == answer.status_code
    assert "Recovery is confirmed by the role Accuracy reviewer." in words(answer)
    assert "Kept as I typed it" in answer.content.decode()


@pytest.mark.capability("3.4", face="console")
def test_what_does_not_agree_is_shown_and_asked_for(lead: Desk, path: str) -> None:
    """Two shares: named beside the texts with both values, and at the press of the button."""
    form = lead.form(f"{path}/edit", "")
    shares = {"customers": " About 3% of payments fail.", "internal": " 12% of payments fail."}
    typed = {f"texts__{name}__body": form[f"texts.{name}.body"] + share for name, share in shares.items()}
    lead.send(f"{path}/edit", "", **typed)
    said = "Share: the text for customers says 3%, the one for internal teams 12%."
    assert f"Does not agree {said} Nobody has said why." in lead.read(path)
    answer = lead.send(path, "submit")
    assert 422 == answer.status_code
    assert said in words(answer)
    [field] = [name for name in lead.form(f"{path}/edit", "") if name.startswith("differences.")]
    lead.send(f"{path}/edit", "", **{field.replace(".", "__"): "Colleagues read the share of all attempts."})
    shown = lead.read(path)
    assert f"Differs, for a reason {said} Reason given: Colleagues read the share of all attempts." in shown
    assert 302 == lead.send(path, "submit").status_code


@pytest.mark.capability("3.4", face="console")
def test_what_was_typed_about_values_that_are_others_by_now_is_not_lost(
    house: make.House, lead: Desk, path: str
) -> None:
    """A colleague corrects the share while the lead explains it: the new values and the words are shown."""
    form = lead.form(f"{path}/edit", "")
    shares = {"customers": " About 3% of payments fail.", "internal": " 12% of payments fail."}
    bodies = {f"texts__{name}__body": form[f"texts.{name}.body"] + share for name, share in shares.items()}
    lead.send(f"{path}/edit", "", **bodies)
    before = lead.form(f"{path}/edit", "")
    [old] = [name for name in before if name.startswith("differences.")]
    changed = {"texts__internal__body": bodies["texts__internal__body"].replace("12%", "20%")}
    Desk(make.person("communications_lead")).send(f"{path}/edit", "", **changed)
    answer = lead.client.post(f"{path}/edit", before | {old: "Two ways of counting."})
    assert 409 == answer.status_code
    assert "the one for internal teams 20%." in words(answer)
    assert "About what is not found any more" in words(answer)
    assert 'value="Two ways of counting."' in answer.content.decode()
