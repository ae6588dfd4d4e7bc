"""`clarion policy`: checks, compares, tests and replays policy documents, and prints their schema."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

from clarion.cli import start
from clarion.cli.trouble import Trouble
from clarion.rules import policy as policies
from clarion.rules.policy import cases as policy_cases
from clarion.rules.policy.diff import diff
from clarion.rules.policy.schema import as_text

HELP = "check, compare, test or replay a policy document, or print its schema"
DOES_NOT_HOLD = 1


def arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    check = actions.add_parser("check", help="say whether a policy document can be used")
    check.add_argument("file", type=Path, metavar="FILE", help="the policy, YAML")
    diff = actions.add_parser("diff", help="compare two policies rule by rule")
    diff.add_argument("before", metavar="BEFORE", help="a file, or the number of a version in force here")
    diff.add_argument("after", metavar="AFTER", help="likewise")
    replay = actions.add_parser("replay", help="say which past incidents a policy would treat differently")
    replay.add_argument("file", type=Path, metavar="FILE", help="the policy, YAML")
    actions.add_parser("schema", help="print the JSON Schema of the policy document")
    test = actions.add_parser("test", help="ask a policy about incidents and compare what follows")
    test.add_argument(
        "file",
        type=Path,
        metavar="FILE",
        nargs="?",
        help="the tests, YAML (default: those of the default policy)",
    )
    test.add_argument(
        "--policy",
        type=Path,
        metavar="FILE",
        help="the policy to test (default: the one in force here, if any)",
    )


def run(args: argparse.Namespace) -> int:
    if args.action == "check":
        return _check(args.file)
    if args.action == "diff":
        return _diff(args.before, args.after)
    if args.action == "replay":
        return _replay(args.file)
    if args.action == "schema":
        print(as_text())
        return 0
    return _test(args.file, args.policy)


def _check(file: Path) -> int:
    try:
        policy = policies.load(_read(file))
    except policies.BadPolicy as error:
        print(f"{file} cannot be used as a policy:")
        for problem in error.problems:
            print(f"  {file}:{problem.line}: {problem.place}: {problem.text}")
        return DOES_NOT_HOLD
    rules = sum(len(rules) for _, rules in policy.parts())
    print(f"{file} can be used: {policy.title}, {rules} rules.")
    return 0


def _diff(before: str, after: str) -> int:
    """Prints what differs; ends with 0 either way, since a difference is no failure."""
    changes = diff(_named(before), _named(after))
    for change in changes:
        print(f"{change.kind:<8} {change.place}")
        for detail in change.details:
            print(f"           {detail}")
    print(f"{len(changes)} rules or settings differ." if changes else "No rule or setting differs.")
    return 0


def _named(name: str) -> policies.Policy:
    """The policy of a file, or of a version here; a file of that name comes first."""
    if name.isdecimal() and not Path(name).exists():
        start.ready()
        from clarion.rules.errors import NotFound
        from clarion.store.policies import parsed
        from clarion.store.queries import single

        try:
            return parsed(single.policy(int(name)).document)
        except NotFound:
            raise Trouble(f"There is no version {name} here, and no file of that name.") from None
    return _usable(Path(name))


def _usable(file: Path) -> policies.Policy:
    try:
        return policies.load(_read(file))
    except policies.BadPolicy as error:
        raise Trouble(f"{file} cannot be used as a policy: {'; '.join(str(error).splitlines())}.") from None


def _replay(file: Path) -> int:
    """Prints each past incident that would have been treated differently, and how."""
    candidate = _usable(file)
    start.ready()
    from clarion.store.replays import replay

    found = replay(candidate)
    for each in found.different:
        print(f"{each.id}  {each.severity}  {each.opened_at:%Y-%m-%d %H:%M} UTC  {each.title}")
        for change in each.changes:
            print(f"        {change.name}: {change.before} -> {change.after}")
    print(f"{len(found.different)} of {found.tried} incidents would have been treated differently.")
    return 0


def _test(file: Path | None, policy_file: Path | None) -> int:
    document = _read(file) if file else _shipped("policy_tests.yaml")
    try:
        cases = policy_cases.load_cases(document)
    except policy_cases.BadCases as error:
        raise Trouble(f"{file} cannot be used as tests: {'; '.join(str(error).splitlines())}.") from None
    policy, origin = _policy(policy_file)
    print(f"{policy.title} ({origin})")
    results = [policy_cases.run_case(case, policy, datetime.now(UTC)) for case in cases]
    for result in results:
        _show(result)
    failed = sum(not result.holds for result in results)
    print(f"{len(results) - failed} of {len(results)} cases hold.")
    return DOES_NOT_HOLD if failed else 0


def _show(result: policy_cases.Result) -> None:
    print(f"{'ok  ' if result.holds else 'FAIL'}  {result.name}")
    for difference in result.differences:
        print(f"        {difference.field}")
        print(f"          - expected  {difference.expected}")
        print(f"          + actual    {difference.actual}")
    for reason in result.reasons if not result.holds else ():
        print(f"        because {reason}")


def _policy(file: Path | None) -> tuple[policies.Policy, str]:
    """The policy to test and where it comes from."""
    try:
        if file is not None:
            return _usable(file), str(file)
        found = _in_force()
        return found or (policies.load(_shipped("policy.yaml")), "as shipped; none is in force here")
    except policies.BadPolicy as error:
        raise Trouble(f"{file} cannot be used as a policy: {'; '.join(str(error).splitlines())}.") from None


def _in_force() -> tuple[policies.Policy, str] | None:
    """The policy of the installation here; None where there is no installation."""
    from clarion import settings

    if settings.CLARION.database_url.startswith("sqlite") and not settings.CLARION.home.is_dir():
        return None
    start.ready()
    from django.db import Error

    from clarion.store.policies import NoPolicy, current

    try:
        number, policy = current()
    except (Error, NoPolicy):
        return None
    return policy, f"version {number}, in force here"


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise Trouble(f"{file} is not text in UTF-8, so it is no YAML document.") from None


def _shipped(name: str) -> str:
    return (resources.files("clarion.data") / name).read_text(encoding="utf-8")
