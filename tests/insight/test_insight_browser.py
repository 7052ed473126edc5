"""The figures, the records and management in Chromium: drawn, without faults for axe, at every size. All made up."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import BrowserContext, Page, sync_playwright

from bot.signin.roles import Role
from knowledge.knowledge import Knowledge
from tests.bot.fakes import Clock
from tests.insight.conftest import Ask, Decide
from tests.signin.house import PASSWORD, House
from tests.web.axe import check

CHROMIUM = Path("/usr/bin/chromium")
NAME = "Fenna Verzonnen"
SIZES = {"desktop": (1280, 800), "tablet": (768, 1024), "at 200 %": (640, 400)}
ADDRESSES = (
    "/fg/inzicht",
    "/fg/jaarverslag",
    "/fg/besluiten",
    "/fg/datalekken",
    "/fg/beheer",
    "/fg/beheer/mensen",
    "/fg/beheer/uitnodigingen",
    "/fg/beheer/logboek",
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not CHROMIUM.exists() and os.environ.get("CI") != "true",
        reason="Chromium is missing: apt-get install chromium",
    ),
]


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Listening before the server runs: a request waits in the queue, so no test has to."""
    made = socket.create_server(("127.0.0.1", 0))
    yield made
    made.close()


@pytest.fixture
def house(
    knowledge: Knowledge, database_url: str, tmp_path: Path, clock: Clock, listener: socket.socket
) -> Iterator[House]:
    base = f"http://127.0.0.1:{listener.getsockname()[1]}"
    made = House(knowledge, database_url, tmp_path, clock, base=base)
    made.account(NAME, *Role)
    server = uvicorn.Server(uvicorn.Config(made.app, log_config=None, lifespan="off"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])))
    thread.start()
    yield made
    server.should_exit = True
    thread.join()
    made.store.close()


@pytest.fixture
def context(house: House) -> Iterator[BrowserContext]:
    """A browser in which somebody with every role has signed in; what goes wrong unseen fails the test."""
    faults: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu", "--no-first-run"]
        )
        context = browser.new_context(locale="nl-NL", reduced_motion="reduce")
        context.on("console", lambda said: faults.append(said.text) if said.type in {"error", "warning"} else None)
        context.on("weberror", lambda error: faults.append(str(error.error)))
        page = context.new_page()
        page.goto(f"{house.base}/inloggen")
        page.get_by_label("Naam").fill(NAME)
        page.get_by_label("Wachtwoord").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{house.base}/")
        page.close()
        yield context
        browser.close()
    assert faults == []


@pytest.fixture
def page(context: BrowserContext, ask: Ask, decide: Decide) -> Page:
    """A page over some questions and a breach that presses."""
    march = datetime(2026, 3, 4, 12, tzinfo=UTC)
    ask(20, march)
    ask(12, march, act="consent", verdict="weigh", party="huisarts")
    ask(3, march, verdict="not_allowed")
    decide("breach", hours_ago=60)
    return context.new_page()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_without_faults_for_axe(page: Page, house: House, decide: Decide, size: str, scheme: str) -> None:
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    own = house.signin.accounts.called(NAME)[0]
    for address in (*ADDRESSES, f"/fg/besluiten/{decide('breach')}", f"/fg/beheer/mensen/{own.id}"):
        page.goto(f"{house.base}{address}")
        check(page)


def test_the_charts_are_drawn_and_their_tables_open(page: Page, house: House) -> None:
    page.goto(f"{house.base}/fg/inzicht")

    drawn = page.locator("canvas:visible")
    assert drawn.count() >= 3
    painted = page.evaluate(
        """() => [...document.querySelectorAll('canvas')].map((one) =>
             one.getContext('2d').getImageData(0, 0, one.width, one.height).data.some((value) => value))"""
    )
    assert all(painted)
    table = page.locator("section.figure").first.locator("table")
    assert not table.is_visible()
    page.locator("section.figure summary").first.press("Enter")
    assert table.is_visible()


def test_without_script_the_tables_are_open(house: House, context: BrowserContext, page: Page) -> None:
    context.route("**/*.js*", lambda route: route.fulfill(body=""))
    page.goto(f"{house.base}/fg/inzicht")

    assert page.locator("canvas:visible").count() == 0
    assert page.locator("section.figure table:visible").count() == page.locator("section.figure table").count() > 3


def test_a_breach_is_settled_with_the_keyboard(house: House, page: Page) -> None:
    page.goto(f"{house.base}/fg/datalekken")
    page.locator(".pressing a").first.press("Enter")
    page.get_by_label("Wat is ermee gedaan?").focus()
    page.keyboard.type("Gemeld")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    page.get_by_text("afgehandeld", exact=True).wait_for()
    page.goto(f"{house.base}/fg/datalekken")
    assert page.locator(".pressing").count() == 0
