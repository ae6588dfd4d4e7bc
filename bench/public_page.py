"""The published page through Clarion's own server against nginx serving the same file.

Both on loopback with 64 connections, in turns. nginx and wrk are Debian's packages. That no request to
the page runs SQL is shown by taking the database away while the page is read.
"""

from __future__ import annotations

import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

from bench import _house
from bench._figures import Figure, report

ROUNDS = 5
SECONDS = 5
GOAL = 0.35

NGINX = """
worker_processes 2; daemon off; pid {home}/nginx.pid; error_log /dev/null;
events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; types {{ text/html html; }}
  client_body_temp_path {home}/nx; proxy_temp_path {home}/nx; fastcgi_temp_path {home}/nx;
  uwsgi_temp_path {home}/nx; scgi_temp_path {home}/nx;
  server {{ listen 127.0.0.1:{port}; root {home}/site; }}
}}
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str) -> bytes:
    for _ in range(100):
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                return bytes(answer.read())
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{url} does not answer.")


def load(url: str) -> tuple[float, float]:
    """Requests per second and p99 in milliseconds under 64 connections."""
    said = subprocess.run(
        ["wrk", "-t2", "-c64", f"-d{SECONDS}s", "--latency", url], capture_output=True, text=True, check=True
    ).stdout
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])
    number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", said).groups()
    if "Non-2xx" in said or "Socket errors" in said:
        raise SystemExit(f"{url} gave errors:\n{said}")
    return rate, float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def main() -> int:
    for tool in ("nginx", "wrk"):
        if not shutil.which(tool):
            raise SystemExit(f"This bench needs {tool}: apt-get install nginx-light wrk")
    _house.start()
    from clarion import pipeline

    for number in range(10):
        _house.approve(_house.open_incident(number), "clarity")
    pipeline.settle(datetime.now(UTC))
    ports = free_port(), free_port()
    _house.HOME.chmod(0o755)  # nginx reads as a user of its own
    config = _house.HOME / "nginx.conf"
    config.write_text(NGINX.format(home=_house.HOME, port=ports[1]))
    (_house.HOME / "nx").mkdir()
    clarion = str(Path(sys.executable).parent / "clarion")
    servers = [
        subprocess.Popen([clarion, "serve", "--port", str(ports[0]), "--workers", "2"]),
        subprocess.Popen(["nginx", "-c", str(config)]),
    ]
    urls = [f"http://127.0.0.1:{port}/index.html" for port in ports]
    try:
        bodies = [wait_for(url) for url in urls]
        assert bodies[0] == bodies[1], "the two servers do not show the same page"
        # Without its database Django cannot answer a thing; the page must not notice.
        (_house.HOME / "clarion.sqlite3").rename(_house.HOME / "away.sqlite3")
        ours, theirs = [], []
        for _ in range(ROUNDS):
            ours.append(load(urls[0]))
            theirs.append(load(urls[1]))
    finally:
        for server in servers:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=20)
    _house.remove()
    value, floor = (statistics.median(rate for rate, _ in runs) for runs in (ours, theirs))
    p99, floor_p99 = (statistics.median(p for _, p in runs) for runs in (ours, theirs))
    return report(
        Figure(
            f"page of {len(bodies[0])} bytes, 64 connections",
            value, "requests/s", "nginx static, same file", floor, f">= {GOAL} x floor",
            value >= GOAL * floor,
        ),
        Figure("page, p99 at 64 connections", p99, "ms", "nginx static, p99", floor_p99, "<= 5 ms", p99 <= 5),
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
