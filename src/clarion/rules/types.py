"""The small values every rule speaks in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is required or refused: a stable code for programs and a sentence for people."""

    code: str
    text: str

    def as_json(self) -> dict[str, str]:
        return {"code": self.code, "text": self.text}


@dataclass(frozen=True, slots=True)
class Verdict:
    """May this happen? Never a bare yes or no: the reasons come with it."""

    allowed: bool
    reasons: tuple[Reason, ...] = ()

    @property
    def because(self) -> str:
        return " ".join(reason.text for reason in self.reasons)


def allowed(*reasons: Reason) -> Verdict:
    return Verdict(allowed=True, reasons=reasons)


def refused(code: str, text: str) -> Verdict:
    return Verdict(allowed=False, reasons=(Reason(code, text),))


def reasons_json(reasons: Iterable[Reason]) -> list[dict[str, str]]:
    return [reason.as_json() for reason in reasons]


def require_aware(moment: datetime) -> datetime:
    """The same instant in UTC; raises ValueError for a time without a zone."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} carries no time zone; every time in Clarion does")
    return moment.astimezone(UTC)
