"""Which machine a request comes from, with proxies in between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

from django.conf import settings

Address = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class Machine:
    """A network address; ``alone`` is False where it may be a proxy's, which many people share."""

    address: str
    alone: bool


def of(meta: Mapping[str, Any]) -> Machine:
    """The machine that sent the request with this WSGI environment.

    Behind a proxy of CLARION_TRUSTED_PROXIES it is the right-most address of X-Forwarded-For that is not
    such a proxy's: what stands left of it anybody could have written.
    """
    peer = str(meta.get("REMOTE_ADDR", ""))
    address = _address(peer)
    if address is None:
        return Machine(peer, alone=False)
    if not _trusted(address):
        return Machine(str(address), alone=not address.is_private)
    for text in reversed(str(meta.get("HTTP_X_FORWARDED_FOR", "")).split(",")):
        named = _address(text)
        if named is None:
            break
        if not _trusted(named):
            return Machine(str(named), alone=True)
    return Machine(str(address), alone=False)


def _address(text: str) -> Address | None:
    """An address as proxies write it, some with a port; None for anything else."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def _trusted(address: Address) -> bool:
    return any(address in network for network in settings.CLARION.trusted_proxies)
