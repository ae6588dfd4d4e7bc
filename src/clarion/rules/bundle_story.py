"""The readable page of an export: one self-contained HTML file, no scripts, nothing loaded from anywhere.

Whatever people or tools wrote is escaped and shown as text, in its own direction, so it can neither become
markup nor turn the words around it.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clarion.rules.ledger import Entry

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_STYLE = """
:root{color-scheme:light dark;--line:#c9ced6;--soft:#5a6472}
@media (prefers-color-scheme:dark){:root{--line:#3b424d;--soft:#a6b0bd}}
body{font:1rem/1.55 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}
h1{line-height:1.2}
ol{list-style:none;padding:0}
li{border-top:1px solid var(--line);padding:1rem 0}
h2{font-size:1.05rem;margin:0}
p.meta,figcaption,dt{color:var(--soft);font-size:.875rem;margin:.15rem 0}
figure{margin:.75rem 0 0;padding-left:.9rem;border-left:3px solid var(--line)}
blockquote{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}
dl{margin:.6rem 0 0;display:grid;grid-template-columns:minmax(6rem,auto) 1fr;gap:.2rem 1rem}
dd{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}
@media print{body{margin:0;max-width:none;font-size:10.5pt}li{break-inside:avoid}}
"""


@dataclass(frozen=True, slots=True)
class Moment:
    """One entry of the story: its place in the log, what it says, its texts by name (None: erased)."""

    index: int
    entry: Entry
    texts: Mapping[str, str | None]


def page(title: str, incident: str, exported: str, moments: Sequence[Moment]) -> bytes:
    """The page as UTF-8. ``exported`` is a time already written out, with its zone."""
    head = (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{_safe(title)}</title>\n<style>{_STYLE}</style>\n</head>\n"
    )
    intro = (
        f"<body>\n<main>\n<h1>{_own(title)}</h1>\n"
        f'<p class="meta">Incident {_own(incident)}. {len(moments)} entries, exported {_safe(exported)}. '
        "All times are UTC. This page is for reading; the files beside it are the record, and verify.py "
        "checks them.</p>\n<ol>\n"
    )
    body = "".join(_moment(moment) for moment in moments)
    return f"{head}{intro}{body}</ol>\n</main>\n</body>\n</html>\n".encode()


def _moment(moment: Moment) -> str:
    entry = moment.entry
    kind = entry.kind.replace(".", " ").replace("_", " ").capitalize()
    at = entry.at.strftime("%Y-%m-%d %H:%M:%S UTC")
    rows = "".join(
        f"<dt>{_own(name)}</dt><dd>{_own(_shown(value))}</dd>\n" for name, value in entry.data.items()
    )
    return (
        f'<li id="entry-{moment.index}">\n<h2>{entry.incident_seq}. {_safe(kind)}</h2>\n'
        f'<p class="meta"><time datetime="{entry.at.isoformat()}">{at}</time>, by {_own(entry.actor)}, '
        f"about {_own(entry.subject)}, place {moment.index} in the log</p>\n"
        + (f"<dl>\n{rows}</dl>\n" if rows else "")
        + "".join(_text(name, text) for name, text in moment.texts.items())
        + "</li>\n"
    )


def _text(name: str, text: str | None) -> str:
    shown = (
        "<em>This text was erased.</em>"
        if text is None
        else f'<blockquote dir="auto">{_safe(text)}</blockquote>'
    )
    return f"<figure><figcaption>{_safe(name)}</figcaption>{shown}</figure>\n"


def _shown(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=1)


def _own(text: str) -> str:
    return f"<bdi>{_safe(text)}</bdi>"


def _safe(text: str) -> str:
    # Control characters have no place in HTML and differ between browsers; a visible mark does not.
    return html.escape(_CONTROL.sub("\ufffd", text))
