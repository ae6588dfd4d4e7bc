"""`/health` notices work that stands still, though a worker says it is alive."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from clarion import pipeline
from clarion.store import health
from clarion.store.models import Component, Deadline, Draft, Hook, Signal, SiteState, Update
from tests import factories as make
from tests.actions.story import NOW, Story

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(seconds=59)
TOO_LATE = NOW + timedelta(seconds=61)


@pytest.fixture
def published(settings: Any) -> Story:
    """A house in which one update has gone the whole way."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    here = Story()
    here.publish(here.draft())
    pipeline.settle(NOW)
    Deadline.objects.update(cancelled_at=NOW)
    return here


def found(now: Any) -> health.Finding:
    return next(each for each in health.check(now) if each.name == "pipeline")


def unread() -> None:
    make.incident_by_hook(make.alert())
    Hook.objects.update(state="received", received_at=NOW)


def unanswered() -> None:
    make.incident_by_hook(make.alert())
    Signal.objects.update(answered_at=None, last_seen_at=NOW, changed_at=NOW)


def unpublished() -> None:
    Draft.objects.update(state="approved", submitted_at=NOW)


def not_sent_on() -> None:
    Update.objects.update(fanned_out_at=None, published_at=NOW)


def not_ticked() -> None:
    Deadline.objects.update(cancelled_at=None, satisfied_at=None, missed_at=None, due_at=NOW)


def unwritten() -> None:
    SiteState.objects.update(wanted=9, written_at=NOW)
    Update.objects.update(published_at=NOW)
    Component.objects.update(updated_at=NOW)


STAGES = [
    (unread, "Hook", "has not been read"),
    (unanswered, "Signal", "has not been answered"),
    (unpublished, "Draft", "is approved and not published"),
    (not_sent_on, "Update", "has not been sent on"),
    (not_ticked, "Deadline", "has passed and nothing came of it"),
    (unwritten, "Page page", "has not been written"),
]


@pytest.mark.parametrize(("stand", "noun", "said"), STAGES, ids=[row[0].__name__ for row in STAGES])
def test_a_stage_that_stands_still_is_named(published: Story, stand: Any, noun: str, said: str) -> None:
    """After a minute, with what is due and since when."""
    assert found(TOO_LATE).ok
    stand()
    Deadline.objects.exclude(due_at=NOW).update(cancelled_at=NOW)
    assert found(LATER).ok, found(LATER).text
    late = found(TOO_LATE)
    assert (False, True) == (late.ok, late.text.startswith(noun))
    assert f"{said} since {NOW:%Y-%m-%d %H:%M:%S} UTC" in late.text


def test_a_stranger_learns_that_something_stands_and_not_what(published: Story) -> None:
    not_sent_on()
    Update.objects.update(published_at=NOW - timedelta(days=4000))
    answer = Client().get("/health")
    assert 503 == answer.status_code
    assert {"name": "pipeline", "ok": False} in answer.json()["checks"]
