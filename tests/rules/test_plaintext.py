"""Titles and links from outside can forge neither a log line, nor a terminal, nor a link."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clarion.rules.errors import Invalid
from clarion.rules.plaintext import one_line, require_storable, some_lines, stable_name, web_link

TITLES = [
    ("an ordinary title", "Checkout is slow", "Checkout is slow"),
    ("a line end that would forge a log line", "Slow\nlevel=info msg=ok", "Slow level=info msg=ok"),
    ("a terminal title sequence", "a\x1b]0;x\x07b", "a\ufffdb"),
    ("a colour sequence", "\x1b[31mred\x1b[0m", "\ufffdred\ufffd"),
    ("a one-byte sequence start", "a\x9b2Jb", "a\ufffdb"),
    ("an unfinished sequence", "a\x1b]0;x", "a\ufffd]0;x"),
    ("a percent-encoded line end is only letters", "a%0ab", "a%0ab"),
    ("a bell and a backspace", "a\x07\x08b", "a\ufffd\ufffdb"),
    ("a NUL, which PostgreSQL cannot keep", "a\x00b", "a\ufffdb"),
    ("a change of writing direction", "a\u202eb", "a\ufffdb"),
    ("a line separator", "a\u2028b", "a b"),
    ("blanks around and inside", "  a \t b  ", "a b"),
    ("other scripts and joined emoji stay", "Störung 障害 👩‍🚒", "Störung 障害 👩‍🚒"),
]


@pytest.mark.parametrize(("text", "shown"), [row[1:] for row in TITLES], ids=[row[0] for row in TITLES])
def test_a_title_is_shown_on_one_line_without_controls(text: str, shown: str) -> None:
    """What a screen, a terminal or a log could obey is replaced where it can be seen."""
    assert shown == one_line(text, 300)


@given(st.text(), st.integers(30, 400))
def test_whatever_comes_nothing_that_is_left_can_be_obeyed(text: str, limit: int) -> None:
    """For any text, one line has no control, keeps its limit, and is the same when cleaned again."""
    shown = one_line(text, limit)
    assert "".join(found for found in shown if unicodedata.category(found) in ("Cc", "Cs", "Zl", "Zp")) == ""
    assert len(shown) <= limit
    assert shown == one_line(shown, limit)
    assert (
        "".join(
            found
            for found in some_lines(text, limit)
            if unicodedata.category(found) == "Cc" and found not in "\n\t"
        )
        == ""
    )


def test_a_cut_title_says_that_it_was_cut() -> None:
    """A title of 301 characters ends in an ellipsis; one of 300 stays whole."""
    assert one_line("x" * 300, 300) == "x" * 300
    assert one_line("x" * 301, 300) == "x" * 299 + "…"


@given(st.text(max_size=60), st.text(max_size=60))
def test_two_names_never_become_one(first: str, second: str) -> None:
    """Cleaning or cutting a name that identifies keeps different names different, and short."""
    assert (first == second) == (stable_name(first, 30) == stable_name(second, 30))
    assert len(stable_name(first, 30)) <= 30


NOT_KEPT = [
    ("a NUL", "a\x00b"),
    ("half of a surrogate pair", "\ud83d"),
    ("in a list", ["fine", "\x00"]),
    ("in a mapping inside", {"a": {"b": ["\x00"]}}),
    ("in a name of a mapping", {"\x00": 1}),
]
KEPT = ["", "a\nb\tc\x1b", "Störung 👩‍🚒", None, 7, {"tokens": ("a", 1, None)}]


@pytest.mark.parametrize("value", [row[1] for row in NOT_KEPT], ids=[row[0] for row in NOT_KEPT])
def test_what_no_database_keeps_is_refused_by_name(value: object) -> None:
    """What somebody wrote is refused, not changed."""
    with pytest.raises(Invalid) as refused:
        require_storable(title="fine", reason=value)
    assert "reason" == refused.value.field


@pytest.mark.parametrize("value", KEPT)
def test_everything_else_may_be_written(value: object) -> None:
    require_storable(reason=value)


LINKS = [
    ("https", "https://prom.example/graph?g0=1", True),
    ("http, as inside a company network", "http://prom:9090/graph", True),
    ("script", "javascript:alert(1)", False),
    ("data", "data:text/html,x", False),
    ("no host", "https:///graph", False),
    ("relative", "/graph", False),
    ("a password inside", "https://admin:hunter2@prom.example/", False),
    ("a user inside", "https://admin@prom.example/", False),
    ("an unfinished address", "https://[::1/", False),
    ("a blank", "https://prom.example/a b", False),
    ("a line end", "https://prom.example/\n", False),
    ("a backslash, which browsers read as a slash", "https://prom.example\\@evil.example", False),
    ("too long", "https://prom.example/" + "x" * 2000, False),
    ("nothing", "", False),
]


@pytest.mark.parametrize(("link", "fit"), [row[1:] for row in LINKS], ids=[row[0] for row in LINKS])
def test_only_a_plain_web_link_is_shown(link: str, fit: bool) -> None:
    """A link is kept as sent, or not at all."""
    assert (link if fit else "") == web_link(link)
