"""Every address Django answers. The public page is files; see public.py."""

from __future__ import annotations

from django.urls import path

from clarion.web import health, hooks

urlpatterns = [
    path("hooks/<slug:slug>", hooks.receive),
    path("health", health.check),
]
