"""What changed between two texts is told without inventing or losing a letter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clarion.web.console.compare import Piece, compare

TEXTS = st.text(alphabet="ab \n.é🙂", max_size=60)


@given(TEXTS, TEXTS)
def test_the_pieces_are_both_texts(before: str, after: str) -> None:
    pieces = compare(before, after)
    assert before == "".join(piece.text for piece in pieces if piece.kind != "added")
    assert after == "".join(piece.text for piece in pieces if piece.kind != "removed")


@given(TEXTS)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert {"same"} >= {piece.kind for piece in compare(text, text)}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("one in three", "one in ten", "one in -three-+ten+"),
        ("We know that cards fail.", "We know why cards fail.", "We know -that-+why+ cards fail."),
        ("a big house", "a very small house", "a -big-+very small+ house"),
        ("All is well.", "Cards do not work today", "-All is well.-+Cards do not work today+"),
        ("same\nold", "same\nnew", "same\n-old-+new+"),
    ],
)
def test_changes_are_told_in_words(before: str, after: str, expected: str) -> None:
    marks = {"same": "", "added": "+", "removed": "-"}
    assert expected == "".join(f"{marks[p.kind]}{p.text}{marks[p.kind]}" for p in compare(before, after))


def test_huge_passages_are_shown_whole() -> None:
    before, after = "a b " * 2000, "c d " * 2000
    assert [Piece("removed", before), Piece("added", after)] == compare(before, after)
