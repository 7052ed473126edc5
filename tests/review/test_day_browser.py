"""The FG's day in Chromium: sign in, work the queue with the keyboard, answer, make an example. All made up.

Whether every page is accessible at every size is seen in tests/pages.
"""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
import yaml
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from bot.signin.roles import Role
from bot.store.reviews import Filter, Reviews
from tests.delivery.fakes import Pigeons
from tests.signin.house import PASSWORD, House
from tests.web.axe import check

CHROMIUM = Path("/usr/bin/chromium")
NAME = "Fenna Verzonnen"
DESKTOP = {"width": 1280, "height": 800}
Ask = Callable[..., int]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not CHROMIUM.exists() and os.environ.get("CI") != "true",
        reason="Chromium is missing: apt-get install chromium",
    ),
]


@dataclass
class Office:
    """The running program, and the channel on which people get their answers."""

    house: House
    pigeons: Pigeons

    @property
    def address(self) -> str:
        return self.house.base


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
        )
        yield browser
        browser.close()


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Listening before the server runs: a request waits in the queue, so no test has to."""
    made = socket.create_server(("127.0.0.1", 0))
    yield made
    made.close()


@pytest.fixture
def base(listener: socket.socket) -> str:
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture
def office(house: House, listener: socket.socket) -> Iterator[Office]:
    house.account(NAME, Role.DPO)
    pigeons = Pigeons()
    server = uvicorn.Server(uvicorn.Config(house.app, log_config=None, lifespan="off"))

    async def serve() -> None:
        async with house.service.desk.open(pigeons):
            await server.serve(sockets=[listener])

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    yield Office(house, pigeons)
    server.should_exit = True
    thread.join()


@pytest.fixture
def context(chromium: Browser, office: Office) -> Iterator[BrowserContext]:
    faults: list[str] = []
    context = chromium.new_context(viewport=DESKTOP, reduced_motion="reduce", locale="nl-NL")  # type: ignore[arg-type]
    context.on("console", lambda said: faults.append(said.text) if said.type in {"error", "warning"} else None)
    context.on("weberror", lambda error: faults.append(str(error.error)))
    yield context
    context.close()
    assert faults == []


@pytest.fixture
def page(context: BrowserContext, office: Office) -> Page:
    """A page in which the FG has signed in, with the keyboard."""
    page = context.new_page()
    page.goto(f"{office.address}/fg")
    page.get_by_label("Naam").focus()
    page.keyboard.type(NAME)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{office.address}/fg")
    return page


def focused(page: Page) -> str:
    """The text of what has the focus; "" when nothing has."""
    has = "document.activeElement !== document.body"
    return str(page.evaluate(f"() => {has} ? document.activeElement.textContent.trim() : ''"))


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is there; a person gives up after eighty."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} is not reached with Tab")


def test_the_day_of_the_fg(page: Page, office: Office, ask: Ask, folder: Path) -> None:
    ask("mag ik dit zomaar delen", owner="een ander", confidence=0.95)
    asked = ask("mag ik de verzonnen kleurplaat aan de huisarts geven", channel="pigeons", asks_fg=True)
    odd = ask("wat is dit", owner="nog iemand", confidence=0.2)

    # The queue, with the keyboard alone: the most needed first.
    page.reload()
    page.keyboard.press("j")
    assert focused(page) == "mag ik de verzonnen kleurplaat aan de huisarts geven"
    page.keyboard.press("j")
    assert focused(page) == "wat is dit"
    page.keyboard.press("k")
    page.keyboard.press("j")
    page.keyboard.press("c")
    expect(page.get_by_role("status").first).to_contain_text("1 vraag gesloten")
    assert Reviews(office.house.store.engine).item(odd).question.closed_at is not None  # type: ignore[union-attr]

    page.keyboard.press("j")
    page.keyboard.press("o")
    page.wait_for_url(f"**/fg/vraag/{asked}")

    # What was wrong is set right, and then the person is answered.
    page.get_by_text("Klopt niet", exact=True).click()
    page.get_by_label("De ander", exact=True).select_option("school")
    page.locator("#w-notitie").fill("het ging om de juf")
    page.get_by_role("button", name="Leg vast dat het niet klopt").click()
    expect(page.get_by_role("status")).to_contain_text("klopt niet")

    page.get_by_label("Je antwoord aan wie dit vroeg").fill("Dat mag, als de ouders het goed vinden.")
    page.get_by_role("button", name="Verstuur het antwoord").click()
    expect(page.get_by_role("status")).to_contain_text("Je antwoord is verstuurd")
    assert len(office.pigeons.notes) == 1
    assert "Dat mag, als de ouders het goed vinden." in office.pigeons.notes[0]
    assert office.pigeons.sent[0][0] == "adres van iemand"

    # The question becomes an example, with the fact that was set right.
    page.get_by_text("Maak er een voorbeeld van").click()
    page.get_by_label("De zin", exact=True).fill("mag ik de verzonnen kleurplaat aan de juf geven")
    page.get_by_role("button", name="Bewaar het voorbeeld").click()
    expect(page.get_by_role("status")).to_contain_text("Het voorbeeld is bewaard")
    cases = yaml.safe_load((folder / "tests" / "cases.yaml").read_text(encoding="utf-8"))["cases"]
    assert cases[0]["facts"]["party"] == "school"

    page.get_by_role("button", name="Log uit").click()
    page.goto(f"{office.address}/fg")
    expect(page.get_by_role("button", name="Log in")).to_be_visible()


def test_the_queue_is_worked_with_the_keyboard_alone(page: Page, office: Office, ask: Ask) -> None:
    numbers = [ask(f"verzonnen vraag {number}") for number in range(4)]
    page.reload()

    # With Tab alone: to a box, tick it, to the button.
    tab_to(page, f"#v-{numbers[0]}")
    page.keyboard.press("Space")
    tab_to(page, "button[value=klopt]")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("1 antwoord klopt")

    # With letters: choose two, and close both at once.
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("#picked")).to_have_text("Met 2 gekozen vragen:")
    page.keyboard.press("c")
    expect(page.get_by_role("status").first).to_contain_text("2 vragen gesloten")
    assert Reviews(office.house.store.engine).queue(Filter()).total == 1


def test_the_list_of_keys_opens_closes_and_turns_them_off(page: Page, ask: Ask) -> None:
    ask("een verzonnen vraag")
    page.reload()

    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Sneltoetsen")
    expect(keys).to_be_visible()
    check(page)
    page.get_by_label("Sneltoetsen aan").uncheck()
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()

    page.keyboard.press("j")
    assert focused(page) == ""
    page.get_by_role("button", name="Sneltoetsen").click()
    page.get_by_label("Sneltoetsen aan").check()
    page.get_by_role("button", name="Sluit de lijst").click()
    page.keyboard.press("j")
    assert focused(page) == "een verzonnen vraag"


def test_letters_in_a_field_are_letters(page: Page, office: Office, ask: Ask) -> None:
    ask("een verzonnen vraag")
    page.reload()
    page.get_by_text("Zoeken en filteren").click()

    page.get_by_label("Woorden").fill("")
    page.get_by_label("Woorden").press_sequentially("jckgxo?")

    expect(page.get_by_label("Woorden")).to_have_value("jckgxo?")
    assert Reviews(office.house.store.engine).queue(Filter()).total == 1


def test_the_queue_works_without_script(chromium: Browser, office: Office, ask: Ask, page: Page) -> None:
    number = ask("een verzonnen vraag")
    bare = chromium.new_context(java_script_enabled=False, storage_state=page.context.storage_state())
    plain = bare.new_page()
    plain.goto(f"{office.address}/fg")

    plain.get_by_label(f"Kies vraag {number}").check()
    plain.get_by_role("button", name="Sluit", exact=True).click()

    expect(plain.get_by_role("status").first).to_contain_text("1 vraag gesloten")
    expect(plain.get_by_role("button", name="Sneltoetsen")).to_be_hidden()
    bare.close()
