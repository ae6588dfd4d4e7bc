"""Every address Django answers. The public page is files; see public.py."""

from __future__ import annotations

from django.urls import include, path, re_path
from django.views.generic import RedirectView

from clarion.web import health, hooks, unsubscribe
from clarion.web.api import app as api

urlpatterns = [
    path("hooks/<slug:slug>", hooks.receive),
    path("health", health.check),
    path("console/", include("clarion.web.console.urls")),
    # An address typed with a slash too many leads where it should.
    re_path(
        r"^console/(?P<place>incidents|drafts|reviews|quarantine|subscribers|deliveries|components|ledger|mailbox"
        r"|settings/(?:people|sources|keys|policy))/$",
        RedirectView.as_view(url="/console/%(place)s", query_string=True),
    ),
    path("unsubscribe/<str:token>", unsubscribe.page),
    path("api/v1/", api.urls),
]
