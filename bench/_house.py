"""An installation of its own for a bench: temporary home, SQLite, keys, policy, one component, people."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

HOME = Path(tempfile.mkdtemp(prefix="clarion-bench-", dir=os.environ.get("CLARION_BENCH_DIR")))
os.environ["CLARION_HOME"] = str(HOME)
os.environ.pop("CLARION_DATABASE_URL", None)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clarion.settings")


def start() -> None:
    """Sets Django up, migrates and installs what the main line needs."""
    import django

    django.setup()
    from django.core.management import call_command

    from clarion.store.keys import create_keys

    create_keys(HOME)
    call_command("migrate", verbosity=0)
    from clarion import pipeline
    from clarion.actions import people, setup
    from clarion.actions import policy as policy_actions
    from clarion.rules.access import SYSTEM
    from clarion.store.policies import default_document

    now = datetime.now(UTC)
    pipeline.run(policy_actions.install_policy, document=default_document(), actor=SYSTEM, now=now)
    site = {"path": str(HOME / "site")}
    pipeline.run(setup.add_site, name="page", kind="folder", config=site, now=now)
    pipeline.run(setup.add_component, name="API", actor=SYSTEM, now=now)
    for role in ("communications_lead", "accuracy", "clarity"):
        pipeline.run(
            people.create_person,
            email=f"{role.replace('_', '-')}@example.com",
            name=role,
            password="not a secret, a bench",
            roles=[role],
            actor=SYSTEM,
            now=now,
        )


def people_by_role() -> dict[str, object]:
    """Actors for the three people of the bench."""
    from clarion.store.people import as_actor, roles_of
    from clarion.store.queries.people import people

    return {role: as_actor(person) for person in people() for role in roles_of(person)}


def open_incident(number: int) -> str:
    """A SEV-2 incident with its first draft in review; returns the draft's id."""
    from clarion import pipeline
    from clarion.actions import draft, incident, review
    from clarion.rules.errors import AlreadyDone
    from clarion.store.queries.drafts import draft_view, drafts
    from clarion.store.queries.incidents import components

    now, by_role = datetime.now(UTC), people_by_role()
    lead = by_role["communications_lead"]
    entry = pipeline.run(
        incident.open_incident,
        title=f"Bench incident {number}",
        severity="SEV-2",
        category="application",
        component_ids=[components()[0].id],
        actor=lead,
        now=now,
    )
    with suppress(AlreadyDone):  # a worker that runs beside the bench may have been faster
        pipeline.run(draft.write_first_draft, key=entry.incident_id, now=now)
    draft_id = drafts().get(incident_id=entry.incident_id).id
    version = draft_view(draft_id, person=None, now=now).version
    pipeline.run(review.submit_draft, draft_id=draft_id, version=version.number, actor=lead, now=now)
    approve(draft_id, "accuracy")
    return draft_id


def approve(draft_id: str, role: str) -> object:
    """One person's approval of the newest version, exactly as shown."""
    from clarion import pipeline
    from clarion.actions import review
    from clarion.store.queries.drafts import draft_view

    now = datetime.now(UTC)
    version = draft_view(draft_id, person=None, now=now).version
    return pipeline.run(
        review.decide,
        draft_id=draft_id,
        version=version.number,
        digest=version.digest,
        role=role,
        decision="approved",
        comment="",
        actor=people_by_role()[role],
        now=now,
    )


def remove() -> None:
    shutil.rmtree(HOME, ignore_errors=True)
