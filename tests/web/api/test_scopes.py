"""A key does what its scopes and its owner's roles allow, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from clarion.rules.access import PERMISSIONS, ROLE_LABELS
from clarion.store.models import ApiKey, Incident
from clarion.web.api.errors import KINDS
from tests import factories as make
from tests.web.api.conftest import Program, problem

ROOT = Path(__file__).resolve().parents[3]
NEW = {"title": "T", "severity": "SEV-1", "category": "data", "components": []}


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Bearer clarion_unknown", "Basic Y2xhcmlvbjp4", "Bearer \udcff", "clarion_x"],
)
def test_without_a_valid_key_nothing_is_told(house: make.House, header: str) -> None:
    response = Program().call("GET", "/incidents", **({"Authorization": header} if header else {}))
    problem(response, 401, "unauthenticated")
    assert 'Bearer realm="clarion"' == response.headers["WWW-Authenticate"]


def test_who_is_asked_before_what(house: make.House) -> None:
    """A stranger learns nothing about forms, and a body of theirs is not read."""
    problem(Program().call("POST", "/incidents", b"{"), 401, "unauthenticated")
    weak = Program(make.api_key(house.lead, "incidents:read"))
    problem(weak.call("POST", "/incidents", b"{"), 403, "forbidden")


def test_a_key_ends_with_its_revocation_and_with_its_owner(house: make.House, admin: Program) -> None:
    secret, other = make.api_key(house.lead), make.api_key(house.lead)
    program, second = Program(secret), Program(other)
    key = program.get("/me")["key"]
    assert program.call("DELETE", f"/keys/{key}").json()["revoked_at"] == "2026-03-01T14:05:00Z"
    problem(program.call("GET", "/me"), 401, "unauthenticated")
    assert 200 == second.call("GET", "/me").status_code
    assert 200 == admin.call("POST", f"/people/{house.lead.id}/deactivate").status_code
    problem(second.call("GET", "/me"), 401, "unauthenticated")


def test_a_key_without_the_scope_is_refused_though_its_owner_may(house: make.House) -> None:
    weak = Program(make.api_key(house.lead, "incidents:read"))
    assert 200 == weak.call("GET", "/incidents").status_code
    found = problem(weak.call("POST", "/incidents", NEW), 403, "forbidden")
    assert "lacks the scope incidents:write" in found["detail"]
    assert not Incident.objects.exists()


def test_a_scope_gives_nothing_that_its_owner_may_not(house: make.House) -> None:
    auditor = Program(make.api_key(house.auditor))
    found = problem(auditor.call("POST", "/incidents", NEW), 403, "forbidden")
    assert "needs the role Communications lead or Administrator" in found["detail"]


def test_a_role_taken_back_stops_every_key_at_once(house: make.House, admin: Program, lead: Program) -> None:
    lead.post("/incidents", NEW)
    assert 200 == admin.call("DELETE", f"/people/{house.lead.id}/roles/communications_lead").status_code
    problem(lead.call("POST", "/incidents", NEW), 403, "forbidden")
    granted = admin.post(f"/people/{house.lead.id}/roles", {"role": "communications_lead"})
    assert ["communications_lead"] == granted["roles"]
    lead.post("/incidents", NEW)


def test_a_key_makes_no_key_that_may_do_more_than_itself(house: make.House) -> None:
    program = Program(make.api_key(house.lead, "keys:write", "incidents:read"))
    made = program.post("/me/keys", {"label": "Robot", "scopes": ["incidents:read"]})
    child = Program(made["secret"])
    assert ["incidents:read"] == child.get("/me")["scopes"]
    more = {"label": "Robot", "scopes": ["incidents:write"]}
    found = problem(program.call("POST", "/me/keys", more), 403, "forbidden")
    assert "scopes" == found["errors"][0]["field"]
    problem(child.call("POST", "/me/keys", {"label": "R", "scopes": ["incidents:read"]}), 403, "forbidden")


def test_the_keys_of_others_are_not_there_but_for_administrators(
    house: make.House, lead: Program, admin: Program
) -> None:
    make.api_key(house.clarity)
    key = ApiKey.objects.get(owner_id=house.clarity.id).id
    problem(lead.call("DELETE", f"/keys/{key}"), 404, "not_found")
    assert key not in {item["id"] for item in lead.get("/me/keys")["items"]}
    assert 200 == admin.call("DELETE", f"/keys/{key}").status_code
    problem(admin.call("DELETE", f"/keys/{key}"), 409, "already_done")


def test_a_list_of_keys_shows_no_secret(house: make.House, lead: Program) -> None:
    secret = lead.post("/me/keys", {"label": "Robot", "scopes": []})["secret"]
    listed = lead.call("GET", "/me/keys").content.decode()
    assert secret not in listed
    assert "secret" not in listed


def test_whoever_reads_deliveries_alone_learns_no_address(house: make.House) -> None:
    make.subscriber("reader@example.org")
    house.update()
    program = Program(make.api_key(house.auditor, "deliveries:read"))
    response = program.call("GET", "/deliveries")
    assert 1 == len(response.json()["items"])
    assert b"reader@example.org" not in response.content


def table() -> str:
    """The scopes as ``docs/reference/api.md`` must list them."""
    rows = ["| scope | roles whose keys can use it |", "|---|---|"]
    for scope, roles in PERMISSIONS.items():
        every = roles == frozenset(ROLE_LABELS)
        names = "every role" if every else ", ".join(ROLE_LABELS[r] for r in ROLE_LABELS if r in roles)
        rows.append(f"| `{scope}` | {names} |")
    return "\n".join(rows)


def test_the_reference_lists_every_scope_with_its_roles() -> None:
    text = (ROOT / "docs/reference/api.md").read_text(encoding="utf-8")
    assert table() in text


def test_every_refusal_of_the_reference_is_one_of_ours() -> None:
    text = (ROOT / "docs/reference/api.md").read_text(encoding="utf-8")
    rows: list[Any] = re.findall(r"^\| (\d{3}) \| `([a-z_]+)` \|", text, re.MULTILINE)
    assert [(str(kind.status), code) for code, kind in KINDS.items()] == rows
