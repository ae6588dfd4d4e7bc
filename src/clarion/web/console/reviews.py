"""Reviews: one person's word on the exact text they were shown."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from clarion.actions import review as actions
from clarion.store.queries import drafts, screens, translations
from clarion.web.console.base import WRITE, Looking, screen, show
from clarion.web.console.board import to_decide
from clarion.web.console.draft_forms import Decision
from clarion.web.console.drafts import draft_page


@screen("drafts:read")
def mine(request: Looking) -> HttpResponse:
    """Everything that this person could decide on now."""
    waiting = [to_decide(draft, item) for draft, item in drafts.waiting_for(request.user, request.now)]
    names = {each.tag: each.name for each in settings.CLARION.languages}
    translated = [
        {"row": row, "name": names.get(row.language, row.language)}
        for row in translations.to_review(request.user)
    ]
    return show(request, "console/reviews.html", {"waiting": waiting, "translated": translated})


@screen("drafts:read", methods=WRITE)
def decide(request: Looking, draft_id: str) -> HttpResponse:
    """Approves or asks for changes. Version and digest come from the page that was read, so that a text
    which changed meanwhile is not approved unseen.
    """
    role = request.POST.get("role", "")
    screens.draft(draft_id)
    form = Decision(request.POST, auto_id=f"{role}-%s")
    if form.readable() and form.submit(request, actions.decide, draft_id=draft_id, **form.word()):
        if form.entry:
            messages.success(request, ANSWERS[form.entry.kind])
        return redirect("console:draft", draft_id)
    return draft_page(request, draft_id, {role: form})


ANSWERS = {
    "draft.approval_given": "Your approval is recorded. It holds for exactly this text.",
    "draft.approved": "Your approval is recorded. It was the last one, so the update is being published.",
    "draft.changes_requested": "Your wish for changes is recorded. The draft goes back to its authors.",
}
