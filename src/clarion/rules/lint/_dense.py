"""A faster reading for a body with more marks than any person writes.

Hundreds of brackets or line ends cost the Markdown parser longer than lint may take. Such a body is read
twice instead, as it is written and without its marks, so that nothing is hidden; what it may get besides
is a finding about words that no reader sees together.
"""

from __future__ import annotations

import re
from html import unescape

from clarion.rules.lint._pieces import Piece, Rendered, respelled, same

MOST_MARKS = 600
_MARKS = "[]*_`\\&<!\n"
_SPELLED = re.compile(r"&#?[a-zA-Z0-9]{1,32};|\\[!-/:-@\[-`{-~]")
_TARGET = re.compile(r"\]\(\s{0,10}<?([^\s)>]{1,300})")
_ITEM = r"(?:[-+*]|\d{1,9}[.)])[ \t]"
#: A line end alone is left for later; with a second one, a quote or a list item it ends a sentence or not.
_MARK = re.compile(
    rf"(?=\n(?:[\n \t>]|{_ITEM}))(?P<ends>(?:\n[ \t>]{{0,20}})+)(?P<item>{_ITEM})?"
    r"|\]\([^)\n]{0,300}\)|[*_`]+|[\[\]]"
)
#: Stands for the end of a sentence meanwhile; a source cannot hold it.
_END = "\v"


def is_dense(source: str) -> bool:
    """Whether the source has more marks than the parser has time for."""
    return sum(map(source.count, _MARKS)) > MOST_MARKS


def skim(source: str) -> Rendered:
    """The source without its marks, and beside it, as something hidden, the source as it is written."""
    written = respelled(same(source), _SPELLED, _meant)
    bare = respelled(written, _MARK, _said)
    flowing = Piece(bare.text.replace("\n", " ").replace(_END, "\n"), bare.starts, bare.ends)
    links = (same(match[1], match.start(1)) for match in _TARGET.finditer(source))
    return Rendered((flowing,), tuple(links), (written,))


def _meant(match: re.Match[str]) -> str:
    return match[0][1] if match[0].startswith("\\") else unescape(match[0])


def _said(match: re.Match[str]) -> str:
    """A line end within a paragraph is a blank; a new paragraph or list item ends a sentence."""
    ends = match["ends"]
    if ends is None:
        return ""
    return " " if ends.count("\n") == 1 and not match["item"] else _END
