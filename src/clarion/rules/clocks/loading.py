"""Reads the files of clocks, and refuses each mistake with its file and field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date
from typing import Any

import yaml
from pydantic import ValidationError

from clarion.rules.clocks.calendars import is_calendar, is_zone
from clarion.rules.clocks.record import ANCHORS, COUNTED, PREVIOUS, Clock, Document, Record, Stage


class BadClocks(ValueError):
    """The files cannot be used; each line of the message names a file, a field and what is wrong there."""


class _StrictLoader(yaml.SafeLoader):
    """YAML that refuses a key given twice, where the plain loader silently keeps the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = [str(key) for key, count in Counter(map(str, keys)).items() if count > 1]
        if twice:
            place = f"line {node.start_mark.line + 1}"
            raise yaml.YAMLError(f"{place}: {', '.join(twice)} is given twice; keep one")
        return super().construct_mapping(node, deep=deep)


def load(documents: Mapping[str, str]) -> tuple[Record, ...]:
    """All clocks of these files (file name to text), by file and place in it.

    Raises BadClocks naming everything that is wrong in any of them.
    """
    problems: list[str] = []
    records: list[Record] = []
    files: dict[str, list[str]] = {}
    for name in sorted(documents):
        document, found = _document(name, documents[name])
        problems += found
        if document is not None:
            problems += _problems(name, document)
            records += _records(document)
            for clock in document.clocks:
                files.setdefault(clock.id, []).append(name)
    problems += _twice(files)
    if problems:
        raise BadClocks("\n".join(problems))
    return tuple(records)


def stale(records: Iterable[Record], today: date) -> tuple[Record, ...]:
    """The records whose text should have been read again before today."""
    return tuple(record for record in records if record.is_stale(today))


def _document(name: str, text: str) -> tuple[Document | None, list[str]]:
    try:
        # A safe loader with one more refusal.
        data = yaml.load(text, Loader=_StrictLoader)  # noqa: S506
    except (yaml.YAMLError, ValueError) as error:  # the loader lets a 31 February through as ValueError
        return None, [f"{name}: this is not YAML: {' '.join(str(error).split())}"]
    try:
        return Document.model_validate(data), []
    except ValidationError as error:
        return None, [f"{name}: {_place(e['loc'], data)}: {e['msg']}" for e in error.errors()]


def _place(location: tuple[int | str, ...], data: object) -> str:
    """Where in the file, with a clock named by its id rather than its number."""
    parts = [str(part) for part in location]
    if len(location) > 1 and location[0] == "clocks" and isinstance(location[1], int):
        with suppress(KeyError, TypeError, IndexError):
            parts[:2] = [str(data["clocks"][location[1]]["id"])]  # type: ignore[index]
    return ".".join(parts) or "document"


def _records(document: Document) -> Iterator[Record]:
    for clock in document.clocks:
        yield Record(
            jurisdiction=document.jurisdiction,
            clock=clock,
            zone=clock.zone or document.zone,
            zone_fixed=bool(clock.zone),
            calendar=clock.calendar or document.calendar,
            asof=clock.asof or document.asof,
            review_by=clock.review_by or document.review_by,
            sources={key: document.sources[key] for key in clock.src if key in document.sources},
        )


def _problems(name: str, document: Document) -> Iterator[str]:
    """What a schema alone cannot see."""
    if name != f"{document.jurisdiction.lower()}.yaml":
        right = f"{document.jurisdiction.lower()}.yaml"
        yield f"{name}: jurisdiction: {document.jurisdiction} belongs into {right}"
    yield from (f"{name}: {problem}" for problem in _zones(document.zone, document.calendar))
    if document.review_by <= document.asof:
        yield f"{name}: review_by: must lie after asof"
    if not document.clocks:
        yield f"{name}: clocks: there is none; add one, or remove the file"
    for clock in document.clocks:
        for problem in (*_source_problems(clock, document), *_clock_problems(clock, document)):
            yield f"{name}: {clock.id}.{problem}"
    used = {key for clock in document.clocks for key in clock.src}
    for key in sorted(set(document.sources) - used):
        yield f"{name}: sources.{key}: no clock of the file uses it; remove it, or name it in src"


def _source_problems(clock: Clock, document: Document) -> Iterator[str]:
    for key in clock.src:
        if key not in document.sources:
            yield f"src: there is no source {key!r} in this file; add it under sources"
    if not clock.src and clock.ev != "M":
        yield "src: a record without a source is from memory; name one, or set ev: M"
    if (clock.review_by or document.review_by) <= (clock.asof or document.asof):
        yield "review_by: must lie after asof"


def _clock_problems(clock: Clock, document: Document) -> Iterator[str]:
    yield from _zones(clock.zone or document.zone, clock.calendar)
    names = [stage.stage for stage in clock.stages]
    if not names:
        yield "stages: there is none; add one"
    for twice in sorted(name for name, count in Counter(names).items() if count > 1):
        yield f"stages: two are called {twice}; give one another name"
    for number, stage in enumerate(clock.stages):
        for problem in (*_start_problems(stage, names[:number]), *_count_problems(stage)):
            yield f"stages.{stage.stage}.{problem}"
    for name in clock.suspension.stages if clock.suspension else ():
        if name not in names:
            yield f"suspension.stages: there is no stage {name}"


def _start_problems(stage: Stage, before: list[str]) -> Iterator[str]:
    """A stage may lean on stages before it only, so that no clock waits for itself."""
    if stage.previous:
        if stage.previous not in before:
            yield f"from: no stage before this one is called {stage.previous!r}"
    elif stage.from_ not in ANCHORS:
        yield f"from: there is no anchor {stage.from_!r}; use {PREVIOUS}STAGE or {', '.join(ANCHORS)}"
    for name in stage.again:
        if name not in before:
            yield f"again: no stage before this one is called {name!r}"
    if stage.again and not stage.previous:
        yield f"again: only a clock from {PREVIOUS}STAGE can start again"
    if stage.period is not None and stage.from_ != "period_end":
        yield "period: only a clock from period_end has a period"


def _count_problems(stage: Stage) -> Iterator[str]:
    """Numbers, second limits and rolls fit the unit."""
    if (stage.n is None) == (stage.unit in COUNTED):
        yield f"n: {'give' if stage.n is None else 'leave out'} a number with unit {stage.unit}"
    if stage.roll == "sec_8k" and stage.unit != "business_days":
        yield "roll: sec_8k counts business days; the unit must be business_days"
    if stage.roll == "next_business_day" and stage.unit != "days":
        yield "roll: next_business_day moves a last day; the unit must be days"
    if stage.roll != "none" and stage.n is None:
        yield f"roll: {stage.roll} moves a limit, and {stage.unit} gives none"
    if stage.cap is not None and stage.unit != "hours":
        yield "cap: a second limit needs a first one in hours"


def _zones(zone: str, calendar: str) -> Iterator[str]:
    if not is_zone(zone):
        yield f"zone: there is no time zone {zone!r}; write it as Europe/Brussels"
    if calendar and not is_calendar(calendar):
        yield f"calendar: no holidays are known for {calendar!r}; write a country as BR or GB-ENG"


def _twice(files: Mapping[str, list[str]]) -> Iterator[str]:
    for clock, names in files.items():
        if len(names) > 1:
            where = ", ".join(dict.fromkeys(names))
            yield f"{where}: {clock} is given {len(names)} times; an id is used once"
