"""A write that is repeated under one Idempotency-Key is done once, whatever happens in between."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection

from clarion.store import idempotency as kept
from clarion.store.models import ApiKey, IdempotentReply, Incident, LedgerEntry
from clarion.web.api import incidents as operations
from tests import factories as make
from tests.web.api.conftest import Program, problem

NEW = {"title": "Checkout fails", "severity": "SEV-1", "category": "application", "components": []}


def test_a_repeat_gets_the_first_answer_and_does_nothing(lead: Program) -> None:
    first = lead.call("POST", "/incidents", NEW, Idempotency_Key="one")
    again = lead.call("POST", "/incidents", NEW, Idempotency_Key="one")
    assert (201, first.content) == (again.status_code, again.content)
    assert first.headers["Ledger-Entry"] == again.headers["Ledger-Entry"]
    assert ("Idempotent-Replayed" in first.headers, again.headers["Idempotent-Replayed"]) == (False, "true")
    assert 1 == Incident.objects.count() == LedgerEntry.objects.filter(kind="incident.opened").count()


def test_without_a_key_every_request_counts(lead: Program) -> None:
    for _ in range(2):
        lead.post("/incidents", NEW)
    assert 2 == Incident.objects.count()


@pytest.mark.parametrize(
    ("path", "body"), [("/incidents", NEW | {"title": "Other"}), ("/components", {"name": "Search"})]
)
def test_a_key_serves_one_request_only(lead: Program, path: str, body: Any) -> None:
    lead.post("/incidents", NEW, Idempotency_Key="one")
    found = problem(lead.call("POST", path, body, Idempotency_Key="one"), 422, "key_reused")
    assert ["Idempotency-Key"] == [error["field"] for error in found["errors"]]
    assert 1 == Incident.objects.count()


def test_the_same_words_at_another_address_are_another_request(house: make.House, lead: Program) -> None:
    first, second = house.incident(), house.incident()
    change = {"severity": "SEV-2"}
    assert 200 == lead.call("PATCH", f"/incidents/{first.id}", change, Idempotency_Key="one").status_code
    other = lead.call("PATCH", f"/incidents/{second.id}", change, Idempotency_Key="one")
    problem(other, 422, "key_reused")


def test_two_programs_may_use_the_same_key(house: make.House, lead: Program, admin: Program) -> None:
    lead.post("/incidents", NEW, Idempotency_Key="one")
    admin.post("/incidents", NEW, Idempotency_Key="one")
    assert 2 == Incident.objects.count()


def test_a_refusal_is_not_kept(house: make.House, lead: Program) -> None:
    """Nothing was done, so the same request is judged anew."""
    draft = make.draft(house.incident()).draft
    path = f"/drafts/{draft.id}/submit"
    problem(lead.call("POST", path, {"version": 2}, Idempotency_Key="one"), 409, "conflict")
    make.edited(make.draft(draft.incident), by=house.lead)
    lead.post(path, {"version": 2}, status=200, Idempotency_Key="one")


@pytest.mark.parametrize("key", ["", " ", "two words", "ä", "x" * 201])
def test_a_key_that_is_none_is_refused(lead: Program, key: str) -> None:
    found = problem(lead.call("POST", "/incidents", NEW, Idempotency_Key=key), 422, "invalid")
    assert ["Idempotency-Key"] == [error["field"] for error in found["errors"]]


def test_after_a_day_a_key_is_forgotten(lead: Program) -> None:
    lead.post("/incidents", NEW, Idempotency_Key="one")
    later = make.NOW + timedelta(hours=24)
    assert 0 == kept.forget_old(later - timedelta(seconds=1))
    with time_machine.travel(later, tick=False):
        lead.post("/incidents", NEW, Idempotency_Key="one")
    assert 2 == Incident.objects.count()
    assert 1 == kept.forget_old(later + timedelta(hours=24))
    assert not IdempotentReply.objects.exists()


@pytest.mark.parametrize("failing", [RuntimeError("disk"), SystemExit(9)])
def test_what_breaks_before_its_answer_is_kept_was_never_done(
    lead: Program, monkeypatch: pytest.MonkeyPatch, failing: BaseException
) -> None:
    """Work and answer stand in one transaction, so a repeat does the work, once."""
    real = kept.IdempotentReply.objects.create

    def breaks(**values: Any) -> None:
        real(**values)
        raise failing

    monkeypatch.setattr(kept.IdempotentReply.objects, "create", breaks)
    if isinstance(failing, Exception):
        problem(lead.call("POST", "/incidents", NEW, Idempotency_Key="one"), 500, "internal")
    else:
        with pytest.raises(SystemExit):
            lead.call("POST", "/incidents", NEW, Idempotency_Key="one")
    assert (0, 0) == (Incident.objects.count(), IdempotentReply.objects.count())
    monkeypatch.undo()
    lead.post("/incidents", NEW, Idempotency_Key="one")
    assert 1 == Incident.objects.count()


def test_a_new_key_is_shown_again_to_a_repeat_but_lies_nowhere_in_the_open(lead: Program) -> None:
    """What is kept is sealed with the caller's own key, which Clarion does not have."""
    body = {"label": "Robot", "scopes": ["incidents:read"]}
    first = lead.post("/me/keys", body, Idempotency_Key="one")
    again = lead.post("/me/keys", body, Idempotency_Key="one")
    assert first["secret"] == again["secret"]
    assert first["secret"] not in IdempotentReply.objects.get().body
    assert 2 == ApiKey.objects.count()


@pytest.mark.django_db(transaction=True)
def test_while_the_first_is_worked_on_a_repeat_is_told_to_wait(
    now: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.policy()
    program = Program(make.api_key(make.person("communications_lead")))
    begun, go_on = threading.Event(), threading.Event()
    real = operations.incident_out

    def slow(row: Any) -> Any:
        begun.set()
        assert go_on.wait(30)
        return real(row)

    monkeypatch.setattr(operations, "incident_out", slow)
    answers: list[Any] = []

    def first() -> None:
        answers.append(program.call("POST", "/incidents", NEW, Idempotency_Key="one"))
        connection.close()

    thread = threading.Thread(target=first)
    thread.start()
    assert begun.wait(30)
    again = program.call("POST", "/incidents", NEW, Idempotency_Key="one")
    go_on.set()
    thread.join(30)
    found = problem(again, 409, "in_progress")
    assert "1" == again.headers["Retry-After"]
    assert "worked on now" in found["detail"]
    assert [201] == [answer.status_code for answer in answers]
    repeated = program.call("POST", "/incidents", NEW, Idempotency_Key="one")
    assert answers[0].content == repeated.content
    assert 1 == Incident.objects.count()
