"""The WSGI application: the public files, and Django behind them with bodies read for it."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clarion.settings")

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from clarion.web.bodies import Bodies
from clarion.web.public import PublicFiles

application = PublicFiles(
    settings.CLARION.site_path, Bodies(get_wsgi_application(), limit=settings.CLARION.hook_limit_bytes)
)
