"""What an author states beside the texts of a version: what is confirmed, and why a state is entered."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from clarion.rules.access import ENGINEERING_ROLE, ROLE_LABELS
from clarion.rules.errors import Forbidden, Invalid
from clarion.rules.instants import broken, reference
from clarion.rules.plaintext import require_storable
from clarion.rules.types import require_aware

#: What the author of a version can state as confirmed, and how it is asked.
CONFIRMATIONS: Mapping[str, str] = {
    "cause": "A cause, or the area it lies in, is confirmed",
    "effect_reduced": "Users are less affected, or no longer",
    "fix_in_place": "The fix is in place",
    "recovery": "Service is normal again for everybody",
}
#: Who knows whether service is normal: ticks it while writing, or confirms it by approving.
RECOVERY_ROLE = ENGINEERING_ROLE
#: What is stated in the author's own words.
SENTENCES = ("reason", "data_integrity")
#: Characters of a sentence that is stated.
LONGEST_STATEMENT = 2000
#: Watching until a time further away than this, on either side, is a slip of the pen.
LONGEST_WATCH = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Difference:
    """Why one thing that contradicts another is right."""

    key: str
    """Of the contradiction that it explains (``rules.contradictions``). Empty in versions from before each
    was explained for itself: such a reason is read, and explains nothing that is found now."""
    reason: str


@dataclass(frozen=True, slots=True)
class Statements:
    """What an author states beside the texts of a version, so that its state can be entered."""

    confirmed: frozenset[str] = frozenset()
    """Names in ``CONFIRMATIONS``."""
    watch_until: datetime | None = None
    """Until when the fix is watched."""
    data_integrity: str = ""
    """What is known of stored data, as a sentence."""
    reason: str = ""
    """Why a state is entered although something is missing, or why it goes back."""
    differences: tuple[Difference, ...] = ()
    """Why what contradicts something else is right, one by one."""

    @property
    def explained(self) -> dict[str, str]:
        """Reasons by the key of the contradiction that each explains."""
        return {each.key: each.reason for each in self.differences if each.key and each.reason}

    def as_json(self) -> dict[str, Any]:
        """What is stated, and nothing for what is not: a version that states nothing is ``{}``."""
        found: dict[str, Any] = {
            "confirmed": sorted(self.confirmed),
            "watch_until": require_aware(self.watch_until).isoformat() if self.watch_until else "",
            "data_integrity": self.data_integrity,
            "reason": self.reason,
            "differences": [{"key": key, "reason": self.explained[key]} for key in sorted(self.explained)],
        }
        return {name: value for name, value in found.items() if value}


def stated(stored: Mapping[str, Any]) -> Statements:
    """What ``Statements.as_json`` wrote."""
    until = stored.get("watch_until")
    differences = [Difference(each["key"], each["reason"]) for each in stored.get("differences", ())]
    if for_all := stored.get("difference"):
        differences.append(Difference("", for_all))
    return Statements(
        confirmed=frozenset(stored.get("confirmed", ())),
        watch_until=datetime.fromisoformat(until).astimezone(UTC) if until else None,
        data_integrity=stored.get("data_integrity", ""),
        reason=stored.get("reason", ""),
        differences=tuple(differences),
    )


def proposed(phase: str, quiet_at: datetime | None, reason: str = "") -> Statements:
    """What Clarion states in a draft of its own: the reason it was given, or that every alert is quiet.

    Never that all is well: that is for people to say.
    """
    if not reason.strip() and phase == "resolution" and quiet_at is not None:
        reason = f"Every alert of this incident has been quiet since {reference(quiet_at)}."
    return Statements(reason=reason.strip())


def for_state(said: Statements, before: Statements, *, moved: bool) -> Statements:
    """What is stated for the announced state: once it ``moved``, the reason of ``before`` is of another one.

    A reason in other words is the author's own for this state.
    """
    inherited = said.reason.strip() == before.reason.strip()
    return replace(said, reason="") if moved and inherited else said


def check(said: Statements, before: Statements, roles: Collection[str], now: datetime) -> None:
    """Passes what somebody with these roles may state now, after ``before``; raises Invalid or Forbidden.

    Only who knows confirms recovery. What an earlier author confirmed stays confirmed while others write.
    """
    for name in sorted(said.confirmed - CONFIRMATIONS.keys()):
        known = ", ".join(CONFIRMATIONS)
        raise Invalid(f"{name!r} is not one of {known}.", field="statements.confirmed")
    newly = said.confirmed - before.confirmed
    if "recovery" in newly and RECOVERY_ROLE not in roles:
        label = ROLE_LABELS[RECOVERY_ROLE]
        text = f"Recovery is confirmed by the role {label}. Leave it: their review of this text confirms it."
        raise Forbidden(text, field="statements.confirmed")
    if "cause" in newly and ENGINEERING_ROLE not in roles:
        text = f"A cause is confirmed by the role {ROLE_LABELS[ENGINEERING_ROLE]}, here or on the fact sheet."
        raise Forbidden(text, field="statements.confirmed")
    until = said.watch_until
    if until is not None and not now - LONGEST_WATCH <= until <= now + LONGEST_WATCH:
        raise Invalid("This lies more than a year away.", field="statements.watch_until")
    for part in SENTENCES:
        check_sentence(getattr(said, part), field=f"statements.{part}")
    keys = [each.key for each in said.differences if each.key]
    if len(keys) > len(set(keys)):
        raise Invalid("Explain each contradiction once.", field="statements.differences")
    for each in said.differences:
        check_sentence(each.reason, field="statements.differences")


def named(stored: Mapping[str, Any]) -> dict[str, str]:
    """The sentences of what is stored, by the names that a ledger entry gives them."""
    said = stated(stored)
    found = {f"statements.{part}": getattr(said, part) for part in SENTENCES}
    for each in said.differences:
        found[f"statements.differences.{each.key}" if each.key else "statements.difference"] = each.reason
    return {name: text for name, text in found.items() if text}


def check_sentence(sentence: str, *, field: str) -> None:
    """Passes what may be stated in the author's own words; raises Invalid at this field."""
    require_storable(**{field: sentence})
    if len(sentence) > LONGEST_STATEMENT:
        raise Invalid(f"At most {LONGEST_STATEMENT} characters fit here.", field=field)
    if wrong := broken(sentence):
        raise Invalid(f"{wrong[0]} is no time. Write the moment in UTC.", field=field)
