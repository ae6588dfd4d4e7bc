"""Writing the page files: gather from the database, let it go, write, then record."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from django.db import transaction

from clarion import plugins
from clarion.pages.site import render
from clarion.rules.access import SYSTEM
from clarion.rules.errors import AlreadyDone
from clarion.sites import SiteError
from clarion.store import ledger
from clarion.store.models import LedgerEntry, SiteState
from clarion.store.queries.page import page_view

CHECKPOINT = "checkpoint.txt"


def write_site(*, key: str, now: datetime, refresh: bool = False) -> LedgerEntry:
    """Makes one site show what is published now; raises AlreadyDone if it does already.

    Holds no transaction while it writes. Killed half-way, it is simply due again, and writing again
    changes nothing that was written whole. ``refresh`` writes even when no page changed, for the newest
    checkpoint; that alone makes no ledger entry, or the log would grow by looking at itself.
    """
    site = SiteState.objects.get(name=key)
    if site.written >= site.wanted and not refresh:
        raise AlreadyDone("The site shows what is published.")
    files = render(page_view())
    try:
        changed = plugins.get("clarion.sites", site.kind).write(site_config(site), files)
    except SiteError as error:
        with transaction.atomic():
            return _record_problem(site, str(error), now)
    with transaction.atomic():
        entry = _record(site, files, changed, now)
    if entry is None:
        raise AlreadyDone("The site shows what is published, or will be written once more.")
    return entry


def site_config(site: SiteState) -> object:
    """The site's settings as its module's Config."""
    return plugins.get("clarion.sites", site.kind).Config(**site.config)


def _record(site: SiteState, files: dict[str, bytes], changed: int, now: datetime) -> LedgerEntry | None:
    row = SiteState.objects.select_for_update().get(name=site.name)
    if row.written != site.written:
        # Somebody else wrote meanwhile, and nobody knows whose files came last: so it is due once more.
        SiteState.objects.filter(name=site.name).update(wanted=row.wanted + 1)
        return None
    if row.written >= site.wanted:
        return None
    SiteState.objects.filter(name=site.name).update(written=site.wanted, problem="", written_at=now)
    pages = {path: sha256(body).hexdigest() for path, body in sorted(files.items()) if path != CHECKPOINT}
    return ledger.append(
        "site.written",
        actor=SYSTEM,
        subject=f"site:{site.name}",
        at=now,
        data={
            "change": site.wanted,
            "files": len(pages),
            "changed": changed,
            "index_sha256": pages["index.html"],
        },
    )


def _record_problem(site: SiteState, problem: str, now: datetime) -> LedgerEntry:
    row = SiteState.objects.select_for_update().get(name=site.name)
    if row.problem == problem:
        raise AlreadyDone(problem)
    SiteState.objects.filter(name=site.name).update(problem=problem)
    return ledger.append(
        "site.failed",
        actor=SYSTEM,
        subject=f"site:{site.name}",
        at=now,
        data={"change": site.wanted, "problem": problem},
    )
