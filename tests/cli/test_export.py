"""`clarion export` and `clarion verify`: a record that holds, and that stops holding when it is touched."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.conftest import complaint
from tests.living import Installation, installation

STORY = """
from clarion import pipeline
from clarion.actions import draft, incident, review
from clarion.store.people import as_actor
from clarion.store.queries import drafts, incidents, people
who = {p.email.partition("@")[0]: as_actor(p) for p in people.people()}
entry = pipeline.run(incident.open_incident, title="Checkout fails", severity="SEV-1", category="application",
                     component_ids=[incidents.components()[0].id], actor=who["communications-lead"], now=now)
result = entry.subject.partition(":")[2]
pipeline.settle(now)
first = drafts.drafts().get()
pipeline.run(draft.comment_on_draft, draft_id=first.id, body="Since when do we know?",
             actor=who["accuracy"], now=now)
pipeline.run(review.submit_draft, draft_id=first.id, version=1, actor=who["communications-lead"], now=now)
for role in ("accuracy", "clarity"):
    pipeline.run(review.decide, draft_id=first.id, version=1, digest=first.versions.get().digest, role=role,
                 decision="approved", comment="", actor=who[role], now=now)
pipeline.settle(now)
"""
KINDS = "from clarion.store.queries import ledger\nresult = [entry.kind for entry in ledger.entries()]"
KEY = "from clarion.store.keys import verifier\nresult = verifier().text"


@dataclass(frozen=True)
class Archive:
    """An installation without a worker, with one published incident, and its export."""

    here: Installation
    incident: str
    record: Path

    def copy(self, to: Path) -> Path:
        """A record to do with as one likes."""
        shutil.copytree(self.record, to)
        return to

    def export(self, to: Path, *more: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return self.here.run("export", self.incident, "--to", str(to), *more, check=check)


@contextmanager
def archived(folder: Path) -> Iterator[Archive]:
    with installation(folder / "clarion") as here:
        found = Archive(here, str(here.python(STORY)), folder / "record")
        found.export(found.record)
        yield found


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """One for all tests that leave it as it is."""
    with archived(tmp_path_factory.mktemp("archive")) as found:
        yield found


@pytest.fixture
def own_archive(tmp_path: Path) -> Iterator[Archive]:
    """One for a test that spoils it."""
    with archived(tmp_path) as found:
        yield found


def verify(here: Installation, folder: Path, *more: str) -> tuple[int, list[str]]:
    """Exit code, and the two sentences that count."""
    done = here.run("verify", str(folder), *more, check=False)
    assert done.stderr == ""
    return done.returncode, [line for line in done.stdout.splitlines() if "HOLD" in line.upper()[:40]]


HOLDS = (0, ["Integrity holds.", "Completeness holds."])


@pytest.mark.capability("8.6", face="cli")
def test_an_export_verifies_here_and_alone(archive: Archive) -> None:
    """The verifier in the folder needs nothing of ours: no package, no environment, no network."""
    assert verify(archive.here, archive.record) == HOLDS
    alone = subprocess.run(
        [sys.executable, "-I", "-S", "verify.py", ".", "--key", archive.here.python(KEY)],
        cwd=archive.record,
        env={},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (alone.returncode, "Completeness holds." in alone.stdout) == (0, True)


@pytest.mark.capability("4.4", face="cli")
def test_the_record_tells_every_draft_comment_and_approval(archive: Archive) -> None:
    record = archive.record
    entries = [json.loads(path.read_bytes()) for path in sorted((record / "entries").iterdir())]
    assert [entry["kind"] for entry in entries] == [
        "incident.opened",
        "draft.created",
        "draft.commented",
        "draft.submitted",
        "draft.approval_given",
        "draft.approved",
        "update.published",
        "deliveries.created",
    ]
    assert {entry["incident"] for entry in entries} == {archive.incident}
    texts = [json.loads(path.read_bytes())["text"] for path in (record / "texts").iterdir()]
    assert "Since when do we know?" in texts
    assert "Since when do we know?" in (record / "story.html").read_text()


def test_only_its_owner_can_read_it(archive: Archive) -> None:
    """It holds internal texts."""
    modes = {path.stat().st_mode & 0o077 for path in (archive.record, *archive.record.rglob("*"))}
    assert modes == {0}


def change_text(record: Path) -> None:
    path = next(path for path in (record / "texts").iterdir() if "customers.body" in path.name)
    path.write_bytes(path.read_bytes().replace(b"normally", b"abnormally"))


def change_entry(record: Path) -> None:
    path = sorted((record / "entries").iterdir())[0]
    path.write_bytes(path.read_bytes().replace(b"SEV-1", b"SEV-4"))


def drop_entry(record: Path) -> None:
    sorted((record / "entries").iterdir())[2].unlink()


def slip_in(record: Path) -> None:
    (record / "entries" / "000099.json").write_text("{}")


def swap_verifier(record: Path) -> None:
    (record / "verify.py").write_text("print('Integrity holds.')\nprint('Completeness holds.')\n")


@pytest.mark.capability("8.6", face="cli")
@pytest.mark.parametrize("tamper", [change_text, change_entry, drop_entry, slip_in, swap_verifier])
def test_a_record_that_was_touched_does_not_verify(
    archive: Archive, tmp_path: Path, tamper: Callable[[Path], None]
) -> None:
    """`clarion verify` runs the verifier it ships, never the copy in the folder."""
    record = archive.copy(tmp_path / "touched")
    tamper(record)
    code, said = verify(archive.here, record)
    assert code == 1
    assert said != HOLDS[1]


def test_another_log_does_not_pass_for_ours(archive: Archive, tmp_path: Path) -> None:
    """Under its own key it holds; under ours it does not."""
    other = Installation(home=tmp_path / "other", database_url=f"sqlite:///{tmp_path / 'other.sqlite3'}")
    other.run("init")
    assert verify(other, archive.record)[0] == 1
    assert verify(other, archive.record, "--key", archive.here.python(KEY)) == HOLDS


def test_an_erased_text_leaves_the_proof_standing(own_archive: Archive, tmp_path: Path) -> None:
    erase = (
        "from clarion.store.models import LedgerText\n"
        "result = LedgerText.objects.filter(name='comment').update(text=None, erased_at=now)"
    )
    assert own_archive.here.python(erase) == 1
    folder = tmp_path / "again"
    own_archive.export(folder)
    done = own_archive.here.run("verify", str(folder))
    assert "; 1 were erased." in done.stdout
    assert "Since when do we know?" not in (folder / "story.html").read_text()


def test_a_log_whose_bytes_were_changed_is_not_exported(own_archive: Archive, tmp_path: Path) -> None:
    """The database's owner changes history; nobody gets a record that would not hold."""
    change = (
        "from clarion.store.models import LedgerEntry\n"
        "row = LedgerEntry.objects.get(kind='incident.opened')\n"
        "row.body = bytes(row.body).replace(b'SEV-1', b'SEV-4')\nrow.save()"
    )
    own_archive.here.python(change)
    done = own_archive.export(tmp_path / "again", check=False)
    assert "The ledger does not hold, so there is no export" in complaint(done)
    assert not (tmp_path / "again").exists()


def test_a_checkpoint_that_somebody_kept_is_continued(archive: Archive, tmp_path: Path) -> None:
    """One over a part of the log that speaks of other things, which a record does not bring along itself."""
    more = (
        "from clarion import pipeline\nfrom clarion.actions import setup\n"
        "from clarion.rules.access import SYSTEM\nfrom clarion.store import keys, ledger\n"
        "from clarion.store.queries.ledger import checkpoints\n"
        "for name in ('Search', 'Exports'):\n"
        "    pipeline.run(setup.add_component, name=name, actor=SYSTEM, now=now)\n"
        "    while ledger.seal(signer=keys.signer(), now=now, limit=1): pass\n"
        "result = checkpoints()[1].note"
    )
    kept = tmp_path / "kept.txt"
    kept.write_text(archive.here.python(more))
    plain, shown = tmp_path / "plain", tmp_path / "shown"
    archive.export(plain)
    archive.export(shown, "--seen", str(kept))
    assert verify(archive.here, plain, "--seen", str(kept))[0] == 1, "it says nothing about what was kept"
    assert verify(archive.here, shown, "--seen", str(kept)) == HOLDS


def test_what_is_no_checkpoint_is_refused(archive: Archive, tmp_path: Path) -> None:
    kept = tmp_path / "kept.txt"
    kept.write_text("a love letter\n")
    said = complaint(archive.export(tmp_path / "again", "--seen", str(kept), check=False))
    assert "is no checkpoint of this log" in said


def test_an_export_is_noted_and_does_not_make_the_next_one_incomplete(
    archive: Archive, tmp_path: Path
) -> None:
    """Its entry names the incident and belongs to none."""
    noted = archive.here.python(KINDS).count("incident.exported")
    archive.export(tmp_path / "again")
    count = [len(list((folder / "entries").iterdir())) for folder in (archive.record, tmp_path / "again")]
    assert count[0] == count[1]
    assert verify(archive.here, tmp_path / "again") == HOLDS
    assert archive.here.python(KINDS).count("incident.exported") == noted + 1


def test_what_cannot_be_exported_is_one_sentence(archive: Archive) -> None:
    said = complaint(archive.here.run("export", "nothere", check=False))
    assert said == "clarion export: There is no such incident."


def test_a_folder_with_other_things_stays_as_it_is(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "photo").touch()
    done = archive.export(tmp_path, check=False)
    assert "is there and not empty. Name a new folder" in complaint(done)


def test_a_full_disk_leaves_no_half_record(archive: Archive, small_disk: Callable[[str], Path]) -> None:
    disk = small_disk("size=32k")
    assert "the disk is full" in complaint(archive.export(disk / "record", check=False))
    assert list(disk.iterdir()) == []


def test_an_empty_folder_cannot_be_checked(archive: Archive, tmp_path: Path) -> None:
    done = archive.here.run("verify", str(tmp_path), check=False)
    assert done.returncode == 2
    assert "The folder cannot be checked" in done.stdout


@pytest.mark.parametrize("what", ["nothing", "file"])
def test_what_is_no_folder_is_one_sentence(archive: Archive, tmp_path: Path, what: str) -> None:
    place = tmp_path / "it"
    if what == "file":
        place.touch()
    said = complaint(archive.here.run("verify", str(place), check=False))
    assert f"There is no folder {place}." in said


def test_the_printed_command_verifies_as_it_stands(archive: Archive, tmp_path: Path) -> None:
    """From where the export was run, in a shell that knows nothing of the installation."""
    said = archive.export(tmp_path / "a record").stdout
    command = next(line for line in said.splitlines() if " verify " in line and "--key" in line)
    done = subprocess.run(
        ["/bin/sh", "-c", command], env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, timeout=60
    )
    assert (0, "Completeness holds." in done.stdout) == (done.returncode, True), done.stderr


def test_anybody_can_verify_without_an_installation(archive: Archive, tmp_path: Path) -> None:
    """An auditor has the package and the folder, and no home."""
    elsewhere = Installation(home=tmp_path / "none", database_url="sqlite:///none.sqlite3")
    done = elsewhere.run("verify", str(archive.copy(tmp_path / "sent")))
    assert "WARNING: no --key was given" in done.stdout
    assert not elsewhere.home.exists()
