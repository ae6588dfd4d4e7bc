"""Templates and lint rules: changed like the policy by two people, and in force from that moment."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest

from clarion import pipeline
from clarion.actions import policy, reevaluate
from clarion.rules.access import SYSTEM
from clarion.rules.errors import AlreadyDone, Conflict, Invalid
from clarion.store import findings, policies
from clarion.store.models import PolicyProposal, PolicyVersion
from clarion.store.policies import default_document, default_templates
from clarion.store.replays import reread
from tests import factories as make
from tests.actions.story import HOUR, NOW, Story, acting, again, edit, last, words_of

pytestmark = pytest.mark.django_db
OURS = default_templates().replace("We know that {service!} is not", "We have seen that {service!} is not")
RULES = make.lint_rules()
PLAIN = (
    "Customers in the EU cannot use a widget. You do not need to do anything."
    " We are finding out what changed. Next update by {2026-03-01T15:05Z}."
)


@pytest.fixture
def here() -> Story:
    return Story()


def propose(here: Story, **told: Any) -> str:
    usual = {"reason": "Our own words.", "actor": acting(here.lead), "now": NOW}
    return make.id_in(pipeline.run(policy.propose_policy, **usual | told))


def in_force(here: Story, **told: str) -> int:
    return make.next_policy(by=here.lead, approved_by=here.legal, **told)


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def first_words(here: Story, **more: Any) -> str:
    return str(here.draft(**more).versions.get().texts["customers"]["body"])


def own(version: Any) -> list[str]:
    return [each.audience for each in findings.found_in(version, NOW) if each.finding.rule == "ORG-001"]


@pytest.mark.capability("1.6", face="ledger")
@pytest.mark.capability("3.5", face="ledger")
def test_what_is_left_out_stays_and_the_ledger_carries_all_three(here: Story) -> None:
    proposed = make.proposal(templates=OURS, lint_rules=RULES, by=here.lead)
    told = last("policy.proposed")
    assert ["lint_rules", "templates"] == told.data["changed"]
    assert [digest(default_document()), digest(OURS), digest(RULES)] == [
        told.data[name] for name in ("sha256", "templates_sha256", "lint_rules_sha256")
    ]
    texts = {"document": default_document(), "templates": OURS, "lint_rules": RULES}
    assert texts | {"reason": "It fits us better."} == words_of("policy.proposed")
    make.run(policy.approve_policy, proposal_id=proposed, actor=acting(here.legal))
    assert texts == words_of("policy.approved")
    assert digest(OURS) == last("policy.approved").data["templates_sha256"]
    in_force(here, lint_rules="")
    newest = PolicyVersion.objects.get(number=3)
    assert (default_document(), OURS, "") == (newest.document, newest.templates, newest.lint_rules)


def test_the_first_policy_says_which_templates_it_means(here: Story) -> None:
    """They come with Clarion, so that an upgrade may mend them; the ledger has the words of that day."""
    assert "" == PolicyVersion.objects.get().templates
    assert {"document": default_document(), "templates": default_templates()} == words_of("policy.installed")
    assert digest("") == last("policy.installed").data["lint_rules_sha256"]


def test_the_first_policy_may_come_with_words_of_its_own(here: Story) -> None:
    PolicyVersion.objects.all().delete()
    told: dict[str, Any] = {"document": default_document(), "actor": SYSTEM, "now": NOW}
    with pytest.raises(Invalid, match="this is not YAML"):
        pipeline.run(policy.install_policy, templates="phases: [", **told)
    pipeline.run(policy.install_policy, templates=OURS, lint_rules=RULES, **told)
    assert (OURS, RULES) == PolicyVersion.objects.values_list("templates", "lint_rules").get()


@pytest.mark.capability("1.6", face="ledger")
def test_an_incident_is_told_in_the_words_it_began_under(here: Story) -> None:
    """The next one is told in the new words, and this one once somebody re-evaluates it."""
    old = here.open()
    in_force(here, templates=OURS)
    assert first_words(here).startswith("We have seen that")
    numbered = lambda: policies.templates_of(again(old).policy_version).phases["holding"].body  # noqa: E731
    assert numbered().startswith("We know that")
    pipeline.run(reevaluate.reevaluate_incident, incident_id=old.id, actor=acting(here.lead), now=NOW + HOUR)
    assert numbered().startswith("We have seen that")
    in_force(here, templates=" ")
    assert first_words(here).startswith("We know that"), "and back to those that come with Clarion"


@pytest.mark.capability("3.5", face="ledger")
@pytest.mark.parametrize("severity", ["block", "review"])
def test_a_new_rule_reads_what_is_approved_already(here: Story, severity: str) -> None:
    """It is found when the text is about to go out, and the draft goes back to its writers."""
    draft = here.draft()
    texts = draft.versions.get().texts | {"customers": {"title": "Widgets fail", "body": PLAIN}}
    edit(draft, here.lead, texts=texts)
    here.approve(again(draft))
    newest = draft.versions.latest("number")
    assert [] == own(newest)
    in_force(here, lint_rules=make.lint_rules(severity=severity))
    assert ["customers"] * 2 == own(newest), "in title and body, at once"
    make.settle()
    assert "draft" == again(draft).state
    assert {"finding.ORG-001"} == {each["code"] for each in last("draft.approval_lapsed").data["lapsed"]}


#: What is proposed, the field that is named, and what is said of it.
REFUSED = [
    ({"templates": OURS.replace("{service!}", "{password}", 1)}, "templates", "there is no field {password}"),
    (
        {"templates": OURS.replace("  partners:", "  press:")},
        "templates",
        "partners: this is missing",
    ),
    (
        {"templates": OURS.replace("  network:", "  weather:", 1)},
        "templates",
        "network: this is missing",
    ),
    ({"lint_rules": make.lint_rules("(?=a)b")}, "lint_rules", "rules.ORG-001.pattern: the pattern cannot be"),
    (
        {"lint_rules": make.lint_rules("gadget")},
        "lint_rules",
        "line 10: rules.ORG-001.bad.0: the ",
    ),
    ({"lint_rules": RULES.replace("ORG-001", "ADM-001")}, "lint_rules", "there is another rule of this name"),
    ({"document": default_document() + "\nx: 1\n"}, "document", "x: there is no such key here"),
    ({"lint_rules": "a\x00"}, "lint_rules", "NUL"),
    (
        {"lint_rules": RULES.replace("brand", "\u202edrab")},
        "lint_rules",
        "line 8: document: this line holds U+202E",
    ),
]


@pytest.mark.parametrize(("told", "field", "said"), REFUSED)
def test_what_cannot_be_used_is_refused_by_document_and_line(
    here: Story, told: dict[str, str], field: str, said: str
) -> None:
    with pytest.raises(Invalid) as refused:
        propose(here, **told)
    assert (field, True) == (refused.value.field, said in refused.value.message)
    assert "line " in refused.value.message or "NUL" in said
    assert 0 == PolicyProposal.objects.count()


def test_every_document_that_is_wrong_is_named(here: Story) -> None:
    with pytest.raises(Invalid) as refused:
        propose(here, templates="phases: [", lint_rules="rules: [", document=default_document() + "\n#\n")
    assert ["templates", "lint_rules"] == [each.field for each in (refused.value, *refused.value.also)]


def test_what_is_proposed_is_judged_again_when_it_is_approved(here: Story) -> None:
    """By the Clarion that would use it, which may be another one by then."""
    proposed = make.proposal(lint_rules=RULES, templates=OURS, by=here.lead)
    PolicyProposal.objects.update(lint_rules=make.lint_rules("gadget"))
    with pytest.raises(Invalid, match="ORG-001.bad.0"):
        make.run(policy.approve_policy, proposal_id=proposed, actor=acting(here.legal))
    assert 1 == PolicyVersion.objects.count()


def test_what_stays_as_it_is_is_not_judged_anew(here: Story) -> None:
    """Else an upgrade that asks more of templates would forbid every change of the rules."""
    PolicyVersion.objects.update(templates=OURS.replace("  scope_change:", "  party:"))
    in_force(here, lint_rules=RULES)
    assert RULES == policies.lint_rules()
    assert first_words(here).startswith("We have seen that")


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"templates": default_templates()},
        {"templates": ""},
        {"lint_rules": "  \n"},
        {"document": default_document(), "templates": default_templates(), "lint_rules": ""},
    ],
)
def test_a_set_that_is_in_force_already_is_no_change(here: Story, told: dict[str, str]) -> None:
    with pytest.raises(AlreadyDone):
        propose(here, **told)


def test_the_shipped_words_sent_back_stay_the_shipped_ones(here: Story) -> None:
    """As a form does that holds all three documents: they go on being mended by upgrades."""
    in_force(here, templates=default_templates(), lint_rules=RULES)
    assert "" == PolicyVersion.objects.get(number=2).templates


def test_what_came_into_force_meanwhile_is_not_undone_unseen(here: Story) -> None:
    in_force(here, lint_rules=RULES)
    with pytest.raises(Conflict, match="Version 2 came into force since version 1"):
        propose(here, templates=OURS, lint_rules="", base_number=1)
    propose(here, templates=OURS, base_number=2)


@pytest.mark.capability("3.5", face="ledger")
def test_changed_rules_are_tried_on_what_was_published(here: Story) -> None:
    """What they newly find and what they no longer find; documents that are the same are not tried."""
    draft = here.draft()
    texts = draft.versions.get().texts | {"customers": {"title": "Orders fail", "body": PLAIN}}
    edit(draft, here.lead, texts=texts)
    update = here.publish(again(draft))
    found = reread("", RULES)
    assert 1 == found.tried
    [change] = found.different
    assert (update.id, ["widget"], ()) == (change.id, [f.finding.words for f in change.new], change.gone)
    [back] = reread(RULES, "").different
    assert ((), ["widget"]) == (back.new, [f.finding.words for f in back.gone])
    [graver] = reread(RULES, make.lint_rules(severity="block")).different
    assert (["block"], ["warn"]) == tuple(
        [f.finding.severity for f in side] for side in (graver.new, graver.gone)
    )
    assert 0 == reread(RULES, RULES).tried
    assert () == reread(RULES, RULES + "# a remark\n").different
