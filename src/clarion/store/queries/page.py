"""What the public status page shows: published texts for the public, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256

from django.conf import settings
from django.db.models import Prefetch

from clarion.pages.view import (
    AffectedView,
    ComponentView,
    IncidentView,
    LanguageView,
    PageView,
    TranslationView,
    UpdateView,
)
from clarion.rules import terms
from clarion.rules.audience import CUSTOMERS, PublicText
from clarion.store.models import Checkpoint, Component, Incident, Update, UpdateText, UpdateTranslation

SHOWN = 50
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def page_view() -> PageView:
    """The page as of what is committed now: open incidents and the newest closed ones."""
    components = tuple(_component(row) for row in Component.objects.filter(public=True))
    incidents = tuple(_incident(row) for row in _published())
    changed = [item.updated_at for item in (*components, *incidents)]
    head = Checkpoint.objects.order_by("-size").values_list("note", flat=True).first()
    return PageView(
        id=_page_id(),
        name=settings.CLARION.page_name,
        url=settings.CLARION.base_url,
        time_zone=settings.CLARION.time_zone,
        updated_at=max(changed, default=EPOCH),
        components=components,
        incidents=incidents,
        language=_languages()[0],
        languages=_languages(),
        checkpoint=head or "",
    )


def _languages() -> tuple[LanguageView, ...]:
    return tuple(LanguageView(each.tag, each.name) for each in settings.CLARION.languages)


def _page_id() -> str:
    """Twelve letters and digits that stay the same for one address."""
    return sha256(settings.CLARION.base_url.encode()).hexdigest()[:12]


def _published() -> list[Incident]:
    texts = Prefetch("texts", UpdateText.objects.filter(audience=CUSTOMERS.name), to_attr="public_texts")
    translations = Prefetch(
        "translations",
        UpdateTranslation.objects.filter(audience=CUSTOMERS.name),
        to_attr="public_translations",
    )
    updates = Prefetch(
        "updates",
        Update.objects.filter(texts__audience=CUSTOMERS.name)
        .order_by("-number")
        .prefetch_related(texts, translations),
        to_attr="shown_updates",
    )
    found = Incident.objects.filter(visibility="public", updates__texts__audience=CUSTOMERS.name).distinct()
    ordered = found.order_by("-opened_at", "-id").prefetch_related(updates)
    open_ones = list(ordered.filter(state__in=terms.OPEN_STATES))
    closed = list(ordered.exclude(state__in=terms.OPEN_STATES)[:SHOWN])
    return sorted((*open_ones, *closed), key=lambda row: (row.opened_at, row.id), reverse=True)


def _component(row: Component) -> ComponentView:
    return ComponentView(
        id=row.id,
        name=row.name,
        description=row.description,
        status=row.status,
        position=row.position,
        created_at=row.created_at,
        updated_at=row.updated_at,
        group_id=row.group_id,
        is_group=row.is_group,
        members=tuple(row.members.filter(public=True).values_list("id", flat=True)) if row.is_group else (),
    )


def _incident(row: Incident) -> IncidentView:
    updates = tuple(_update(update) for update in row.shown_updates)  # type: ignore[attr-defined]
    statuses = [item.new_status for update in updates for item in update.affected]
    first, last = updates[-1], updates[0]
    resolved = next((u.published_at for u in updates if u.state in terms.CLOSED_STATES), None)
    return IncidentView(
        id=row.id,
        title=last.text.title,
        state=last.state,
        impact=terms.worst_impact(statuses),
        started_at=row.detected_at,
        created_at=first.published_at,
        updated_at=last.published_at,
        updates=updates,
        component_ids=tuple(sorted({item.component_id for update in updates for item in update.affected})),
        monitoring_at=next((u.published_at for u in updates if u.state == "monitoring"), None),
        resolved_at=resolved if last.state in terms.CLOSED_STATES else None,
    )


def _update(row: Update) -> UpdateView:
    text = row.public_texts[0]  # type: ignore[attr-defined]
    return UpdateView(
        id=row.id,
        state=row.state,
        text=PublicText(CUSTOMERS, text.title, text.body),
        published_at=row.published_at,
        affected=tuple(AffectedView(**item) for item in row.affected),
        next_update_at=row.promised_to(CUSTOMERS.name),
        language=settings.CLARION.languages[0].tag,
        translations=tuple(
            TranslationView(each.language, PublicText(CUSTOMERS, each.title, each.body), each.published_at)
            for each in row.public_translations  # type: ignore[attr-defined]
        ),
    )
