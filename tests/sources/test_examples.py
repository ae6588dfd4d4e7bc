"""The examples of docs/reference/sources.md work as they stand there."""

from __future__ import annotations

import base64
import re
import subprocess
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from clarion.rules.intake import HookRequest
from clarion.sources import alertmanager, generic

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "sources.md").read_text(encoding="utf-8")
#: With bytes of every kind, so that a shell that mishandles one of them is found out.
SECRET = "whsec_" + base64.b64encode(bytes(range(0, 256, 4))).decode()
#: Stands in for curl: prints what would be sent, one argument a line.
FAKE_CURL = "curl() { printf '%s\\n' \"$@\"; }\n"


def example(language: str) -> str:
    """The only example of that language on the page, with a secret that works."""
    (found,) = re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    return str(found).replace("whsec_...", SECRET)


def believe(headers: dict[str, str], body: bytes) -> None:
    """Verifies and reads the request as the product would at the moment it was signed."""
    moment = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    generic.verify(generic.Config(secrets=(SECRET,)), HookRequest(headers, body), now=moment)
    assert [signal.key for signal in generic.parse(body)] == ["disk-full"]


def test_the_json_example_is_read() -> None:
    """What the page shows first is a good message."""
    (signal,) = generic.parse(example("json").encode())
    assert (signal.key, signal.group, signal.severity) == ("checkout-errors", "checkout", "critical")


@pytest.mark.service("openssl")
def test_the_shell_example_signs_rightly() -> None:
    """openssl computes what the product expects."""
    script = FAKE_CURL + example("sh")
    sent = subprocess.run(["/bin/sh", "-eu", "-c", script], capture_output=True, text=True, check=True)  # noqa: S603
    lines = sent.stdout.splitlines()
    headers = dict(line.split(": ", 1) for line in lines if re.match(r"[a-z-]+: ", line))
    believe(headers, lines[lines.index("--data-binary") + 1].encode())


def test_the_python_example_signs_rightly(monkeypatch: pytest.MonkeyPatch) -> None:
    """The standard library computes what the product expects."""
    sent: list[urllib.request.Request] = []

    def take(request: urllib.request.Request, timeout: float) -> Any:
        sent.append(request)

    monkeypatch.setattr(urllib.request, "urlopen", take)
    exec(compile(example("python"), "sources.md", "exec"), {})  # noqa: S102 - the page is ours
    (request,) = sent
    assert isinstance(request.data, bytes)
    believe({name.lower(): value for name, value in request.header_items()}, request.data)


def test_the_alertmanager_example_uses_what_is_read_here() -> None:
    """It is YAML, sends what has ended too, and shows a bearer token."""
    (receiver,) = yaml.safe_load(example("yaml"))["receivers"]
    (webhook,) = receiver["webhook_configs"]
    assert webhook["send_resolved"] is True
    assert webhook["http_config"]["authorization"]["type"] == "Bearer"


def test_the_page_names_every_key_and_limit() -> None:
    """A key or a limit that changes in the code must change on the page."""
    for key in generic.SIGNAL_KEYS:
        assert f"| `{key}` |" in PAGE
    for number in (generic.MOST_SIGNALS, generic.LONGEST_TOLERANCE, generic.LONGEST_KEY, generic.MOST_LABELS):
        assert str(number) in PAGE
    assert f"at least {alertmanager.SHORTEST_TOKEN} letters" in PAGE
