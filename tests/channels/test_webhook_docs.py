"""The how-to for checking a signature works when it is copied."""

from __future__ import annotations

import json
import re
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from clarion.channels import webhook
from tests.channels.samples import message, parcel

PAGE = Path(__file__).resolve().parents[2] / "docs/reference/channels.md"
SECRET = webhook.new_secret()


def snippet(language: str) -> str:
    found = re.search(f"```{language}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


def in_python(secret: str, headers: dict[str, str], body: bytes) -> bool:
    space: dict[str, Any] = {}
    exec(snippet("python"), space)  # noqa: S102 - our own page
    return bool(space["is_genuine"](secret, headers, body))


def in_node(secret: str, headers: dict[str, str], body: bytes) -> bool:
    arguments = f"{json.dumps(secret)}, {json.dumps(headers)}, Buffer.from({json.dumps(body.decode())})"
    program = f"{snippet('javascript')}\nconsole.log(isGenuine({arguments}))"
    done = subprocess.run(["node", "-e", program], capture_output=True, text=True, check=True, timeout=60)
    return {"true\n": True, "false\n": False}[done.stdout]


CHECKS = [in_python, pytest.param(in_node, marks=pytest.mark.service("npm"))]


@pytest.mark.parametrize("check", CHECKS)
def test_the_snippet_accepts_ours_and_nothing_else(check: Any) -> None:
    now = datetime.now(UTC)
    body = webhook.body_without_link(message(title="Störung 障害")) + '""}}'
    old = webhook.new_secret()
    headers = webhook.signed_headers(parcel(secret=f"{old} {SECRET}"), body, now=now)
    assert check(SECRET, headers, body.encode())
    assert check(old, headers, body.encode())
    assert not check(webhook.new_secret(), headers, body.encode())
    assert not check(SECRET, headers, body.encode() + b" ")
    assert not check(SECRET, headers | {"webhook-id": "dlv_2"}, body.encode())
    late = webhook.signed_headers(parcel(secret=SECRET), body, now=now - timedelta(minutes=6))
    assert not check(SECRET, late, body.encode())


def test_the_sample_body_has_the_fields_of_a_real_one() -> None:
    def shape(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: shape(inner) for key, inner in value.items()}
        return [shape(value[0])] if isinstance(value, list) else type(value)

    real = json.loads(webhook.body_without_link(message()) + '""}}')
    assert shape(real) == shape(json.loads(snippet("json")))
