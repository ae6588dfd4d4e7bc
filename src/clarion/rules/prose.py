"""Clarion's light Markdown, as HTML that can do nothing and as plain text.

Paragraphs, line breaks, emphasis, lists, quotes, code, links to the web or a mailbox, and times as references
to instants (``rules.instants``), which are said in UTC and in the reader's zone. No raw HTML and no images:
anything else stays the text it is. Headings become bold lines, since a text has no say in the outline of the
page around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from clarion.rules import instants
from clarion.rules.times import UTC_NAME, spoken_time
from clarion.rules.wording import ENGLISH, Wording

LINK_SCHEMES = frozenset({"http", "https", "mailto"})
TAGS = frozenset(
    {"a", "blockquote", "br", "code", "em", "hr", "li", "ol", "p", "pre", "strong", "time", "ul"}
)

_LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
#: Nothing a person types, and nothing XML 1.0 may carry: controls, lone surrogates, non-characters.
_NOT_TEXT = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_ALLOWED_LINK = re.compile(r"(https?://|mailto:)[^\s\\]+", re.IGNORECASE)


class _LightMarkdown(MarkdownIt):
    def validateLink(self, url: str) -> bool:
        """Web and mail addresses only; a relative address means nothing in a mail."""
        return _ALLOWED_LINK.fullmatch(url) is not None


def _heading_open(_: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    return "<p><strong>"


def _heading_close(_: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    return "</strong></p>\n"


def _instant(state: StateInline, silent: bool) -> bool:
    """``{2026-11-25T15:30Z}`` as a token that says the time; anything else in braces stays what it is."""
    match = instants.REFERENCE.match(state.src, state.pos, state.posMax)
    at = instants.read(match[0]) if match else None
    if match is None or at is None:
        return False
    if not silent:
        token = state.push("instant", "time", 0)
        token.markup = match[0]
        token.content = spoken_time(at, state.env.get("zone", UTC_NAME), state.env.get("words", ENGLISH))
        token.attrs = {"datetime": f"{at:%Y-%m-%dT%H:%M:%SZ}"}
    state.pos = match.end()
    return True


def _instant_html(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    return f"<time{renderer.renderAttrs(tokens[index])}>{escapeHtml(tokens[index].content)}</time>"


def markdown() -> MarkdownIt:
    """A parser of its own for the light Markdown, ready to be used by several threads."""
    parser = _LightMarkdown("commonmark", {"html": False, "breaks": True})
    parser.disable(["image", "html_block", "html_inline"])
    parser.add_render_rule("heading_open", _heading_open)
    parser.add_render_rule("heading_close", _heading_close)
    parser.inline.ruler.before("backticks", "instant", _instant)
    parser.add_render_rule("instant", _instant_html)
    # The parser fills its table of rules on first use and is not safe for two threads before that.
    parser.render("ready", {"zone": UTC_NAME})
    return parser


_MARKDOWN = markdown()


def to_html(body: str, zone: str = UTC_NAME, words: Wording = ENGLISH) -> str:
    """The body as HTML made only of ``TAGS``, with links only to ``LINK_SCHEMES``.

    Times are said in UTC and in ``zone``, the reader's own (IANA name), inside ``<time datetime>``, in
    ``words``, those of the body's language. The parser is the first line of defence, an allow-list
    sanitiser the second. Takes any string and raises nothing.
    """
    return nh3.clean(
        _MARKDOWN.render(only_text(body), {"zone": zone, "words": words}),
        tags=set(TAGS),
        attributes={"a": {"href"}, "ol": {"start"}, "time": {"datetime"}, "*": set()},
        url_schemes=set(LINK_SCHEMES),
        link_rel="noopener noreferrer nofollow",
    )


def to_plain(body: str, zone: str = UTC_NAME, words: Wording = ENGLISH) -> str:
    """The body as plain text without a line end at its end; a link shows its address in brackets.

    Times are said in UTC and in ``zone``, an IANA name, in the ``words`` of the body's language. Takes any
    string and raises nothing.
    """
    tree = SyntaxTreeNode(_MARKDOWN.parse(only_text(body), {"zone": zone, "words": words}))
    return _blocks(tree.children)


def only_text(text: str) -> str:
    """The text with every line end as ``\\n`` and without what is no text (replaced by U+FFFD)."""
    return _NOT_TEXT.sub("\ufffd", _LINE_ENDS.sub("\n", text))


def _blocks(nodes: Iterable[SyntaxTreeNode], between: str = "\n\n") -> str:
    return between.join(filter(None, map(_block, nodes)))


def _block(node: SyntaxTreeNode) -> str:
    if node.type in ("paragraph", "heading", "inline"):
        return "".join(map(_inline, node.children))
    if node.type in ("bullet_list", "ordered_list"):
        return _list(node)
    if node.type == "blockquote":
        return _indent(_blocks(node.children), "> ", "> ")
    if node.type in ("fence", "code_block"):
        return _indent(node.content.rstrip("\n"), "    ", "    ")
    if node.type == "hr":
        return "* * *"
    return _blocks(node.children)


def _list(node: SyntaxTreeNode) -> str:
    first = int(node.attrs.get("start", 1))
    ordered = node.type == "ordered_list"
    items = []
    for number, item in enumerate(node.children, start=first):
        mark = f"{number}. " if ordered else "- "
        tight = all(child.hidden for child in item.children if child.type == "paragraph")
        items.append(_indent(_blocks(item.children, "\n" if tight else "\n\n"), mark, " " * len(mark)))
    return "\n".join(items)


def _indent(text: str, first: str, others: str) -> str:
    lines = text.split("\n")
    marked = ((first if place == 0 else others) + line for place, line in enumerate(lines))
    return "\n".join(line.rstrip() for line in marked)


def _inline(node: SyntaxTreeNode) -> str:
    if node.type in ("softbreak", "hardbreak"):
        return "\n"
    if node.type == "link":
        return _link("".join(map(_inline, node.children)), node.attrs)
    return node.content if not node.children else "".join(map(_inline, node.children))


def _link(text: str, attributes: Mapping[str, str | int | float]) -> str:
    target = str(attributes["href"])
    shown = re.sub("^mailto:", "", target, flags=re.IGNORECASE)
    return text if text in (target, shown) else f"{text} ({shown})".strip()
