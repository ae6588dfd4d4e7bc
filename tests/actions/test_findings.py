"""What lint finds stops a draft, calls for people, and is found again at the moment of publishing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from clarion import pipeline
from clarion.actions import draft as drafts
from clarion.actions import finding, review
from clarion.actions.facts import record_estimate
from clarion.rules import waivers
from clarion.rules.errors import AlreadyDone, Conflict, Forbidden, Invalid, NotFound
from clarion.store import fact_sheets, findings
from clarion.store.models import Deadline, Draft, Incident, RoleGrant, User, Waiver
from clarion.store.policies import default_document
from clarion.store.queries import findings as queries
from tests import factories as make
from tests.actions.story import (
    HOUR,
    MINUTE,
    NOW,
    Story,
    acting,
    again,
    codes,
    decide,
    edit,
    last,
    submit,
    words_of,
)
from tests.actions.test_facts import determine, record

pytestmark = pytest.mark.django_db
CLEAN = (
    "Customers in the EU cannot pay by card. You do not need to do anything. We are finding out what changed."
    " Next update by 15:05 UTC."
)


#: what the policy says of the organisation, the incident's regions, what the sheet names; what becomes of
#: "we accept responsibility"
LAW: list[tuple[dict[str, Any], list[str], tuple[str, ...], str]] = [
    ({}, [], (), "review"),
    ({"jurisdictions": ["HK"]}, [], (), "review"),
    ({"jurisdictions": ["HK", "US"]}, [], (), "block"),
    ({"jurisdictions": ["HK"]}, ["US-CA"], (), "block"),
    ({}, ["EU"], (), "block"),
    ({}, ["APAC"], (), "review"),
    ({"jurisdictions": ["HK"]}, [], ("SG",), "block"),
]


@pytest.fixture
def here(settings: Any) -> Story:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return Story()


def saying(here: Story, words: str) -> Draft:
    """A draft whose text for customers says this."""
    draft = here.draft()
    texts = draft.versions.get().texts | {"customers": {"title": "Payments fail", "body": words}}
    edit(draft, here.lead, texts=texts)
    return again(draft)


def of(draft: Draft, severity: str) -> list[str]:
    return make.prints(draft.versions.latest("number"), severity)


def waive(draft: Draft, by: Any, **told: Any) -> Any:
    newest = draft.versions.latest("number")
    usual = {"draft_id": draft.id, "version": newest.number, "reason": "The regulator uses this very word."}
    if "fingerprint" not in told:
        (usual["fingerprint"],) = of(draft, "block")
    return pipeline.run(finding.waive_finding, actor=acting(by), now=NOW, **(usual | told))


@pytest.mark.capability("8.2", face="ledger")
def test_an_admission_of_fault_goes_nowhere_until_counsel_overrides_it(here: Story) -> None:
    """Then counsel must approve the whole text too, and the record says who let it out and why."""
    counsel = make.person("legal")
    draft = saying(here, f"{CLEAN} This was our own mistake.")
    with pytest.raises(Conflict, match="1 finding in the text stops it, ADM-001 first"):
        submit(draft, here.lead)
    waive(draft, counsel)
    assert "ADM-001" == last("finding.waived").data["rule"]
    assert "our own mistake" in words_of("finding.waived").values()
    submit(draft, here.lead)
    for role, by in here.reviewers.items():
        decide(draft, by, role)
    assert "in_review" == again(draft).state
    decide(draft, counsel, "legal")
    make.settle()
    assert "published" == again(draft).state


def test_an_override_holds_for_its_sentence_and_for_no_other(here: Story) -> None:
    draft = saying(here, f"{CLEAN} This was our own mistake.")
    waive(draft, make.person("legal"))
    kept = draft.versions.latest("number").texts
    body = kept["customers"]["body"]
    moved = kept | {"customers": {"title": "Payments fail", "body": f"This was our own mistake. {CLEAN}"}}
    edit(draft, here.lead, texts=moved)
    submit(draft, here.lead)
    edit(
        again(draft),
        here.lead,
        texts=kept | {"customers": {"title": "Payments fail", "body": f"{body} It was our fault."}},
    )
    with pytest.raises(Conflict, match="1 finding in the text stops it"):
        submit(again(draft), here.lead)


def test_only_counsel_who_wrote_none_of_it_overrides_and_says_why(here: Story) -> None:
    both = make.person("legal", "communications_lead")
    draft = saying(here, f"{CLEAN} This was our own mistake.")
    edit(draft, both, texts=draft.versions.latest("number").texts)
    with pytest.raises(Forbidden, match="You wrote part of this text"):
        waive(draft, both)
    with pytest.raises(Forbidden, match="Legal counsel"):
        waive(draft, here.reviewers["clarity"])
    counsel = make.person("legal")
    with pytest.raises(Invalid, match="Say why"):
        waive(draft, counsel, reason=" ")
    with pytest.raises(NotFound):
        waive(draft, counsel, fingerprint="0" * 16)
    with pytest.raises(Conflict, match="written meanwhile"):
        waive(draft, counsel, version=1)
    waive(draft, counsel)
    with pytest.raises(AlreadyDone):
        waive(draft, counsel)
    assert 1 == Waiver.objects.count()


#: what became of counsel after the override
NO_LONGER = [
    ("the role is gone", lambda counsel: RoleGrant.objects.filter(user=counsel).update(revoked_at=NOW)),
    ("the account is off", lambda counsel: User.objects.filter(id=counsel.id).update(is_active=False)),
]


@pytest.mark.parametrize("falls", [n[1] for n in NO_LONGER], ids=[n[0] for n in NO_LONGER])
def test_an_override_falls_with_its_givers_standing_and_another_gives_it_anew(
    here: Story, falls: Any
) -> None:
    first, second = make.person("legal"), make.person("legal")
    draft = saying(here, f"{CLEAN} This was our own mistake.")
    waive(draft, first)
    falls(first)
    with pytest.raises(Conflict, match="1 finding in the text stops it, ADM-001 first"):
        submit(draft, here.lead)
    waive(draft, second)
    submit(draft, here.lead)
    assert second == Waiver.objects.get().person


def test_an_override_falls_when_its_giver_writes_part_of_the_text(here: Story) -> None:
    both = make.person("legal", "communications_lead")
    draft = saying(here, f"{CLEAN} This was our own mistake.")
    waive(draft, both)
    edit(draft, both, texts=draft.versions.latest("number").texts)
    with pytest.raises(Conflict, match="1 finding in the text stops it"):
        submit(again(draft), here.lead)


def test_an_approved_text_goes_back_when_the_override_in_it_falls(here: Story) -> None:
    counsel, other = make.person("legal"), make.person("legal")
    draft = saying(here, f"{CLEAN} This was our own mistake.")
    waive(draft, counsel)
    submit(draft, here.lead)
    for role, by in {**here.reviewers, "legal": other}.items():
        decide(draft, by, role)
    RoleGrant.objects.filter(user=counsel).update(revoked_at=NOW)
    make.settle()
    assert "draft" == again(draft).state


@pytest.mark.capability("8.2", face="ledger")
def test_twenty_overrides_do_not_let_the_rest_out_unseen(here: Story) -> None:
    counsel = make.person("legal")
    said = " ".join(f"Change {number} was a careless one." for number in range(22))
    draft = saying(here, f"{CLEAN} {said}")
    *listed, rest = sorted(
        (
            each.finding
            for each in findings.found_in(draft.versions.latest("number"), NOW)
            if each.finding.severity == "block"
        ),
        key=lambda finding: finding.place.start,
    )
    for each in listed:
        waive(draft, counsel, fingerprint=each.fingerprint)
    with pytest.raises(Conflict, match="1 finding in the text stops it, ADM-002 first"):
        submit(draft, here.lead)
    with pytest.raises(Conflict, match="mend the text until each one is"):
        waive(draft, counsel, fingerprint=rest.fingerprint)


#: severity; words of which the finding is; who answers for it and in which role; which entry says so
ANSWERS = [
    ("block", "This was our own mistake.", "legal", "finding.waived"),
    ("warn", "A small glitch delayed some payments.", "communications_lead", "draft.submitted"),
    ("review", "We think this is caused by a database failover.", "accuracy", "draft.approval_given"),
]


@pytest.mark.capability("4.4", face="ledger")
@pytest.mark.parametrize(("severity", "words", "role", "kind"), ANSWERS, ids=[a[0] for a in ANSWERS])
def test_whoever_lets_a_finding_stand_signs_for_it_in_the_ledger(
    here: Story, severity: str, words: str, role: str, kind: str
) -> None:
    """Rule, audience, fingerprint, person, role and time in the entry; the words and the reason beside it."""
    draft, counsel = saying(here, f"{CLEAN} {words}"), make.person("legal")
    signer = {"legal": counsel, "communications_lead": here.lead, "accuracy": here.accuracy}[role]
    wanted, why = set(of(draft, severity)), "The regulator uses this very word."
    if severity == "block":
        waive(draft, counsel, reason=why)
    else:
        told = {"draft_id": draft.id, "version": 2, "confirmed": of(draft, "warn"), "reason": why}
        pipeline.run(review.submit_draft, actor=acting(here.lead), now=NOW, **told)
    if severity == "review":
        wanted = {each.fingerprint for each in found_for(draft, "accuracy")}
        decide(draft, here.accuracy, "accuracy", comment=why)
    signed = last(kind).data["waivers"]
    assert wanted == {each["fingerprint"] for each in signed}
    assert {(severity, signer.id, role, NOW.isoformat())} == {
        (each["severity"], each["person"], each["role"], each["at"]) for each in signed
    }
    assert ("customers" in {each["audience"] for each in signed}) and all(each["rule"] for each in signed)
    beside = words_of(kind)
    assert why == beside["comment" if severity == "review" else "reason"]
    about = [beside[f"waivers.{print_}"] or "" for print_ in wanted if f"waivers.{print_}" in beside]
    assert about
    assert all(one in words for each in about for one in each.split(" … "))
    assert not any(each in str(last(kind)) for each in about), "words in the chain itself"
    lines = queries.signed(draft)
    assert wanted == {each.fingerprint for each in lines if each.severity == severity}
    assert {why} <= {each.reason for each in lines}


def found_for(draft: Draft, role: str) -> list[Any]:
    found = findings.found_in(draft.versions.latest("number"), NOW)
    return [each.finding for each in waivers.to_look_at(found, role)]


def test_a_warning_is_mended_or_confirmed_by_whoever_submits(here: Story) -> None:
    draft = saying(here, f"{CLEAN} A small glitch delayed some payments.")
    told = {"draft_id": draft.id, "version": 2, "actor": acting(here.lead)}
    with pytest.raises(Invalid, match="warning"):
        pipeline.run(review.submit_draft, **told, now=NOW)
    pipeline.run(review.submit_draft, **told, confirmed=of(draft, "warn"), now=NOW)
    assert sorted(of(draft, "warn")) == again(draft).warnings_confirmed
    noted = last("draft.submitted").data["findings"]
    assert "MIN-003" in [item["rule"] for item in noted]


def test_whoever_approves_has_looked_at_what_is_found_for_the_role(here: Story) -> None:
    """Words about a cause that nobody has confirmed call for whoever knows the facts."""
    draft = saying(here, f"{CLEAN} We think this is caused by a database failover.")
    submit(draft, here.lead)
    by = here.reviewers["accuracy"]
    with pytest.raises(Invalid, match="before you approve") as refused:
        decide(draft, by, "accuracy", looked_at=[])
    assert "looked_at" == refused.value.field
    decide(draft, by, "accuracy")
    assert last("draft.approval_given").data["waivers"]


@pytest.fixture
def waits_for_one_more(here: Story) -> Draft:
    """Approved by the two whom policy asks; a time that nobody assessed calls for accuracy too."""
    text = default_document().replace("    role: accuracy", "    when: {severity: SEV-1}\n    role: accuracy")
    counsel = "  - {name: counsel, role: legal, why: Counsel sees everything.}\n"
    text = text.replace("  - name: tone\n", counsel + "  - name: tone\n")
    make.next_policy(text, by=here.lead, approved_by=here.administrator)
    estimate = (
        "As of 14:05 UTC, engineers estimate that checkout will be back by 16:05 UTC. This could change."
    )
    draft = saying(here, f"{CLEAN} {estimate}")
    submit(draft, here.lead)
    for role in ("clarity", "legal"):
        decide(draft, getattr(here, role), role)
    assert ["accuracy"] == last("draft.approval_given").data["still_missing"]
    return draft


def test_a_review_does_not_wait_for_a_role_whose_finding_is_gone(
    here: Story, waits_for_one_more: Draft
) -> None:
    """The assessment is on record, so nothing calls for accuracy and nobody could approve in that role."""
    draft = waits_for_one_more
    assessed = {"basis": "The rate of recovery.", "assessor_id": here.accuracy.id, "confidence": "medium"}
    times = {"at": NOW + 2 * HOUR, "as_of": NOW, "expires_at": NOW + HOUR}
    told = {"incident_id": draft.incident_id, "caveat": "This could change.", "actor": acting(here.accuracy)}
    make.run(record_estimate, **assessed, **times, **told)
    with pytest.raises(Conflict, match="Nothing here needs the role accuracy"):
        decide(draft, here.accuracy, "accuracy")
    make.settle(NOW)
    assert ["clarity", "legal"] == last("draft.review_completed").data["roles"]
    assert ("published", 1) == (again(draft).state, draft.incident.updates.count())
    assert 0 == Deadline.objects.filter(kind="approval_window", satisfied_at=None).count()


@pytest.mark.parametrize("later", [0 * MINUTE, HOUR], ids=["still called for", "approvals ran out"])
def test_a_review_that_waits_for_somebody_goes_on_waiting(waits_for_one_more: Draft, later: Any) -> None:
    make.settle(NOW + later)
    assert "in_review" == again(waits_for_one_more).state


def test_asking_for_changes_needs_no_look_at_findings(here: Story) -> None:
    draft = saying(here, f"{CLEAN} We think this is caused by a database failover.")
    submit(draft, here.lead)
    told = {"decision": "changes_requested", "comment": "We do not know that.", "looked_at": []}
    decide(draft, here.reviewers["accuracy"], "accuracy", **told)
    assert "changes_requested" == again(draft).state


@pytest.mark.capability("3.5", face="ledger")
def test_what_is_found_between_approval_and_publishing_stops_it(here: Story) -> None:
    """A colleague's name became known to the house meanwhile: the text goes back to its writers."""
    draft = here.approve(saying(here, f"{CLEAN} Ask Wilhelmina Tern for help."))
    make.person("clarity", name="Wilhelmina Tern")
    make.settle(NOW + MINUTE)
    assert "draft" == again(draft).state
    assert any(code.startswith("finding.") for code in codes("draft.approval_lapsed", "lapsed"))


def test_zero_width_characters_and_wide_digits_hide_nothing(here: Story) -> None:
    draft = saying(here, f"{CLEAN} Traffic to １０.4.22\u200b.17 fails.")
    assert ["SEN-001"] == [
        each.finding.rule
        for each in findings.found_in(draft.versions.latest("number"), NOW)
        if each.finding.severity == "block"
    ]


def known(draft: Draft, now: Any = NOW) -> Any:
    return findings.context_of(draft.versions.latest("number"), now)


#: what the incident's row says; since when lint takes it as watched
WATCHED = [
    ("monitored now", {"state": "monitoring", "monitoring_at": NOW}, NOW),
    ("went back from monitoring", {"state": "investigating", "monitoring_at": NOW}, None),
    ("every alert is quiet", {"state": "investigating", "quiet_at": NOW}, NOW),
    ("nobody watches", {"state": "investigating"}, None),
]


@pytest.mark.parametrize(("row", "since"), [w[1:] for w in WATCHED], ids=[w[0] for w in WATCHED])
def test_lint_goes_by_the_same_watch_as_the_states(here: Story, row: Any, since: Any) -> None:
    draft = here.draft()
    Incident.objects.filter(id=draft.incident_id).update(**row)
    assert since == known(again(draft)).monitoring_since


def test_where_data_is_concerned_lint_too_asks_for_an_hour(here: Story) -> None:
    assert 30 * MINUTE == known(here.draft()).stability_window
    assert 60 * MINUTE == known(here.draft(category="data")).stability_window


def test_lint_knows_what_the_fact_sheet_says(here: Story) -> None:
    draft = here.draft()
    assert (None, None) == (known(draft).fix_deployed, known(draft).recovery_confirmed)
    record(draft.incident, here.lead, restored_at=NOW)
    assert (True, None) == (known(again(draft)).fix_deployed, known(again(draft)).recovery_confirmed)


@pytest.mark.capability("3.4", face="ledger")
def test_a_start_that_moved_since_the_last_update_asks_for_a_correction(here: Story) -> None:
    draft = here.draft()
    record(draft.incident, here.lead, started_at=NOW - 2 * MINUTE)
    compose = {"draft_id": draft.id, "base_version": 1, "actor": acting(here.lead), "now": NOW}
    pipeline.run(drafts.compose_again, **compose)
    here.publish(again(draft))
    told = {"incident_id": draft.incident_id, "phase": "update", "actor": acting(here.lead), "now": NOW}
    pipeline.run(drafts.create_draft, **told)
    second = Draft.objects.get(phase="update")
    said = "More."  # Words that name no start: only the sheet tells that it moved.
    texts = second.versions.get().texts | {"customers": {"title": "Payments fail", "body": said}}
    edit(second, here.lead, texts=texts)
    assert "STR-010" not in rules_for_customers(second)
    record(draft.incident, here.lead, started_at=NOW - 9 * MINUTE)
    assert "STR-010" in rules_for_customers(second)


def rules_for_customers(draft: Draft) -> set[str]:
    found = findings.found_in(again(draft).versions.latest("number"), NOW)
    return {each.finding.rule for each in found if each.audience == "customers"}


def under(here: Story, organisation: dict[str, Any]) -> None:
    """The policy in force says this of the organisation."""
    told = default_document() + f"\norganisation: {json.dumps(organisation)}\n"
    make.next_policy(told, by=here.lead, approved_by=here.legal)


@pytest.mark.capability("8.2", face="ledger")
@pytest.mark.parametrize(("organisation", "regions", "readers", "severity"), LAW)
def test_the_law_of_readers_and_organisation_decides_how_far_an_apology_may_go(
    here: Story, organisation: dict[str, Any], regions: list[str], readers: tuple[str, ...], severity: str
) -> None:
    """The strictest of all that are named counts; one without a profile counts as the strictest."""
    under(here, organisation)
    draft = saying(here, f"{CLEAN} We accept responsibility.")
    Incident.objects.filter(id=draft.incident_id).update(regions=regions)
    if readers:
        record(draft.incident, here.lead, jurisdictions=readers)
        assert list(readers) == last("facts.recorded").data["facts"]["jurisdictions"]
    found = findings.found_in(draft.versions.latest("number"), NOW)
    assert {severity} == {each.finding.severity for each in found if each.finding.rule == "ADM-004"}


@pytest.mark.parametrize(("listed", "found"), [(True, True), (False, False), (None, True)])
def test_the_words_of_securities_law_are_looked_for_where_the_organisation_is_listed(
    here: Story, listed: bool | None, found: bool
) -> None:
    """And where nobody has said whether it is."""
    under(here, {} if listed is None else {"listed_issuer": listed})
    version = saying(here, f"{CLEAN} The effect is immaterial.").versions.latest("number")
    assert found == ("LEG-007" in {each.finding.rule for each in findings.found_in(version, NOW)})


def test_whoever_names_jurisdictions_writes_no_text(here: Story) -> None:
    """So an accuracy reviewer who knows where readers are still reviews."""
    draft = here.draft()
    record(draft.incident, here.accuracy, jurisdictions=("US",), detected_at=draft.incident.detected_at)
    assert {} == fact_sheets.newest(draft.incident).wrote
    with pytest.raises(Invalid, match="There is no jurisdiction 'Mars'"):
        record(draft.incident, here.lead, jurisdictions=("Mars",))


#: the question, a sentence whose rule hangs on it, that rule, and after which answers it is found
QUESTIONS = [
    ("access_confirmed", "Your address might have been viewed.", "MIN-004", {"open", "yes"}),
    ("breach_determined", "There was a data breach.", "SEC-001", {"open", "no"}),
    ("security_confirmed", "We stopped an attack.", "SEC-002", {"open", "no"}),
]


@pytest.mark.capability("1.5", face="ledger")
@pytest.mark.parametrize(("fact", "words", "rule", "after"), QUESTIONS)
def test_what_somebody_determined_decides_which_words_are_right(
    here: Story, fact: str, words: str, rule: str, after: set[str]
) -> None:
    """While a question is open, the cautious side is taken, and the finding says so."""
    draft = saying(here, f"{CLEAN} {words}")
    version, by = (
        draft.versions.latest("number"),
        here.legal if fact == "breach_determined" else here.accuracy,
    )
    found: dict[str, Any] = {}
    for answer in ("open", "yes", "no"):
        if answer != "open":
            determine(draft.incident, by, fact, answer)
        found[answer] = [
            each.finding for each in findings.found_in(version, NOW) if each.finding.rule == rule
        ]
    assert after == {answer for answer, marks in found.items() if marks}
    assert (fact,) == found["open"][0].assumed
