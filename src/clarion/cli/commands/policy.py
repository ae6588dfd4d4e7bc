"""`clarion policy`: checks, compares, tests and tries policies, templates and lint rules; prints schemas."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

from clarion.cli import start
from clarion.cli.trouble import Trouble
from clarion.rules import lint
from clarion.rules import policy as policies
from clarion.rules.documents import KINDS
from clarion.rules.plaintext import one_line
from clarion.rules.policy import cases as policy_cases
from clarion.rules.yaml_lines import BadDocument

HELP = "check, compare, test or replay a policy, templates or lint rules, or print a schema"
DOES_NOT_HOLD = 1
POLICY = "document"
#: What a comparison counts in each kind, one and several.
DIFFERING = {
    POLICY: ("rule or setting", "rules or settings"),
    "templates": ("text", "texts"),
    "lint_rules": ("lint rule", "lint rules"),
}


def arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    check = actions.add_parser("check", help="say whether a document can be used")
    check.add_argument("file", type=Path, metavar="FILE", help="the document, YAML")
    diff = actions.add_parser("diff", help="compare two documents of a kind place by place")
    diff.add_argument("before", metavar="BEFORE", help="a file, or the number of a version here")
    diff.add_argument("after", metavar="AFTER", help="likewise")
    replay = actions.add_parser("replay", help="try a policy on past incidents, or lint rules on updates")
    replay.add_argument("file", type=Path, metavar="FILE", help="the document, YAML")
    schema = actions.add_parser("schema", help="print the JSON Schema of a document")
    for parser_of, names in ((check, KINDS), (diff, KINDS), (replay, ("lint_rules",)), (schema, KINDS)):
        _kind_options(parser_of, names)
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


def _kind_options(parser: argparse.ArgumentParser, names: Iterable[str]) -> None:
    """``--templates`` and ``--lint-rules``; without either it is a policy."""
    kinds = parser.add_mutually_exclusive_group()
    for name in names:
        if name != POLICY:
            option, label = f"--{name.replace('_', '-')}", KINDS[name].label
            kinds.add_argument(
                option, dest="kind", action="store_const", const=name, help=f"it holds {label}"
            )
    parser.set_defaults(kind=POLICY)


def run(args: argparse.Namespace) -> int:
    if args.action == "check":
        return _check(args.file, args.kind)
    if args.action == "diff":
        return _diff(args.before, args.after, args.kind)
    if args.action == "replay":
        return _reread(args.file) if args.kind == "lint_rules" else _replay(args.file)
    if args.action == "schema":
        print(json.dumps(KINDS[args.kind].schema(), indent=2, ensure_ascii=False, sort_keys=True))
        return 0
    return _test(args.file, args.policy)


def _check(file: Path, kind: str) -> int:
    text = _read(file)
    try:
        KINDS[kind].check(text)
    except BadDocument as error:
        print(f"{file} cannot be used as {_as(kind)}:")
        for problem in error.problems:
            print(f"  {file}:{problem.line}: {problem.place}: {problem.text}")
        return DOES_NOT_HOLD
    print(f"{file} can be used: {_counted(text, kind)}.")
    return 0


def _as(kind: str) -> str:
    return "a policy" if kind == POLICY else KINDS[kind].label


def _counted(text: str, kind: str) -> str:
    if kind == POLICY:
        policy = policies.load(text)
        return f"{policy.title}, {sum(len(rules) for _, rules in policy.parts())} rules"
    if kind == "lint_rules":
        return f"{len(lint.entries(text))} lint rules"
    return "templates for every phase, audience and category"


def _diff(before: str, after: str, kind: str) -> int:
    """Prints what differs; ends with 0 either way, since a difference is no failure."""
    changes = KINDS[kind].diff(_named(before, kind), _named(after, kind))
    for change in changes:
        print(f"{change.kind:<8} {change.place}")
        for detail in change.details:
            print(f"           {detail}")
    one, more = DIFFERING[kind]
    print(f"{len(changes)} {more} differ." if changes else f"No {one} differs.")
    return 0


def _named(name: str, kind: str) -> str:
    """The document of a file, or of a version here; a file of that name comes first."""
    if name.isdecimal() and not Path(name).exists():
        start.ready()
        from clarion.rules.errors import NotFound
        from clarion.store.policies import documents
        from clarion.store.queries import single

        try:
            return str(asdict(documents(single.policy(int(name))))[kind])
        except NotFound:
            raise Trouble(f"There is no version {name} here, and no file of that name.") from None
    return _usable_text(Path(name), kind)


def _usable_text(file: Path, kind: str) -> str:
    text = _read(file)
    try:
        KINDS[kind].check(text)
    except BadDocument as error:
        problems = "; ".join(str(error).splitlines())
        raise Trouble(f"{file} cannot be used as {_as(kind)}: {problems}.") from None
    return text


def _usable(file: Path) -> policies.Policy:
    return policies.load(_usable_text(file, POLICY))


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


def _reread(file: Path) -> int:
    """Prints each published update in which these lint rules find something else than those in force."""
    candidate = _usable_text(file, "lint_rules")
    start.ready()
    from clarion.store.policies import lint_rules
    from clarion.store.replays import reread

    found = reread(lint_rules(), candidate)
    for each in found.different:
        print(f"{each.id}  {each.published_at:%Y-%m-%d %H:%M} UTC  {each.title}")
        for sign, side in (("+", each.new), ("-", each.gone)):
            for one in side:
                finding = one.finding
                words = one_line(finding.words, 120)
                print(f"        {sign} {finding.rule} {finding.severity} ({one.audience}): {words}")
    print(f"In {len(found.different)} of {found.tried} published updates they find something else.")
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
    if file is not None:
        return _usable(file), str(file)
    return _in_force() or (policies.load(_shipped("policy.yaml")), "as shipped; none is in force here")


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
