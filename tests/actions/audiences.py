"""A house whose policy promises each audience an interval of its own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from clarion import pipeline
from clarion.actions import draft as drafts
from clarion.store.models import Deadline, Draft, Incident, Update
from tests import factories as make
from tests.actions.story import MINUTE, NOW, Story, acting, edit, longer
from tests.rules.policy_documents import document

#: Minutes between updates, and before the end of which it warns.
RHYTHM = {"internal": (30, 5), "executives": (240, 30)}
CADENCE = [
    {"name": name, "when": {"audience": name}, "every_minutes": every, "warn_minutes": warn}
    for name, (every, warn) in RHYTHM.items()
]
#: Customers and support agents.
OTHERS = {"name": "others", "every_minutes": 60, "warn_minutes": 10}


def house(**changes: Any) -> Story:
    """Internal teams hear every half an hour, executives every four hours, all others every hour."""
    here = Story()
    policy = document(**{"cadence": [*CADENCE, OTHERS]} | changes)
    make.next_policy(policy, by=here.lead, approved_by=here.administrator)
    return here


def begin(here: Story, of: Incident, audiences: Iterable[str] | None, now: datetime, **told: Any) -> Draft:
    """The lead starts an update for these audiences."""
    usual = {"incident_id": of.id, "phase": "update", "audiences": audiences, "actor": acting(here.lead)}
    pipeline.run(drafts.create_draft, now=now, **usual | told)
    found: Draft = of.drafts.get(state="draft")
    return found


def tell(here: Story, of: Incident, audiences: Iterable[str], now: datetime = NOW) -> Update:
    """An update for these audiences, approved and published. Something in it is new."""
    draft = begin(here, of, audiences, now)
    version = draft.versions.get()
    word = "We keep looking." if of.updates.count() % 2 else "We look further."
    new = longer(version.texts, word)
    edit(draft, here.lead, now, texts=new, next_update_at=version.next_update_at)
    return here.publish(draft, now)


def running(of: Incident, kind: str = "next_update") -> dict[str, float]:
    """What is owed and to whom: minutes from ``NOW`` by audience."""
    found = Deadline.objects.filter(incident=of, kind=kind, satisfied_at=None, cancelled_at=None)
    return {name: (each.due_at - NOW) / MINUTE for each in found for name in each.audiences}
