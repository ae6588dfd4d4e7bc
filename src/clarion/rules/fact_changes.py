"""What differs between two versions of a fact sheet, and what that does to confirmations."""

from __future__ import annotations

from dataclasses import dataclass, replace

from clarion.rules.facts import DETERMINATIONS, FACTS, FactSheet, is_known


@dataclass(frozen=True, slots=True)
class Change:
    """One fact that differs between two versions."""

    name: str
    what: str
    """``added``, ``changed``, ``removed``, ``confirmed`` or ``doubted`` (no longer confirmed); of a question
    the answer: ``yes``, ``no`` or ``open again``."""

    @property
    def text(self) -> str:
        return f"{FACTS[self.name].label}: {self.what}"

    def as_json(self) -> dict[str, str]:
        return {"fact": self.name, "what": self.what}


def changes(before: FactSheet, after: FactSheet) -> tuple[Change, ...]:
    """Each fact that differs, in the order of ``FACTS``; one whose words changed is not named twice."""
    found = (_change(before, after, name) for name in FACTS)
    return tuple(change for change in found if change is not None)


def _change(before: FactSheet, after: FactSheet, name: str) -> Change | None:
    old, new = getattr(before, name), getattr(after, name)
    if old != new:
        if name == "cause" and old and new and old.text == new.text:
            return Change(name, "confirmed" if new.confirmed else "doubted")
        if name in DETERMINATIONS:
            return Change(name, new.answer if new else "open again")
        was, now = is_known(before, name), is_known(after, name)
        return Change(name, "added" if now and not was else "removed" if was and not now else "changed")
    if (name in before.confirmed) != (name in after.confirmed):
        return Change(name, "confirmed" if name in after.confirmed else "doubted")
    return None


def without_stale_confirmations(before: FactSheet, after: FactSheet) -> FactSheet:
    """``after``, where what was confirmed before and says something else now is not confirmed any more.

    A confirmation is of words, not of a field; a confirmation that is new in ``after`` stands.
    """
    stale = {
        name
        for name in after.confirmed & before.confirmed
        if getattr(before, name) != getattr(after, name) or not is_known(after, name)
    }
    return replace(after, confirmed=after.confirmed - stale)
