"""A whole public page, from values to files."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache, lru_cache
from hashlib import sha256
from importlib.resources import files as resources
from urllib.parse import urlsplit

from clarion.pages import feeds, html, statuspage
from clarion.pages.languages import folder, translated
from clarion.pages.view import IncidentView, PageView
from clarion.rules.audience import PublicText, WrongAudience

#: Ids become file names and addresses.
_ID = re.compile("[A-Za-z0-9_-]{1,64}")


class BadPage(ValueError):
    """The values cannot become a page; the message names the one that is wrong."""


def render(page: PageView) -> dict[str, bytes]:
    """Relative path → bytes, for everything that the page's address serves.

    The same values give the same bytes. Only the front page, the feeds and the JSON carry the time of
    the page's last change; an incident's page changes when its incident does, so that publishing an
    update rewrites a handful of files and no more. Raises BadPage, or WrongAudience for a text that
    is not public.
    """
    _check(page)
    style = f"style.{sha256(_static('style.css')).hexdigest()[:12]}.css"
    frame = html.Frame(page, style)
    files = {
        style: _static("style.css"),
        "favicon.svg": _static("favicon.svg"),
        "robots.txt": b"User-agent: *\nAllow: /\n",
        "404.html": html.missing(frame),
    }
    for language in page.languages[1:]:
        files |= _pages(translated(page, language), style)
    files |= _pages(page, style)
    files |= {"history.atom": feeds.atom(page), "history.rss": feeds.rss(page)}
    files |= statuspage.files(page)
    if page.checkpoint:
        files["checkpoint.txt"] = page.checkpoint.encode()
    return files


def _pages(page: PageView, style: str) -> dict[str, bytes]:
    """The HTML for readers of one language, the front page last, since it leads to the others."""
    root = folder(page, page.language.tag)
    frame, still = html.Frame(page, style), html.Frame(_still(page), style)
    files = {f"{root}incidents/{shown.id}/index.html": _incident(still, shown) for shown in page.incidents}
    return files | {
        f"{root}history/index.html": html.history(frame),
        f"{root}index.html": html.index(frame),
    }


def _still(page: PageView) -> PageView:
    """The page less what an incident's own page does not show, so that equal pages are told to be equal."""
    never = datetime.min.replace(tzinfo=UTC)
    parts = tuple(replace(part, status="operational", updated_at=never) for part in page.components)
    proof = "shown" if page.checkpoint else ""
    return replace(page, components=parts, incidents=(), updated_at=never, checkpoint=proof)


@lru_cache(maxsize=512)
def _incident(frame: html.Frame, shown: IncidentView) -> bytes:
    """Kept, because publishing one update renders the pages of all incidents that did not change."""
    return html.incident(frame, shown)


@cache
def _static(name: str) -> bytes:
    return resources("clarion.pages").joinpath("static", name).read_bytes()


def _check(page: PageView) -> None:
    address = urlsplit(page.url)
    if address.scheme not in ("http", "https") or not address.hostname or page.url.endswith("/"):
        raise BadPage(f"the page's address {page.url!r} must be http(s)://host… without a slash at its end")
    named = [page.id, *(each.id for each in page.components), *(each.id for each in page.incidents)]
    named += [update.id for each in page.incidents for update in each.updates]
    for name in named:
        if not _ID.fullmatch(name):
            raise BadPage(f"the id {name!r} may hold only letters, digits, - and _, at most 64")
    for language in page.languages:
        if language.tag == "api":  # a language of Brazil, whose folder is taken
            raise BadPage("the language tag 'api' would be the folder of the JSON API; use another tag")
    for incident in page.incidents:
        _check_incident(incident)


def _check_incident(incident: IncidentView) -> None:
    if not incident.updates:
        raise BadPage(f"incident {incident.id} has no update; readers of the API take the first one")
    for update in incident.updates:
        # The type says so already; this is for a caller whose types nobody checked.
        if not isinstance(update.text, PublicText):
            raise WrongAudience(f"update {update.id} carries a text that is not public")
