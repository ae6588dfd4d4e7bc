"""What a public page shows. Only ``PublicText`` fits in, so an internal text cannot reach a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from clarion.rules.audience import PublicText
from clarion.rules.wording import Wording, wording


@dataclass(frozen=True, slots=True)
class ComponentView:
    id: str
    name: str
    description: str
    status: str
    """Canonical component status, such as ``partial_outage``."""
    position: int
    created_at: datetime
    updated_at: datetime
    group_id: str | None = None
    is_group: bool = False
    members: tuple[str, ...] = ()
    """Ids of the leaves, for a group."""


@dataclass(frozen=True, slots=True)
class AffectedView:
    component_id: str
    name: str
    old_status: str
    new_status: str


@dataclass(frozen=True, slots=True)
class LanguageView:
    """A language by its tag (RFC 5646) and by what its speakers call it."""

    tag: str
    name: str


ENGLISH = LanguageView("en", "English")


@dataclass(frozen=True, slots=True)
class TranslationView:
    language: str
    text: PublicText
    published_at: datetime


@dataclass(frozen=True, slots=True)
class UpdateView:
    id: str
    state: str
    """Canonical incident state after this update."""
    text: PublicText
    published_at: datetime
    affected: tuple[AffectedView, ...] = ()
    next_update_at: datetime | None = None
    language: str = ENGLISH.tag
    """Of ``text``."""
    translations: tuple[TranslationView, ...] = ()


@dataclass(frozen=True, slots=True)
class IncidentView:
    """A published incident; ``updates`` newest first, never empty."""

    id: str
    title: str
    state: str
    impact: str
    started_at: datetime
    created_at: datetime
    updated_at: datetime
    updates: tuple[UpdateView, ...]
    component_ids: tuple[str, ...] = ()
    monitoring_at: datetime | None = None
    resolved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PageView:
    """A whole page; ``incidents`` newest first. ``updated_at`` is the time of the last change shown."""

    id: str
    name: str
    url: str
    """Absolute, without a slash at its end."""
    time_zone: str
    """IANA name; times are shown in UTC and in this zone."""
    updated_at: datetime
    components: tuple[ComponentView, ...]
    incidents: tuple[IncidentView, ...]
    language: LanguageView = ENGLISH
    """The one that this page is for."""
    languages: tuple[LanguageView, ...] = (ENGLISH,)
    """All that the page comes in; the first is that of the originals."""
    checkpoint: str = ""
    """The archive's newest signed checkpoint, published beside the page."""

    @property
    def words(self) -> Wording:
        """What stands around people's texts, in the page's language as far as it is known."""
        return wording(self.language.tag)
