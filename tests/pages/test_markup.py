"""A text can never become markup, because of how markup is made and not because someone remembered."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import clarion.pages
from clarion.pages.markup import join, led_prose, tag
from clarion.rules.wording import ENGLISH

PAGES = Path(clarion.pages.__path__[0])


def test_text_is_escaped_wherever_it_stands() -> None:
    made = tag("p", "<b>", ["&", tag("em", "a<b")], None, title='"><script>')
    assert '<p title="&quot;&gt;&lt;script&gt;">&lt;b&gt;&amp;<em>a&lt;b</em></p>' == made.markup


def test_attributes_that_are_not_set_are_not_written() -> None:
    assert "<details open></details>" == tag("details", open=True, id=None, hidden=False).markup


@pytest.mark.parametrize("attribute", ["onclick", "style", "srcdoc", "ONLOAD", "a b", "x=y"])
def test_an_attribute_that_could_run_is_refused(attribute: str) -> None:
    with pytest.raises(ValueError, match="no place on a public page"):
        tag("p", **{attribute: "x"})


@pytest.mark.parametrize("name", ["script", "style", "p onload", "", "x><script"])
def test_an_element_that_could_run_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no place on a public page"):
        tag(name)


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        " javascript:alert(1)",
        "jav\tascript:alert(1)",
        "data:text/html,x",
        "\\\\evil",
        "x y",
    ],
)
def test_a_link_leads_to_the_web_a_mailbox_or_a_path_of_this_site(address: str) -> None:
    with pytest.raises(ValueError, match="not a web address"):
        tag("a", href=address)
    for good in ("https://a.example/x?y=1&z", "mailto:a@b.example", "/history", "#content"):
        assert tag("a", href=good)


def test_a_lead_stands_in_the_first_paragraph_or_before_a_list() -> None:
    lead, zone = join(tag("strong", "Resolved"), " - "), "Etc/UTC"
    found = [led_prose(lead, body, zone, ENGLISH).markup for body in ("Done.", "- a")]
    assert found[0].startswith("<p><strong>Resolved</strong> - Done.</p>")
    assert found[1].startswith("<p><strong>Resolved</strong> - </p><ul>")


def calls_to(name: str, path: Path) -> list[ast.Call]:
    tree = ast.parse(path.read_text())
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [call for call in calls if getattr(call.func, "id", getattr(call.func, "attr", "")) == name]


def test_only_the_builder_makes_markup_and_drawings_are_written_out_in_the_source() -> None:
    for path in PAGES.glob("*.py"):
        if path.name != "markup.py":
            assert [] == calls_to("Html", path), path.name
        for call in calls_to("drawing", path):
            assert isinstance(call.args[0], ast.Constant)
