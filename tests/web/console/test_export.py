"""The record of an incident is one button away, verifies alone, and who took it is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from clarion.store.keys import verifier
from clarion.store.queries import ledger
from tests import factories as make
from tests.records import unpacked, verified
from tests.web.console.conftest import Desk, words


@pytest.mark.capability("8.6", face="console")
def test_an_auditor_takes_the_record_out_and_verifies_it_alone(
    house: make.House, auditor: Desk, clarion_home: Path, tmp_path: Path
) -> None:
    """The page says how; the key on the ledger's page is the one that it verifies under."""
    make.keys(clarion_home)
    incident = house.update().incident
    path = f"/console/incidents/{incident.id}"
    assert "<code>python -I verify.py . --key KEY</code>" in auditor.get(path).content.decode()
    answer = auditor.send(path, "export")
    assert (200, "application/zip") == (answer.status_code, answer["Content-Type"])
    assert f'attachment; filename="incident-{incident.id}.zip"' == answer["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]
    folder = unpacked(answer.content, tmp_path / "auditor")
    key = verifier().text
    assert key in auditor.read("/console/ledger")
    code, said = verified(folder, key)
    assert (0, True) == (code, "Completeness holds." in said)
    (folder / "story.html").write_text("Nothing happened.")
    assert 1 == verified(folder, key)[0]


@pytest.mark.capability("4.4", face="console")
def test_who_took_it_stands_on_the_incident_and_in_the_ledger(
    house: make.House, auditor: Desk, clarion_home: Path
) -> None:
    make.keys(clarion_home)
    path = f"/console/incidents/{house.incident().id}"
    auditor.send(path, "export")
    noted = ledger.entries(kind="incident.exported").get()
    assert f"user:{house.auditor.id}" == noted.actor
    assert "Otto Auditor took the record of the incident out (2 entries)" in auditor.read(path)


def test_without_the_key_the_page_says_what_to_do_and_nothing_is_noted(
    house: make.House, auditor: Desk
) -> None:
    answer = auditor.send(f"/console/incidents/{house.incident().id}", "export")
    assert (503, True) == (answer.status_code, "clarion init" in words(answer))
    assert 0 == ledger.entries(kind="incident.exported").count()
