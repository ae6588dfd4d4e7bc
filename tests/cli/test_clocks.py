"""`clarion clocks`: which reports are owed, until when, and what that answer rests on."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import resources
from pathlib import Path

import pytest

from tests.cli.conftest import complaint
from tests.living import CLARION

SATURDAY = ("--anchor", "aware=2026-11-20T10:00Z", "--anchor", "classified=2026-11-20T22:00Z")


def clarion(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs a command where nothing was ever installed."""
    return subprocess.run(
        [CLARION, "clocks", *arguments],
        cwd=folder,
        env={"PATH": str(Path(sys.executable).parent)},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_the_list_shows_each_stage_and_says_what_it_is_not(tmp_path: Path) -> None:
    done = clarion(tmp_path, "list", "--jurisdiction", "eu", "--sector", "finance")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert "eu-dora-19  DORA major ICT-related incident (EU, finance, in_force" in done.stdout
    assert "    initial: 4 hours from classified, to competent authority" in lines
    assert "    final: 1 month from the submission of intermediate, to competent authority" in lines
    assert lines[-1] == "2 clocks. Not legal advice: ask counsel before relying on it."
    assert not list(tmp_path.iterdir()), "facts that are shipped need no installation"


def test_the_list_names_what_is_from_memory_and_what_must_be_read_again(tmp_path: Path) -> None:
    before = clarion(tmp_path, "list", "--jurisdiction", "US", "--now", "2026-09-29T12:00Z").stdout
    after = clarion(tmp_path, "list", "--jurisdiction", "US", "--now", "2026-09-30T12:00Z").stdout
    assert "us-tsa-sd  TSA security directives (US, critical, in_force, from memory)" in before
    assert "us-circia  CIRCIA (US, critical, proposed)" in before
    assert "us-circia  CIRCIA (US, critical, proposed, to be read again since 2026-09-29)" in after


def test_the_list_for_a_program_has_the_whole_records(tmp_path: Path) -> None:
    told = json.loads(clarion(tmp_path, "list", "--json").stdout)["clocks"]
    hipaa = next(record for record in told if record["clock"]["id"] == "us-hipaa")
    assert hipaa["clock"]["stages"][0]["from"] == "discovered"
    assert hipaa["sources"]["U7"]


@pytest.mark.capability("8.3", face="cli")
def test_when_a_report_is_due_comes_with_what_was_assumed(tmp_path: Path) -> None:
    """A bank in Germany, classified on a Friday night."""
    entity = ("--entity", "credit_institution", "--place", "DE", "--zone", "Europe/Berlin")
    now = ("--now", "2026-11-20T23:00Z")
    done = clarion(tmp_path, "due", "eu-dora-19", *SATURDAY, *entity, *now, "--by", "Ann")
    assert done.returncode == 0, done.stderr
    initial, intermediate = done.stdout.split("\n\n")[1:3]
    assert "due: 21 Nov 2026, 02:00 UTC (03:00 CET)" in initial
    assert "stands: running" in initial
    assert "assumed: It runs from classified: 20 Nov 2026, 22:00 UTC (23:00 CET); recorded by Ann." in initial
    assert "Article 19" in initial
    assert "as of 2026-07-31" in initial
    assert "stands: not started" in intermediate
    assert "`initial` is not submitted" in intermediate


def test_a_submission_starts_the_next_report(tmp_path: Path) -> None:
    arguments = (*SATURDAY, "--submitted", "initial=2026-11-21T01:00Z", "--now", "2026-11-21T03:00Z")
    told = json.loads(clarion(tmp_path, "due", "eu-dora-19", *arguments, "--json").stdout)
    initial, intermediate = told["stages"][:2]
    assert (initial["status"], intermediate["status"]) == ("met", "running")
    assert intermediate["due_at"] == "2026-11-24T01:00:00+00:00"


def test_a_day_alone_is_enough_where_days_count(tmp_path: Path) -> None:
    done = clarion(tmp_path, "due", "us-sec-8k-105", "--anchor", "material=2026-11-21")
    assert "by the end of 2026-11-27 in America/New_York" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["due", "eu-gdpr"], "There is no clock 'eu-gdpr'. `clarion clocks list` names them all."),
        (["due", "eu-gdpr-33", "--anchor", "aware"], "'aware' is no NAME=TIME"),
        (["due", "eu-gdpr-33", "--anchor", "aware=friday"], "--anchor aware: 'friday' is no time"),
        (["due", "eu-gdpr-33", "--anchor", "aware=2026-11-20T10:00"], "carries no time zone"),
        (["due", "eu-gdpr-33", "--anchor", "awair=2026-11-20"], "anchors.awair: there is no such anchor"),
        (["due", "eu-gdpr-33", *SATURDAY, *SATURDAY], "--anchor aware is given twice"),
        (["due", "eu-gdpr-33", "--submitted", "final=2026-11-20T10:00Z"], "eu-gdpr-33 has no such stage"),
        (["due", "eu-gdpr-33", "--place", "Atlantis"], "entity.place: no holidays are known for 'Atlantis'"),
        (["due", "eu-gdpr-33", "--anchor", "aware=9999-12-31"], "anchors.aware: the year 9999 is not one"),
        (["due", "eu-gdpr-33", "--now", "later"], "--now: 'later' is no time"),
        (["check", "nowhere.yaml"], "nowhere.yaml does not exist"),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_said_in_one_sentence(
    tmp_path: Path, arguments: list[str], said: str
) -> None:
    done = clarion(tmp_path, *arguments)
    assert done.returncode == 2
    assert said in complaint(done)


def test_a_file_of_ones_own_is_checked_beside_the_shipped_ones(tmp_path: Path) -> None:
    text = (resources.files("clarion.data.clocks") / "sg.yaml").read_text(encoding="utf-8")
    own = tmp_path / "my.yaml"
    own.write_text(text.replace("jurisdiction: SG", "jurisdiction: MY").replace("id: sg-", "id: my-"))
    done = clarion(tmp_path, "check", "my.yaml")
    assert (done.returncode, done.stdout) == (0, "my.yaml can be used: 2 clocks.\n")
    own.write_text(text)
    done = clarion(tmp_path, "check", "my.yaml")
    assert done.returncode == 1
    assert "  my.yaml: jurisdiction: SG belongs into sg.yaml" in done.stdout.splitlines()
    assert "  my.yaml, sg.yaml: sg-pdpa is given 2 times; an id is used once" in done.stdout.splitlines()
