"""An installation that began with an older Clarion: its policy, and its running incidents."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps

from clarion import pipeline
from clarion.actions import assess
from clarion.store.models import Deadline, Incident, PolicyVersion
from clarion.store.policies import numbered
from tests import factories as make
from tests.actions.story import HOUR, NOW, Story, acting, again

pytestmark = pytest.mark.django_db
FIRST_FORMAT = Path(__file__).parents[1] / "rules" / "policy_of_the_first_format.yaml"
#: What an incident kept before policy had more to say.
KEPT = {
    "formal_updates": True,
    "audiences": ["customers", "internal"],
    "channels": ["email"],
    "reviews": [{"role": "accuracy", "reason": {"code": "reviews.facts", "text": "Somebody must."}}],
    "update_every_minutes": 60,
    "warn_minutes": 10,
    "approval_window_minutes": 10,
    "reasons": [
        {"code": "updates.severe", "text": "SEV-2, network, public: they are told."},
        {"code": "cadence.sev-2", "text": "SEV-2, network, public: an update every 60 minutes."},
    ],
}


def test_what_policy_required_before_is_completed_and_nothing_of_it_changed() -> None:
    """As the migration does it: every part that was not said gets the answer it had."""
    migration = import_module("clarion.store.migrations.0004_policy_facts")
    new = migration.completed(KEPT, "network")
    assert KEPT.items() <= new.items()
    assert (True, {"customers": 60, "internal": 60}, "network", "engineering_only", []) == (
        new["may_start"],
        new["intervals"],
        new["template"],
        new["etr"],
        new["disclosure"],
    )
    assert ["updates.severe"] == [reason["code"] for reason in new["because"]["audiences"]]
    assert ["reviews.facts"] == [reason["code"] for reason in new["because"]["reviews"]]


def test_an_incident_under_a_policy_of_the_first_format_goes_on_under_it() -> None:
    """It is read as it was written, and decides as it did, whatever is found out."""
    here = Story()
    PolicyVersion.objects.update(document=FIRST_FORMAT.read_text(encoding="utf-8"))
    incident = here.open()
    facts = {"duties": ["payments"], "outage_scope": "none"}
    told = {"incident_id": incident.id, "facts": facts, "actor": acting(here.lead), "now": NOW}
    pipeline.run(assess.assess_incident, **told)
    now: Incident = again(incident)
    assert "Default policy" == numbered(1).title
    assert (True, True, 60) == (
        now.requirements["formal_updates"],
        now.requirements["may_start"],
        now.requirements["update_every_minutes"],
    )
    assert ["accuracy", "clarity"] == [item["role"] for item in now.requirements["reviews"]]


def test_what_was_missed_before_reminders_is_reminded_of_next() -> None:
    """As the migration does it; what was kept or is still to come stays as it is."""
    here = Story()
    here.publish(here.draft())
    (owed,) = Deadline.objects.filter(kind="next_update")
    make.settle(NOW + HOUR)
    Deadline.objects.update(remind_at=None)
    import_module("clarion.store.migrations.0012_promises").remind_of_the_missed(apps, None)
    assert [owed.id] == list(Deadline.objects.exclude(remind_at=None).values_list("id", flat=True))
    make.settle(NOW + 2 * HOUR)
    assert 1 == again(owed).reminders
