"""The pages of the knowledge in Chromium: keyboard, small screens, contrast, paper, no scripts."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, expect, sync_playwright

from bot.channels.web import WebSettings, router
from bot.pages import knowledge as knowledge_pages
from knowledge.knowledge import Knowledge
from tests.web.axe import check
from tests.web.fake_assistant import FakeAssistant
from tests.web.test_web_browser import CHROMIUM, CONTRASTS, DESKTOP, FOCUS_IS_VISIBLE, PHONE

# One of each kind, with rows that show what the kind can hold.
PAGES = [
    "",
    "/zoek?q=school",
    "/zoek?q=tostemming",
    "/wet/jeugdwet",
    "/partijen",
    "/partij/school",
    "/gemeente/landsmeer",
    "/onderwerp/data_breach",
    "/regel/veilig-thuis-gevraagd",
    "/regel/jeugd-toegang-rest-2015",
    "/leeftijd?dag=2016-05-01",
    "/begrippen",
    "/gesprek/breach",
    "/toestemming",
    "/nalopen",
    "/geschiedenis",
    "/regel/onzin",
]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not CHROMIUM.exists() and os.environ.get("CI") != "true",
        reason="Chromium is missing: apt-get install chromium",
    ),
]


@pytest.fixture(scope="module")
def address(knowledge: Knowledge) -> Iterator[str]:
    """Where the pages are served, with the web chat's own files."""
    app = FastAPI(openapi_url=None)
    app.include_router(router(FakeAssistant(), WebSettings()))
    app.include_router(knowledge_pages.router(knowledge, WebSettings()))
    listener = socket.create_server(("127.0.0.1", 0))
    runner = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
    thread = threading.Thread(target=runner.run, kwargs={"sockets": [listener]})
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/kennis"
    runner.should_exit = True
    thread.join()
    listener.close()


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
def page(chromium: Browser) -> Iterator[Page]:
    """A browser without scripts, as the pages need none; what is asked of a page still runs."""
    context = chromium.new_context(
        viewport=DESKTOP,  # type: ignore[arg-type]
        locale="nl-NL",
        java_script_enabled=False,
        reduced_motion="reduce",
    )
    page = context.new_page()
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if "Content Security" in said.text else None)
    yield page
    context.close()
    assert refused == []


def test_from_a_word_to_a_rule_to_its_article(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_label("Zoek in de kennis").fill("wijkteam")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Delen en opvragen: de toegang jeugd met het wijkteam").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Delen en opvragen: de toegang jeugd")
    page.get_by_role("link", name="Meer over art. 7.4.0 lid 1 onder a Jeugdwet").click()
    expect(page.locator("#jeugdwet-7\\.4\\.0")).to_be_in_viewport()


def test_another_day_is_chosen_and_left_again(page: Page, address: str) -> None:
    page.goto(f"{address}/onderwerp/share")
    page.get_by_label("Zo geldt het op").fill("2016-05-01")
    page.get_by_role("button", name="Toon").click()
    expect(page.get_by_role("note")).to_contain_text("Je ziet wat gold op 1 mei 2016")
    page.get_by_role("link", name="Naar vandaag").click()
    expect(page.get_by_role("note")).to_have_count(0)


def test_the_keyboard_skips_to_the_content(page: Page, address: str) -> None:
    page.goto(f"{address}/begrippen")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="A", exact=True)).to_be_focused()


@pytest.mark.parametrize("path", ["/wet/jeugdwet", "/leeftijd", "/gesprek/breach"])
def test_focus_never_hides_behind_the_header(page: Page, address: str, path: str) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(f"{address}{path}")
    for key in ["Tab"] * 30 + ["Shift+Tab"] * 25:
        page.keyboard.press(key)
        assert page.evaluate(FOCUS_IS_VISIBLE), page.evaluate("() => document.activeElement.outerHTML")


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_nothing_makes_a_page_scroll_sideways(page: Page, address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    for path in PAGES:
        page.goto(f"{address}{path}")
        assert page.evaluate("() => document.documentElement.scrollWidth") == width, path


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_axe_finds_no_fault(chromium: Browser, address: str, viewport: Any) -> None:
    context = chromium.new_context(viewport=viewport, locale="nl-NL", bypass_csp=True)  # axe is a script of its own
    page = context.new_page()
    for path in PAGES:
        page.goto(f"{address}{path}")
        check(page)
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_all_text_stands_out_from_its_ground(page: Page, address: str, scheme: Any, viewport: Any) -> None:
    page.set_viewport_size(viewport)
    page.emulate_media(color_scheme=scheme)
    for path in PAGES:
        page.goto(f"{address}{path}")
        contrasts: list[tuple[float, str]] = page.evaluate(CONTRASTS)
        assert contrasts
        assert [(round(ratio, 2), words) for ratio, words in contrasts if ratio < 4.5] == [], path


def test_everything_to_press_is_large_enough(page: Page, address: str) -> None:
    """Buttons and fields for a thumb; links in lists as high as WCAG 2.2 asks."""
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    measure = "all => all.map(e => [e.getBoundingClientRect().height, e.outerHTML])"
    for path in PAGES:
        page.goto(f"{address}{path}")
        for selector, least in (
            ("button, input:not([type=hidden]), .button, .letters a, .filter a", 44),
            ("main li > a, summary, .crumbs a, .official, .stacks a", 24),
        ):
            sizes: list[tuple[float, str]] = page.locator(selector).evaluate_all(measure)
            assert [markup for height, markup in sizes if 0 < height < least] == [], path


def test_on_paper_stand_the_articles_with_their_address_and_all_that_is_folded(page: Page, address: str) -> None:
    page.emulate_media(media="print")
    page.goto(f"{address}/wet/wgs")
    for gone in (".top", ".tools", ".crumbs", ".skip"):
        expect(page.locator(gone)).to_be_hidden()
    expect(page.locator(".paper").first).to_be_visible()
    after = "element => getComputedStyle(element, '::after').content"
    assert "https://wetten.overheid.nl/" in page.locator(".official").first.evaluate(after)
    folded = page.locator("details:not([open]) li").first
    assert folded.evaluate("element => element.checkVisibility({contentVisibilityAuto: true})")
