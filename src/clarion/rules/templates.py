"""Templates: a skeleton for each phase, a transform for each audience, phrases for each category.

Templates are not programs. A ``{field}`` from a fixed list is replaced by its value; a line whose fields are
all empty disappears. A field that must be there, ``{field!}``, is never left out: where nothing is known, its
own words say so. Everything that is wrong with a template is said when it is loaded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, ValidationError

from clarion.rules.audience import AUDIENCES, CUSTOMERS, Audience
from clarion.rules.draft import PHASES
from clarion.rules.facts import FACTS
from clarion.rules.terms import CATEGORIES
from clarion.rules.yaml_lines import BadDocument, Document, Path, read, shape_problems

Wrong = Iterator[tuple[Path, str]]
"""Where something is wrong, by its path, and what to do about it."""

_NO_TIME = "a time not yet known"
FIELD = re.compile(r"\{([a-z_]+)(!?)\}")


class BadTemplate(BadDocument):
    """A template cannot be used; each line of the message names a line, a place and what to do."""


@dataclass(frozen=True, slots=True)
class Field:
    """A name that a template may use."""

    label: str
    reach: str = "public"
    """The widest circle that may read it: ``public``, ``outside`` (named people) or ``inside``."""
    missing: str = "not yet known"
    """What stands in its place in a line that stays although nothing is known; empty for nothing."""
    owed: bool = True
    """Is the author told when it is missing?"""

    def may_go_to(self, audience: Audience) -> bool:
        return audience.inside or self.reach == "public" or (self.reach == "outside" and not audience.public)


FIELDS: Mapping[str, Field] = {
    "service": Field("the service", missing="our service", owed=False),
    "symptom": Field("what readers see"),
    "our_action": Field("what we are doing"),
    "your_action": Field("what readers can do", missing="What you can do is not yet known."),
    "who": Field("who is affected", missing="an unknown number of customers"),
    "scope": Field("whether more or fewer are affected", missing="other", owed=False),
    "known": Field("what is known", reach="inside"),
    "changed": Field("what changed since the last update"),
    "ruled_out": Field("what is ruled out"),
    "started": Field("when it began", missing=_NO_TIME),
    "detected": Field("when it was detected", missing=_NO_TIME),
    "mitigated": Field("since when the effect is reduced", missing=_NO_TIME),
    "restored": Field("since when service is normal", missing=_NO_TIME),
    "as_of": Field("the time of the text"),
    "next_update": Field("the time of the next update", missing="a time still to be said"),
    "etr": Field("the estimated time", missing="no estimate is given", owed=False),
    "etr_caveat": Field("the caveat of the estimate", missing="", owed=False),
    "etr_passed": Field("an estimate that has run out"),
    "etr_confidence": Field("how sure the estimate is", reach="outside"),
    "etr_basis": Field("what the estimate is based on", reach="inside"),
    "cause": Field("the confirmed cause", missing="not yet confirmed"),
    "hypothesis": Field("the suspected cause"),
    "data": Field("what became of stored data", missing="Whether stored data was affected is not yet known."),
    "residual": Field("what may still be seen"),
    "watch_until": Field("until when it is watched", missing=_NO_TIME),
    "planned_start": Field("when the work begins", missing=_NO_TIME),
    "planned_end": Field("when the work ends", missing=_NO_TIME),
    "done": Field("what was changed", missing="Not yet known."),
    "planned": Field("what is planned", missing="Not yet known."),
    "wrong": Field("what was wrong", missing="Not yet said."),
    "wrong_at": Field("when it was said", missing=_NO_TIME),
    "right": Field("what is right", missing="Not yet said."),
    "state": Field("the state"),
    "incident": Field("the number of the incident", reach="outside"),
    "severity": Field("the severity", reach="outside"),
    "category": Field("the category", reach="outside"),
    "contact": Field("the contact", reach="outside"),
    "stated_facts": Field("confirmed facts", reach="outside", missing="none yet", owed=False),
    "estimates": Field("first reports", reach="outside", missing="none", owed=False),
    "gaps": Field("what is missing", reach="outside", missing="nothing", owed=False),
    "never_say": Field("what is not said", reach="inside", missing="nothing in particular", owed=False),
    "business_effect": Field("the effect on the business", reach="inside", missing="", owed=False),
    "decisions": Field("decisions wanted", reach="inside", missing="None now.", owed=False),
    "signals": Field("the words of alerts", reach="inside", missing="no signals yet", owed=False),
}


class Part(BaseModel):
    """A piece of the document. Unknown keys are refused, since a typo would silently change a text."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Phrases(Part):
    """What an incident of a category says before anybody knows more, and what nobody says of it early."""

    symptom: str
    our_action: str
    your_action: str
    never_say: tuple[str, ...] = ()


class Skeleton(Part):
    title: str
    body: str


class Transform(Part):
    """How a text for an audience differs: lines around that for customers, or a skeleton of its own."""

    like: str = ""
    """``customers``, or empty for a title and a body of its own."""
    before: str = ""
    after: str = ""
    title: str = ""
    body: str = ""
    phases: Mapping[str, Skeleton] = {}
    """Phases in which it differs from that."""


class Templates(Part):
    """The whole document."""

    phrases: Mapping[str, Phrases]
    phases: Mapping[str, Skeleton]
    """For customers."""
    audiences: Mapping[str, Transform]
    changes: Mapping[str, str]
    """How a fact that changed since the last update is told, by the name of the fact."""

    def skeleton(self, phase: str, audience: str) -> Skeleton:
        """The skeleton of a phase for an audience; raises KeyError for either that does not exist."""
        base = self.phases[phase]
        if audience == CUSTOMERS.name:
            return base
        transform = self.audiences[audience]
        if phase in transform.phases:
            return transform.phases[phase]
        if transform.like:
            parts = (transform.before, base.body, transform.after)
            return Skeleton(title=base.title, body="\n\n".join(part for part in parts if part))
        return Skeleton(title=transform.title, body=transform.body)


def load_templates(document: str) -> Templates:
    """Templates from YAML; raises BadTemplate naming every place that is wrong."""
    found, templates = _read(document)
    problems = list(_missing(templates)) or list(_problems(templates))
    if problems:
        raise BadTemplate([found.problem(path, said) for path, said in problems])
    return templates


def load_stored(document: str, shipped: Templates) -> Templates:
    """Templates that were accepted when they came into force, by this Clarion or an older one.

    They are not judged anew: incidents that began under them keep them. A part that this Clarion needs and
    they have not is the shipped one.
    """
    own = parse(document)
    return Templates(
        phrases={**shipped.phrases, **own.phrases},
        phases={**shipped.phases, **own.phases},
        audiences={**shipped.audiences, **own.audiences},
        changes=own.changes,
    )


def parse(document: str) -> Templates:
    """Templates that have the form of templates, whatever is wrong with their words; raises BadTemplate."""
    return _read(document)[1]


def _read(document: str) -> tuple[Document, Templates]:
    try:
        found = read(document)
    except BadDocument as error:
        raise BadTemplate(error.problems) from None
    try:
        return found, Templates.model_validate(found.data)
    except ValidationError as error:
        raise BadTemplate(list(shape_problems(found, error))) from None


def _missing(templates: Templates) -> Wrong:
    """Places that must be there and are not, and places that nothing would ever read.

    Every category, phase and audience that there is has its words, so no policy can ask for others.
    """
    others = set(AUDIENCES) - {CUSTOMERS.name}
    for part, known in (("phrases", set(CATEGORIES)), ("phases", set(PHASES)), ("audiences", others)):
        given = set(getattr(templates, part))
        for name in sorted(known - given):
            yield (part, name), "this is missing; write it"
        for name in sorted(given - known):
            yield (part, name), f"there is no {name!r} here; use {', '.join(sorted(known))}"
    for name in sorted(set(templates.changes) - set(FACTS)):
        yield ("changes", name), f"there is no fact {name!r}; use {', '.join(FACTS)}"


def _problems(templates: Templates) -> Wrong:
    for phase, skeleton in templates.phases.items():
        yield from _skeleton_problems(("phases", phase), skeleton, CUSTOMERS)
    for fact, text in templates.changes.items():
        yield from _text_problems(("changes", fact), text, CUSTOMERS)
    for name, transform in templates.audiences.items():
        yield from _transform_problems(("audiences", name), transform, AUDIENCES[name])


def _transform_problems(place: Path, transform: Transform, audience: Audience) -> Wrong:
    own = Skeleton(title=transform.title, body=transform.body)
    if transform.like:
        if transform.like != CUSTOMERS.name or transform.title or transform.body:
            yield place, "write like: customers, with before and after, or a title and a body of its own"
        for part in ("before", "after"):
            yield from _text_problems((*place, part), getattr(transform, part), audience)
    else:
        yield from _skeleton_problems(place, own, audience)
    for phase, skeleton in transform.phases.items():
        if phase not in PHASES:
            yield (*place, "phases", phase), f"there is no such phase; use {', '.join(PHASES)}"
        yield from _skeleton_problems((*place, "phases", phase), skeleton, audience)


def _skeleton_problems(place: Path, skeleton: Skeleton, audience: Audience) -> Wrong:
    for part in ("title", "body"):
        text = getattr(skeleton, part)
        yield from _text_problems((*place, part), text, audience)
        if not text.strip():
            yield (*place, part), "write a title and a body"
        elif all(map(_may_vanish, text.splitlines())):
            yield (*place, part), "every line of this can disappear; write one that stays, as {service!} does"
    if len(skeleton.title.splitlines()) > 1:
        yield (*place, "title"), "a title is one line"


def _may_vanish(line: str) -> bool:
    """Whether nothing is left of this line while nothing is known."""
    fields = FIELD.findall(line)
    return not line.strip() or bool(fields) and not any(must for _, must in fields)


def _text_problems(place: Path, text: str, audience: Audience) -> Wrong:
    for name, _ in FIELD.findall(text):
        if name not in FIELDS:
            yield place, f"there is no field {{{name}}}; use {', '.join(FIELDS)}"
        elif not FIELDS[name].may_go_to(audience):
            yield place, f"{{{name}}} is not for {audience.label}; keep it out"
    if "{" in FIELD.sub("", text) or "}" in FIELD.sub("", text):
        yield place, "a brace belongs to a field, such as {service}; take the others out"
    for line in text.splitlines():
        if ("{etr}" in line or "{etr!}" in line) and "{etr_caveat}" not in line:
            yield place, "an estimate is told with its caveat; write {etr_caveat} in the same line"
