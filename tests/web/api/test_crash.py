"""A web process that is killed in the middle of a write: the repeat finds all of it or nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]

#: Does one thing with a database of its own, and kills itself at the place that it is told.
PROGRAM = """
import json, os, signal, sys
import django
django.setup()
from django.core.management import call_command
from django.test import Client
from clarion.store import idempotency
from clarion.store.models import Incident, LedgerEntry
from clarion.web.api import idempotency as face

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

step, secret = sys.argv[1], sys.argv[2]
if step == "prepare":
    call_command("migrate", verbosity=0)
    from tests import factories as make
    make.policy()
    print(make.api_key(make.person("communications_lead")))
    sys.exit()
if step == "die before commit":
    real = idempotency.IdempotentReply.objects.create
    def create(**values):
        real(**values)
        die()
    idempotency.IdempotentReply.objects.create = create
if step == "die after commit":
    face.HttpResponse = die
body = {"title": "T", "severity": "SEV-1", "category": "application", "components": []}
answer = Client(raise_request_exception=False).post(
    "/api/v1/incidents", json.dumps(body), content_type="application/json",
    headers={"Authorization": f"Bearer {secret}", "Idempotency-Key": "one", "Host": "127.0.0.1"},
)
print(json.dumps({
    "status": answer.status_code,
    "replayed": answer.headers.get("Idempotent-Replayed"),
    "incidents": Incident.objects.count(),
    "entries": LedgerEntry.objects.filter(kind="incident.opened").count(),
}))
"""


@pytest.mark.parametrize(("place", "replayed"), [("die before commit", None), ("die after commit", "true")])
def test_a_killed_write_is_done_once_by_its_repeat(
    fresh_database_url: str, tmp_path: Path, place: str, replayed: str | None
) -> None:
    def run(step: str, secret: str = "") -> Any:
        return subprocess.run(
            [sys.executable, "-c", PROGRAM, step, secret],
            cwd=ROOT,
            env=os.environ
            | {
                "DJANGO_SETTINGS_MODULE": "clarion.settings",
                "CLARION_DATABASE_URL": fresh_database_url,
                "CLARION_HOME": str(tmp_path),
                "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
            },
            capture_output=True,
            text=True,
            timeout=120,
        )

    prepared = run("prepare")
    secret = prepared.stdout.strip()
    assert secret.startswith("clarion_"), prepared.stderr
    killed = run(place, secret)
    assert (-signal.SIGKILL, "") == (killed.returncode, killed.stdout)
    repeat = json.loads(run("repeat", secret).stdout)
    assert {"status": 201, "replayed": replayed, "incidents": 1, "entries": 1} == repeat
