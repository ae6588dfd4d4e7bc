"""However many seal at once, the log stays one tree, and every checkpoint signs exactly what is in it.

Real threads with a connection each: on PostgreSQL they run side by side, on SQLite one after another.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from clarion.rules import merkle
from clarion.rules.checkpoints import open_checkpoint
from clarion.store import exports, ledger
from clarion.store.keys import create_keys, signer
from clarion.store.models import Checkpoint, LedgerEntry
from tests.actions.story import NOW, Story

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS, SEALERS, EACH = 2, 4, 40


@pytest.fixture(autouse=True)
def keys(clarion_home: object) -> None:
    create_keys(settings.CLARION.home)


def side_by_side(works: list[Callable[[], None]]) -> list[str]:
    """Does all of it from one moment on, a thread each; returns what nobody expects."""
    start, odd = threading.Barrier(len(works)), []

    def run(work: Callable[[], None]) -> None:
        try:
            start.wait(60)
            work()
        except Exception as error:
            odd.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert [] == [thread for thread in threads if thread.is_alive()], "somebody still waits"
    return odd


def write() -> None:
    for _ in range(EACH):
        with transaction.atomic():
            ledger.append("page.viewed", actor="system", subject="site:page", at=NOW)


def seal_until(written: int) -> None:
    """Seals few at a time, again and again, until everything has its place."""
    for _ in range(100 * written):
        ledger.seal(signer=signer(), now=NOW, limit=3)
        if LedgerEntry.objects.filter(leaf_index__isnull=False).count() == written:
            return


def test_sealers_side_by_side_make_one_tree() -> None:
    """While others write: each entry has one place, and each checkpoint signs the leaves below its size."""
    total = WRITERS * EACH
    assert [] == side_by_side([write] * WRITERS + [lambda: seal_until(total)] * SEALERS)
    rows = list(LedgerEntry.objects.order_by("leaf_index").values_list("leaf_index", "leaf_hash"))
    assert list(range(total)) == [place for place, _ in rows]
    levels = merkle.Levels(bytes(leaf) for _, leaf in rows)
    heads = list(Checkpoint.objects.order_by("size"))
    assert total == heads[-1].size
    for head in heads:
        signed = open_checkpoint(head.note, [signer().verifier])
        assert (signed.size, signed.root) == (head.size, levels.root(head.size))


def test_a_seal_that_gives_no_place_is_undone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkpoint over leaves that are in no row could never be proved, so none is signed."""
    write()
    monkeypatch.setattr(ledger, "_GIVE_LEAF_INDEX", ledger._GIVE_LEAF_INDEX + " AND id - 2 * (id / 2) = 0")
    with pytest.raises(ledger.SealConflict, match="20 of 40 entries"):
        ledger.seal(signer=signer(), now=NOW)
    assert (0, EACH) == (Checkpoint.objects.count(), LedgerEntry.objects.filter(leaf_index=None).count())
    assert issubclass(ledger.SealConflict, IntegrityError)  # what an export takes for a busy sealer


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"leaf_index": None}, r"newest checkpoint covers (\d+) entries, but \d+ are there"),
        ({"leaf_hash": b"short"}, "the hash of entry 2 is not 32 bytes long"),
    ],
)
def test_an_export_of_an_impossible_tree_says_that_the_ledger_is_broken(
    change: dict[str, object], sentence: str
) -> None:
    incident = Story().open()
    ledger.seal(signer=signer(), now=NOW)
    assert 1 == LedgerEntry.objects.filter(leaf_index=2, incident=None).update(**change)
    with pytest.raises(exports.BrokenLedger, match=sentence):
        exports.build(incident, now=NOW)
