"""What every console template knows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from clarion.rules.access import ROLE_LABELS
from clarion.store.people import roles_of


def clarion(request: HttpRequest) -> dict[str, Any]:
    """Page name, whether this is a demo, the person's roles, and the time in UTC."""
    user = getattr(request, "user", None)
    roles = roles_of(user) if user is not None and user.is_authenticated else frozenset()
    return {
        "page_name": settings.CLARION.page_name,
        "demo": settings.CLARION.demo,
        "my_roles": [ROLE_LABELS[role] for role in ROLE_LABELS if role in roles],
        "now": datetime.now(UTC),
    }
