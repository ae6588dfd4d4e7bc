"""Typed values from environment variables, or from the files that they name."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from zoneinfo import ZoneInfo

Network = IPv4Network | IPv6Network
#: A language tag as RFC 5646 writes it: language, and where it matters script and region.
_TAG = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")


@dataclass(frozen=True, slots=True)
class Language:
    """A language that texts are written in. ``name`` is what its own speakers call it."""

    tag: str
    name: str


class BadSetting(SystemExit):
    """A setting is missing or cannot be understood; stops the program with one sentence."""


class Environment:
    """Reads typed values from environment variables or the files they point to."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    def text(self, name: str, default: str | None = None) -> str:
        file_name = self._values.get(f"{name}_FILE")
        if file_name:
            try:
                return Path(file_name).read_text(encoding="utf-8").strip()
            except OSError as error:
                raise BadSetting(f"{name}_FILE: cannot read {file_name}: {error.strerror}.") from None
        value = self._values.get(name, default)
        if value is None:
            raise BadSetting(f"{name} is not set. Set it, or put it in a file and set {name}_FILE.")
        return value

    def flag(self, name: str, default: bool) -> bool:
        value = self.text(name, "yes" if default else "no").lower()
        if value not in ("yes", "no", "1", "0", "true", "false"):
            raise BadSetting(f"{name} is {value!r}; write yes or no.")
        return value in ("yes", "1", "true")

    def number(self, name: str, default: float) -> float:
        value = self.text(name, str(default))
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):  # "nan" is a float too, and no limit: every comparison with it is false
            raise BadSetting(f"{name} is {value!r}; write a number.")
        return number

    def words(self, name: str, default: str = "") -> tuple[str, ...]:
        return tuple(word.strip() for word in self.text(name, default).split(",") if word.strip())

    def networks(self, name: str) -> tuple[Network, ...]:
        found = []
        for word in self.words(name):
            try:
                found.append(ip_network(word))
            except ValueError:
                raise BadSetting(
                    f"{name} has {word!r}; write addresses or networks such as 127.0.0.1, 10.0.0.0/8."
                ) from None
        return tuple(found)

    def zone(self, name: str, default: str) -> str:
        value = self.text(name, default)
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            raise BadSetting(f"{name} is {value!r}; write an IANA name such as Europe/Berlin.") from None
        return value

    def languages(self, name: str, default: str) -> tuple[Language, ...]:
        """Languages in words like ``de=Deutsch``, the originals' first; each stands once."""
        found: dict[str, Language] = {}
        for word in self.words(name, default):
            tag, _, own_name = (part.strip() for part in word.partition("="))
            if not _TAG.fullmatch(tag) or not own_name or tag in found:
                raise BadSetting(
                    f"{name} has {word!r}; write each language once, as tag=name: en=English, de=Deutsch."
                )
            found[tag] = Language(tag, own_name)
        if not found:
            raise BadSetting(f"{name} is empty; name at least the language of your originals: en=English.")
        return tuple(found.values())
