"""The feeds stay well-formed and readable in two independent parsers, whatever stands in the texts."""

from __future__ import annotations

from collections.abc import Callable
from email.utils import parsedate_to_datetime
from xml.etree import ElementTree

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clarion.pages.feeds import atom, rss
from clarion.pages.site import render
from clarion.pages.view import PageView
from clarion.rules.prose import only_text
from tests.pages import hostile, sample
from tests.pages.sample import NIGHT, incident, minutes, page, update

ATOM = "{http://www.w3.org/2005/Atom}"
Feed = Callable[[PageView], bytes]


@pytest.mark.parametrize("feed", [atom, rss])
def test_a_feed_reader_finds_every_incident_with_title_link_and_time(feed: Feed) -> None:
    read = feedparser.parse(feed(sample.rich()))
    assert read.bozo is False
    assert "Larkspur Status - Incident History" == read.feed.title
    newest = read.entries[0]
    assert "Card payments are declined for some customers" == newest.title
    assert "https://status.larkspur.example/incidents/9tpgqq1h4bs7" == newest.link
    assert len(read.entries) == len(sample.rich().incidents)


def test_atom_carries_the_ids_that_statuspage_feeds_carry() -> None:
    root = ElementTree.fromstring(atom(sample.rich()))
    assert "tag:status.larkspur.example,2005:/history" == root.findtext(f"{ATOM}id")
    entry = root.findtext(f"{ATOM}entry/{ATOM}id")
    assert "tag:status.larkspur.example,2005:Incident/9tpgqq1h4bs7" == entry


def test_an_entry_keeps_its_id_and_first_time_when_an_update_follows() -> None:
    """So that a reader marks it as changed, not as another incident."""
    first = update("u1")
    then = update("u2", "resolved", published_at=NIGHT + minutes(40))
    before, after = (
        ElementTree.fromstring(atom(page(incidents=(incident("i1", *told),)))).find(f"{ATOM}entry")
        for told in ((first,), (then, first))
    )
    assert before is not None
    assert after is not None
    for same in ("id", "published"):
        assert before.findtext(ATOM + same) == after.findtext(ATOM + same)
    assert ["2026-03-14T03:12:07Z", "2026-03-14T03:52:07Z"] == [
        each.findtext(f"{ATOM}updated") for each in (before, after)
    ]


@pytest.mark.parametrize("feed", [atom, rss])
def test_the_story_is_told_newest_first_with_both_zones(feed: Feed) -> None:
    root = ElementTree.fromstring(feed(sample.rich()))
    text = root.findtext(f"{ATOM}entry/{ATOM}content") or root.findtext("channel/item/description") or ""
    start = (
        '<p><small>Mar <var data-var="date">14</var>, <var data-var="time">03:12</var> UTC'
        " (04:12 CET)</small><br><strong>Update</strong> - About one card payment in five"
    )
    assert text.startswith(start)
    assert text.index("Identified") < text.index("Investigating")


def test_rss_says_when_in_rfc_822() -> None:
    item = ElementTree.fromstring(rss(sample.rich())).find("channel/item")
    assert item is not None
    assert "Sat, 14 Mar 2026 03:12:07 GMT" == item.findtext("pubDate")
    assert parsedate_to_datetime(item.findtext("pubDate") or "") == NIGHT.replace(microsecond=0)
    assert item.findtext("guid") == item.findtext("link")


@pytest.mark.parametrize("feed", [atom, rss])
def test_a_feed_holds_the_25_newest(feed: Feed) -> None:
    many = page(incidents=tuple(incident(f"i{place}") for place in range(40)))
    links = [entry.link.rpartition("/")[2] for entry in feedparser.parse(feed(many)).entries]
    assert [f"i{place}" for place in range(25)] == links


@pytest.mark.parametrize("feed", [atom, rss])
def test_a_page_without_incidents_still_has_a_feed(feed: Feed) -> None:
    read = feedparser.parse(feed(page()))
    assert (False, []) == (read.bozo, read.entries)


@pytest.mark.parametrize("feed", [atom, rss])
@pytest.mark.parametrize("text", hostile.ALL, ids=ascii)
def test_no_text_breaks_the_feed_or_comes_to_life_in_it(feed: Feed, text: str) -> None:
    written = feed(sample.with_title(text))
    root = ElementTree.fromstring(written)
    # Unsanitised, so that what is judged is our writing and not the reader's caution.
    read = feedparser.parse(written, sanitize_html=False)
    assert read.bozo is False
    names = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert names <= set(
        [
            "feed",
            "id",
            "link",
            "title",
            "updated",
            "author",
            "name",
            "entry",
            "published",
            "content",
            "rss",
            "channel",
            "item",
            "description",
            "language",
            "pubDate",
            "guid",
        ]
    )
    title = root.findtext(f"{ATOM}entry/{ATOM}title") or root.findtext("channel/item/title")
    assert only_text(text.replace("\n", " ")).replace("\r", "\n") == title
    for story in [*root.iter(f"{ATOM}content"), *root.iter("description")]:
        parsed = hostile.Inert(story.text or "")
        assert [] == [each for each in parsed.trouble if each not in ("<small>", "<var>")]


@settings(deadline=None)
@given(st.text())
def test_any_text_at_all_leaves_both_feeds_well_formed(text: str) -> None:
    for feed in (atom, rss):
        ElementTree.fromstring(feed(sample.with_title(text)))


@pytest.mark.parametrize("feed", ["history.atom", "history.rss"])
def test_no_entity_is_declared_so_none_can_be_resolved(feed: str) -> None:
    doctype = next(text for text in hostile.XML if text.startswith("<!DOCTYPE"))
    written = render(sample.with_title(doctype))[feed]
    assert b"<!DOCTYPE" not in written
    assert b"&amp;e;" in written
