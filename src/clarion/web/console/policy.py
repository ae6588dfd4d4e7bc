"""Settings: the policy with its templates and lint rules, earlier versions, and changing it by two people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect

from clarion.actions import policy as actions
from clarion.rules.documents import KINDS, Documents
from clarion.rules.policy.diff import RuleChange
from clarion.store.policies import differences, documents, parsed
from clarion.store.queries import people, single
from clarion.store.replays import replay, reread
from clarion.web.console.base import BOTH, WRITE, Looking, screen, show
from clarion.web.console.compare import Piece, compare
from clarion.web.console.forms import ConsoleForm, Reason
from clarion.web.console.policy_forms import Approve, propose_form


@dataclass(frozen=True, slots=True)
class Change:
    """One of the three documents, as another version has it."""

    name: str
    label: str
    rules: Sequence[RuleChange]
    pieces: Sequence[Piece]


def _changes(before: Documents, after: Documents) -> list[Change]:
    """The documents that differ: place by place, and line by line."""
    old, places = asdict(before), differences(before, after)
    return [
        Change(name, KINDS[name].label, places[name], compare(old[name], text))
        for name, text in after.changed_from(before).items()
    ]


@screen("policy:read")
def index(request: Looking) -> HttpResponse:
    versions = people.policies()
    return _version(request, versions, versions.first(), {"newest": True})


@screen("policy:read")
def page(request: Looking, number: int) -> HttpResponse:
    """One version, and what it changed."""
    versions = people.policies()
    found = single.policy(number)
    before = versions.filter(number=number - 1).first()
    changed = {
        "before": before,
        "changes": _changes(documents(before), documents(found)) if before else [],
        "newest": versions.first() == found,
    }
    return _version(request, versions, found, changed)


def _version(request: Looking, versions: Any, found: Any, more: dict[str, Any]) -> HttpResponse:
    context = {
        "versions": versions,
        "policy": found,
        "documents": documents(found) if found else None,
        "proposals": people.proposals()[:20],
        **more,
    }
    return show(request, "console/policy.html", context)


@screen("policy:write", methods=BOTH)
def propose(request: Looking) -> HttpResponse:
    """The documents in editors; proposing changes nothing until another person approves."""
    form = propose_form(single.newest_policy(), request.POST)
    if request.method == "POST" and form.propose(request):
        if form.entry is None:
            return redirect("console:policy")
        return redirect("console:policy_proposal", form.entry.subject.partition(":")[2])
    return show(request, "console/policy_propose.html", {"form": form}, status=form.status)


@screen("policy:read")
def proposal(request: Looking, proposal_id: str) -> HttpResponse:
    """What is proposed: place by place, line by line, and what it would have changed for what there was."""
    return _proposal(request, proposal_id, {})


def _proposal(request: Looking, proposal_id: str, given: dict[str, ConsoleForm]) -> HttpResponse:
    found = single.proposal(proposal_id)
    before = single.policy(found.base_number)
    changes = _changes(documents(before), documents(found))
    changed = {change.name for change in changes}
    open_still = found.state == "proposed"
    context = {
        "proposal": found,
        "before": before,
        "changes": changes,
        "unchanged": [kind.label for name, kind in KINDS.items() if name not in changed],
        "replay": replay(parsed(found.document)) if open_still and "document" in changed else None,
        "reread": reread(before.lint_rules, found.lint_rules)
        if open_still and "lint_rules" in changed
        else None,
        "own": found.author_id == request.actor.person_id,
        "approve": given.get("approve") or Approve(auto_id="approve-%s"),
        "reject": given.get("reject") or Reason(auto_id="reject-%s"),
    }
    status = max((form.status for form in given.values()), default=200)
    return show(request, "console/policy_proposal.html", context, status=status)


@screen("policy:read", methods=WRITE)
def approve(request: Looking, proposal_id: str) -> HttpResponse:
    form = Approve(request.POST, auto_id="approve-%s")
    told = {"proposal_id": proposal_id, "comment": request.POST.get("comment", "")}
    if form.readable() and form.submit(request, actions.approve_policy, **told):
        return redirect("console:policy")
    return _proposal(request, proposal_id, {"approve": form})


@screen("policy:read", methods=WRITE)
def reject(request: Looking, proposal_id: str) -> HttpResponse:
    form = Reason(request.POST, auto_id="reject-%s")
    told = {"proposal_id": proposal_id, "reason": request.POST.get("reason", "")}
    if form.readable() and form.submit(request, actions.reject_policy, **told):
        return redirect("console:policy_proposal", proposal_id)
    return _proposal(request, proposal_id, {"reject": form})
