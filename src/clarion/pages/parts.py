"""The pieces of the public pages: banner, components, incidents, updates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

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
from clarion.rules.terms import OPEN_STATES
from clarion.rules.wording import Wording, wording

#: On the front page older updates fold away after this many.
UPDATES_IN_VIEW = 3
#: A page with up to this many components shows all of them; a longer one folds its healthy groups.
COMPONENTS_IN_VIEW = 12


def banner(page: PageView) -> Html:
    """The one sentence that everyone came for."""
    tone, sentence, detail = headline(page)
    changed = last_changed(page, page.updated_at)
    told = tag(
        "div",
        tag("h1", sentence, id="headline"),
        tag("p", detail, class_="detail") if detail else None,
        changed,
    )
    return tag("section", icons.OF_TONE[tone], told, class_=f"banner tone-{tone}", aria_labelledby="headline")


def last_changed(page: PageView, moment: datetime) -> Html:
    label = page.words.say("page.last_changed")
    return tag("p", f"{label} ", stamp(moment, page.time_zone, page.words), class_="changed")


def component_list(page: PageView) -> Html:
    """All components, each with its status in words and as a shape."""
    fold = len(leaves(page)) > COMPONENTS_IN_VIEW
    rows: list[Child] = [
        _group(page, each, fold=fold) if each.is_group else _leaf(page, each) for each in top_level(page)
    ]
    return tag("ul", rows, class_="components", role="list")


def _group(page: PageView, group: ComponentView, *, fold: bool) -> Html:
    status = status_of(page, group)
    inside = members(page, group)
    name = tag("span", tag("span", group.name, class_="name"), " ", _count(page, inside), class_="what")
    summary = tag("summary", name, component_status(status, page.words))
    rows: list[Child] = [_leaf(page, leaf) for leaf in inside]
    is_open = not fold or status != "operational"
    folding = tag("details", summary, tag("ul", rows, role="list"), open=is_open)
    return tag("li", folding, class_="group")


def _count(page: PageView, inside: Sequence[ComponentView]) -> Html:
    return tag("span", page.words.count("page.component_count", len(inside)), class_="count")


def _leaf(page: PageView, leaf: ComponentView) -> Html:
    about = tag("span", leaf.description, class_="about") if leaf.description else None
    what = tag("span", tag("span", leaf.name, class_="name"), about, class_="what")
    return tag("li", what, component_status(leaf.status, page.words), class_="component")


def component_status(status: str, words: Wording) -> Html:
    """A component's status in words and as a shape."""
    return tag(
        "span",
        icons.OF_COMPONENT[status],
        tag("span", words.say(f"component.{status}")),
        class_=f"status is-{status}",
    )


def impact(incident: IncidentView, words: Wording) -> Html:
    """The impact in words and as a shape."""
    tone = "notice" if incident.impact == "none" else incident.impact
    label = tag("span", words.say(f"impact.{incident.impact}"))
    return tag("span", icons.OF_TONE[tone], label, class_=f"status tone-{tone}")


def open_incident(page: PageView, incident: IncidentView) -> Html:
    """An incident under way, as the front page tells it: newest update first, the next one promised."""
    heading = tag("h3", titled(page, incident, incident_path(page, incident)))
    recent, older = incident.updates[:UPDATES_IN_VIEW], incident.updates[UPDATES_IN_VIEW:]
    earlier = None
    if older:
        count = page.words.count("incident.earlier", len(older))
        folded = timeline(page, incident, range(UPDATES_IN_VIEW, len(incident.updates)))
        earlier = tag("details", tag("summary", count), folded, class_="earlier")
    body = [heading, facts(page, incident), timeline(page, incident, range(len(recent))), earlier]
    return tag("article", body, class_=f"incident edge-{incident.impact}")


def titled(page: PageView, incident: IncidentView, href: str = "") -> Html:
    """The incident's title in the language it is in, as a link if it leads somewhere."""
    title, lang = incident_title(page, incident), incident.updates[0].language
    return tag("a", title, href=href, lang=lang) if href else tag("span", title, lang=lang)


def facts(page: PageView, incident: IncidentView) -> Html:
    """What it is, since when, what it touches, and by when more will be said."""
    words, zone = page.words, page.time_zone
    rows: list[Child] = [
        _fact(words, "state", words.label("state", incident.state)),
        _fact(words, "impact", impact(incident, words)),
    ]
    promised = incident.updates[0].next_update_at
    if promised and incident.state in OPEN_STATES:
        due = tag("span", icons.CLOCK, stamp(promised, zone, words), class_="due")
        rows.insert(0, _fact(words, "next_update", due))
    rows.append(_fact(words, "started", stamp(incident.started_at, zone, words)))
    if incident.resolved_at:
        rows.append(_fact(words, "resolved", stamp(incident.resolved_at, zone, words)))
    lasted = duration_in_words(incident.started_at, incident.resolved_at, words)
    rows.append(_fact(words, "lasted", lasted) if lasted else None)
    touched = [each.name for each in page.components if each.id in incident.component_ids]
    rows.append(_fact(words, "affects", ", ".join(touched)) if touched else None)
    return tag("dl", rows, class_="facts")


def _fact(words: Wording, name: str, value: Child) -> Html:
    return tag("div", tag("dt", words.say(f"incident.{name}")), tag("dd", value))


def timeline(page: PageView, incident: IncidentView, places: Iterable[int]) -> Html:
    """The updates at these places, newest first."""
    rows: list[Child] = [
        _update(page, incident.updates[place], update_label(incident.updates, place, page.words))
        for place in places
    ]
    return tag("ol", rows, class_="timeline", role="list")


def _update(page: PageView, update: UpdateView, label: str) -> Html:
    words, zone = page.words, page.time_zone
    head = tag("p", tag("strong", label), " ", stamp(update.published_at, zone, words), class_="when")
    changes: list[Child] = [
        _change(words, each) for each in update.affected if each.old_status != each.new_status
    ]
    changed = tag("ul", changes, class_="changes", role="list") if changes else None
    body = prose(update.text.body, zone, wording(update.language))
    text = tag("div", body, class_="prose", lang=update.language)
    marked = None
    if update.language != page.language.tag:
        missing = words.say("incident.not_translated", language=name_of(page, update.language))
        marked = tag("p", missing, class_="untranslated")
    return tag("li", head, marked, text, changed, id=f"update-{update.id}")


def _change(words: Wording, affected: AffectedView) -> Html:
    became = join(tag("span", f" {words.say('incident.became')} ", class_="unseen"), icons.ARROW)
    return tag(
        "li",
        tag("span", affected.name, class_="name"),
        " ",
        component_status(affected.old_status, words),
        became,
        component_status(affected.new_status, words),
    )
