"""Wherever a text leaves on the page, its times are said in UTC and in the page's zone."""

from __future__ import annotations

import json
from html import unescape

import pytest

from clarion.pages.site import render
from tests.pages.sample import incident, page, update

TITLE = "Checkout fails since {2026-11-25T15:30Z}"
BODY = "We keep **you** posted until {2026-11-25T23:45Z}."
SAID = ("25 Nov 2026, 15:30 UTC (16:30 CET)", "25 Nov 2026, 23:45 UTC (26 Nov, 00:45 CET)")
FILES = ("index.html", "incidents/i1/index.html", "history/index.html", "history.atom", "history.rss")
JSON = ("summary", "incidents", "incidents/unresolved")


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    shown = page(incidents=(incident("i1", update(body=BODY), title=TITLE),))
    return {path: body.decode() for path, body in render(shown).items()}


@pytest.mark.capability("3.3", face="console")
@pytest.mark.parametrize("path", FILES)
def test_pages_and_feeds_say_a_moment_in_both_zones(files: dict[str, str], path: str) -> None:
    """In the title and, where the text stands, in the text; no reference is left for a reader to decode."""
    seen = unescape(unescape(files[path]))
    assert SAID[0] in seen
    assert path == "history/index.html" or f'<time datetime="2026-11-25T23:45:00Z">{SAID[1]}</time>' in seen
    assert "{2026" not in seen


@pytest.mark.capability("3.3", face="api")
@pytest.mark.parametrize("name", JSON)
def test_the_json_says_a_moment_in_both_zones(files: dict[str, str], name: str) -> None:
    [told] = json.loads(files[f"api/v2/{name}.json"])["incidents"]
    assert f"Checkout fails since {SAID[0]}" == told["name"]
    assert f"We keep you posted until {SAID[1]}." == told["incident_updates"][0]["body"]
