"""An alert that ends, and one that comes back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from clarion.actions import draft as drafts
from clarion.rules.instants import reference
from clarion.store.models import Draft, Incident
from tests import factories as make
from tests.actions.story import EVERYTHING, MINUTE, NOW, Story, acting, again, edit, last, submit

pytestmark = pytest.mark.django_db


def report(status: str, at: int, *, since: int = -1) -> None:
    """One message of Alertmanager, ``at`` minutes into the story, about an alert that began at ``since``."""
    ended = NOW + at * MINUTE if status == "resolved" else None
    body = make.alert(status=status, started_at=NOW + since * MINUTE, ended_at=ended)
    make.hook(body, now=NOW + at * MINUTE)
    make.settle(NOW + at * MINUTE)


def test_an_end_is_not_told_while_the_alert_fires_again() -> None:
    """The proposed resolution is put aside; when it is quiet once more, a new one is proposed."""
    Story()
    report("firing", 0)
    report("resolved", 5)
    proposed = Draft.objects.get(phase="resolution")

    report("firing", 6, since=6)
    assert "superseded" == again(proposed).state
    assert [proposed.id] == last("incident.signal_attached").data["superseded"]

    report("resolved", 9, since=6)
    anew = Draft.objects.filter(phase="resolution").exclude(id=proposed.id).get()
    assert "draft" == anew.state


def test_readers_hear_of_an_alert_on_a_component_that_a_private_incident_hits_too() -> None:
    """Whoever may not know of the private one still gets an incident of their own, with its draft."""
    Story()
    hush = make.alert(title="unusual sign-ins", labels={"visibility": "private"}, fingerprint="a" * 16)
    make.hook(hush.replace(b"service=", b"case="), now=NOW)
    make.settle(NOW)
    report("firing", 1)
    assert {"private", "public"} == set(Incident.objects.values_list("visibility", flat=True))
    assert {1} == {incident.affected.count() for incident in Incident.objects.all()}


@pytest.mark.parametrize(("written", "state"), [("resolved", "superseded"), ("monitoring", "in_review")])
def test_what_a_draft_says_counts_and_not_what_it_was_begun_as(written: str, state: str) -> None:
    """An update edited to tell the end is put aside when the alert fires again; any other stays in review."""
    here = Story()
    report("firing", 0)
    draft = Draft.objects.get()
    edit(draft, here.lead, incident_state=written, statements=EVERYTHING)
    submit(draft, here.lead)
    report("resolved", 5)
    report("firing", 6, since=6)
    assert state == again(draft).state


@pytest.mark.parametrize(
    ("since", "detected"),
    [
        (datetime(1, 1, 1, tzinfo=UTC), NOW - timedelta(days=365)),
        (NOW - timedelta(days=365), NOW - timedelta(days=365)),
        (NOW - MINUTE, NOW - MINUTE),
        (NOW.replace(year=9999), NOW),
    ],
    ids=["the year 1", "a year ago", "a minute ago", "the year 9999"],
)
def test_a_clock_gone_wrong_stops_no_draft(since: datetime, detected: datetime) -> None:
    """An incident was detected within the last year, whatever its alert says; its first words are there."""
    Story()
    incident = make.incident_by_hook(make.alert(started_at=since))
    assert (detected, 1) == (incident.detected_at, incident.drafts.count())


def test_a_late_report_does_not_make_the_end_later() -> None:
    """The alert ended at minute five; we heard of it at minute fifty. Readers are told minute five."""
    Story()
    report("firing", 0)
    body = make.alert(status="resolved", started_at=NOW - MINUTE, ended_at=NOW + 5 * MINUTE)
    make.hook(body, now=NOW + 50 * MINUTE)
    make.settle(NOW + 50 * MINUTE)
    proposed = Draft.objects.get(phase="resolution")
    assert NOW + 5 * MINUTE == proposed.incident.quiet_at
    told = proposed.versions.get().texts["customers"]["body"]
    assert reference(NOW + 5 * MINUTE) in told


def test_the_end_of_one_incident_does_not_call_a_component_well_that_another_still_hits() -> None:
    """Two incidents on one component: the draft of the first one's end leaves the second one's status."""
    here = Story()
    here.publish(here.draft())
    first = here.draft()
    here.publish(first)
    lead = acting(here.lead)
    entry = make.run(
        drafts.create_draft, incident_id=first.incident_id, phase="resolution", actor=lead, now=NOW
    )
    version = Draft.objects.get(id=make.id_in(entry)).versions.get()
    assert {"partial_outage"} == set(version.component_statuses.values())
