"""Every page of the program in Chromium, at every size, light and dark: axe finds no fault, nothing scrolls sideways.

The list of pages is laid beside the routes of the program, so that a new page cannot be forgotten.  All made up.
"""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
import uvicorn
import yaml
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from starlette.routing import compile_path

from bot.campaigns.store import Campaigns
from bot.signin.gate import permissions
from bot.signin.roles import Role
from bot.store.reviews import Reviews
from knowledge.knowledge import Knowledge
from tests.bot.fakes import Clock
from tests.campaigns.conftest import ITEMS
from tests.insight import conftest as figures
from tests.review import conftest as queue
from tests.review.test_changed import given_before
from tests.signin.house import PASSWORD, House
from tests.web.axe import faults
from tests.web.test_knowledge_browser import PAGES as KNOWLEDGE_PAGES

CHROMIUM = Path("/usr/bin/chromium")
PAGES: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("pages.yaml").read_text(encoding="utf-8"))
FG, CASEWORKER, NEW = "Fenna Verzonnen", "Cas Verzonnen", "Nina Verzonnen"
PHONE, TABLET, DESKTOP, TWICE = (360, 740), (768, 1024), (1280, 800), (640, 400)  # the last: 1280 by 800 at 200 %
# What is dark has the same places: two widths show all colours.
SIZES = {"light": (PHONE, TABLET, DESKTOP, TWICE), "dark": (PHONE, DESKTOP)}
Scheme = Literal["light", "dark"]
Look = Callable[[str], None]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not CHROMIUM.exists() and os.environ.get("CI") != "true",
        reason="Chromium is missing: apt-get install chromium",
    ),
]

# Questions and decisions as the tests of the other pages make them.
asked, counted, decide = queue.ask, figures.ask, figures.decide


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Listening before the server runs: a request waits in the queue, so no test has to."""
    made = socket.create_server(("127.0.0.1", 0))
    yield made
    made.close()


@pytest.fixture
def tables(knowledge: Knowledge) -> Knowledge:
    """The knowledge of the program."""
    return knowledge


@pytest.fixture
def house(
    tables: Knowledge, database_url: str, tmp_path: Path, clock: Clock, listener: socket.socket
) -> Iterator[House]:
    """The program with everything on; its own folders it may not write in, and the organisation is away."""
    file = tmp_path / "file"
    file.touch()
    settings = {
        "reviewed_folder": file / "reviewed",
        "reviewed_cases": file / "cases.yaml",
        "oidc_issuer": f"http://127.0.0.1:{listener.getsockname()[1]}/nowhere",
        "oidc_client_id": "verzonnen",
        "oidc_client_secret": "a made-up secret",
        "oidc_roles": "Deelwijzer.FG=fg",
    }
    base = f"http://127.0.0.1:{listener.getsockname()[1]}"
    made = House(tables, database_url, tmp_path, clock, settings=settings, base=base)
    made.account(FG, *Role)
    made.account(CASEWORKER, Role.CASEWORKER)
    made.account(NEW, Role.DPO)
    server = uvicorn.Server(uvicorn.Config(made.app, log_config=None, lifespan="off"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])))
    thread.start()
    yield made
    server.should_exit = True
    thread.join()
    made.store.close()


@pytest.fixture
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu", "--no-first-run"]
        )
        yield browser
        browser.close()


@pytest.fixture
def unseen() -> Iterator[list[str]]:
    """What goes wrong in a page unseen; that an address answers with an error is not wrong here."""
    found: list[str] = []
    yield found
    assert [one for one in found if "Failed to load resource" not in one] == []


@pytest.fixture
def open_browser(chromium: Browser, unseen: list[str]) -> Callable[[], BrowserContext]:
    """A browser that nobody signed in with."""

    def opened() -> BrowserContext:
        context = chromium.new_context(locale="nl-NL", reduced_motion="reduce")
        context.on("console", lambda said: unseen.append(said.text) if said.type in {"error", "warning"} else None)
        context.on("weberror", lambda error: unseen.append(str(error.error)))
        return context

    return opened


@pytest.fixture
def filled(
    house: House,
    knowledge: Knowledge,
    asked: Callable[..., int],
    counted: Callable[..., int],
    decide: Callable[..., str],
) -> dict[str, object]:
    """A house with something on every page; what stands in braces in the addresses."""
    march = datetime(2026, 3, 4, 12, tzinfo=UTC)
    counted(20, march)
    counted(12, march, act="consent", verdict="weigh", party="huisarts")
    counted(3, march, verdict="not_allowed")
    decide("breach", hours_ago=60)
    reviews, now = Reviews(house.store.engine), house.clock()
    long = "Mag ik als jeugdhulpverlener het hele verzonnen verslag aan de huisarts geven? " * 6
    number = asked(long, municipality="heumen", channel="pigeons", asks_fg=True, masked=["name", "bsn"])
    wordy = asked("eenheelergverzonnenlangwoordzonderspatiesdatnietafbreekt" * 3, municipality="heumen")
    given_before(asked, knowledge, "mag dit met de school", channel="pigeons")
    reviews.judge([number], "wrong", "a", now, intent="share", facts={"party": "school"}, note="notitie", close=False)
    reviews.judge([number], "wish", "a", now, note="een verzonnen wens", close=False)
    answer = reviews.reply(number, "Een verzonnen antwoord.", "a", now, shared=True)
    assert answer is not None
    reviews.react(answer.id or 0, "iemand", "een verzonnen reactie", now)
    today = date(2026, 11, 22)
    campaign = Campaigns(house.store.engine).plan(
        "Najaar", ITEMS, ["Wmo", "Jeugd"], today, today + timedelta(days=9), now
    )
    (new,) = house.signin.accounts.called(NEW)
    return {
        "number": number,
        "wordy": wordy,
        "campaign": campaign,
        "reference": decide("breach"),
        "account": new.id,
        "link": f"/inloggen/wachtwoord/{house.signin.local.offered(new)}",
    }


@pytest.fixture
def look(wrong: list[str]) -> Callable[[Page, Scheme], Look]:
    """Looks at what a page shows now, at every size, and keeps the faults."""

    def at(page: Page, scheme: Scheme) -> Look:
        page.emulate_media(color_scheme=scheme)

        def looked(name: str) -> None:
            page.evaluate("() => document.querySelectorAll('details').forEach((one) => { one.open = true })")
            for width, height in SIZES[scheme]:
                page.set_viewport_size({"width": width, "height": height})
                wrong.extend(f"{scheme}, {width} wide: {one}" for one in faults(page))
                picture(page, f"{name}-{scheme}-{width}")

        return looked

    return at


@pytest.fixture
def wrong() -> Iterator[list[str]]:
    """The faults of all pages together: who mends them wants to see them all."""
    found: list[str] = []
    yield found
    assert not found, "\n\n".join(found)


def picture(page: Page, name: str) -> None:
    """A picture for whoever wants to look, in the folder that PICTURES names."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def signed_in(context: BrowserContext, house: House, name: str = FG) -> Page:
    """A page in which somebody has signed in."""
    page = context.new_page()
    page.goto(f"{house.base}/inloggen")
    page.get_by_label("Naam").fill(name)
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{house.base}/")
    return page


def visit(page: Page, house: House, address: str) -> None:
    """Open a page, which is really that page."""
    response = page.goto(f"{house.base}{address}")
    assert response is not None
    assert response.status != 500, address
    asked_to_sign_in = page.url.startswith(f"{house.base}/inloggen") and not address.startswith("/inloggen")
    assert not asked_to_sign_in, address


def named(address: str) -> str:
    """An address as the name of a picture."""
    return "".join(char if char.isalnum() else "-" for char in address).strip("-")[:60] or "chat"


def test_every_route_that_shows_a_page_is_looked_at(house: House) -> None:
    found = {path for path, methods, _ in permissions(house.app) if "GET" in methods and "/proef/" not in path}
    elsewhere = {path for path in found if path.startswith(PAGES["elsewhere"])}

    assert found == {*PAGES["stranger"], *PAGES["colleague"], *PAGES["no_page"], *elsewhere}
    looked_at = [f"{PAGES['elsewhere']}{page.partition('?')[0]}" for page in KNOWLEDGE_PAGES]
    for path in elsewhere:
        assert any(compile_path(path)[0].match(one) for one in looked_at), path


@pytest.mark.parametrize("scheme", SIZES)
def test_pages_before_signing_in_are_without_faults(
    house: House,
    filled: dict[str, object],
    open_browser: Callable[[], BrowserContext],
    look: Callable[..., Look],
    scheme: Scheme,
) -> None:
    page = open_browser().new_page()
    looked = look(page, scheme)
    for address in (*PAGES["nowhere"], *(one for row in PAGES["stranger"].values() for one in row)):
        visit(page, house, address.format(**filled))
        looked(f"stranger-{named(address)}")


@pytest.mark.parametrize("scheme", SIZES)
def test_pages_behind_the_sign_in_are_without_faults(
    house: House,
    filled: dict[str, object],
    open_browser: Callable[[], BrowserContext],
    look: Callable[..., Look],
    scheme: Scheme,
) -> None:
    page = signed_in(open_browser(), house)
    looked = look(page, scheme)
    for address in (one for row in PAGES["colleague"].values() for one in row):
        visit(page, house, address.format(**filled))
        looked(named(address))


@pytest.mark.parametrize("scheme", SIZES)
def test_what_follows_a_mistake_before_signing_in_is_without_faults(
    house: House,
    filled: dict[str, object],
    open_browser: Callable[[], BrowserContext],
    look: Callable[..., Look],
    scheme: Scheme,
) -> None:
    page = open_browser().new_page()
    looked = look(page, scheme)
    visit(page, house, str(filled["link"]))
    for password, again, name in (("verzonnen", "anders", "unequal"), ("wachtwoord1234", "wachtwoord1234", "weak")):
        page.get_by_label("Wachtwoord", exact=True).fill(password)
        page.get_by_label("Nog een keer").fill(again)
        # Past what the browser itself asks.
        page.evaluate("() => document.querySelector('form.fields').setAttribute('novalidate', '')")
        page.get_by_role("button", name="Bewaar").click()
        page.get_by_role("alert").wait_for()
        looked(f"password-{name}")
    page.get_by_label("Wachtwoord", exact=True).fill(PASSWORD)
    page.get_by_label("Nog een keer").fill(PASSWORD)
    page.get_by_role("button", name="Bewaar").click()
    page.get_by_text("Je wachtwoord is bewaard").wait_for()
    looked("password-chosen")

    for name, tries in (("wrong", 1), ("too-often", 9)):
        for _ in range(tries):
            page.get_by_label("Naam").fill(NEW)
            page.get_by_label("Wachtwoord").fill("niet dit wachtwoord")
            page.get_by_role("button", name="Log in").click()
            page.wait_for_load_state()
        looked(f"sign-in-{name}")
    assert "Wacht" in page.get_by_role("alert").inner_text()

    refused = signed_in(open_browser(), house, CASEWORKER)
    looked = look(refused, scheme)
    visit(refused, house, "/fg/beheer/logboek")
    looked("not-for-you")
    refused.goto(f"{house.base}/inloggen")
    refused.get_by_role("button", name="Log uit").click()
    refused.get_by_role("heading", name="Je bent uitgelogd").wait_for()
    looked("signed-out")


@pytest.mark.parametrize("scheme", SIZES)
def test_what_follows_a_press_in_the_workspace_is_without_faults(
    house: House,
    filled: dict[str, object],
    open_browser: Callable[[], BrowserContext],
    look: Callable[..., Look],
    scheme: Scheme,
) -> None:
    page = signed_in(open_browser(), house)
    looked = look(page, scheme)

    visit(page, house, "/fg/beheer/mensen")
    page.get_by_label("Naam").fill("Een Nieuwe Verzonnen")
    page.locator("main form").get_by_role("button").last.click()
    page.get_by_role("heading", name="Kies minstens één rol").wait_for()
    looked("no-role")
    visit(page, house, "/fg/beheer/mensen")
    page.get_by_label("Naam").fill("Een Nieuwe Verzonnen")
    page.get_by_role("checkbox").first.check()
    page.locator("main form").get_by_role("button").last.click()
    page.get_by_role("heading", name="Link voor Een Nieuwe Verzonnen").wait_for()
    looked("account-link")
    visit(page, house, "/fg/beheer/uitnodigingen")
    page.locator("main form").get_by_role("button").last.click()
    page.get_by_role("heading", name="Uitnodiging nummer").wait_for()
    looked("invitation-made")
    visit(page, house, "/fg/beheer/uitnodigingen")
    looked("invitations")
    visit(page, house, "/fg/beheer/logboek")
    page.get_by_role("button", name="Controleer").click()
    page.wait_for_url("**/controle")
    looked("log-checked")

    visit(page, house, f"/fg/vraag/{filled['number']}")
    page.get_by_text("Zet op de wensenlijst").first.click()
    page.locator("form[action$='/wens'] textarea").fill("   ")
    page.locator("form[action$='/wens'] button").click()
    page.get_by_text("Schrijf wat je mist").wait_for()
    looked("wish-empty")
    visit(page, house, f"/fg/vraag/{filled['number']}")
    page.get_by_text("Maak er een voorbeeld van").first.click()
    page.get_by_label("De zin", exact=True).fill("mag ik de verzonnen kleurplaat aan de juf geven")
    page.get_by_role("button", name="Bewaar het voorbeeld").click()
    page.get_by_role("heading", name="Ik kan het voorbeeld hier niet bewaren").wait_for()
    looked("example-as-download")

    visit(page, house, "/fg/campagnes")
    page.get_by_label("Naam").fill("Verkeerd om")
    page.get_by_label("Eerste dag").fill("2026-11-29")
    page.get_by_label("Laatste dag").fill("2026-11-22")
    page.get_by_label("Teams").fill("Wmo")
    page.get_by_role("button", name="Plan de campagne").click()
    page.get_by_role("heading", name="Deze campagne kan niet").wait_for()
    looked("campaign-refused")
    visit(page, house, f"/fg/campagnes/{filled['campaign']}")
    page.get_by_role("button", name="Sluit de campagne").click()
    page.get_by_role("heading", name="Najaar").wait_for()
    looked("campaign-closed")
    visit(page, house, f"/fg/besluiten/{filled['reference']}")
    page.get_by_label("Wat is ermee gedaan?").select_option(index=1)
    page.locator("main form").get_by_role("button").last.click()
    page.get_by_text("afgehandeld", exact=True).wait_for()
    looked("breach-settled")
