"""What a command does before it touches a row."""

from __future__ import annotations

import os

from clarion.cli.trouble import Trouble


def ready() -> None:
    """Reads the settings and starts Django. Raises BadSetting naming the variable that is wrong."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clarion.settings")
    import django

    django.setup()


def require_installation() -> None:
    """Like ``ready``, and raises Trouble unless `clarion init` has been run here."""
    ready()
    from datetime import UTC, datetime

    from clarion.store import health

    wanted = ("disk", "keys", "database", "migrations", "policy")
    for finding in health.check(datetime.now(UTC)):
        if finding.name in wanted and not finding.ok:
            raise Trouble(finding.text)
