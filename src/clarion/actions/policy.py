"""The policy, with its templates and lint rules: its first version, and changes that take a second person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from clarion.rules.access import Actor, require
from clarion.rules.documents import Documents, problems
from clarion.rules.errors import AlreadyDone, Conflict, Forbidden, Invalid, NotFound
from clarion.rules.plaintext import require_storable
from clarion.store import ledger, policies
from clarion.store.models import LedgerEntry, PolicyProposal, PolicyVersion

FIRST = "There was no policy yet, so nobody could be asked to approve it."
LONGEST_REASON = 5000


def install_policy(
    *, document: str, templates: str = "", lint_rules: str = "", actor: Actor, now: datetime
) -> LedgerEntry:
    """The first policy of an installation, which stands before there is a second person to ask.

    Every later one is proposed by one person and approved by another. Without ``templates`` those that come
    with Clarion are used.
    """
    require(actor, "settings:write")
    given = Documents(document, templates, lint_rules)
    _check({"document": document, **given.texts()})
    if PolicyVersion.objects.exists():
        raise Conflict("A policy is in force. Propose the change; another person approves it.")
    PolicyVersion.objects.create(number=1, **asdict(given), at=now, author_id=actor.person_id or None)
    told = policies.completed(given)
    return ledger.append(
        "policy.installed",
        actor=actor,
        subject="policy:1",
        at=now,
        data={**told.sha256(), "reason": FIRST},
        texts=told.texts(),
    )


def propose_policy(
    *,
    document: str | None = None,
    templates: str | None = None,
    lint_rules: str | None = None,
    reason: str,
    base_number: int | None = None,
    actor: Actor,
    now: datetime,
) -> LedgerEntry:
    """A changed policy with the reason for it. It decides nothing until another person approves it.

    What is None stays as it is in force. Empty ``templates`` are those that come with Clarion, empty
    ``lint_rules`` none. ``base_number`` is the version that was changed, if it is known: another one in
    force meanwhile refuses the proposal, which would undo that.
    """
    require(actor, "policy:write")
    given = {"document": document, "templates": templates, "lint_rules": lint_rules}
    require_storable(reason=reason, **given)
    last = _in_force()
    if base_number not in (None, last.number):
        raise Conflict(
            f"Version {last.number} came into force since version {base_number}, which this changes."
            " Read what is new, and propose it on top of that."
        )
    wanted, changed = _wanted(last, {name: text for name, text in given.items() if text is not None})
    _check(changed)
    if not reason.strip():
        raise Invalid("Say what it changes, and why.", field="reason")
    if not changed:
        raise AlreadyDone("This is the policy in force, with its templates and lint rules.")
    proposal = PolicyProposal.objects.create(
        **asdict(wanted),
        reason=reason.strip()[:LONGEST_REASON],
        base_number=last.number,
        author_id=actor.person_id,
        at=now,
    )
    told = policies.documents(proposal)
    return ledger.append(
        "policy.proposed",
        actor=actor,
        subject=f"proposal:{proposal.id}",
        at=now,
        data={**told.sha256(), "base": last.number, "changed": sorted(changed)},
        texts={**told.texts(), "reason": proposal.reason},
    )


def approve_policy(*, proposal_id: str, comment: str = "", actor: Actor, now: datetime) -> LedgerEntry:
    """Puts a proposal in force as the next version. Running incidents keep the one they began under.

    Its lint rules are in force for every incident, also for what is in review.
    """
    require(actor, "policy:approve")
    require_storable(comment=comment)
    proposal = _held(proposal_id)
    if proposal.author_id == actor.person_id:
        raise Forbidden("You proposed it, so another person approves it.")
    last = _in_force()
    if last.number != proposal.base_number:
        raise Conflict(
            f"Version {last.number} came into force since this was written for version"
            f" {proposal.base_number}. Propose it anew on top of that."
        )
    told = policies.documents(proposal)
    changed = told.changed_from(policies.documents(last))
    _check(changed)
    number = last.number + 1
    PolicyVersion.objects.create(
        number=number,
        **asdict(policies.kept(proposal)),
        at=now,
        author_id=proposal.author_id,
        approved_by_id=actor.person_id,
    )
    _decide(proposal, "approved", comment, actor, now, number=number)
    return ledger.append(
        "policy.approved",
        actor=actor,
        subject=f"policy:{number}",
        at=now,
        data=_told_of(proposal) | {"number": number, "changed": sorted(changed)},
        texts=told.texts() | ({"comment": proposal.comment} if proposal.comment else {}),
    )


def reject_policy(*, proposal_id: str, reason: str, actor: Actor, now: datetime) -> LedgerEntry:
    """Puts a proposal aside for good. Whoever proposed it may do that too."""
    require(actor, "policy:write")
    require_storable(reason=reason)
    proposal = _held(proposal_id)
    if proposal.author_id != actor.person_id:
        require(actor, "policy:approve")
    if not reason.strip():
        raise Invalid("Say why it is rejected.", field="reason")
    _decide(proposal, "rejected", reason, actor, now)
    return ledger.append(
        "policy.rejected",
        actor=actor,
        subject=f"proposal:{proposal.id}",
        at=now,
        data=_told_of(proposal),
        texts={"reason": proposal.comment},
    )


def _check(texts: Mapping[str, str]) -> None:
    """Raises Invalid, with every line of each document that is wrong, for what cannot be used."""
    require_storable(**texts)
    refusals = [Invalid(said, field=name) for name, said in problems(texts).items()]
    if refusals:
        raise Invalid(refusals[0].message, field=refusals[0].field, also=refusals[1:])


def _wanted(last: PolicyVersion, given: Mapping[str, str]) -> tuple[Documents, dict[str, str]]:
    """The set that follows ``last`` with what is given, as it is kept, and the texts that differ."""
    told = {name: text if name == "document" or text.strip() else "" for name, text in given.items()}
    before = policies.documents(last)
    if told.get("templates") == before.templates:
        # Whoever sends the shipped words back has not made them their own.
        told["templates"] = last.templates
    wanted = replace(policies.kept(last), **told)
    return wanted, policies.completed(wanted).changed_from(before)


def _told_of(proposal: PolicyProposal) -> dict[str, Any]:
    return {
        "proposal": proposal.id,
        "proposed_by": proposal.author_id,
        "base": proposal.base_number,
        **policies.documents(proposal).sha256(),
    }


def _in_force() -> PolicyVersion:
    """The newest version, held, so that two changes take turns; raises Conflict before the first."""
    last = PolicyVersion.objects.select_for_update(of=("self",)).order_by("-number").first()
    if last is None:
        raise Conflict("No policy is installed yet. Run `clarion init`.")
    return last


def _held(proposal_id: str) -> PolicyProposal:
    """The open proposal, held against every other writer; raises NotFound or AlreadyDone."""
    proposal = PolicyProposal.objects.select_for_update(of=("self",)).filter(id=proposal_id).first()
    if proposal is None:
        raise NotFound("There is no such proposal.")
    if proposal.state != "proposed":
        raise AlreadyDone(f"This proposal was {proposal.state}.")
    return proposal


def _decide(
    proposal: PolicyProposal, state: str, comment: str, actor: Actor, now: datetime, number: int | None = None
) -> None:
    proposal.state, proposal.comment, proposal.number = state, comment.strip()[:LONGEST_REASON], number
    proposal.decided_by_id, proposal.decided_at = actor.person_id, now
    proposal.save()
