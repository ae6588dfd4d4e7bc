"""Drawings for states. Every state has its own shape, since a colour alone tells some readers nothing."""

from __future__ import annotations

from clarion.pages.markup import drawing

_TICK = drawing('<circle cx="12" cy="12" r="9.5"/><path d="m7.8 12.4 2.9 2.9 5.6-6"/>')
_WRENCH = drawing(
    '<path d="M14.8 6.2a4.6 4.6 0 0 1 5.9-1.5l-3 3 .6 2.2 2.2.6 1-1a4.6 4.6 0 0 1-6.4 5l-6 6.1'
    'a2.2 2.2 0 0 1-3.1-3.1l6.1-6a4.6 4.6 0 0 1 2.7-5.3z"/>'
)
_SLOPE = drawing('<circle cx="12" cy="12" r="9.5"/><path d="M12 7.2v9.3m-4-3.8 4 3.9 4-3.9"/>')
_WARNING = drawing('<path d="M12 3 22 20.4H2z"/><path d="M12 9.6v4.6m0 3v.1"/>')
_STOP = drawing(
    '<path d="M8.1 2.5h7.8l5.6 5.6v7.8l-5.6 5.6H8.1l-5.6-5.6V8.1z"/>'
    '<path d="m8.9 8.9 6.2 6.2m0-6.2-6.2 6.2"/>'
)
_QUESTION = drawing(
    '<circle cx="12" cy="12" r="9.5"/>'
    '<path d="M9.2 9.3a2.9 2.9 0 1 1 4.3 2.6c-1 .6-1.5 1.1-1.5 2.1m0 2.9v.1"/>'
)
_NOTICE = drawing('<circle cx="12" cy="12" r="9.5"/><path d="M12 11v5.4m0-9.2v.1"/>')

CLOCK = drawing('<circle cx="12" cy="12" r="9.5"/><path d="M12 6.8V12l3.4 2.2"/>')
ARROW = drawing('<path d="M4.5 12h14.4m-5.6-5.8 5.8 5.8-5.8 5.8"/>')

#: By canonical component status.
OF_COMPONENT = {
    "operational": _TICK,
    "maintenance": _WRENCH,
    "unknown": _QUESTION,
    "degraded": _SLOPE,
    "partial_outage": _WARNING,
    "major_outage": _STOP,
}
#: By the tone of a banner or an incident: the page indicator or the impact.
OF_TONE = {
    "none": _TICK,
    "notice": _NOTICE,
    "maintenance": _WRENCH,
    "minor": _SLOPE,
    "major": _WARNING,
    "critical": _STOP,
}
