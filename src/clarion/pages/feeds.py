"""The history as Atom (RFC 4287) and RSS 2.0, in the form readers of Statuspage feeds know.

Built as trees and written by the standard library, so that no text can break out of its element.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, SubElement, tostring

from clarion.pages.look import feed_title, incident_title, incident_url, update_label
from clarion.pages.markup import join, led_prose, tag
from clarion.pages.times import iso_seconds as iso
from clarion.pages.view import PageView, UpdateView
from clarion.rules.prose import only_text
from clarion.rules.times import in_words
from clarion.rules.types import require_aware
from clarion.rules.wording import wording

#: Statuspage's feeds carry this many entries.
MOST_ENTRIES = 25


def atom(page: PageView) -> bytes:
    """``history.atom``. Entries keep their id for ever, so that readers see an update as an update."""
    host = urlsplit(page.url).hostname
    feed = Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": page.language.tag})
    _add(feed, "id", f"tag:{host},2005:/history")
    _link(feed, "alternate", "text/html", page.url)
    _link(feed, "self", "application/atom+xml", f"{page.url}/history.atom")
    _add(feed, "title", _title(page))
    _add(feed, "updated", iso(_changed(page)))
    _add(SubElement(feed, "author"), "name", page.name)
    for incident in page.incidents[:MOST_ENTRIES]:
        entry = SubElement(feed, "entry")
        _add(entry, "id", f"tag:{host},2005:Incident/{incident.id}")
        _add(entry, "published", iso(incident.created_at))
        _add(entry, "updated", iso(incident.updated_at))
        _link(entry, "alternate", "text/html", incident_url(page, incident))
        _add(entry, "title", incident_title(page, incident))
        _add(entry, "content", _story(page, incident.updates), type="html")
    return _document(feed)


def rss(page: PageView) -> bytes:
    """``history.rss``; ``pubDate`` of an item is its newest change, in RFC 822 form."""
    root = Element("rss", {"version": "2.0", "xmlns:atom": "http://www.w3.org/2005/Atom"})
    channel = SubElement(root, "channel")
    _add(channel, "title", _title(page))
    _add(channel, "link", page.url)
    _add(channel, "description", page.words.say("page.feed_about"))
    _add(channel, "language", page.language.tag)
    _add(channel, "pubDate", _rfc822(_changed(page)))
    _link(channel, "self", "application/rss+xml", f"{page.url}/history.rss", name="atom:link")
    for incident in page.incidents[:MOST_ENTRIES]:
        item = SubElement(channel, "item")
        _add(item, "title", incident_title(page, incident))
        _add(item, "description", _story(page, incident.updates))
        _add(item, "pubDate", _rfc822(incident.updated_at))
        _add(item, "link", incident_url(page, incident))
        _add(item, "guid", incident_url(page, incident))
    return _document(root)


def _title(page: PageView) -> str:
    return f"{feed_title(page)} - {page.words.say('page.feed')}"


def _story(page: PageView, updates: Sequence[UpdateView]) -> str:
    """All updates of an incident as HTML, newest first."""
    parts, words = [], page.words
    for place, update in enumerate(updates):
        at = require_aware(update.published_at)
        there = in_words(at, page.time_zone, words)[1]
        date = tag("var", str(at.day), data_var="date")
        time = tag("var", f"{at:%H:%M}", data_var="time")
        month, beside = words.short_months[at.month - 1], f" ({there})" if there else None
        when = tag("small", month, " ", date, ", ", time, " UTC", beside)
        label = tag("strong", update_label(updates, place, words))
        lead = join(when, tag("br"), label, " - ")
        parts.append(led_prose(lead, update.text.body, page.time_zone, wording(update.language)))
    return "".join(part.markup for part in parts)


def _changed(page: PageView) -> datetime:
    """When an entry last changed. A component's change is no news for a feed of incidents."""
    return max((incident.updated_at for incident in page.incidents), default=page.updated_at)


def _add(parent: Element, name: str, text: str, **attributes: str) -> None:
    SubElement(parent, name, attributes).text = only_text(text)


def _link(parent: Element, rel: str, media_type: str, url: str, name: str = "link") -> None:
    SubElement(parent, name, {"rel": rel, "type": media_type, "href": url})


def _rfc822(moment: datetime) -> str:
    return format_datetime(require_aware(moment), usegmt=True)


def _document(root: Element) -> bytes:
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"
