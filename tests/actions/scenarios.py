"""For every action, the moment at which it can be done, and the arguments to do it with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.apps import apps

from clarion import pipeline
from clarion.actions import (
    deadline,
    deliver,
    disclosure,
    facts,
    incident,
    intake,
    name,
    notify,
    publish,
    signal,
    translation,
)
from clarion.rules.delivery import Sent
from clarion.store.ids import new_api_key
from clarion.store.models import (
    ApiKey,
    Deadline,
    Delivery,
    Draft,
    Notice,
    PolicyVersion,
    Signal,
    SiteState,
    Translation,
)
from clarion.store.policies import default_document
from tests import factories as make
from tests.actions.story import HOUR, NOW, Story, acting, edit, longer

Scenario = Callable[[Story], dict[str, Any]]
SCENARIOS: dict[str, Scenario] = {}


def scenario(function: Scenario) -> Scenario:
    """Brings about the moment at which the action of this name can be done; gives its arguments."""
    SCENARIOS[function.__name__] = function
    return function


def lead(here: Story) -> dict[str, Any]:
    return {"actor": acting(here.lead)}


def admin(here: Story) -> dict[str, Any]:
    return {"actor": acting(here.administrator)}


@scenario
def tick_deadline(here: Story) -> dict[str, Any]:
    here.in_review()
    return {"key": Deadline.objects.get().id, "now": NOW + HOUR}


def fanned_out(here: Story) -> Delivery:
    make.subscriber()
    here.publish(here.draft())
    return Delivery.objects.get()


@scenario
def fan_out(here: Story) -> dict[str, Any]:
    make.subscriber()
    draft = here.approve(here.draft())
    return {"key": make.id_in(pipeline.run(publish.publish_draft, key=draft.id, now=NOW))}


@scenario
def record(here: Story) -> dict[str, Any]:
    row = fanned_out(here)
    assert [row.id] == deliver.claim(channel="email", worker="w", now=NOW)
    return {"worker": "w", "outcomes": {row.id: Sent("250 ok")}}


@scenario
def retry_delivery(here: Story) -> dict[str, Any]:
    row = fanned_out(here)
    Delivery.objects.update(state="failed")
    return {"public_id": row.public_id} | lead(here)


@scenario
def write_first_draft(here: Story) -> dict[str, Any]:
    entry = pipeline.run(incident.open_incident, **open_incident(here), now=NOW)
    return {"key": make.id_in(entry)}


@scenario
def propose_resolution(here: Story) -> dict[str, Any]:
    told = make.incident_by_hook()
    pipeline.run(intake.read_hook, key=make.hook(make.alert(status="resolved", ended_at=NOW)), now=NOW)
    pipeline.run(signal.answer_signal, key=Signal.objects.get().id, now=NOW)
    return {"key": told.id}


@scenario
def prepare_update(here: Story) -> dict[str, Any]:
    here.publish(here.draft())
    owed = Deadline.objects.get(kind="next_update")
    pipeline.run(deadline.tick_deadline, key=owed.id, now=NOW + HOUR)
    return {"key": owed.id, "now": NOW + HOUR}


@scenario
def create_draft(here: Story) -> dict[str, Any]:
    draft = here.draft()
    here.publish(draft)
    return {"incident_id": draft.incident_id, "phase": "update"} | lead(here)


@scenario
def edit_draft(here: Story) -> dict[str, Any]:
    draft = here.approve(here.draft())
    version = draft.versions.get()
    return {
        "draft_id": draft.id,
        "base_version": 1,
        "texts": version.texts,
        "incident_state": "identified",
        "component_statuses": {},
        "next_update_at": NOW + HOUR,
    } | lead(here)


@scenario
def compose_again(here: Story) -> dict[str, Any]:
    draft = here.approve(here.draft())
    told = {"incident_id": draft.incident_id, "base_version": 0, "facts": {"impact": "declined cards"}}
    pipeline.run(facts.record_facts, **told, **lead(here), now=NOW)
    return {"draft_id": draft.id, "base_version": 1} | lead(here)


@scenario
def waive_finding(here: Story) -> dict[str, Any]:
    draft = here.draft()
    edit(draft, here.lead, texts=longer(draft.versions.get().texts, "This was our own mistake."))
    (fingerprint,) = make.prints(draft.versions.latest("number"), "block")
    reason = "Counsel has agreed these words with the insurer."
    told = {"draft_id": draft.id, "version": 2, "fingerprint": fingerprint, "reason": reason}
    return told | {"actor": acting(make.person("legal"))}


@scenario
def comment_on_draft(here: Story) -> dict[str, Any]:
    return {"draft_id": here.draft().id, "body": "Well said."} | lead(here)


@scenario
def withdraw_draft(here: Story) -> dict[str, Any]:
    return {"draft_id": here.in_review().id, "reason": "Not needed."} | lead(here)


@scenario
def answer_signal(here: Story) -> dict[str, Any]:
    pipeline.run(intake.read_hook, key=make.hook(), now=NOW)
    return {"key": Signal.objects.get().id}


@scenario
def open_incident(here: Story) -> dict[str, Any]:
    return {
        "title": "Checkout fails",
        "severity": "SEV-2",
        "category": "data",
        "component_ids": [here.component.id],
    } | lead(here)


@scenario
def assess_incident(here: Story) -> dict[str, Any]:
    facts = {"outage_scope": "partial", "duties": ["payments"]}
    return {"incident_id": here.open().id, "facts": facts} | lead(here)


@scenario
def change_incident(here: Story) -> dict[str, Any]:
    return {"incident_id": here.open().id, "changes": {"severity": "SEV-1", "title": "Worse"}} | lead(here)


@scenario
def close_incident(here: Story) -> dict[str, Any]:
    return {"incident_id": here.open().id, "state": "false_alarm", "reason": "A test."} | lead(here)


@scenario
def record_export(here: Story) -> dict[str, Any]:
    told = {"manifest_sha256": "a" * 64, "entries": 3, "tree_size": 20}
    return {"incident_id": here.open().id, "actor": acting(here.auditor)} | told


@scenario
def receive_hook(here: Story) -> dict[str, Any]:
    return {
        "slug": here.source,
        "headers": {"authorization": f"Bearer {make.TOKEN}"},
        "body": make.alert(),
    }


@scenario
def read_hook(here: Story) -> dict[str, Any]:
    return {"key": make.hook()}


@scenario
def replay_hook(here: Story) -> dict[str, Any]:
    hook = make.hook(b"{")
    apps.get_model("store.Hook").objects.update(body=make.alert())
    return {"hook_id": hook} | lead(here)


@scenario
def discard_hook(here: Story) -> dict[str, Any]:
    return {"hook_id": make.hook(b"{"), "reason": "A test."} | lead(here)


@scenario
def create_person(here: Story) -> dict[str, Any]:
    told = {"email": "new@example.org", "name": "New", "password": make.PASSWORD, "roles": ["legal"]}
    return told | admin(here)


@scenario
def grant_role(here: Story) -> dict[str, Any]:
    return {"user_id": here.lead.id, "role": "accuracy"} | admin(here)


@scenario
def revoke_role(here: Story) -> dict[str, Any]:
    return {"user_id": here.accuracy.id, "role": "accuracy"} | admin(here)


@scenario
def deactivate_person(here: Story) -> dict[str, Any]:
    make.api_key(here.lead)
    return {"user_id": here.lead.id} | admin(here)


@scenario
def create_api_key(here: Story) -> dict[str, Any]:
    told = {"owner_id": here.lead.id, "label": "robot", "scopes": ["drafts:read"]}
    return told | {"secret": new_api_key()} | lead(here)


@scenario
def revoke_api_key(here: Story) -> dict[str, Any]:
    make.api_key(here.lead)
    return {"key_id": ApiKey.objects.get().id} | lead(here)


@scenario
def complete_review(here: Story) -> dict[str, Any]:
    """As if what called for a third person had gone since two approved."""
    draft = here.approve(here.draft())
    Draft.objects.filter(id=draft.id).update(state="in_review")
    return {"key": draft.id}


@scenario
def publish_draft(here: Story) -> dict[str, Any]:
    return {"key": here.approve(here.draft()).id}


@scenario
def submit_draft(here: Story) -> dict[str, Any]:
    return {"draft_id": here.draft().id, "version": 1} | lead(here)


@scenario
def decide(here: Story) -> dict[str, Any]:
    draft = here.in_review()
    return {
        "draft_id": draft.id,
        "version": 1,
        "digest": draft.versions.get().digest,
        "role": "accuracy",
        "decision": "approved",
        "comment": "Yes.",
        "actor": acting(here.accuracy),
    }


@scenario
def install_policy(here: Story) -> dict[str, Any]:
    PolicyVersion.objects.all().delete()
    return {"document": default_document()} | admin(here)


@scenario
def propose_policy(here: Story) -> dict[str, Any]:
    return {"document": default_document() + "\n# second\n", "reason": "A remark."} | lead(here)


@scenario
def approve_policy(here: Story) -> dict[str, Any]:
    proposal = make.proposal(default_document() + "\n# second\n", by=here.lead)
    return {"proposal_id": proposal, "comment": "Yes."} | admin(here)


@scenario
def reject_policy(here: Story) -> dict[str, Any]:
    proposal = make.proposal(default_document() + "\n# second\n", by=here.lead)
    return {"proposal_id": proposal, "reason": "No."} | admin(here)


@scenario
def reevaluate_incident(here: Story) -> dict[str, Any]:
    incident = here.open()
    make.next_policy(default_document() + "\n# second\n", by=here.lead, approved_by=here.administrator)
    return {"incident_id": incident.id} | lead(here)


@scenario
def add_component(here: Story) -> dict[str, Any]:
    return {"name": "Search"} | lead(here)


@scenario
def add_source(here: Story) -> dict[str, Any]:
    return {"slug": "am2", "kind": "alertmanager", "config": {"tokens": [make.TOKEN]}} | admin(here)


@scenario
def change_source(here: Story) -> dict[str, Any]:
    return {"slug": "alertmanager", "config": {"tokens": [make.TOKEN, f"new-{make.TOKEN}"]}} | admin(here)


@scenario
def add_site(here: Story) -> dict[str, Any]:
    return {"name": "second", "kind": "folder", "config": {"path": "/nowhere"}}


@scenario
def write_site(here: Story) -> dict[str, Any]:
    SiteState.objects.update(wanted=9)
    return {"key": "page"}


@scenario
def add_subscriber(here: Story) -> dict[str, Any]:
    return {"channel": "email", "address": "a@example.org"} | lead(here)


@scenario
def unsubscribe(here: Story) -> dict[str, Any]:
    row = fanned_out(here)
    return {"subscriber_id": row.subscriber_id} | lead(here)


def translated(here: Story) -> Translation:
    """A first draft with a German translation by the lead, which nobody has read yet."""
    pipeline.run(translation.write_translation, **write_translation(here), now=NOW)
    return Translation.objects.get()


@scenario
def write_translation(here: Story) -> dict[str, Any]:
    draft = here.draft()
    texts = make.translated(draft.versions.get())
    return {"draft_id": draft.id, "version": 1, "language": "de", "texts": texts} | lead(here)


@scenario
def review_translation(here: Story) -> dict[str, Any]:
    row = translated(here)
    reader = make.person("translation")
    return {
        "translation_id": row.id,
        "digest": row.digest,
        "decision": "approved",
        "actor": acting(reader),
    }


@scenario
def record_facts(here: Story) -> dict[str, Any]:
    told = {"known": "Cards are declined.", "ruled_out": ("an attack",)}
    return {"incident_id": here.open().id, "base_version": 0, "facts": told} | lead(here)


@scenario
def record_cause(here: Story) -> dict[str, Any]:
    told = {"base_version": 0, "text": "An expired certificate.", "confirmed": True}
    return {"incident_id": here.open().id, "actor": acting(here.accuracy)} | told


@scenario
def record_determination(here: Story) -> dict[str, Any]:
    told = {"base_version": 0, "fact": "breach_determined", "answer": "no", "reason": "Nobody had access."}
    return {"incident_id": here.open().id, "actor": acting(here.legal)} | told


@scenario
def record_estimate(here: Story) -> dict[str, Any]:
    told = {"basis": "The restore is half done.", "assessor_id": here.accuracy.id, "confidence": "medium"}
    times = {"at": NOW + HOUR, "as_of": None, "expires_at": None, "caveat": "It could change."}
    return {"incident_id": here.open().id} | told | times | lead(here)


@scenario
def withdraw_estimate(here: Story) -> dict[str, Any]:
    told = record_estimate(here)
    pipeline.run(facts.record_estimate, **told, now=NOW)
    return {"incident_id": told["incident_id"], "reason": "The restore failed."} | lead(here)


@scenario
def decide_disclosure(here: Story) -> dict[str, Any]:
    told = record_cause(here) | {"confirmed": False}
    pipeline.run(facts.record_cause, **told, now=NOW)
    return {
        "incident_id": told["incident_id"],
        "audiences": ["customers"],
        "role": "communications_lead",
        "reason": "The provider has said so itself.",
        "expires_at": NOW + HOUR,
    } | lead(here)


@scenario
def withdraw_disclosure(here: Story) -> dict[str, Any]:
    entry = pipeline.run(disclosure.decide_disclosure, **decide_disclosure(here), now=NOW)
    return {"disclosure_id": make.id_in(entry), "reason": "It was another cause."} | lead(here)


@scenario
def add_name(here: Story) -> dict[str, Any]:
    return {"kind": "customer", "name": "Borealis Bank", "aliases": ["Borealis"]} | lead(here)


@scenario
def change_name(here: Story) -> dict[str, Any]:
    entry = pipeline.run(name.add_name, **add_name(here), now=NOW)
    return {"name_id": make.id_in(entry), "kind": "customer", "name": "Borealis"} | lead(here)


@scenario
def retire_name(here: Story) -> dict[str, Any]:
    entry = pipeline.run(name.add_name, **add_name(here), now=NOW)
    return {"name_id": make.id_in(entry)} | lead(here)


@scenario
def import_names(here: Story) -> dict[str, Any]:
    return {"csv": "customer,Borealis Bank\nsupplier,Granite Cloud"} | lead(here)


@scenario
def record_notices(here: Story) -> dict[str, Any]:
    here.in_review()
    owed = Deadline.objects.get()
    told = {"deadline": owed, "person": here.lead, "step": "warn", "next_at": NOW, "created_at": NOW}
    row = Notice.objects.create(public_id="n", **told)
    assert [row.id] == notify.claim(worker="w", now=NOW)
    return {"worker": "w", "outcomes": {row.id: Sent("250 ok")}}
