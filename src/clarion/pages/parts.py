"""The pieces of the public pages: banner, components, incidents, updates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from clarion.pages import icons
from clarion.pages.languages import name_of
from clarion.pages.look import (
    headline,
    incident_path,
    incident_title,
    leaves,
    members,
    status_of,
    top_level,
    update_label,
)
from clarion.pages.markup import Child, Html, join, prose, tag
from clarion.pages.times import duration_in_words, stamp
from clarion.pages.view import AffectedView, ComponentView, IncidentView, PageView, UpdateView
from clarion.rules.terms import COMPONENT_LABELS, OPEN_STATES, STATE_LABELS

IMPACT_LABELS = {
    "none": "No impact",
    "minor": "Minor impact",
    "major": "Major impact",
    "critical": "Critical impact",
}
#: On the front page older updates fold away after this many.
UPDATES_IN_VIEW = 3
#: A page with up to this many components shows all of them; a longer one folds its healthy groups.
COMPONENTS_IN_VIEW = 12


def banner(page: PageView) -> Html:
    """The one sentence that everyone came for."""
    tone, sentence, detail = headline(page)
    changed = tag("p", "Last changed ", stamp(page.updated_at, page.time_zone), class_="changed")
    words = tag(
        "div",
        tag("h1", sentence, id="headline"),
        tag("p", detail, class_="detail") if detail else None,
        changed,
    )
    return tag(
        "section", icons.OF_TONE[tone], words, class_=f"banner tone-{tone}", aria_labelledby="headline"
    )


def component_list(page: PageView) -> Html:
    """All components, each with its status in words and as a shape."""
    fold = len(leaves(page)) > COMPONENTS_IN_VIEW
    rows: list[Child] = [
        _group(page, each, fold=fold) if each.is_group else _leaf(each) for each in top_level(page)
    ]
    return tag("ul", rows, class_="components", role="list")


def _group(page: PageView, group: ComponentView, *, fold: bool) -> Html:
    status = status_of(page, group)
    inside = members(page, group)
    name = tag("span", tag("span", group.name, class_="name"), " ", _count(inside), class_="what")
    summary = tag("summary", name, component_status(status))
    rows: list[Child] = [_leaf(leaf) for leaf in inside]
    is_open = not fold or status != "operational"
    folding = tag("details", summary, tag("ul", rows, role="list"), open=is_open)
    return tag("li", folding, class_="group")


def _count(inside: Sequence[ComponentView]) -> Html:
    return tag("span", f"{len(inside)} component{'' if len(inside) == 1 else 's'}", class_="count")


def _leaf(leaf: ComponentView) -> Html:
    about = tag("span", leaf.description, class_="about") if leaf.description else None
    what = tag("span", tag("span", leaf.name, class_="name"), about, class_="what")
    return tag("li", what, component_status(leaf.status), class_="component")


def component_status(status: str) -> Html:
    return tag(
        "span",
        icons.OF_COMPONENT[status],
        tag("span", COMPONENT_LABELS[status]),
        class_=f"status is-{status}",
    )


def impact(incident: IncidentView) -> Html:
    """The impact in words and as a shape."""
    tone = "notice" if incident.impact == "none" else incident.impact
    label = tag("span", IMPACT_LABELS[incident.impact])
    return tag("span", icons.OF_TONE[tone], label, class_=f"status tone-{tone}")


def open_incident(page: PageView, incident: IncidentView) -> Html:
    """An incident under way, as the front page tells it: newest update first, the next one promised."""
    heading = tag("h3", titled(page, incident, incident_path(page, incident)))
    recent, older = incident.updates[:UPDATES_IN_VIEW], incident.updates[UPDATES_IN_VIEW:]
    earlier = None
    if older:
        words = f"{len(older)} earlier update{'' if len(older) == 1 else 's'}"
        folded = timeline(page, incident, range(UPDATES_IN_VIEW, len(incident.updates)))
        earlier = tag("details", tag("summary", words), folded, class_="earlier")
    body = [heading, facts(page, incident), timeline(page, incident, range(len(recent))), earlier]
    return tag("article", body, class_=f"incident edge-{incident.impact}")


def titled(page: PageView, incident: IncidentView, href: str = "") -> Html:
    """The incident's title in the language it is in, as a link if it leads somewhere."""
    title, lang = incident_title(page, incident), incident.updates[0].language
    return tag("a", title, href=href, lang=lang) if href else tag("span", title, lang=lang)


def facts(page: PageView, incident: IncidentView) -> Html:
    """What it is, since when, what it touches, and by when more will be said."""
    rows: list[Child] = [_fact("State", STATE_LABELS[incident.state]), _fact("Impact", impact(incident))]
    promised = incident.updates[0].next_update_at
    if promised and incident.state in OPEN_STATES:
        due = tag("span", icons.CLOCK, stamp(promised, page.time_zone), class_="due")
        rows.insert(0, _fact("Next update by", due))
    rows.append(_fact("Started", stamp(incident.started_at, page.time_zone)))
    if incident.resolved_at:
        rows.append(_fact("Resolved", stamp(incident.resolved_at, page.time_zone)))
    lasted = duration_in_words(incident.started_at, incident.resolved_at)
    rows.append(_fact("Lasted", lasted) if lasted else None)
    touched = [each.name for each in page.components if each.id in incident.component_ids]
    rows.append(_fact("Affects", ", ".join(touched)) if touched else None)
    return tag("dl", rows, class_="facts")


def _fact(name: str, value: Child) -> Html:
    return tag("div", tag("dt", name), tag("dd", value))


def timeline(page: PageView, incident: IncidentView, places: Iterable[int]) -> Html:
    """The updates at these places, newest first."""
    rows: list[Child] = [
        _update(page, incident.updates[place], update_label(incident.updates, place)) for place in places
    ]
    return tag("ol", rows, class_="timeline", role="list")


def _update(page: PageView, update: UpdateView, label: str) -> Html:
    head = tag("p", tag("strong", label), " ", stamp(update.published_at, page.time_zone), class_="when")
    changes: list[Child] = [_change(each) for each in update.affected if each.old_status != each.new_status]
    changed = tag("ul", changes, class_="changes", role="list") if changes else None
    text = tag("div", prose(update.text.body, page.time_zone), class_="prose", lang=update.language)
    marked = None
    if update.language != page.language.tag:
        marked = tag("p", f"Not translated yet: {name_of(page, update.language)}", class_="untranslated")
    return tag("li", head, marked, text, changed, id=f"update-{update.id}")


def _change(affected: AffectedView) -> Html:
    became = join(tag("span", " became ", class_="unseen"), icons.ARROW)
    return tag(
        "li",
        tag("span", affected.name, class_="name"),
        " ",
        component_status(affected.old_status),
        became,
        component_status(affected.new_status),
    )
