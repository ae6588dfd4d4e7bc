"""The board: what is promised and due, what waits for me, what is live."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string

from clarion.rules.access import may
from clarion.store import health
from clarion.store.queries import drafts, incidents, intake, screens
from clarion.web.console import walk
from clarion.web.console.base import Looking, screen, show
from clarion.web.console.due import STAGES, rows


@dataclass(frozen=True, slots=True)
class Live:
    """One open incident with the last thing readers were told."""

    incident: Any
    update: Any
    promise: Any


@screen()
def board(request: Looking) -> HttpResponse:
    """The whole page; its live part refreshes itself where JavaScript runs."""
    fragment = _fragment(request)
    steps = walk.steps(request.now) if settings.CLARION.demo else []
    context = {
        "fragment": fragment,
        "tag": sha_of(fragment),
        "news": _news(_facts(request)),
        "news_tag": sha_of(_news(_facts(request))),
        "steps": steps,
        "walking": any(not step.done for step in steps[:-1]),
    }
    return show(request, "console/board.html", context)


@screen()
def live(request: Looking) -> HttpResponse:
    """The live part alone; 304 while it reads the same."""
    if not request.htmx:
        return redirect("console:board")
    fragment = _fragment(request)
    tag, news = sha_of(fragment), _news(_facts(request))
    etag = {"ETag": f'"{tag}"'}
    if request.headers.get("If-None-Match") == etag["ETag"]:
        return HttpResponse(status=304, headers=etag)
    # The spoken summary is sent only when it says something new, or it would be read out each minute.
    told = request.headers.get("Board-News") != sha_of(news)
    context = {"fragment": fragment, "tag": tag, "news": news, "told": told, "news_tag": sha_of(news)}
    return HttpResponse(render_to_string("console/board_live.html", context), headers=etag)


def sha_of(text: str) -> str:
    """What names a text, short enough for a header."""
    return sha256(text.encode()).hexdigest()[:16]


def _fragment(request: Looking) -> str:
    return render_to_string("console/board_parts.html", _facts(request), request=request)


def _facts(request: Looking) -> dict[str, Any]:
    """Read once for each request, however often it is asked for."""
    known = getattr(request, "_board", None)
    if known is None:
        known = request._board = _read(request)  # type: ignore[attr-defined]
    return known


def _read(request: Looking) -> dict[str, Any]:
    now, user = request.now, request.user
    due = rows(incidents.open_deadlines(), now)
    writes = "communications_lead" in request.actor.roles
    finding = [found for found in health.check(now) if not found.ok]
    waiting = [to_decide(draft, item) for draft, item in drafts.waiting_for(user, now)]
    to_finish = screens.drafts_to_finish(now) if writes else []
    return {
        "now": now,
        "due": due,
        "counts": {stage: sum(d.stage == stage for d in due) for stage in STAGES},
        "waiting": waiting,
        "to_finish": to_finish,
        "mine": len(waiting) + len(to_finish),
        "live": [_live(row) for row in incidents.incidents(state="open")],
        "quarantined": intake.hooks(state="quarantined").count(),
        "problems": finding,
        "may_write": may(request.actor, "incidents:write").allowed,
    }


def to_decide(draft: Any, item: Any) -> dict[str, Any]:
    """A draft that waits for this person's word, in which role and why."""
    return {"draft": draft, "role": item.role, "because": item.reason.text, "title": _title_of(draft)}


def _title_of(draft: Any) -> str:
    """What the draft says to the widest audience it has."""
    texts = draft.versions.latest("number").texts
    first = texts.get("customers") or next(iter(texts.values()))
    return str(first["title"])


def _live(incident: Any) -> Live:
    promise = incidents.deadlines_of(incident).filter(
        kind="next_update", satisfied_at=None, cancelled_at=None
    )
    return Live(incident, incidents.updates_of(incident).first(), promise.first())


def _news(facts: dict[str, Any]) -> str:
    """What a person who cannot see the board is told when it changes."""
    counts = facts["counts"]
    return (
        f"{counts['missed']} missed, {counts['warning']} due soon, {facts['mine']} waiting for you, "
        f"{len(facts['live'])} open incidents."
    )
