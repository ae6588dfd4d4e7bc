"""Light Markdown as the flowing text that readers see, each character with its place in the source.

markdown-it says where blocks stand but not where words stand. A block's words come in the order of the
source, so a walk along the source finds each again: literally, or by the markup of its escape or entity.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markdown_it.helpers import parseLinkDestination, parseLinkTitle
from markdown_it.token import Token

from clarion.rules.lint._pieces import Piece, Rendered, same
from clarion.rules.prose import markdown


def _parser() -> Any:
    parser = markdown()
    # Escapes and entities stay tokens of their own, so that they can be found in the source.
    parser.disable(["text_join"])
    # The table of rules was thrown away by this; filled again before there are threads.
    parser.parse("ready")
    return parser


_MARKDOWN = _parser()
_BREAKS = frozenset({"softbreak", "hardbreak"})


def render(source: str) -> Rendered:
    """The rendering of a source that went through ``prose.only_text``."""
    environment: dict[str, Any] = {}
    tokens = _MARKDOWN.parse(source, environment)
    walk = _Walk(source)
    for token in tokens:
        if token.type == "inline":
            walk.inline(token)
        elif token.type in ("fence", "code_block"):
            walk.code(token)
    for reference in environment.get("references", {}).values():
        walk.reference(reference)
    return Rendered(tuple(walk.shown), tuple(walk.links), tuple(walk.hidden))


class _Walk:
    """Goes along the source from block to block and gathers the pieces."""

    def __init__(self, source: str) -> None:
        self.lines = source.split("\n")
        self.offsets = [0]
        for line in self.lines:
            self.offsets.append(self.offsets[-1] + len(line) + 1)
        self.shown: list[Piece] = []
        self.links: list[Piece] = []
        self.hidden: list[Piece] = []

    def inline(self, token: Token) -> None:
        first, _ = token.map or (0, 0)
        content = token.content
        at = self._places(content, first)
        self._end_block(at[0])
        _Inline(self, content, at).take(token.children or ())

    def code(self, token: Token) -> None:
        first, _ = token.map or (0, 0)
        if token.info:
            line = self.lines[first]
            self.hidden.append(same(token.info, self.offsets[first] + max(0, line.find(token.info.strip()))))
        content = token.content.rstrip("\n")
        if not content:  # nothing is shown, and the line after an empty fence is another block's
            return
        at = self._places(content, first + (token.type == "fence"))
        self._end_block(at[0])
        self.shown.append(Piece(content, at[:-1], [place + 1 for place in at[:-1]]))

    def reference(self, reference: Any) -> None:
        """A definition ``[name]: target "title"``: its target is a link, its title shows nowhere."""
        first, after = reference["map"]
        start, end = self.offsets[first], self.offsets[after] - 1
        href, title = str(reference["href"]), str(reference.get("title") or "")
        self.links.append(Piece(href, [start] * len(href), [end] * len(href)))
        if title:
            self.hidden.append(Piece(title, [start] * len(title), [end] * len(title)))

    def _end_block(self, at: int) -> None:
        if self.shown:
            at = min(at, self.offsets[-1] - 1)
            self.shown.append(Piece("\n", [at], [at]))

    def _places(self, content: str, first: int) -> list[int]:
        """The place in the source of each character of a block's content, and of its end."""
        at: list[int] = []
        for number, line in enumerate(content.split("\n"), start=first):
            source = self.lines[number] if number < len(self.lines) else ""
            column = source.rfind(line) if line else len(source)
            column = column if column >= 0 else max(0, len(source) - len(line))
            start = self.offsets[min(number, len(self.lines))] + column
            at.extend(range(start, start + len(line) + 1))
        return at


class _Inline:
    """The tokens of one block, found again one after the other in the block's content."""

    def __init__(self, walk: _Walk, content: str, at: list[int]) -> None:
        self.walk = walk
        self.content = content
        self.at = at
        self.position = 0
        self.hrefs: list[tuple[str, bool]] = []

    def take(self, tokens: Sequence[Token]) -> None:
        for token in tokens:
            if token.type == "text":
                self._literal(token.content)
            elif token.type in ("text_special", "instant"):
                self._spelled(token.content, token.markup)
            elif token.type == "code_inline":
                self._code(token)
            elif token.type in _BREAKS:
                self._spelled(" ", "\n")
            elif token.type == "link_open":
                self.hrefs.append((str(token.attrs["href"]), token.markup == "autolink"))
                self._skip("<" if token.markup == "autolink" else "[")
            elif token.type == "link_close":
                self._close_link()
            else:
                self._skip(token.markup)

    def _literal(self, text: str) -> None:
        found = self.content.find(text, self.position)
        if found < 0:  # an autolink whose shown form is not its written one
            return self._spelled(text, self.content[self.position : self.position + len(text)])
        self._show_as_written(text, found)
        self.position = found + len(text)
        return None

    def _spelled(self, text: str, markup: str) -> None:
        """Characters that the source spells another way: an entity, an escape, a time, the end of a line."""
        found = self.content.find(markup, self.position)
        found = found if found >= 0 else self.position
        last = len(self.at) - 1
        start = self.at[min(found, last)]
        end = self.at[min(max(found, found + len(markup) - 1), last)] + 1
        self.walk.shown.append(Piece(text, [start] * len(text), [end] * len(text)))
        self.position = found + len(markup)

    def _code(self, token: Token) -> None:
        self._skip(token.markup)
        end = self.content.find(token.markup, self.position + len(token.content))
        inner = self.content[self.position : end].replace("\n", " ")
        found = self.position + max(0, inner.find(token.content))
        self._show_as_written(token.content, found)
        self.position = max(found + len(token.content), end + len(token.markup))

    def _show_as_written(self, text: str, found: int) -> None:
        places = self.at[found : found + len(text)]
        if places and places[-1] - places[0] == len(places) - 1:
            self.walk.shown.append(same(text, places[0]))
        else:  # a line end lies between
            self.walk.shown.append(Piece(text, places, [place + 1 for place in places]))

    def _skip(self, markup: str) -> None:
        if markup and self.content.startswith(markup, self.position):
            self.position += len(markup)

    def _close_link(self) -> None:
        """Past ``](target "title")``, ``][name]`` or ``>``; target and title are gathered on the way."""
        href, automatic = self.hrefs.pop()
        if automatic:
            self._skip(">")
            return
        self._skip("]")
        if not self.content.startswith("(", self.position):
            if self.content.startswith("[", self.position):
                self.position = max(self.position, self.content.find("]", self.position) + 1)
            return
        end = len(self.content)
        start = self._past_blanks(self.position + 1)
        target = parseLinkDestination(self.content, start, end)
        if not target.ok:
            return
        self._gather(self.walk.links, href, start, target.pos)
        after = self._past_blanks(target.pos)
        title = parseLinkTitle(self.content, after, end)
        if title.ok and after > target.pos:
            self._gather(self.walk.hidden, title.str, after, title.pos)
            after = self._past_blanks(title.pos)
        self.position = after + 1 if self.content.startswith(")", after) else target.pos

    def _past_blanks(self, position: int) -> int:
        while position < len(self.content) and self.content[position].isspace():
            position += 1
        return position

    def _gather(self, into: list[Piece], text: str, start: int, end: int) -> None:
        """The target of a link as it is used; character by character where it is written the same."""
        found = self.content.find(text, start, end)
        if found >= 0:
            places = self.at[found : found + len(text)]
            into.append(Piece(text, places, [place + 1 for place in places]))
        else:
            first, last = self.at[start], self.at[max(start, end - 1)] + 1
            into.append(Piece(text, [first] * len(text), [last] * len(text)))
