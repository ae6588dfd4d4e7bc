"""Fails when a model changed and its migration is not written."""

from __future__ import annotations

import os
import sys
import tempfile

import django
from django.core.management import call_command


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clarion.settings")
    with tempfile.TemporaryDirectory(prefix="clarion-check-") as folder:
        # Django looks into the database for applied migrations; an empty one has none.
        os.environ["CLARION_DATABASE_URL"] = f"sqlite:///{folder}/empty.sqlite3"
        django.setup()
        try:
            call_command("makemigrations", check=True, dry_run=True, verbosity=1)
        except SystemExit:
            print("Models and migrations differ; run `django-admin makemigrations store`.", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
