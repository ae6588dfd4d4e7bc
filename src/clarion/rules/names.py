"""Names that stay inside or need care: customers, suppliers, code names, hosts, people.

What an organisation protects is its register; the kinds of names, and what lint makes of each, are here.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from clarion.rules.fact_checks import Problem


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of name: what it is called, and what becomes of a text for outsiders that says one."""

    label: str
    severity: str
    """Of the finding, as in ``lint.SEVERITIES``."""
    why: str
    """What such a name gives away, as a sentence."""
    instead: str | None
    """Words that can stand in its place; None where a person has to choose."""


KINDS: Mapping[str, Kind] = {
    "customer": Kind(
        "Customer",
        "block",
        "It names a customer, which tells others who buys here and who is affected.",
        "a customer",
    ),
    "supplier": Kind(
        "Supplier",
        "review",
        "It names a supplier, which touches contracts and shows what you depend on.",
        "a supplier",
    ),
    "code_name": Kind(
        "Code name", "block", "It is a code name that is known inside only.", "part of the service"
    ),
    "internal_name": Kind(
        "Internal name", "block", "It is the internal name of a host or system.", "one of our servers"
    ),
    "person": Kind("Person", "block", "It names a person.", None),
}
SHORTEST_NAME, LONGEST_NAME = 2, 200
MOST_ALIASES = 20
LONGEST_NOTE = 1000
#: Live ones in the whole register. Lint asks each word of a text, so it costs memory rather than time.
MOST_NAMES = 5000
#: In one piece of CSV.
MOST_LINES = 1000
_LETTERS = re.compile(r"[^\W_]")
#: What a register may be separated by; the first of these in the first line counts.
_DELIMITERS = re.compile(r"[\t;,]")
_ALIASES = "|"
COLUMNS = ("kind", "name", "aliases", "note", "ends_on")


@dataclass(frozen=True, slots=True)
class Entry:
    """One protected name as somebody writes it."""

    kind: str
    name: str
    aliases: tuple[str, ...] = ()
    """Other spellings of it."""
    note: str = ""
    ends_on: date | None = None
    """The last day, in UTC, on which it is looked for."""

    def cleaned(self) -> Entry:
        """The same without blanks around, and with each alias once."""
        name = " ".join(self.name.split())
        aliases = dict.fromkeys(" ".join(alias.split()) for alias in self.aliases)
        kept = tuple(alias for alias in aliases if alias and key(alias) != key(name))
        return Entry(self.kind.strip(), name, kept, self.note.strip(), self.ends_on)


def key(name: str) -> str:
    """What makes two names the same one: letters without regard to case, blanks and width."""
    return " ".join(unicodedata.normalize("NFKC", name).split()).casefold()


def problem(entry: Entry, *, today: date) -> Problem | None:
    """What is wrong with a cleaned entry, as field and sentence that repeats no name; None if nothing is."""
    if entry.kind not in KINDS:
        return Problem("kind", f"There is no such kind. Use {', '.join(KINDS)}.")
    for field, words in (("name", entry.name), *(("aliases", alias) for alias in entry.aliases)):
        if max(len(words), len(key(words))) > LONGEST_NAME:
            return Problem(field, f"A name has at most {LONGEST_NAME} characters.")
        if len(_LETTERS.findall(words)) < SHORTEST_NAME:
            return Problem(field, f"A name has at least {SHORTEST_NAME} letters or digits; write the whole.")
    if len(entry.aliases) > MOST_ALIASES:
        return Problem("aliases", f"At most {MOST_ALIASES} other spellings fit here.")
    if len(entry.note) > LONGEST_NOTE:
        return Problem("note", f"At most {LONGEST_NOTE} characters fit here.")
    if entry.ends_on is not None and entry.ends_on < today:
        return Problem("ends_on", "This day has passed. Write a later one, or leave it out.")
    return None


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a CSV: the line on which it begins, from 1, and what it says or why it cannot be read."""

    number: int
    raw: tuple[str, ...]
    entry: Entry | None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """What a CSV holds: the columns if its first row names them, and the other rows."""

    named: tuple[str, ...]
    lines: tuple[Line, ...]

    def only(self, numbers: Collection[int]) -> str:
        """The rows of these lines as CSV again, each cell as it was, for somebody who mends them."""
        out = io.StringIO()
        rows = [line.raw for line in self.lines if line.number in numbers]
        csv.writer(out, lineterminator="\n").writerows([self.named, *rows] if self.named else rows)
        return out.getvalue()


class BadCsv(ValueError):
    """Nothing of it can be read; the message is one sentence that says what to do."""


def read_csv(text: str, *, today: date) -> Table:
    """The rows of a CSV with the columns of ``COLUMNS``, empty rows left out.

    A first row that begins with the name of a column names all of them, in any order; without one they
    stand as in ``COLUMNS``, and those at the end may be left out. Separated by commas, semicolons or tabs;
    other spellings have ``|`` between. Raises BadCsv for what is no table at all.
    """
    named: tuple[str, ...] = ()
    lines: list[Line] = []
    for number, row in _rows(text):
        if not lines and not named and row[0].casefold() in COLUMNS:
            named = _named(row)
            continue
        lines.append(_line(number, row, named or COLUMNS, today))
        if len(lines) > MOST_LINES:
            raise BadCsv(f"At most {MOST_LINES} lines fit in one piece. Send the rest after it.")
    if not lines:
        raise BadCsv("There is no line with a name in it.")
    return Table(named, tuple(lines))


def _rows(text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    found = _DELIMITERS.search(text.lstrip("\n").partition("\n")[0])
    reader = csv.reader(io.StringIO(text), delimiter=found[0] if found else ",", strict=True)
    began = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield began, tuple(cell.strip() for cell in row)
            began = reader.line_num + 1
    except csv.Error:
        told = f"Line {began} cannot be read as CSV; look at its quotation marks."
        raise BadCsv(told) from None


def _named(row: tuple[str, ...]) -> tuple[str, ...]:
    """The columns that a first row names."""
    columns = tuple(cell.casefold() for cell in row)
    if set(columns) - set(COLUMNS) or len(set(columns)) < len(columns):
        raise BadCsv(f"The first line names columns. Use {', '.join(COLUMNS)}, each once.")
    if not {"kind", "name"} <= set(columns):
        raise BadCsv("The first line names columns; kind and name must be among them.")
    return columns


def _line(number: int, row: tuple[str, ...], columns: tuple[str, ...], today: date) -> Line:
    if len(row) > len(columns):
        told = f"There are {len(row)} cells for {len(columns)} columns. Put what holds a separator in quotes."
        return Line(number, row, None, Problem("csv", told))
    told_of = dict(zip(columns, row, strict=False))
    try:
        ends_on = date.fromisoformat(told_of["ends_on"]) if told_of.get("ends_on") else None
    except ValueError:
        return Line(number, row, None, Problem("ends_on", "Write a day such as 2027-03-31."))
    entry = Entry(
        told_of.get("kind", "").casefold().replace(" ", "_"),
        told_of.get("name", ""),
        tuple(told_of.get("aliases", "").split(_ALIASES)),
        told_of.get("note", ""),
        ends_on,
    ).cleaned()
    wrong = problem(entry, today=today)
    return Line(number, row, None if wrong else entry, wrong)
