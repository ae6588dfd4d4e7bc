"""An update is written in light Markdown and read in browsers, mail programs and feeds."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clarion.rules.prose import LINK_SCHEMES, TAGS, only_text, to_html, to_plain

WRITTEN = [
    ("a sentence", "We are looking into it.", "<p>We are looking into it.</p>", "We are looking into it."),
    ("emphasis", "**All** of *it*", "<p><strong>All</strong> of <em>it</em></p>", "All of it"),
    ("a line break", "one\ntwo", "<p>one<br>\ntwo</p>", "one\ntwo"),
    ("two paragraphs", "one\n\ntwo", "<p>one</p>\n<p>two</p>", "one\n\ntwo"),
    ("a list", "- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>", "- one\n- two"),
    ("numbers", "3. c\n4. d", '<ol start="3">\n<li>c</li>\n<li>d</li>\n</ol>', "3. c\n4. d"),
    ("a nested list", "- a\n  - b", "<ul>\n<li>a\n<ul>\n<li>b</li>\n</ul>\n</li>\n</ul>", "- a\n  - b"),
    ("code", "run `ls`", "<p>run <code>ls</code></p>", "run ls"),
    ("a block of code", "```sh\nls\n```", "<pre><code>ls\n</code></pre>", "    ls"),
    ("a quote", "> so", "<blockquote>\n<p>so</p>\n</blockquote>", "> so"),
    ("a heading is a bold line", "# Now", "<p><strong>Now</strong></p>", "Now"),
    ("a rule", "a\n\n***\n\nb", "<p>a</p>\n<hr>\n<p>b</p>", "a\n\n* * *\n\nb"),
    ("signs", "a < b & c", "<p>a &lt; b &amp; c</p>", "a < b & c"),
    ("other line ends", "a\r\nb\rc\u2028d", "<p>a<br>\nb<br>\nc<br>\nd</p>", "a\nb\nc\nd"),
]


@pytest.mark.parametrize(("body", "html", "plain"), [row[1:] for row in WRITTEN], ids=[r[0] for r in WRITTEN])
def test_what_an_author_writes_reads_well_in_both_forms(body: str, html: str, plain: str) -> None:
    assert html == to_html(body).strip()
    assert plain == to_plain(body)


REL = 'rel="noopener noreferrer nofollow"'


@pytest.mark.parametrize(
    ("body", "html", "plain"),
    [
        (
            "[page](https://a.test/x?y=1&z=2)",
            "https://a.test/x?y=1&amp;z=2",
            "page (https://a.test/x?y=1&z=2)",
        ),
        ("<https://a.test/>", "https://a.test/", "https://a.test/"),
        ("<help@a.test>", "mailto:help@a.test", "help@a.test"),
        ("[write](mailto:help@a.test)", "mailto:help@a.test", "write (help@a.test)"),
        ("[page][1]\n\n[1]: HTTP://a.test/", "HTTP://a.test/", "page (HTTP://a.test/)"),
    ],
)
def test_a_link_to_the_web_or_a_mailbox_stays_a_link(body: str, html: str, plain: str) -> None:
    assert f'<a href="{html}" {REL}>' in to_html(body)
    assert plain == to_plain(body)


HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](data:text/html,<script>1</script>)",
    '<a href="jav&#x09;ascript:alert(1)">',
    "[x](jav&#x09;ascript:alert(1))",
    "[x](<java\tscript:alert(1)>)",
    "[x](&#1;javascript:alert(1))",
    "[x](vbscript:x)",
    "[x](//evil.test/)",
    "[x](/admin)",
    "[x](file:///etc/passwd)",
    "[x](https:\\\\evil.test)",
    "<javascript:alert(1)>",
    '![x](x"onerror="alert(1))',
    "![x](https://evil.test/pixel.gif)",
    '[x](https://a.test "\\" onmouseover=alert(1) x=\\"")',
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    "]]><script>1</script>",
    "</script><script>1</script>",
    '```"><script>1</script>\nx\n```',
    "<!-- <img src=x> -->",
    "<style>@import 'https://evil.test'</style>",
    "&lt;script&gt;1&lt;/script&gt;",
    "\x00<scr\x00ipt>",
    "[x](https://a.test/\u2028javascript:1)",
]


class Reader(HTMLParser):
    """Collects every tag and attribute, as a browser would find them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.odd: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_comment(self, data: str) -> None:
        self.odd.append(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def assert_inert(html: str) -> None:
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert not reader.odd
    for tag, attributes in reader.found:
        assert tag in TAGS
        assert set() == set(attributes) - ({"href", "rel"} if tag == "a" else {"start"})
        if "href" in attributes:
            assert (attributes["href"] or "").split(":")[0].lower() in LINK_SCHEMES


@pytest.mark.parametrize("body", HOSTILE)
def test_hostile_text_comes_out_inert(body: str) -> None:
    assert_inert(to_html(body))
    assert_inert(to_html(f"Hello **you**\n\n- {body}\n\n> {body}"))


@pytest.mark.parametrize("body", ["[x](javascript:alert(1))", "[x](/admin)", "![x](x.png)", "[x](//e.test)"])
def test_a_refused_link_is_shown_as_it_was_written(body: str) -> None:
    assert f"<p>{body}</p>" == to_html(body).strip()
    assert body == to_plain(body)


NOT_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
PIECES = st.sampled_from(
    [*HOSTILE, "\n", "\n\n", "- ", "> ", "`", "```\n", "*", "**", "[", "](", ")", "# ", "<"]
)


@given(st.lists(st.one_of(PIECES, st.text(max_size=20)), max_size=8).map("".join))
@example("\ud800")
@example("> " * 60 + "deep")
@example("[" * 200)
def test_no_text_at_all_breaks_out(body: str) -> None:
    html, plain = to_html(body), to_plain(body)
    assert_inert(html)
    assert None is NOT_TEXT.search(html + plain)
    assert plain == only_text(plain)


@given(st.text(alphabet=st.characters(categories=("L", "N")), min_size=1, max_size=60))
def test_words_are_never_lost(words: str) -> None:
    assert words == to_plain(words)
    assert words in to_html(words)
