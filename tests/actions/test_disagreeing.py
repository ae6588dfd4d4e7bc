"""What does not agree, judged when review is asked for and once more when the text goes out."""

from __future__ import annotations

from typing import Any

import pytest

from clarion.actions import draft as drafts
from clarion.rules.errors import Invalid
from clarion.rules.facts import Affected
from clarion.rules.review import digest
from clarion.rules.statements import stated
from clarion.store import consistency, records
from clarion.store.models import Draft, DraftVersion
from tests import factories as make
from tests.actions.story import (
    HOUR,
    MINUTE,
    NOW,
    Story,
    acting,
    again,
    codes,
    edit,
    explain,
    last,
    longer,
    words_of,
)
from tests.actions.story import submit as ask
from tests.actions.test_facts import record
from tests.actions.test_withheld import say

pytestmark = pytest.mark.django_db
SHARE = "About 3% of payments fail."


@pytest.fixture
def here() -> Story:
    return Story()


def saying(here: Story, words: str = SHARE) -> Draft:
    draft = here.draft()
    edit(draft, here.lead, texts=longer(draft.versions.get().texts, words))
    return again(draft)


def measured(draft: Draft, here: Story, percent: float) -> None:
    record(draft.incident, here.lead, affected=Affected(percent=percent))


@pytest.mark.capability("3.4", face="ledger")
def test_facts_that_change_after_the_approvals_send_the_draft_back_to_its_writers(here: Story) -> None:
    """Two people approved 3%; by the time it goes out, 12% has been measured."""
    draft = here.approve(saying(here))
    measured(draft, here, 12.0)
    make.settle(NOW)
    assert ("draft", 0) == (again(draft).state, draft.incident.updates.count())
    assert {"contradiction.with_facts"} == set(codes("draft.approval_lapsed", "lapsed"))
    told = words_of("draft.approval_lapsed")["lapsed.0"] or ""
    assert "says 3%, and the fact sheet says 12%. Nobody has said why." in told
    assert {told} == {a.void_reason[: len(told)] for v in draft.versions.all() for a in v.approvals.all()}


def test_facts_that_still_say_the_same_hold_nothing_up(here: Story) -> None:
    """Where policy lets such a number be told; where it does not, lint finds it in the words."""
    draft = saying(here)
    say(draft.incident, "customers_affected", "always")
    here.approve(draft)
    measured(draft, here, 3.0)
    make.settle(NOW)
    assert "published" == again(draft).state


def test_an_explained_contradiction_goes_out_as_long_as_it_is_the_same(here: Story) -> None:
    """The explanation is bound to these values: with others the draft comes back, and is asked anew."""
    draft = saying(here)
    measured(draft, here, 12.0)
    with pytest.raises(Invalid, match="Write it the same, or say why it differs"):
        ask(draft, here.lead)
    explain(draft, here.lead, reason="The sheet counts cards alone.")
    assert "published" == again(here.publish(draft).version.draft).state

    other = saying(here)
    measured(other, here, 12.0)
    explain(other, here.lead)
    here.approve(other)
    measured(other, here, 20.0)
    make.settle(NOW)
    assert "draft" == again(other).state
    with pytest.raises(Invalid, match="the fact sheet says 20%"):
        ask(other, here.lead)


def test_the_ledger_has_each_contradiction_with_its_explanation(here: Story) -> None:
    draft = saying(here)
    measured(draft, here, 12.0)
    explain(draft, here.lead, reason="The sheet counts cards alone.")
    entry = ask(draft, here.lead)
    beside = {text.name: text.text for text in entry.texts.all()}
    keys = [each["key"] for each in last("draft.submitted").data["contradictions"]]
    assert len(draft.versions.latest("number").texts) == len(set(keys))
    for key in keys:
        assert "the fact sheet says 12%" in beside[f"contradictions.{key}"]
        assert "The sheet counts cards alone." == beside[f"statements.differences.{key}"]


def test_a_reason_from_before_is_read_and_answers_nothing(here: Story) -> None:
    """One reason silenced everything then. Nobody knows which contradictions its author had read."""
    draft = saying(here)
    measured(draft, here, 12.0)
    version = draft.versions.latest("number")
    version.statements = {"difference": "Cards alone."}
    version.digest = digest(records.content_of(version))
    version.save()
    assert ["Cards alone."] == [each.reason for each in stated(version.statements).differences]
    assert consistency.unexplained(version)
    with pytest.raises(Invalid, match="say why it differs"):
        ask(draft, here.lead)
    edit(draft, here.lead, texts=version.texts)
    assert {} == draft.versions.latest("number").statements


def no_news(here: Story, after: Any) -> Draft:
    """An approved second update that tells readers nothing new and promises the next one after so long."""
    update = here.publish(here.draft())
    told = {"incident_id": update.incident_id, "phase": "update", "actor": acting(here.lead)}
    draft = Draft.objects.get(id=make.id_in(make.run(drafts.create_draft, **told)))
    edit(draft, here.lead, no_change=True, next_update_at=NOW + after)
    return here.approve(again(draft))


def test_no_change_is_judged_again_when_the_text_goes_out(here: Story) -> None:
    """As if another update had said “no change” between approval and publishing."""
    draft = no_news(here, HOUR)
    DraftVersion.objects.filter(update__incident=draft.incident).update(no_change=True)
    make.settle(NOW)
    assert "draft" == again(draft).state
    assert ["no_change"] == codes("draft.approval_lapsed", "lapsed")


def test_the_time_that_a_review_takes_makes_no_promise_shorter(here: Story) -> None:
    """The promise was for longer than the last one when review was asked for."""
    draft = no_news(here, HOUR + 10 * MINUTE)
    DraftVersion.objects.filter(update__incident=draft.incident).update(no_change=True)
    make.settle(NOW + 20 * MINUTE)
    assert "published" == again(draft).state
