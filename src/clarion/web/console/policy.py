"""Settings: the policy in force, its earlier versions, and changing it by two people."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect

from clarion.actions import policy as actions
from clarion.rules.policy.diff import diff
from clarion.store.policies import parsed
from clarion.store.queries import people, single
from clarion.store.replays import replay
from clarion.web.console.base import BOTH, WRITE, Looking, screen, show
from clarion.web.console.compare import compare
from clarion.web.console.forms import ConsoleForm, Reason

LONGEST_DOCUMENT = 200_000


class Propose(ConsoleForm):
    reason = forms.CharField(max_length=5000, label="What it changes, and why")
    document = forms.CharField(
        max_length=LONGEST_DOCUMENT,
        strip=False,
        label="The policy, as YAML",
        help_text="Each line that is wrong is named when you propose it.",
        widget=forms.Textarea(attrs={"rows": 30, "spellcheck": "false", "class": "code"}),
    )


class Approve(ConsoleForm):
    comment = forms.CharField(max_length=5000, label="Comment", required=False)


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
        "changes": compare(before.document, found.document) if before else [],
        "rules": diff(parsed(before.document), parsed(found.document)) if before else [],
        "newest": versions.first() == found,
    }
    return _version(request, versions, found, changed)


def _version(request: Looking, versions: Any, found: Any, more: dict[str, Any]) -> HttpResponse:
    context = {"versions": versions, "policy": found, "proposals": people.proposals()[:20], **more}
    return show(request, "console/policy.html", context)


@screen("policy:write", methods=BOTH)
def propose(request: Looking) -> HttpResponse:
    """The document in an editor; proposing it changes nothing until another person approves."""
    form = Propose(request.POST or None, initial={"document": single.newest_policy().document})
    if request.method == "POST" and form.readable():
        values = {**form.cleaned_data, "document": form.cleaned_data["document"].replace("\r\n", "\n")}
        if form.submit(request, actions.propose_policy, **values):
            if form.entry is None:
                return redirect("console:policy")
            return redirect("console:policy_proposal", form.entry.subject.partition(":")[2])
    return show(request, "console/policy_propose.html", {"form": form}, status=form.status)


@screen("policy:read")
def proposal(request: Looking, proposal_id: str) -> HttpResponse:
    """What is proposed: rule by rule, line by line, and what it would have changed for past incidents."""
    return _proposal(request, proposal_id, {})


def _proposal(request: Looking, proposal_id: str, given: dict[str, ConsoleForm]) -> HttpResponse:
    found = single.proposal(proposal_id)
    before = single.policy(found.base_number)
    candidate = parsed(found.document)
    context = {
        "proposal": found,
        "before": before,
        "rules": diff(parsed(before.document), candidate),
        "changes": compare(before.document, found.document),
        "replay": replay(candidate) if found.state == "proposed" else None,
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
