"""`make capabilities` counts what tests show, and fails while CHANGELOG claims more."""

from __future__ import annotations

import pytest

from tools import capabilities
from tools.results import Result


def result(outcome: str, *pairs: tuple[str, str], test: str = "a", database: str = "sqlite") -> Result:
    return Result(test, outcome, "", pairs, database)


def test_there_are_48_capabilities_in_8_modules() -> None:
    table = capabilities.table()
    assert len(table["capabilities"]) == 48
    assert list(table["modules"]) == [str(number) for number in range(1, 9)]
    assert {number.split(".")[0] for number in table["capabilities"]} == set(table["modules"])


def test_a_claim_names_its_faces() -> None:
    text = "# Changelog\n\n## 0.1\n\n- **4.1** [console api] Two reviews.\n- Something else.\n"
    assert capabilities.claims(text) == {"4.1": ("console", "api")}


def test_a_later_version_claims_further_faces_of_the_same_capability() -> None:
    text = "- **4.1** [api] One.\n- **4.1** [cli api] Two.\n"
    assert capabilities.claims(text) == {"4.1": ("api", "cli")}


def test_the_example_in_the_changelog_claims_nothing() -> None:
    assert capabilities.claims("    - **4.1** [console] Two reviews.\n") == {}


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("- **9.9** [api] Nothing.", "CHANGELOG.md:1: there is no capability 9.9"),
        ("- **4.1** Two reviews.", "CHANGELOG.md:1: write faces after 4.1"),
        ("- **4.1** [] Two reviews.", "CHANGELOG.md:1: write faces after 4.1"),
        ("- **4.1** [console, api] Two reviews.", "CHANGELOG.md:1: write faces after 4.1"),
        ("- **4.1** [phone] Two reviews.", "CHANGELOG.md:1: phone is none of console, api"),
    ],
)
def test_a_claim_that_cannot_be_checked_is_named_with_its_line(line: str, problem: str) -> None:
    with pytest.raises(capabilities.BadClaim, match="^" + problem.replace("[", r"\[")):
        capabilities.claims(line)


@pytest.mark.parametrize(
    ("outcomes", "count"),
    [
        (["passed"], 1),
        (["passed", "passed"], 1),
        (["passed", "skipped"], 1),
        (["skipped"], 0),
        (["failed"], 0),
        (["passed", "failed"], 0),
    ],
)
def test_a_test_counts_when_it_passed_and_failed_nowhere(outcomes: list[str], count: int) -> None:
    """The same test on one database after another."""
    found = [result(outcome, ("4.1", "api")) for outcome in outcomes]
    assert capabilities.shown(found).get(("4.1", "api"), 0) == count


def test_a_claim_without_a_passing_test_is_missing() -> None:
    count = capabilities.shown([result("passed", ("4.1", "api")), result("failed", ("4.1", "cli"), test="b")])
    found = capabilities.missing({"4.1": ("api", "cli")}, count)
    assert found == ["4.1 is claimed on cli, and no passing test shows it"]


def test_the_table_marks_what_is_claimed() -> None:
    printed = capabilities.lines({"4.1": ("api",)}, {("4.1", "console"): 3})
    (row,) = [line for line in printed if line.startswith("4.1 ")]
    assert row.split()[-4:] == ["3", "·*", "·", "·"]
    assert len(printed) == 1 + 8 + 48
