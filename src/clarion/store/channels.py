"""Channels as this installation has set them up."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from clarion import plugins
from clarion.settings import BadSetting, options


def channel_config(kind: str) -> Any:
    """The channel's Config from ``CLARION_CHANNEL_<KIND>_<FIELD>``; None when a required field is missing."""
    try:
        return require_channel_config(kind)
    except BadSetting:
        return None


def require_channel_config(kind: str) -> Any:
    """The same, or BadSetting naming the variable that is missing or wrong."""
    host = urlsplit(settings.CLARION.base_url).hostname or ""
    defaults = {"sender_name": settings.CLARION.page_name}
    if any(letter.isalpha() for letter in host) and "." in host:
        defaults["sender_address"] = f"status@{host}"
    module = plugins.get("clarion.channels", kind)
    return options(f"CLARION_CHANNEL_{kind.upper()}", module.Config, os.environ, defaults)
