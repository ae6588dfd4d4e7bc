"""Places to publish page files, one per file. Leaves: no Django, no database.

Every site module has ``LABEL``, a frozen dataclass ``Config``, and
``write(config, files) -> int``: makes the place hold exactly these files (relative path → bytes),
each replaced whole or not at all, pages that link before pages that are linked to last, so that a
reader never meets a half file or a dead link; returns how many files changed and raises ``SiteError``
with a sentence for a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol


class SiteError(Exception):
    """The files could not be written; the message says why and what to do."""


class Site(Protocol):
    LABEL: str
    Config: type[Any]

    def write(self, config: Any, files: Mapping[str, bytes]) -> int: ...
