"""What the demo says to somebody who walks the line in a browser."""

from __future__ import annotations

import json
import shlex
from datetime import datetime
from importlib import resources
from pathlib import Path

from clarion.cli.demo import rows
from clarion.cli.demo.home import Demo
from clarion.rules.access import ROLE_LABELS

RESOLVED = "alertmanager_resolved.json"
ENDED = "MOMENT-OF-THE-END"

_STEPS = """Walk the line in two minutes:

  1  Sign in as the communications lead. An alert has opened an incident and its first draft is
     written: open it, change a word if you like, and submit it for review.
  2  In a private window, sign in as the accuracy reviewer, read it, approve it.
  3  The same as the clarity reviewer. That was the last approval: it is published.
  4  Look at the status page and at the mailbox: the mail as a reader got it, and the call to
     another reader's endpoint, with its signature checked.
  5  Let the alert end. A draft that says so is proposed; steps 1 to 3 publish it.
     {resolve}
  6  Take the record out and check it.
     {export}
"""


def fixture(name: str) -> Path:
    """A captured message of the demo, as a file."""
    return Path(str(resources.files("clarion.data") / "demo" / name))


def stamp(moment: datetime) -> str:
    """An aware UTC moment as Alertmanager writes it."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def message(name: str, *, began: str, ended: str) -> bytes:
    """A captured message whose alert began, and ended if it did, at these moments."""
    value = json.loads(fixture(name).read_bytes())
    for alert in value["alerts"]:
        alert["startsAt"] = began
        if alert["status"] == "resolved":
            alert["endsAt"] = ended
    return json.dumps(value, indent=2).encode()


def keep_resolved(demo: Demo) -> None:
    """Writes the end of the alert for the printed command, which puts in the moment at which it is run."""
    (demo.folder / RESOLVED).write_bytes(
        message("alertmanager_resolved.json", began=demo.alert_began, ended=ENDED)
    )


def welcome(demo: Demo, *, port: int, news: str) -> str:
    """Addresses, one login per role, and the walk."""
    base = f"http://127.0.0.1:{port}"
    width = max(map(len, ROLE_LABELS.values()))
    logins = "\n".join(f"  {label:<{width}}  {rows.address_of(role)}" for role, label in ROLE_LABELS.items())
    steps = _STEPS.format(resolve=_resolve(demo, base), export=_export(demo))
    return f"""
Clarion demo

  Status page   {base}/
  Console       {base}/console/
  Mailbox       {base}/console/mailbox

One login per role; the password is always  {demo.password}

{logins}

{news}

{steps}
Ctrl-C stops it; it goes on where it was when you start it again. `make demo-reset` forgets it.
"""


def _resolve(demo: Demo, base: str) -> str:
    file = shlex.quote(str(demo.folder / RESOLVED))
    return (
        f'sed "s/{ENDED}/$(date -u +%Y-%m-%dT%H:%M:%SZ)/" {file} | '
        f"curl -H 'Authorization: Bearer {demo.source_token}' --data-binary @- "
        f"{base}/hooks/{rows.SOURCE}"
    )


def _export(demo: Demo) -> str:
    home = shlex.quote(str(demo.folder))
    database = "" if demo.database_url.startswith("sqlite") else f"CLARION_DATABASE_URL={demo.database_url} "
    return f"CLARION_HOME={home} {database}.venv/bin/clarion export INCIDENT"
