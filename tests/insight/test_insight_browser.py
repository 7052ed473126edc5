"""The figures, the yearly report and the records in Chromium. All made up; axe sees these pages in tests/pages."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import uvicorn
from docx import Document
from playwright.sync_api import BrowserContext, Page, sync_playwright
from sqlmodel import Session, select

from bot.insight.small import HIDDEN
from bot.outcomes import OUTCOME_WORDS
from bot.signin.roles import Role
from bot.store.models import Question
from knowledge.knowledge import Knowledge
from tests.bot.fakes import Clock
from tests.insight.conftest import Ask, Decide
from tests.signin.house import PASSWORD, House

CHROMIUM = Path("/usr/bin/chromium")
NAME = "Fenna Verzonnen"
SIZES = {"desktop": (1280, 800), "tablet": (768, 1024), "at 200 %": (640, 400)}

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


def test_the_yearly_report_comes_through_the_browser_with_the_figures_of_the_store(
    house: House, page: Page, ask: Ask, knowledge: Knowledge
) -> None:
    for month in range(1, 8):
        ask(6 + month, datetime(2026, month, 14, 12, tzinfo=UTC), act="retention", verdict="info", party="")
    page.goto(f"{house.base}/fg/jaarverslag")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download jaarverslag 2026").press("Enter")
    assert download.value.suggested_filename == "jaarverslag-2026.docx"
    if folder := os.environ.get("PICTURES"):
        download.value.save_as(f"{folder}/{download.value.suggested_filename}")
    report = Document(str(download.value.path()))

    with Session(house.store.engine) as session:
        kept = list(session.exec(select(Question)))
    said = "\n".join(one.text for one in report.paragraphs)
    assert f"Er zijn {len(kept)} vragen gesteld." in said
    party = {one.party: knowledge.label("party", one.party) if one.party else "Zonder partij" for one in kept}
    # By the first word of the head: how often a row and a column come together in the store.
    real = {
        "Onderwerp": Counter((knowledge.label("act", one.act), party[one.party]) for one in kept),
        "Oordeel": Counter((OUTCOME_WORDS[one.verdict], "Vragen") for one in kept),
        "Week": Counter((week_of(one.asked_at), "Vragen") for one in kept),
    }
    shown: Counter[str] = Counter()
    for table in report.tables:
        head, *rows = [[cell.text for cell in row.cells] for row in table.rows]
        for row, *cells in rows if head[0] in real else ():
            for column, cell in zip(head[1:], cells, strict=True):
                count = real[head[0]][row.partition(",")[0], column]
                assert cell == str(count) or (cell == HIDDEN and count), (row, column, cell, count)
                shown[head[0]] += count if cell != HIDDEN else 0
    assert shown["Onderwerp"] == shown["Week"] == len(kept)
    assert shown["Oordeel"] == len(kept) - 12 - 3  # a group of 3 is hidden, and with it one that would tell of it


def week_of(moment: datetime) -> str:
    """The week of a moment as the figures call it."""
    return f"week {moment.isocalendar().week}"
