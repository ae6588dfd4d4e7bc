"""Drafts: the page that shows one with its review, and writing a new version."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from clarion.actions import draft as actions
from clarion.actions import review as review_actions
from clarion.rules import review
from clarion.rules.bare_times import bare_times, in_texts
from clarion.rules.promises import in_order
from clarion.rules.statements import RECOVERY_ROLE, stated
from clarion.store.queries import delivery, drafts, facts, findings, incidents, screens, translations
from clarion.store.queries.offers import offers
from clarion.web.console import labels
from clarion.web.console.base import BOTH, WRITE, Looking, choice, kept_filters, page_of, screen, show
from clarion.web.console.compare import compare
from clarion.web.console.draft_forms import BaseVersion, Comment, Decision, SubmitDraft, Ticked
from clarion.web.console.edit_form import EditDraft
from clarion.web.console.forms import ConsoleForm, Reason
from clarion.web.console.marking import beside

#: What a closed draft is shown with: nobody can answer for findings any more.
NOTHING = findings.Findings(())
STATES = {"open": "Open", "all": "All"}


@screen("drafts:read")
def index(request: Looking) -> HttpResponse:
    state = choice(request, "state", tuple(STATES), "open")
    page = page_of(request, drafts.drafts(open_only=state == "open"))
    context = {"page": page, "state": state, "states": STATES, "filters": kept_filters(request)}
    return show(request, "console/drafts.html", context)


@screen("drafts:read")
def page(request: Looking, draft_id: str) -> HttpResponse:
    """The exact words, who must approve them and by when, who gets them, and what was said."""
    return draft_page(request, draft_id, {})


def draft_page(request: Looking, draft_id: str, given: dict[str, ConsoleForm]) -> HttpResponse:
    """The page with the forms that were refused (``given``, by name) as they were sent."""
    view = drafts.draft_view(draft_id, person=request.user, now=request.now)
    draft, version = view.draft, view.version
    found = findings.findings_of(version, view.found, person=request.user)
    for form in given.values():
        # The page shows today's text, so what is decided next must be about that text.
        form.set_hidden(version=version.number, digest=version.digest, base_version=version.number)
        if isinstance(form, Ticked):
            form.show_again(found)
    before = screens.updates_before(draft)
    approvals = list(drafts.approvals_of(draft))
    context = {
        "view": view,
        "draft": draft,
        "version": version,
        "incident": draft.incident,
        "texts": beside(labelled(version.texts), found if draft.state not in review.CLOSED else NOTHING),
        "blocking": found.blocking,
        "jurisdictions": found.jurisdictions,
        **_beside(version),
        "versions": drafts.versions_of(draft),
        "lines": [
            (line, given.get(line.required.role) or _decision(line.required.role, version, found))
            for line in view.lines
        ],
        "said": approvals,
        "voided": [word for word in approvals if word.voided_at],
        "comments": drafts.comments_of(draft),
        "signed": findings.signed(draft),
        "before": sorted({update.number for name, update in before.items() if name in version.texts}),
        "changes": changes(screens.texts_before(draft), version.texts) if before else [],
        "languages": translations.languages_of(version),
        "editable": draft.state in review.EDITABLE,
        "closed": draft.state in review.CLOSED,
        "behind": facts.behind(version),
        **_forms(version, found, given),
        "window_open": draft.review_until is not None and request.now < draft.review_until,
    }
    status = max((form.status for form in given.values()), default=200)
    return show(request, "console/draft.html", context, status=status)


def _beside(version: Any) -> dict[str, Any]:
    """What a version says beside its texts, who will read it, and times that readers could not place."""
    return {
        "components": component_rows(version),
        "reach": _reach(version),
        "stated": stated(version.statements),
        "recovery_role": RECOVERY_ROLE,
        **promises_of(version),
        "bare": in_texts(version.texts, zone=settings.CLARION.time_zone, near=version.created_at),
    }


def _forms(version: Any, found: findings.Findings, given: dict[str, ConsoleForm]) -> dict[str, Any]:
    """The forms of the page that belong to no role: fresh ones, or as they were sent and refused."""
    fresh = {
        "compose": BaseVersion(initial={"base_version": version.number}, auto_id="compose-%s"),
        "comment": Comment(auto_id="comment-%s"),
        "submit": SubmitDraft(
            initial={"version": version.number, "shown": " ".join(found.warnings)}, auto_id="submit-%s"
        ),
        "withdraw": Reason(auto_id="withdraw-%s"),
    }
    shown = {name: given.get(name, form) for name, form in fresh.items()}
    return {**shown, "refused": given.values(), "opened_form": next(iter(given), "")}


def _decision(role: str, version: Any, found: findings.Findings) -> Decision:
    shown = " ".join(found.to_look_at(role))
    initial = {"role": role, "version": version.number, "digest": version.digest, "shown": shown}
    return Decision(initial=initial, auto_id=f"{role}-%s")


def labelled(texts: dict[str, dict[str, str]]) -> list[dict[str, str]]:
    """Texts by audience, those for outsiders first."""
    order = [name for name in labels.AUDIENCE_LABELS if name in texts]
    return [{"audience": name, "label": labels.label("audience", name), **texts[name]} for name in order]


def component_rows(version: Any) -> list[tuple[str, str]]:
    names = screens.component_names()
    return [(names.get(key, key), status) for key, status in version.component_statuses.items()]


def promises_of(version: Any) -> dict[str, Any]:
    """By when its audiences hear again where that differs, and whom it leaves out."""
    each = [(labels.label("audience", name), version.promised_to(name)) for name in in_order(version.texts)]
    return {
        "promises": each if version.next_update_for else [],
        "left_out": [labels.label("audience", name) for name in version.left_out],
    }


def _reach(version: Any) -> list[dict[str, Any]]:
    """Each channel with how many subscribers it has now; the page itself has readers, not subscribers."""
    counts = delivery.reach(version.channels, version.texts)
    return [
        {"channel": name, "label": labels.label("channel", name), "readers": counts.get(name, 0)}
        for name in version.channels
    ]


def changes(old: dict[str, Any], new: dict[str, Any]) -> list[dict[str, Any]]:
    """Titles and bodies of every audience of ``new`` as pieces that were kept, added or removed."""
    empty = {"title": "", "body": ""}
    return [
        {
            "label": text["label"],
            "title": compare(old.get(text["audience"], empty)["title"], text["title"]),
            "body": compare(old.get(text["audience"], empty)["body"], text["body"]),
            "same": old.get(text["audience"]) == {"title": text["title"], "body": text["body"]},
        }
        for text in labelled(new)
    ]


@screen("drafts:read")
def one_version(request: Looking, draft_id: str, number: int) -> HttpResponse:
    """An earlier version as it was, and what it changed."""
    found = screens.version(draft_id, number)
    before = screens.version(draft_id, number - 1) if number > 1 else None
    context = {
        "version": found,
        "draft": found.draft,
        "incident": found.draft.incident,
        "texts": labelled(found.texts),
        "components": component_rows(found),
        **promises_of(found),
        "before": before,
        "changes": changes(before.texts, found.texts) if before else [],
        "said": drafts.approvals_of(found.draft).filter(version=found),
    }
    return show(request, "console/draft_version.html", context)


@screen("drafts:write", methods=BOTH)
def edit(request: Looking, draft_id: str) -> HttpResponse:
    """Writes the next version. What was typed stays typed, even when somebody else was faster."""
    draft = screens.draft(draft_id)
    version = draft.versions.latest("number")
    form = EditDraft(
        request.POST or None,
        version=version,
        components=incidents.components(),
        disagree=drafts.disagreements(version),
        offered=offers(version, request.now),
    )
    if "use_references" in request.POST:
        form.use_references(request.now)
    sent = request.method == "POST" and "use_references" not in request.POST and form.readable()
    if sent and form.submit(request, actions.edit_draft, draft_id=draft_id, **form.values()):
        messages.success(request, _saved(form.entry.data))
        return redirect("console:draft", draft_id)
    typed_on = form.begun_on()
    if typed_on != version.number and form.is_bound:
        form.set_hidden(base_version=version.number)
    context = {
        "form": form,
        "draft": draft,
        "version": version,
        "meanwhile": _meanwhile(draft_id, typed_on, version) if form.is_bound else [],
        "incident": draft.incident,
        "bare": form.bare_times(request.now),
        "zone": settings.CLARION.time_zone,
        "approvals": drafts.approvals_of(draft).filter(version=version, voided_at=None).count(),
    }
    return show(request, "console/draft_edit.html", context, status=form.status)


def _meanwhile(draft_id: str, typed_on: int, version: Any) -> list[dict[str, Any]]:
    """What somebody else has written since the version that this person began with."""
    if not 1 <= typed_on < version.number:
        return []
    return changes(screens.version(draft_id, typed_on).texts, version.texts)


def _saved(data: dict[str, Any]) -> str:
    voided = data["approvals_voided"]
    lost = (
        f" {voided} approval{'s' if voided > 1 else ''} of the version before no longer count."
        if voided
        else ""
    )
    return f"Version {data['version']} is saved.{lost} Ask for review when it is right."


@screen("drafts:read", methods=WRITE)
def compose_again(request: Looking, draft_id: str) -> HttpResponse:
    """Clarion's words anew, from the facts as they stand."""
    form = BaseVersion(request.POST, auto_id="compose-%s")
    if form.readable() and form.submit(
        request, actions.compose_again, draft_id=draft_id, base_version=form.cleaned_data["base_version"]
    ):
        messages.success(request, _saved(form.entry.data)) if form.entry else None
        return redirect("console:draft", draft_id)
    return draft_page(request, draft_id, {"compose": form})


@screen("drafts:read", methods=WRITE)
def preview(request: Looking) -> HttpResponse:
    """How a text will look while it is being typed, and which of its times readers could not place."""
    bodies = [str(value) for name, value in request.POST.items() if name.endswith(".body")]
    body = bodies[0] if bodies else ""
    context = {"body": body, "bare": bare_times(body, zone=settings.CLARION.time_zone, near=request.now)}
    return render(request, "console/parts/preview.html", context)


@screen("drafts:read", methods=WRITE)
def submit(request: Looking, draft_id: str) -> HttpResponse:
    form = SubmitDraft(request.POST, auto_id="submit-%s")
    if form.readable() and form.submit(
        request,
        review_actions.submit_draft,
        draft_id=draft_id,
        version=form.cleaned_data["version"],
        confirmed=form.ticked(),
        reason=form.cleaned_data["reason"],
    ):
        messages.success(request, "Its reviewers can see it now.") if form.entry else None
        return redirect("console:draft", draft_id)
    return draft_page(request, draft_id, {"submit": form})


@screen("drafts:read", methods=WRITE)
def comment(request: Looking, draft_id: str) -> HttpResponse:
    form = Comment(request.POST, auto_id="comment-%s")
    if form.readable() and form.submit(
        request, actions.comment_on_draft, draft_id=draft_id, body=form.cleaned_data["body"]
    ):
        return redirect("console:draft", draft_id)
    return draft_page(request, draft_id, {"comment": form})


@screen("drafts:read", methods=WRITE)
def withdraw(request: Looking, draft_id: str) -> HttpResponse:
    form = Reason(request.POST, auto_id="withdraw-%s")
    if form.readable() and form.submit(
        request, actions.withdraw_draft, draft_id=draft_id, reason=form.cleaned_data["reason"]
    ):
        messages.info(request, "The draft is withdrawn. Its versions stay on record.") if form.entry else None
        return redirect("console:incident", screens.draft(draft_id).incident_id)
    return draft_page(request, draft_id, {"withdraw": form})
