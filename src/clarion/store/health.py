"""Is this installation able to do its work? The same answers for `clarion check` and the health endpoint."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import DatabaseError

from clarion.store import heartbeat
from clarion.store.keys import NoSigningKey, signer
from clarion.store.models import SiteState
from clarion.store.policies import NoPolicy, current
from clarion.store.queries import ledger
from clarion.store.queries.overdue import overdue

LEAST_FREE_BYTES = 50 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: fine, or a sentence that says what is wrong and what to do."""

    name: str
    ok: bool
    text: str


def check(now: datetime) -> list[Finding]:
    """Every check, in the order in which a person would mend them."""
    findings = [_disk(), _keys(), _database()]
    if findings[-1].ok:
        findings.append(_migrations())
    if all(finding.ok for finding in findings if finding.name in ("database", "migrations")):
        findings += [_ledger(), _policy(), _worker(now), _pipeline(now), _sites()]
    return findings


def _disk() -> Finding:
    home = settings.CLARION.home
    if not home.is_dir():
        return Finding("disk", False, f"{home} does not exist. Run `clarion init`, or set CLARION_HOME.")
    if not os.access(home, os.W_OK):
        return Finding("disk", False, f"{home} cannot be written to. Give this user write access to it.")
    free = shutil.disk_usage(home).free
    if free < LEAST_FREE_BYTES:
        return Finding("disk", False, f"{home} has {free // 1024 // 1024} MB left. Free some space.")
    return Finding("disk", True, f"{free // 1024 // 1024} MB free under {home}.")


def _keys() -> Finding:
    try:
        name = signer().verifier.text.partition("+")[0]
    except NoSigningKey as error:
        return Finding("keys", False, str(error))
    if settings.SECRET_KEY.startswith("unset"):
        return Finding(
            "keys", False, "The web secret is missing. Run `clarion init`, or set CLARION_SECRET_KEY."
        )
    return Finding("keys", True, f"The ledger is signed as {name}.")


def _database() -> Finding:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        reason = (str(error).splitlines() or ["it gives no reason"])[0]
        return Finding("database", False, f"The database does not answer: {reason}")
    return Finding("database", True, f"{connection.vendor} answers.")


def _migrations() -> Finding:
    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if pending:
        count = "1 migration is" if len(pending) == 1 else f"{len(pending)} migrations are"
        return Finding("migrations", False, f"{count} pending. Run `clarion init`.")
    return Finding("migrations", True, "The database is up to date.")


def _ledger() -> Finding:
    newest, name = ledger.checkpoints().first(), settings.CLARION.log_name
    if newest is None:
        return Finding("ledger", True, f"Nothing is sealed yet. Its name is {name}.")
    origin = ledger.origin(newest)
    if origin != name:
        return Finding(
            "ledger",
            False,
            f"The newest checkpoint is of the log {origin}, but this one is named {name}, so nothing is "
            f"sealed. Set CLARION_LOG_NAME={origin}.",
        )
    return Finding("ledger", True, f"{newest.size} entries are sealed as {name}.")


def _policy() -> Finding:
    try:
        number, policy = current()
    except NoPolicy as error:
        return Finding("policy", False, str(error))
    return Finding("policy", True, f"Version {number}: {policy.title}.")


def _worker(now: datetime) -> Finding:
    alive = heartbeat.living(now)
    if alive:
        return Finding("worker", True, f"{len(alive)} running.")
    seen = heartbeat.last_seen()
    when = f"last seen {seen:%Y-%m-%d %H:%M:%S} UTC" if seen else "never seen"
    return Finding("worker", False, f"No worker is running ({when}). Start one with `clarion worker`.")


def _pipeline(now: datetime) -> Finding:
    """A worker that runs and does nothing looks well to everybody but the one who waits for the work."""
    found = overdue(now)
    if not found:
        return Finding("pipeline", True, "Nothing due has been left lying.")
    sentences = [f"{one.what} since {one.since:%Y-%m-%d %H:%M:%S} UTC" for one in found]
    text = "; ".join(sentences)
    return Finding("pipeline", False, f"{text[0].upper()}{text[1:]}. The worker's log says why.")


def _sites() -> Finding:
    for site in SiteState.objects.all():
        if site.problem:
            return Finding("sites", False, f"{site.name}: {site.problem}")
    count = SiteState.objects.count()
    return Finding("sites", True, f"{count} publishing target{'' if count == 1 else 's'}.")
