"""One sheet of facts, several texts: what each audience reads, what it may not, and what is still missing."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import resources
from typing import Any

import pytest

from clarion.rules.audience import AUDIENCES
from clarion.rules.compose import Composed, Situation, compose
from clarion.rules.disclosure import Disclosure
from clarion.rules.draft import PHASES
from clarion.rules.facts import Affected, Cause, Estimate, FactSheet
from clarion.rules.prose import to_plain
from clarion.rules.templates import load_templates

SHIPPED = (resources.files("clarion.data") / "templates.yaml").read_text(encoding="utf-8")
TEMPLATES = load_templates(SHIPPED)
NOW = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
CAUSE = "an expired certificate on the gateway"
ESTIMATE = Estimate(
    at=NOW + 2 * HOUR,
    basis="half of the nodes are restored",
    assessor="ana",
    confidence="medium",
    as_of=NOW,
    expires_at=NOW + HOUR,
)
SHEET = FactSheet(
    known="Payments fail at the gateway.",
    impact="card payments are declined.",
    affected=Affected(percent=4, regions=("Europe",)),
    started_at=NOW - HOUR,
    detected_at=NOW - HOUR + timedelta(minutes=10),
    reader_action="Pay by invoice",
    our_action="restoring the payment nodes",
    ruled_out=("a failure of the network",),
    cause=Cause(CAUSE),
    data_integrity="No order was lost",
    business_effect="About 300 orders an hour are not placed",
    decisions="Approve a credit for those affected",
)
SITUATION = Situation(
    incident_id="i1",
    severity="SEV-1",
    category="application",
    template="application",
    state="identified",
    services=["Checkout"],
    signals=["5xx 12% (firing)"],
    sheet=SHEET,
    quiet_at=None,
    next_update_at=NOW + HOUR,
    now=NOW,
    before=replace(SHEET, ruled_out=()),
    last_update_at=NOW - HOUR,
)


def composed(phase: str = "update", *, sheet: FactSheet = SHEET, **changes: Any) -> Composed:
    situation = replace(SITUATION, sheet=sheet, **changes)
    return compose(TEMPLATES, phase, situation, audiences=AUDIENCES)


def body(audience: str, phase: str = "update", **changes: Any) -> str:
    return to_plain(composed(phase, **changes).texts[audience]["body"])


def test_customers_read_what_changed_what_they_see_and_what_they_can_do() -> None:
    assert body("customers") == (
        "Since our last update: we have ruled out a failure of the network. "
        "Checkout is still not working normally: card payments are declined. "
        "It affects about 4 % of customers in Europe. We are restoring the payment nodes. "
        "No order was lost.\n\n"
        "Pay by invoice. Next update by 1 Mar 2026, 11:00 UTC."
    )


def test_executives_read_five_lines() -> None:
    lines = body("executives", sheet=replace(SHEET, estimate=ESTIMATE)).split("\n")
    assert ["Status:", "Effect:", "Doing:", "Decisions:", "Next:"] == [line.split()[0] for line in lines]
    assert "About 300 orders an hour" in lines[1]
    assert "Approve a credit" in lines[3]
    assert "confidence medium" in lines[4]
    assert "could change" in lines[4]


def test_support_reads_what_to_say_what_not_and_what_if_asked() -> None:
    told = body("support")
    assert "Say: Checkout is affected by a known problem: card payments are declined. Pay by invoice." in told
    assert "Do not say: numbers of releases, whose change it was; a cause" in told
    assert "- when it will be over: no estimate is given." in told
    assert "- about their data: No order was lost." in told
    assert "what the cause is" not in told


def test_regulators_read_a_form_that_tells_facts_from_first_reports_and_names_the_gaps() -> None:
    sheet = replace(SHEET, confirmed=frozenset({"started_at"}), data_integrity="")
    told = body("regulators", "resolution", sheet=sheet).split("\n")
    assert "- Reference: i1" in told
    assert "- Established as facts: Began: 1 Mar 2026, 09:00 UTC" in told
    assert any(
        line.startswith("- First reports and estimates:") and "What readers see" in line for line in told
    )
    gaps = next(line for line in told if line.startswith("- Still missing:"))
    assert "normal again" in gaps and "stored data" in gaps
    assert "sorry" not in "\n".join(told)


@pytest.mark.parametrize("phase", ["resolution", "follow_up", "maintenance_completed"])
def test_after_the_end_nobody_is_told_to_wait_for_another_update_or_for_an_estimate(phase: str) -> None:
    """Neither a promise without a time, nor when it will be over, once it is."""
    sheet = replace(SHEET, estimate=ESTIMATE)
    for audience, text in composed(phase, sheet=sheet, next_update_at=None, quiet_at=NOW).texts.items():
        plain = to_plain(text["body"])
        assert "a time still to be said" not in plain, audience
        assert "could change" not in plain or audience in ("regulators", "internal"), audience
    lines = body("executives", phase, quiet_at=NOW, next_update_at=None).split("\n")
    assert ["Status:", "Effect:", "Doing:", "Decisions:", "Next:"] == [line.split()[0] for line in lines]


@pytest.mark.parametrize("phase", ["holding", "update", "scope_change", "mitigation"])
def test_support_gives_a_time_only_where_the_public_text_gives_it_too(phase: str) -> None:
    """The same composition, the same estimate: what an agent says, the page says."""
    sheet = replace(SHEET, estimate=ESTIMATE)
    assert "1 Mar 2026, 12:00 UTC" in body("customers", phase, sheet=sheet)
    assert "1 Mar 2026, 12:00 UTC" in body("support", phase, sheet=sheet)


def test_partners_and_key_accounts_read_the_public_facts_and_whom_to_ask() -> None:
    for audience in ("partners", "key_accounts"):
        told = body(audience, sheet=replace(SHEET, contact="Mia Kunz, +1 555 0100"))
        assert told.startswith(body("customers").split("\n")[0])
        assert "Mia Kunz" in told
        assert "300 orders" not in told


@pytest.mark.parametrize("phase", PHASES)
def test_a_hypothesis_is_told_inside_only_and_marked(phase: str) -> None:
    """The rule that no template can break: outside the field is empty before a skeleton is looked at."""
    found = composed(phase).texts
    for audience, text in found.items():
        if CAUSE in text["title"] + to_plain(text["body"]):
            assert AUDIENCES[audience].inside
            assert f"{CAUSE} (not confirmed yet)" in to_plain(text["body"])
    assert CAUSE in to_plain(found["internal"]["body"])


def test_a_confirmed_cause_is_told_everywhere() -> None:
    sheet = replace(SHEET, cause=Cause(CAUSE, "confirmed", "ana", NOW))
    assert f"The cause is {CAUSE}." in body("customers", sheet=sheet)
    assert f"Confirmed cause: {CAUSE}" in body("regulators", sheet=sheet)
    assert f"What happened: {CAUSE}." in body("customers", "follow_up", sheet=sheet)


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("policy", ["never", "when_confirmed"])
def test_how_many_are_affected_stays_inside_until_policy_lets_it_out(phase: str, policy: str) -> None:
    """Count and share, in every sentence that could tell them; where they are is no number."""
    sheet = replace(SHEET, affected=Affected(number=51234, percent=4, regions=("Europe",)))
    before = replace(SHEET, affected=Affected(number=300))
    found = composed(phase, sheet=sheet, before=before, numbers_policy=policy)
    for audience, text in found.texts.items():
        told = re.search(r"51234|300 customers|4 %", to_plain(text["body"]))
        assert not told or AUDIENCES[audience].inside, audience
        named = [each for each in found.findings if each.audience == audience and "how many" in each.text]
        assert bool(named) != AUDIENCES[audience].inside


def test_a_count_kept_inside_is_not_called_unknown_and_a_confirmed_one_is_told() -> None:
    sheet = replace(SHEET, affected=Affected(number=51234))
    assert "It affected customers: card" in body(
        "customers", "follow_up", sheet=sheet, numbers_policy="never"
    )
    assert "51234 customers" in body("executives", sheet=sheet, numbers_policy="never")
    nobody = replace(SHEET, affected=Affected(number=0))
    assert "It affects" not in body("customers", sheet=nobody, numbers_policy="never")
    certain = replace(sheet, confirmed=frozenset({"affected"}))
    assert "It affects 51234 customers." in body("customers", sheet=certain, numbers_policy="when_confirmed")


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("policy", ["never", "when_confirmed"])
def test_which_regions_are_affected_stays_inside_until_policy_lets_it_out(phase: str, policy: str) -> None:
    """In every sentence that could tell them, and the author learns why; how many is no region."""
    sheet = replace(SHEET, affected=Affected(number=51234, regions=("Tasmania",)))
    found = composed(phase, sheet=sheet, before=SHEET, regions_policy=policy)
    for audience, text in found.texts.items():
        assert "Tasmania" not in text["body"] or AUDIENCES[audience].inside, audience
        named = [
            each for each in found.findings if each.audience == audience and "which regions" in each.text
        ]
        assert bool(named) != AUDIENCES[audience].inside
    only = replace(SHEET, affected=Affected(regions=("Tasmania",)))
    assert "It affects customers." in body("customers", sheet=only, regions_policy=policy)
    certain = replace(sheet, confirmed=frozenset({"affected"}))
    told = "It affects 51234 customers in Tasmania." in body(
        "customers", sheet=certain, regions_policy=policy
    )
    assert told == (policy == "when_confirmed")


def test_support_is_told_to_name_no_number_that_the_page_does_not() -> None:
    assert "a cause, a number or a time that is not in the public text" in body("support")
    assert "a cause or a number that is not in the public text" in body("support", "resolution")


DECIDED = Disclosure(CAUSE, frozenset({"customers"}), NOW, NOW + HOUR)


@pytest.mark.parametrize(
    ("decision", "told"),
    [
        (DECIDED, True),
        (replace(DECIDED, audiences=frozenset({"partners"})), False),
        (replace(DECIDED, cause="a full disk"), False),
        (replace(DECIDED, expires_at=NOW), False),
        (replace(DECIDED, withdrawn_at=NOW), False),
    ],
)
def test_a_decision_to_disclose_tells_one_hypothesis_to_one_audience(
    decision: Disclosure, told: bool
) -> None:
    """And says that it is not confirmed."""
    assert (f"We suspect {CAUSE} (not confirmed yet)." in body("customers", disclosures=[decision])) == told


def test_an_estimate_is_told_with_its_caveat_until_it_runs_out() -> None:
    sheet = replace(SHEET, estimate=ESTIMATE)
    told = "Our engineers estimate normal service by 1 Mar 2026, 12:00 UTC. This is an estimate and could"
    assert told in body("customers", sheet=sheet)
    assert "half of the nodes" not in body("customers", sheet=sheet)
    assert "half of the nodes" in body("internal", sheet=sheet)
    late = {"sheet": sheet, "now": NOW + HOUR, "next_update_at": NOW + 2 * HOUR}
    assert "estimate" not in body("customers", **late)
    assert "12:00 UTC. That estimate no longer holds" in body(
        "customers", estimate_told=frozenset({"customers"}), **late
    )
    assert "estimate" not in body("customers", sheet=sheet, estimate_policy="never")


def test_what_must_be_there_and_is_not_known_is_said_and_named_to_the_author() -> None:
    found = composed("resolution", sheet=FactSheet())
    told = to_plain(found.texts["customers"]["body"])
    assert "has worked normally since a time not yet known." in told
    assert "Whether stored data was affected is not yet known." in told
    assert "The problem began" not in told
    named = [finding.text for finding in found.findings if finding.audience == "customers"]
    assert [
        "The text for Customers does not know since when service is normal.",
        "The text for Customers does not know what became of stored data.",
    ] == named


def test_the_end_of_the_alerts_is_the_end_where_nobody_said_another() -> None:
    told = body("customers", "resolution", quiet_at=NOW)
    assert "has worked normally since 1 Mar 2026, 10:00 UTC." in told


def test_nothing_is_owed_by_a_text_that_knows_everything() -> None:
    found = composed("update", sheet=replace(SHEET, affected=Affected(measuring=True)))
    assert [] == [finding for finding in found.findings if finding.audience == "customers"]
    assert "It affects customers; how many is being measured." in to_plain(found.texts["customers"]["body"])


def test_a_text_that_is_longer_than_its_audience_reads_is_named() -> None:
    found = composed(sheet=replace(SHEET, impact="very " * 120 + "slow"))
    assert any("they read at most 120" in finding.text for finding in found.findings)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (Affected(percent=4), Affected(percent=20), "more people"),
        (Affected(number=400), Affected(number=20), "fewer people"),
        (Affected(regions=("EU",)), Affected(regions=("EU", "US")), "more people"),
        (Affected(regions=("EU",)), Affected(regions=("US",)), "other people"),
        (Affected(measuring=True), Affected(percent=20), "other people"),
    ],
)
def test_a_change_of_scope_says_whether_it_is_more_or_fewer(
    before: Affected, after: Affected, said: str
) -> None:
    told = body(
        "customers",
        "scope_change",
        sheet=replace(SHEET, affected=after),
        before=replace(SHEET, affected=before),
    )
    assert f"This problem affects {said} than we first said." in told


def test_a_correction_says_what_was_wrong_and_what_is_right() -> None:
    told = body("customers", "correction", sheet=replace(SHEET, wrong="Search fails", right="Checkout fails"))
    assert told.startswith(
        "Our update of 1 Mar 2026, 09:00 UTC was not right. It said: Search fails. "
        "What is right: Checkout fails."
    )


def test_planned_work_is_told_from_when_to_when() -> None:
    sheet = FactSheet(planned_start=NOW + HOUR, planned_end=NOW + 2 * HOUR, impact="search is read-only")
    told = body("customers", "maintenance_notice", sheet=sheet, category="maintenance")
    assert "From 1 Mar 2026, 11:00 UTC to 1 Mar 2026, 12:00 UTC we will carry out planned work" in told
    assert "What you may notice: search is read-only." in told


def test_the_same_facts_in_every_text() -> None:
    """Who is affected and what readers see is one and the same wherever it is told."""
    for audience, text in composed().texts.items():
        plain = to_plain(text["body"])
        assert "card payments are declined" in plain or audience == "internal"
        assert "about 4 % of customers in Europe" in plain
