"""Templates and lint rules on screens: read with line numbers, changed by two people, nothing typed lost."""

from __future__ import annotations

import re
from html import unescape

import pytest

from clarion.rules import lint
from clarion.store.models import PolicyProposal, PolicyVersion
from clarion.store.policies import default_document, default_templates
from tests import factories as make
from tests.web.console.conftest import Desk, words

POLICY = "/console/settings/policy"
OURS = default_templates().replace("We know that", "We have seen that", 1)
RULES = make.lint_rules("problem", example="A problem.")


def propose(desk: Desk, **typed: str) -> str:
    answer = desk.send(f"{POLICY}/propose", "", reason="Our words.", **typed)
    assert 302 == answer.status_code, words(answer)
    return str(answer["Location"])


@pytest.mark.capability("1.6", face="console")
@pytest.mark.capability("3.5", face="console")
def test_changed_words_and_rules_are_read_tried_and_approved(
    house: make.House, lead: Desk, admin: Desk
) -> None:
    house.update()
    path = propose(lead, templates=OURS.replace("\n", "\r\n"), lint_rules=RULES)
    assert "" != PolicyProposal.objects.get().templates
    seen = admin.read(path)
    assert "What it changes in the templates phases.holding.body Changed - We know that" in seen
    assert "What it changes in the lint rules ORG-001 Added" in seen
    assert "It leaves the policy as in version 1." in seen
    assert "Published updates under its lint rules In 1 of 1 update they find something else." in seen
    assert "Newly found: Problem ORG-001" in seen
    assert "What it changes, rule by rule" not in seen
    assert 302 == admin.send(path, "approve", comment="Yes.").status_code
    newest = PolicyVersion.objects.get(number=2)
    assert (default_document(), OURS, RULES) == (newest.document, newest.templates, newest.lint_rules)
    shown = admin.read(POLICY)
    assert "These are the organisation's own." in shown
    assert "why: The brand book calls this a module." in shown
    assert "What it changed in the lint rules ORG-001 Added" in admin.read(f"{POLICY}/2")
    assert "Newly found" not in admin.read(path), "once it is decided there is nothing to try"
    assert "approved a change of the templates and the lint rules: version 2 is in force" in admin.read(
        "/console/ledger"
    )


def test_what_comes_with_clarion_is_shown_as_such(house: make.House, auditor: Desk) -> None:
    shown = auditor.read(POLICY)
    assert "These come with Clarion." in shown
    assert "None; the rules that come with Clarion read every draft." in shown
    lines = re.findall(r"<span>(.*)\n</span>", auditor.get(POLICY).content.decode())
    assert len(default_document().splitlines()) + len(default_templates().splitlines()) == len(lines)


def test_every_mistake_stands_at_its_document_and_nothing_typed_is_lost(lead: Desk) -> None:
    typed = {
        "document": default_document() + "# ours\n",
        "templates": OURS.replace("{service!}", "{password}", 1),
        "lint_rules": RULES.replace("ORG-001", "ADM-001"),
    }
    answer = lead.send(f"{POLICY}/propose", "", reason="Because of the brand book.", **typed)
    seen, page = words(answer), unescape(answer.content.decode())
    assert 422 == answer.status_code
    assert "there is no field {password}" in seen
    assert "rules.ADM-001.id: there is another rule of this name" in seen
    for kept in (*typed.values(), "Because of the brand book."):
        assert kept in page
    assert 0 == PolicyProposal.objects.count()


def test_what_came_into_force_while_somebody_typed_is_not_undone(
    house: make.House, lead: Desk, admin: Desk
) -> None:
    """The first press says so; what they left alone is what is in force by then, and the second goes on."""
    typed = {"base_number": "1", "document": default_document(), "templates": OURS, "reason": "Our words."}
    make.next_policy(lint_rules=RULES, by=house.lead, approved_by=house.administrator)
    answer = lead.send(f"{POLICY}/propose", "", lint_rules="", **typed)
    assert 409 == answer.status_code
    assert "Version 2 came into force since version 1, which this changes." in words(answer)
    page = unescape(answer.content.decode())
    assert ('name="base_number" value="2"' in page, OURS in page, RULES in page) == (True, True, True)
    lead.send(f"{POLICY}/propose", "", **typed | {"base_number": "2", "lint_rules": RULES})
    proposed = PolicyProposal.objects.get(base_number=2)
    assert (OURS, RULES) == (proposed.templates, proposed.lint_rules)


def test_the_example_on_the_screen_is_one_that_is_taken(lead: Desk) -> None:
    page = lead.get(f"{POLICY}/propose").content.decode()
    [example] = re.findall(r'aria-label="A document with one lint rule">(.*?)</pre>', page, re.DOTALL)
    assert 1 == len(lint.load_rules(unescape(example)).organisation)


def test_words_of_a_document_are_shown_and_never_run(house: make.House, lead: Desk, admin: Desk) -> None:
    nasty = RULES.replace("The brand book", "<script>alert(1)</script> The book")
    page = admin.get(propose(lead, lint_rules=nasty)).content.decode()
    assert "<script>alert" not in page
