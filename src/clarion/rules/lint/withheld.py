"""STR-016: what may not be told to this audience now is not in its text, whoever typed it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

from clarion.rules.claims import mentions, numbers, shares
from clarion.rules.lint._context import Context, Withheld
from clarion.rules.lint._prose import folded
from clarion.rules.lint._reading import Reading, View
from clarion.rules.lint._structure import NOON, Example, Mark

ID = "STR-016"
FAMILY = "structure"
SEVERITY = "block"
ROLE = "accuracy"
EVERYWHERE = False
WHY = "This may not be told to these readers now."
FIX = "Leave it out, or have it confirmed, or have it decided that it is told."

#: How near a number or share must be to the one that is withheld, as a part of it, to be taken for it.
NEAR = 0.05
#: Whom a number counts, or what a share is of, where it says who is affected.
_PEOPLE = re.compile(
    r"\b(customers|users|accounts|people|orders|payments|requests|transactions|stores|sites"
    r"|affect(ed|s)|impact(ed|s))\b",
    re.IGNORECASE,
)
_COUNTED = frozenset({"customers", "users", "accounts", "people"})
#: A clause about what works, or where it does not happen, tells nothing of who is affected.
_ELSEWHERE = re.compile(
    r"\b(not affected|unaffected|works? (normally|again|as usual)|(is|are) (operational|restored))\b",
    re.IGNORECASE,
)
_CLAUSE_ENDS = (", ", "; ")
#: Characters of a clause on each side that are looked at.
FURTHEST = 300
#: What stands before a number that counts nobody.
_LABEL = re.compile(
    r"\b(ticket|case|incident|number|no\.|error|code|port|build|version|id|page|row)s?[ #:]*$", re.IGNORECASE
)
#: A count of fewer digits is found too often by chance; it must stand with the people it counts.
_TELLING = 3
_WORD = re.compile(r"[A-Za-z0-9]{4,}")
_ENDINGS = re.compile(r"(ation|ing|ied|ie|ed|y|e)$")
#: Words that nearly every text about an incident has; they are characteristic of no cause.
_USUAL = frozenset(
    (
        *("that", "this", "with", "from", "have", "been", "which", "were", "their", "there", "some", "when"),
        *("while", "into", "after", "before", "problem", "problems", "issue", "cause", "caused", "because"),
        *("service", "services", "system", "systems", "incident", "error", "errors", "failure", "failed"),
        *("fail", "fails", "customer", "customers", "user", "users", "part", "time", "since", "more", "only"),
        *(
            "update",
            "updates",
            "work",
            "works",
            "working",
            "team",
            "found",
            "made",
            "most",
            "about",
            "between",
        ),
    )
)

Finder = Callable[[View, Withheld], Iterator[Mark]]


def look(view: View, context: Context) -> Iterator[Mark]:
    """Values of facts and words of causes; nothing is asked of a text where nothing is withheld.

    What stops a text comes first, since not all is counted where there is much of it.
    """
    held = sorted(context.withheld, key=lambda item: item.severity != SEVERITY)
    for item in held:
        yield from _SAYS[item.topic](view, item)
    for item in held:
        if item.topic in _COMES_NEAR:
            yield from _COMES_NEAR[item.topic](view, item)


def _count(view: View, item: Withheld) -> Iterator[Mark]:
    for reading in (view.title, view.body):
        says_who, telling = _sentences_of_people(reading), len(item.value) >= _TELLING
        # Its last digits stand together however the number is grouped.
        found = _number(int(item.value)).finditer(reading.text) if item.value[-3:] in reading.text else ()
        for match in found:
            start, end = match.span()
            labelled = _LABEL.search(reading.text, max(0, start - 20), start)
            if says_who(start):
                yield _mark(reading, start, end, item)
            elif telling and not labelled and not _elsewhere(reading, start, end):
                yield _mark(reading, start, end, item, similar=True)


def _near_count(view: View, item: Withheld) -> Iterator[Mark]:
    wanted = int(item.value)
    for reading in (view.title, view.body):
        counts = numbers(reading.text) if any(noun in reading.folded for noun in _COUNTED) else ()
        for number, noun, start, end in counts:
            if noun in _COUNTED and number != wanted and _near(number, wanted):
                yield _mark(reading, start, end, item, similar=True)


def _share(view: View, item: Withheld) -> Iterator[Mark]:
    if item.value in view.joined:
        yield from _shares(view, item, similar=False)


def _near_share(view: View, item: Withheld) -> Iterator[Mark]:
    return _shares(view, item, similar=True)


def _shares(view: View, item: Withheld, *, similar: bool) -> Iterator[Mark]:
    wanted = float(item.value)
    for reading in (view.title, view.body):
        says_who = _sentences_of_people(reading)
        found = shares(reading.text) if "%" in reading.text or "cent" in reading.folded else ()
        for share, start, end in found:
            if not _near(share, wanted) or (share != wanted) != similar:
                continue
            if says_who(start):
                yield _mark(reading, start, end, item, similar=similar)
            elif not similar and not _elsewhere(reading, start, end):
                yield _mark(reading, start, end, item, similar=True)


def _near(number: float, wanted: float) -> bool:
    return abs(number - wanted) <= NEAR * wanted


def _sentences_of_people(reading: Reading) -> Callable[[int], bool]:
    """Whether the sentence at a place says who is affected, and by what goes wrong; each is read once."""
    known: dict[int, bool] = {}

    def says_who(at: int) -> bool:
        start, end = reading.sentence_at(at)
        if start not in known:
            said = reading.text[start:end]
            known[start] = _PEOPLE.search(said) is not None
        return known[start] and not _elsewhere(reading, at, at)

    return says_who


def _elsewhere(reading: Reading, first: int, last: int) -> bool:
    """Whether the clause around a place says that all is well there."""
    text, (start, end) = reading.text, reading.sentence_at(first)
    start, end = max(start, first - FURTHEST), min(end, last + FURTHEST)
    begun = max(text.rfind(mark, start, first) for mark in _CLAUSE_ENDS)
    over = [at for mark in _CLAUSE_ENDS if (at := text.find(mark, last, end)) >= 0]
    return _ELSEWHERE.search(text, max(start, begun), min([end, *over])) is not None


def _region(view: View, item: Withheld) -> Iterator[Mark]:
    for reading in (view.title, view.body):
        if item.value.casefold() not in reading.folded:
            continue
        for start, end in reading.sentences:
            for _, first, last in mentions(reading.text[start:end], (folded(item.value),)):
                if not _elsewhere(reading, start + first, start + last):
                    yield _mark(reading, start + first, start + last, item)


def _phrase(view: View, item: Withheld) -> Iterator[Mark]:
    longest, pattern = _words(item.value)
    for reading in view.readings:
        if longest in reading.folded:
            for match in pattern.finditer(reading.text):
                yield _mark(reading, match.start(), match.end(), item)


def _near_cause(view: View, item: Withheld) -> Iterator[Mark]:
    """Where one sentence holds most of the words that are the cause's own, in any order."""
    own, (_, exact) = _own_words(item.value, item.free), _words(item.value)
    enough = max(2, -(-2 * len(own) // 3))
    for reading in (view.title, view.body) if len(own) >= enough else ():
        if sum(stem in reading.folded for stem in own) < enough:
            continue
        for start, end in reading.sentences:
            hits = [hit for hit in _WORD.finditer(reading.text, start, end) if _stem(hit[0]) in own]
            if len({_stem(hit[0]) for hit in hits}) >= enough and not exact.search(reading.text, start, end):
                yield _mark(reading, hits[0].start(), hits[-1].end(), item, similar=True)


_SAYS: Mapping[str, Finder] = {
    "number": _count,
    "share": _share,
    "region": _region,
    "phrase": _phrase,
    "cause": _phrase,
}
_COMES_NEAR: Mapping[str, Finder] = {"number": _near_count, "share": _near_share, "cause": _near_cause}


def _mark(reading: Reading, start: int, end: int, item: Withheld, *, similar: bool = False) -> Mark:
    if similar:
        reason = f"This comes near to what may not be told now. {item.reason}"
        return Mark(reading, start, end, severity="review", reason=reason)
    return Mark(reading, start, end, severity=item.severity, reason=item.reason)


@lru_cache(maxsize=256)
def _number(number: int) -> re.Pattern[str]:
    """The number in digits, in groups of three or not."""
    grouped = f"{number:,}".replace(",", "[, .]?")
    return re.compile(rf"(?<![\w.,]){grouped}(?![\w%]|[.,]\d)")


@lru_cache(maxsize=256)
def _words(phrase: str) -> tuple[str, re.Pattern[str]]:
    """The longest of these words without regard to case, and all of them in a row; none are never found."""
    words = folded(phrase).removesuffix(".").split()
    spelled = r"\s+".join(map(re.escape, words))
    pattern = re.compile(rf"(?<!\w){spelled}(?!\w)" if words else r"(?!)", re.IGNORECASE)
    return max((word.casefold() for word in words), key=len, default=""), pattern


@lru_cache(maxsize=256)
def _own_words(cause: str, free: tuple[str, ...]) -> frozenset[str]:
    """The stems of a cause that are characteristic of it: none that the same readers meet anyway."""
    known = frozenset().union(*(_stems(text) for text in free)) if free else frozenset()
    return _stems(cause) - known


def _stems(text: str) -> frozenset[str]:
    words = (word for word in _WORD.findall(folded(text)) if word.lower() not in _USUAL)
    return frozenset(map(_stem, words))


@lru_cache(maxsize=4096)
def _stem(word: str) -> str:
    """About the part of an English word that its forms share: expired, expires and Expiry are one."""
    low = word.lower()
    short = _ENDINGS.sub("", low.rstrip("s"))
    return short if len(short) >= 4 else low


_HELD = (
    Withheld("number", "4213", "Nobody has confirmed how many.", "block"),
    Withheld("share", "12.5", "Nobody has confirmed how many.", "review"),
    Withheld("region", "Oslo", "Policy keeps the regions inside.", "block"),
    Withheld("phrase", "data theft", "It is on the list of what is not said.", "review"),
    Withheld(
        "cause",
        "An expired certificate of the payment gateway",
        "The cause is not confirmed.",
        "block",
        ("Card payments are declined.",),
    ),
)
_CONTEXT = Context(now=NOON, withheld=_HELD)
BAD = tuple(
    Example(body, context=_CONTEXT)
    for body in (
        "4,213 customers cannot pay.",
        "About 4200 customers cannot pay.",
        "4,213 merchants cannot pay.",
        "4.213 Kunden können nicht zahlen.",
        "4,213 customers cannot pay, no other group is known.",
        "12.5 % of orders fail.",
        "12.5 % of merchants see declines.",
        "Customers in Oslo cannot pay.",
        "Customers in Oslo cannot pay, except by invoice.",
        "Customers in Oslo cannot pay, those in Bergen are not affected.",
        "There was no **data** theft.",
        "It was an  expired certificate of the payment gateway.",
        "The certificate at the gateway had expired.",
    )
)
GOOD = (
    *(
        Example(body, context=_CONTEXT)
        for body in (
            "Ticket 4213 is about it. 900 customers cannot pay.",
            "12.5 % of orders work again. 40 % of payments fail.",
            "Customers in Oslo are not affected.",
            "Payments fail, customers in Oslo are not affected.",
            "Card payments are declined. Your certificate is fine.",
        )
    ),
    *(replace(example, context=Context(now=NOON)) for example in BAD),
    *(replace(example, audience="internal") for example in BAD),
)
