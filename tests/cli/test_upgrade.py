"""An upgrade: `clarion init` on a database that an older Clarion filled."""

from __future__ import annotations

from pathlib import Path

from tests.living import Installation

POLICY = (Path(__file__).parents[1] / "rules" / "policy_of_the_first_format.yaml").read_text(encoding="utf-8")

#: Tables as they were before policy looked at more; of one incident readers know, of the other they do not.
BEFORE = f"""
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
call_command("migrate", "store", "0003", verbosity=0)
call_command("migrate", "django_tasks_database", verbosity=0)
models = MigrationExecutor(connection).loader.project_state(("store", "0003_subscriber_time_zone")).apps
models.get_model("store", "PolicyVersion").objects.create(number=1, document={POLICY!r}, at=now)
Incident = models.get_model("store", "Incident")
common = dict(title="T", severity="SEV-2", category="network", policy_version=1, detected_at=now,
              opened_at=now, updated_at=now, requirements={{
    "formal_updates": True, "audiences": ["customers", "internal"], "channels": ["email"],
    "reviews": [], "update_every_minutes": 60, "warn_minutes": 10, "approval_window_minutes": 10,
    "reasons": [{{"code": "updates.severe", "text": "So."}}]}})
told, untold = (Incident.objects.create(id=name, **common) for name in ("told00000001", "untold000001"))
draft = models.get_model("store", "Draft").objects.create(
    incident=told, phase="holding", cause="x", created_at=now)
said = dict(number=1, channels=[])
version = models.get_model("store", "DraftVersion").objects.create(
    draft=draft, incident_state="investigating", texts={{}}, digest="0" * 64, created_at=now, **said)
models.get_model("store", "Update").objects.create(
    incident=told, version=version, state="investigating", affected=[], published_at=now, **said)
"""
AFTER = """
from clarion.store.models import DraftVersion, Incident
from clarion.store.policies import current, default_templates, documents, lint_rules
from clarion.store.queries import single
from clarion.store import decisions
told, untold = (Incident.objects.get(id=name) for name in ("told00000001", "untold000001"))
result = {
    "confirmation": [told.confirmation, untold.confirmation],
    "known": [told.duties, told.outage_scope],
    "requirements": told.requirements,
    "version": [DraftVersion.objects.get().no_change, DraftVersion.objects.get().ruled_out],
    "policy": current()[1].title,
    "others": [documents(single.policy(1)).templates == default_templates(), lint_rules()],
    "again": decisions.decision(told, now).as_json()["approval_window_minutes"],
}
"""


def test_policy_and_incidents_of_an_older_clarion_go_on(bare: Installation) -> None:
    """What was decided stays decided, and gets the answers that it gave without saying so."""
    bare.python(BEFORE)
    bare.run("init")
    found = bare.python(AFTER)
    assert (["confirmed", "suspected"], [None, "unknown"]) == (found["confirmation"], found["known"])
    wants = found["requirements"]
    assert (60, True, "network", {"customers": 60, "internal": 60}) == (
        wants["update_every_minutes"],
        wants["may_start"],
        wants["template"],
        wants["intervals"],
    )
    assert [True, ""] == found["others"], "templates and lint rules are those that come with Clarion"
    assert ([False, ""], "Default policy", 10) == (found["version"], found["policy"], found["again"])
