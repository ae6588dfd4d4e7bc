"""A5: whoever can write a title, a text or a name cannot make a reader's browser run anything.

Here: the public pages in a real browser, with and without the header that forbids scripts anyway.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from clarion.pages.site import render
from clarion.pages.view import PageView
from tests.pages import hostile
from tests.pages.sample import incident, page, update, with_title
from tests.pages.serving import chromium, serve

pytestmark = pytest.mark.service("chromium")

PAGES = ("/", "/incidents/i1/", "/incidents/i2/", "/history/", "/404.html")
#: What a page would hold if a text had come to life.
ALIVE = """() => [...document.querySelectorAll('*')].filter(e =>
  /^(script|iframe|object|embed|img|form|base|math|button|frame|input)$/i.test(e.tagName)
  || /refresh/i.test(e.getAttribute('http-equiv') || '')
  || [...e.attributes].some(a => /^on|^style$/i.test(a.name) || /^\\s*(javascript|data):/i.test(a.value))
).map(e => e.outerHTML.slice(0, 200))"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


def everything_hostile() -> PageView:
    """One page that carries every hostile text as title, name and body."""
    view = with_title(" ".join(hostile.MARKUP))
    each = tuple(
        incident(f"h{place}", update(f"h{place}u", body=text), title=text)
        for place, text in enumerate(hostile.MARKUP)
    )
    return page(name=view.name, components=view.components, incidents=(*view.incidents, *each))


def watched(tab: Page) -> list[str]:
    """Notes everything that a text must not bring about."""
    happened: list[str] = []

    def dialog(shown: object) -> None:
        happened.append("dialog")
        shown.dismiss()  # type: ignore[attr-defined]

    tab.on("dialog", dialog)
    tab.on("pageerror", lambda error: happened.append(f"script ran: {error}"))
    tab.on("popup", lambda _: happened.append("popup"))
    tab.on("request", lambda request: happened.append(request.url))
    return happened


@pytest.mark.parametrize("with_policy", [True, False], ids=["as served", "should nobody send the policy"])
def test_no_text_on_a_public_page_runs_in_a_real_browser(
    with_policy: bool, browser: Browser, tmp_path: Path
) -> None:
    with (
        serve(render(everything_hostile()), tmp_path, policy=with_policy) as base,
        browser.new_context(bypass_csp=not with_policy) as context,
    ):
        tab = context.new_page()
        happened = watched(tab)
        for path in PAGES:
            tab.goto(base + path, wait_until="load")
            assert [] == tab.evaluate(ALIVE), path
            for link in tab.locator("main a").all()[:40]:
                address = link.get_attribute("href") or ""
                assert address.startswith(("/", "https://", "http://", "mailto:", "#")), path
            tab.wait_for_timeout(50)
        own = {f"{base}{path}" for path in PAGES} | {f"{base}/favicon.svg"}
        foreign = [event for event in happened if event not in own and "/style." not in event]
        assert [] == foreign


def test_the_browser_would_have_noticed(browser: Browser, tmp_path: Path) -> None:
    """The same watch on a page that does let a title through."""
    files = {"index.html": b"<!doctype html><title>x</title><img src=x onerror=alert(1)>"}
    with serve(files, tmp_path, policy=False) as base, browser.new_context() as context:
        tab = context.new_page()
        happened = watched(tab)
        tab.goto(base, wait_until="load")
        tab.wait_for_timeout(50)
        assert "dialog" in happened
        assert 1 == len(tab.evaluate(ALIVE))


def test_nothing_on_the_pages_is_blocked_by_the_policy(browser: Browser, tmp_path: Path) -> None:
    """The stylesheet applies; the browser has nothing to complain about."""
    with serve(render(with_title("Checkout fails")), tmp_path) as base, browser.new_context() as context:
        tab = context.new_page()
        said: list[str] = []
        tab.on("console", lambda message: said.append(message.text))
        for path in PAGES:
            tab.goto(base + path, wait_until="load")
        assert [] == said
        assert "832px" == tab.locator("main").evaluate("e => getComputedStyle(e).maxWidth")
