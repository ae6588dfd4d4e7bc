"""Putting an approved draft before its readers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from clarion.rules import states, terms
from clarion.rules.access import SYSTEM
from clarion.rules.audience import AUDIENCES
from clarion.rules.errors import AlreadyDone
from clarion.rules.types import Reason
from clarion.store import findings, ledger, promises, records, reviews, translations
from clarion.store import states as entry_rules
from clarion.store.models import (
    Approval,
    Component,
    Deadline,
    Draft,
    DraftVersion,
    Incident,
    IncidentComponent,
    LedgerEntry,
    Update,
    UpdateText,
)


def publish_draft(*, key: str, now: datetime) -> LedgerEntry:
    """Publishes an approved draft once, if what policy required still holds at this very moment.

    If an approval ran out or a reviewer lost the role since, the draft goes back to review instead; if the
    incident is for others now than the approved words were written for, or may not be called what they call
    it, or if they contradict what is known now, it goes back to its writers.
    """
    # A signal holds components before the incident; so does this, which changes how they look.
    records.hold_components(DraftVersion.objects.filter(draft_id=key).latest("number").component_statuses)
    incident = records.hold(Draft.objects.values_list("incident_id", flat=True).get(id=key))
    assert incident is not None
    draft = Draft.objects.select_related("incident").get(id=key)
    if draft.state != "approved":
        raise AlreadyDone(f"This draft is {draft.state}.")
    version = draft.versions.latest("number")
    found = findings.found_in(version, now)
    outcome = reviews.outcome(draft, version, now, found=found)
    reasons = (
        reviews.overtaken(draft, version, now)
        or entry_rules.unlawful(version, now, filled=outcome.filled)
        or reviews.contested(draft, version, now)
        or findings.unanswered(version, found, complete=outcome.complete)
    )
    if reasons:
        reviews.send_back(draft, reasons, now)
        return _lapsed(draft, version, "draft", reasons, now)
    if not outcome.complete:
        reviews.void_lapsed(draft, version, now)
        wanted = reviews.reopen(draft, outcome, now)
        return _lapsed(draft, version, "in_review", outcome.lapsed, now, **wanted)
    made = states.move(incident.state, version.incident_state)
    update = _write_update(incident, version, now)
    translated, said = translations.go_out(update, version, now, original=found)
    _move_incident(incident, version, now)
    Draft.objects.filter(id=draft.id).update(state="published", published_at=now, closed_at=now)
    superseded = _supersede_others(draft, now) if incident.state in terms.CLOSED_STATES else []
    promise = _renew_promises(update, now)
    if incident.visibility == "public":
        records.want_site()
    consequences = {
        "promise": promise,
        "superseded": superseded,
        "move": made,
        **translated,
    }
    return _entry(draft, version, update, consequences, said, now)


def _lapsed(
    draft: Draft, version: DraftVersion, state: str, reasons: tuple[Reason, ...], now: datetime, **wanted: Any
) -> LedgerEntry:
    """Why it was not published. Reasons may quote the text, so their sentences stand beside the chain."""
    missing = wanted.pop("missing", ())
    data = {
        "state": state,
        "lapsed": [{"code": reason.code} for reason in reasons],
        "missing": [{"role": each.role, "code": each.reason.code} for each in missing],
        **wanted,
    }
    said = {f"lapsed.{place}": reason.text for place, reason in enumerate(reasons)}
    said |= {f"missing.{each.role}": each.reason.text for each in missing}
    return records.draft_entry(
        "draft.approval_lapsed", draft, version, actor=SYSTEM, now=now, data=data, texts=said
    )


def _write_update(incident: Incident, version: DraftVersion, now: datetime) -> Update:
    update = Update.objects.create(
        incident=incident,
        version=version,
        number=incident.updates.count() + 1,
        state=version.incident_state,
        affected=_affected(version) if _tells_the_public(version) else [],
        channels=version.channels if incident.visibility == "public" else [],
        next_update_at=version.next_update_at,
        next_update_for=version.next_update_for,
        published_at=now,
    )
    UpdateText.objects.bulk_create(
        UpdateText(update=update, audience=name, title=text["title"], body=text["body"])
        for name, text in _released(incident, version).items()
    )
    return update


def _affected(version: DraftVersion) -> list[dict[str, str]]:
    """What the page will show otherwise from now on."""
    components = Component.objects.in_bulk(list(version.component_statuses))
    return [
        {
            "component_id": component_id,
            "name": components[component_id].name,
            "old_status": components[component_id].status,
            "new_status": status,
        }
        for component_id, status in sorted(version.component_statuses.items())
        if component_id in components and components[component_id].public
    ]


def _tells_the_public(version: DraftVersion) -> bool:
    """Whether somebody wrote words for everybody; where nobody did, the page must not change either."""
    return any(AUDIENCES[name].public for name in version.texts)


def _released(incident: Incident, version: DraftVersion) -> dict[str, Any]:
    """The texts that this publication puts before readers: of a private incident, none for outsiders."""
    outside = incident.visibility == "public"
    return {name: text for name, text in version.texts.items() if outside or AUDIENCES[name].inside}


def _move_incident(incident: Incident, version: DraftVersion, now: datetime) -> None:
    incident.state = version.incident_state
    incident.updated_at = now
    if incident.state == "monitoring":
        incident.monitoring_at = now
    if incident.state in terms.CLOSED_STATES:
        incident.resolved_at = incident.resolved_at or now
    else:
        incident.resolved_at = None
    incident.save(update_fields=["state", "updated_at", "monitoring_at", "resolved_at"])
    for component_id, status in sorted(version.component_statuses.items()):
        # The page shows what components are like, so a private incident changes none, nor do words for few.
        if incident.visibility == "public" and _tells_the_public(version):
            found = Component.objects.filter(id=component_id).exclude(status=status)
            found.update(status=status, updated_at=now)
        if status != "operational":
            IncidentComponent.objects.update_or_create(
                incident=incident, component_id=component_id, defaults={"status": status}
            )


def _supersede_others(draft: Draft, now: datetime) -> list[str]:
    """Closes what was still being written: nothing said before may appear after the end was told."""
    return records.supersede(records.open_drafts(draft.incident).exclude(id=draft.id), now=now)


def _renew_promises(update: Update, now: datetime) -> dict[str, Any]:
    """Keeps what was owed to the audiences that this update carries, and opens what it promises them.

    What is owed to others runs on, unless the incident has ended.
    """
    incident, by = update.incident, f"update:{update.id}"
    carried = list(update.texts.values_list("audience", flat=True))
    kept = promises.keep(incident, carried, by=by, now=now)
    late = Deadline.objects.filter(id__in=[*kept.whole, *kept.narrowed], due_at__lt=now).count()
    promise: dict[str, Any] = {"kept": kept.whole, "kept_in_part": kept.narrowed, "kept_late": late}
    if incident.state in terms.CLOSED_STATES:
        records.satisfy_deadlines("etr", incident=incident, by=by, now=now)
        return {**promise, "opened": []}
    return {**promise, "opened": promises.open_for(update, carried, now)}


def _entry(
    draft: Draft,
    version: DraftVersion,
    update: Update,
    consequences: dict[str, Any],
    said: dict[str, str],
    now: datetime,
) -> LedgerEntry:
    released = _released(draft.incident, version)
    approvals = Approval.objects.filter(version=version, voided_at=None, decision="approved").order_by("at")
    return ledger.append(
        "update.published",
        actor=SYSTEM,
        subject=f"update:{update.id}",
        incident=draft.incident,
        at=now,
        data={
            "draft": draft.id,
            "version": version.number,
            "digest": version.digest,
            "number": update.number,
            "state": update.state,
            "visibility": draft.incident.visibility,
            "audiences": sorted(released),
            "channels": update.channels,
            "affected": update.affected,
            **promises.as_ledger(update),
            "approvals": [{"role": a.role, "person": a.person_id, "at": a.at.isoformat()} for a in approvals],
            **consequences,
        },
        texts=records.named_texts(released) | records.stated(version) | said,
    )
