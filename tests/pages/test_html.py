"""The public pages answer the reader's questions, in words, for every reader and every text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clarion.pages.site import render
from clarion.pages.view import PageView
from clarion.rules.terms import COMPONENT_LABELS, COMPONENT_STATUSES
from tests.pages import hostile, sample
from tests.pages.sample import NIGHT, component, incident, minutes, page, update


def html(view: PageView, name: str = "index.html") -> str:
    return render(view)[name].decode()


def words(markup: str) -> str:
    """What a reader sees, spaces folded."""
    bare = re.sub(r"<(head|title)\b.*?</\1>|<[^>]*>", " ", markup, flags=re.DOTALL)
    return " ".join(unescape(bare).split())


def documents(view: PageView) -> Iterator[tuple[str, bytes]]:
    yield from ((name, content) for name, content in render(view).items() if name.endswith(".html"))


def test_the_front_page_says_first_how_things_stand() -> None:
    seen = words(html(sample.quiet()))
    assert seen.index("All Systems Operational") < seen.index("Components") < seen.index("Past incidents")
    assert "Last changed 14 Mar 2026, 03:12 UTC (04:12 CET)" in seen


def test_an_open_incident_promises_its_next_update_and_tells_the_newest_first() -> None:
    seen = words(html(sample.rich()))
    assert "Next update by 14 Mar 2026, 03:45 UTC (04:45 CET)" in seen
    assert seen.index("About one card payment in five") < seen.index("Some customers cannot pay by card")
    assert "2 earlier updates" in seen


def test_a_resolved_incident_promises_nothing_more() -> None:
    done = update(state="resolved", next_update_at=NIGHT + minutes(30))
    view = page(incidents=(incident("i1", done, resolved_at=NIGHT),))
    assert "Next update by" not in words(html(view, "incidents/i1/index.html"))


@pytest.mark.parametrize("status", COMPONENT_STATUSES)
def test_a_status_is_said_in_words_and_by_a_shape_of_its_own(status: str) -> None:
    """Never by colour alone (WCAG 2.2, 1.4.1)."""
    shapes = {}
    for each in COMPONENT_STATUSES:
        found = re.search(
            r'class="status is-\w+">(<svg.*?</svg>)<span>(.*?)</span>',
            html(page(components=(component("c", each),))),
        )
        assert found is not None
        shapes[each] = found.groups()
    assert COMPONENT_LABELS[status] == shapes[status][1]
    assert 1 == [shape for shape, _ in shapes.values()].count(shapes[status][0])


def test_an_incident_page_tells_everything_newest_first() -> None:
    seen = words(html(sample.rich(), "incidents/9tpgqq1h4bs7/index.html"))
    found = [seen.index(f"{time} UTC") for time in ("03:12", "02:58", "02:44", "02:30", "02:16")]
    assert sorted(found) == found
    assert "Bank transfers Operational became Degraded" in seen
    assert "Affects Card payments, Bank transfers" in seen


def test_the_front_page_tells_the_last_fourteen_days_and_the_history_everything() -> None:
    assert "Exports failed" not in words(html(sample.rich()))
    seen = words(html(sample.rich(), "history/index.html"))
    assert seen.index("March 2026") < seen.index("Delayed webhooks") < seen.index("January 2026")
    assert "Exports failed Major impact Resolved 31 Jan 2026, 19:02 UTC (20:02 CET) Lasted 3 h 10 min" in seen


@pytest.mark.parametrize(
    ("days_ago", "shown"), [(0, True), (13, True), (14, False)], ids=["today", "13 days ago", "14 days ago"]
)
def test_fourteen_days_are_counted_in_the_pages_zone(days_ago: int, shown: bool) -> None:
    ended = NIGHT - minutes(60 * 24 * days_ago)
    done = update(state="resolved", published_at=ended)
    view = page(incidents=(incident("i1", done, resolved_at=ended),))
    assert shown is ("Checkout fails" in words(html(view)))


def test_past_days_are_named_by_the_pages_own_calendar() -> None:
    """Half past eleven at night in UTC is already tomorrow in Berlin."""
    late = NIGHT.replace(hour=23, minute=30)
    view = page(
        updated_at=late,
        incidents=(incident("i1", update(state="resolved", published_at=late), started_at=late),),
    )
    assert "Sunday, 15 March 2026" in words(html(view))
    assert "14 Mar 2026, 23:30 UTC (15 Mar, 00:30 CET)" in words(html(view))


def test_a_long_page_folds_groups_that_are_well_and_opens_those_that_are_not() -> None:
    parts = [component(f"g{group}", is_group=True, name=f"Group {group}", position=group) for group in (1, 2)]
    for place in range(14):
        status = "degraded" if place == 3 else "operational"
        parts.append(component(f"c{place}", status, group_id=f"g{place % 2 + 1}"))
    opened = re.findall(
        r"<details( open)?><summary><span[^>]*><span[^>]*>Group (\d)", html(page(components=tuple(parts)))
    )
    assert [("", "1"), (" open", "2")] == opened


def test_every_time_on_every_page_is_marked_up_for_programs_too() -> None:
    for _, content in documents(sample.rich()):
        for stamp, shown in re.findall(r'<time datetime="([^"]*)">(.*?)</time>', content.decode()):
            assert re.fullmatch(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?", stamp)
            assert ("T" not in stamp) or re.search(r"UTC.*\(.*(CET|CEST)\)", words(shown))


def test_a_page_in_utc_says_every_time_once() -> None:
    assert "Last changed 14 Mar 2026, 03:12 UTC Components" in words(html(page(time_zone="Etc/UTC")))


@pytest.mark.parametrize(
    "name", ["index.html", "history/index.html", "404.html", "incidents/9tpgqq1h4bs7/index.html"]
)
def test_a_document_has_a_language_a_title_landmarks_and_one_first_heading(name: str) -> None:
    markup = html(sample.rich(), name)
    assert '<html lang="en">' in markup
    assert re.search("<title>[^<]+ – Larkspur Status</title>", markup)
    for landmark in ("<header>", "<nav ", "<main ", "<footer>", "<h1"):
        assert 1 == markup.count(landmark)
    levels = [int(level) for level in re.findall(r"<h(\d)", markup)]
    assert all(after - before <= 1 for before, after in zip(levels, levels[1:], strict=False))
    assert [] == [name for name, count in Counter(hostile.Inert(markup).ids).items() if count > 1]


def test_pages_load_nothing_but_their_own_stylesheet_and_icon() -> None:
    files = render(sample.rich())
    for _, content in documents(sample.rich()):
        loaded = re.findall(r'<link rel="(?:stylesheet|icon)"[^>]*href="/([^"]*)"', content.decode())
        assert 2 == len(loaded)
        assert set(loaded) <= set(files)
        assert b"<script" not in content
        assert b"style=" not in content
        assert b" src=" not in content
    style = next(content for name, content in files.items() if name.startswith("style."))
    assert b"url(" not in style
    assert b"@import" not in style


def test_every_link_leads_to_a_file_of_the_site() -> None:
    files = render(sample.rich())
    for _, content in documents(sample.rich()):
        for link in hostile.Inert(content.decode()).links:
            target = link.removeprefix("https://status.larkspur.example").split("#")[0].strip("/")
            assert not target or target in files or f"{target}/index.html" in files


def test_a_page_below_a_path_links_below_that_path() -> None:
    view = page(url="https://larkspur.example/status", incidents=(incident("i1"),))
    links = hostile.Inert(html(view)).links
    assert "/status/incidents/i1" in links
    assert [] == [link for link in links if link.startswith("/") and not link.startswith("/status/")]


@pytest.mark.parametrize("text", hostile.ALL, ids=ascii)
def test_a_hostile_text_is_shown_and_does_nothing(text: str) -> None:
    for name, content in documents(sample.with_title(text)):
        assert [] == hostile.trouble_in(content), name


@settings(max_examples=60, deadline=None)
@given(st.text())
def test_any_text_at_all_stays_text(text: str) -> None:
    for _, content in documents(sample.with_title(text)):
        assert [] == hostile.trouble_in(content)
