"""What an installation is made of: components, sources, the place where the page goes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.text import slugify

from clarion import plugins
from clarion.rules.access import SYSTEM, Actor, require
from clarion.rules.errors import AlreadyDone, Conflict, Invalid, NotFound
from clarion.rules.plaintext import require_storable
from clarion.store import ledger, records
from clarion.store.models import Component, LedgerEntry, SiteState, Source


def add_component(
    *, name: str, description: str = "", public: bool = True, position: int = 1, actor: Actor, now: datetime
) -> LedgerEntry:
    """A part of the service that updates can speak of."""
    require(actor, "components:write")
    require_storable(name=name, description=description)
    if not name.strip():
        raise Invalid("Give the component a name.", field="name")
    slug = slugify(name)
    if not slug or Component.objects.filter(slug=slug).exists():
        raise Conflict("There is a component of that name.", field="name")
    component = Component.objects.create(
        name=name.strip()[:120],
        slug=slug,
        description=description.strip(),
        public=public,
        position=position,
        created_at=now,
        updated_at=now,
    )
    records.want_site()
    return ledger.append(
        "component.added",
        actor=actor,
        subject=f"component:{component.id}",
        at=now,
        data={"slug": slug, "public": public},
        texts={"name": component.name},
    )


def add_source(
    *,
    slug: str,
    kind: str,
    config: Mapping[str, Any],
    component_id: str | None = None,
    actor: Actor,
    now: datetime,
) -> LedgerEntry:
    """A tool that may report at ``/hooks/<slug>``. Its secrets do not enter the ledger."""
    require(actor, "settings:write")
    require_storable(config=config, component_id=component_id)
    if slug != slugify(slug) or not slug:
        raise Invalid("Use lower-case letters, digits and hyphens.", field="slug")
    if Source.objects.filter(slug=slug).exists():
        raise Conflict("There is a source of that name.", field="slug")
    if component_id is not None and not Component.objects.filter(id=component_id, is_group=False).exists():
        raise Invalid("There is no such component.", field="component_id")
    _require_fitting(kind, config)
    source = Source.objects.create(
        slug=slug, kind=kind, config=dict(config), default_component_id=component_id, created_at=now
    )
    return ledger.append(
        "source.added",
        actor=actor,
        subject=f"source:{source.slug}",
        at=now,
        data={"kind": kind, "id": source.id},
    )


def change_source(
    *,
    slug: str,
    config: Mapping[str, Any] | None = None,
    enabled: bool | None = None,
    actor: Actor,
    now: datetime,
) -> LedgerEntry:
    """Replaces a source's settings, secrets included, or switches it off or on; None leaves as it is.

    The entry says what kind of change it was, and no secret. Reports already kept are read all the same.
    """
    require(actor, "settings:write")
    require_storable(config=config)
    source = Source.objects.select_for_update().filter(slug=slug).first()
    if source is None:
        raise NotFound("There is no such source.")
    if config is not None:
        _require_fitting(source.kind, config)
    new_config = source.config if config is None else dict(config)
    new_enabled = source.enabled if enabled is None else enabled
    if (new_config, new_enabled) == (source.config, source.enabled):
        raise AlreadyDone("The source is as you want it.")
    data = {"settings_replaced": new_config != source.config, "enabled": new_enabled}
    source.config, source.enabled = new_config, new_enabled
    source.save(update_fields=["config", "enabled"])
    return ledger.append("source.changed", actor=actor, subject=f"source:{source.slug}", at=now, data=data)


def _require_fitting(kind: str, config: Mapping[str, Any]) -> None:
    """Raises Invalid unless these settings make a source of this kind."""
    try:
        module = plugins.get("clarion.sources", kind)
        module.Config(**{k: tuple(v) if isinstance(v, list) else v for k, v in config.items()})
    except plugins.UnknownPlugin as error:
        raise Invalid(str(error), field="kind") from None
    except (TypeError, ValueError) as error:
        raise Invalid(f"These settings do not fit {kind}: {error}", field="config") from None


def add_site(*, name: str, kind: str, config: Mapping[str, Any], now: datetime) -> LedgerEntry:
    """A place where the page files go. Set up from the operator's shell, not from a screen."""
    require_storable(name=name, kind=kind, config=config)
    if SiteState.objects.filter(name=name).exists():
        raise AlreadyDone("There is a site of that name.")
    SiteState.objects.create(name=name, kind=kind, config=dict(config))
    return ledger.append("site.added", actor=SYSTEM, subject=f"site:{name}", at=now, data={"kind": kind})
