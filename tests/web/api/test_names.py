"""The register of protected names at the API, and who is told nothing of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from tests import factories as make
from tests.web.api.conftest import Program, problem

NEW = {"kind": "customer", "name": "Borealis Bank", "aliases": ["BorealisPay"], "note": "Contract 7"}


@pytest.mark.capability("3.5", face="api")
def test_a_program_keeps_the_register(house: make.House, lead: Program) -> None:
    """Adds, reads, changes, retires; the finding follows at once."""
    row = lead.post("/names", NEW)
    assert NEW | {"state": "protected", "ends_on": None} == {k: row[k] for k in (*NEW, "state", "ends_on")}
    assert row == lead.get(f"/names/{row['id']}")
    view = make.draft(house.incident())
    texts = {**view.version.texts, "customers": {"title": "Cards fail", "body": "BorealisPay cannot pay."}}
    make.edited(view, by=house.lead, texts=texts)
    items = lead.get(f"/drafts/{view.draft.id}/findings")["items"]
    (named,) = [item for item in items if item["rule"] == "STR-008"]
    assert ("BorealisPay", "block") == (named["words"], named["severity"])
    assert "Borealis Bank" not in str(named), "the register is told nothing of to whoever reads the finding"
    changed = lead.call("PUT", f"/names/{row['id']}", {"kind": "supplier", "name": "Borealis"})
    assert ([], "") == (changed.json()["aliases"], changed.json()["note"])
    assert "retired" == lead.call("DELETE", f"/names/{row['id']}").json()["state"]
    problem(lead.call("DELETE", f"/names/{row['id']}"), 409, "already_done")


def test_names_are_listed_by_kind_and_state(house: make.House, lead: Program) -> None:
    told = [NEW, {"kind": "supplier", "name": "Granite"}, {"kind": "person", "name": "Kim Lee"}]
    ids = [lead.post("/names", each | {"ends_on": "2026-03-01"})["id"] for each in told]
    assert ["Granite"] == [item["name"] for item in lead.get("/names?kind=supplier")["items"]]
    assert 3 == len(lead.get("/names?state=protected")["items"])
    lead.call("DELETE", f"/names/{ids[0]}")
    with time_machine.travel(make.NOW + timedelta(days=1), tick=False):
        assert ["Granite", "Kim Lee"] == [item["name"] for item in lead.get("/names?state=ended")["items"]]
    first = lead.get("/names?limit=1")
    assert [["Borealis Bank"], ["Granite"]] == [
        [item["name"] for item in piece["items"]] for piece in (first, lead.get(first["next"]))
    ]
    for field in ("kind", "state"):
        found = problem(lead.call("GET", f"/names?{field}=x"), 422, "invalid")
        assert [field] == [item["field"] for item in found["errors"]]


@pytest.mark.capability("3.5", face="api")
def test_many_names_in_one_piece_and_each_bad_line_by_its_number(lead: Program) -> None:
    told = lead.post("/names/import", {"csv": "customer,Borealis\nhabit,x\ncustomer,borealis"})
    assert 1 == len(told["added"])
    assert [(2, "kind"), (3, "name")] == [(line["line"], line["field"]) for line in told["refused"]]
    found = problem(lead.call("POST", "/names/import", {"csv": "habit,Granite"}), 422, "invalid")
    assert ["csv"] == [item["field"] for item in found["errors"]]
    assert "Granite" not in found["detail"]


@pytest.mark.parametrize("wrong", [{"ends_on": "tomorrow"}, {"ends_on": 7}, {"kind": "habit"}, {"name": "x"}])
def test_a_value_that_does_not_fit_is_refused_by_name(lead: Program, wrong: dict[str, object]) -> None:
    found = problem(lead.call("POST", "/names", NEW | wrong), 422, "invalid")
    assert list(wrong) == [item["field"] for item in found["errors"]]


@pytest.mark.capability("3.5", face="api")
@pytest.mark.parametrize("role", ["accuracy", "clarity", "auditor"])
def test_whoever_does_not_keep_the_register_reads_no_name_of_it(
    house: make.House, lead: Program, role: str
) -> None:
    """Neither from its own address nor from the ledger; the commitments are there for everybody."""
    row = lead.post("/names", NEW)
    lead.post("/names/import", {"csv": "supplier,Granite Cloud"})
    other = Program(make.api_key(getattr(house, role)))
    for path in ("/names", f"/names/{row['id']}", "/names/nobody"):
        problem(other.call("GET", path), 403, "forbidden")
    entries = other.call("GET", "/ledger/entries?kind=name.")
    assert ["name.added", "name.imported"] == [item["kind"] for item in entries.json()["items"]]
    for word in ("Borealis", "Contract 7", "Granite"):
        assert word not in entries.content.decode()
    told = {item["kind"]: item["texts"] for item in entries.json()["items"]}["name.added"]
    assert [None] * 3 == [text["text"] for text in told.values()]
    assert all(len(text["commitment"]) == 64 for text in told.values())
    mine = lead.get("/ledger/entries?kind=name.added")["items"][0]["texts"]
    assert "Borealis Bank" == mine["name"]["text"]


def test_a_key_without_the_scope_reads_none_of_it_either(house: make.House, lead: Program) -> None:
    lead.post("/names", NEW)
    narrow = Program(make.api_key(house.lead, "ledger:read"))
    assert "Borealis" not in narrow.call("GET", "/ledger/entries").content.decode()
