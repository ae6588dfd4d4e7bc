"""The checker of ledger, page and mailbox finds what is wrong; otherwise its silence would mean nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from clarion.actions import deliver
from clarion.rules.delivery import Sent
from clarion.store import ledger
from clarion.store.keys import signer
from clarion.store.models import (
    Approval,
    Checkpoint,
    Delivery,
    DraftVersion,
    Hook,
    Incident,
    LedgerEntry,
    LedgerText,
    Update,
    UpdateText,
)
from tests import factories as make
from tests.actions.story import NOW, Story, page
from tests.faults.agree import disagreements

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(settings: Any) -> dict[str, Any]:
    """An installation at rest after one whole incident, and what its readers and tools would say."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    here = Story()
    make.subscriber()
    update = here.publish(make.incident_by_hook().drafts.get())
    (row,) = deliver.claim(channel="email", worker="w", now=NOW)
    make.run(deliver.record, worker="w", outcomes={row: Sent()})
    ledger.seal(signer=signer(), now=NOW)
    assert update.channels
    return {
        "page": page(),
        "arrived": {Delivery.objects.get().public_id: 1},
        "accepted": [Hook.objects.get().body_hash],
    }


def test_an_installation_at_rest_agrees_with_itself(told: dict[str, Any]) -> None:
    assert [] == disagreements(**told)
    assert [] == disagreements(**told | {"arrived": dict.fromkeys(told["arrived"], 2)})


def lose_entry(told: dict[str, Any]) -> None:
    row = LedgerEntry.objects.get(kind="update.published")
    LedgerText.objects.filter(entry=row).delete()
    row.delete()


def unseal(told: dict[str, Any]) -> None:
    LedgerEntry.objects.filter(leaf_index=3).update(leaf_index=None)


def rewrite_entry(told: dict[str, Any]) -> None:
    row = LedgerEntry.objects.get(kind="draft.approved")
    LedgerEntry.objects.filter(id=row.id).update(body=bytes(row.body).replace(b"clarity", b"Clarity"))


def swap_leaves(told: dict[str, Any]) -> None:
    one, other = LedgerEntry.objects.filter(leaf_index__in=(4, 5)).order_by("leaf_index")
    for row, place in ((one, 1000), (other, 4), (one, 5)):
        LedgerEntry.objects.filter(id=row.id).update(leaf_index=place)


def skip_a_number(told: dict[str, Any]) -> None:
    Incident.objects.update(ledger_count=99)


def void_an_approval(told: dict[str, Any]) -> None:
    Approval.objects.filter(role="clarity").update(voided_at=NOW)


def approve_alone(told: dict[str, Any]) -> None:
    Approval.objects.filter(role="clarity").delete()
    Approval.objects.update(role="clarity")


def author_approves(told: dict[str, Any]) -> None:
    DraftVersion.objects.update(author=Approval.objects.get(role="clarity").person)


def approve_too_late(told: dict[str, Any]) -> None:
    Approval.objects.filter(role="accuracy").update(expires_at=NOW)


def other_words(told: dict[str, Any]) -> None:
    UpdateText.objects.filter(audience="customers").update(body="All is well.")


def change_page(told: dict[str, Any], change: Callable[[Any], None]) -> None:
    path = page() / "api/v2/incidents.json"
    shown = json.loads(path.read_bytes())
    change(shown["incidents"])
    path.write_text(json.dumps(shown))


def wipe_page(told: dict[str, Any]) -> None:
    change_page(told, lambda incidents: incidents.clear())


def invent_on_page(told: dict[str, Any]) -> None:
    change_page(told, lambda incidents: incidents[0]["incident_updates"].append({"id": "invented"}))


def mail_nobody(told: dict[str, Any]) -> None:
    told["arrived"] = {}


def mail_thrice(told: dict[str, Any]) -> None:
    told["arrived"] = dict.fromkeys(told["arrived"], 3)


def mail_out_of_nowhere(told: dict[str, Any]) -> None:
    told["arrived"] = told["arrived"] | {"nowhere": 1}


def forget_to_send(told: dict[str, Any]) -> None:
    Delivery.objects.update(state="claimed")


def forget_to_fan_out(told: dict[str, Any]) -> None:
    Update.objects.update(fanned_out_at=None)


def lose_hook(told: dict[str, Any]) -> None:
    told["accepted"] = ["f" * 64]


def change_hook(told: dict[str, Any]) -> None:
    Hook.objects.update(body=b"{}")


def lose_checkpoint(told: dict[str, Any]) -> None:
    Checkpoint.objects.latest("size").delete()


WRONG = [
    (lose_entry, "is not in the ledger"),
    (unseal, "1 entries are not sealed"),
    (rewrite_entry, "does not have the hash of its body"),
    (swap_leaves, "does not sign the tree of that size"),
    (lose_checkpoint, "the newest checkpoint covers"),
    (skip_a_number, "are numbered"),
    (void_an_approval, "was published without two approvals"),
    (approve_alone, "was published without two approvals"),
    (author_approves, "was published without two approvals"),
    (approve_too_late, "was published without two approvals"),
    (other_words, "has other words than the ledger"),
    (wipe_page, "is not on the page"),
    (invent_on_page, "is on the page and not public"),
    (mail_nobody, "arrived 0 times"),
    (mail_thrice, "arrived 3 times"),
    (mail_out_of_nowhere, "nowhere arrived and is no delivery"),
    (forget_to_send, "is claimed"),
    (forget_to_fan_out, "has no deliveries yet"),
    (lose_hook, "was accepted and is not held"),
    (change_hook, "does not hold what was sent"),
]


@pytest.mark.parametrize(("spoil", "sentence"), WRONG, ids=[spoil.__name__ for spoil, _ in WRONG])
def test_what_does_not_agree_is_named(told: dict[str, Any], spoil: Any, sentence: str) -> None:
    """One thing is spoilt behind Clarion's back, and said."""
    spoil(told)
    assert any(sentence in found for found in disagreements(**told)), disagreements(**told)
