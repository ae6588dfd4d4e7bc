"""What journeys need: a running installation, people at their browsers, and where updates arrive."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser

from tests.journeys.catching import Endpoint, Mailbox, endpoint, mail_server
from tests.journeys.desk import Desk, Seat, new_desk
from tests.living import Installation, installation
from tests.pages.serving import chromium

#: Alerts join an open incident of their component, so the captured ones keep the API to themselves.
ORDERS = """
from clarion import pipeline
from clarion.actions import setup
from clarion.rules.access import SYSTEM
pipeline.run(setup.add_component, name="Orders", actor=SYSTEM, now=now)
"""


@dataclass(frozen=True)
class Stage:
    """A whole installation with web and worker, and the other end of its channels."""

    here: Installation
    mailbox: Mailbox
    endpoint: Endpoint


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Shared by the journeys, since it takes seconds to build; each journey has an incident of its own."""
    with ExitStack() as stack:
        mailbox = stack.enter_context(mail_server(Mailbox()))
        called = stack.enter_context(endpoint())
        here = stack.enter_context(
            installation(
                tmp_path_factory.mktemp("stage"),
                CLARION_PAGE_NAME="Larkspur status",
                CLARION_TIME_ZONE="Asia/Kathmandu",
                CLARION_CHANNEL_EMAIL_HOST="127.0.0.1",
                CLARION_CHANNEL_EMAIL_PORT=str(mailbox.port),
                CLARION_CHANNEL_EMAIL_TLS="none",
                CLARION_CHANNEL_WEBHOOK_ALLOW_PRIVATE=called.pair,
            )
        )
        here.python(ORDERS)
        here.start_web()
        here.start_worker()
        yield Stage(here, mailbox, called)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def stranger(stage: Stage, browser: Browser) -> Iterator[Desk]:
    """A reader with JavaScript switched off."""
    desk = new_desk(stage.here, browser, java_script_enabled=False)
    yield desk
    desk.page.context.close()
    assert [] == desk.complaints


@pytest.fixture
def seat(stage: Stage, browser: Browser) -> Iterator[Seat]:
    """Seats people; when the journey is over, no browser may have had anything to complain about."""
    desks: list[Desk] = []

    def take(role: str) -> Desk:
        desks.append(new_desk(stage.here, browser))
        return desks[-1].sign_in(role)

    yield take
    for desk in desks:
        desk.page.context.close()
    assert [] == [said for desk in desks for said in desk.complaints]
