"""What holds for every shipped clock, whatever was recorded when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from clarion.rules.clocks import Anchored, Due, Entity, Facts, Record, Submission, evaluate
from clarion.rules.clocks.calendars import start_of_day
from clarion.rules.clocks.record import ANCHORS, ENTITY_KINDS
from tests.rules.clocks.story import shipped

FIRST, LAST = datetime(2024, 1, 1), datetime(2035, 12, 31)  # noqa: DTZ001
NOW = datetime(2040, 1, 1, tzinfo=UTC)

records = st.sampled_from(list(shipped().values()))
instants = st.datetimes(FIRST, LAST, timezones=st.just(UTC))
anchors = st.dictionaries(
    st.sampled_from(ANCHORS), st.builds(Anchored, instants | st.dates(FIRST.date(), LAST.date()))
)
kinds = st.none() | st.frozensets(st.sampled_from(ENTITY_KINDS))
entities = st.builds(
    Entity,
    kinds,
    st.sampled_from(["", "DE", "US", "SA", "JP", "GB-ENG"]),
    st.sampled_from(["", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Kiritimati"]),
)


@st.composite
def submissions_of(draw: st.DrawFn, record: Record) -> tuple[Submission, ...]:
    stages = [stage.stage for stage in record.clock.stages]
    return tuple(draw(st.lists(st.builds(Submission, st.sampled_from(stages), instants), max_size=5)))


def earliest_start(record: Record, answer: Due, facts: Facts) -> datetime | date:
    """What the stage was counted from, or the first of several things that it may have been counted from."""
    stage = record.clock.stage(answer.stage)
    assert stage is not None
    if stage.previous:
        return min(filing.at for filing in facts.submissions if filing.stage == stage.previous)
    if stage.from_ not in facts.anchors and stage.period is not None:
        return facts.anchors[stage.period.of].at
    return facts.anchors[stage.from_].at


@given(st.data(), records, anchors, entities)
@settings(deadline=None)
def test_nothing_is_due_before_what_started_it(
    data: st.DataObject, record: Record, recorded: dict[str, Anchored], entity: Entity
) -> None:
    facts = Facts(recorded, data.draw(submissions_of(record)), (), entity)
    for answer in evaluate(record, facts, NOW):
        if answer.due_at is None:
            assert answer.status in ("not_started", "met")
            continue
        began = earliest_start(record, answer, facts)
        if not isinstance(began, datetime):
            began = start_of_day(began, answer.zone)
        assert answer.due_at > began
        assert all(reading.at > began for reading in answer.readings)


@given(st.data(), records, anchors, entities)
@settings(deadline=None)
def test_a_later_submission_never_moves_an_earlier_stage(
    data: st.DataObject, record: Record, recorded: dict[str, Anchored], entity: Entity
) -> None:
    """What is handed in for one stage can start those after it, and changes no limit up to it."""
    facts = Facts(recorded, data.draw(submissions_of(record)), (), entity)
    number = data.draw(st.integers(0, len(record.clock.stages) - 1))
    more = Submission(record.clock.stages[number].stage, data.draw(instants))
    later = replace(facts, submissions=(*facts.submissions, more))
    for old, new in list(zip(evaluate(record, facts, NOW), evaluate(record, later, NOW), strict=True))[
        : number + 1
    ]:
        assert (old.stage, old.due_at, old.readings) == (new.stage, new.due_at, new.readings)


@given(st.data(), records, anchors, entities)
@settings(deadline=None)
def test_the_same_facts_give_the_same_answer_in_any_order(
    data: st.DataObject, record: Record, recorded: dict[str, Anchored], entity: Entity
) -> None:
    filings = data.draw(submissions_of(record))
    shuffled = tuple(data.draw(st.permutations(filings)))
    one = evaluate(record, Facts(recorded, filings, (), entity), NOW)
    other = evaluate(record, Facts(dict(reversed(recorded.items())), shuffled, (), entity), NOW)
    assert [(each.status, each.due_at) for each in one] == [(each.status, each.due_at) for each in other]


@given(records, anchors, entities, instants)
@settings(deadline=None)
def test_the_limit_does_not_depend_on_the_moment_somebody_asks(
    record: Record, recorded: dict[str, Anchored], entity: Entity, now: datetime
) -> None:
    """Only how it stands does: a board that is looked at later shows the same limits."""
    facts = Facts(recorded, (), (), entity)
    assert [each.due_at for each in evaluate(record, facts, now)] == [
        each.due_at for each in evaluate(record, facts, NOW)
    ]


@given(records, anchors, entities, instants)
@settings(deadline=None)
def test_only_a_verified_law_in_force_can_be_late(
    record: Record, recorded: dict[str, Anchored], entity: Entity, now: datetime
) -> None:
    for answer in evaluate(record, Facts(recorded, (), (), entity), now):
        if answer.status in ("late", "running"):
            assert not answer.soft
            assert record.clock.status in ("in_force", "contractual")
            assert record.clock.ev != "M"
            assert now.date() <= record.review_by
