"""What an author is offered for the audiences that a version leaves out, should they be taken in again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from clarion.store import carrying, composing
from clarion.store.models import DraftVersion


@dataclass(frozen=True, slots=True)
class Offer:
    """A text for an audience, and by when it would promise to be followed by another."""

    text: dict[str, str]
    next_update_at: datetime | None


def offers(version: DraftVersion, now: datetime) -> dict[str, Offer]:
    """For each audience left out: what an earlier version of the draft had for it, else new words."""
    missing = carrying.left_out(version.draft.incident, version.texts)
    found: dict[str, Offer] = {}
    for earlier in version.draft.versions.filter(number__lt=version.number).order_by("number"):
        for name in missing:
            if name in earlier.texts:
                found[name] = Offer(earlier.texts[name], earlier.promised_to(name))
    new = [name for name in missing if name not in found]
    if new:
        draft = version.draft
        made = composing.compose_version(draft.incident, draft.phase, audiences=new, now=now, like=version)
        for name in new:
            found[name] = Offer(made.texts[name], made.next_update_for.get(name, made.next_update_at))
    return found
