"""In a demo: the way from the alert to the proof, and how far somebody has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from clarion.rules.access import ROLE_LABELS
from clarion.store.queries import drafts, incidents, people


@dataclass(frozen=True, slots=True)
class Step:
    done: bool
    text: str
    link: str = ""
    link_text: str = ""
    who: str = ""
    """Whom to sign in as for it; empty when anybody can do it."""


def steps(now: datetime) -> list[Step]:
    """The steps in order; empty while no incident exists yet."""
    incident = incidents.incidents().order_by("opened_at").first()
    if incident is None:
        return [Step(False, "The demo's alert is on its way. This page refreshes itself.")]
    here = reverse("console:incident", args=[incident.id])
    draft = drafts.drafts().filter(incident=incident).order_by("created_at").first()
    first = Step(True, "A real alert came in and opened an incident.", here, "Read its story")
    if draft is None:
        return [first, Step(False, "Clarion writes the first draft from a template.")]
    return [first, *_review(draft), *_after(incident, draft)]


def _review(draft: Any) -> list[Step]:
    link = reverse("console:draft", args=[draft.id])
    version = draft.versions.latest("number")
    published = draft.state == "published"
    given = set(
        drafts.approvals_of(draft)
        .filter(version=version, decision="approved", voided_at=None)
        .values_list("role", flat=True)
    )
    asked = published or draft.state in ("in_review", "approved")
    found = [
        Step(asked, "Ask for its review.", link, "Open the draft", _who("communications_lead")),
    ]
    for item in draft.incident.requirements["reviews"]:
        role = item["role"]
        said = f"Approve it as {ROLE_LABELS[role].lower()}."
        found.append(Step(published or role in given, said, link, "Open the draft", _who(role)))
    return found


def _after(incident: Any, draft: Any) -> list[Step]:
    base = settings.CLARION.base_url
    published = draft.state == "published"
    return [
        Step(published, "See it on the status page.", f"{base}/incidents/{incident.id}", "Status page"),
        Step(published, "Read it as a subscriber does.", reverse("console:mailbox"), "Mailbox"),
        Step(False, "See what was recorded, sealed and signed.", reverse("console:ledger"), "Ledger"),
    ]


def _who(role: str) -> str:
    found: Any = people.people().filter(is_active=True)
    for person in found:
        if role in {grant.role for grant in person.live_grants}:
            return f"{person.name} ({person.email})"
    return ""
