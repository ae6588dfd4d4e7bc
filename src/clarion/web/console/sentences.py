"""Ledger entries as sentences that a person can read in a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clarion.web.console.sentence_names import Names
from clarion.web.console.sentence_words import SENTENCES

#: Kinds that say something went wrong or wants a person.
LOUD = frozenset(
    {"hook.quarantined", "deadline.missed", "draft.approval_lapsed", "draft.changes_requested", "site.failed"}
)


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as a timeline shows it."""

    entry: Any
    at: datetime
    who: str
    what: str
    loud: bool
    texts: Mapping[str, str | None]
    """The words people gave with it, such as a reason or a comment; None for erased ones."""


#: Texts that are shown whole under their line; the others are on the entry's own page.
QUOTED = ("reason", "comment", "statements.reason", "statements.difference")
#: Beginnings of names of such texts, one for each thing that they are about.
QUOTED_EACH = ("contradictions.", "statements.differences.")


def line(entry: Any, data: Mapping[str, Any], texts: Mapping[str, str | None], names: Names) -> Line:
    """The entry as a sentence; an unknown kind is named rather than hidden."""
    say = SENTENCES.get(entry.kind)
    what = say(data, texts, names) if say else f"recorded {entry.kind} on {entry.subject}"
    said = {name: text for name, text in texts.items() if name in QUOTED or name.startswith(QUOTED_EACH)}
    return Line(entry, entry.at, names.actor(entry.actor), what, entry.kind in LOUD, said)
