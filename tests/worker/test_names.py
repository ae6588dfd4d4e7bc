"""A worker's name is its own: neither a restart nor a second container is taken for it."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta

import pytest

from clarion import bell, pipeline
from clarion.actions import deliver
from clarion.store import heartbeat
from clarion.store.models import Delivery
from clarion.worker import loop
from tests import factories as make
from tests.actions.story import NOW, Story

LATER = NOW + timedelta(seconds=5)


def parts() -> tuple[str, str, str, str]:
    host, pid, place, start = heartbeat.own_name().split(":")
    return host, pid, place, start


def ended_process() -> int:
    """The number of a process that has just ended."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid


def test_the_name_fits_with_the_longest_channel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat.socket, "gethostname", lambda: "a-very-long-host-name." * 10)
    assert len(f"{heartbeat.own_name()}/{'c' * 40}") <= 80


def test_a_host_name_with_colons_does_not_confuse_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat.socket, "gethostname", lambda: "a:b:c")
    assert 3 == heartbeat.own_name().count(":")


def test_every_start_has_a_name_of_its_own() -> None:
    """Two containers may share host name and process number; two starts never share a name."""
    code = (
        "import os, django\n"
        "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'clarion.settings')\n"
        "django.setup()\n"
        "from clarion.store.heartbeat import own_name\n"
        "print(own_name())"
    )
    names = {subprocess.check_output([sys.executable, "-c", code], text=True).strip() for _ in range(2)}
    assert 2 == len({name.rpartition(":")[2] for name in names} - {""})


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("pid", "place", "start", "alive"),
    [
        ("mine", "here", "mine", True),
        ("mine", "here", "other", False),
        ("parent's", "here", "other", True),
        ("ended", "here", "other", False),
        ("ended", "elsewhere", "other", True),
        ("mine", "elsewhere", "other", True),
        ("ended", "unknown", "other", True),
    ],
)
def test_a_process_number_says_something_only_where_it_was_given(
    pid: str, place: str, start: str, alive: bool
) -> None:
    """Another boot or another namespace counts processes anew; there only the heartbeat tells."""
    host, _, ours, own_start = parts()
    number = {"mine": os.getpid(), "parent's": os.getppid(), "ended": ended_process()}[pid]
    where = {"here": ours, "elsewhere": "0" * 6, "unknown": ""}[place]
    name = f"{host}:{number}:{where}:{own_start if start == 'mine' else 'f' * 6}"
    heartbeat.beat(name, started_at=NOW, now=NOW)
    assert ({name} if alive else set()) == heartbeat.living(LATER)


@pytest.mark.django_db
def test_a_restarted_worker_takes_over_from_its_former_self() -> None:
    """Same host, same process number, as in a container: what the former one had in hand is free at once."""
    here = Story()
    make.subscriber()
    here.publish(here.draft())
    host, pid, place, _ = parts()
    former = f"{host}:{pid}:{place}:{'f' * 6}"
    heartbeat.beat(former, started_at=NOW, now=NOW)
    [row] = pipeline.in_transaction(deliver.claim, channel="email", worker=f"{former}/email", now=NOW)
    ring = bell.DBTaskResult.objects.first()
    assert ring is not None
    ring.claim(former)
    loop.Worker(clock=lambda: LATER)._take_over()
    assert "deferred" == Delivery.objects.get(id=row).state
    assert "READY" == bell.DBTaskResult.objects.get(id=ring.id).status
