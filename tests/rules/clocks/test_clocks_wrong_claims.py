"""Claims that go around about reporting duties and that the texts do not bear out: none may creep in."""

from __future__ import annotations

from datetime import date

import pytest

from clarion.rules.clocks.record import ANCHORS, PREVIOUS, Record
from tests.rules.clocks.story import BANK, codes, due, facts, filed, instant, shipped

KNOWN = {"aware": "2026-11-16 08:00Z", "classified": "2026-11-16 09:00Z", "detected": "2026-11-16 07:00Z"}


def test_dora_72_hours_do_not_run_from_classification_or_detection() -> None:
    """They run from the submission of the initial notification, whenever that was."""
    waiting = due("eu-dora-19", "intermediate", facts(**KNOWN, entity=BANK))
    assert (waiting.status, waiting.due_at) == ("not_started", None)
    recorded = facts(**KNOWN, submitted=(filed("initial", "2026-11-16 12:30Z"),), entity=BANK)
    assert due("eu-dora-19", "intermediate", recorded).due_at == instant("2026-11-19 12:30Z")


def test_dora_final_is_a_month_after_the_last_updated_intermediate_report() -> None:
    first = (filed("initial", "2026-10-05 12:00Z"), filed("intermediate", "2026-10-07 12:00Z"))
    once = facts(**KNOWN, submitted=first, entity=BANK)
    updated = facts(**KNOWN, submitted=(*first, filed("update", "2026-10-15 12:00Z")), entity=BANK)
    # 7 November 2026 is a Saturday and 15 November a Sunday; Article 5(4) gives noon on Monday.
    assert due("eu-dora-19", "final", once).due_at == instant("2026-11-09 12:00+01:00")
    assert due("eu-dora-19", "final", updated).due_at == instant("2026-11-16 12:00+01:00")
    again = facts(**KNOWN, submitted=(*first, filed("intermediate", "2026-10-15 12:00Z")), entity=BANK)
    assert due("eu-dora-19", "final", again).due_at == instant("2026-11-16 12:00+01:00")


def test_eidas_24_hours_do_not_always_run_from_awareness() -> None:
    """Those of a qualified service run from the incident itself."""
    recorded = facts(occurred="2026-11-16 08:00Z", aware="2026-11-16 20:00Z")
    assert due("eu-eidas-qtsp", "notify", recorded).due_at == instant("2026-11-17 08:00Z")
    assert due("eu-eidas-tsp", "notify", recorded).due_at == instant("2026-11-17 20:00Z")


def test_no_clock_rests_on_the_deleted_articles_of_the_eecc_and_of_eidas() -> None:
    for record in shipped().values():
        assert "2018/1972" not in record.clock.cite
        assert not ("910/2014" in record.clock.cite and "Article 19," in record.clock.cite)


def test_singapore_counts_calendar_days_from_the_assessment_and_not_business_days_from_discovery() -> None:
    found = due("sg-pdpa", "notify", facts(discovered="2026-11-18 04:00Z", aware="2026-11-18 04:00Z"))
    assert (found.status, found.due_at) == ("not_started", None)
    assessed = due("sg-pdpa", "notify", facts(assessed_notifiable="2026-11-20 04:00Z"))
    assert assessed.due_day == date(2026, 11, 23), "three business days would end on Wednesday"


def test_quebec_has_no_72_hours() -> None:
    answer = due("ca-qc-law25", "notify", facts(determined="2026-11-18 12:00Z"))
    assert (answer.status, answer.soft) == ("soft", True)
    assert "clocks.no_number" in codes(answer)


def test_a_british_telecom_breach_has_72_hours_since_20_august_2025() -> None:
    answer = due("uk-pecr-5a", "notify", facts(aware="2026-11-16 08:00Z"))
    assert (answer.due_at, answer.soft) == (instant("2026-11-19 08:00Z"), False)
    before = due("uk-pecr-5a", "notify", facts(aware="2025-08-19 08:00Z"), now="2025-08-19 09:00Z")
    assert "clocks.not_effective" in codes(before)


def test_india_wants_word_without_delay_before_the_72_hours() -> None:
    """And neither is a duty before May 2027."""
    recorded = facts(aware="2026-11-16 08:00Z")
    word, details = (due("in-dpdp", stage, recorded) for stage in ("intimate", "details"))
    assert word.due_at is not None
    assert details.due_at is not None
    assert word.due_at < details.due_at == instant("2026-11-19 08:00Z")
    assert [word.soft, details.soft] == [True, True]


def test_dfars_has_72_hours_and_not_8() -> None:
    answer = due("us-dfars-7012", "report", facts(discovered="2026-11-16 08:00Z"))
    assert answer.due_at == instant("2026-11-19 08:00Z")


def test_the_8k_clock_does_not_start_at_discovery() -> None:
    found = facts(discovered="2026-11-16 15:00Z", aware="2026-11-16 15:00Z", determined="2026-11-16 15:00Z")
    answer = due("us-sec-8k-105", "file", found)
    assert (answer.status, answer.due_at) == ("not_started", None)
    assert "`material`" in answer.reasons[0].text


def test_israel_has_no_72_hours_and_expects_word_at_once() -> None:
    answer = due("il-sec-regs", "notify", facts(aware="2026-11-16 08:00Z"))
    assert (answer.due_at, answer.soft) == (instant("2026-11-16 09:00Z"), True)


def test_the_60_days_of_hipaa_are_called_an_outer_limit() -> None:
    stage = shipped()["us-hipaa"].clock.stage("individuals")
    assert stage is not None
    assert "outer limit" in stage.note
    assert "without unreasonable delay" in stage.note


@pytest.mark.parametrize("record", shipped().values(), ids=shipped())
def test_no_anchor_is_ever_derived_from_another(record: Record) -> None:
    """Each stage alone: with every fact recorded but its own, it stands still."""
    for stage in record.clock.stages:
        own = "" if stage.from_.startswith(PREVIOUS) else stage.from_
        others = {name: "2026-11-16 08:00Z" for name in ANCHORS if name != own}
        if stage.period is not None:
            others.pop(stage.period.of)
        answer = due(record.id, stage.stage, facts(**others))
        assert (answer.status, answer.due_at) == ("not_started", None)
