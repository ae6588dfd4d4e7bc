"""`clarion person add` and `clarion key add`: the operator's shell comes before any account."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import complaint
from tests.living import PASSWORD, Installation

PEOPLE = """
from clarion.store.queries import people
result = [(p.email, p.name, [g.role for g in p.live_grants], p.time_zone) for p in people.people()]
"""


@pytest.fixture
def password(tmp_path: Path) -> str:
    file = tmp_path / "password"
    file.write_text(PASSWORD + "\n")
    return str(file)


def add(here: Installation, password: str, *more: str, check: bool = True) -> str:
    """Adds Ann as a communications lead; returns what was said, the complaint if it was refused."""
    options = ("--email", "ann@example.com", "--name", "Ann", "--password-file", password)
    done = here.run("person", "add", *options, *more, check=False)
    return done.stdout if check and done.returncode == 0 else complaint(done)


def test_a_person_can_sign_in_with_roles(prepared: Installation, password: str) -> None:
    said = add(prepared, password, "--role", "accuracy", "--role", "legal", "--time-zone", "Asia/Tokyo")
    assert "Added Ann (ann@example.com) with Accuracy reviewer, Legal counsel." in said
    assert [["ann@example.com", "Ann", ["accuracy", "legal"], "Asia/Tokyo"]] == prepared.python(PEOPLE)
    check = "from django.contrib.auth import authenticate\nresult = authenticate("
    assert prepared.python(f"{check}username='ann@example.com', password='{PASSWORD}') is not None")


def test_the_same_address_twice_is_refused(prepared: Installation, password: str) -> None:
    add(prepared, password)
    assert "Somebody has this address already. (email)" in add(prepared, password)


def test_an_empty_password_file_is_refused(prepared: Installation, tmp_path: Path) -> None:
    (tmp_path / "nothing").touch()
    assert "is empty. Write the password" in add(prepared, str(tmp_path / "nothing"))


def test_an_unknown_role_lists_those_there_are(bare: Installation) -> None:
    done = bare.run("person", "add", "--email", "a@b.example", "--name", "A", "--role", "king", check=False)
    assert done.returncode == 2
    assert "invalid choice: 'king'" in done.stderr
    assert "accuracy" in done.stderr


def test_without_an_installation_one_sentence_says_so(bare: Installation, password: str) -> None:
    assert "Run `clarion init`, or set CLARION_HOME." in add(bare, password)


def test_a_key_opens_the_api_within_its_scopes(seeded: Installation) -> None:
    """Its secret alone is on standard output, so that a script can keep it."""
    options = ("--owner", "auditor@example.com", "--label", "archive", "--scope", "incidents:read")
    secret = seeded.run("key", "add", *options).stdout.strip()
    seeded.start_web()
    answers = {
        path: seeded.get(f"/api/v1/{path}", Authorization=f"Bearer {secret}").status
        for path in ("incidents", "drafts")
    }
    assert answers == {"incidents": 200, "drafts": 403}


def test_a_key_for_nobody_is_refused(prepared: Installation) -> None:
    options = ("--owner", "no@example.com", "--label", "x", "--scope", "incidents:read")
    assert "Nobody has the address no@example.com." in complaint(
        prepared.run("key", "add", *options, check=False)
    )
