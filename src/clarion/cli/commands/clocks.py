"""`clarion clocks`: reporting duties, when their reports are due, and whether files of them can be used."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path

from clarion.cli.trouble import Trouble
from clarion.data.clocks import documents
from clarion.rules import clocks
from clarion.rules.clocks.record import ENTITY_KINDS
from clarion.rules.times import spoken_time

HELP = "list reporting duties, and say when their reports are due"
DOES_NOT_HOLD = 1
NO_ADVICE = "Not legal advice: ask counsel before relying on it."


def arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="list the clocks with their stages")
    listing.add_argument("--jurisdiction", metavar="CODE", help="only this one, as EU or US-CA")
    listing.add_argument("--sector", metavar="WORD", help="only this sector, and what holds for any")
    check = actions.add_parser("check", help="say whether files of clocks can be used")
    check.add_argument("files", type=Path, metavar="FILE", nargs="+", help="a jurisdiction, YAML")
    due = actions.add_parser("due", help="say when each report of a clock is due, and why")
    due.add_argument("id", metavar="ID", help="the clock, as `list` names it")
    due.add_argument("--anchor", metavar="NAME=TIME", action="append", default=[], help="what happened when")
    due.add_argument(
        "--submitted", metavar="STAGE=TIME", action="append", default=[], help="a report that was handed in"
    )
    due.add_argument(
        "--entity", metavar="KIND", action="append", choices=[*ENTITY_KINDS, "other"], help="what you are"
    )
    due.add_argument("--place", metavar="CODE", default="", help="whose holidays count, as DE or DE-BY")
    due.add_argument("--zone", metavar="ZONE", default="", help="your time zone, as Europe/Berlin")
    due.add_argument("--by", metavar="NAME", default="", help="who recorded these times")
    for each in (listing, due):
        each.add_argument("--now", metavar="TIME", help="the moment to look from (default: now)")
        each.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    if args.action == "check":
        return _check(args.files)
    return _list(args) if args.action == "list" else _due(args)


def _check(files: Iterable[Path]) -> int:
    """Together with the shipped files, since an id is used once among all."""
    own = {file.name: _read(file) for file in files}
    try:
        records = clocks.load({**documents(), **own})
    except clocks.BadClocks as error:
        print("These files cannot be used:")
        for line in str(error).splitlines():
            print(f"  {line}")
        return DOES_NOT_HOLD
    jurisdictions = {name.removesuffix(".yaml") for name in own}
    count = sum(record.jurisdiction.lower() in jurisdictions for record in records)
    print(f"{', '.join(own)} can be used: {count} clocks.")
    return 0


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise Trouble(f"{file} is not text in UTF-8, so it is no YAML document.") from None


def _list(args: argparse.Namespace) -> int:
    found = [record for record in clocks.load(documents()) if _asked_for(record, args)]
    today = _now(args).date()
    if args.json:
        print(json.dumps({"clocks": [_record_json(record, today) for record in found]}))
        return 0
    for record in found:
        marks = f"{record.jurisdiction}, {record.clock.sector}, {record.clock.status}{_doubts(record, today)}"
        print(f"{record.id}  {record.clock.name} ({marks})")
        for stage in record.clock.stages:
            print(f"    {stage.stage}: {stage.words} from {stage.start_words}, to {stage.to}")
    print(f"{len(found)} clocks. {NO_ADVICE}")
    return 0


def _asked_for(record: clocks.Record, args: argparse.Namespace) -> bool:
    there = args.jurisdiction is None or record.jurisdiction.lower() == args.jurisdiction.lower()
    return there and (args.sector is None or record.clock.sector in (args.sector, "any"))


def _doubts(record: clocks.Record, today: date) -> str:
    stale = f", to be read again since {record.review_by}" if record.is_stale(today) else ""
    return (", from memory" if record.clock.ev == "M" else "") + stale


def _record_json(record: clocks.Record, today: date) -> dict[str, object]:
    whole = record.model_dump(mode="json", by_alias=True)
    return {**whole, "stale": record.is_stale(today)}


def _due(args: argparse.Namespace) -> int:
    record = next((each for each in clocks.load(documents()) if each.id == args.id), None)
    if record is None:
        raise Trouble(f"There is no clock {args.id!r}. `clarion clocks list` names them all.")
    now = _now(args)
    try:
        answers = clocks.evaluate(record, _facts(args, record), now)
    except clocks.BadFacts as error:
        raise Trouble(f"{error}.") from None
    if args.json:
        print(json.dumps({"clock": record.id, "stages": [answer.as_json() for answer in answers]}))
        return 0
    print(f"{record.id}: {record.clock.name}, {record.clock.cite}")
    print(f"Starts: {record.clock.trigger.text}. Threshold: {record.clock.threshold}.")
    for answer in answers:
        _show(answer)
    print(NO_ADVICE)
    return 0


def _facts(args: argparse.Namespace, record: clocks.Record) -> clocks.Facts:
    kinds = None if args.entity is None else frozenset(args.entity) - {"other"}
    return clocks.Facts(
        anchors=_anchors(args.anchor, args.by),
        submissions=tuple(_submission(text, record, args.by) for text in args.submitted),
        entity=clocks.Entity(kinds, args.place, args.zone),
    )


def _anchors(texts: Iterable[str], by: str) -> dict[str, clocks.Anchored]:
    found: dict[str, clocks.Anchored] = {}
    for name, said in (_pair("--anchor", text) for text in texts):
        if name in found:
            raise Trouble(f"--anchor {name} is given twice; give the one time that counts.")
        found[name] = clocks.Anchored(_moment(f"--anchor {name}", said), by)
    return found


def _submission(text: str, record: clocks.Record, by: str) -> clocks.Submission:
    stage, said = _pair("--submitted", text)
    if record.clock.stage(stage) is None:
        known = ", ".join(each.stage for each in record.clock.stages)
        raise Trouble(f"--submitted {stage}: {record.id} has no such stage; use {known}.")
    return clocks.Submission(stage, _instant(f"--submitted {stage}", said), by)


def _pair(option: str, text: str) -> tuple[str, str]:
    name, equals, said = text.partition("=")
    if not equals or not name or not said:
        raise Trouble(f"{option} {text!r} is no NAME=TIME; write it as aware=2026-11-20T15:00Z.")
    return name, said


def _moment(option: str, said: str) -> datetime | date:
    """A time with its zone, or a day alone where nobody knows the hour."""
    try:
        return date.fromisoformat(said)
    except ValueError:
        return _instant(option, said)


def _now(args: argparse.Namespace) -> datetime:
    return _instant("--now", args.now).astimezone(UTC) if args.now else datetime.now(UTC)


def _instant(option: str, said: str) -> datetime:
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        raise Trouble(f"{option}: {said!r} is no time; write it as 2026-11-20T15:00Z.") from None
    if moment.tzinfo is None:
        raise Trouble(f"{option}: {said!r} carries no time zone; write it as 2026-11-20T15:00Z.")
    return moment


def _show(answer: clocks.Due) -> None:
    owed = f", only if {answer.applies}" if answer.applies else ""
    print(f"\n{answer.stage} to {answer.to}{owed}")
    word = "target" if answer.soft else "due"
    if answer.due_day is not None:
        print(f"    {word}: by the end of {answer.due_day:%Y-%m-%d} in {answer.zone}")
    elif answer.due_at is not None:
        print(f"    {word}: {spoken_time(answer.due_at, answer.zone)}")
    print(f"    stands: {answer.status.replace('_', ' ')}")
    for reading in answer.readings:
        end = f"end of {reading.day}" if reading.day else spoken_time(reading.at, answer.zone)
        print(f"    reading: {end}. {reading.reason.text}")
    for reason in answer.reasons:
        print(f"    because: {reason.text}")
    for assumption in answer.assumptions:
        print(f"    assumed: {assumption.text}")
