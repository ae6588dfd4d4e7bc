"""Texts that try to be more than texts, and a parser that tells whether one of them got through."""

from __future__ import annotations

import re
from html.parser import HTMLParser

#: Markup that wants to run. Each calls alert(1) if anything lets it.
MARKUP = (
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    '<a href="jav&#x09;ascript:alert(1)">x</a>',
    "[x](jav&#x09;ascript:alert(1))",
    "[x](<java\tscript:alert(1)>)",
    '![x](x"onerror="alert(1))',
    "<math><mtext><table><mglyph><style><!--</style>"
    '<img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    "]]><script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</textarea></style></noscript><iframe srcdoc='<script>alert(1)</script>'>",
    '" autofocus onfocus=alert(1) x="',
    "' onmouseover=alert(1) x='",
    "<base href=//evil.example/><form action=//evil.example/><button>go",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<javascript:alert(1)> <https://ok.example/\"onclick=alert(1)>",
    "\x00<scr\x00ipt>alert(1)</script>",
    "{{7*7}}${7*7}<%= 7*7 %>",
)  # fmt: skip
#: What XML 1.0 cannot carry, and what ends its sections early.
XML = (
    *(f"a{chr(code)}b" for code in range(0x20)),
    "a\x7fb\x85c\u2028d",
    "a\ufffeb\uffffc",
    "a\ud800b\udfffc",
    "]]>",
    "<![CDATA[x]]>",
    '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>&e;',
    "&lt;&amp;&#0;&#xFFFE;&nbsp;",
    "<?xml version='1.0'?><?php ?>",
    "\u202eright to left",
)
ALL = MARKUP + XML

#: Every element that the public pages are made of.
ELEMENTS = frozenset(
    [
        "html",
        "head",
        "meta",
        "title",
        "link",
        "body",
        "a",
        "header",
        "div",
        "nav",
        "ul",
        "li",
        "main",
        "section",
        "svg",
        "circle",
        "path",
        "h1",
        "h2",
        "h3",
        "h4",
        "p",
        "time",
        "span",
        "article",
        "dl",
        "dt",
        "dd",
        "ol",
        "strong",
        "em",
        "code",
        "pre",
        "blockquote",
        "br",
        "hr",
        "details",
        "summary",
        "footer",
    ]
)
_RUNS = re.compile(r"^\s*(javascript|data|vbscript):", re.IGNORECASE)


class Inert(HTMLParser):
    """Reads a document and notes whatever could run or reach out."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.trouble: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ELEMENTS:
            self.trouble.append(f"<{tag}>")
        for name, value in attrs:
            if name.startswith("on") or name in ("style", "srcdoc", "action", "formaction"):
                self.trouble.append(f"<{tag} {name}={value!r}>")
            if name in ("href", "src") and _RUNS.match(re.sub(r"[\s\x00-\x1f]", "", value or "")):
                self.trouble.append(f"<{tag} {name}={value!r}>")
            if name == "href" and value:
                self.links.append(value)
            if name == "id" and value:
                self.ids.append(value)


def trouble_in(html: bytes) -> list[str]:
    """Elements, attributes and addresses that have no place on a public page; empty is good."""
    return Inert(html.decode()).trouble
