"""Do ledger, rows, page and mailbox tell the same story? Every way in which they do not, as a sentence.

Runs inside an installation (Django set up) once it has come to rest, after a crash test or a drill. It
reads; it repairs nothing. Approvals are judged from the rows here, not by the rules that let them pass.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from clarion.rules import merkle
from clarion.rules.checkpoints import open_checkpoint
from clarion.store.keys import verifier
from clarion.store.models import (
    Checkpoint,
    Delivery,
    DraftVersion,
    Hook,
    Incident,
    LedgerEntry,
    LedgerText,
    Update,
)

#: A reader gets at most so many copies of one update, however often something is killed.
MOST_COPIES = 2


def disagreements(*, page: Path, arrived: Mapping[str, int], accepted: Iterable[str] = ()) -> list[str]:
    """Nothing, when all agree.

    ``page`` is the folder of the status page. ``arrived`` says how often each delivery id reached the far
    end, over all channels. ``accepted`` are the SHA-256 of the bodies of hooks that were answered 2xx.
    """
    entries = {
        row.subject.partition(":")[2]: row for row in LedgerEntry.objects.filter(kind="update.published")
    }
    return [
        *tree(),
        *sequence(),
        *updates(entries),
        *on_page(page, set(entries)),
        *deliveries(arrived),
        *hooks(accepted),
    ]


def tree() -> Iterator[str]:
    """From every leaf to every checkpoint: bodies, hashes, order, roots, signatures, inclusion."""
    rows = list(LedgerEntry.objects.exclude(leaf_index=None).order_by("leaf_index"))
    if unsealed := LedgerEntry.objects.filter(leaf_index=None).count():
        yield f"{unsealed} entries are not sealed"
    if [row.leaf_index for row in rows] != list(range(len(rows))):
        yield "the leaves are not numbered without gaps"
    leaves = [merkle.leaf_hash(bytes(row.body)) for row in rows]
    for row, leaf in zip(rows, leaves, strict=True):
        if leaf != bytes(row.leaf_hash):
            yield f"entry {row.entry_id} does not have the hash of its body"
    size = -1
    for checkpoint in Checkpoint.objects.order_by("size"):
        size = checkpoint.size
        signed = open_checkpoint(checkpoint.note, [verifier()])
        if (signed.size, signed.root) != (size, merkle.root_of(leaves[:size])):
            yield f"the checkpoint of size {size} does not sign the tree of that size"
    if size != len(leaves):
        yield f"the newest checkpoint covers {size} of {len(leaves)} leaves"
    levels = merkle.Levels(iter(leaves))
    root = merkle.root_of(leaves)
    for place, (row, leaf) in enumerate(zip(rows, leaves, strict=True)):
        path = merkle.inclusion_proof(place, len(leaves), levels)
        if not merkle.verify_inclusion(leaf, place, len(leaves), path, root):
            yield f"entry {row.entry_id} is not included in the tree"


def sequence() -> Iterator[str]:
    """Every incident's entries are numbered without gaps, and the incident knows how many there are."""
    for incident in Incident.objects.all():
        numbers = list(incident.entries.order_by("incident_seq").values_list("incident_seq", flat=True))
        if numbers != list(range(1, incident.ledger_count + 1)):
            yield f"the entries of incident {incident.id} are numbered {numbers}"


def updates(entries: Mapping[str, LedgerEntry]) -> Iterator[str]:
    """Each update has one entry, the texts that were approved, and two fit people who approved them."""
    counted = Counter(LedgerEntry.objects.filter(kind="update.published").values_list("subject", flat=True))
    for subject, count in counted.items():
        if count != 1:
            yield f"{subject} is published {count} times in the ledger"
    found = {update.id: update for update in Update.objects.select_related("version__draft")}
    for name in sorted(set(entries) ^ set(found)):
        yield f"update {name} is {'not in the ledger' if name in found else 'in the ledger only'}"
    for name in set(entries) & set(found):
        yield from approvals(found[name])
        yield from texts(found[name], entries[name])


def approvals(update: Update) -> Iterator[str]:
    """Accuracy and clarity, by two people who wrote no version, of this digest, in force at that moment."""
    version = update.version
    written = DraftVersion.objects.filter(draft=version.draft).exclude(author=None)
    authors = set(written.values_list("author_id", flat=True))
    given = [
        word
        for word in version.approvals.filter(decision="approved", voided_at=None)
        if word.digest == version.digest
        and word.at <= update.published_at < word.expires_at
        and word.person_id not in authors
    ]
    fit = any(
        (one.role, other.role) == ("accuracy", "clarity") and one.person_id != other.person_id
        for one in given
        for other in given
    )
    if not fit:
        yield f"update {update.id} was published without two approvals"


def texts(update: Update, entry: LedgerEntry) -> Iterator[str]:
    """What was put before readers is what the ledger holds beside its entry, and what was approved."""
    told = {
        f"{t.audience}.{part}": getattr(t, part) for t in update.texts.all() for part in ("title", "body")
    }
    kept = dict(LedgerText.objects.filter(entry=entry).values_list("name", "text"))
    approved = {
        f"{name}.{part}": text[part]
        for name, text in update.version.texts.items()
        for part in ("title", "body")
    }
    if told != kept:
        yield f"update {update.id} has other words than the ledger"
    if not told.items() <= approved.items():
        yield f"update {update.id} has other words than those approved"


def on_page(page: Path, published: set[str]) -> Iterator[str]:
    """The page shows every public update once, and nothing that the ledger does not hold as published."""
    shown: Counter[str] = Counter()
    for incident in json.loads((page / "api/v2/incidents.json").read_bytes())["incidents"]:
        shown.update(update["id"] for update in incident["incident_updates"])
    public = set(
        Update.objects.filter(incident__visibility="public", texts__audience="customers").values_list(
            "id", flat=True
        )
    )
    for name in sorted(public ^ set(shown)):
        yield f"update {name} is {'not on the page' if name in public else 'on the page and not public'}"
    for name in sorted(set(shown) - published):
        yield f"update {name} is on the page and not in the ledger"
    unresolved = {i["id"] for i in json.loads((page / "api/v2/summary.json").read_bytes())["incidents"]}
    open_ones = {u.incident_id for u in Update.objects.filter(id__in=public) if not _over(u.incident)}
    for name in sorted(unresolved ^ open_ones):
        yield f"incident {name} is {'missing from' if name in open_ones else 'still in'} summary.json"


def _over(incident: Any) -> bool:
    return str(incident.state) in ("resolved", "postmortem", "false_alarm")


def deliveries(arrived: Mapping[str, int]) -> Iterator[str]:
    """Each delivery arrived once or twice under its own id; nothing arrived that is no delivery."""
    rows = {row.public_id: row for row in Delivery.objects.all()}
    for name, row in rows.items():
        copies = arrived.get(name, 0)
        if row.state == "suppressed" and overtaken(row):
            if copies > MOST_COPIES:
                yield f"delivery {name} arrived {copies} times"
        elif row.state != "sent":
            yield f"delivery {name} is {row.state}: {row.reason}"
        elif not 1 <= copies <= MOST_COPIES:
            yield f"delivery {name} arrived {copies} times"
    for name in sorted(set(arrived) - set(rows)):
        yield f"{name} arrived and is no delivery"
    for update in Update.objects.exclude(channels=[]):
        if update.fanned_out_at is None:
            yield f"update {update.id} has no deliveries yet"
    recorded = LedgerEntry.objects.filter(kind="deliveries.recorded")
    said = {d["id"] for row in recorded for d in json.loads(bytes(row.body))["data"]["deliveries"]}
    created = LedgerEntry.objects.filter(kind="deliveries.created")
    said |= {name for row in created for name in json.loads(bytes(row.body))["data"]["overtaken"]}
    for name in sorted(set(rows) - said):
        yield f"delivery {name} is not in the ledger"


def overtaken(row: Delivery) -> bool:
    """A newer update of the same incident went to the same reader: old news does not follow it."""
    newer = Delivery.objects.filter(subscriber=row.subscriber, update__incident=row.update.incident)
    return newer.filter(update__number__gt=row.update.number, state="sent").exists()


def hooks(accepted: Iterable[str]) -> Iterator[str]:
    """Every body that was answered 2xx is held byte for byte, worked off, and in the ledger."""
    held = {row.body_hash: row for row in Hook.objects.all()}
    subjects = Counter(LedgerEntry.objects.filter(kind="hook.received").values_list("subject", flat=True))
    for digest in accepted:
        if digest not in held:
            yield f"a hook {digest[:12]} was accepted and is not held"
    for digest, hook in held.items():
        if sha256(bytes(hook.body)).hexdigest() != digest:
            yield f"hook {hook.id} does not hold what was sent"
        if subjects[f"hook:{hook.id}"] != 1 or hook.state != "read":
            yield f"hook {hook.id} is {hook.state} and {subjects[f'hook:{hook.id}']} times in the ledger"
