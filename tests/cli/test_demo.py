"""`clarion demo`: ready at once, alone in its folder, gone with all its processes, plain about trouble."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.conftest import complaint
from tests.living import CLARION, free_port, until

LAST_LINE = "Ctrl-C stops it"


def clarion(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs a command in this folder, in the environment of the tests."""
    return subprocess.run(
        [CLARION, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=200,
    )


def on_this_database(url: str) -> tuple[str, ...]:
    return () if url.startswith("sqlite") else ("--database", url)


@contextmanager
def demo(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A demo in a browser's reach, once it says that it is ready; ended with the block."""
    output = folder / "output"
    with output.open("wb") as file:
        process = subprocess.Popen(
            [CLARION, "demo", *arguments], cwd=folder, stdout=file, stderr=file, start_new_session=True
        )
    try:
        until(
            lambda: LAST_LINE in output.read_text() or process.poll() is not None, 60, "a demo that is ready"
        )
        assert process.poll() is None, output.read_text()
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=40)


def processes_of(folder: Path) -> list[int]:
    """Everything that runs with this demo's home, found by its environment."""
    wanted = f"CLARION_HOME={folder}".encode()
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if wanted in path.read_bytes().split(b"\0"):
                found.append(int(path.parent.name))
        except OSError:
            continue
    return found


@pytest.mark.capability("5.1", face="api")
@pytest.mark.capability("4.1", face="api")
@pytest.mark.capability("8.6", face="cli")
def test_the_line_is_walked_without_a_browser(tmp_path: Path, fresh_database_url: str) -> None:
    """From a captured alert to a record that an auditor can check, each step with its ledger entry."""
    done = clarion(tmp_path, "demo", "--headless", *on_this_database(fresh_database_url))
    assert done.returncode == 0, done.stdout + done.stderr
    kinds = [line.split()[0] for line in done.stdout.splitlines() if " leaf " in line]
    assert kinds == [
        "hook.received",
        "incident.opened",
        "draft.created",
        "draft.edited",
        "draft.submitted",
        "draft.approval_given",
        "draft.approved",
        "update.published",
        "site.written",
        "hook.received",
        "incident.quiet",
        "draft.created",
        "draft.submitted",
        "draft.approval_given",
        "draft.approved",
        "update.published",
        "site.written",
    ]
    assert done.stdout.count("A mail is in the reader's mailbox") == 2
    assert done.stdout.count("The reader's endpoint was called; the signature of") == 2
    assert done.stdout.endswith("      Integrity holds.\n      Completeness holds.\n")
    assert processes_of(tmp_path / "var" / "demo-headless") == []


def test_a_demo_is_walked_stopped_and_taken_up_again(tmp_path: Path) -> None:
    """The second run knows the same people, and no second incident comes of the same alert."""
    home = tmp_path / "var" / "demo"
    port = ("--port", str(free_port()))
    with demo(tmp_path, *port) as process:
        first = (tmp_path / "output").read_text()
        assert len(processes_of(home)) >= 2
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=40) == 0
    assert processes_of(home) == []
    with demo(tmp_path, *port):
        second = (tmp_path / "output").read_text()
    assert "has just come in" in first
    assert "The alert of an earlier run is there" in second
    logins = [[line for line in text.splitlines() if "@example.com" in line] for text in (first, second)]
    assert logins[0] == logins[1]
    assert len(logins[0]) == 7
    assert password(first) == password(second)
    with demo(tmp_path, *port, "--reset"):
        third = (tmp_path / "output").read_text()
    assert "has just come in" in third
    assert password(third) != password(first)


def password(text: str) -> str:
    return next(line.split()[-1] for line in text.splitlines() if "the password is always" in line)


def test_a_demo_that_is_killed_leaves_no_server_behind(tmp_path: Path) -> None:
    """And the next one starts as if nothing had happened."""
    port = ("--port", str(free_port()))
    with demo(tmp_path, *port) as process:
        process.kill()
        process.wait()
    until(lambda: not processes_of(tmp_path / "var" / "demo"), what="the end of its servers")
    with demo(tmp_path, *port):
        pass


def test_two_demos_at_once_are_refused(tmp_path: Path) -> None:
    with demo(tmp_path, "--port", str(free_port())):
        said = complaint(clarion(tmp_path, "demo", "--port", str(free_port())))
    assert "is running in" in said
    assert "stop it with Ctrl-C" in said


def test_a_port_in_use_names_the_option(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = complaint(clarion(tmp_path, "demo", "--port", str(port)))
    assert f"Port {port} on 127.0.0.1 is in use" in said
    assert "--port" in said
    assert f"`make demo PORT={port + 1}`" in said


def test_a_read_only_folder_is_one_sentence(tmp_path: Path, small_disk: Callable[[str], Path]) -> None:
    said = complaint(clarion(tmp_path, "demo", "--home", str(small_disk("ro") / "demo")))
    assert "is on a read-only disk. Choose a folder that can be written to." in said


def test_a_full_disk_is_one_sentence(tmp_path: Path, small_disk: Callable[[str], Path]) -> None:
    said = complaint(clarion(tmp_path, "demo", "--home", str(small_disk("size=2m") / "demo")))
    assert said.endswith("and the demo needs 50. Free some space and try again.")


@pytest.mark.parametrize("option", ["--reset", "--headless"])
def test_only_the_folder_of_a_demo_is_ever_deleted(tmp_path: Path, option: str) -> None:
    folder = tmp_path / "letters"
    folder.mkdir()
    (folder / "letter").touch()
    (folder / "demo.json").write_text(json.dumps({"kind": "something else"}))
    said = complaint(clarion(tmp_path, "demo", option, "--home", str(folder)))
    assert "holds something else than a demo" in said
    assert (folder / "letter").exists()


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert "is a link" in complaint(clarion(tmp_path, "demo", "--reset", "--home", str(tmp_path / "link")))


def test_a_real_installation_is_out_of_reach(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its settings do not get into a demo: not its database, not its page, not its mail relay."""
    real = tmp_path / "real.sqlite3"
    monkeypatch.setenv("CLARION_DATABASE_URL", f"sqlite:///{real}")
    monkeypatch.setenv("CLARION_HOME", str(tmp_path / "real"))
    monkeypatch.setenv("CLARION_SITE_PATH", str(tmp_path / "real-page"))
    with demo(tmp_path, "--port", str(free_port())):
        pass
    assert not real.exists()
    assert not (tmp_path / "real").exists()
    assert not (tmp_path / "real-page").exists()
    assert (tmp_path / "var" / "demo" / "site" / "index.html").exists()
