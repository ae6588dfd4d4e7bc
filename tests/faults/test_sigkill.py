"""F1, F2: SIGKILL of web and worker at random points, while alerts come in and updates go out.

Real processes, real SMTP and HTTP on loopback. Afterwards ledger, page and mailbox agree: no accepted
alert is lost, every update is in the ledger once, on the page, approved by two, and in every mailbox
once or twice under the same id.
"""

from __future__ import annotations

import random
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.faults import traffic
from tests.journeys.catching import Endpoint, Mailbox, endpoint, mail_server
from tests.living import Installation, installation, until

ROOT = str(Path(__file__).resolve().parents[2])
KILLS = 30
SEED = 20260301
VICTIMS = ("worker", "web", "worker", "web", "both")
READERS = 4


@dataclass
class Stage:
    here: Installation
    mailbox: Mailbox
    endpoint: Endpoint
    keys: dict[str, str]

    def arrived(self) -> Counter[str]:
        """How often each delivery id reached the far end."""
        mails = [message_from_bytes(raw)["Message-ID"] for raw in list(self.mailbox.raw)]
        names = [name.strip("<>").partition("@")[0] for name in mails]
        return Counter([*names, *(call.headers["webhook-id"] for call in list(self.endpoint.calls))])

    def count(self, question: str, *values: Any) -> int:
        """One number from the database, past Clarion itself, which may be dead just now."""
        url = self.here.database_url
        if url.startswith("sqlite"):
            path = url.removeprefix("sqlite:///")
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)) as database:
                return int(database.execute(question.replace("%s", "?"), values).fetchone()[0])
        with psycopg.connect(url) as connection:
            return int(connection.execute(question, values).fetchone()[0])  # type: ignore[index,arg-type]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with ExitStack() as stack:
        mailbox = stack.enter_context(mail_server(Mailbox()))
        called = stack.enter_context(endpoint())
        here = stack.enter_context(
            installation(
                tmp_path / "home",
                PYTHONPATH=ROOT,
                CLARION_CHANNEL_EMAIL_HOST="127.0.0.1",
                CLARION_CHANNEL_EMAIL_PORT=str(mailbox.port),
                CLARION_CHANNEL_EMAIL_TLS="none",
                CLARION_CHANNEL_WEBHOOK_ALLOW_PRIVATE=called.pair,
            )
        )
        keys = here.python(traffic.SEED.format(services=traffic.SERVICES, mails=READERS, hook=called.url))
        here.start_web()
        here.start_worker()
        yield Stage(here, mailbox, called, keys)


def kill_and_start(stage: Stage, victim: str) -> None:
    for name in ("web", "worker") if victim == "both" else (victim,):
        stage.here.kill(name)
        (stage.here.start_web if name == "web" else stage.here.start_worker)()


#: One crash may repeat what was sent and not yet recorded. The next one waits until that is behind it,
#: so that more than two copies can only come from a mistake, and not from two crashes in a row.
UNFINISHED = (
    "SELECT count(*) FROM store_delivery WHERE state NOT IN ('sent', 'suppressed') AND created_at < %s"
)
AT_REST = (
    "SELECT count(*) FROM store_delivery WHERE state NOT IN ('sent', 'suppressed')",
    "SELECT count(*) FROM store_update WHERE fanned_out_at IS NULL",
    "SELECT count(*) FROM store_draft WHERE state = 'approved'",
    "SELECT count(*) FROM store_hook WHERE state = 'received'",
    "SELECT count(*) FROM store_signal WHERE answered_at IS NULL",
    "SELECT count(*) FROM store_sitestate WHERE written < wanted",
    "SELECT count(*) FROM store_ledgerentry WHERE leaf_index IS NULL",
)


def moment(stage: Stage) -> Any:
    now = datetime.now(UTC)
    on_sqlite = stage.here.database_url.startswith("sqlite")
    return now.replace(tzinfo=None).isoformat(" ") if on_sqlite else now


def settled(stage: Stage) -> bool:
    return all(stage.count(question) == 0 for question in AT_REST)


@pytest.mark.timeout(900)
@pytest.mark.capability("8.6", face="ledger")
def test_whatever_is_killed_ledger_page_and_mailbox_agree(stage: Stage) -> None:
    """At random points of the traffic, drawn from a fixed seed."""
    draw = random.Random(SEED)
    work = traffic.Traffic(stage.here, stage.keys, random.Random(SEED + 1))
    began = time.monotonic()
    with traffic.flowing(work):
        for _ in range(KILLS):
            time.sleep(draw.uniform(0.05, 1.0))
            victim, killed_at = draw.choice(VICTIMS), moment(stage)
            kill_and_start(stage, victim)
            if victim != "web":
                until(lambda at=killed_at: stage.count(UNFINISHED, at) == 0, 90, "what the crash left over")
    until(lambda: settled(stage), 120, "rest")
    arrived = stage.arrived()
    told = {"arrived": dict(arrived), "accepted": sorted(work.accepted)}
    found = stage.here.python(
        "from pathlib import Path\nfrom tests.faults.agree import disagreements\n"
        f"result = disagreements(page=Path({str(stage.here.home / 'site')!r}), **{told!r})"
    )
    print(
        f"\n{KILLS} kills in {time.monotonic() - began:.0f} s (seed {SEED}): {len(work.accepted)} hooks,"
        f" {work.unanswered} requests cut off, {len(arrived)} deliveries,"
        f" {sum(arrived.values()) - len(arrived)} repeated"
    )
    assert [] == found
    assert len(arrived) >= 5 * (READERS + 1), "too little happened for this to show anything"
