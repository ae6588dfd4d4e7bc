"""A program takes the record of an incident out: it verifies alone, and the ledger knows who took it."""

from __future__ import annotations

import json
import zipfile
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError

from clarion.rules.notes import Signer
from clarion.store import exports, ledger
from clarion.store.keys import verifier
from clarion.store.models import LedgerEntry
from clarion.web.api import app, openapi
from tests import factories as make
from tests.records import unpacked, verified
from tests.web.api.conftest import Program, problem


@pytest.fixture
def auditor(house: make.House, clarion_home: Path) -> Program:
    make.keys(clarion_home)
    return Program(make.api_key(house.auditor, "ledger:read"))


def taken(program: Program, incident: Any) -> Any:
    response = program.call("GET", f"/incidents/{incident.id}/export")
    assert 200 == response.status_code, response.content
    return response


@pytest.mark.capability("8.6", face="api")
def test_the_record_verifies_alone_though_no_worker_sealed_it(
    house: make.House, auditor: Program, tmp_path: Path
) -> None:
    """The key comes from elsewhere: from the operator, or here from the API."""
    incident = house.update().incident
    folder = unpacked(taken(auditor, incident).content, tmp_path / "auditor")
    assert f"incident-{incident.id}" == folder.name
    key = auditor.get("/ledger/checkpoint")["verifier_key"]
    code, said = verified(folder, key)
    assert (0, True, True) == (code, "Integrity holds." in said, "Completeness holds." in said)
    assert 1 == verified(folder, foreign_key())[0]
    story = next((folder / "texts").iterdir())
    story.write_bytes(story.read_bytes() + b" ")
    assert 1 == verified(folder, key)[0]


def foreign_key() -> str:
    """Of another log with the same name."""
    return Signer.from_seed(verifier().name, bytes(32)).verifier.text


@pytest.mark.capability("4.4", face="api")
def test_the_ledger_notes_who_took_which_record_out(house: make.House, auditor: Program) -> None:
    """By its manifest's hash; the entry belongs to no incident, so that the next record is whole too."""
    incident = house.incident()
    response = taken(auditor, incident)
    entry = auditor.get(f"/ledger/entries/{response.headers['Ledger-Entry']}")
    assert ("incident.exported", f"incident:{incident.id}") == (entry["kind"], entry["subject"])
    assert (f"key:{auditor.get('/me')['key']}", None) == (entry["actor"], entry["incident"])
    with zipfile.ZipFile(BytesIO(response.content)) as archive:
        manifest = archive.read(f"incident-{incident.id}/manifest.json")
    assert {
        "manifest_sha256": sha256(manifest).hexdigest(),
        "entries": len(json.loads(manifest)["entries"]),
        "tree_size": json.loads(manifest)["tree_size"],
    } == entry["data"]


def test_asking_for_the_head_alone_takes_nothing_and_notes_nothing(
    house: make.House, auditor: Program
) -> None:
    path = f"/incidents/{make.incident_by_hook(make.alert()).id}/export"
    response = auditor.call("HEAD", path)
    assert (405, "GET", 0) == (response.status_code, response["Allow"], exported())


def test_it_is_a_file_to_keep_and_nothing_between_keeps_it(house: make.House, auditor: Program) -> None:
    incident = house.incident()
    headers = taken(auditor, incident).headers
    assert "application/zip" == headers["Content-Type"]
    assert f'attachment; filename="incident-{incident.id}.zip"' == headers["Content-Disposition"]
    assert "no-store" == headers["Cache-Control"]


def test_the_same_files_are_the_same_bytes_and_unpack_for_their_owner_alone() -> None:
    """Whatever order they come in."""
    packed = exports.zipped("incident-a", {"b.txt": b"two", "a/c.txt": b"one" * 100})
    assert packed == exports.zipped("incident-a", {"a/c.txt": b"one" * 100, "b.txt": b"two"})
    with zipfile.ZipFile(BytesIO(packed)) as archive:
        infos = archive.infolist()
    assert ["incident-a/a/c.txt", "incident-a/b.txt"] == [info.filename for info in infos]
    assert {(1980, 1, 1, 0, 0, 0)} == {info.date_time for info in infos}
    assert {0o600} == {info.external_attr >> 16 for info in infos}


def test_openapi_says_that_it_is_a_zip_file_and_noted() -> None:
    operation = openapi.document(app.api)["paths"]["/api/v1/incidents/{incident_id}/export"]["get"]
    answer = operation["responses"]["200"]
    assert (["application/zip"], ["Ledger-Entry"]) == (list(answer["content"]), list(answer["headers"]))
    assert "ledger:read" == operation["x-scope"]


def exported() -> int:
    return LedgerEntry.objects.filter(kind="incident.exported").count()


def test_a_log_without_its_key_says_so(house: make.House) -> None:
    """And nothing is noted, since nobody got anything."""
    incident = house.incident()
    program = Program(make.api_key(house.auditor))
    found = problem(program.call("GET", f"/incidents/{incident.id}/export"), 503, "unavailable")
    assert ("clarion init" in found["detail"], 0) == (True, exported())


def test_a_seal_that_does_not_come_is_said(
    house: make.House, auditor: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(**_: Any) -> int:
        raise OperationalError("database is locked")

    monkeypatch.setattr(ledger, "seal", busy)
    monkeypatch.setattr(exports, "SEAL_PAUSE_SECONDS", 0)
    response = auditor.call("GET", f"/incidents/{house.incident().id}/export")
    found = problem(response, 503, "unavailable")
    assert ("not sealed yet" in found["detail"], 0) == (True, exported())


def test_a_log_whose_bytes_were_changed_is_not_handed_out(house: make.House, auditor: Program) -> None:
    incident = house.incident()
    row = LedgerEntry.objects.get(kind="incident.opened")
    row.body = bytes(row.body).replace(b"SEV-1", b"SEV-4")
    row.save()
    found = problem(auditor.call("GET", f"/incidents/{incident.id}/export"), 500, "internal")
    assert ("The ledger does not hold" in found["detail"], 0) == (True, exported())
