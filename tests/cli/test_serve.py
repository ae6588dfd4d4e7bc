"""`clarion serve`: starts where it can, says why where it cannot, needs no database for the page."""

from __future__ import annotations

import signal
import socket

import pytest

from tests.cli.conftest import complaint
from tests.living import Installation, until


def test_a_port_in_use_is_one_sentence_that_names_another(prepared: Installation) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = complaint(prepared.run("serve", "--port", str(port), check=False))
    assert said.startswith(f"clarion serve: Port {port} on 127.0.0.1 is in use or not available")
    assert "--port" in said


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--port", "70000"), "There is no port 70000"),
        (("--host", "no.such.host.invalid"), "is no address of this machine"),
        (("--host", "192.0.2.1"), "in use or not available"),
    ],
)
def test_where_nobody_can_listen(prepared: Installation, options: tuple[str, ...], said: str) -> None:
    assert said in complaint(prepared.run("serve", *options, check=False))


def test_without_a_secret_it_does_not_start(prepared: Installation) -> None:
    """Sessions signed with a secret from the source code would let anybody in."""
    (prepared.home / "keys" / "secret").unlink()
    assert "The web secret is missing." in complaint(prepared.run("serve", check=False))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_when_it_is_asked_to(prepared: Installation, number: int) -> None:
    prepared.start_web()
    process = prepared.processes["web"]
    process.send_signal(number)
    assert process.wait(timeout=30) == 0
    with pytest.raises(OSError):
        prepared.get("/health")


def test_the_page_is_served_with_the_database_gone(prepared: Installation) -> None:
    prepared.start_worker()
    until(lambda: (prepared.home / "site" / "index.html").exists(), what="the page")
    prepared.kill("worker", signal.SIGTERM)
    prepared.database_url = "postgresql://nobody@127.0.0.1:1/none"
    prepared.start("web", "serve", "--port", str(prepared.port))
    until(lambda: prepared.processes["web"].poll() is not None or is_served(prepared), what="the page")
    assert is_served(prepared)


def is_served(here: Installation) -> bool:
    try:
        return here.get("/").status == 200
    except OSError:
        return False
