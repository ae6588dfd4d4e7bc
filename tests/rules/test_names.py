"""Protected names: what may be on the register, and how many of them are read from a table."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clarion.rules import lint, names
from clarion.rules.names import Entry

TODAY = date(2026, 3, 1)
#: what somebody writes, the field that is wrong (empty: none), what the sentence says
WRITTEN = [
    (Entry("customer", "Borealis Bank", ("BB plc",), "Contract 7", date(2026, 3, 1)), "", ""),
    (Entry("habit", "Borealis Bank"), "kind", "Use customer, supplier"),
    (Entry("customer", " "), "name", "at least 2 letters"),
    (Entry("customer", "B!"), "name", "at least 2 letters"),
    (Entry("customer", "B" * 201), "name", "at most 200 characters"),
    (Entry("customer", "\ufdfa" * 20), "name", "at most 200 characters"),
    (Entry("customer", "Borealis", ("a",)), "aliases", "at least 2 letters"),
    (Entry("customer", "Borealis", tuple(f"Alias {n}" for n in range(21))), "aliases", "At most 20"),
    (Entry("customer", "Borealis", note="n" * 1001), "note", "At most 1000"),
    (Entry("customer", "Borealis", ends_on=date(2026, 2, 28)), "ends_on", "has passed"),
]


@pytest.mark.parametrize(("entry", "field", "says"), WRITTEN)
def test_what_may_be_on_the_register(entry: Entry, field: str, says: str) -> None:
    found = names.problem(entry.cleaned(), today=TODAY)
    assert field == (found.field if found else "")
    assert says in (found.text if found else "")
    assert not found or entry.name.strip() == "" or entry.name not in found.text


def test_an_alias_that_is_the_name_is_none() -> None:
    cleaned = Entry("customer", " Borealis  Bank ", ("BOREALIS bank", "BB", "BB", " ")).cleaned()
    assert ("Borealis Bank", ("BB",)) == (cleaned.name, cleaned.aliases)


def test_every_kind_has_a_severity_that_lint_knows_and_only_suppliers_are_looked_at() -> None:
    severities = {name: kind.severity for name, kind in names.KINDS.items()}
    assert set(severities.values()) <= set(lint.SEVERITIES)
    assert ["supplier"] == [name for name, severity in severities.items() if severity == "review"]


#: a table; each line that is read as kind and name; each that is not, with its field
TABLES = [
    ("customer,Borealis\nsupplier,Granite", ["customer Borealis", "supplier Granite"], []),
    ("kind,name\ncustomer,Borealis", ["customer Borealis"], []),
    ("Name;Kind\nBorealis;Customer\n", ["customer Borealis"], []),
    (
        "\ufeffcode name\tTern\r\n\r\ninternal name\ttern-db\r\n",
        ["code_name Tern", "internal_name tern-db"],
        [],
    ),
    ('customer,"Borealis, Ltd"', ["customer Borealis, Ltd"], []),
    ('customer,"Two\nlines"\nhabit,x2', ["customer Two lines"], [(3, "kind")]),
    ("customer,Borealis,,,31.3.2027", [], [(1, "ends_on")]),
    ("customer,Borealis,,,2026-02-28", [], [(1, "ends_on")]),
    ("customer,Borealis,a1|b2,note,2027-01-01,more", [], [(1, "csv")]),
    ("customer,a\ncustomer,Borealis", ["customer Borealis"], [(1, "name")]),
    ("customer", [], [(1, "name")]),
]


@pytest.mark.parametrize(("text", "read", "refused"), TABLES)
def test_a_table_is_read_line_by_line(text: str, read: list[str], refused: list[tuple[int, str]]) -> None:
    """One bad line loses no other, and each is named by the line on which it begins."""
    lines = names.read_csv(text, today=TODAY).lines
    assert read == [f"{line.entry.kind} {line.entry.name}" for line in lines if line.entry]
    assert refused == [(line.number, line.problem.field) for line in lines if line.problem]


def test_other_spellings_note_and_last_day_are_columns() -> None:
    (line,) = names.read_csv("person,Kim Lee,K. Lee|Kimmy,On call,2026-12-31", today=TODAY).lines
    assert Entry("person", "Kim Lee", ("K. Lee", "Kimmy"), "On call", date(2026, 12, 31)) == line.entry


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no line with a name"),
        ("kind,name", "no line with a name"),
        ("kind,colour\ncustomer,red", "Use kind, name"),
        ("name,note\nBorealis,x", "kind and name must be among"),
        ("kind,name,name\n", "each once"),
        ('customer,"Borealis', "Line 1 cannot be read"),
        ("customer,Borealis\n" * 1001, "At most 1000 lines"),
    ],
)
def test_what_is_no_table_is_said_in_one_sentence(text: str, says: str) -> None:
    with pytest.raises(names.BadCsv, match=says):
        names.read_csv(text, today=TODAY)


def test_the_lines_that_were_not_taken_can_be_sent_again() -> None:
    """With their heading, so that the columns are still those."""
    table = names.read_csv('name;kind\nBorealis;customer\n"a;b";habit\n', today=TODAY)
    assert "name,kind\na;b,habit\n" == table.only({3})


@given(st.text(max_size=300))
def test_any_text_is_a_table_or_refused(text: str) -> None:
    try:
        table = names.read_csv(text, today=TODAY)
    except names.BadCsv:
        return
    assert all((line.entry is None) != (line.problem is None) for line in table.lines)
    assert sorted({line.number for line in table.lines}) == [line.number for line in table.lines]
