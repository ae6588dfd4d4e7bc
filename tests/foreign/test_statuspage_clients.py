"""Programs written for Statuspage pages read ours, unmodified."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from clarion.pages.site import render
from clarion.pages.view import PageView
from tests.pages import sample
from tests.pages.serving import serve

HERE = Path(__file__).parent
CACHE = HERE.parents[1] / "var" / "npm" / "status-widget"


def metrics(view: PageView, tmp_path: Path) -> dict[str, list[tuple[dict[str, str], float]]]:
    """What statuspage-prometheus-exporter makes of the page: name → labels and value."""
    with serve(render(view), tmp_path / "site") as base:
        services = {"larkspur": {"url": f"{base}/api/v2/summary.json", "name": "Larkspur"}}
        (tmp_path / "services.json").write_text(json.dumps(services))
        subprocess.run(
            [str(Path(sys.executable).with_name("statuspage-prometheus-exporter"))],
            cwd=tmp_path,
            env={
                **os.environ,
                "RUN_MODE": "once",
                "METRICS_TEXTFILE_PATH": str(tmp_path / "out.prom"),
                "SERVICES_JSON_PATH": str(tmp_path / "services.json"),
            },
            capture_output=True,
            check=True,
            timeout=60,
        )
    found: dict[str, list[tuple[dict[str, str], float]]] = {}
    for family in text_string_to_metric_families((tmp_path / "out.prom").read_text()):
        for one in family.samples:
            found.setdefault(one.name, []).append((one.labels, one.value))
    return found


def test_the_prometheus_exporter_sees_the_outage_its_incidents_and_components(tmp_path: Path) -> None:
    found = metrics(sample.rich(), tmp_path)
    assert [0.0] == [value for _, value in found["statuspage_service_status"]]
    incidents = {labels["incident_id"]: labels for labels, _ in found["statuspage_incident_info"]}
    assert {"9tpgqq1h4bs7", "m2f7k1z0qa8d"} == set(incidents)
    payments = incidents["9tpgqq1h4bs7"]
    assert "Card payments are declined for some customers" == payments["incident_name"]
    assert "major" == payments["impact"]
    assert "https://status.larkspur.example/incidents/9tpgqq1h4bs7" == payments["shortlink"]
    assert "Card payments, Bank transfers" == payments["affected_components"]
    unwell = {labels["component_name"] for labels, value in found["statuspage_component_status"] if not value}
    assert {"Card payments", "Bank transfers", "Webhooks", "Search"} <= unwell
    assert [1.0] == [value for _, value in found["statuspage_probe_check"]]


def test_the_prometheus_exporter_sees_that_all_is_well(tmp_path: Path) -> None:
    found = metrics(sample.quiet(), tmp_path)
    assert [1.0] == [value for _, value in found["statuspage_service_status"]]
    assert {"none": 0.0} == {
        labels["incident_id"]: value for labels, value in found["statuspage_incident_info"]
    }


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """The pinned packages, installed once into a folder that stays."""
    wanted = (HERE / "package.json").read_bytes()
    installed = CACHE / "package.json"
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _install(wanted, installed)
    return CACHE / "node_modules"


def _install(wanted: bytes, installed: Path) -> None:
    if not (CACHE / ".done").exists() or installed.read_bytes() != wanted:
        shutil.rmtree(CACHE / "node_modules", ignore_errors=True)
        installed.write_bytes(wanted)
        command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock"]
        subprocess.run(command, cwd=CACHE, check=True, capture_output=True, timeout=240)
        (CACHE / ".done").touch()


def widgets(view: PageView, node_modules: Path, folder: Path) -> Any:
    with serve(render(view), folder) as base:
        ran = subprocess.run(
            ["node", str(HERE / "widget.cjs"), str(node_modules), base],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        told = json.loads(ran.stdout)
        assert [] == told["complaints"]
        assert [base, base] == [each["link"] for each in told["shown"]]
        return told["shown"]


@pytest.mark.service("npm")
@pytest.mark.parametrize(
    ("view", "indicator", "sentence"),
    [
        (sample.rich(), "minor", "Minor Service Outage"),
        (sample.quiet(), "none", "All Systems Operational"),
    ],
    ids=["a bad night", "a calm day"],
)
def test_atlassians_own_widget_shows_the_page(
    view: PageView, indicator: str, sentence: str, node_modules: Path, tmp_path: Path
) -> None:
    plain, badge = widgets(view, node_modules, tmp_path)
    assert [indicator, indicator] == [plain["indicator"], badge["indicator"]]
    assert sentence in plain["text"]
    assert sentence in badge["text"]
    assert "larkspur" in badge["text"]
