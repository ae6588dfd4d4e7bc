"""Every address Django answers. The public page is files; see public.py."""

from __future__ import annotations

from django.urls import include, path

from clarion.web import health, hooks, unsubscribe
from clarion.web.api import app as api

urlpatterns = [
    path("hooks/<slug:slug>", hooks.receive),
    path("health", health.check),
    path("console/", include("clarion.web.console.urls")),
    path("unsubscribe/<str:token>", unsubscribe.page),
    path("api/v1/", api.urls),
]
