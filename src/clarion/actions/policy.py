"""The policy: its first version, and changes that take a second person."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from clarion.rules import policy as policies
from clarion.rules.access import Actor, require
from clarion.rules.errors import AlreadyDone, Conflict, Forbidden, Invalid, NotFound
from clarion.rules.plaintext import require_storable
from clarion.store import ledger
from clarion.store.models import LedgerEntry, PolicyProposal, PolicyVersion

FIRST = "There was no policy yet, so nobody could be asked to approve it."
LONGEST_REASON = 5000


def install_policy(*, document: str, actor: Actor, now: datetime) -> LedgerEntry:
    """The first policy of an installation, which stands before there is a second person to ask.

    Every later one is proposed by one person and approved by another.
    """
    require(actor, "settings:write")
    _check(document)
    if PolicyVersion.objects.exists():
        raise Conflict("A policy is in force. Propose the change; another person approves it.")
    PolicyVersion.objects.create(number=1, document=document, at=now, author_id=actor.person_id or None)
    return ledger.append(
        "policy.installed",
        actor=actor,
        subject="policy:1",
        at=now,
        data={"sha256": _sha256(document), "reason": FIRST},
        texts={"document": document},
    )


def propose_policy(*, document: str, reason: str, actor: Actor, now: datetime) -> LedgerEntry:
    """A changed policy with the reason for it. It decides nothing until another person approves it."""
    require(actor, "policy:write")
    require_storable(reason=reason)
    _check(document)
    if not reason.strip():
        raise Invalid("Say what it changes, and why.", field="reason")
    last = _in_force()
    if last.document == document:
        raise AlreadyDone("This is the policy in force.")
    proposal = PolicyProposal.objects.create(
        document=document,
        reason=reason.strip()[:LONGEST_REASON],
        base_number=last.number,
        author_id=actor.person_id,
        at=now,
    )
    return ledger.append(
        "policy.proposed",
        actor=actor,
        subject=f"proposal:{proposal.id}",
        at=now,
        data={"sha256": _sha256(document), "base": last.number},
        texts={"document": document, "reason": proposal.reason},
    )


def approve_policy(*, proposal_id: str, comment: str = "", actor: Actor, now: datetime) -> LedgerEntry:
    """Puts a proposal in force as the next version. Running incidents keep the one they began under."""
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
    _check(proposal.document)
    number = last.number + 1
    PolicyVersion.objects.create(
        number=number,
        document=proposal.document,
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
        data={
            "proposal": proposal.id,
            "proposed_by": proposal.author_id,
            "sha256": _sha256(proposal.document),
            "number": number,
            "base": proposal.base_number,
        },
        texts={"comment": proposal.comment} if proposal.comment else {},
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
        data={"proposed_by": proposal.author_id, "sha256": _sha256(proposal.document)},
        texts={"reason": proposal.comment},
    )


def _check(document: str) -> None:
    """Raises Invalid, with every line that is wrong, for what cannot be used as a policy."""
    require_storable(document=document)
    try:
        policies.load(document)
    except policies.BadPolicy as error:
        raise Invalid(str(error), field="document") from None


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


def _sha256(document: str) -> str:
    return sha256(document.encode()).hexdigest()
