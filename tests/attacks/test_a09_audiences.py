"""A9 for texts: words for regulators, partners, executives or support are in nothing the public gets.

Every audience there is gets its text, each with facts that no other may read, and the update is published.
"""

from __future__ import annotations

from typing import Any

import pytest

from clarion import pipeline
from clarion.actions import draft as drafts
from clarion.actions import facts
from clarion.rules.audience import AUDIENCES
from clarion.rules.facts import Affected
from clarion.store.models import Delivery, Draft, Update
from clarion.store.queries import delivery
from tests import factories as make
from tests.actions.story import NOW, Story, acting, page
from tests.rules.policy_documents import document

pytestmark = pytest.mark.django_db

SECRETS = {
    "business_effect": "forty thousand euros an hour",
    "decisions": "whether to pay the ransom",
    "known": "the vault of node seven is open",
    "contact": "Mia Kunz at the desk",
}
HYPOTHESIS = "a stolen password of the gateway"
PUBLIC = "declined card payments"


@pytest.fixture
def published(settings: Any) -> Update:
    """An update for all audiences, composed from a sheet full of what the public must not read."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    here = Story()
    everyone = {name: {"owner": "Somebody", "channels": ["console"]} for name in AUDIENCES}
    everyone["customers"] = {"owner": "Support", "channels": ["status_page", "email"]}
    for name in ("key_accounts", "partners", "regulators"):
        everyone[name] = {"owner": "Somebody", "channels": ["email"]}
    rule = {
        "name": "all",
        "formal_updates": True,
        "audiences": list(AUDIENCES),
        "channels": ["status_page", "email"],
        "why": "everybody is told",
    }
    text = document(updates=[rule], audiences=everyone)
    make.next_policy(text, by=here.administrator, approved_by=here.legal)
    make.subscriber()
    draft = here.draft()
    told = {"incident_id": draft.incident_id, "actor": acting(here.lead), "now": NOW}
    sheet = {"impact": PUBLIC, "affected": Affected(percent=4.0), **SECRETS}
    pipeline.run(facts.record_facts, base_version=0, facts=sheet, **told)
    pipeline.run(facts.record_cause, base_version=1, text=HYPOTHESIS, confirmed=False, **told)
    act = {"draft_id": draft.id, "base_version": 1, "actor": acting(here.lead), "now": NOW}
    pipeline.run(drafts.compose_again, **act)
    return here.publish(Draft.objects.get(id=draft.id))


def test_the_texts_do_hold_what_must_not_get_out(published: Update) -> None:
    """Or the next tests would show nothing."""
    texts = {text.audience: text.title + text.body for text in published.texts.all()}
    assert set(AUDIENCES) == set(texts)
    inside = texts["executives"] + texts["internal"]
    for secret in ("forty thousand euros", "pay the ransom", "vault of node seven", HYPOTHESIS):
        assert secret in inside
    assert "Mia Kunz" in texts["regulators"] and "Mia Kunz" in texts["partners"]


def test_no_text_for_the_outside_holds_what_is_for_the_inside(published: Update) -> None:
    for text in published.texts.all():
        if not AUDIENCES[text.audience].inside:
            for secret in ("forty thousand", "ransom", "vault", "stolen password"):
                assert secret not in text.title + text.body, text.audience


def test_no_file_of_the_page_holds_a_word_for_anybody_but_the_public(published: Update) -> None:
    files = [path for path in page().rglob("*") if path.is_file()]
    everything = b"\n".join(path.read_bytes() for path in files).decode("utf-8", "replace")
    assert PUBLIC in everything
    for secret in (*SECRETS.values(), HYPOTHESIS, "Do not say", "Still missing", "Decisions:"):
        assert secret not in everything


def test_a_message_is_made_of_the_public_text_alone(published: Update) -> None:
    """Asking for the message of another audience fails rather than sending it."""
    assert Delivery.objects.filter(update=published).count() == 1
    for text in published.texts.all():
        if AUDIENCES[text.audience].public:
            continue
        with pytest.raises(ValueError, match="may not be shown to the public"):
            delivery.message(published.id, text.audience)
