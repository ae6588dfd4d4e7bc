"""Runs the rules over a text and turns what they mark into findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from itertools import islice
from types import ModuleType

from clarion.rules.lint._apology import Apology
from clarion.rules.lint._condition import FACTS, Value, facts_of
from clarion.rules.lint._context import Context
from clarion.rules.lint._phrase import PhraseRule
from clarion.rules.lint._prefilter import Prefilter
from clarion.rules.lint._reading import Reading, View, read
from clarion.rules.lint._structure import Mark
from clarion.rules.lint._types import LINK, REGULATORS, SEVERITIES, Finding, LintText

#: Of one rule and severity in one text. Who has mended so many looks again.
MOST_OF_A_RULE = 20
#: Nor are more than these counted: finding them all takes time, and tells nobody anything.
MOST_COUNTED = 50
#: Severities that somebody answers for. Nobody answers for what they are not shown, so one more finding
#: stands for those that are not listed.
ANSWERED_FOR = frozenset({"block", "review"})
#: How many characters of its sentence on each side make a finding the same one.
AROUND = 200
#: Duties to tell come before style: for a regulator these families only advise.
ADVICE_FOR_REGULATORS = frozenset({"admission", "speculation", "sensitive"})


@dataclass(frozen=True)
class Rules:
    """A set of rules ready to run. Made by ``load_rules``."""

    phrases: tuple[PhraseRule, ...]
    prefilter: Prefilter
    organisation: tuple[PhraseRule, ...]
    own_prefilter: Prefilter | None
    """None: the organisation's rules are asked one by one."""
    structural: Mapping[str, ModuleType]
    apology: Apology


def check(text: LintText, context: Context, rules: Rules) -> tuple[Finding, ...]:
    """Every finding in this text, the gravest first, then by place. Raises nothing for any text."""
    view = read(text)
    facts = facts_of(text, context)
    found = [*_phrase_findings(view, context, facts, rules), *_structural_findings(view, context, rules)]
    order = {severity: place for place, severity in enumerate(SEVERITIES)}
    parts = ("title", "body", "link")
    found.sort(
        key=lambda f: (order[f.severity], parts.index(f.place.part), f.place.start, f.place.end, f.rule)
    )
    return tuple({(f.rule, f.place, "" if f.words else f.fingerprint): f for f in found}.values())


def _phrase_findings(
    view: View, context: Context, facts: Mapping[str, Value], rules: Rules
) -> Iterator[Finding]:
    possible = [rules.phrases[number] for number in rules.prefilter.possible(view.joined)]
    for rule in (*possible, *_possible_own(view, rules)):
        if not (view.text.external or rule.everywhere):
            continue
        assumed: tuple[str, ...] = ()
        if rule.condition is not None:
            answer = rule.condition(facts)
            if answer.holds is False:
                continue
            assumed = answer.unknown
        marks = (
            Mark(reading, start, end, assumed=assumed)
            for reading in view.readings
            for start, end in rule.spans(reading)
        )
        yield from _phrases(view, context, rules.apology, rule, marks)


def _listed(
    view: View, marks: Iterable[tuple[str, Mark]], build: Callable[[Mark], Finding]
) -> Iterator[Finding]:
    """One rule's findings: the first of each severity, and one for the rest that must be answered for.

    Only those are built: a text can hold thousands, and each costs more than being counted.
    """
    counts: Counter[str] = Counter()
    rest: dict[str, Mark] = {}
    for severity, mark in islice(marks, MOST_COUNTED * len(SEVERITIES)):
        counts[severity] += 1
        if counts[severity] <= MOST_OF_A_RULE:
            yield build(mark)
        elif severity in ANSWERED_FOR:
            rest.setdefault(severity, mark)
    for severity, mark in rest.items():
        yield _for_the_rest(view, build(mark), counts[severity] - MOST_OF_A_RULE)


def _for_the_rest(view: View, first: Finding, unlisted: int) -> Finding:
    """At the place of the first of the rest; another one as soon as anything in the text is another one."""
    count = MOST_OF_A_RULE + unlisted
    many = f"{count} or more" if count >= MOST_COUNTED else f"{count}"
    there = f"This text has {many} of these, and the first {MOST_OF_A_RULE} are listed."
    said = "\x1f".join((first.rule, view.text.audience, view.joined))
    return replace(
        first,
        reason=f"{first.reason} {there} Mend the text until each is.",
        fingerprint=sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:16],
        unlisted=unlisted,
    )


def _possible_own(view: View, rules: Rules) -> Iterator[PhraseRule]:
    if rules.own_prefilter is not None:
        yield from (rules.organisation[number] for number in rules.own_prefilter.possible(view.joined))
    else:
        yield from (rule for rule in rules.organisation if rule.matcher.search(view.joined))


def _phrases(
    view: View, context: Context, apology: Apology, rule: PhraseRule, marks: Iterable[Mark]
) -> Iterator[Finding]:
    severity, because = apology.severity(rule.id, rule.severity, context.jurisdictions)
    severity, duty = _for_audience(view.text, rule.family, severity)
    reason = " ".join(filter(None, (rule.why, because and f"{because}.", duty)))

    def build(mark: Mark) -> Finding:
        replacement = rule.replacement(mark.reading.text[mark.start : mark.end])
        finding = _finding(view, mark, rule.id, rule.family, severity, rule.role)
        return finding(reason, rule.fix, replacement)

    counted = MOST_COUNTED if severity in ANSWERED_FOR else MOST_OF_A_RULE
    yield from _listed(view, ((severity, mark) for mark in islice(marks, counted)), build)


def _structural_findings(view: View, context: Context, rules: Rules) -> Iterator[Finding]:
    for module in rules.structural.values():
        if not (view.text.external or module.EVERYWHERE):
            continue
        marks = ((_severity(view, module, mark)[0], mark) for mark in module.look(view, context))
        yield from _listed(view, marks, partial(_of_structure, view, module))


def _severity(view: View, module: ModuleType, mark: Mark) -> tuple[str, str]:
    return _for_audience(view.text, module.FAMILY, mark.severity or module.SEVERITY)


def _of_structure(view: View, module: ModuleType, mark: Mark) -> Finding:
    severity, duty = _severity(view, module, mark)
    reason = " ".join(filter(None, (mark.reason or module.WHY, duty)))
    finding = _finding(view, mark, module.ID, module.FAMILY, severity, module.ROLE)
    return finding(reason, mark.advice or module.FIX, mark.replacement)


def _for_audience(text: LintText, family: str, severity: str) -> tuple[str, str]:
    if text.audience == REGULATORS and family in ADVICE_FOR_REGULATORS and severity != "info":
        return "info", "For a regulator this is advice: what must be reported is reported."
    return severity, ""


def _finding(
    view: View, mark: Mark, rule: str, family: str, severity: str, role: str
) -> Callable[[str, str, str | None], Finding]:
    place = mark.reading.place(mark.start, mark.end)
    matched = mark.reading.text[mark.start : mark.end]
    # Only a span that is exactly the words can be replaced: markup inside would be torn apart.
    whole = place.end - place.start == len(matched) > 0 and place.part != LINK

    def finish(reason: str, advice: str, replacement: str | None) -> Finding:
        doubt = "".join(f" Nobody has recorded {FACTS.get(name, name)}." for name in mark.assumed)
        return Finding(
            rule=rule,
            family=family,
            severity=severity,
            role=role,
            place=place,
            words=view.words_at(place),
            reason=reason + doubt + (" So the cautious side is taken." if doubt else ""),
            advice=advice,
            replacement=replacement if whole else None,
            fingerprint=_fingerprint(view, mark, rule),
            assumed=mark.assumed,
        )

    return finish


def _fingerprint(view: View, mark: Mark, rule: str) -> str:
    """16 hex digits over what makes the finding the same one: never the place, always the sentence."""
    reading: Reading = mark.reading
    matched = reading.text[mark.start : mark.end]
    if mark.end > mark.start:
        start, end = reading.sentence_at(mark.start)
        around = reading.text[max(start, mark.start - AROUND) : min(end, mark.end + AROUND)]
    else:
        around = ""
    said = (rule, view.text.audience, reading.part, mark.about, matched, around)
    said_once = " ".join("\0".join(said).casefold().split())
    return sha256(said_once.encode("utf-8", "surrogatepass")).hexdigest()[:16]
