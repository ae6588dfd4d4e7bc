"""What programs send about drafts."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from clarion.rules.statements import CONFIRMATIONS, LONGEST_STATEMENT, Difference, Statements
from clarion.web.api.schemas import ComponentStatus, IncidentState, Input, LongText, Moment, Phase


class DraftIn(Input):
    phase: Phase
    audiences: list[str] | None = Field(
        default=None, description="Some of those that policy names; left out: all of them."
    )
    reason: str = Field(
        default="",
        max_length=LONGEST_STATEMENT,
        description="For an update on an incident that is over: why it reopens.",
    )


class TextIn(Input):
    """Words for one audience, in light Markdown."""

    title: str
    body: str


class DifferenceIn(Input):
    """Why one contradiction is right as it stands. It answers no other, and no other values."""

    key: str = Field(description="As in `contradictions`.")
    reason: str


class StatementsIn(Input):
    """What stands behind the state that is announced; see the reference page on terms."""

    confirmed: list[Literal[tuple(CONFIRMATIONS)]] = Field(  # type: ignore[valid-type]
        default_factory=list, description="What is confirmed; a cause and the recovery by accuracy reviewers."
    )
    watch_until: Moment | None = Field(default=None, description="Until when the fix is watched.")
    data_integrity: str = Field(default="", description="What is known of stored data, as a sentence.")
    reason: str = Field(
        default="", description="Why the state is entered although something is missing, or why it goes back."
    )
    differences: list[DifferenceIn] = Field(
        default_factory=list, description="Why what contradicts something else is right, one by one."
    )


class VersionIn(Input):
    """The whole of the next version."""

    base_version: int = Field(
        description="The version that was read; if a newer one exists, nothing is written."
    )
    texts: dict[str, TextIn] = Field(
        description="One for each audience that it carries: all or some of those policy names. "
        "Whoever was told of it must be told of the end."
    )
    incident_state: IncidentState
    component_statuses: dict[str, ComponentStatus] = Field(description="By component id.")
    next_update_at: Moment | None = Field(
        default=None, description="Promised to readers; needed while the incident is open."
    )
    next_update_for: dict[str, Moment] | None = Field(
        default=None,
        description="By audience, for those that hear at another time than `next_update_at`. Left out: as "
        "the last version promised, where `next_update_at` is the same; else everybody hears by that.",
    )
    no_change: bool = Field(default=False, description="It tells readers nothing new.")
    ruled_out: Annotated[str, Field(max_length=2000)] = Field(
        default="", description="What has been ruled out since; needed where nothing is new twice in a row."
    )
    statements: StatementsIn | None = Field(
        default=None,
        description="Left out: what the last version stated. Its reason goes with its state: where the state "
        "changes, the same reason is dropped, so say why anew.",
    )


class SubmitIn(Input):
    version: int = Field(description="The version that was read.")
    confirmed: list[str] = Field(
        default=[], description="Fingerprints of the warnings that you have read and let stand."
    )
    reason: LongText = Field(default="", description="Why they may stand, if you want to say so.")


class ComposeIn(Input):
    base_version: int = Field(
        description="The version that was read; if a newer one exists, nothing is written."
    )


class CommentIn(Input):
    body: LongText


class WithdrawIn(Input):
    reason: LongText


def statements(body: StatementsIn | None) -> Statements | None:
    """What a program states, as the action takes it."""
    if body is None:
        return None
    return Statements(
        confirmed=frozenset(body.confirmed),
        watch_until=body.watch_until,
        data_integrity=body.data_integrity.strip(),
        reason=body.reason.strip(),
        differences=tuple(Difference(each.key, each.reason.strip()) for each in body.differences),
    )
