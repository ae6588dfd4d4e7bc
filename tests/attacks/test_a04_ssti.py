"""A4: whoever can name an alert or a component cannot run anything in a template.

The row's inputs, and those of other template languages, come out as the literal text they are.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from importlib import resources

import pytest

from clarion.rules.audience import AUDIENCES
from clarion.rules.compose import Situation, compose
from clarion.rules.draft import LONGEST_BODY, PHASES
from clarion.rules.facts import TEXTS, Affected, Cause, Estimate, FactSheet
from clarion.rules.prose import to_html, to_plain
from clarion.rules.templates import load_templates

TEMPLATES = load_templates((resources.files("clarion.data") / "templates.yaml").read_text(encoding="utf-8"))
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
INPUTS = [
    "{{7*7}}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ request.user.password }}",
    "{% debug %}",
    "{% include '/etc/passwd' %}",
    "{{ '{0.__class__}'.format(1) }}",
    "${7*7}",
    '{{ env "HOME" }}',
    "{{ 'a'*10**8 }}",
    # Other substitutions that a template language might try a second time.
    "{service}",
    "{{service}}",
    "{0.__class__}",
    "{service.__class__.__init__.__globals__}",
    "{signals}",
    "%(service)s",
    "$service",
    "#{7*7}",
    "<%= 7*7 %>",
    "@(7*7)",
    "[[${7*7}]]",
    "\\{severity}",
]


def situation(value: str, sheet: FactSheet | None = None) -> Situation:
    return Situation(
        incident_id="i1",
        severity="SEV-1",
        category="application",
        template="application",
        state="investigating",
        services=[value],
        signals=[value],
        sheet=sheet or FactSheet(detected_at=NOON),
        quiet_at=NOON,
        next_update_at=NOON,
        now=NOON,
        before=FactSheet(),
    )


def composed(phase: str, value: str, sheet: FactSheet | None = None) -> dict[str, dict[str, str]]:
    told = situation(value, sheet)
    return compose(TEMPLATES, phase, told, audiences=AUDIENCES).texts


@pytest.mark.parametrize("value", INPUTS)
@pytest.mark.parametrize("phase", PHASES)
def test_a_template_in_a_name_comes_out_as_it_is(phase: str, value: str) -> None:
    """In every phase, for every audience, in title and body; nothing is computed or looked up."""
    for text in composed(phase, value).values():
        assert " ".join(value.split()) in to_plain(text["body"]) + text["title"]
        assert value in text["title"]
        assert "49" not in text["body"].replace(value, "")


def test_no_input_makes_a_text_of_more_than_64_kb_or_of_long_work() -> None:
    """A hundred thousand fields in one name: substitution happens once, and the rest is cut."""
    began = time.process_time()
    for value in ("{service}" * 100_000, "{{ 'a'*10**8 }}" * 50_000, "{" * 1_000_000, "*" * 1_000_000):
        for text in composed("holding", value).values():
            assert len(text["body"].encode()) <= LONGEST_BODY
    # Not a measurement: the row tells of a sandbox that worked for 0.9 s on one input of 15 characters.
    assert time.process_time() - began < 30


def test_public_texts_take_no_words_of_alerts_whatever_they_look_like() -> None:
    """A field inside an alert's title does not carry the alert into the public text."""
    found = composed("holding", "{signals}")
    assert {name for name, text in found.items() if "{signals}" in text["title"]} == set(AUDIENCES)
    assert "SEV-1" not in found["customers"]["body"]


def hostile(value: str) -> FactSheet:
    """A sheet on which every fact that has words is this one."""
    cause = Cause(value, "confirmed", "ana", NOON)
    later = NOON.replace(hour=14)
    estimate = Estimate(later, value, "ana", "high", NOON, later, caveat=value)
    parts = {
        "affected": Affected(regions=(value,)),
        "ruled_out": (value,),
        "cause": cause,
        "estimate": estimate,
    }
    return FactSheet(**dict.fromkeys(TEXTS, value), **parts)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [*INPUTS, "<img src=x onerror=alert(1)>", "[here](javascript:alert(1))"])
@pytest.mark.parametrize("phase", PHASES)
def test_a_template_or_markup_in_a_fact_comes_out_as_it_is(phase: str, value: str) -> None:
    """Every fact that a key or a person can record, in every phase, for every audience."""
    for text in composed(phase, "API", hostile(value)).values():
        shown = text["title"] + to_plain(text["body"])
        assert "49" not in shown.replace(value, "")
        html = to_html(text["body"])
        assert "<img" not in html and "<a " not in html
    assert value.removesuffix(".") in to_plain(composed(phase, "API", hostile(value))["internal"]["body"])
