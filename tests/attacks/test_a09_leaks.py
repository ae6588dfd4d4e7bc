"""A9: whoever stands outside learns nothing of a private incident, not even that there is one.

A private incident with updates, drafts and alerts lives beside a public one; everything that strangers
can reach is asked for it by id, and the answers are those for an id that never was.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from clarion.actions import site
from clarion.rules.errors import AlreadyDone
from clarion.store import ledger
from clarion.store.ids import new_id
from clarion.store.keys import signer
from clarion.store.models import Approval, Delivery, Draft, Hook, Incident, ProtectedName, Signal, Update
from clarion.store.tokens import token, unsubscribe_url
from clarion.web.public import PublicFiles
from tests import factories as make
from tests.actions.story import NOW, Story, page

pytestmark = pytest.mark.django_db
TITLE = "Intruder in the payroll vault"
WORDS = ("Intruder", "payroll", "vault", "hidden-service")


@dataclass(frozen=True)
class Answer:
    """Everything that a reader can tell two answers apart by."""

    status: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


@pytest.fixture
def private(settings: Any) -> Incident:
    """A private incident that was opened by an alert and published inside, beside a public one outside."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    here = Story()
    make.subscriber()
    make.protected_name("Intruder Insurance", by=here.lead, aliases=["payroll keeper"])
    labels = {"visibility": "private", "component": "hidden-service"}
    found = make.incident_by_hook(make.alert(title=TITLE, labels=labels, service="hidden-service"))
    here.publish(found.drafts.get())
    here.publish(here.draft(title="A public one"))
    ledger.seal(signer=signer(), now=NOW)
    with suppress(AlreadyDone):  # a refresh, for the checkpoint, is no news
        site.write_site(key="page", now=NOW, refresh=True)
    assert ("private", 1) == (found.visibility, found.updates.count())
    return Incident.objects.get(id=found.id)


def ids_of(private: Incident) -> list[str]:
    """Every id by which the private incident or a part of it could be asked for."""
    drafts = Draft.objects.filter(incident=private)
    return [
        private.id,
        *drafts.values_list("id", flat=True),
        *Update.objects.filter(incident=private).values_list("id", flat=True),
        *Signal.objects.filter(incident=private).values_list("id", flat=True),
        *Hook.objects.values_list("id", flat=True),
        *ProtectedName.objects.values_list("id", flat=True),
        *private.entries.values_list("entry_id", flat=True),
        *Approval.objects.filter(version__draft__in=drafts).values_list("id", flat=True),
    ]


def test_no_published_file_holds_a_word_or_an_id_of_it(private: Incident) -> None:
    """All files, names and contents, the signed checkpoint and hidden ones included."""
    files = [path for path in page().rglob("*") if path.is_file()]
    assert len(files) > 10
    everything = b"\n".join(str(path.relative_to(page())).encode() + path.read_bytes() for path in files)
    assert b"Problem with Checkout" in everything
    found = [word for word in (*ids_of(private), *WORDS) if word.lower().encode() in everything.lower()]
    assert [] == found


def test_nobody_is_written_to_about_it(private: Incident) -> None:
    """No delivery exists that could be sent, resent or listed."""
    assert 0 == Delivery.objects.filter(update__incident=private).count()
    assert 1 == Delivery.objects.count()


def refuse_django(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    raise AssertionError(f"{environ['PATH_INFO']} is asked of Django, which knows more than the files")


def ask(path: str, query: str = "", method: str = "GET", **headers: str) -> Answer:
    """One request to the server of public files."""
    told: list[Any] = []
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "wsgi.input": io.BytesIO(),
        **headers,
    }
    server = PublicFiles(page(), refuse_django)
    body = b"".join(server(environ, lambda status, heads, *_: told.extend((status, heads))))
    return Answer(told[0], tuple(told[1]), body)


PATHS = [
    "/incidents/{id}",
    "/incidents/{id}/",
    "/incidents/{id}/index.html",
    "/incidents/{id}.html",
    "/incidents/{id}.json",
    "/incidents/{id}.atom",
    "/incidents/{id}/updates/{id}",
    "/incidents/{id}/attachments/1.png",
    "/api/v2/incidents/{id}.json",
    "/api/v2/incidents/{id}/postmortem.json",
    "/{id}",
    "/updates/{id}",
    "/drafts/{id}/preview",
    "/preview/{id}",
    "/og/{id}.png",
    "/badge/{id}.svg",
    "/history/{id}",
    "/history/{id}.ics",
    "/sitemap.xml/{id}",
    "/incidents/{id}%2f",
    "/incidents/./{id}/",
    "/incidents//{id}/",
    "/incidents/../incidents/{id}/",
]
ASKING = [
    {},
    {"method": "HEAD"},
    {"HTTP_ACCEPT": "application/json"},
    {"HTTP_IF_NONE_MATCH": "*"},
    {"HTTP_IF_MODIFIED_SINCE": "Thu, 01 Jan 1970 00:00:00 GMT"},
    {"HTTP_RANGE": "bytes=0-"},
    {"query": "expand=incident&page=9999"},
]


@pytest.mark.parametrize("path", PATHS)
def test_a_private_id_is_answered_like_one_that_never_was(private: Incident, path: str) -> None:
    """Status, headers and body, byte for byte, however it is asked."""
    never = new_id()
    for more in ASKING:
        for name in ids_of(private):
            asked, other = (ask(path.replace("{id}", each), **more) for each in (name, never))
            assert asked == other
            assert asked.status.startswith("404")


FEEDS = ["/", "/history/", "/history.atom", "/history.rss", "/api/v2/summary.json", "/api/v2/incidents.json"]


@pytest.mark.parametrize("path", FEEDS)
def test_no_question_makes_a_feed_tell_more(private: Incident, path: str) -> None:
    """Filters, pages and expansions change nothing; neither do conditional requests."""
    plain = ask(path)
    assert plain.status.startswith("200")
    for query in (f"incident={private.id}", f"id={private.id}", "page=9999", "expand=private", f"q={TITLE}"):
        assert plain == ask(path, query)
    assert plain == ask(path, HTTP_IF_NONE_MATCH='"something"', HTTP_ACCEPT="application/json")


#: What Django answers to strangers, with and without an id.
DOORS = [
    "/console/incidents/{id}",
    "/console/incidents/{id}/export",
    "/console/drafts/{id}",
    "/console/drafts/{id}/versions/1",
    "/console/ledger/{id}",
    "/console/quarantine/{id}",
    "/console/names/{id}",
    "/api/v1/incidents/{id}",
    "/api/v1/incidents/{id}/drafts",
    "/api/v1/incidents/{id}/export",
    "/api/v1/drafts/{id}",
    "/api/v1/drafts/{id}/versions",
    "/api/v1/drafts/{id}/reviews",
    "/api/v1/updates/{id}",
    "/api/v1/updates/{id}/deliveries",
    "/api/v1/hooks/{id}",
    "/api/v1/names/{id}",
    "/api/v1/ledger/entries/{id}",
    "/api/v1/incidents?expand=updates&id={id}",
    "/unsubscribe/{id}",
    "/hooks/{id}",
]


@pytest.mark.parametrize("door", DOORS)
def test_every_door_answers_a_stranger_alike_for_both(private: Incident, door: str) -> None:
    """The same answer but for the id that was asked for; nothing of the incident, no other status."""
    never = new_id()
    for method in ("GET", "HEAD", "POST", "OPTIONS"):
        for name in ids_of(private):
            told, other = (_knock(method, door.replace("{id}", each), each) for each in (name, never))
            assert told == other
            assert told.status != "200"


def _knock(method: str, path: str, name: str) -> Answer:
    response = Client(raise_request_exception=False).generic(method, path)
    body = response.content.replace(name.encode(), b"ID")
    for changing in (rb'value="[A-Za-z0-9]{64}"', rb'"instance":\s*"[^"]*"'):
        body = re.sub(changing, b"", body)
    for word in WORDS:
        assert word.encode() not in body
    heads = sorted((k, v.replace(name, "ID")) for k, v in response.headers.items() if k != "Content-Length")
    return Answer(str(response.status_code), tuple(heads), body)


def test_a_readers_link_opens_that_readers_door_only(private: Incident) -> None:
    """A token for another purpose, or over an incident's id, opens nothing."""
    reader = Delivery.objects.get().subscriber
    good = unsubscribe_url(reader.id).partition("/unsubscribe/")[2]
    client = Client(raise_request_exception=False)
    assert 200 == client.get(f"/unsubscribe/{good}").status_code
    bad = [token("unsubscribe", private.id), token("preview", reader.id), good[:-1], good + "A", private.id]
    answers = {client.get(f"/unsubscribe/{each}").status_code for each in bad}
    assert 200 not in answers


def test_health_tells_a_stranger_no_names(private: Incident) -> None:
    """Names of checks, and whether each is well."""
    told = Client(raise_request_exception=False).get("/health").json()
    assert {"ok", "checks"} == set(told)
    assert all(set(check) == {"name", "ok"} for check in told["checks"])
