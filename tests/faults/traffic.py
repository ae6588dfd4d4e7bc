"""Work for an installation while it is killed: alerts by HTTP, drafts reviewed through the API.

Everything is asked again until it is answered, as tools and people do; each write under one
Idempotency-Key, so that an answer lost in a crash is found again.
"""

from __future__ import annotations

import json
import random
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from http.client import HTTPException
from typing import Any

from tests.living import HOOK_TOKEN, Answer, Installation

SERVICES = 6
#: Gives every reviewer a key, adds components that alerts name, and readers on two channels.
SEED = """
from clarion.actions import people, setup, subscriber
from clarion.store.ids import new_api_key
from clarion.store.models import User
from clarion import pipeline
from clarion.rules.access import SCOPES, SYSTEM
for number in range({services}):
    pipeline.run(setup.add_component, name=f"Service {{number}}", actor=SYSTEM, now=now)
result = {{}}
for role in ("communications_lead", "accuracy", "clarity"):
    owner = User.objects.get(email=role.replace("_", "-") + "@example.com")
    result[role] = new_api_key()
    pipeline.run(people.create_api_key, owner_id=owner.id, label="faults", scopes=SCOPES,
                 secret=result[role], actor=SYSTEM, now=now)
for number in range({mails}):
    pipeline.run(subscriber.add_subscriber, channel="email", address=f"reader{{number}}@example.org",
                 actor=SYSTEM, now=now)
pipeline.run(subscriber.add_subscriber, channel="webhook", address="{hook}", actor=SYSTEM, now=now)
"""


@dataclass
class Traffic:
    """Goes on until ``stop`` is set, then finishes the drafts that are open."""

    here: Installation
    keys: dict[str, str]
    random: random.Random
    stop: threading.Event = field(default_factory=threading.Event)
    accepted: set[str] = field(default_factory=set)
    """SHA-256 of every hook that was answered 2xx."""
    failure: str = ""
    unanswered: int = 0
    """Requests that a crash cut off, and that were asked again."""

    def run(self) -> None:
        try:
            number = 0
            while not self.stop.is_set():
                self.alert(number)
                self.review()
                self.carry_on()
                number += 1
            for _ in range(40):
                if not self.review():
                    return
        except Exception as error:  # told to the test, which is in another thread
            self.failure = repr(error)

    def ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        """Asks until there is an answer that is not a crash."""
        for _ in range(600):
            try:
                answer = self.here.request(method, path, body, headers)
            except (OSError, HTTPException):
                self.unanswered += 1
            else:
                if answer.status < 500:
                    return answer
                self.unanswered += 1
            threading.Event().wait(0.1)
        raise AssertionError(f"{method} {path} was never answered")

    def alert(self, number: int) -> None:
        """An alert of some service; now and then the same bytes again."""
        service = number % SERVICES
        moment = datetime.now(UTC).isoformat()
        alert = {
            "status": "firing",
            "labels": {"alertname": "High", "service": f"service-{service}", "severity": "critical"},
            "annotations": {"summary": f"alert {number}"},
            "startsAt": moment,
            "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "",
            "fingerprint": f"{number:016x}",
        }
        message = {
            "version": "4", "status": "firing", "groupKey": f"g{service}", "commonAnnotations": {},
            "truncatedAlerts": 0, "alerts": [alert],
        }  # fmt: skip
        body = json.dumps(message).encode()
        for _ in range(self.random.choice([1, 1, 2])):
            answer = self.ask("POST", "/hooks/alertmanager", body, {"authorization": f"Bearer {HOOK_TOKEN}"})
            assert answer.status == 202, answer.body
            self.accepted.add(sha256(body).hexdigest())

    def call(self, role: str, method: str, path: str, /, **body: Any) -> Any:
        """One call of the API with the key of a role; None for a refusal."""
        headers = {"authorization": f"Bearer {self.keys[role]}", "content-type": "application/json"}
        if method == "POST":
            headers["idempotency-key"] = uuid.uuid4().hex
        sent = json.dumps(body).encode() if method == "POST" else None
        answer = self.ask(method, f"/api/v1{path}", sent, headers)
        if answer.status < 300:
            return answer.json()
        assert answer.status in (403, 404, 409, 422), answer.body
        return None

    def review(self) -> int:
        """Takes every open draft one step on; how many are open."""
        drafts = self.call("accuracy", "GET", "/drafts?open=true")["items"]
        for draft in drafts:
            path = f"/drafts/{draft['id']}"
            if draft["state"] == "draft":
                told = {"version": 1, "confirmed": self.found(path, "warn")}
                self.call("communications_lead", "POST", f"{path}/submit", **told)
            elif draft["state"] == "in_review":
                shown = self.call("accuracy", "GET", path)["version"]
                word = {"version": shown["number"], "digest": shown["digest"], "decision": "approved"}
                word["looked_at"] = self.found(path, "review")
                for role in self.random.sample(["accuracy", "clarity"], 2):
                    self.call(role, "POST", f"{path}/reviews", role=role, **word)
        return len(drafts)

    def found(self, path: str, severity: str) -> list[str]:
        """Fingerprints of what whoever submits or approves this draft has to answer for."""
        items = self.call("accuracy", "GET", f"{path}/findings")["items"]
        return [item["fingerprint"] for item in items if item["severity"] == severity]

    def carry_on(self) -> None:
        """Starts a further update of some incident; refused while one is open, which is fine."""
        found = self.call("communications_lead", "GET", "/incidents?state=open")["items"]
        if found:
            incident = self.random.choice(found)["id"]
            self.call("communications_lead", "POST", f"/incidents/{incident}/drafts", phase="update")


@contextmanager
def flowing(traffic: Traffic) -> Iterator[Traffic]:
    """Traffic in a thread of its own; ends with the block, and tells what went wrong in it."""
    thread = threading.Thread(target=traffic.run, name="traffic")
    thread.start()
    try:
        yield traffic
    finally:
        traffic.stop.set()
        thread.join(120)
    assert not thread.is_alive(), "the traffic does not end"
    assert "" == traffic.failure
