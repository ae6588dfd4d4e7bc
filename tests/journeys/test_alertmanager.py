"""A real Prometheus Alertmanager fires into Clarion and resolves."""

from __future__ import annotations

import contextlib
import json
import subprocess
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.living import HOOK_TOKEN, Installation, free_port, installation, until

CONFIG = """
route:
  receiver: clarion
  group_by: [alertname]
  group_wait: 200ms
  group_interval: 1s
  repeat_interval: 3s
receivers:
  - name: clarion
    webhook_configs:
      - url: {url}
        send_resolved: true
        http_config:
          authorization: {{type: Bearer, credentials: {token}}}
"""


class Alertmanager:
    """The Debian package's own binary, alone on loopback."""

    def __init__(self, folder: Path, hook_url: str) -> None:
        self.port = free_port()
        config = folder / "alertmanager.yml"
        config.write_text(CONFIG.format(url=hook_url, token=HOOK_TOKEN))
        with (folder / "alertmanager.log").open("wb") as log:
            self.process = subprocess.Popen(
                [
                    "prometheus-alertmanager",
                    f"--config.file={config}",
                    f"--storage.path={folder / 'am'}",
                    f"--web.listen-address=127.0.0.1:{self.port}",
                    "--cluster.listen-address=",
                ],
                stdout=log,
                stderr=log,
            )
        until(self.ready, what="Alertmanager's readiness")

    def ready(self) -> bool:
        with contextlib.suppress(OSError):
            address = f"http://127.0.0.1:{self.port}/-/ready"
            with urllib.request.urlopen(address, timeout=2) as answer:
                return bool(answer.status == 200)
        return False

    def post(self, *alerts: dict[str, object]) -> None:
        asked = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/v2/alerts",
            json.dumps(alerts).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(asked, timeout=5) as answer:
            assert answer.status == 200

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=20)


def alert(instance: str, *, ends: datetime | None = None) -> dict[str, object]:
    """An alert as Prometheus posts it."""
    began = datetime.now(UTC) - timedelta(minutes=2)
    value: dict[str, object] = {
        "labels": {
            "alertname": "HighErrorRate",
            "service": "api",
            "severity": "critical",
            "instance": instance,
        },
        "annotations": {"summary": f"5xx above 10 % on {instance}"},
        "startsAt": began.replace(microsecond=0).isoformat(),
    }
    return value | ({"endsAt": ends.isoformat()} if ends else {})


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Installation]:
    with installation(tmp_path) as found:
        found.start_web()
        found.start_worker()
        yield found


def incidents(here: Installation) -> list[dict[str, object]]:
    return here.python(
        "from clarion.store.queries.incidents import incidents\n"
        "result = [{'id': i.id, 'severity': i.severity, 'state': i.state, 'signals': i.signals.count(),"
        " 'quiet': bool(i.quiet_at), 'components': [c.name for c in i.components.all()],"
        " 'drafts': [d.phase for d in i.drafts.all()], 'updates': i.updates.count()} for i in incidents()]"
    )  # fmt: skip


@pytest.mark.service("alertmanager")
@pytest.mark.capability("5.1", face="api")
def test_a_real_alertmanager_opens_one_incident_with_a_draft_and_closes_nothing_by_itself(
    here: Installation, tmp_path: Path
) -> None:
    """It fires for two servers, repeats itself, resolves: one incident, and an end proposed but not told."""
    manager = Alertmanager(tmp_path, f"{here.base_url}/hooks/alertmanager")
    try:
        manager.post(alert("web-1"))
        found = until(lambda: incidents(here), what="an incident")
        until(lambda: incidents(here)[0]["drafts"], what="a first draft")
        assert found[0]["severity"] == "SEV-1"
        assert found[0]["components"] == ["API"]

        manager.post(alert("web-1"), alert("web-2"))
        until(lambda: incidents(here)[0]["signals"] == 2, what="the second signal")

        over = datetime.now(UTC)
        manager.post(alert("web-1", ends=over), alert("web-2", ends=over))
        until(lambda: "resolution" in incidents(here)[0]["drafts"], what="the draft of a resolution")
    finally:
        manager.close()
    last = incidents(here)
    assert len(last) == 1
    assert sorted(last[0]["drafts"]) == ["holding", "resolution"]
    assert last[0]["updates"] == 0
    assert last[0]["state"] == "detected"
