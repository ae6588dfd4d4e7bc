"""STR-015: a link to a bare address, in whatever spelling a browser takes for one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from clarion.rules.lint._context import Context
from clarion.rules.lint._reading import View
from clarion.rules.lint._structure import Example, Mark

ID = "STR-015"
FAMILY = "sensitive"
SEVERITY = "block"
ROLE = "accuracy"
EVERYWHERE = False
WHY = "The link leads to a bare network address, written so that it does not look like one."
FIX = "Link to a name that readers know, such as the status page."

_HOST = re.compile(
    r"\bhttps?://(?:[^\s/?#@]{0,200}@)?(?P<host>\[[0-9a-fA-F:.]{2,60}\]|[^\s/?#:@\[\]]{1,260})", re.IGNORECASE
)
#: One to four numbers, decimal, octal or hexadecimal: what ``inet_aton`` of C takes.
_NUMBERS = re.compile(
    r"(?:0x[0-9a-f]{1,8}|\d{1,11})(?:\.(?:0x[0-9a-f]{1,8}|\d{1,11})){0,3}\.?", re.IGNORECASE
)
_DOTTED = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}")


def look(view: View, context: Context) -> Iterator[Mark]:
    """In links and in the text; four decimal numbers with points between are SEN-001's."""
    for reading in view.readings:
        for match in _HOST.finditer(reading.text):
            host = match["host"]
            bare = host.startswith("[") or _NUMBERS.fullmatch(host)
            if bare and not _DOTTED.fullmatch(host):
                yield Mark(reading, *match.span("host"))


BAD = (
    Example("See http://169090065/."),
    Example("See [it](http://0x0a.0x04.22.17/)."),
    Example("See [it](https://[::ffff:10.4.22.17]/)."),
    Example("See http://10.267793/status."),
)
GOOD = (Example("See https://status.example.com/2026."), Example("See [us](https://123.example.com/)."))
