"""The shipped files: all of them can be used, and say where they come from and until when they hold."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import get_args

import pytest

from clarion.data.clocks import documents
from clarion.rules.clocks import BadClocks, Facts, Record, evaluate, load, stale
from clarion.rules.clocks.record import Anchor, EntityKind, Must, ReportField, Roll, Sector, Status, Unit
from clarion.rules.clocks.rolls import ROLLS
from tests.rules.clocks.story import facts, instant, shipped

GERMANY = """\
jurisdiction: DE
name: Germany
zone: Europe/Berlin
calendar: DE
asof: 2026-11-01
review_by: 2027-05-01
sources:
  D1: a made-up text, for this test
clocks:
  - id: de-test
    name: A duty made up for this test
    sector: any
    status: in_force
    trigger: {anchor: aware, text: Somebody knows}
    stages:
      - {stage: first, to: office, n: 24, unit: hours, from: aware}
      - {stage: second, to: office, n: 3, unit: business_days, from: 'prev_stage:first'}
    individuals: {must: never}
    threshold: Any
    content: [nature]
    cite: Test Act, section 1
    src: [D1]
    ev: P
    conf: high
"""


def test_every_shipped_record_loads() -> None:
    assert len(shipped()) == sum(text.count("\n  - id: ") for text in documents().values())


@pytest.mark.parametrize("record", shipped().values(), ids=shipped())
def test_every_source_key_is_explained_in_its_file(record: Record) -> None:
    assert set(record.sources) == set(record.clock.src)
    assert record.clock.src or record.clock.ev == "M"


@pytest.mark.parametrize("record", shipped().values(), ids=shipped())
def test_every_record_answers_for_an_incident_about_which_nothing_is_known(record: Record) -> None:
    answers = evaluate(record, Facts(), instant("2026-11-20 12:00Z"))
    assert [answer.stage for answer in answers] == [stage.stage for stage in record.clock.stages]
    assert {answer.status for answer in answers} == {"not_started"}
    assert all(answer.reasons for answer in answers)


@pytest.mark.parametrize(("name", "text"), documents().items(), ids=documents())
def test_every_file_says_that_it_is_no_legal_advice(name: str, text: str) -> None:
    assert "not legal advice" in text.partition("jurisdiction:")[0]


def test_a_proposal_is_read_again_within_sixty_days() -> None:
    """The others within half a year."""
    for record in shipped().values():
        days = (record.review_by - record.asof).days
        assert days <= (60 if record.clock.status in ("proposed", "phased") else 184), record.id


def test_stale_records_are_named() -> None:
    assert stale(shipped().values(), date(2026, 9, 29)) == ()
    overdue = {record.id for record in stale(shipped().values(), date(2026, 9, 30))}
    assert overdue == {"eu-ai-act-73", "in-dpdp", "uk-fca-incident", "us-circia", "us-fcc-64"}
    assert len(stale(shipped().values(), date(2027, 2, 1))) == len(shipped())


def test_every_roll_that_a_record_may_name_is_a_function() -> None:
    assert set(get_args(Roll)) == set(ROLLS)


# A clock is one file.


def test_a_new_jurisdiction_is_one_file() -> None:
    records = load({**documents(), "de.yaml": GERMANY})
    assert len(records) == len(shipped()) + 1
    (new,) = [record for record in records if record.id == "de-test"]
    assert (new.jurisdiction, new.zone, new.calendar) == ("DE", "Europe/Berlin", "DE")


def test_an_agreement_of_ones_own_is_one_file_and_starts_a_real_clock() -> None:
    """A customer's contract gives 24 hours from the moment that the customer was told of something."""
    text = (
        GERMANY.replace("jurisdiction: DE", "jurisdiction: contract")
        .replace("status: in_force", "status: contractual")
        .replace("anchor: aware", "anchor: client_notified")
        .replace("from: aware", "from: client_notified")
    )
    (record,) = load({"contract.yaml": text})
    recorded = facts(client_notified="2026-11-20 15:00Z")
    first, _ = evaluate(record, recorded, instant("2026-11-20 16:00Z"))
    assert (first.status, first.due_at) == ("running", instant("2026-11-21 15:00Z"))


#: what is written wrong: the piece, what stands there, what is said
MISTAKES = [
    ("sector: any", "sektor: any", "de.yaml: de-test.sektor: Extra inputs are not permitted"),
    ("unit: hours", "unit: hour", "de.yaml: de-test.stages.0.unit: Input should be"),
    ("n: 24", "n: 24.5", "de.yaml: de-test.stages.0.n: Input should be a valid integer"),
    ("n: 24", "n: '24'", "de.yaml: de-test.stages.0.n: Input should be a valid integer"),
    ("n: 24, ", "", "de.yaml: de-test.stages.first.n: give a number with unit hours"),
    ("unit: hours", "unit: asap", "de.yaml: de-test.stages.first.n: leave out a number with unit asap"),
    ("from: aware}", "from: awair}", "de.yaml: de-test.stages.first.from: there is no anchor 'awair'"),
    ("prev_stage:first", "prev_stage:third", "de-test.stages.second.from: no stage before this"),
    ("prev_stage:first", "prev_stage:second", "de-test.stages.second.from: no stage before this"),
    ("stage: second", "stage: first", "de.yaml: de-test.stages: two are called first"),
    ("src: [D1]", "src: [D2]", "de.yaml: de-test.src: there is no source 'D2'"),
    ("src: [D1]", "src: []", "de.yaml: de-test.src: a record without a source is from memory"),
    ("src: [D1]", "src: []", "de.yaml: sources.D1: no clock of the file uses it"),
    ("ev: P", "ev: X", "de.yaml: de-test.ev: Input should be"),
    ("content: [nature]", "content: [nature, colour]", "de.yaml: de-test.content.1: Input should be"),
    ("jurisdiction: DE", "jurisdiction: FR", "de.yaml: jurisdiction: FR belongs into fr.yaml"),
    ("jurisdiction: DE", "jurisdiction: NO", "de.yaml: jurisdiction: Input should be a valid string"),
    ("zone: Europe/Berlin", "zone: Berlin", "de.yaml: zone: there is no time zone 'Berlin'"),
    ("calendar: DE", "calendar: XX", "de.yaml: calendar: no holidays are known for 'XX'"),
    ("review_by: 2027-05-01", "review_by: 2026-05-01", "de.yaml: review_by: must lie after asof"),
    ("review_by: 2027-05-01", "review_by: 2027-02-31", "de.yaml: this is not YAML: day is out of range"),
    ("review_by: 2027-05-01", "review_by: soon", "de.yaml: review_by: Input should be a valid date"),
    ("name: Germany", "name: Germany\nname: France", "this is not YAML: line 1: name is given twice"),
    ("id: de-test", "id: eu-gdpr-33", "de.yaml, eu.yaml: eu-gdpr-33 is given 2 times"),
    ("from: aware}", "from: aware, roll: sec_8k}", "de-test.stages.first.roll: sec_8k"),
    ("from: aware}", "from: aware, roll: friday}", "de-test.stages.0.roll: Input should"),
    ("    stages:\n", "    stages: []\n    more:\n", "de-test.more: Extra inputs are not permitted"),
    ("jurisdiction: DE", "- DE", "de.yaml: this is not YAML"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "said"), MISTAKES)
def test_a_mistake_is_refused_with_its_file_and_field(right: str, wrong: str, said: str) -> None:
    assert right in GERMANY
    with pytest.raises(BadClocks) as refused:
        load({"eu.yaml": documents()["eu.yaml"], "de.yaml": GERMANY.replace(right, wrong, 1)})
    assert any(said in line for line in str(refused.value).splitlines()), str(refused.value)


def test_a_file_without_clocks_and_a_clock_without_stages_are_refused() -> None:
    head = GERMANY[: GERMANY.index("clocks:")]
    stages = GERMANY[GERMANY.index("    stages:") : GERMANY.index("    individuals:")]
    with pytest.raises(BadClocks) as refused:
        load({"de.yaml": head + "clocks: []\n", "fr.yaml": GERMANY.replace(stages, "    stages: []\n")})
    said = str(refused.value)
    assert "de.yaml: clocks: there is none; add one" in said
    assert "fr.yaml: de-test.stages: there is none; add one" in said


def test_all_mistakes_are_named_at_once() -> None:
    wrong = GERMANY.replace("ev: P", "ev: X").replace("sector: any", "sector: every")
    with pytest.raises(BadClocks) as refused:
        load({"de.yaml": wrong, "fr.yaml": ""})
    assert len(str(refused.value).splitlines()) == 3


REFERENCE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "clocks.md"


@pytest.mark.parametrize("words", [Anchor, ReportField, Unit, Roll, Sector, Status, Must, EntityKind])
def test_every_word_that_a_file_may_use_is_explained(words: object) -> None:
    explained = set(re.findall(r"`([a-z0-9_]+)`", REFERENCE.read_text(encoding="utf-8")))
    assert set(get_args(words)) <= explained
