"""The owners of deadlines get mail: each step once, for as long as there is something to tell."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event
from typing import Any

import pytest
from django.db import OperationalError

from clarion import pipeline
from clarion.actions import draft as drafts
from clarion.actions import notify, people
from clarion.rules.access import SYSTEM
from clarion.rules.delivery import Outcome, Parcel, Retry, Sent
from clarion.rules.errors import AlreadyDone
from clarion.rules.notices import Notice as Mail
from clarion.store.models import Deadline, LedgerEntry, Notice, Update
from clarion.worker import lanes, notices
from tests import factories as make
from tests.actions.story import HOUR, MINUTE, NOW, Story, acting, kinds, last

pytestmark = pytest.mark.django_db


class Post:
    """A session that takes every notice, or answers as told."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, str]] = []
        self.answer: Outcome = Sent("250 ok")

    def notify(self, notice: Mail, parcel: Parcel, *, now: Any) -> Outcome:
        self.sent.append((parcel.address, notice.subject.partition("]")[0] + "]", parcel.delivery_id))
        return self.answer


@pytest.fixture(autouse=True)
def with_mail(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation that sends mail."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    monkeypatch.setenv("CLARION_CHANNEL_EMAIL_HOST", "127.0.0.1")
    monkeypatch.setenv("CLARION_CHANNEL_EMAIL_SENDER_ADDRESS", "status@example.org")
    # It would close the connection that holds the test's own transaction.
    monkeypatch.setattr(lanes, "close_old_connections", lambda: None)
    monkeypatch.setattr(lanes, "PAUSES", (0.0, 0.0, 0.0))


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    found = Post()
    monkeypatch.setattr(notices.NoticeLane, "_open", lambda lane, stack: found)
    yield found


@pytest.fixture
def owed() -> Deadline:
    """A promise made at NOW, due an hour later, warned of ten minutes before."""
    here = Story()
    here.publish(here.draft())
    return Deadline.objects.get(kind="next_update")


def send(now: Any) -> None:
    lane = notices.NoticeLane("w", Event(), lambda: now)
    while lane.send_due():
        pass


@pytest.mark.capability("1.2", face="ledger")
def test_whoever_holds_the_role_is_told_of_warning_miss_and_each_reminder(owed: Deadline, post: Post) -> None:
    """By mail, in order, once each; the ledger says whom, and what came of it."""
    for minutes in (50, 60, 75, 105):
        make.settle(NOW + minutes * MINUTE)
        send(NOW + minutes * MINUTE)
        send(NOW + minutes * MINUTE)
    assert ["[Due soon]", "[Missed]", "[Still missed]", "[Still missed]"] == [
        word for _, word, _ in post.sent
    ]
    assert 1 == len({address for address, _, _ in post.sent})
    assert 4 == len({delivery_id for _, _, delivery_id in post.sent})
    told = Notice.objects.filter(deadline=owed)
    assert {"sent"} == set(told.values_list("state", flat=True))
    assert [told[0].person_id] == last("deadline.reminded").data["told"]
    recorded = last("notices.recorded").data["notices"]
    assert [("remind", "sent", 1)] == [(each["step"], each["state"], each["attempt"]) for each in recorded]
    assert 4 == kinds().count("notices.recorded")
    assert 1 == Update.objects.count(), "no timer publishes anything"


def test_everybody_who_holds_the_role_is_told_and_nobody_else(owed: Deadline, post: Post) -> None:
    """A second lead is, one who was switched off is not, and neither is a reviewer."""
    second = make.person("communications_lead")
    gone = make.person("communications_lead")
    make.run(people.deactivate_person, user_id=gone.id, actor=SYSTEM)
    make.person("accuracy")
    make.settle(NOW + 50 * MINUTE)
    send(NOW + 50 * MINUTE)
    addresses = {address for address, _, _ in post.sent}
    assert (2, True, False) == (len(addresses), second.email in addresses, gone.email in addresses)


def test_an_installation_without_mail_writes_none(
    owed: Deadline, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The board tells, as before."""
    monkeypatch.delenv("CLARION_CHANNEL_EMAIL_HOST")
    make.settle(NOW + HOUR)
    assert ([], 0) == (last("deadline.missed").data["told"], Notice.objects.count())


def test_a_relay_that_is_down_is_tried_again_and_old_steps_are_not_told_after_new(
    owed: Deadline, post: Post
) -> None:
    """When it is back, one mail says how things stand, under its own id."""
    post.answer = Retry("the relay cannot be reached, or hung up")
    make.settle(NOW + 50 * MINUTE)
    send(NOW + 50 * MINUTE)
    assert ["deferred"] == list(Notice.objects.values_list("state", flat=True))
    make.settle(NOW + HOUR)
    post.answer = Sent("250 ok")
    post.sent.clear()
    send(NOW + HOUR)
    assert ["[Missed]"] == [word for _, word, _ in post.sent]
    assert ["suppressed", "sent"] == list(Notice.objects.order_by("id").values_list("state", flat=True))
    assert "overtaken by a newer notice" == Notice.objects.order_by("id")[0].reason


def test_what_was_kept_before_the_mail_went_out_is_not_told(owed: Deadline, post: Post) -> None:
    make.settle(NOW + HOUR)
    Deadline.objects.filter(id=owed.id).update(satisfied_at=NOW + HOUR)
    send(NOW + HOUR)
    assert ([], {"suppressed"}) == (post.sent, set(Notice.objects.values_list("state", flat=True)))


def test_a_worker_that_dies_with_a_notice_in_hand_loses_none(owed: Deadline, post: Post) -> None:
    """Its lease runs out; whoever takes over sends it under the same id, and a late word is void."""
    now = NOW + 50 * MINUTE
    make.settle(now)
    ids = pipeline.in_transaction(notify.claim, worker="dead/notices", now=now)
    send(now + MINUTE)
    assert [] == post.sent
    send(now + 3 * MINUTE)
    assert 1 == len(post.sent)
    with pytest.raises(AlreadyDone):
        late = {ids[0]: Sent("250")}
        pipeline.run(notify.record_notices, worker="dead/notices", outcomes=late, now=now + 4 * MINUTE)


def test_what_was_sent_and_could_not_be_written_down_is_not_sent_again_at_once(
    owed: Deadline, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It keeps its lease, and goes out once more only when that has run out, under the same id."""

    def stumble(**arguments: Any) -> Any:
        raise OperationalError("database is locked")

    now = NOW + 50 * MINUTE
    make.settle(now)
    lane = notices.NoticeLane("w", Event(), lambda: now)
    with monkeypatch.context() as broken:
        broken.setattr(notify, "record_notices", stumble)
        with pytest.raises(OperationalError):
            lane.send_due()
    assert not lane.send_due()
    assert (1, ["claimed"]) == (len(post.sent), list(Notice.objects.values_list("state", flat=True)))
    send(now + 3 * MINUTE)
    assert 1 == len({delivery_id for _, _, delivery_id in post.sent})


def test_a_window_of_one_role_is_told_to_that_role(post: Post) -> None:
    """Whoever is missing from a review that was opened again owns its window."""
    here = Story()
    draft = here.in_review()
    clarity = Deadline.objects.filter(kind="approval_window").update(owner_role="clarity")
    assert 1 == clarity
    make.settle(NOW + 10 * MINUTE)
    send(NOW + 10 * MINUTE)
    assert {here.clarity.email} == {address for address, _, _ in post.sent}
    aside = {"draft_id": draft.id, "reason": "No.", "actor": acting(here.lead)}
    pipeline.run(drafts.withdraw_draft, now=NOW + 11 * MINUTE, **aside)
    make.settle(NOW + 2 * HOUR)
    send(NOW + 2 * HOUR)
    assert 1 == len(post.sent)
    assert not LedgerEntry.objects.filter(kind="deadline.reminded").exists()
