"""The register of protected names: what lint looks for, who may keep it, and what the ledger holds of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from clarion import pipeline
from clarion.actions import name as actions
from clarion.rules.access import ROLE_LABELS
from clarion.rules.errors import AlreadyDone, Conflict, Forbidden, Invalid, NotFound
from clarion.store import findings
from clarion.store.models import LedgerEntry, LedgerText, ProtectedName
from tests import factories as make
from tests.actions.story import NOW, Story, acting, last, words_of
from tests.actions.test_findings import CLEAN, saying

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(settings: Any) -> Story:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return Story()


def add(here: Story, name: str = "Borealis Bank", kind: str = "customer", **more: Any) -> ProtectedName:
    told = {"kind": kind, "name": name, "actor": acting(here.lead), "now": NOW} | more
    return ProtectedName.objects.get(id=make.id_in(pipeline.run(actions.add_name, **told)))


def found(here: Story, words: str, now: Any = NOW) -> list[tuple[str, str]]:
    """What STR-008 finds in a text for customers that says this."""
    version = saying(here, f"{CLEAN} {words}").versions.latest("number")
    marks = (each.finding for each in findings.found_in(version, now))
    return [(each.words, each.severity) for each in marks if each.rule == "STR-008"]


@pytest.mark.capability("3.5", face="ledger")
def test_a_name_on_the_register_stops_a_draft_and_stands_beside_the_chain_alone(here: Story) -> None:
    """The bytes that are sealed say that there is a customer; which one can be erased."""
    add(here, aliases=["BorealisPay"], note="Contract 7")
    assert [("Borealis  bank", "block")] == found(here, "Borealis  bank waits.")
    assert [("borealispay", "block")] == found(here, "And borealispay.")
    assert [] == found(here, "And Contract 7.")
    sealed = b" ".join(bytes(row.body) for row in LedgerEntry.objects.filter(kind__startswith="name."))
    for word in (b"Borealis", b"Contract"):
        assert word not in sealed
    assert {"kind": "customer", "aliases": 1, "ends_on": None} == last("name.added").data
    assert {"name": "Borealis Bank", "aliases": "BorealisPay", "note": "Contract 7"} == words_of("name.added")


@pytest.mark.parametrize(
    ("kind", "severity"),
    [
        ("customer", "block"),
        ("supplier", "review"),
        ("code_name", "block"),
        ("internal_name", "block"),
        ("person", "block"),
    ],
)
def test_what_becomes_of_each_kind(here: Story, kind: str, severity: str) -> None:
    add(here, "Granite Tern", kind)
    assert [("Granite Tern", severity)] == found(here, "Granite Tern is slow.")


def test_the_name_is_free_after_its_last_day_and_once_it_is_retired(here: Story) -> None:
    row = add(here, ends_on=date(2026, 3, 1))
    assert [] != found(here, "Borealis Bank.", NOW)
    assert [] == found(here, "Borealis Bank.", NOW + timedelta(days=1))
    other = add(here, "Granite", "supplier")
    pipeline.run(actions.retire_name, name_id=other.id, actor=acting(here.legal), now=NOW)
    assert [] == found(here, "Granite.")
    with pytest.raises(AlreadyDone, match="retired"):
        pipeline.run(actions.retire_name, name_id=other.id, actor=acting(here.legal), now=NOW)
    assert row.id != add(here, "Granite", "supplier").id, "it can be added again"


def test_a_changed_name_is_looked_for_as_it_is_now(here: Story) -> None:
    row = add(here, ends_on=date(2026, 3, 1))
    told = {"name_id": row.id, "kind": "customer", "name": "Borealis", "ends_on": date(2026, 3, 1)}
    later = {"actor": acting(here.administrator), "now": NOW + timedelta(days=9)}
    pipeline.run(actions.change_name, **told, **later)
    assert [("Borealis", "block")] == found(here, "Borealis Bank.")
    assert ["name"] == last("name.changed").data["changed"]
    with pytest.raises(AlreadyDone, match="Nothing differs"):
        pipeline.run(actions.change_name, **told, **later)
    with pytest.raises(Invalid, match="has passed"):
        pipeline.run(actions.change_name, **told | {"ends_on": date(2026, 3, 2)}, **later)


def test_one_name_of_a_kind_is_there_once(here: Story) -> None:
    add(here)
    with pytest.raises(Conflict, match="on the register already"):
        add(here, "BOREALIS  bank")
    add(here, "Borealis Bank", "supplier")
    other = add(here, "Granite")
    with pytest.raises(Conflict, match="on the register already"):
        told = {"name_id": other.id, "kind": "customer", "name": "borealis bank"}
        pipeline.run(actions.change_name, **told, actor=acting(here.lead), now=NOW)


@pytest.mark.capability("3.5", face="ledger")
def test_many_names_are_added_and_the_bad_lines_are_named(here: Story) -> None:
    add(here)
    bad_and_good = (
        "customer,Borealis Bank",
        "supplier,Granite,GC",
        "habit,x",
        "code_name,Tern",
        "code_name,tern",
    )
    csv = "\n".join(("kind,name,aliases", *bad_and_good))
    entry = pipeline.run(actions.import_names, csv=csv, actor=acting(here.lead), now=NOW)
    told = entry.data
    assert [2, 4, 6] == [each["line"] for each in told["refused"]]
    assert (2, 2) == (told["count"], len(told["added"]))
    assert [("Granite", "review"), ("Tern", "block")] == sorted(found(here, "Granite and Tern."))
    body = bytes(LedgerEntry.objects.get(kind="name.imported").body)
    assert b"Granite" not in body and b"Tern" not in body
    beside = LedgerText.objects.filter(entry__kind="name.imported").values_list("text", flat=True)
    assert ["GC", "Granite", "Tern"] == sorted(beside)


def test_a_table_of_bad_lines_alone_changes_nothing_and_names_each(here: Story) -> None:
    with pytest.raises(Invalid, match=r"Line 1: There is no such kind.*Line 2: A name has") as told:
        pipeline.run(actions.import_names, csv="a,Granite\nperson,x", actor=acting(here.lead), now=NOW)
    assert "csv" == told.value.field
    assert not ProtectedName.objects.exists()


def test_the_register_is_not_endless(here: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clarion.rules.names.MOST_NAMES", 2)
    add(here)
    with pytest.raises(Conflict, match="at most 2 names"):
        told = {"csv": "customer,Granite\ncustomer,Tern", "actor": acting(here.lead), "now": NOW}
        pipeline.run(actions.import_names, **told)


@pytest.mark.parametrize("role", ROLE_LABELS)
def test_only_three_roles_keep_the_register(here: Story, role: str) -> None:
    """Those who review, translate or audit neither write nor read it."""
    person = make.person(role)
    if role in ("communications_lead", "legal", "administrator"):
        add(here, actor=acting(person))
    else:
        with pytest.raises(Forbidden, match="Communications lead or Legal counsel or Administrator"):
            add(here, actor=acting(person))


def test_a_name_that_is_not_there_cannot_be_changed(here: Story) -> None:
    with pytest.raises(NotFound):
        pipeline.run(actions.retire_name, name_id="nobody", actor=acting(here.lead), now=NOW)
