"""Stories told in rows: a house with its page, and the steps of a draft by the people in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from clarion import pipeline
from clarion.actions import draft as drafts
from clarion.actions import review
from clarion.rules import ledger as form
from clarion.rules.instants import read, reference
from clarion.rules.statements import Difference, Statements
from clarion.store import consistency
from clarion.store.keys import create_keys
from clarion.store.models import Draft, Incident, LedgerEntry, Update, User
from clarion.store.people import as_actor
from tests import factories as make

NOW = make.NOW
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


class Story(make.House):
    """A house whose page stands in a folder, and which tells of SEV-2 incidents unless asked otherwise."""

    def __init__(self, now: datetime = NOW) -> None:
        super().__init__(now=now)
        create_keys(settings.CLARION.home)
        make.site(page(), now=now)
        make.settle(now)

    def open(self, now: datetime = NOW, **more: Any) -> Incident:
        """An incident that the lead opens, with its first draft."""
        found = self.incident(now=now, **{"severity": "SEV-2"} | more)
        return Incident.objects.get(id=found.id)

    def draft(self, now: datetime = NOW, **more: Any) -> Draft:
        """The first draft of a new incident."""
        return self.open(now, **more).drafts.get()

    def in_review(self, now: datetime = NOW, **more: Any) -> Draft:
        draft = self.draft(now, **more)
        submit(draft, self.lead, now)
        return again(draft)

    def approve(self, draft: Draft, now: datetime = NOW) -> Draft:
        """Submits the draft and approves it in both roles; it is not published yet."""
        submit(draft, self.lead, now)
        for role, by in self.reviewers.items():
            decide(draft, by, role, now)
        return again(draft)

    def publish(self, draft: Draft, now: datetime = NOW) -> Update:
        self.approve(draft, now)
        make.settle(now)
        return Update.objects.get(version__draft=draft)


def page() -> Path:
    """The folder where the page's files go in this test."""
    return Path(settings.CLARION.site_path)


def submit(of: Draft, by: User, now: datetime = NOW) -> LedgerEntry:
    """Asks for review of the newest version."""
    newest = of.versions.latest("number")
    usual = {"version": newest.number, "confirmed": make.prints(newest, "warn", now), "actor": acting(by)}
    return pipeline.run(review.submit_draft, draft_id=of.id, now=now, **usual)


def decide(of: Draft, by: User, role: str, now: datetime = NOW, **told: Any) -> LedgerEntry:
    """One person's approval of the newest version in a role; ``told`` replaces any other argument."""
    newest = of.versions.latest("number")
    usual = {
        "draft_id": of.id,
        "version": newest.number,
        "digest": newest.digest,
        "decision": "approved",
        "comment": "",
        "looked_at": make.prints(newest, "review", now),
        "actor": acting(by),
    }
    return pipeline.run(review.decide, role=role, now=now, **usual | told)


def edit(of: Draft, by: User, now: datetime = NOW, **told: Any) -> LedgerEntry:
    """A new version: one word more in every text and a fresh promise, or what ``told`` says."""
    last = of.versions.latest("number")
    promise = told.get("next_update_at", now + HOUR)
    usual = {
        "draft_id": of.id,
        "base_version": last.number,
        "texts": longer(promising(last.texts, last.next_update_at, promise)),
        "incident_state": last.incident_state,
        "component_statuses": last.component_statuses,
        "next_update_at": now + HOUR if last.next_update_at else None,
        "actor": acting(by),
    }
    return pipeline.run(drafts.edit_draft, now=now, **usual | told)


def explain(of: Draft, by: User, now: datetime = NOW, reason: str = "A slip.") -> LedgerEntry:
    """A new version with the same words, whose author says why all that does not agree in it is right."""
    newest = of.versions.latest("number")
    found = tuple(Difference(each.key, reason) for each in consistency.found(newest))
    kept = {"texts": newest.texts, "next_update_at": newest.next_update_at}
    return edit(of, by, now, statements=Statements(differences=found), **kept)


#: Everything that any state asks its author for.
EVERYTHING = Statements(
    confirmed=frozenset({"effect_reduced", "fix_in_place"}),
    watch_until=NOW + HOUR,
    data_integrity="Stored data was not touched.",
    reason="The dashboards have been watched by the people on call.",
)


def promising(
    texts: Mapping[str, Mapping[str, str]], old: datetime | None, new: datetime | None
) -> Mapping[str, Mapping[str, str]]:
    """The texts with the promise that they name moved to the new time."""
    if old is None or new is None or read(reference(new)) is None:
        return texts
    moved = (reference(old), reference(new))
    return {
        name: {part: words.replace(*moved) for part, words in text.items()} for name, text in texts.items()
    }


def longer(texts: Mapping[str, Mapping[str, str]], word: str = "More.") -> dict[str, dict[str, str]]:
    return {name: {"title": t["title"], "body": f"{t['body']} {word}"} for name, t in texts.items()}


def acting(user: User) -> Any:
    """The person as an actor, with the roles of this moment."""
    return as_actor(User.objects.get(id=user.id))


def kinds(of: Incident | None = None) -> list[str]:
    """Kinds of the entries, in order: all of them, or those of one incident."""
    found = LedgerEntry.objects.order_by("id")
    return list((found.filter(incident=of) if of else found).values_list("kind", flat=True))


def last(kind: str) -> form.Entry:
    """The newest entry of a kind, read from its own bytes."""
    return form.read_entry(bytes(LedgerEntry.objects.filter(kind=kind).latest("id").body))


def words_of(kind: str) -> dict[str, str | None]:
    """The texts beside the newest entry of a kind."""
    return {text.name: text.text for text in LedgerEntry.objects.filter(kind=kind).latest("id").texts.all()}


def codes(kind: str, field: str = "reasons") -> list[str]:
    """The codes of the reasons that the newest entry of a kind names."""
    return [reason["code"] for reason in last(kind).data[field]]


def again(thing: Any) -> Any:
    """The row as it is now."""
    return type(thing).objects.get(pk=thing.pk)
