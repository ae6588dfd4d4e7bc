"""`clarion init` makes what is missing, and never what would spoil what is there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.cli.conftest import complaint
from tests.living import PASSWORD, Installation

COUNTS = """
from clarion.store.queries import ledger, people
result = {
    "kinds": [entry.kind for entry in ledger.entries()],
    "people": [(person.email, [grant.role for grant in person.live_grants]) for person in people.people()],
}
"""


def test_an_empty_machine_is_prepared(bare: Installation) -> None:
    """Afterwards only the worker is missing, and secrets are for their owner alone."""
    bare.run("init")
    report = bare.run("check", check=False).stdout
    failing = [line.split()[1] for line in report.splitlines() if line.startswith("FAIL")]
    assert failing == ["worker"]
    for name in ("ledger", "secret"):
        assert (bare.home / "keys" / name).stat().st_mode & 0o777 == 0o600
    assert bare.python(COUNTS)["kinds"] == ["policy.installed", "site.added"]


def test_a_second_run_changes_nothing(prepared: Installation) -> None:
    keys = {path.name: path.read_bytes() for path in (prepared.home / "keys").iterdir()}
    said = prepared.run("init").stdout
    assert "Keys are there." in said
    assert "Policy in force: version 1." in said
    assert keys == {path.name: path.read_bytes() for path in (prepared.home / "keys").iterdir()}
    assert prepared.python(COUNTS)["kinds"] == ["policy.installed", "site.added"]


def test_the_first_administrator_is_added_once(bare: Installation, tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text(PASSWORD + "\n")
    options = ("--admin-email", "root@example.com", "--admin-password-file", str(file))
    assert "Administrator root@example.com added." in bare.run("init", *options).stdout
    assert "root@example.com is there." in bare.run("init", *options).stdout
    assert bare.python(COUNTS)["people"] == [["root@example.com", ["administrator"]]]


def test_a_poor_password_is_refused_in_a_sentence(bare: Installation, tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("short\n")
    options = ("--admin-email", "root@example.com", "--admin-password-file", str(file))
    said = complaint(bare.run("init", *options, check=False))
    assert said == "clarion init: Use at least 12 characters. (password)"


def test_nobody_at_the_keyboard_is_told_what_to_do(bare: Installation) -> None:
    said = complaint(bare.run("init", "--admin-email", "root@example.com", check=False))
    assert "name it with --admin-password-file" in said


def test_a_log_is_not_continued_under_a_new_key(prepared: Installation) -> None:
    """Everything sealed before would stop being provable, so the old key has to come back."""
    seal = "from clarion.store import keys, ledger\nresult = ledger.seal(signer=keys.signer(), now=now)"
    assert prepared.python(seal) == 2
    (prepared.home / "keys" / "ledger").unlink()
    for _ in range(2):
        said = complaint(prepared.run("init", check=False))
        assert "was signed with a key that is gone" in said
    assert not (prepared.home / "keys" / "ledger").exists()


def test_a_home_under_a_file_is_one_sentence(bare: Installation, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    bare.home = tmp_path / "file" / "home"
    assert "a part of its path is a file" in complaint(bare.run("init", check=False))


def test_a_full_disk_is_one_sentence(bare: Installation, small_disk: Callable[[str], Path]) -> None:
    folder = small_disk("size=64k")
    (folder / "filler").write_bytes(b"." * (64 * 1024 - 4096))
    bare.home = folder / "home"
    bare.database_url = f"sqlite:///{folder / 'home' / 'clarion.sqlite3'}"
    assert "the disk is full. Free some space" in complaint(bare.run("init", check=False))


def test_a_read_only_disk_is_one_sentence(bare: Installation, small_disk: Callable[[str], Path]) -> None:
    bare.home = small_disk("ro") / "home"
    assert "is on a read-only disk" in complaint(bare.run("init", check=False))


def test_a_wrong_setting_is_named(bare: Installation) -> None:
    bare.extra = {"CLARION_TIME_ZONE": "Mars/Olympus"}
    said = complaint(bare.run("init", check=False))
    assert said == (
        "clarion init: CLARION_TIME_ZONE is 'Mars/Olympus'; write an IANA name such as Europe/Berlin."
    )
