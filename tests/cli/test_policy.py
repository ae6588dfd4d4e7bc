"""`clarion policy`: a policy is checked and tested before it decides about anybody's incident."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import resources
from pathlib import Path

import pytest

from tests import factories as make
from tests.cli.conftest import complaint
from tests.living import CLARION, Installation

POLICY = (resources.files("clarion.data") / "policy.yaml").read_text(encoding="utf-8")
TEMPLATES = (resources.files("clarion.data") / "templates.yaml").read_text(encoding="utf-8")
ONE_CASE = """
cases:
  - name: A critical outage
    incident: {severity: SEV-1, category: application}
    expect: {update_every_minutes: 30, channels: [webhook, status_page, email]}
"""


def line_of(text: str) -> int:
    """The line of the shipped policy on which this stands first."""
    return next(number for number, line in enumerate(POLICY.splitlines(), 1) if text in line)


def clarion(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs a command where nothing was ever installed."""
    return subprocess.run(
        [CLARION, "policy", *arguments],
        cwd=folder,
        env={"PATH": str(Path(sys.executable).parent)},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "policy.yaml").write_text(POLICY)
    (tmp_path / "cases.yaml").write_text(ONE_CASE)
    return tmp_path


def test_the_shipped_policy_can_be_used(folder: Path) -> None:
    done = clarion(folder, "check", "policy.yaml")
    assert (done.returncode, done.stdout) == (0, "policy.yaml can be used: Default policy, 47 rules.\n")


@pytest.mark.capability("1.1", face="cli")
def test_the_shipped_tests_hold_for_the_shipped_policy(folder: Path) -> None:
    """They say which incidents get formal updates, for whom, where, how often, after whose review."""
    done = clarion(folder, "test")
    assert done.returncode == 0, done.stdout
    lines = done.stdout.splitlines()
    assert lines[0] == "Default policy (as shipped; none is in force here)"
    assert lines[-1] == "18 of 18 cases hold."
    assert not list(folder.glob("var")), "a test of a document needs no installation and makes none"


@pytest.mark.capability("1.1", face="cli")
def test_a_difference_is_shown_with_the_reasons_of_the_policy(folder: Path) -> None:
    (folder / "policy.yaml").write_text(POLICY.replace("every_minutes: 30", "every_minutes: 45"))
    done = clarion(folder, "test", "cases.yaml", "--policy", "policy.yaml")
    assert done.returncode == 1
    assert done.stdout.splitlines()[:6] == [
        "Default policy (policy.yaml)",
        "FAIL  A critical outage",
        "        update_every_minutes",
        "          - expected  30",
        "          + actual    45",
        "        because updates.severe: SEV-1: customers notice an incident of this severity, "
        "so they are told everywhere.",
    ]
    assert done.stdout.splitlines()[-1] == "0 of 1 cases hold."


def test_the_order_of_a_list_does_not_matter(folder: Path) -> None:
    assert clarion(folder, "test", "cases.yaml").returncode == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title: [", "policy.yaml:1: document: this is not YAML"),
        ("format: 2\ntitle: x", "policy.yaml:1: updates: this key is missing; write it"),
        (
            POLICY.replace("role: accuracy", "role: astrology"),
            f"policy.yaml:{line_of('role: accuracy')}: reviews.facts.role: there is no 'astrology'",
        ),
        (
            POLICY.replace("why: too small", "wy: too small"),
            f"policy.yaml:{line_of('why: too small')}: updates.minor.wy: there is no such key here",
        ),
        (
            POLICY.replace("name: severe\n", "name: severe\n    wen: {}\n"),
            f"policy.yaml:{line_of('name: severe') + 1}: updates.severe.wen: there is no such key here",
        ),
    ],
)
def test_a_policy_that_cannot_be_used_names_the_place(folder: Path, text: str, said: str) -> None:
    (folder / "policy.yaml").write_text(text)
    done = clarion(folder, "check", "policy.yaml")
    assert (done.returncode, done.stderr) == (1, "")
    assert said in done.stdout


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cases: [", "line 1: document: this is not YAML: expected the node content"),
        ("cases: []", "there is none, so nothing would be tested"),
        (
            ONE_CASE.replace("SEV-1", "SEV-9"),
            "cases.A critical outage.incident.severity: there is no 'SEV-9'",
        ),
        (
            ONE_CASE.replace("channels", "chanels"),
            "cases.A critical outage.expect.chanels: there is no such key",
        ),
        (ONE_CASE.split("    expect")[0] + "    expect: {}\n", "name at least one thing that must follow"),
    ],
)
def test_tests_that_cannot_be_used_are_no_failure_of_the_policy(folder: Path, text: str, said: str) -> None:
    (folder / "cases.yaml").write_text(text)
    assert said in complaint(clarion(folder, "test", "cases.yaml"))


def test_a_missing_file_is_one_sentence(folder: Path) -> None:
    assert complaint(clarion(folder, "check", "no.yaml")) == "clarion policy: no.yaml does not exist."


def test_bytes_that_are_no_text_are_one_sentence(folder: Path) -> None:
    (folder / "policy.yaml").write_bytes(b"\xff\xfe\x00")
    assert "not text in UTF-8" in complaint(clarion(folder, "check", "policy.yaml"))


def test_where_a_policy_is_in_force_that_one_is_tested(prepared: Installation) -> None:
    install = (
        "from clarion.store.policies import default_document\nfrom tests import factories as make\n"
        "document = default_document().replace('title: Default', 'title: Our own')\n"
        "lead, admin = make.person('communications_lead'), make.person('administrator')\n"
        "make.next_policy(document, by=lead, approved_by=admin)"
    )
    prepared.python(install)
    assert prepared.run("policy", "test").stdout.startswith("Our own policy (version 2, in force here)\n")


def test_two_policies_are_compared_rule_by_rule(folder: Path) -> None:
    (folder / "new.yaml").write_text(POLICY.replace("every_minutes: 30,", "every_minutes: 45,"))
    done = clarion(folder, "diff", "policy.yaml", "new.yaml")
    assert (done.returncode, done.stdout.splitlines()) == (
        0,
        ["changed  cadence.sev-1", "           every_minutes: 30 → 45", "1 rules or settings differ."],
    )
    assert clarion(folder, "diff", "policy.yaml", "policy.yaml").stdout == "No rule or setting differs.\n"


def test_the_schema_is_printed(folder: Path) -> None:
    assert json.loads(clarion(folder, "schema").stdout)["title"] == "Clarion communication policy, format 2"


@pytest.mark.capability("1.2", face="cli")
def test_a_policy_is_replayed_on_past_incidents(prepared: Installation, tmp_path: Path) -> None:
    prepared.python(
        "from tests import factories as make\nmake.incident(by=make.person('communications_lead'))"
    )
    (tmp_path / "new.yaml").write_text(POLICY.replace("every_minutes: 30,", "every_minutes: 45,"))
    told = prepared.run("policy", "replay", str(tmp_path / "new.yaml")).stdout
    assert "        update_every_minutes: 30 -> 45" in told.splitlines()
    assert told.splitlines()[-1] == "1 of 1 incidents would have been treated differently."
    same = prepared.run("policy", "diff", "1", str(tmp_path / "new.yaml")).stdout
    assert "every_minutes: 30 → 45" in same


RULES = make.lint_rules()


@pytest.fixture
def three(folder: Path) -> Path:
    (folder / "templates.yaml").write_text(TEMPLATES)
    (folder / "rules.yaml").write_text(RULES)
    return folder


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (("--templates", "templates.yaml"), "can be used: templates for every phase, audience and category."),
        (("--lint-rules", "rules.yaml"), "rules.yaml can be used: 1 lint rules."),
    ],
)
def test_templates_and_lint_rules_are_checked_too(three: Path, told: tuple[str, ...], said: str) -> None:
    done = clarion(three, "check", *told)
    assert (done.returncode, True) == (0, said in done.stdout), done.stderr


@pytest.mark.parametrize(
    ("told", "text", "said"),
    [
        (
            "--templates",
            "phases: [",
            "new.yaml:1: document: this is not YAML",
        ),
        (
            "--lint-rules",
            RULES.replace("widgets?", "(?=a)b"),
            "new.yaml:7: rules.ORG-001.pattern: ",
        ),
        ("--templates", POLICY, "new.yaml:"),
    ],
)
def test_one_that_cannot_be_used_names_the_line(three: Path, told: str, text: str, said: str) -> None:
    (three / "new.yaml").write_text(text)
    done = clarion(three, "check", told, "new.yaml")
    assert (1, "") == (done.returncode, done.stderr)
    assert said in done.stdout


def test_templates_and_lint_rules_are_compared_place_by_place(three: Path) -> None:
    (three / "new.yaml").write_text(TEMPLATES.replace("We know that", "We have seen that", 1))
    line = "{service!} is not working normally: {symptom!}."
    assert clarion(three, "diff", "--templates", "templates.yaml", "new.yaml").stdout.splitlines() == [
        "changed  phases.holding.body",
        f"           - We know that {line}",
        f"           + We have seen that {line}",
        "1 texts differ.",
    ]
    (three / "new.yaml").write_text(RULES.replace("severity: warn", "severity: block"))
    assert clarion(three, "diff", "--lint-rules", "rules.yaml", "new.yaml").stdout.splitlines() == [
        "changed  ORG-001",
        "           severity: warn → block",
        "1 lint rules differ.",
    ]


@pytest.mark.parametrize(
    ("told", "title"),
    [("--templates", "Clarion templates"), ("--lint-rules", "Clarion lint rules of an organisation")],
)
def test_each_kind_has_its_schema(folder: Path, told: str, title: str) -> None:
    assert title == json.loads(clarion(folder, "schema", told).stdout)["title"]


PUBLISHED = """
from tests import factories as make
lead = make.person("communications_lead")
reviewers = {role: make.person(role) for role in ("accuracy", "clarity")}
draft = make.draft(make.incident(by=lead, components=[make.component()]))
make.published(draft, author=lead, reviewers=reviewers)
"""


@pytest.mark.capability("3.5", face="cli")
def test_lint_rules_are_tried_on_published_updates(prepared: Installation, three: Path) -> None:
    prepared.python(PUBLISHED)
    (three / "rules.yaml").write_text(make.lint_rules("problem", example="A problem."))
    told = prepared.run("policy", "replay", "--lint-rules", str(three / "rules.yaml")).stdout.splitlines()
    assert "        + ORG-001 warn (customers): Problem" in told
    assert "In 1 of 1 published updates they find something else." == told[-1]
    same = prepared.run("policy", "diff", "--templates", "1", str(three / "templates.yaml")).stdout
    assert "No text differs.\n" == same
