"""Programs and people read the page that `clarion serve` gives them, whatever else is dead."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import feedparser
import psycopg
import pytest

from tests.foreign.clients import metrics_of, widgets_of
from tests.journeys.desk import address_of
from tests.living import Installation, installation, until

TITLE, BODY = "Checkout fails", "One order in eight fails at the last step."
PEOPLE = {role: address_of(role) for role in ("communications_lead", "accuracy", "clarity")}
#: An incident and its update, by the same actions that screens and programs use.
TELL = f"""
from clarion import pipeline
from clarion.actions import draft, incident, review
from clarion.store import findings
from clarion.store.people import as_actor
from clarion.store.models import Draft, User
from clarion.store.queries.incidents import components
who = {{role: User.objects.get(email=address) for role, address in {PEOPLE!r}.items()}}
lead = as_actor(who["communications_lead"])
pipeline.run(incident.open_incident, title="orders", severity="SEV-1", category="application",
             component_ids=[components()[0].id], visibility="public", detected_at=None, actor=lead, now=now)
pipeline.settle(now)
version = Draft.objects.get().versions.latest("number")
pipeline.run(draft.edit_draft, draft_id=version.draft_id, base_version=1, incident_state="investigating",
             texts={{**version.texts, "customers": {{"title": {TITLE!r}, "body": {BODY!r}}}}},
             component_statuses=version.component_statuses, next_update_at=version.next_update_at,
             actor=lead, now=now)
newest = Draft.objects.get().versions.latest("number")
found = [each.finding for each in findings.found_in(newest, now)]
pipeline.run(review.submit_draft, draft_id=version.draft_id, version=2, actor=lead, now=now,
             confirmed=[each.fingerprint for each in found if each.severity == "warn"])
digest = newest.digest
for role in ("accuracy", "clarity"):
    pipeline.run(review.decide, draft_id=version.draft_id, version=2, digest=digest, role=role,
                 decision="approved", comment="", actor=as_actor(who[role]), now=now,
                 looked_at=[each.fingerprint for each in found if each.severity == "review"])
pipeline.settle(now)
result = version.draft.incident_id
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Installation, str]]:
    """An installation that has told its readers of one incident, and that incident's number."""
    with installation(tmp_path_factory.mktemp("told"), CLARION_PAGE_NAME="Larkspur") as here:
        incident = here.python(TELL)
        here.start_web()
        here.start_worker()
        yield here, incident


def test_the_prometheus_exporter_reads_the_served_page(
    told: tuple[Installation, str], tmp_path: Path
) -> None:
    here, incident = told
    found = metrics_of(here.base_url, tmp_path)
    assert [0.0] == [value for _, value in found["statuspage_service_status"]]
    [(labels, _)] = found["statuspage_incident_info"]
    assert (incident, TITLE, "critical", "API") == tuple(
        labels[name] for name in ("incident_id", "incident_name", "impact", "affected_components")
    )
    assert [1.0] == [value for _, value in found["statuspage_probe_check"]]


@pytest.mark.service("npm")
def test_atlassians_widget_shows_the_served_page(told: tuple[Installation, str]) -> None:
    """From another site, as it is embedded, so the server must allow that."""
    plain, badge = widgets_of(told[0].base_url)
    assert ["critical", "critical"] == [plain["indicator"], badge["indicator"]]


def test_a_feed_reader_reads_the_served_feed(told: tuple[Installation, str]) -> None:
    here, incident = told
    served = here.get("/history.atom")
    feed = feedparser.parse(served.body, response_headers={"content-type": served.headers["content-type"]})
    assert not feed.bozo
    assert "Larkspur" in feed.feed.title
    [entry] = feed.entries
    assert TITLE in entry.title
    assert f"{here.base_url}/incidents/{incident}" == entry.link
    assert BODY in entry.content[0].value
    again = here.get("/history.atom", **{"If-None-Match": served.headers["etag"]})
    assert (304, b"") == (again.status, again.body)


@contextlib.contextmanager
def no_database(here: Installation) -> Iterator[None]:
    """The database cannot be had: its file is elsewhere, or the server refuses every connection."""
    if here.database_url.startswith("sqlite"):
        place, away = here.home / "clarion.sqlite3", here.home / "away"
        away.mkdir()
        for file in here.home.glob(f"{place.name}*"):
            file.rename(away / file.name)
        place.mkdir()  # or the first to look would make an empty one
        try:
            yield
        finally:
            place.rmdir()
            for file in away.iterdir():
                file.rename(here.home / file.name)
        return
    server, _, name = here.database_url.rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
        admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        try:
            yield
        finally:
            admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


@contextlib.contextmanager
def plain_server(folder: Path) -> Iterator[str]:
    """Python's own file server, which knows nothing of Clarion."""
    handler = partial(SimpleHTTPRequestHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def the_page_answers(here: Installation, incident: str) -> None:
    for path in ("/", f"/incidents/{incident}/", "/history/", "/history.atom", "/history.rss"):
        answer = here.get(path)
        assert 200 == answer.status, path
        if "history/" not in path:
            assert BODY.encode() in answer.body, path
    [shown] = here.get("/api/v2/summary.json").json()["incidents"]
    assert incident == shown["id"]


def failing(here: Installation) -> set[str]:
    """What /health says does not work; it never fails itself."""
    answer = here.get("/health")
    said = json.loads(answer.body)
    assert (503, False, "no-store") == (answer.status, said["ok"], answer.headers["cache-control"])
    assert all(set(check) == {"name", "ok"} for check in said["checks"]), "strangers learn names only"
    return {check["name"] for check in said["checks"] if not check["ok"]}


def test_the_last_approved_update_answers_when_everything_else_is_dead(
    told: tuple[Installation, str], tmp_path: Path
) -> None:
    """Worker killed; then the database gone; then web started anew without it; then web killed, too."""
    here, incident = told
    until(lambda: here.get("/health").status == 200, what="an installation that is well")
    here.kill("worker")
    until(lambda: here.get("/health").status == 503, what="the worker being missed", seconds=60)
    assert {"worker"} == failing(here)
    the_page_answers(here, incident)
    with no_database(here):
        the_page_answers(here, incident)
        here.kill("web")
        here.start_web()
        the_page_answers(here, incident)
        assert "database" in failing(here)
        signed_in = here.get("/health", Cookie="sessionid=0123456789abcdef0123456789abcdef")
        assert 503 == signed_in.status, "whoever asks"
        refused = here.request("POST", "/hooks/alertmanager", b"{}", {"Authorization": "Bearer x"})
        assert 503 == refused.status, "what could not be kept is not accepted"
        assert b"Traceback" not in refused.body + here.get("/console/login").body
        here.kill("web")
        with plain_server(here.home / "site") as base:
            found = metrics_of(base, tmp_path)
            [(labels, _)] = found["statuspage_incident_info"]
            assert incident == labels["incident_id"]
    here.start_web()
    here.start_worker()
    until(lambda: here.get("/health").status == 200, what="everything being well again")
