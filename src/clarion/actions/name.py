"""The register of protected names: adding one or many, changing and retiring one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from clarion.rules import names
from clarion.rules.access import Actor, require
from clarion.rules.errors import AlreadyDone, Conflict, Invalid, NotFound
from clarion.rules.names import Entry
from clarion.rules.plaintext import require_storable
from clarion.store import ledger
from clarion.store.models import LedgerEntry, ProtectedName

TWICE = "This name is on the register already. Change that one."


def add_name(
    *,
    kind: str,
    name: str,
    aliases: Sequence[str] = (),
    note: str = "",
    ends_on: date | None = None,
    actor: Actor,
    now: datetime,
) -> LedgerEntry:
    """A name that texts for outsiders are searched for from now on. It stands beside the chain, not in it."""
    require(actor, "names:write")
    entry = _checked(Entry(kind, name, tuple(aliases), note, ends_on), now)
    _refuse_twin(entry)
    _refuse_overflow(1)
    row = ProtectedName.objects.create(**_columns(entry), created_at=now)
    return ledger.append(
        "name.added",
        actor=actor,
        subject=f"name:{row.id}",
        at=now,
        data=_without_words(entry),
        texts=_words(entry),
    )


def change_name(
    *,
    name_id: str,
    kind: str,
    name: str,
    aliases: Sequence[str] = (),
    note: str = "",
    ends_on: date | None = None,
    actor: Actor,
    now: datetime,
) -> LedgerEntry:
    """The whole of a name as it is from now on; what is left out is empty."""
    require(actor, "names:write")
    row = _held(name_id)
    before = Entry(row.kind, row.name, tuple(row.aliases), row.note, row.ends_on)
    wanted = Entry(kind, name, tuple(aliases), note, ends_on).cleaned()
    if wanted == before:
        raise AlreadyDone("Nothing differs from what is on the register.")
    # A day that has passed meanwhile may stay as it was.
    same_day = ends_on is not None and ends_on == before.ends_on
    entry = _checked(wanted, now, today=ends_on if same_day else None)
    _refuse_twin(entry, but=row.id)
    fields = ("kind", "name", "aliases", "note", "ends_on")
    changed = [field for field in fields if getattr(entry, field) != getattr(before, field)]
    ProtectedName.objects.filter(id=row.id).update(**_columns(entry))
    return ledger.append(
        "name.changed",
        actor=actor,
        subject=f"name:{row.id}",
        at=now,
        data={**_without_words(entry), "changed": changed},
        texts=_words(entry),
    )


def retire_name(*, name_id: str, actor: Actor, now: datetime) -> LedgerEntry:
    """Takes a name off the register: texts may say it from now on. It stays on record."""
    require(actor, "names:write")
    row = _held(name_id)
    ProtectedName.objects.filter(id=row.id).update(retired_at=now)
    return ledger.append(
        "name.retired",
        actor=actor,
        subject=f"name:{row.id}",
        at=now,
        data={"kind": row.kind},
        texts={"name": row.name},
    )


def import_names(*, csv: str, actor: Actor, now: datetime) -> LedgerEntry:
    """Many names from CSV (see ``names.read_csv``): those that can be added are, whatever the others are.

    The entry's ``refused`` names each other line by its number, with the reason. Raises Invalid with all
    of them when none is left.
    """
    require(actor, "names:write")
    require_storable(csv=csv)
    try:
        lines = names.read_csv(csv, today=now.date()).lines
    except names.BadCsv as error:
        raise Invalid(str(error), field="csv") from None
    good, refused = _sorted_out(lines)
    if not good:
        raise Invalid(" ".join(f"Line {each['line']}: {each['detail']}" for each in refused), field="csv")
    _refuse_overflow(len(good))
    rows = [ProtectedName(**_columns(entry), created_at=now) for entry in good]
    ProtectedName.objects.bulk_create(rows)
    return ledger.append(
        "name.imported",
        actor=actor,
        subject="name:register",
        at=now,
        data={
            "count": len(rows),
            "added": {row.id: _without_words(entry) for row, entry in zip(rows, good, strict=True)},
            "refused": refused,
        },
        # Each by itself, so that one of them can be erased alone.
        texts={
            f"{row.id}.{part}": text
            for row, e in zip(rows, good, strict=True)
            for part, text in _words(e).items()
        },
    )


def _sorted_out(lines: Sequence[names.Line]) -> tuple[list[Entry], list[dict[str, Any]]]:
    """The entries that can be added, and the lines that cannot with the reason."""
    taken = set(ProtectedName.objects.filter(retired_at=None).values_list("kind", "key"))
    good: list[Entry] = []
    refused: list[dict[str, Any]] = []
    for line in lines:
        if line.entry is None:
            assert line.problem is not None
            refused.append({"line": line.number, "field": line.problem.field, "detail": line.problem.text})
        elif (key := (line.entry.kind, names.key(line.entry.name))) in taken:
            refused.append({"line": line.number, "field": "name", "detail": TWICE})
        else:
            taken.add(key)
            good.append(line.entry)
    return good, refused


def _checked(entry: Entry, now: datetime, *, today: date | None = None) -> Entry:
    """The entry cleaned; raises Invalid for the first thing that is wrong with it."""
    require_storable(kind=entry.kind, name=entry.name, aliases=entry.aliases, note=entry.note)
    cleaned = entry.cleaned()
    if wrong := names.problem(cleaned, today=today or now.date()):
        raise Invalid(wrong.text, field=wrong.field)
    return cleaned


def _refuse_twin(entry: Entry, *, but: str = "") -> None:
    twins = ProtectedName.objects.filter(retired_at=None, kind=entry.kind, key=names.key(entry.name))
    if twins.exclude(id=but).exists():
        raise Conflict(TWICE, field="name")


def _refuse_overflow(more: int) -> None:
    if ProtectedName.objects.filter(retired_at=None).count() + more > names.MOST_NAMES:
        raise Conflict(f"The register holds at most {names.MOST_NAMES} names. Retire some first.")


def _held(name_id: str) -> ProtectedName:
    row = ProtectedName.objects.select_for_update().filter(id=name_id).first()
    if row is None:
        raise NotFound("There is no such name.")
    if row.retired_at is not None:
        raise AlreadyDone("This name is retired. Add it again if it is to be protected.")
    return row


def _columns(entry: Entry) -> dict[str, Any]:
    return {
        "kind": entry.kind,
        "name": entry.name,
        "key": names.key(entry.name),
        "aliases": list(entry.aliases),
        "note": entry.note,
        "ends_on": entry.ends_on,
    }


def _words(entry: Entry) -> dict[str, str]:
    """What must not stand in the chain itself."""
    found = {"name": entry.name, "aliases": "\n".join(entry.aliases), "note": entry.note}
    return {part: text for part, text in found.items() if text}


def _without_words(entry: Entry) -> dict[str, Any]:
    return {
        "kind": entry.kind,
        "aliases": len(entry.aliases),
        "ends_on": entry.ends_on.isoformat() if entry.ends_on else None,
    }
