"""Everyone can read the pages: axe finds nothing in any of them, and nothing sticks out on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ViewportSize

from clarion.pages.site import render
from tests.pages import sample
from tests.pages.sample import component, incident, page
from tests.pages.serving import chromium, serve

pytestmark = pytest.mark.service("chromium")

PHONE: ViewportSize = {"width": 320, "height": 640}
DESK: ViewportSize = {"width": 1280, "height": 900}
VIEWS = {
    "a bad night": sample.rich(),
    "a calm day": sample.quiet(),
    "everything in every colour": page(
        components=tuple(
            component(status, status)
            for status in ("operational", "maintenance", "degraded", "partial_outage", "major_outage")
        ),
        incidents=tuple(incident(impact, impact=impact) for impact in ("none", "minor", "major", "critical")),
    ),
    "a major outage": page(components=(component("c1", "major_outage"),)),
    "planned work": page(components=(component("c1", "maintenance"), component("c2"))),
    "partly down": page(components=(component("c1", "major_outage"), component("c2"))),
    "an incident without impact": page(incidents=(incident("i1", impact="none"),)),
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_no_violation(
    view: str, viewport: ViewportSize, scheme: str, browser: Browser, tmp_path: Path
) -> None:
    files = render(VIEWS[view])
    paths = ["/"]
    if view == "a bad night":
        paths += ["/history/", "/404.html", "/incidents/9tpgqq1h4bs7/", "/incidents/past2/"]
    with (
        serve(files, tmp_path) as base,
        # The policy forbids axe's own script too; it is tested by itself elsewhere.
        browser.new_context(viewport=viewport, color_scheme=scheme, bypass_csp=True) as context,  # type: ignore[arg-type]
    ):
        tab = context.new_page()
        for path in paths:
            tab.goto(base + path)
            found = Axe().run(tab)
            assert 0 == found.violations_count, found.generate_report()
            assert viewport["width"] == tab.evaluate("document.documentElement.scrollWidth"), path


def test_the_keyboard_reaches_the_content_first_and_every_control_shows_its_focus(
    browser: Browser, tmp_path: Path
) -> None:
    with serve(render(sample.rich()), tmp_path) as base, browser.new_context() as context:
        tab = context.new_page()
        tab.goto(base)
        tab.keyboard.press("Tab")
        assert "Skip to the content" == tab.evaluate("document.activeElement.textContent")
        tab.keyboard.press("Enter")
        assert "content" == tab.evaluate("document.activeElement.id")
        for _ in range(6):
            tab.keyboard.press("Tab")
            assert "solid" == tab.evaluate("getComputedStyle(document.activeElement).outlineStyle")


def test_folded_updates_are_printed(browser: Browser, tmp_path: Path) -> None:
    with serve(render(sample.rich()), tmp_path) as base, browser.new_context() as context:
        tab = context.new_page()
        tab.goto(base)
        folded = tab.get_by_text("Some customers cannot pay by card")
        assert not folded.is_visible()
        tab.emulate_media(media="print")
        assert folded.is_visible()


def test_the_page_reads_without_its_stylesheet(browser: Browser, tmp_path: Path) -> None:
    """Icons are drawn at the size of text by their own attributes, so nothing covers the words."""
    files = {
        name: content for name, content in render(sample.rich()).items() if not name.startswith("style.")
    }
    with serve(files, tmp_path) as base, browser.new_context() as context:
        tab = context.new_page()
        tab.goto(base)
        assert 24 == tab.locator("svg").first.evaluate("e => e.getBoundingClientRect().width")
