"""Other people's programs, pointed at an address, and what they make of the page there."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

HERE = Path(__file__).parent
CACHE = HERE.parents[1] / "var" / "npm" / "status-widget"

Metrics = dict[str, list[tuple[dict[str, str], float]]]
"""Name → labels and value."""


def metrics_of(base: str, folder: Path) -> Metrics:
    """What statuspage-prometheus-exporter makes of the page at this address; it writes into the folder."""
    services = {"larkspur": {"url": f"{base}/api/v2/summary.json", "name": "Larkspur"}}
    (folder / "services.json").write_text(json.dumps(services))
    subprocess.run(
        [str(Path(sys.executable).with_name("statuspage-prometheus-exporter"))],
        cwd=folder,
        env={
            **os.environ,
            "RUN_MODE": "once",
            "METRICS_TEXTFILE_PATH": str(folder / "out.prom"),
            "SERVICES_JSON_PATH": str(folder / "services.json"),
        },
        capture_output=True,
        check=True,
        timeout=60,
    )
    found: Metrics = {}
    for family in text_string_to_metric_families((folder / "out.prom").read_text()):
        for one in family.samples:
            found.setdefault(one.name, []).append((one.labels, one.value))
    return found


def node_modules() -> Path:
    """The pinned packages, installed once into a folder that stays."""
    wanted = (HERE / "package.json").read_bytes()
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _install(wanted, CACHE / "package.json")
    return CACHE / "node_modules"


def _install(wanted: bytes, installed: Path) -> None:
    if not (CACHE / ".done").exists() or installed.read_bytes() != wanted:
        shutil.rmtree(CACHE / "node_modules", ignore_errors=True)
        installed.write_bytes(wanted)
        command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock"]
        subprocess.run(command, cwd=CACHE, check=True, capture_output=True, timeout=240)
        (CACHE / ".done").touch()


def widgets_of(base: str) -> Any:
    """What Atlassian's widget shows of the page at this address: plain, and as a badge."""
    ran = subprocess.run(
        ["node", str(HERE / "widget.cjs"), str(node_modules()), base],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    told = json.loads(ran.stdout)
    assert [] == told["complaints"]
    assert [base, base] == [each["link"] for each in told["shown"]]
    return told["shown"]
