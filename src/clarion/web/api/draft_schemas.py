"""How drafts, versions and the words of reviewers are shown."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from clarion.rules.statements import SENTENCES, stated
from clarion.web.api.schemas import ComponentStatus, IncidentState, Output, Phase, ReasonOut, Stamp
from clarion.web.api.time_schemas import BareTimeOut, TextOut, bare_times_out, read_as


class PersonRef(Output):
    id: str
    name: str


class DifferenceOut(Output):
    """Why one contradiction is right as it stands."""

    key: str = Field(
        description="Of the contradiction; empty in versions from before each was explained for itself."
    )
    reason: str


class StatementsOut(Output):
    """What the author states beside the texts; part of what is approved."""

    confirmed: list[str]
    watch_until: Stamp | None
    data_integrity: str
    reason: str
    differences: list[DifferenceOut]


class EntryOut(Output):
    """Whether the incident may be called what the version calls it."""

    allowed: bool
    move: str = Field(description="`stay`, `forward`, `backward`, `reopened` or `exit`.")
    reasons: list[ReasonOut] = Field(
        description="What is missing: in the way, or overridden by the reason that is stated."
    )


class PlaceOut(Output):
    audience: str
    part: str = Field(description="`title` or `body`.")
    start: int = Field(description="Where the words begin in that part, in characters.")
    end: int


class ContradictionOut(Output):
    """Two values for one thing."""

    key: str = Field(
        description="The same while code, topic, audiences and values are; an explanation names it."
    )
    code: str = Field(description="`between_texts`, `with_facts` or `with_last_update`.")
    topic: str
    text: str = Field(description="Both values, in a sentence.")
    places: list[PlaceOut]
    explanation: str = Field(description="Why it is right as it stands; empty while its author has not said.")


class VersionOut(Output):
    """The exact words, audiences and channels that an approval binds to."""

    number: int
    author: PersonRef | None = Field(description="null when Clarion wrote it from a template.")
    incident_state: IncidentState
    statements: StatementsOut
    component_statuses: dict[str, ComponentStatus]
    facts: dict[str, Any]
    texts: dict[str, TextOut] = Field(
        description="By audience, as approved: times are references such as `{2026-11-25T15:30Z}`."
    )
    read_as: dict[str, TextOut] = Field(
        description="By audience, as plain text: times in UTC and in the page's zone."
    )
    bare_times: list[BareTimeOut] = Field(description="Times typed as words rather than as references.")
    channels: list[str]
    next_update_at: Stamp | None = Field(description="The soonest promise that its texts make.")
    next_update_for: dict[str, Stamp] = Field(description="Of those that promise a later time, by audience.")
    left_out: list[str] = Field(
        description="Audiences that policy named and that this version does not carry."
    )
    no_change: bool
    ruled_out: str
    digest: str = Field(description="SHA-256 of the canonical form; send it back to approve.")
    created_at: Stamp


class ApprovalOut(Output):
    """One person's word on one version, in one role."""

    id: str
    version: int
    role: str
    person: PersonRef
    decision: str
    comment: str
    digest: str
    at: Stamp
    expires_at: Stamp
    voided_at: Stamp | None
    void_reason: str


class ReviewLineOut(Output):
    """One required role: who has spoken in it, and whether the owner of this key may."""

    role: str
    label: str
    reason: ReasonOut
    decision: ApprovalOut | None
    you_may: bool
    because: str = Field(description="Why you may not; empty when you may.")


class ReviewOut(Output):
    complete: bool
    lines: list[ReviewLineOut]
    missing: list[str]
    objections: list[ReasonOut]
    lapsed: list[ReasonOut]


class DraftSummary(Output):
    id: str
    incident: str
    phase: Phase
    state: str
    cause: str
    created_at: Stamp
    submitted_at: Stamp | None
    window_due_at: Stamp | None = Field(description="When the open approval window ends; null while none is.")
    review_until: Stamp | None = Field(description="When the review runs out and must be asked for anew.")
    published_at: Stamp | None
    closed_at: Stamp | None


class DraftOut(DraftSummary):
    version: VersionOut = Field(description="The newest one.")
    entry: EntryOut
    contradictions: list[ContradictionOut] = Field(
        description="Of the newest version: between its texts, with the facts, with the last update."
    )
    authors: list[PersonRef] = Field(description="Everybody who wrote a version; none of them may review.")
    review: ReviewOut


class CommentOut(Output):
    id: str
    version: int
    person: PersonRef
    body: str
    at: Stamp


def person_ref(person: Any) -> PersonRef | None:
    return PersonRef(id=person.id, name=person.name) if person else None


def _person(person: Any) -> PersonRef:
    return PersonRef(id=person.id, name=person.name)


def version_out(row: Any) -> VersionOut:
    return VersionOut(
        number=row.number,
        author=person_ref(row.author),
        incident_state=row.incident_state,
        statements=StatementsOut(**_stated(row)),
        component_statuses=row.component_statuses,
        facts=row.facts,
        texts={name: TextOut(**text) for name, text in row.texts.items()},
        read_as=read_as(row.texts),
        bare_times=bare_times_out(row.texts, row.created_at),
        channels=row.channels,
        next_update_at=row.next_update_at,
        next_update_for={name: row.promised_to(name) for name in row.next_update_for},
        left_out=row.left_out,
        no_change=row.no_change,
        ruled_out=row.ruled_out,
        digest=row.digest,
        created_at=row.created_at,
    )


def contradiction_out(row: Any) -> ContradictionOut:
    found = row.found
    places = [
        PlaceOut(audience=each.audience, part=each.part, start=each.start, end=each.end)
        for each in found.places
    ]
    said = {name: getattr(found, name) for name in ("key", "code", "topic", "text")}
    return ContradictionOut(**said, places=places, explanation=row.explanation)


def _stated(row: Any) -> dict[str, Any]:
    said = stated(row.statements)
    names = ("watch_until", *SENTENCES)
    differences = [DifferenceOut(key=each.key, reason=each.reason) for each in said.differences]
    kept = {name: getattr(said, name) for name in names}
    return {"confirmed": sorted(said.confirmed), "differences": differences, **kept}


def approval_out(row: Any) -> ApprovalOut:
    return ApprovalOut(
        id=row.id,
        version=row.version.number,
        role=row.role,
        person=_person(row.person),
        decision=row.decision,
        comment=row.comment,
        digest=row.digest,
        at=row.at,
        expires_at=row.expires_at,
        voided_at=row.voided_at,
        void_reason=row.void_reason,
    )


def draft_summary(row: Any) -> DraftSummary:
    return DraftSummary(**_summary(row))


def _summary(row: Any) -> dict[str, Any]:
    names = set(DraftSummary.model_fields) - {"incident"}
    return {"incident": row.incident_id, **{name: getattr(row, name) for name in names}}


def draft_out(view: Any) -> DraftOut:
    """A DraftView of ``queries.drafts`` as programs read it."""
    lines = [
        ReviewLineOut(
            role=line.required.role,
            label=line.label,
            reason=ReasonOut(**line.required.reason.as_json()),
            decision=approval_out(line.approval) if line.approval else None,
            you_may=line.verdict.allowed,
            because=line.verdict.because,
        )
        for line in view.lines
    ]
    review = ReviewOut(
        complete=view.outcome.complete,
        lines=lines,
        missing=[item.role for item in view.outcome.missing],
        objections=[ReasonOut(**reason.as_json()) for reason in view.outcome.objections],
        lapsed=[ReasonOut(**reason.as_json()) for reason in view.outcome.lapsed],
    )
    return DraftOut(
        **_summary(view.draft),
        version=version_out(view.version),
        contradictions=[contradiction_out(each) for each in view.contradictions],
        entry=EntryOut(
            allowed=view.entry.allowed,
            move=view.move,
            reasons=[ReasonOut(**reason.as_json()) for reason in view.entry.reasons],
        ),
        authors=[_person(author) for author in view.authors],
        review=review,
    )


def comment_out(row: Any) -> CommentOut:
    return CommentOut(
        id=row.id, version=row.version.number, person=_person(row.person), body=row.body, at=row.at
    )
