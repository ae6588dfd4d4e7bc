"""What the demo says to somebody who walks the line in a browser."""

from __future__ import annotations

import shlex
from importlib import resources
from pathlib import Path

from clarion.cli.demo import rows
from clarion.cli.demo.home import Demo
from clarion.rules.access import ROLE_LABELS

_STEPS = """Walk the line in two minutes:

  1  Sign in as the communications lead. An alert has opened an incident and its first draft is
     written: open it, change a word if you like, and submit it for review.
  2  In a private window, sign in as the accuracy reviewer, read it, approve it.
  3  The same as the clarity reviewer. That was the last approval: it is published.
  4  Look at the status page and at the mailbox. The call to the reader's endpoint, with its
     signature checked, is a file in {mailbox}
  5  Let the alert end. A draft that says so is proposed; steps 1 to 3 publish it.
     {resolve}
  6  Take the record out and check it.
     {export}
"""


def fixture(name: str) -> Path:
    """A captured message of the demo, as a file."""
    return Path(str(resources.files("clarion.data") / "demo" / name))


def welcome(demo: Demo, *, port: int, news: str) -> str:
    """Addresses, one login per role, and the walk."""
    base = f"http://127.0.0.1:{port}"
    width = max(map(len, ROLE_LABELS.values()))
    logins = "\n".join(f"  {label:<{width}}  {rows.address_of(role)}" for role, label in ROLE_LABELS.items())
    steps = _STEPS.format(mailbox=demo.mailbox, resolve=_resolve(demo, base), export=_export(demo))
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
    file = shlex.quote(str(fixture("alertmanager_resolved.json")))
    return (
        f"curl -H 'Authorization: Bearer {demo.source_token}' --data-binary @{file} "
        f"{base}/hooks/{rows.SOURCE}"
    )


def _export(demo: Demo) -> str:
    home = shlex.quote(str(demo.folder))
    database = "" if demo.database_url.startswith("sqlite") else f"CLARION_DATABASE_URL={demo.database_url} "
    return f"CLARION_HOME={home} {database}.venv/bin/clarion export INCIDENT"
