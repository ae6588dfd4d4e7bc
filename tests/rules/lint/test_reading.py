"""Nothing that a reader sees is hidden from lint, and every finding points at the author's own words."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from clarion.rules import lint
from clarion.rules.lint import Context, Finding, LintText
from clarion.rules.lint._characters import plain
from clarion.rules.lint._reading import Reading, read
from clarion.rules.prose import to_html

RULES = lint.load_rules()
CONTEXT = Context(now=datetime(2026, 3, 2, 12, 0, tzinfo=UTC))


def found(body: str, title: str = "") -> tuple[Finding, ...]:
    findings = lint.check(LintText(title, body), CONTEXT, RULES)
    return tuple(finding for finding in findings if not finding.rule.startswith("STR"))


#: How it is hidden, the body, the rule that sees it all the same.
BYPASSES = [
    ("zero-width space", "Restarting pr\u200bod-db-07.", "SEN-004"),
    ("zero-width joiner", "Restarting prod\u200d-db-07.", "SEN-004"),
    ("word joiner", "It was our\u2060 fault.", "ADM-001"),
    ("byte order mark", "It was our fa\ufeffult.", "ADM-001"),
    ("soft hyphen", "A data bre\u00adach.", "SEC-001"),
    ("soft hyphen as an entity", "A data bre&shy;ach.", "SEC-001"),
    ("letters as entities", "Restarting &#112;rod-db-07.", "SEN-004"),
    ("letters as hexadecimal entities", "Restarting &#x70;&#x72;od-db-07.", "SEN-004"),
    ("a point as a named entity", "Traffic to 10&period;4&period;22&period;17 fails.", "SEN-001"),
    ("zero-width space as an entity", "It was our f&#8203;ault.", "ADM-001"),
    ("fullwidth digits", "Traffic to １０.４.２２.１７ fails.", "SEN-001"),
    ("fullwidth letters", "Restarting ｐｒｏｄ－ｄｂ－０７.", "SEN-004"),
    ("ideographic full stops", "Traffic to 10。4。22。17 fails.", "SEN-001"),
    ("one-dot leaders", "Traffic to 10․4․22․17 fails.", "SEN-001"),
    ("Arabic-Indic digits", "Traffic to ١٠.٤.٢٢.١٧ fails.", "SEN-001"),
    ("mathematical letters", "It was 𝐨𝐮𝐫 𝐟𝐚𝐮𝐥𝐭.", "ADM-001"),
    ("circled letters", "It was our ⓕⓐⓤⓛⓣ.", "ADM-001"),
    ("letters in boxes", "It was our 🅵🅰🆄🅻🆃.", "ADM-001"),
    ("letters of flags", "A data 🇧🇷🇪🇦🇨🇭.", "SEC-001"),
    ("small capitals", "A data ʙʀᴇᴀᴄʜ.", "SEC-001"),
    ("Cyrillic letters", "A data brеасh.", "SEC-001"),
    ("Greek letters", "It was οur fαult.", "ADM-001"),
    ("accents", "It was òür fäült.", "ADM-001"),
    ("struck through by combining marks", "It was our f\u0336a\u0336u\u0336l\u0336t\u0336.", "ADM-001"),
    ("variation selectors", "It was our f\ufe0fault.", "ADM-001"),
    ("a Hangul filler", "It was our f\u3164ault.", "ADM-001"),
    ("tag characters", "It was our f\U000e0061ault.", "ADM-001"),
    ("direction override", "It was our \u202efault\u202c.", "ADM-001"),
    ("emphasis inside a word", "Restarting pr**od**-db-07.", "SEN-004"),
    ("emphasis around a letter", "It was our f*a*ult.", "ADM-001"),
    ("an empty comment, which stays text", "Restarting prod-db-07<!-- -->.", "SEN-004"),
    ("backslashes", "Traffic to 10\\.4\\.22\\.17 fails.", "SEN-001"),
    ("code", "Restarting `prod-db-07`.", "SEN-004"),
    ("a code block", "See:\n\n    prod-db-07\n", "SEN-004"),
    ("a fence", "```\nprod-db-07\n```", "SEN-004"),
    ("the label of a fence, which shows nowhere", "```prod-db-07\nx\n```", "SEN-004"),
    ("a line end between words", "It was our\nfault.", "ADM-001"),
    ("a hard line end", "It was our  \nfault.", "ADM-001"),
    ("a hard line end by backslash", "It was our\\\nfault.", "ADM-001"),
    ("several blanks", "It was our    fault.", "ADM-001"),
    ("tabs", "It was our\tfault.", "ADM-001"),
    ("no-break space", "It was our\u00a0fault.", "ADM-001"),
    ("thin space", "It was our\u2009fault.", "ADM-001"),
    ("a quote over two lines", "> It was our\n> fault.", "ADM-001"),
    ("a list item over two lines", "- It was our\n  fault.", "ADM-001"),
    ("a heading", "## Our fault", "ADM-001"),
    ("curly apostrophe", "We’ll refund everybody.", "ADM-008"),
    ("no-break hyphens", "Restarting prod\u2011db\u201107.", "SEN-004"),
    ("dashes", "Restarting prod–db–07.", "SEN-004"),
    ("points in brackets", "Traffic to 10[.]4[.]22[.]17 fails.", "SEN-001"),
    ("points in words", "Traffic to 10 dot 4 dot 22 dot 17 fails.", "SEN-001"),
    ("an at sign in words", "Ask kim.lee (at) example.com.", "SEN-008"),
    ("a link's target", "See [this page](https://grafana.example.com/d/x).", "SEN-012"),
    ("a link's target in percent signs", "See [this](https://x.example/%70rod-db-07).", "SEN-004"),
    ("a link's host in percent signs", "See [this](https://%67rafana.example.com/d).", "SEN-012"),
    ("a link's title, which shows nowhere", 'See [this](https://x.example "prod-db-07").', "SEN-004"),
    ("a link by reference", "See [this].\n\n[this]: https://grafana.example.com/d", "SEN-012"),
    ("a reference that nothing uses", "Fine.\n\n[x]: https://x.example 'prod-db-07'", "SEN-004"),
    ("an automatic link", "See <https://grafana.example.com/d/x>.", "SEN-012"),
    ("a mail link", "Ask [us](mailto:kim.lee@example.com).", "SEN-008"),
    ("a name and password in a link", "See [it](https://kim:sesame@x.example/).", "SEN-010"),
    ("a link defanged", "See hxxps://grafana.example.com/d.", "SEN-012"),
    ("a label that looks like another link", "[https://ok.example](https://kibana.example.com/a)", "SEN-012"),
    ("upper case", "IT WAS OUR FAULT.", "ADM-001"),
    ("a NUL in the word", "It was our f\x00ault.", "ADM-001"),
    ("half of a surrogate pair", "It was our f\ud800ault.", "ADM-001"),
]


@pytest.mark.parametrize(("body", "rule"), [row[1:] for row in BYPASSES], ids=[row[0] for row in BYPASSES])
def test_hiding_does_not_help(body: str, rule: str) -> None:
    mine = [finding for finding in found(body) if finding.rule == rule]
    assert mine
    assert all(body[finding.place.start : finding.place.end] == finding.words != "" for finding in mine)


#: What a reading without Markdown can still undo; the rest of the list needs the block it stands in.
DENSE = [row for row in BYPASSES if row[0] != "a hard line end by backslash"]


@pytest.mark.parametrize(("body", "rule"), [row[1:] for row in DENSE], ids=[row[0] for row in DENSE])
def test_nor_does_it_help_to_drown_it_in_marks(body: str, rule: str) -> None:
    """More marks than the parser has time for: the text is skimmed, and still nothing hides."""
    drowned = f"{body}\n\n{'*[ ' * 1001}"
    mine = [finding for finding in found(drowned) if finding.rule == rule]
    assert mine
    assert all(drowned[f.place.start : f.place.end] == f.words != "" for f in mine)


TITLES = ["Our f\u200bault", "ＯＵＲ fault", "Our  fault", "Our\u00a0fаult"]


@pytest.mark.parametrize("title", TITLES)
def test_a_title_is_read_the_same_way(title: str) -> None:
    (mine,) = (finding for finding in found("", title) if finding.rule == "ADM-001")
    assert ("title", title) == (mine.place.part, mine.words)


def test_a_title_is_no_markdown() -> None:
    """Readers of a title see its asterisks, so lint does too."""
    assert () == found("", "Our f*a*ult")


#: The author's body and the words that must be marked in it.
MARKED = [
    ("Hello. It was **our** fault.", "our** fault"),
    ("Hello.\r\n\r\nIt was our\r\nfault.", "our\r\nfault"),
    ("a&amp;b was our fault", "our fault"),
    ("> quoted\n> our fault", "our fault"),
    ("1. one\n2. our fault", "our fault"),
    ("[our fault](https://x.example)", "our fault"),
    ("`x` ``our fault``", "our fault"),
    ("Our head\n===\n\n* our fault", "our fault"),
    ("our house, *our* dog, our fault", "our fault"),
    ("[a](https://x.example 'our dog') our fault", "our fault"),
    ("    our fault", "our fault"),
    ("~~~\nour fault\n~~~", "our fault"),
    ("x " * 300 + "our fault", "our fault"),
]


@pytest.mark.parametrize(("body", "words"), MARKED)
def test_the_place_is_that_of_the_words_in_what_the_author_sent(body: str, words: str) -> None:
    (mine,) = (finding for finding in found(body) if finding.rule == "ADM-001")
    assert words == mine.words == body[mine.place.start : mine.place.end]


def test_a_link_has_its_place_in_the_body_and_nobody_replaces_it() -> None:
    body = "See [the plan](https://x.example/prod-db-07)."
    (mine,) = (finding for finding in found(body) if finding.rule == "SEN-004")
    assert ("link", "prod-db-07", None) == (
        mine.place.part,
        body[mine.place.start : mine.place.end],
        mine.replacement,
    )


def test_words_with_markup_inside_are_not_replaced_by_a_click() -> None:
    """Half of an emphasis would stay behind."""
    (plain_words,) = (f for f in found("We saw a glitch.") if f.rule == "MIN-003")
    (torn,) = (f for f in found("We saw a gl**it**ch.") if f.rule == "MIN-003")
    assert ("error", None) == (plain_words.replacement, torn.replacement)


def test_the_same_sentence_keeps_its_fingerprint_wherever_it_moves() -> None:
    (here,) = (f for f in found("It was our fault.") if f.rule == "ADM-001")
    (there,) = (f for f in found("Hello.\n\nIt was  **our** fault.\n") if f.rule == "ADM-001")
    (other,) = (f for f in found("It was surely our fault.") if f.rule == "ADM-001")
    assert here.fingerprint == there.fingerprint != other.fingerprint


def test_a_match_does_not_run_from_one_sentence_into_the_next() -> None:
    assert "SPC-001" in {f.rule for f in found("We think that this is due to a disk.")}
    assert "SPC-001" not in {f.rule for f in found("We think so. Pages load slowly due to load.")}
    assert "SPC-001" not in {f.rule for f in found("- We think so\n- Slow due to load")}


PIECES = (
    [
        "our",
        "fault",
        " ",
        " ",
        "\n",
        "\r\n",
        "\n\n",
        "*",
        "**",
        "_",
        "`",
        "[",
        "](https://x.example)",
        "](",
        ")",
    ]
    + ["> ", "- ", "1. ", "# ", "&amp;", "&#112;", "&shy;", "\\", "\\*", "<", ">", "\u200b", "é", "ﬁ", "🙂"]
    + ["<https://a.example/%20b>", '[x]: https://b.example "t"\n', "    ", "```\n", "!", "\t", "\ud800"]
)
PROSE = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=25).map("".join)


@given(PROSE)
@settings(max_examples=300, deadline=None)
@example("[a](https://x.example 'a') a")
@example("*a **a* a")
@example('our[x]: https://b.example "t"\n>```\nour')
def test_what_is_read_is_what_readers_see_and_its_places_are_real(body: str) -> None:
    """Against the renderer of the page: the same characters in the same order, and each has a place."""
    view = read(LintText("", body))
    seen = unescape(re.sub(r"<[^>]*>", "", to_html(body)))
    assert "".join("".join(map(plain, seen)).split()) == "".join(view.body.text.split())
    for reading in view.readings:
        check_places(reading, body)


def check_places(reading: Reading, source: str) -> None:
    assert len(reading.text) == len(reading.starts) == len(reading.ends)
    for letter, start, end in zip(reading.text, reading.starts, reading.ends, strict=True):
        assert 0 <= start <= end <= len(source)
        assert start < end or letter in " \n", "only what stands between two blocks has no character"
    assert list(reading.starts) == sorted(reading.starts)


WORD = st.text(st.sampled_from("abcdefgh"), min_size=1, max_size=6)
INLINE = st.one_of(
    WORD,
    WORD.map(lambda word: f"*{word}*"),
    WORD.map(lambda word: f"**{word}**"),
    WORD.map(lambda word: f"`{word}`"),
    WORD.map(lambda word: f"[{word}](https://{word}.example '{word}')"),
    WORD.map(lambda word: f"\\*{word}&amp;"),
)
BLOCK = st.tuples(
    st.sampled_from(["", "> ", "- ", "1. ", "## ", "> > "]), st.lists(INLINE, min_size=1, max_size=5)
).map(lambda pair: pair[0] + " ".join(pair[1]))


@given(st.lists(BLOCK, max_size=5).map("\n\n".join))
@settings(max_examples=300, deadline=None)
def test_every_letter_points_at_itself(body: str) -> None:
    """In well-formed text, the author's character at a letter's place is that letter."""
    for reading in read(LintText("", body)).readings:
        for letter, start in zip(reading.text, reading.starts, strict=True):
            if letter.isalnum():
                assert letter == body[start], (reading.text, body, start)


@given(PROSE, PROSE)
@settings(max_examples=200, deadline=None)
def test_findings_point_into_the_text_and_carry_its_words(title: str, body: str) -> None:
    """For any text at all: offsets hold, the words are the author's, and nothing is raised."""
    for finding in lint.check(LintText(title, body), CONTEXT, RULES):
        source = title if finding.place.part == "title" else body
        assert 0 <= finding.place.start <= finding.place.end <= len(source)
        assert finding.words == source[finding.place.start : finding.place.end]


@given(st.text())
@settings(deadline=None)
def test_folding_takes_any_text_and_is_settled_after_once(text: str) -> None:
    once = "".join(map(plain, text))
    assert once == "".join(map(plain, once))
