"""The register of protected names in the console."""

from __future__ import annotations

import pytest

from clarion.store.models import LedgerEntry, ProtectedName
from tests import factories as make
from tests.web.console.conftest import Desk, words

NAMES = "/console/names"


@pytest.mark.capability("3.5", face="console")
def test_a_name_is_added_changed_and_retired(lead: Desk) -> None:
    sent = {"kind": "customer", "name": "Borealis Bank", "aliases": "BB plc\r\nBorealisPay", "note": "7"}
    assert 302 == lead.send(NAMES, "names/add", **sent).status_code
    seen = lead.read(NAMES)
    assert "Borealis Bank" in seen and "also BB plc, BorealisPay" in seen
    row = ProtectedName.objects.get()
    path = f"{NAMES}/{row.id}"
    assert 302 == lead.send(path, "change", name="Borealis", ends_on="2026-04-01").status_code
    page = lead.read(path)
    assert "changed a name on the register (customer)" in page
    assert ["BB plc", "BorealisPay"] == ProtectedName.objects.get().aliases
    assert 302 == lead.send(path, "retire").status_code
    assert "No name is on the register yet." in lead.read(NAMES)
    assert "Borealis" in lead.read(f"{NAMES}?state=retired")
    assert "Retired" in lead.read(path)


def test_the_list_is_filtered_by_kind(lead: Desk) -> None:
    for kind, name in (("customer", "Borealis"), ("supplier", "Granite")):
        lead.send(NAMES, "names/add", kind=kind, name=name)
    assert "Granite" in lead.read(f"{NAMES}?kind=supplier")
    assert "Borealis" not in lead.read(f"{NAMES}?kind=supplier")
    assert "Borealis" in lead.read(f"{NAMES}?kind=nonsense&state=nonsense&page=x")


@pytest.mark.capability("3.5", face="console")
def test_bad_lines_come_back_with_the_reason_and_good_ones_are_kept(lead: Desk) -> None:
    """So that they are mended where they stand and sent again."""
    typed = "name;kind\nBorealis;customer\nGranite;habit\nTern;code name\n"
    answer = lead.send(NAMES, "add-many", csv=typed)
    assert 200 == answer.status_code
    seen = words(answer)
    assert "2 names are on the register." in seen
    assert "Line 3: There is no such kind." in seen
    assert "name,kind\nGranite,habit\n" == lead.form(NAMES, "add-many", answer)["csv"].replace("\r\n", "\n")
    mended = lead.send(NAMES, "add-many", page=answer, csv="name,kind\nGranite,supplier\n")
    assert 302 == mended.status_code
    assert 3 == ProtectedName.objects.count()


@pytest.mark.parametrize(
    ("form", "typed", "says"),
    [
        ("names/add", {"name": "x", "note": "kept"}, "at least 2 letters"),
        ("names/add", {"name": "Tern", "ends_on": "never", "note": "kept"}, "Write a day such as"),
        ("names/add", {"name": "Tern", "ends_on": "2020-01-01", "note": "kept"}, "has passed"),
        ("add-many", {"csv": "habit,kept"}, "Line 1: There is no such kind."),
        ("add-many", {"csv": 'customer,"kept'}, "Line 1 cannot be read as CSV"),
    ],
)
def test_what_was_typed_stays(lead: Desk, form: str, typed: dict[str, str], says: str) -> None:
    answer = lead.send(NAMES, form, **typed)
    assert 422 == answer.status_code
    assert says in words(answer)
    assert "kept" in answer.content.decode()
    assert not ProtectedName.objects.exists()


@pytest.mark.capability("3.5", face="console")
@pytest.mark.parametrize("role", ["accuracy", "clarity", "auditor"])
def test_others_meet_no_name_of_the_register(house: make.House, lead: Desk, role: str) -> None:
    """Not on its screen, which their menu does not name, and not in the ledger."""
    lead.send(NAMES, "names/add", name="Borealis Bank", note="Contract 7")
    row = ProtectedName.objects.get()
    desk = Desk(getattr(house, role))
    entry = LedgerEntry.objects.get(kind="name.added")
    for path in (NAMES, f"{NAMES}/{row.id}"):
        assert 403 == desk.get(path).status_code
    assert NAMES not in desk.get("/console/").content.decode()
    ledger = desk.read("/console/ledger") + desk.read(f"/console/ledger/{entry.entry_id}")
    assert "put a name on the register (customer)" in ledger
    assert "for those who keep the register" in ledger
    assert "Borealis" not in ledger and "Contract 7" not in ledger
    assert "Borealis Bank" in lead.read(f"/console/ledger/{entry.entry_id}")
