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
from clarion.rules.terms import OPEN_STATES
from clarion.rules.times import UTC_NAMES

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
    page, say = frame.page, frame.page.words.say
    sentence = headline(page)[1]
    opened = open_incidents(page)
    going_on = None
    if opened:
        told: list[Child] = [parts.open_incident(page, incident) for incident in opened]
        going_on = _section("open", say("page.open"), told)
    components = None
    if page.components:
        components = _section("components", say("page.components"), parts.component_list(page))
    main: list[Child] = [parts.banner(page), going_on, components, _past(page)]
    return _document(frame, f"{sentence} – {feed_title(page)}", "", main)


def incident(frame: Frame, shown: IncidentView) -> bytes:
    """``incidents/<id>/index.html``: one incident, all its updates, newest first."""
    page, name = frame.page, incident_title(frame.page, shown)
    main: list[Child] = [
        tag("h1", parts.titled(page, shown)),
        parts.facts(page, shown),
        _section(
            "updates",
            page.words.say("incident.updates"),
            parts.timeline(page, shown, range(len(shown.updates))),
        ),
        parts.last_changed(page, shown.updated_at),
    ]
    story = tag("article", main, class_=f"incident whole edge-{shown.impact}")
    return _document(frame, f"{name} – {feed_title(page)}", f"incidents/{shown.id}", story)


def history(frame: Frame) -> bytes:
    """``history/index.html``: every incident, by month."""
    page, words = frame.page, frame.page.words
    months: list[Child] = []
    days = _by_day(page, page.incidents)
    for (year, month), in_month in groupby(days, key=lambda each: (each[0].year, each[0].month)):
        rows: list[Child] = [_row(page, each) for _, found in in_month for each in found]
        name = words.say("time.month", month=words.months[month - 1], year=year)
        months.append(_section(f"m-{year}-{month:02}", name, tag("ul", rows, class_="rows", role="list")))
    nothing = None if months else tag("p", words.say("page.never"), class_="calm")
    title = words.say("page.incident_history")
    main: list[Child] = [tag("h1", title), months, nothing]
    return _document(frame, f"{title} – {feed_title(page)}", "history", main)


def missing(frame: Frame) -> bytes:
    """``404.html``. Says the same for what never was and for what is not public."""
    say = frame.page.words.say
    main: list[Child] = [
        tag("h1", say("page.missing")),
        tag("p", say("page.missing_why")),
        tag("p", tag("a", say("page.see_current"), href=path_to(frame.page))),
    ]
    title = f"{say('page.missing_title')} – {feed_title(frame.page)}"
    return _document(frame, title, None, tag("div", main, class_="whole"))


def _past(page: PageView) -> Html:
    """Days with incidents. Empty days are left out: a file cannot know that later days stayed calm."""
    last = local_day(page.updated_at, page.time_zone)
    first = last - timedelta(days=DAYS_IN_VIEW - 1)
    closed = [each for each in page.incidents if each.state not in OPEN_STATES and _day(page, each) >= first]
    days: list[Child] = [_past_day(page, day, found) for day, found in _by_day(page, closed)]
    words = page.words
    key = "page.calm_but_open" if open_incidents(page) else "page.calm"
    begin, end = day_and_month(first, words), day_and_month(last, words)
    calm = tag("p", words.say(key, first=begin, last=end, year=last.year))
    more = tag("p", tag("a", words.say("page.all"), href=path_to(page, "history")), class_="more")
    return _section("past", words.say("page.past"), [days or tag("div", calm, class_="calm"), more])


def _by_day(page: PageView, found: Iterable[IncidentView]) -> Iterable[tuple[date, list[IncidentView]]]:
    newest_first = sorted(found, key=lambda each: _day(page, each), reverse=True)
    for day, group in groupby(newest_first, key=lambda each: _day(page, each)):
        yield day, list(group)


def _past_day(page: PageView, day: date, found: list[IncidentView]) -> Html:
    told: list[Child] = [_past_incident(page, each) for each in found]
    heading = tag("h3", tag("time", day_in_words(day, page.words), datetime=day.isoformat()))
    return tag("section", heading, told, class_="day")


def _past_incident(page: PageView, shown: IncidentView) -> Html:
    meta = tag("p", parts.impact(shown, page.words), _lasted(page, shown), class_="meta")
    count = len(shown.updates)
    path = incident_path(page, shown)
    return tag(
        "article",
        tag("h4", parts.titled(page, shown, path)),
        meta,
        parts.timeline(page, shown, range(1)),
        tag("p", tag("a", page.words.say("incident.read_all", count=count), href=path), class_="more")
        if count > 1
        else None,
        class_=f"incident past edge-{shown.impact}",
    )


def _row(page: PageView, shown: IncidentView) -> Html:
    words = page.words
    state = tag("span", words.label("state", shown.state))
    began = tag("span", stamp(shown.started_at, page.time_zone, words))
    meta = tag("p", parts.impact(shown, words), state, began, _lasted(page, shown), class_="meta")
    return tag("li", parts.titled(page, shown, incident_path(page, shown)), meta)


def _lasted(page: PageView, shown: IncidentView) -> Html | None:
    lasted = duration_in_words(shown.started_at, shown.resolved_at, page.words)
    return tag("span", page.words.say("incident.lasted_for", duration=lasted)) if lasted else None


def _day(page: PageView, shown: IncidentView) -> date:
    return local_day(shown.started_at, page.time_zone)


def _section(id_: str, name: str, content: Child) -> Html:
    return tag("section", tag("h2", name, id=id_), content, aria_labelledby=id_)


def _document(frame: Frame, title: str, place: str | None, main: Child) -> bytes:
    """``place`` is the path below the page, in any language; None on the page of what is not there."""
    body = tag(
        "body",
        tag("a", frame.page.words.say("page.skip"), href="#content", class_="skip"),
        _header(frame.page, place),
        tag("main", main, id="content", tabindex="-1"),
        _footer(frame.page),
    )
    return tag("html", _head(frame, title, place), body, lang=frame.page.words.language).document()


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
        tag("meta", name="description", content=frame.page.words.say("page.current", page=frame.page.name)),
        tag("meta", name="robots", content="noindex") if place is None else None,
        tag("link", rel="canonical", href=url_of(frame.page, place)) if place is not None else None,
        tag("link", rel="stylesheet", href=f"{root}/{frame.style}"),
        tag("link", rel="icon", type="image/svg+xml", href=f"{root}/favicon.svg"),
        feeds,
    )


def _header(page: PageView, place: str | None) -> Html:
    here = "page" if place == "" else None
    name = tag("a", feed_title(page), href=path_to(page), class_="brand", aria_current=here)
    say = page.words.say
    links = tag(
        "ul",
        tag("li", tag("a", say("page.history"), href=path_to(page, "history"))),
        tag("li", tag("a", say("page.subscribe"), href="#follow")),
        role="list",
    )
    pages = tag("nav", links, aria_label=say("page.pages"))
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
    return tag(
        "nav",
        tag("ul", links, role="list"),
        aria_label=page.words.say("page.languages"),
        class_="wide languages",
    )


def _footer(page: PageView) -> Html:
    root, say = prefix(page), page.words.say
    ways = [("atom", "history.atom"), ("rss", "history.rss"), ("json", "api/v2/summary.json")]
    links: list[Child] = [
        tag("li", tag("a", say(f"page.{name}"), href=f"{root}/{path}")) for name, path in ways
    ]
    in_utc = page.time_zone in UTC_NAMES
    zones = say("page.times_utc") if in_utc else say("page.times_zone", zone=page.time_zone)
    proof = None
    if page.checkpoint:
        about = tag("a", say("page.checkpoint"), href=f"{root}/checkpoint.txt")
        proof = tag("p", f"{say('page.proof')} ", about)
    inside = [
        tag("h2", say("page.subscribe"), id="follow"),
        tag("p", say("page.feeds")),
        tag("ul", links, role="list"),
        tag("p", zones),
        proof,
    ]
    return tag("footer", tag("div", list[Child](inside), class_="wide"))
