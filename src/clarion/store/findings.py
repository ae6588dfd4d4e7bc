"""What lint finds in a draft, as its rows are now, and what has been said about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from django.conf import settings

from clarion.rules import jurisdictions, lint, waivers, withheld
from clarion.rules.facts import Determination
from clarion.rules.lint import COLLEAGUE, Context, LintText, Published
from clarion.rules.names import KINDS
from clarion.rules.policy.document import Organisation
from clarion.rules.states import stability_window
from clarion.rules.types import Reason
from clarion.rules.waivers import Found
from clarion.store import fact_sheets, policies, states, told, withholding
from clarion.store.models import Approval, Component, Draft, DraftVersion, Incident, Update, User, Waiver
from clarion.store.people import as_reviewer, authors
from clarion.store.queries import names as register


def rules(locale: str = "en") -> lint.Rules:
    """The rules in force now: those that come with Clarion, and the organisation's own."""
    return loaded(policies.lint_rules(), locale)


# Kept by their text: web and worker read a new version at once, since it is another text.
@lru_cache(maxsize=8)
def loaded(organisation: str, locale: str = "en") -> lint.Rules:
    """The rules with an organisation's document that was accepted: a version's, or a proposal's."""
    return lint.load_stored(organisation, locale=locale)


def found_in(version: DraftVersion, now: datetime) -> list[Found]:
    """Every finding in every text of this version, audience by audience, the gravest first in each."""
    locale = settings.CLARION.languages[0].tag.partition("-")[0]
    incident, context = version.draft.incident, context_of(version, now)
    known, in_force, read_last = withholding.known_of(incident), rules(locale), told.last_updates(incident)
    return [
        Found(name, finding)
        for name, text in version.texts.items()
        for finding in lint.check(
            LintText(text["title"], text["body"], name, locale),
            replace(
                context,
                last=_as_read(read_last[name], name) if name in read_last else None,
                next_update_at=version.promised_to(name),
                withheld=withheld.withheld(name, known, now),
            ),
            in_force,
        )
    ]


def context_of(version: DraftVersion, now: datetime) -> Context:
    """What is known of the incident when somebody reads this version, whoever they are."""
    incident = version.draft.incident
    sheet = fact_sheets.newest(incident).sheet
    confirmed = states.known_of(version).confirmed
    estimate = sheet.estimate if sheet.estimate and sheet.estimate.holds(now) else None
    return Context(
        now=now,
        phase=version.draft.phase,
        state=version.incident_state,
        category=incident.category,
        cause_confirmed="cause" in confirmed or (False if sheet.cause else None),
        fix_deployed="fix_in_place" in confirmed or None,
        recovery_confirmed="recovery" in confirmed or None,
        access_confirmed=_yes(sheet.access_confirmed),
        breach_determined=_yes(sheet.breach_determined),
        security_confirmed=_yes(sheet.security_confirmed),
        listed_issuer=organisation_of(incident).listed_issuer,
        jurisdictions=tuple(each.code for each in jurisdictions_of(incident)),
        estimate=estimate,
        started_at=sheet.started_at or incident.detected_at,
        monitoring_since=states.watched_since(incident),
        stability_window=stability_window(incident.category),
        next_update_at=version.next_update_at,
        time_zone=settings.CLARION.time_zone,
        channels=tuple(version.channels),
        dictionaries=dictionaries(now),
    )


def _yes(said: Determination | None) -> bool | None:
    return said.yes if said else None


def organisation_of(incident: Incident) -> Organisation:
    """What the policy that the incident keeps says of the organisation."""
    return policies.numbered(incident.policy_version).organisation


def jurisdictions_of(incident: Incident) -> tuple[jurisdictions.Taken, ...]:
    """The jurisdictions whose rules the texts of this incident are read by, each with its reasons."""
    return jurisdictions.taken(
        organisation=organisation_of(incident).jurisdictions,
        readers=fact_sheets.newest(incident).sheet.jurisdictions,
        regions=incident.regions or (),
    )


def _as_read(update: Update, audience: str) -> Published:
    """The update that this audience read last, as it read it."""
    [text] = [each for each in update.texts.all() if each.audience == audience]
    # Only a start that somebody had recorded can have moved: an incident's detection is no claim about it.
    then = fact_sheets.numbered(update.incident, update.version.facts.get("sheet", 0))
    return Published(text.title, text.body, update.state, then.started_at, update.published_at)


def dictionaries(now: datetime) -> dict[str, tuple[str, ...]]:
    """Names that stay inside: the register, colleagues, and components that the public page does not show."""
    found: dict[str, list[str]] = {kind: [] for kind in KINDS}
    registered = register.names(state="protected", now=now).values_list("kind", "name", "aliases")
    for kind, name, aliases in registered:
        found[kind] += [name, *aliases]
    inside = Component.objects.filter(public=False)
    found["internal_name"] += sorted({word for row in inside for word in (row.name, row.slug) if word})
    found[COLLEAGUE] = list(User.objects.order_by("name").values_list("name", flat=True))
    return {kind: tuple(names) for kind, names in found.items()}


def waived(draft: Draft) -> dict[str, Waiver]:
    """Overrides of this draft by the finding's fingerprint, each by somebody who could still give it."""
    rows = Waiver.objects.filter(draft=draft).select_related("person")
    written_by = authors(draft) if rows else set()
    return {
        row.fingerprint: row
        for row in rows
        if waivers.stands(giver=as_reviewer(row.person), authors=written_by).allowed
    }


def unanswered(version: DraftVersion, found: list[Found], *, complete: bool) -> tuple[Reason, ...]:
    """Why this version must not be published, for what is ``found`` in it now; empty if nothing stops it.

    While the review is not ``complete`` it will be asked again, so only what stops the text counts.
    """
    live = Approval.objects.filter(version=version, voided_at=None, decision="approved")
    seen = {row.role: row.findings for row in live} if complete else {}
    return waivers.unanswered(found, waived=waived(version.draft), seen=seen)
