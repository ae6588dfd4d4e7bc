"""Slows down guessing of passwords.

Counted in the process's own memory, so two web processes count for themselves and a restart forgets:
this makes guessing slow, and strong passwords make it hopeless. Wrong tries count for an address and
the network address they come from together, so that nobody can lock out somebody else; and for the
network address alone, so that one machine cannot try every account. The latter only where the address
cannot be a proxy's, or one stranger would lock out everybody behind it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256

from django.core.cache import cache

from clarion.web.machine import Machine

FREE_TRIES = 5
FREE_TRIES_OF_A_MACHINE = 50
LONGEST_WAIT = timedelta(minutes=15)
REMEMBERED = timedelta(hours=1)


def wait(email: str, machine: Machine, now: datetime) -> timedelta:
    """How long this must still wait before its next try; zero when it may try now."""
    longest = timedelta()
    for key, _ in _keys(email, machine):
        until = cache.get(f"{key}.until")
        if until is not None:
            longest = max(longest, until - now)
    return longest


def failed(email: str, machine: Machine, now: datetime) -> None:
    """Counts a wrong try; each one beyond the free ones doubles the wait."""
    for key, free in _keys(email, machine):
        seconds = int(REMEMBERED.total_seconds())
        cache.add(key, 0, seconds)
        count = cache.incr(key)
        if count >= free:
            pause = min(timedelta(seconds=2 ** min(count - free + 1, 12)), LONGEST_WAIT)
            cache.set(f"{key}.until", now + pause, seconds)


def forget(email: str, machine: Machine) -> None:
    """Somebody got in: their own wrong tries are forgiven, the machine's are not."""
    key, _ = _keys(email, machine)[0]
    cache.delete_many([key, f"{key}.until"])


def _keys(email: str, machine: Machine) -> list[tuple[str, int]]:
    """Cache keys and free tries; addresses are hashed, since a cache is no place for them."""
    both = sha256(f"{email.strip().lower()}\n{machine.address}".encode()).hexdigest()
    keys = [(f"login.{both}", FREE_TRIES)]
    if machine.alone:
        own = sha256(machine.address.encode()).hexdigest()
        keys.append((f"login.machine.{own}", FREE_TRIES_OF_A_MACHINE))
    return keys
