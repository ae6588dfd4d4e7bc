"""Each audience is promised its own next update, and only a text for it keeps the promise."""

from __future__ import annotations

import json

import pytest

from clarion import pipeline
from clarion.actions import draft as drafts
from clarion.actions import incident as incidents
from clarion.actions import reevaluate
from clarion.rules.errors import Conflict, Invalid
from clarion.rules.instants import reference
from clarion.store.models import Component, Deadline, Delivery, Draft, Update
from tests import factories as make
from tests.actions.audiences import CADENCE, OTHERS, begin, house, running, tell
from tests.actions.story import EVERYTHING, HOUR, MINUTE, NOW, Story, acting, again, edit, last, page, submit
from tests.rules.policy_documents import UPDATE, document

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Story:
    return house()


def worse(here: Story, update: Update, now: object) -> None:
    told = {"incident_id": update.incident_id, "changes": {"severity": "SEV-1"}, "actor": acting(here.lead)}
    pipeline.run(incidents.change_incident, **told, now=now)


@pytest.mark.capability("1.2", face="ledger")
def test_each_audience_is_promised_its_own_time_and_its_text_says_it(here: Story) -> None:
    """Those who hear at the same instant share a deadline; the page says what its readers were promised."""
    draft = here.draft()
    version = draft.versions.get()
    for name, text in version.texts.items():
        promised = version.promised_to(name)
        assert promised is not None
        assert reference(promised) in text["body"], name
    update = here.publish(draft)
    assert running(update.incident) == {"internal": 30, "customers": 60, "support": 60, "executives": 240}
    assert 3 == Deadline.objects.filter(kind="next_update").count()
    said = last("update.published").data
    assert (NOW + 30 * MINUTE).isoformat() == said["next_update_at"]
    assert {"customers", "support", "executives"} == set(said["next_update_for"])
    front = (page() / "index.html").read_text()
    assert f"{NOW + HOUR:%H:%M} UTC" in front
    assert f"{NOW + 30 * MINUTE:%H:%M} UTC" not in front


def test_one_interval_for_all_is_one_promise_as_it_was() -> None:
    """One deadline, one time, and nothing beside it that a digest would have to cover."""
    here = Story()
    update = here.publish(here.draft())
    one = Deadline.objects.get(kind="next_update")
    assert ["customers", "executives", "support", "internal"] == one.audiences
    assert {} == update.next_update_for == update.version.next_update_for


@pytest.mark.capability("1.2", face="ledger")
def test_an_update_keeps_the_promises_of_those_it_carries_and_of_nobody_else(here: Story) -> None:
    """Internal teams heard; everybody else's promise runs on as it was."""
    incident = here.publish(here.draft()).incident
    tell(here, incident, ["internal"], NOW + 20 * MINUTE)
    assert running(incident) == {"internal": 50, "customers": 60, "support": 60, "executives": 240}


@pytest.mark.capability("1.2", face="ledger")
def test_a_shared_promise_is_kept_for_one_and_runs_on_for_the_other(here: Story) -> None:
    """The record has both: the part that was kept, with what kept it, and the rest."""
    incident = here.publish(here.draft()).incident
    shared = Deadline.objects.get(kind="next_update", due_at=NOW + HOUR)
    update = tell(here, incident, ["customers"], NOW + 30 * MINUTE)
    kept = Deadline.objects.get(satisfied_by=f"update:{update.id}")
    assert (["customers"], ["support"]) == (kept.audiences, again(shared).audiences)
    assert (shared.opened_at, shared.due_at) == (kept.opened_at, kept.due_at)
    promise = last("update.published").data["promise"]
    assert ([], [shared.id]) == (promise["kept"], promise["kept_in_part"])
    assert running(incident)["support"] == 60


def test_a_promise_from_before_counts_for_everybody_and_can_be_kept_in_part(here: Story) -> None:
    """Rows of an older Clarion name no audience."""
    incident = here.publish(here.draft()).incident
    Deadline.objects.filter(kind="next_update").exclude(due_at=NOW + HOUR).delete()
    Deadline.objects.filter(kind="next_update").update(audiences=[])
    tell(here, incident, ["customers", "executives"], NOW + 30 * MINUTE)
    old = Deadline.objects.get(kind="next_update", due_at=NOW + HOUR, satisfied_at=None)
    assert ["support", "internal"] == old.audiences
    tell(here, incident, ["support", "internal"], NOW + 31 * MINUTE)
    assert again(old).satisfied_at is not None


@pytest.mark.capability("2.4", face="ledger")
def test_an_update_without_words_for_everybody_changes_nothing_outside(here: Story) -> None:
    """No word on the page or in its JSON, no mail, no component: colleagues alone were told."""
    make.subscriber()
    incident = here.publish(here.draft()).incident
    before = {path: path.read_bytes() for path in page().rglob("*.json")}
    draft = begin(here, incident, ["internal", "support"], NOW + MINUTE)
    edit(draft, here.lead, NOW + MINUTE, component_statuses={here.component.id: "major_outage"})
    update = here.publish(draft, NOW + MINUTE)
    assert (["internal", "support"], []) == (
        sorted(update.texts.values_list("audience", flat=True)),
        update.channels,
    )
    assert 0 == Delivery.objects.filter(update=update).count()
    assert "partial_outage" == Component.objects.get(id=here.component.id).status
    assert [] == update.affected
    assert before == {path: path.read_bytes() for path in page().rglob("*.json")}
    assert 1 == len(
        json.loads((page() / "api/v2/summary.json").read_text())["incidents"][0]["incident_updates"]
    )


@pytest.mark.parametrize(
    ("minutes", "carried"),
    [
        (30, ["internal"]),  # customers are due in half an hour, which is not soon
        (60, ["customers", "support"]),
        (240, ["executives"]),
    ],
)
@pytest.mark.capability("1.2", face="ledger")
def test_a_missed_promise_drafts_for_those_whose_promise_it_was(
    here: Story, minutes: int, carried: list[str]
) -> None:
    """Each audience in turn, where the others have heard meanwhile."""
    incident = here.publish(here.draft()).incident
    now = NOW + minutes * MINUTE
    Deadline.objects.filter(kind="next_update", due_at__lt=now).update(
        due_at=now + 5 * HOUR, warn_at=now + 5 * HOUR
    )
    make.settle(now)
    draft = incident.drafts.get(state="draft")
    assert carried == last("draft.created").data["audiences"]
    assert set(carried) == set(draft.versions.get().texts)


def test_whose_promise_is_due_within_the_warning_is_carried_too(here: Story) -> None:
    """Nobody wants a text of their own four minutes after another audience got one."""
    incident = here.publish(here.draft()).incident
    Deadline.objects.filter(due_at=NOW + 4 * HOUR).update(due_at=NOW + 34 * MINUTE)
    make.settle(NOW + 30 * MINUTE)
    assert {"internal", "executives"} == set(incident.drafts.get(state="draft").versions.get().texts)


def test_whoever_was_left_out_at_first_is_carried_by_the_next_draft_that_is_prepared(here: Story) -> None:
    """Nothing is promised to them, so nothing else would ever call for their text."""
    draft = here.draft()
    version = draft.versions.get()
    texts = {name: text for name, text in version.texts.items() if name != "executives"}
    own = {name: at for name in texts if (at := version.promised_to(name))}
    edit(draft, here.lead, texts=texts, next_update_at=version.next_update_at, next_update_for=own)
    incident = here.publish(draft).incident
    assert ["executives"] == draft.versions.latest("number").left_out
    make.settle(NOW + 30 * MINUTE)
    assert {"internal", "executives"} == set(incident.drafts.get(state="draft").versions.get().texts)


def test_a_draft_put_aside_for_some_does_not_silence_the_others(here: Story) -> None:
    """Internal teams' draft is withdrawn with a reason; customers get theirs, which carries both."""
    incident = here.publish(here.draft()).incident
    make.settle(NOW + 30 * MINUTE)
    aside = {"draft_id": incident.drafts.get(state="draft").id, "reason": "A call follows."}
    pipeline.run(drafts.withdraw_draft, **aside, actor=acting(here.lead), now=NOW + 31 * MINUTE)
    make.settle(NOW + 32 * MINUTE)
    assert 0 == incident.drafts.filter(state="draft").count()
    make.settle(NOW + HOUR)
    assert {"customers", "support", "internal"} == set(
        incident.drafts.get(state="draft").versions.get().texts
    )


def test_a_draft_for_some_that_went_out_meanwhile_does_not_silence_the_others(here: Story) -> None:
    """Customers' promise is missed while a text for internal teams is in review."""
    incident = here.publish(here.draft()).incident
    draft = begin(here, incident, ["internal"], NOW + 59 * MINUTE)
    make.settle(NOW + HOUR)
    assert 1 == incident.drafts.exclude(state="published").count()
    edit(draft, here.lead, NOW + HOUR)
    here.publish(draft, NOW + HOUR)
    make.settle(NOW + HOUR + MINUTE)
    assert {"customers", "support"} == set(incident.drafts.get(state="draft").versions.get().texts)


@pytest.mark.capability("1.2", face="ledger")
def test_news_is_owed_to_all_who_were_told_until_each_has_heard(here: Story) -> None:
    """An update for some satisfies it for them; a draft for the others follows at once."""
    told = here.publish(here.draft())
    incident = told.incident
    worse(here, told, NOW + MINUTE)
    make.settle(NOW + MINUTE)
    assert {"customers", "executives", "support", "internal"} == set(running(incident, "update_due"))
    draft = incident.drafts.get(state="draft")
    version = draft.versions.get()
    only = {"customers": version.texts["customers"]}
    edit(draft, here.lead, NOW + MINUTE, texts=only, next_update_at=version.promised_to("customers"))
    here.publish(draft, NOW + 2 * MINUTE)
    assert {"executives", "support", "internal"} == set(running(incident, "update_due"))
    make.settle(NOW + 3 * MINUTE)
    rest = incident.drafts.get(state="draft")
    assert {"executives", "support", "internal"} == set(rest.versions.get().texts)


def test_who_has_heard_of_one_change_is_owed_the_next_anew(here: Story) -> None:
    """The others' deadline keeps its time and takes the new reason."""
    told = here.publish(here.draft())
    worse(here, told, NOW + MINUTE)
    tell(here, told.incident, ["customers"], NOW + 2 * MINUTE)
    Draft.objects.filter(state="draft").update(state="withdrawn")
    change = {"incident_id": told.incident_id, "changes": {"severity": "SEV-2"}, "actor": acting(here.lead)}
    pipeline.run(incidents.change_incident, **change, now=NOW + 3 * MINUTE)
    others = {"internal": 16, "support": 16, "executives": 16}
    assert others | {"customers": 18} == running(told.incident, "update_due")
    reasons = Deadline.objects.filter(kind="update_due", satisfied_at=None).values_list("reason", flat=True)
    assert all("Severity changed from SEV-1 to SEV-2." in reason for reason in reasons)


def test_nobody_is_left_believing_that_it_lasts(here: Story) -> None:
    """The end is for all who were told, whether the draft is started so or edited so."""
    incident = here.publish(here.draft()).incident
    with pytest.raises(Invalid, match="must hear that it is over: write for Customers, Support agents too"):
        begin(here, incident, ["internal", "executives"], NOW, phase="resolution")
    draft = begin(here, incident, None, NOW, phase="resolution")
    texts = draft.versions.get().texts
    short = {name: texts[name] for name in ("customers", "internal", "support")}
    for state in ("resolved", "false_alarm"):
        with pytest.raises(Invalid, match="write for Executives too") as refused:
            edit(draft, here.lead, texts=short, incident_state=state, next_update_at=None)
        assert "texts.executives" == refused.value.field
    edit(draft, here.lead, statements=EVERYTHING)
    here.publish(draft)
    assert {} == running(incident)


def test_whoever_was_never_told_need_not_hear_that_it_is_over(here: Story) -> None:
    draft = here.draft()
    version = draft.versions.get()
    edit(
        draft, here.lead, texts={"internal": version.texts["internal"]}, next_update_at=version.next_update_at
    )
    incident = here.publish(draft).incident
    begin(here, incident, ["internal"], NOW, phase="resolution")


@pytest.mark.parametrize("names", [["partners", "internal"], ["nobody"]])
def test_no_draft_carries_an_audience_that_policy_does_not_name(here: Story, names: list[str]) -> None:
    incident = here.publish(here.draft()).incident
    with pytest.raises(Invalid, match="is not among the audiences policy names here") as refused:
        begin(here, incident, names, NOW)
    assert "audiences" == refused.value.field


def test_a_promise_is_refused_to_whom_the_update_has_no_text_for(here: Story) -> None:
    draft = here.draft()
    version = draft.versions.get()
    only = {"internal": version.texts["internal"]}
    with pytest.raises(Invalid, match="promises them nothing") as refused:
        edit(draft, here.lead, texts=only, next_update_for={"customers": NOW + HOUR})
    assert "next_update_for.customers" == refused.value.field
    with pytest.raises(Invalid, match="time that has passed") as refused:
        edit(draft, here.lead, next_update_for={"customers": NOW})
    assert "next_update_for.customers" == refused.value.field


def test_an_approval_binds_to_each_promise(here: Story) -> None:
    """Another time for one audience is another digest."""
    draft = here.draft()
    version = draft.versions.get()
    told = {"texts": version.texts, "next_update_at": version.next_update_at}
    edit(draft, here.lead, **told, next_update_for={"executives": NOW + 3 * HOUR})
    first = draft.versions.latest("number")
    later = records_digest(draft, executives=NOW + 4 * HOUR)
    assert first.digest != later != records_digest(draft, executives=NOW + 3 * HOUR)


def records_digest(draft: Draft, **own: object) -> str:
    """The digest that the newest version would have with these promises instead of its own."""
    from clarion.rules.review import digest
    from clarion.store import records

    version = draft.versions.latest("number")
    version.next_update_for = {name: at.isoformat() for name, at in own.items()}  # type: ignore[attr-defined]
    return digest(records.content_of(version))


@pytest.mark.capability("1.1", face="ledger")
def test_an_audience_that_policy_names_since_sends_the_draft_back_unless_it_was_left_out(here: Story) -> None:
    """Whoever wrote it could not know of them; whom somebody left out on purpose is not missed."""
    owners = {
        "customers": {"owner": "x", "channels": ["email"]},
        "internal": {"owner": "x", "channels": ["console"]},
    }
    narrow = document(updates=[UPDATE | {"audiences": ["customers", "internal"]}], audiences=owners)
    make.next_policy(narrow, by=here.lead, approved_by=here.administrator)
    incident = here.open()
    draft = incident.drafts.get()
    version = draft.versions.get()
    edit(
        draft, here.lead, texts={"internal": version.texts["internal"]}, next_update_at=version.next_update_at
    )
    submit(draft, here.lead)
    wide = document(cadence=[*CADENCE, OTHERS])
    make.next_policy(wide, by=here.lead, approved_by=here.administrator)
    pipeline.run(reevaluate.reevaluate_incident, incident_id=incident.id, actor=acting(here.lead), now=NOW)
    assert [draft.id] == last("incident.reevaluated").data["drafts_returned"]
    with pytest.raises(Conflict, match="Policy names other audiences now"):
        submit(draft, here.lead)
    pipeline.run(drafts.compose_again, draft_id=draft.id, base_version=2, actor=acting(here.lead), now=NOW)
    assert {"executives", "support", "internal"} == set(draft.versions.latest("number").texts)


def test_what_is_owed_to_an_audience_that_policy_no_longer_names_is_let_go(here: Story) -> None:
    """No draft may carry them, so nothing could ever keep it."""
    incident = here.publish(here.draft()).incident
    pipeline.run(
        incidents.change_incident,
        incident_id=incident.id, changes={"severity": "SEV-3"}, actor=acting(here.lead), now=NOW,
    )  # fmt: skip
    alone = Deadline.objects.get(kind="next_update", due_at=NOW + 4 * HOUR)
    assert (["executives"], NOW) == (alone.audiences, alone.cancelled_at)
    assert {"internal", "customers", "support"} == set(running(incident)), (
        "a shared one runs on for customers"
    )


def test_no_change_is_counted_for_each_audience(here: Story) -> None:
    """Internal teams have heard nothing new twice; customers hear of it for the first time."""
    incident = here.publish(here.draft()).incident
    quiet = begin(here, incident, ["internal"], NOW + MINUTE)
    edit(quiet, here.lead, NOW + MINUTE, no_change=True)
    here.publish(quiet, NOW + MINUTE)
    draft = begin(here, incident, ["internal", "customers"], NOW + 2 * MINUTE)
    edit(draft, here.lead, NOW + 2 * MINUTE, no_change=True, next_update_at=NOW + 30 * MINUTE)
    with pytest.raises(Invalid, match="^Internal teams: The last update said"):
        submit(draft, here.lead, NOW + 2 * MINUTE)


def test_what_is_new_is_said_against_what_each_audience_read_last(here: Story) -> None:
    """Customers were told one in five; internal teams one in four meanwhile. Only customers are corrected."""
    incident = here.open()
    draft = incident.drafts.get()
    words = {name: {**text, "body": f"{text['body']} 20% of payments fail."}
             for name, text in draft.versions.get().texts.items()}  # fmt: skip
    version = draft.versions.get()
    own = {name: version.promised_to(name) for name in words}
    edit(draft, here.lead, texts=words, next_update_at=version.next_update_at, next_update_for=own)
    here.publish(draft)
    inner = begin(here, incident, ["internal"], NOW + MINUTE)
    text = inner.versions.get().texts["internal"]
    now_more = {"internal": {**text, "body": f"{text['body']} It has risen: 25% of payments fail."}}
    edit(inner, here.lead, NOW + MINUTE, texts=now_more, next_update_at=inner.versions.get().next_update_at)
    here.publish(inner, NOW + MINUTE)
    outer = begin(here, incident, ["customers"], NOW + 2 * MINUTE)
    text = outer.versions.get().texts["customers"]
    other = {"customers": {**text, "body": f"{text['body']} 25% of payments fail."}}
    edit(outer, here.lead, NOW + 2 * MINUTE, texts=other, next_update_at=outer.versions.get().next_update_at)
    with pytest.raises(Invalid, match="the last update told customers 20%"):
        submit(outer, here.lead, NOW + 2 * MINUTE)
