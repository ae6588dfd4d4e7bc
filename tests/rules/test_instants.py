"""A time in a text is a reference to an instant: one for everybody, said to each reader in their zone."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clarion.rules.compose import escape
from clarion.rules.instants import broken, read, reference, references, spoken, spoken_markdown
from clarion.rules.prose import to_html, to_plain

HALF_PAST_THREE = datetime(2026, 11, 25, 15, 30, tzinfo=UTC)
SAID = "25 Nov 2026, 15:30 UTC (16:30 CET)"


@pytest.mark.capability("3.3", face="console")
def test_every_reader_is_told_utc_and_their_own_zone() -> None:
    """The same text, two readers; a program reads the instant itself."""
    body = "Next update by {2026-11-25T15:30Z}."
    assert f"Next update by {SAID}." == to_plain(body, "Europe/Berlin")
    assert "Next update by 25 Nov 2026, 15:30 UTC (21:00 IST)." == to_plain(body, "Asia/Kolkata")
    assert f'<time datetime="2026-11-25T15:30:00Z">{SAID}</time>.' in to_html(body, "Europe/Berlin")
    assert f"Next update by **{SAID}**" == spoken_markdown(
        "Next update by **{2026-11-25T15:30Z}**", "Europe/Berlin"
    )
    assert f"Down since {SAID}" == spoken("Down since {2026-11-25T15:30Z}", "Europe/Berlin")


ZONES = (
    "Etc/UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Apia",
)
MOMENTS = st.timedeltas(timedelta(0), timedelta(days=375_000)).map(
    lambda gone: datetime(1970, 1, 1, tzinfo=UTC) + gone
)


@given(MOMENTS, st.sampled_from(ZONES))
def test_what_is_written_is_read_again(moment: datetime, zone: str) -> None:
    """To the minute, in any zone, and in the middle of Markdown."""
    minute = moment.replace(second=0, microsecond=0)
    written = reference(moment)
    assert minute == read(written)
    assert [minute] == [found.at for found in references(f"- **{written}** and `{written}`")]
    assert f"{minute:%H:%M} UTC" in to_plain(written, zone)


def test_a_reference_is_in_utc_whatever_the_zone_of_the_moment() -> None:
    kathmandu = timezone(timedelta(hours=5, minutes=45))
    assert "{2026-11-25T15:30Z}" == reference(HALF_PAST_THREE.astimezone(kathmandu))
    with pytest.raises(ValueError, match="carries no time zone"):
        reference(datetime(2026, 1, 1))  # noqa: DTZ001 - the mistake itself


LITERAL = [
    "`{2026-11-25T15:30Z}`",
    "``a ` {2026-11-25T15:30Z}``",
    "```\n{2026-11-25T15:30Z}\n```",
    "~~~\n{2026-11-25T15:30Z}",
    r"\{2026-11-25T15:30Z}",
]


@pytest.mark.parametrize("body", LITERAL)
def test_code_and_an_escaped_brace_stay_as_they_are(body: str) -> None:
    """In the page, in a mail and in a webhook alike."""
    assert "{2026-11-25T15:30Z}" in to_plain(body, "Europe/Berlin")
    assert body == spoken_markdown(body, "Europe/Berlin")
    assert [] == references(body) == broken(body)


BROKEN = [
    "{2026-02-30T10:00Z}",
    "{2026-11-25T24:00Z}",
    "{2026-11-25T15:30}",
    "{2026-11-25T15:30+01:00}",
    "{2026-11-25 15:30 UTC}",
    "{0001-01-01T00:00Z}",
    "{9999-12-31T23:59Z}",
    "{15:30}",
    "{25 Nov, 15:30}",
]


@pytest.mark.parametrize("written", BROKEN)
def test_what_was_meant_as_a_reference_and_is_none_is_named(written: str) -> None:
    """It is shown as it was written, so that nobody is told a wrong time."""
    body = f"Back by {written}, {{service}} and {{2026-11-25T15:30Z}}."
    assert [written] == broken(body)
    assert written in to_plain(body, "America/New_York")
    assert written in spoken_markdown(body, "America/New_York")


@given(st.text(max_size=30), MOMENTS)
def test_a_value_from_outside_never_becomes_a_time(noise: str, moment: datetime) -> None:
    """An alert's words are shown as they are, also when they look like a reference."""
    value = f"{noise}{reference(moment)}"
    assert [] == references(escape(value))
    assert "<time" not in to_html(f"So: {escape(value)}")


@given(
    st.lists(
        st.sampled_from(["{2026-11-25T15:30Z}", "`", "```\n", "\\", "{", "}", "a", "\n", "~~~\n"]), max_size=9
    )
)
def test_all_ways_out_agree_on_what_a_time_is(pieces: list[str]) -> None:
    """However oddly code and braces are mixed, nothing is lost and no rendering raises."""
    body = "".join(pieces)
    for found in references(body):
        assert "{2026-11-25T15:30Z}" == body[found.start : found.end]
    assert len(references(body)) == len(re.findall("16:30 CET", spoken_markdown(body, "Europe/Berlin")))
    to_plain(body, "Europe/Berlin")
