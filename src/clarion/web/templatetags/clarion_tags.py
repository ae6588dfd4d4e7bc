"""What console templates say: times with their zone, texts as harmless HTML, words for codes, drawings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django import template
from django.conf import settings
from django.forms import BoundField
from django.template import Context
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from clarion.pages import icons
from clarion.pages.markup import Html, drawing
from clarion.pages.times import duration_in_words, iso_seconds, stamp
from clarion.rules import prose
from clarion.rules.audience import AUDIENCES
from clarion.rules.delivery import STATES
from clarion.rules.instants import spoken
from clarion.rules.times import MONTHS
from clarion.web.console import labels

register = template.Library()

_DOT = drawing('<circle cx="12" cy="12" r="9.5"/>')
_PEN = drawing('<path d="M4 20l1.2-4.6L16.6 4l3.4 3.4L8.6 18.8z"/>')
_EYES = drawing(
    '<path d="M1.5 12S5.3 5 12 5s10.5 7 10.5 7S18.7 19 12 19 1.5 12 1.5 12z"/><circle cx="12" cy="12" r="3"/>'
)
_BACK = drawing('<path d="M9 6 3.5 11.5 9 17m-5.2-5.5h10a6 6 0 0 1 6.2 6.2"/>')
_LOCK = drawing(
    '<rect x="4.5" y="10.5" width="15" height="10.5" rx="2"/><path d="M8 10.5V7.2a4 4 0 0 1 8 0v3.3"/>'
)
_OUT = drawing('<path d="M3 12h17m-6-6.2 6.2 6.2L14 18.2"/>')
_BOX = drawing('<path d="M3 8.2 12 3l9 5.2v8L12 21l-9-4.8z"/><path d="m3.4 8.4 8.6 4.6 8.6-4.6M12 13v8"/>')
_SENT = drawing('<path d="M21.5 2.5 2.5 10l7.6 3.6L14 21.5z"/><path d="m10.1 13.6 5-5"/>')
_TICK, _STOP = icons.OF_TONE["none"], icons.OF_TONE["critical"]
_WARNING, _NOTICE = icons.OF_TONE["major"], icons.OF_TONE["notice"]

#: A shape of its own for every code, since a colour alone tells some readers nothing.
ICONS: Mapping[str, Mapping[str, Html]] = {
    "component": icons.OF_COMPONENT,
    "stage": {"missed": _STOP, "warning": _WARNING, "open": icons.CLOCK, "closed": _TICK},
    "draft": {
        "draft": _PEN,
        "in_review": _EYES,
        "changes_requested": _BACK,
        "approved": _TICK,
        "published": _SENT,
        "withdrawn": _STOP,
        "superseded": _OUT,
    },
    "delivery": {
        "pending": icons.CLOCK,
        "claimed": _OUT,
        "sent": _TICK,
        "deferred": _BACK,
        "failed": _STOP,
        "suppressed": _DOT,
    },
    "hook": {"quarantined": _WARNING, "received": icons.CLOCK, "read": _TICK, "discarded": _STOP},
    "state": {
        "detected": _NOTICE,
        "investigating": _EYES,
        "identified": _WARNING,
        "mitigated": icons.OF_COMPONENT["degraded"],
        "monitoring": icons.CLOCK,
        "resolved": _TICK,
        "false_alarm": _STOP,
        "suspended": _DOT,
        "merged": _BACK,
        "postmortem": _PEN,
    },
    "finding": {"block": _STOP, "review": _EYES, "warn": _WARNING, "info": _NOTICE},
    "translation": {
        "missing": _DOT,
        "outdated": _WARNING,
        "in_review": _EYES,
        "approved": _TICK,
        "changes_requested": _BACK,
        "superseded": _OUT,
    },
    "decision": {"approved": _TICK, "changes_requested": _BACK},
    "fact_state": {
        "missing": _DOT,
        "measuring": icons.CLOCK,
        "reported": _NOTICE,
        "confirmed": _TICK,
        "hypothesis": _LOCK,
        "estimate": icons.CLOCK,
        "expired": _WARNING,
        "yes": _TICK,
        "no": _STOP,
    },
    "name_state": {"protected": _LOCK, "ended": icons.CLOCK, "retired": _STOP},
    "subscriber": {"active": _TICK, "unsubscribed": _STOP},
    "sign": {
        "ok": _TICK,
        "problem": _STOP,
        "warning": _WARNING,
        "notice": _NOTICE,
        "clock": icons.CLOCK,
        "arrow": icons.ARROW,
        "lock": _LOCK,
        "box": _BOX,
        "waiting": _DOT,
        "people": _EYES,
    },
}


@register.simple_tag
def icon(kind: str, code: str) -> str:
    """The drawing for a code; a plain ring for one that has none."""
    drawn: Html = ICONS[kind].get(code, _DOT)
    return mark_safe(drawn.markup)  # noqa: S308 - fixed drawings from source code


@register.simple_tag
def badge(kind: str, code: str) -> SafeString:
    """A code in words and as a shape."""
    return format_html(
        '<span class="status {}-{}">{}<span>{}</span></span>',
        kind,
        code,
        icon(kind, code),
        labels.label(kind, code),
    )


@register.filter
def named(code: str, kind: str) -> str:
    """What a code of this kind is called."""
    return labels.label(kind, code)


@register.filter
def stays_inside(audience: str) -> bool:
    """Is this text for the organisation alone?"""
    return AUDIENCES[audience].inside


@register.filter
def markdown(body: str) -> SafeString:
    """A text in light Markdown as HTML that can do nothing; its times as readers of the page see them."""
    return mark_safe(prose.to_html(body, settings.CLARION.time_zone))  # noqa: S308 - the sanitiser's own


@register.filter
def headline(title: str) -> str:
    """A title as readers of the page see it, its times in UTC and in the page's zone."""
    return prose.only_text(spoken(title, settings.CLARION.time_zone))


@register.filter
def readable(text: str) -> str:
    """A text without controls and half characters, as a page may show it."""
    return prose.only_text(text)


@register.filter
def ticked(text: str) -> SafeString:
    """A sentence of Clarion's own in which `commands` stand between backticks."""
    parts = escape(text).split("`")
    marked = (f"<code>{part}</code>" if place % 2 else part for place, part in enumerate(parts))
    return mark_safe("".join(marked))  # noqa: S308 - each part is escaped above


def _zone(context: Context) -> str:
    return getattr(getattr(context.get("request"), "user", None), "time_zone", "") or "Etc/UTC"


@register.simple_tag(takes_context=True)
def moment(context: Context, at: datetime | None, form: str = "full") -> str:
    """A time in UTC and in the person's own zone, each named; ``short`` leaves today's date out."""
    if at is None:
        return "–"
    shown = stamp(at, _zone(context)).markup
    now: datetime | None = context.get("now")
    if form == "short" and now is not None:
        shown = _shortened(shown, at.astimezone(UTC), now)
    return mark_safe(shown)  # noqa: S308 - built by the page's own escaping builder


def _shortened(shown: str, at: datetime, now: datetime) -> str:
    """Without the date for today, without the year for this year."""
    day = f"{at.day} {MONTHS[at.month - 1][:3]}"
    if at.date() == now.date():
        return shown.replace(f"{day} {at.year}, ", "", 1)
    return shown.replace(f"{day} {at.year}, ", f"{day}, ", 1) if at.year == now.year else shown


@register.simple_tag(takes_context=True)
def ago(context: Context, at: datetime) -> SafeString:
    """How long ago, or in how long, such as ``12 min ago``; the moment itself is in the element."""
    now = context["now"]
    words = f"in {lasting(now, at)}" if at > now else f"{lasting(at, now)} ago"
    return format_html('<time datetime="{}">{}</time>', iso_seconds(at), words)


@register.simple_tag(takes_context=True)
def time_left(context: Context, due: datetime) -> str:
    """``12 min left`` or ``4 min late``."""
    now = context["now"]
    return f"{lasting(now, due)} left" if due > now else f"{lasting(due, now)} late"


def lasting(start: datetime, end: datetime) -> str:
    """A length of time in words; short ones are not rounded up to a minute."""
    return "under a minute" if (end - start).total_seconds() < 60 else duration_in_words(start, end)


@register.filter
def length_of_time(length: timedelta | None) -> str:
    """Such as ``14 min``; a dash for none. Half minutes count: they are common in medians."""
    if length is None:
        return "–"
    if length < timedelta(minutes=10):
        return f"{length / timedelta(minutes=1):.1f} min".replace(".0 ", " ")
    return duration_in_words(datetime.min.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC) + length)


@register.inclusion_tag("console/parts/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """A form field with its label, help and errors, tied together for screen readers."""
    return {"field": bound}


@register.inclusion_tag("console/parts/summary.html")
def problems(form: Any) -> dict[str, Any]:
    """What is wrong with a form, said first and linked to the places."""
    return {"form": form}


@register.inclusion_tag("console/parts/bar.html")
def bar(counts: Mapping[str, int]) -> dict[str, Any]:
    """How many deliveries stand where, as a bar and in words."""
    known = [(state, counts[state]) for state in STATES if counts.get(state)]
    parts, begin = [], 0
    for state, count in known:
        parts.append({"state": state, "count": count, "begin": begin})
        begin += count
    return {"parts": parts, "total": begin}


@register.filter
def item(mapping: Mapping[str, Any], key: str) -> Any:
    """The value under a key that a template has in a variable."""
    return mapping.get(key)


_HASH_HEAD = 12


@register.simple_tag
def fingerprint(digest: str) -> SafeString:
    """A SHA-256 that can be compared at a glance and read in full."""
    head, rest = digest[:_HASH_HEAD], " ".join(re.findall(".{1,13}", digest[_HASH_HEAD:]))
    return format_html('<code class="digest"><strong>{}</strong> <span>{}</span></code>', head, rest)
