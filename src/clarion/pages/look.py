"""What a page says about itself, read from its values: the leaves, the groups, the roll-up, the words.

HTML, feeds and JSON all ask here, so that they never disagree.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from clarion.pages.languages import folder
from clarion.pages.view import ComponentView, IncidentView, LanguageView, PageView, UpdateView
from clarion.rules.instants import spoken
from clarion.rules.terms import COMPONENT_STATUSES, IMPACTS, OPEN_STATES, overall
from clarion.rules.wording import Wording, wording


def prefix(page: PageView) -> str:
    """The path the page lives under, such as ``/status``; empty at the root of a host."""
    return urlsplit(page.url).path.rstrip("/")


def path_to(page: PageView, place: str = "", *, language: LanguageView | None = None) -> str:
    """The path of a place such as ``history``, in the page's language or another one."""
    return f"{prefix(page)}/{folder(page, (language or page.language).tag)}{place}"


def url_of(page: PageView, place: str = "") -> str:
    """The whole address of a place in the page's language."""
    return f"{page.url}/{folder(page, page.language.tag)}{place}".rstrip("/")


def incident_path(page: PageView, incident: IncidentView) -> str:
    return path_to(page, f"incidents/{incident.id}")


def incident_url(page: PageView, incident: IncidentView) -> str:
    return url_of(page, f"incidents/{incident.id}")


def incident_title(page: PageView, incident: IncidentView) -> str:
    """The title with its times said in UTC and in the page's zone, in the title's language."""
    return spoken(incident.title, page.time_zone, wording(incident.updates[0].language))


def feed_title(page: PageView) -> str:
    """Page name with the word Status, once."""
    return page.name if page.name.lower().endswith("status") else f"{page.name} Status"


def leaves(page: PageView) -> list[ComponentView]:
    return [component for component in page.components if not component.is_group]


def members(page: PageView, group: ComponentView) -> list[ComponentView]:
    """The leaves of a group, in their order on the page."""
    return sorted((leaf for leaf in leaves(page) if leaf.group_id == group.id), key=_place)


def top_level(page: PageView) -> list[ComponentView]:
    """Groups, and leaves outside any group, in their order on the page."""
    groups = {component.id for component in page.components if component.is_group}
    return sorted((each for each in page.components if each.group_id not in groups), key=_place)


def status_of(page: PageView, component: ComponentView) -> str:
    """A leaf's own status; a group is as bad as the worst of its leaves."""
    found = members(page, component) if component.is_group else []
    return max((leaf.status for leaf in found), key=COMPONENT_STATUSES.index, default=component.status)


def full_name(page: PageView, component: ComponentView) -> str:
    """``Group - Name`` for a leaf of a group, else its name."""
    for group in page.components:
        if group.is_group and group.id == component.group_id:
            return f"{group.name} - {component.name}"
    return component.name


def open_incidents(page: PageView) -> list[IncidentView]:
    return [incident for incident in page.incidents if incident.state in OPEN_STATES]


def headline(page: PageView) -> tuple[str, str, str]:
    """Tone, headline and second line of the page.

    Components alone decide the roll-up. But a page that says nothing is wrong above an open incident
    would mislead, so there the incidents speak first and the components second.
    """
    indicator, name = overall(leaf.status for leaf in leaves(page))
    going_on, sentence = open_incidents(page), page.words.say(f"overall.{name}")
    count = page.words.count("page.open_count", len(going_on))
    if going_on and indicator in ("none", "maintenance"):
        worst = max((incident.impact for incident in going_on), key=IMPACTS.index)
        return (
            ("notice" if worst == "none" else worst),
            count,
            page.words.say("page.components_are", sentence=sentence),
        )
    return indicator, sentence, (count if going_on else "")


def update_label(updates: Sequence[UpdateView], place: int, words: Wording) -> str:
    """The state's name; ``Update`` where the state did not change. ``updates`` are newest first."""
    state = updates[place].state
    if place + 1 < len(updates) and updates[place + 1].state == state:
        return words.say("incident.update")
    return words.label("state", state)


def _place(component: ComponentView) -> tuple[int, str]:
    return component.position, component.id
