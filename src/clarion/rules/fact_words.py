"""Facts as the words that stand in a text: phrases without a full stop, sentences with one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from clarion.rules.facts import FACTS, Affected, FactSheet, is_known


def and_list(words: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``; empty for none."""
    return "".join(words) if len(words) < 2 else f"{', '.join(words[:-1])} and {words[-1]}"


def phrase(text: str) -> str:
    """The text to stand within a sentence: on one line, without a full stop at its end."""
    return " ".join(text.split()).removesuffix(".")


def sentence(text: str) -> str:
    """The text to stand alone: on one line, with an end."""
    line = " ".join(text.split())
    return line if not line or line.endswith((".", "!", "?", ":", "…")) else f"{line}."


def who(affected: Affected, *, confirmed: bool) -> str:
    """Who is affected, such as ``about 4 % of customers in Europe``; empty when nothing is known."""
    if not affected.stated:
        return "customers; how many is being measured" if affected.measuring else ""
    about = "" if confirmed else "about "
    share = f"{affected.percent:g} %" if affected.percent is not None else ""
    where = f" in {and_list(affected.regions)}" if affected.regions else ""
    if affected.number is not None:
        inner = f" ({share})" if share else ""
        return f"{about}{affected.number} customers{inner}{where}"
    return f"{about}{share} of customers{where}" if share else f"customers{where}"


def scope(before: Affected | None, after: Affected) -> str:
    """``more`` or ``fewer`` where two counts can be compared; empty otherwise."""
    if before is None:
        return ""
    for name in ("number", "percent"):
        old, new = getattr(before, name), getattr(after, name)
        if old is not None and new is not None and old != new:
            return "more" if new > old else "fewer"
    old_regions, new_regions = set(before.regions), set(after.regions)
    if old_regions != new_regions:
        return "more" if old_regions < new_regions else "fewer" if new_regions < old_regions else ""
    return ""


def stated(sheet: FactSheet, who: str, *, confirmed: bool) -> list[tuple[str, str, datetime | None]]:
    """The facts that are confirmed, or those that are not: label, and words or an instant.

    ``who`` says who is affected, as far as the reader may know it; empty leaves it out.
    """
    found: list[tuple[str, str, datetime | None]] = []
    for name, fact in FACTS.items():
        if not fact.can_be_confirmed or fact.inside or not is_known(sheet, name):
            continue
        if (name in sheet.confirmed) == confirmed:
            value = getattr(sheet, name)
            at = value if isinstance(value, datetime) else None
            words = "" if at else who if name == "affected" else _words(value)
            if at or words:
                found.append((fact.label, words, at))
    return found


def _words(value: object) -> str:
    return and_list(value) if isinstance(value, tuple) else phrase(str(value))


def gaps(missing: Sequence[str]) -> str:
    """What is owed, as labels in a row; ``missing`` are names of facts."""
    return ", ".join(FACTS[name].label.lower() for name in missing)
