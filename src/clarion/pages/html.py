"""The public pages. They need no script, work under a closed content security policy, and read well on
a phone, on paper, without a mouse and without a screen.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from clarion.pages import parts
from clarion.pages.look import (
    feed_title,
    headline,
    incident_path,
    incident_title,
    open_incidents,
    path_to,
    prefix,
    url_of,
)
from clarion.pages.markup import Child, Html, tag
from clarion.pages.times import (
    day_and_month,
    day_in_words,
    duration_in_words,
    local_day,
    stamp,
)
from clarion.pages.view import IncidentView, PageView
from clarion.rules.terms import OPEN_STATES, STATE_LABELS
from clarion.rules.times import MONTHS, UTC_NAMES

#: The front page tells of incidents this many days before the last change.
DAYS_IN_VIEW = 14
#: Also sent as a header by whoever serves the files; a bucket may not.
POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'"


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around every page."""

    page: PageView
    style: str
    """File name of the stylesheet."""


def index(frame: Frame) -> bytes:
    """``index.html``: the state now, what is open, what was lately."""
    page = frame.page
    sentence = headline(page)[1]
    opened = open_incidents(page)
    going_on = None
    if opened:
        told: list[Child] = [parts.open_incident(page, incident) for incident in opened]
        going_on = _section("open", "Open incidents", told)
    components = _section("components", "Components", parts.component_list(page)) if page.components else None
    main: list[Child] = [parts.banner(page), going_on, components, _past(page)]
    return _document(frame, f"{sentence} – {feed_title(page)}", "", main)


def incident(frame: Frame, shown: IncidentView) -> bytes:
    """``incidents/<id>/index.html``: one incident, all its updates, newest first."""
    page, name = frame.page, incident_title(frame.page, shown)
    main: list[Child] = [
        tag("h1", parts.titled(page, shown)),
        parts.facts(page, shown),
        _section("updates", "Updates", parts.timeline(page, shown, range(len(shown.updates)))),
        tag("p", "Last changed ", stamp(shown.updated_at, page.time_zone), class_="changed"),
    ]
    story = tag("article", main, class_=f"incident whole edge-{shown.impact}")
    return _document(frame, f"{name} – {feed_title(page)}", f"incidents/{shown.id}", story)


def history(frame: Frame) -> bytes:
    """``history/index.html``: every incident, by month."""
    page = frame.page
    months: list[Child] = []
    days = _by_day(page, page.incidents)
    for (year, month), in_month in groupby(days, key=lambda each: (each[0].year, each[0].month)):
        rows: list[Child] = [_row(page, each) for _, found in in_month for each in found]
        name = f"{MONTHS[month - 1]} {year}"
        months.append(_section(f"m-{year}-{month:02}", name, tag("ul", rows, class_="rows", role="list")))
    nothing = None if months else tag("p", "No incidents have been reported.", class_="calm")
    main: list[Child] = [tag("h1", "Incident history"), months, nothing]
    return _document(frame, f"Incident history – {feed_title(page)}", "history", main)


def missing(frame: Frame) -> bytes:
    """``404.html``. Says the same for what never was and for what is not public."""
    main: list[Child] = [
        tag("h1", "There is no such page"),
        tag("p", "The address may be mistyped, or the page is not public."),
        tag("p", tag("a", "See the current status", href=path_to(frame.page))),
    ]
    return _document(
        frame, f"No such page – {feed_title(frame.page)}", None, tag("div", main, class_="whole")
    )


def _past(page: PageView) -> Html:
    """Days with incidents. Empty days are left out: a file cannot know that later days stayed calm."""
    last = local_day(page.updated_at, page.time_zone)
    first = last - timedelta(days=DAYS_IN_VIEW - 1)
    closed = [each for each in page.incidents if each.state not in OPEN_STATES and _day(page, each) >= first]
    days: list[Child] = [_past_day(page, day, found) for day, found in _by_day(page, closed)]
    none = "No other incidents" if open_incidents(page) else "No incidents"
    calm = tag("p", f"{none} from {day_and_month(first)} to {day_and_month(last)} {last.year}.")
    more = tag("p", tag("a", "All incidents", href=path_to(page, "history")), class_="more")
    return _section("past", "Past incidents", [days or tag("div", calm, class_="calm"), more])


def _by_day(page: PageView, found: Iterable[IncidentView]) -> Iterable[tuple[date, list[IncidentView]]]:
    newest_first = sorted(found, key=lambda each: _day(page, each), reverse=True)
    for day, group in groupby(newest_first, key=lambda each: _day(page, each)):
        yield day, list(group)


def _past_day(page: PageView, day: date, found: list[IncidentView]) -> Html:
    told: list[Child] = [_past_incident(page, each) for each in found]
    heading = tag("h3", tag("time", day_in_words(day), datetime=day.isoformat()))
    return tag("section", heading, told, class_="day")


def _past_incident(page: PageView, shown: IncidentView) -> Html:
    lasted = duration_in_words(shown.started_at, shown.resolved_at)
    meta = tag("p", parts.impact(shown), tag("span", f"Lasted {lasted}") if lasted else None, class_="meta")
    count = len(shown.updates)
    path = incident_path(page, shown)
    return tag(
        "article",
        tag("h4", parts.titled(page, shown, path)),
        meta,
        parts.timeline(page, shown, range(1)),
        tag("p", tag("a", f"Read all {count} updates", href=path), class_="more") if count > 1 else None,
        class_=f"incident past edge-{shown.impact}",
    )


def _row(page: PageView, shown: IncidentView) -> Html:
    lasted = duration_in_words(shown.started_at, shown.resolved_at)
    meta = [parts.impact(shown), tag("span", STATE_LABELS[shown.state])]
    meta.append(tag("span", stamp(shown.started_at, page.time_zone)))
    if lasted:
        meta.append(tag("span", f"Lasted {lasted}"))
    link = parts.titled(page, shown, incident_path(page, shown))
    return tag("li", link, tag("p", list[Child](meta), class_="meta"))


def _day(page: PageView, shown: IncidentView) -> date:
    return local_day(shown.started_at, page.time_zone)


def _section(id_: str, name: str, content: Child) -> Html:
    return tag("section", tag("h2", name, id=id_), content, aria_labelledby=id_)


def _document(frame: Frame, title: str, place: str | None, main: Child) -> bytes:
    """``place`` is the path below the page, in any language; None on the page of what is not there."""
    body = tag(
        "body",
        tag("a", "Skip to the content", href="#content", class_="skip"),
        _header(frame.page, place),
        tag("main", main, id="content", tabindex="-1"),
        _footer(frame.page),
    )
    return tag("html", _head(frame, title, place), body, lang="en").document()


def _head(frame: Frame, title: str, place: str | None) -> Html:
    root, name = prefix(frame.page), feed_title(frame.page)
    feeds: list[Child] = [
        tag(
            "link",
            rel="alternate",
            type=f"application/{kind}+xml",
            title=f"{name} ({label})",
            href=f"{root}/history.{kind}",
        )
        for kind, label in (("atom", "Atom"), ("rss", "RSS"))
    ]
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", title),
        tag("meta", name="description", content=f"Current status and incident history of {frame.page.name}."),
        tag("meta", name="robots", content="noindex") if place is None else None,
        tag("link", rel="canonical", href=url_of(frame.page, place)) if place is not None else None,
        tag("link", rel="stylesheet", href=f"{root}/{frame.style}"),
        tag("link", rel="icon", type="image/svg+xml", href=f"{root}/favicon.svg"),
        feeds,
    )


def _header(page: PageView, place: str | None) -> Html:
    here = "page" if place == "" else None
    name = tag("a", feed_title(page), href=path_to(page), class_="brand", aria_current=here)
    links = tag(
        "ul",
        tag("li", tag("a", "History", href=path_to(page, "history"))),
        tag("li", tag("a", "Subscribe", href="#follow")),
        role="list",
    )
    pages = tag("nav", links, aria_label="Pages")
    return tag("header", tag("div", name, pages, class_="wide"), _languages(page, place or ""))


def _languages(page: PageView, place: str) -> Html | None:
    """The same place in the other languages; nothing on a page that comes in one."""
    if len(page.languages) < 2:
        return None
    links: list[Child] = [
        tag(
            "li",
            tag(
                "a",
                each.name,
                href=path_to(page, place, language=each),
                lang=each.tag,
                hreflang=each.tag,
                aria_current="true" if each == page.language else None,
            ),
        )
        for each in page.languages
    ]
    return tag("nav", tag("ul", links, role="list"), aria_label="Languages", class_="wide languages")


def _footer(page: PageView) -> Html:
    root = prefix(page)
    ways = [("Atom feed", "history.atom"), ("RSS feed", "history.rss"), ("JSON", "api/v2/summary.json")]
    links: list[Child] = [tag("li", tag("a", label, href=f"{root}/{path}")) for label, path in ways]
    zone = "UTC" if page.time_zone in UTC_NAMES else f"UTC, and beside it in {page.time_zone}"
    proof = None
    if page.checkpoint:
        about = tag("a", "signed checkpoint", href=f"{root}/checkpoint.txt")
        proof = tag("p", "What stood on this page can be proven: ", about, " of the archive.")
    inside = [
        tag("h2", "Subscribe", id="follow"),
        tag("p", "New incidents and updates come to you through a feed:"),
        tag("ul", links, role="list"),
        tag("p", f"Times are in {zone}."),
        proof,
    ]
    return tag("footer", tag("div", list[Child](inside), class_="wide"))
