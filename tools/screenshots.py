"""Takes docs/images/overview.png: the board, a draft in review and the public page of one incident.

``python -m tools.screenshots`` from the project's folder. It builds an installation of its own in a
temporary folder, walks an incident to its first update and a second draft in review, photographs three
screens in the system's Chromium, and lays them out as one picture. Nothing else is touched.
"""

from __future__ import annotations

import base64
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser  # noqa: E402 - a script finds its neighbours only now

from tests.journeys.desk import Desk, edit, new_desk, open_by_hand, publish, submit  # noqa: E402
from tests.living import Installation, installation  # noqa: E402
from tests.pages.serving import chromium  # noqa: E402

TARGET = ROOT / "docs" / "images" / "overview.png"
MOST_BYTES = 300_000
ROWS = """
from clarion import pipeline
from clarion.actions import setup, subscriber
from clarion.rules.access import SYSTEM
for place, name in enumerate(("Orders", "Payments", "Search"), start=2):
    pipeline.run(setup.add_component, name=name, position=place, actor=SYSTEM, now=now)
for name in ("ann", "bea", "cem"):
    address = f"{name}@example.com"
    pipeline.run(subscriber.add_subscriber, channel="email", address=address, actor=SYSTEM, now=now)
"""
FIRST = (
    "Some orders fail at the last step. Nobody is charged for an order that fails.\n\n"
    "You do not need to do anything. We are finding out what changed. Next update within 30 minutes."
)
SECOND = (
    "About one order in eight still fails at the last step. **We are moving orders to our second checkout**"
    " now.\n\nNobody is charged for an order that fails. Next update within 30 minutes."
)
LAYOUT = """<!doctype html><style>
body {{ margin: 0; width: 1400px; height: 900px; position: relative; overflow: hidden; background: #dfe6ee }}
img {{ position: absolute; border-radius: 10px; box-shadow: 0 10px 34px rgb(15 30 50 / 30%) }}
</style><img style="left: 36px; top: 36px; width: 860px" src="{board}">
<img style="left: 292px; top: 436px; width: 640px" src="{draft}">
<img style="right: 36px; top: 96px; width: 400px" src="{page}">"""


def photograph(desk: Desk, path: str) -> str:
    """The visible part of a screen as a data URL."""
    desk.go(path)
    desk.page.wait_for_load_state("networkidle")
    return "data:image/png;base64," + base64.b64encode(desk.page.screenshot(type="png")).decode()


def walk(here: Installation, browser: Browser) -> dict[str, str]:
    """One update published, the next in review; the three screens that show it."""
    size = {"width": 1180, "height": 780}
    lead, accuracy, clarity = (
        new_desk(here, browser, viewport=size).sign_in(role)
        for role in ("communications_lead", "accuracy", "clarity")
    )
    draft = open_by_hand(lead, "Orders fail at the last step")
    edit(lead, draft, FIRST)
    publish(lead, accuracy, clarity, draft)
    incident = lead.go(draft).locator("p.up a").get_attribute("href") or ""
    lead.go(incident)
    lead.press("Start a draft")
    second = lead.path
    edit(lead, second, SECOND)
    submit(lead, second)
    reader = new_desk(here, browser, viewport={"width": 620, "height": 1000})
    return {
        "board": photograph(accuracy, "/console/"),
        "draft": photograph(accuracy, second),
        "page": photograph(reader, "/"),
    }


def main() -> int:
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        named = {"CLARION_PAGE_NAME": "Larkspur", "CLARION_TIME_ZONE": "Europe/Berlin"}
        with installation(Path(folder), **named) as here:
            here.python(ROWS)
            here.start_web()
            here.start_worker()
            shown = walk(here, browser)
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        page.set_content(LAYOUT.format(**shown))
        TARGET.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=TARGET, type="png")
    size = TARGET.stat().st_size
    print(f"{TARGET.relative_to(ROOT)}: {size} bytes")
    return 0 if size <= MOST_BYTES else 1


if __name__ == "__main__":
    sys.exit(main())
