"""How long lint takes: a usual text of 600 characters, and 10 KB of what is worst for it.

The floor is the Markdown parser alone on the same text, in the same run. Time is that of the processor,
since the machine is shared; the worst of an adversarial text is its best of five runs.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bench._figures import Figure, percentile, report
from clarion.rules import lint
from clarion.rules.lint import Context, LintText, Published, Statement, Withheld
from clarion.rules.prose import to_plain

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
GOAL_USUAL, GOAL_WORST = 5.0, 20.0
USUAL = (
    "Since 09:10 UTC (10:10 CET), some customers in the EU **cannot pay** and see an error page instead. "
    "About 3% of orders are affected, and we think this is due to a change of this morning. Our team is "
    "undoing that change and checks what was stored.\n\nYou do not need to do anything: orders that failed "
    "were not charged. Please do not place them again before 12:00 UTC. Write to "
    "[support](mailto:support@example.com) if you need help.\n\nNext update by 2 Mar 2026, 12:30 UTC "
    "(13:30 CET). Our update of 09:40 UTC said less. A list of what works is on the "
    "[status page](https://status.example.com/incidents/42)."
)
#: Pieces that cost a parser or a pattern most; each is repeated to 10,000 characters.
PIECES = (
    *(
        "[",
        "*a",
        "`a ",
        "<",
        ">",
        "!",
        "&amp;",
        "\\*",
        "_a_",
        "a\n",
        "a\n\n",
        "- ",
        "> a\n",
        "[a](https://a.b)",
    ),
    *(
        "1.",
        "12 34 ",
        "1",
        "a",
        "a-b.",
        "a:b:",
        "::",
        "e.g. ",
        "А",
        "а ",
        "é",
        "\u200b",
        "%41",
        "https://a.b ",
    ),
    *(
        "our fault. ",
        "we think ",
        "no evidence ",
        "sorry our ",
        "prod-",
        "10.",
        "a@b.c ",
        "we will be ",
        "due to ",
    ),
    *(
        "all our ",
        "customers who ",
        "an engineer ",
        "09:10 ",
        "expect a ",
        "only just ",
        "/etc/",
        "token=",
        "- a\n",
    ),
    *(
        "12:30 UTC and ",
        "fully ",
        "[x]: https://a.b 'c'\n",
        "10 dot ",
        "a [at] ",
        "of our ",
        "the team failed ",
    ),
)


def milliseconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return 1000 * (time.process_time() - began)


def crowded() -> Context:
    """A context that gives every structural rule something to do."""
    facts = tuple(Statement(f"fact {number}", (f"phrase number {number}",)) for number in range(20))
    names = tuple(f"Customer Number{number}" for number in range(500))
    held = (
        Withheld("number", "4213", "Policy keeps it inside.", "block"),
        Withheld("share", "12.5", "Policy keeps it inside.", "block"),
        Withheld("cause", "An expired certificate of the payment gateway", "Not confirmed.", "block"),
    )
    return Context(
        now=NOON,
        state="identified",
        next_update_at=NOON + timedelta(minutes=30),
        time_zone="Europe/Berlin",
        channels=("sms",),
        dictionaries={"customer": names},
        must_disclose=facts,
        not_yet_public=facts,
        account="account",
        last=Published("", USUAL, state="identified"),
        withheld=held,
    )


def nearly_dense() -> list[str]:
    """As many marks as the Markdown parser still gets, each left open, before and between the words."""
    marks = ("[", "*", "*a", "`a", "_a", "<a", "&", "![", "[*")
    spread = [(mark + " word word word ") * 590 for mark in marks]
    return [mark * 290 + "word " * 2000 for mark in marks] + spread


def mixtures(count: int) -> list[str]:
    """Texts of 10,000 characters from the pieces at random, the same ones in every run."""
    chance = random.Random(20260302)
    return ["".join(chance.choices(PIECES, k=10_000))[:10_000] for _ in range(count)]


def main() -> int:
    rules, context = lint.load_rules(), crowded()
    text = LintText("Some payments fail in the EU", USUAL)
    lint.check(text, context, rules)
    usual = [milliseconds(lambda: lint.check(text, context, rules)) for _ in range(1000)]
    floor = [milliseconds(lambda: to_plain(USUAL)) for _ in range(1000)]
    worst: list[tuple[float, float, str]] = []
    for body in [piece * 10_000 for piece in PIECES] + nearly_dense() + mixtures(40):
        hard = LintText("", body[:10_000])
        took = min(milliseconds(lambda: lint.check(hard, context, rules)) for _ in range(5))  # noqa: B023
        parser = min(milliseconds(lambda: to_plain(hard.body)) for _ in range(2))  # noqa: B023
        worst.append((took, parser, body[:20]))
    slowest, its_parser, _ = max(worst)
    print(f"The slowest of {len(worst)} texts of 10,000 characters, by how they begin:")
    for took, _, piece in sorted(worst, reverse=True)[:5]:
        print(f"{took:8.1f} ms for {piece!r}")
    p99 = percentile(usual, 0.99)
    parser_p99 = percentile(floor, 0.99)
    return report(
        Figure(
            f"lint, {len(USUAL)} characters, p99",
            p99,
            "ms",
            "Markdown parser alone, p99",
            parser_p99,
            "<= 5 ms",
            p99 <= GOAL_USUAL,
        ),
        Figure(
            "lint, worst 10 KB",
            slowest,
            "ms",
            "Markdown parser alone",
            its_parser,
            "<= 20 ms",
            slowest <= GOAL_WORST,
        ),
    )


if __name__ == "__main__":
    sys.exit(main())
