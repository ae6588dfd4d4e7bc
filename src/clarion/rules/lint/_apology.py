"""How far an apology is protected, and what that does to the wording rules.

The profiles are data (``data/apology.yaml``): what a statute says, how sure that is, and which posture
follows. A posture may raise or lower the severity of named rules; without a profile nothing changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from clarion.rules.lint._types import SEVERITIES, BadRule

Severity = Literal["block", "review", "warn", "info"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Posture(_Part):
    """What one may say, and the severities that follow."""

    says: str
    severities: Mapping[str, Severity]


class Profile(_Part):
    """One jurisdiction. ``evidence``: P a primary text was read, S a secondary one, M from memory."""

    jurisdiction: str
    law: str
    effect: str
    facts_protected: str
    posture: str
    evidence: Literal["P", "S", "M"]
    note: str = ""


class Apology(_Part):
    postures: Mapping[str, Posture]
    profiles: tuple[Profile, ...]
    otherwise: str
    """The posture for a jurisdiction without a profile of its own."""

    def severity(self, rule: str, usual: str, jurisdictions: Iterable[str]) -> tuple[str, str]:
        """The severity of a rule for readers there, and why it is not the usual one (empty if it is).

        The strictest of several jurisdictions counts. None named: the usual severity.
        """
        known = {profile.jurisdiction: profile for profile in self.profiles}
        found = []
        for name in jurisdictions:
            profile = known.get(name)
            posture = self.postures[profile.posture if profile else self.otherwise]
            law = profile.law if profile else "no profile"
            found.append((posture.severities.get(rule, usual), f"{name} ({law}): {posture.says}"))
        if not found:
            return usual, ""
        severity, because = min(found, key=lambda item: SEVERITIES.index(item[0]))
        return severity, because if severity != usual else ""


def load_apology(document: str) -> Apology:
    """The profiles of a YAML document; raises BadRule naming every place that is wrong."""
    try:
        apology = Apology.model_validate(yaml.safe_load(document))
    except yaml.YAMLError as error:
        raise BadRule(f"apology: the document is not YAML: {error}") from None
    except ValidationError as error:
        lines = [f"apology.{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        raise BadRule("\n".join(lines)) from None
    for posture in (apology.otherwise, *(profile.posture for profile in apology.profiles)):
        if posture not in apology.postures:
            raise BadRule(f"apology: there is no posture {posture!r}; use {', '.join(apology.postures)}")
    return apology
