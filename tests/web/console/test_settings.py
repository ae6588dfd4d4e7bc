"""People, sources, keys, components and the policy."""

from __future__ import annotations

import pytest
from django.db import IntegrityError

from clarion.store.policies import default_document
from clarion.store.queries import intake, people
from tests import factories as make
from tests.web.console.conftest import Desk, words

PEOPLE = "/console/settings/people"
SOURCES = "/console/settings/sources"
KEYS = "/console/settings/keys"


def test_a_person_is_added_with_roles(admin: Desk) -> None:
    typed = {
        "name": "Nia New",
        "email": "nia@larkspur.example",
        "password": "a-long-password",
        "roles": ["accuracy"],
    }
    assert 302 == admin.send(PEOPLE, "add", **typed).status_code
    assert "Nia New nia@larkspur.example Etc/UTC Accuracy reviewer" in admin.read(PEOPLE)


def test_two_who_write_at_once_are_told_and_lose_nothing(
    admin: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database lets one of them in; the other one's form comes back with what was typed."""

    def met(entry: object) -> None:
        raise IntegrityError("UNIQUE constraint failed")

    monkeypatch.setattr("clarion.pipeline.wake", met)
    answer = admin.send(PEOPLE, "add", name="Nia", email="nia@larkspur.example", password="a-long-password")
    assert (409, True) == (answer.status_code, 'value="Nia"' in answer.content.decode())
    assert "Somebody changed this at the same moment." in words(answer)


def test_a_short_password_is_refused_and_not_sent_back(admin: Desk) -> None:
    answer = admin.send(PEOPLE, "add", name="Nia", email="nia@larkspur.example", password="kurz-aber1")
    page = answer.content.decode()
    assert 422 == answer.status_code
    assert "Use at least 12 characters." in words(answer)
    assert ('value="Nia"' in page, "kurz-aber1" in page) == (True, False)


def test_a_role_is_given_and_taken_back(house: make.House, admin: Desk) -> None:
    path = f"{PEOPLE}/{house.auditor.id}"
    admin.send(path, "grant", role="legal")
    assert "Legal counsel Take back" in admin.read(path)
    admin.send(path, "revoke", role="legal")
    seen = admin.read(path)
    assert "Legal counsel Take back" not in seen
    assert "Admin Istra took back the role legal counsel." in seen


def test_an_account_is_switched_off_and_its_session_ends(house: make.House, admin: Desk, lead: Desk) -> None:
    assert 200 == lead.get("/console/").status_code
    admin.send(f"{PEOPLE}/{house.lead.id}", "deactivate")
    assert 302 == lead.get("/console/").status_code
    assert "switched off" in admin.read(f"{PEOPLE}/{house.lead.id}")


@pytest.mark.parametrize(("kind", "field"), [("alertmanager", "tokens"), ("generic", "secrets")])
def test_the_secret_of_a_source_is_shown_once(admin: Desk, kind: str, field: str) -> None:
    answer = admin.send(SOURCES, "add", slug="pager", kind=kind)
    (secret,) = intake.sources().get(slug="pager").config[field]
    assert f'value="{secret}"' in answer.content.decode()
    assert "/hooks/pager" in words(answer)
    assert secret not in admin.get(SOURCES).content.decode()


def test_a_source_needs_a_name_of_its_own(admin: Desk) -> None:
    answer = admin.send(SOURCES, "add", slug="alertmanager", kind="generic")
    assert (409, True) == (answer.status_code, "There is a source of that name." in words(answer))


def test_the_secret_of_a_key_is_shown_once_and_only_its_hash_is_kept(lead: Desk) -> None:
    answer = lead.send(KEYS, "add", label="Deploy bot", scopes=["incidents:read"])
    secret = answer.content.decode().split('id="secret" readonly value="')[1].split('"')[0]
    found = people.api_key(secret)
    assert found is not None
    assert (["incidents:read"], "Deploy bot") == (found.scopes, found.label)
    page = lead.get(KEYS).content.decode()
    assert secret not in page
    lead.send(KEYS, "revoke")
    assert people.api_key(secret) is None
    assert "Revoked" in lead.read(KEYS)


def test_a_component_is_added(admin: Desk) -> None:
    assert 302 == admin.send("/console/components", "add", name="Search", position="2").status_code
    assert "Search search Operational" in admin.read("/console/components")
    answer = admin.send("/console/components", "add", name="Search")
    assert (409, True) == (answer.status_code, "There is a component of that name." in words(answer))


def test_the_policy_is_read_with_its_history(house: make.House, admin: Desk, auditor: Desk) -> None:
    changed = default_document().replace("title: Default policy", "title: Our policy")
    make.next_policy(changed, by=house.lead, approved_by=house.administrator)
    assert "Version 2 In force" in auditor.read("/console/settings/policy")
    assert "title: [removed: Default ] [added: Our ] policy" in auditor.read("/console/settings/policy/2")
    assert "An earlier version" in auditor.read("/console/settings/policy/1")


def test_everybody_sees_what_they_may_do_and_why_not(auditor: Desk) -> None:
    seen = auditor.read("/console/me")
    assert "ledger:read Yes" in seen
    assert "incidents:write No. This needs the role Communications lead or Administrator" in seen


@pytest.mark.parametrize(("kind", "field"), [("alertmanager", "tokens"), ("generic", "secrets")])
def test_the_secret_of_a_source_is_exchanged(admin: Desk, kind: str, field: str) -> None:
    """Both count in between, the new one is shown once, and the older ends at a press."""
    admin.send(SOURCES, "add", slug="pager", kind=kind)
    (old,) = intake.sources().get(slug="pager").config[field]
    answer = admin.send(SOURCES, "pager/secret")
    first, new = intake.sources().get(slug="pager").config[field]
    assert (old, True) == (first, f'value="{new}"' in answer.content.decode())
    assert "2 secrets count." in admin.read(SOURCES)
    admin.send(SOURCES, "pager/retire")
    assert [new] == intake.sources().get(slug="pager").config[field]
    assert "1 secret counts." in admin.read(SOURCES)


def test_a_source_is_switched_off_and_on_again(admin: Desk) -> None:
    for word, enabled in (("Switched off", False), ("Accepted", True)):
        admin.send(SOURCES, "alertmanager/switch")
        assert enabled is intake.sources().get(slug="alertmanager").enabled
        assert word in admin.read(SOURCES)
