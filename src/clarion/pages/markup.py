"""A small typed HTML builder that escapes by default.

A ``str`` is text and is always escaped; only an ``Html`` value is markup, and only this module makes
one: from the builder itself, from prose that a sanitiser has passed, and from the fixed drawings of
``icons``. So a title can contain anything and still be no more than a title.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from clarion.rules.prose import only_text, to_html
from clarion.rules.wording import Wording

_VOID = frozenset({"br", "hr", "img", "link", "meta"})
_NAME = re.compile("[a-z][a-z0-9]*(-[a-z]+)*")
_URL_ATTRIBUTES = frozenset({"href", "src"})
_SAFE_URL = re.compile(r"(https?://|mailto:|/|#)[^\s\\]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Html:
    """Finished markup. Everything that is not ``Html`` is text and gets escaped."""

    markup: str

    def document(self) -> bytes:
        """The bytes of a whole HTML document."""
        return f"<!doctype html>\n{self.markup}\n".encode()


Child = Html | str | None | Sequence["Child"]
Value = str | int | bool | None


def tag(name: str, /, *children: Child, **attributes: Value) -> Html:
    """An element. ``class_`` means class, ``aria_label`` aria-label; None and False leave one out.

    Raises ValueError for an event handler, a style, or an address that is no web or mail address:
    such a thing comes from a mistake in a template, never from a text.
    """
    start = f"<{_checked_name(name)}{''.join(_attribute(key, value) for key, value in attributes.items())}>"
    if name in _VOID:
        return Html(start)
    return Html(f"{start}{join(*children).markup}</{name}>")


def join(*children: Child) -> Html:
    """The children one after another, texts escaped."""
    return Html("".join(map(_markup, children)))


def prose(body: str, zone: str, words: Wording) -> Html:
    """A text in light Markdown, as the sanitiser passes it; its times in this zone and in these words."""
    return Html(_html_of(body, zone, words))


def led_prose(lead: Html, body: str, zone: str, words: Wording) -> Html:
    """The text with ``lead`` at the start of its first paragraph."""
    html = _html_of(body, zone, words)
    rest = html.removeprefix("<p>")
    return Html(f"<p>{lead.markup}{rest}" if rest != html else f"<p>{lead.markup}</p>{html}")


def drawing(shape: str) -> Html:
    """A fixed 24 × 24 line drawing that takes the colour of the text around it.

    For screen readers it does not exist: the words beside it say the same. ``shape`` is SVG written
    in the source code, never a value.
    """
    return Html(
        '<svg class="icon" viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor"'
        ' stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"'
        f' focusable="false">{shape}</svg>'
    )


@lru_cache(maxsize=4096)
def _html_of(body: str, zone: str, words: Wording) -> str:
    """Every update stands on two pages and in two feeds, and old ones never change."""
    return to_html(body, zone, words)


def _markup(child: Child) -> str:
    if child is None:
        return ""
    if isinstance(child, Html):
        return child.markup
    if isinstance(child, str):
        return escape(only_text(child), quote=False)
    return "".join(map(_markup, child))


def _attribute(key: str, value: Value) -> str:
    if value is None or value is False:
        return ""
    name = _checked_name(key.removesuffix("_").replace("_", "-"))
    if value is True:
        return f" {name}"
    text = only_text(str(value))
    if name in _URL_ATTRIBUTES and not _SAFE_URL.fullmatch(text):
        raise ValueError(f"{name}={text!r} is not a web address, a mail address or a path of this site")
    return f' {name}="{escape(text)}"'


@lru_cache
def _checked_name(name: str) -> str:
    if not _NAME.fullmatch(name) or name.startswith("on") or name in ("style", "script", "srcdoc"):
        raise ValueError(f"{name!r} has no place on a public page")
    return name
