"""What is found in a draft's newest version, as screens and programs read it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clarion.rules import review, waivers
from clarion.rules.access import SYSTEM
from clarion.rules.errors import Conflict, NotFound
from clarion.rules.jurisdictions import Taken
from clarion.rules.types import Verdict
from clarion.rules.waivers import Found
from clarion.store import findings
from clarion.store.models import Draft, DraftVersion, User, Waiver
from clarion.store.people import as_reviewer, authors
from clarion.store.queries import ledger
from clarion.store.queries.drafts import newest_version

#: Entries in which somebody answers for findings.
SIGNED_BY = ("draft.submitted", "draft.approval_given", "draft.approved", "finding.waived")


@dataclass(frozen=True, slots=True)
class FindingLine:
    """A finding, counsel's override of it if there is one, and whether the person looking may give it."""

    found: Found
    waiver: Waiver | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything found in one version, and what must be said about it."""

    lines: tuple[FindingLine, ...]
    jurisdictions: tuple[Taken, ...] = ()
    """Whose rules the texts were read by, and why those."""

    @property
    def blocking(self) -> int:
        """How many stop the draft."""
        return sum(line.found.finding.severity == "block" and not line.waiver for line in self.lines)

    @property
    def warnings(self) -> list[str]:
        """Fingerprints that whoever submits has to confirm."""
        return self._prints("warn")

    def to_look_at(self, role: str) -> list[str]:
        """Fingerprints that an approval in this role answers for."""
        return self._prints("review", role)

    def of(self, audience: str) -> list[FindingLine]:
        return [line for line in self.lines if line.found.audience == audience]

    def _prints(self, severity: str, role: str = "") -> list[str]:
        found = (line.found.finding for line in self.lines)
        return [f.fingerprint for f in found if f.severity == severity and role in ("", f.role)]


def findings_of(version: DraftVersion, found: Iterable[Found], *, person: User | None) -> Findings:
    """What was ``found`` in this version and what became of it; ``person`` looks: what may they do?"""
    nobody = review.Reviewer(id="", roles=frozenset(), active=False)
    looking = as_reviewer(person) if person else nobody
    waived, written_by = findings.waived(version.draft), authors(version.draft)
    return Findings(
        tuple(
            FindingLine(
                each,
                waived.get(each.finding.fingerprint),
                waivers.may_waive(person=looking, finding=each.finding, authors=written_by),
            )
            for each in found
        ),
        findings.jurisdictions_of(version.draft.incident),
    )


@dataclass(frozen=True, slots=True)
class SignedWaiver:
    """One finding that a person let stand, as the ledger has it."""

    rule: str
    severity: str
    audience: str
    fingerprint: str
    person: User
    role: str
    at: datetime
    version: int
    words: str | None
    """Empty for what was missing from the text, None once it is erased."""
    reason: str | None
    """What this person said besides; empty where they said nothing."""


def signed(draft: Draft) -> list[SignedWaiver]:
    """Every waiver signed on a draft, those of earlier versions too, oldest first."""
    found = ledger.entries(subject=f"draft:{draft.id}").filter(kind__in=SIGNED_BY)
    lines, people = [], User.objects.in_bulk()
    for row in found:
        # Whoever may read the draft may read what was said of its findings.
        data, texts = ledger.read(row).data, ledger.texts_of(row, SYSTEM)
        for each in data.get("waivers", ()):
            said = texts.get("reason", texts.get("comment", ""))
            told = {name: each[name] for name in ("rule", "severity", "audience", "fingerprint", "role")}
            lines.append(
                SignedWaiver(
                    **told,
                    person=people[each["person"]],
                    at=datetime.fromisoformat(each["at"]),
                    version=data["version"],
                    words=texts.get(f"waivers.{each['fingerprint']}", ""),
                    reason=said,
                )
            )
    return lines


def shown(draft_id: str, number: int) -> DraftVersion:
    """The version that somebody has read; raises Conflict when it is not the newest, and NotFound."""
    version = newest_version(draft_id)
    if version.number != number:
        raise Conflict(f"Version {version.number} was written meanwhile; read it first.", field="version")
    return version


def rewritten(version: DraftVersion, fingerprint: str, now: datetime) -> dict[str, Any]:
    """The arguments of ``edit_draft`` for this version with what is suggested in the place of what was found.

    Raises NotFound for a finding that is not there, and Conflict for one without a text to put in.
    """
    for each in findings.found_in(version, now):
        finding = each.finding
        if finding.fingerprint != fingerprint:
            continue
        if finding.replacement is None:
            raise Conflict("There is no text that could stand in by itself; write your own.")
        part, place = finding.place.part, finding.place
        text = dict(version.texts[each.audience])
        text[part] = text[part][: place.start] + finding.replacement + text[part][place.end :]
        return {
            "draft_id": version.draft_id,
            "base_version": version.number,
            "texts": {**version.texts, each.audience: text},
            "incident_state": version.incident_state,
            "component_statuses": version.component_statuses,
            "next_update_at": version.next_update_at,
            "next_update_for": {n: datetime.fromisoformat(at) for n, at in version.next_update_for.items()},
            "no_change": version.no_change,
            "ruled_out": version.ruled_out,
        }
    raise NotFound("Nothing like that is found in the newest version.")
