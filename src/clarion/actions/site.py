"""Writing the page files: gather from the database, let it go, write, then record."""

from __future__ import annotations

import fcntl
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256

from django.conf import settings
from django.db import DatabaseError, transaction

from clarion import plugins
from clarion.pages.site import render
from clarion.rules.access import SYSTEM
from clarion.rules.errors import AlreadyDone
from clarion.sites import SiteError
from clarion.store import ledger
from clarion.store.models import LedgerEntry, SiteState
from clarion.store.queries.page import page_view

CHECKPOINT = "checkpoint.txt"
log = logging.getLogger("clarion.site")


def write_site(*, key: str, now: datetime, refresh: bool = False) -> LedgerEntry:
    """Makes one site show what is published now; raises AlreadyDone if it does already.

    Holds no transaction while it writes. Killed half-way, it is simply due again, and writing again
    changes nothing that was written whole. ``refresh`` writes even when no page changed, for the newest
    checkpoint; that alone makes no ledger entry, or the log would grow by looking at itself.

    Whatever keeps the page from being made becomes the site's problem, once, and it stays due; only a
    database that fails is left to the caller, since nothing could be recorded either.
    """
    site = SiteState.objects.get(name=key)
    try:
        with _turn(key):
            site.refresh_from_db()
            if site.written >= site.wanted and not refresh:
                raise AlreadyDone("The site shows what is published.")
            files = render(page_view())
            changed = plugins.get("clarion.sites", site.kind).write(site_config(site), files)
            with transaction.atomic():
                entry = _record(site, files, changed, now)
    except (AlreadyDone, DatabaseError):
        raise
    except Exception as error:
        problem = _problem(site, error)
        with transaction.atomic():
            return _record_problem(site, problem, now)
    if entry is None:
        raise AlreadyDone("The site shows what is published, or will be written once more.")
    return entry


@contextmanager
def _turn(key: str) -> Iterator[None]:
    """One at a time gathers and writes, so that an older page never comes after a newer one.

    Over threads and processes of this machine; for several machines, ``_record`` notices and writes anew.
    """
    folder = settings.CLARION.home / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    name = f"site-{sha256(key.encode()).hexdigest()[:16]}"
    handle = os.open(folder / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _problem(site: SiteState, error: Exception) -> str:
    """A sentence that is the same for the same trouble, or each try would make a ledger entry."""
    if isinstance(error, SiteError):
        return str(error)
    problem = f"The page could not be made ({type(error).__name__}). The worker's log says where."
    if site.problem != problem:
        log.error("the page %s could not be made", site.name, exc_info=error)
    return problem


def site_config(site: SiteState) -> object:
    """The site's settings as its module's Config."""
    return plugins.get("clarion.sites", site.kind).Config(**site.config)


def _record(site: SiteState, files: dict[str, bytes], changed: int, now: datetime) -> LedgerEntry | None:
    row = SiteState.objects.select_for_update().get(name=site.name)
    if row.written != site.written:
        # Somebody else wrote meanwhile, and nobody knows whose files came last: so it is due once more.
        SiteState.objects.filter(name=site.name).update(wanted=row.wanted + 1)
        return None
    if row.written >= site.wanted and not row.problem:
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
