"""Settings: the policy in force and its earlier versions, to read."""

from __future__ import annotations

from django.http import HttpResponse

from clarion.store.queries import people, single
from clarion.web.console.base import Looking, screen, show
from clarion.web.console.compare import compare


@screen("policy:read")
def index(request: Looking) -> HttpResponse:
    versions = people.policies()
    return show(
        request, "console/policy.html", {"versions": versions, "policy": versions.first(), "newest": True}
    )


@screen("policy:read")
def page(request: Looking, number: int) -> HttpResponse:
    """One version, and what it changed."""
    versions = people.policies()
    found = single.policy(number)
    before = versions.filter(number=number - 1).first()
    context = {
        "versions": versions,
        "policy": found,
        "before": before,
        "changes": compare(before.document, found.document) if before else [],
        "newest": versions.first() == found,
    }
    return show(request, "console/policy.html", context)
