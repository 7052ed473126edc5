"""The web chat in Chromium: keyboard, focus, announcements, small screens, contrast."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect, sync_playwright

from tests.web.axe import check
from tests.web.fake_assistant import MESSAGES, FakeAssistant
from tests.web.web_app import SETTINGS, build_app

CHROMIUM = Path("/usr/bin/chromium")
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 800}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not CHROMIUM.exists() and os.environ.get("CI") != "true",
        reason="Chromium is missing: apt-get install chromium",
    ),
]

# For every piece of text on the page: its colour against the ground it really stands on.
CONTRASTS = """() => {
  const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => v / 255)
      .map((v) => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * x + .7152 * y + .0722 * z;
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = channels(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const words = walker.currentNode.textContent.trim();
    if (!words || !element.checkVisibility() || element.closest('.sr-only, noscript, option')) continue;
    const [a, b] = [channels(getComputedStyle(element).color), ground(element)].map(luminance);
    found.push([(Math.max(a, b) + .05) / (Math.min(a, b) + .05), words.slice(0, 40)]);
  }
  return found;
}"""

# Whether the focused element can be seen, on each line that it stands on, and nothing covers it.
FOCUS_IS_VISIBLE = """() => [...document.activeElement.getClientRects()]
  .filter((box) => box.width > 1)
  .every((box) => document.activeElement.contains(
    document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)))"""


@dataclass
class Chat:
    """A running web chat and who answers in it."""

    assistant: FakeAssistant
    address: str


@pytest.fixture(scope="module")
def server() -> Iterator[Chat]:
    assistant = FakeAssistant()
    # Listening before the server runs: a request waits in the queue, so no test has to.
    listener = socket.create_server(("127.0.0.1", 0))
    app = build_app(assistant, replace(SETTINGS, max_chars=200))
    runner = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
    thread = threading.Thread(target=runner.run, kwargs={"sockets": [listener]})
    thread.start()
    yield Chat(assistant, f"http://127.0.0.1:{listener.getsockname()[1]}")
    runner.should_exit = True
    thread.join()
    listener.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM),
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
            ],
        )
        yield browser
        browser.close()


@pytest.fixture
def chat(server: Chat) -> Chat:
    server.assistant.received.clear()
    server.assistant.broken = False
    return server


@pytest.fixture
def faults() -> list[str]:
    """What went wrong in the page unseen; a test that expects a fault empties this."""
    return []


@pytest.fixture
def context(chromium: Browser, chat: Chat, faults: list[str]) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport=DESKTOP, reduced_motion="reduce", locale="nl-NL")  # type: ignore[arg-type]
    context.on("request", lambda request: _only_ours(request.url, chat.address, faults))
    context.on("console", lambda said: faults.append(said.text) if said.type in {"error", "warning"} else None)
    context.on("weberror", lambda error: faults.append(str(error.error)))
    yield context
    context.close()
    assert faults == []


def _only_ours(url: str, ours: str, faults: list[str]) -> None:
    if not url.startswith(ours):
        faults.append(f"request to another host: {url}")


@pytest.fixture
def page(context: BrowserContext, chat: Chat) -> Page:
    page = context.new_page()
    page.goto(chat.address)
    return page


def say(page: Page, text: str) -> None:
    """Type a message, send it, and wait for what comes back."""
    answers = page.locator("#log .answer").count()
    page.fill("#text", text)
    page.press("#text", "Enter")
    page.locator("#log .answer").nth(answers).wait_for()


def tab_to(page: Page, selector: str, key: str = "Tab") -> None:
    """Press `key` until the focus is there; a person gives up after forty."""
    for _ in range(40):
        page.keyboard.press(key)
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} is not reached with {key}")


# ---- keyboard, focus, announcements ----


def test_a_question_is_asked_with_the_keyboard_alone(page: Page, chat: Chat) -> None:
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#text")).to_be_focused()

    page.keyboard.type("Eerste regel")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("<b>tweede</b> regel")
    page.keyboard.press("Enter")

    expect(page.locator(".own p")).to_have_text("Eerste regel\n<b>tweede</b> regel", use_inner_text=True)
    expect(page.locator("#log .answer").nth(1)).to_contain_text("Alleen met toestemming")
    expect(page.locator("#text")).to_have_value("")
    expect(page.locator("#text")).to_be_focused()
    assert [incoming.text for incoming in chat.assistant.received] == ["Eerste regel\n<b>tweede</b> regel"]


def test_answers_arrive_in_a_live_log_with_a_heading_each(page: Page) -> None:
    say(page, "two_messages")
    log = page.get_by_role("log", name="Gesprek")
    expect(log).to_have_attribute("aria-live", "polite")
    expect(log.get_by_role("heading", level=2)).to_have_text(
        ["Deelwijzer: Welkom", "Jij", "Deelwijzer: Uitleg", "Deelwijzer: Uitleg"], use_inner_text=False
    )
    expect(log.get_by_role("article", name="Deelwijzer: Welkom")).to_have_count(1)


def test_an_option_is_pressed_with_the_keyboard_and_reading_goes_on_at_the_answer(page: Page, chat: Chat) -> None:
    say(page, "needs_info")
    asked = page.locator("#log .answer").nth(1)
    tab_to(page, ".option[value='p-role-2']", "Shift+Tab")
    page.keyboard.press("Enter")

    expect(page.locator("#log .answer").nth(2).locator("h2")).to_be_focused()
    expect(page.locator(".own").last).to_contain_text("Jeugdhulpaanbieder")
    assert chat.assistant.received[-1].payload == "p-role-2"

    options = asked.locator(".option")
    assert [options.nth(index).is_disabled() for index in range(3)] == [True, True, True]
    expect(options.nth(1)).to_have_accessible_name("Jeugdhulpaanbieder (gekozen)")
    page.keyboard.press("Tab")
    expect(page.locator("#log .answer").nth(2).locator("a:focus, button:focus")).to_have_count(1)


def test_an_action_is_used_once_and_the_others_stay(page: Page) -> None:
    say(page, "allowed_without_consent")
    answer = page.locator("#log .answer").nth(1)
    answer.get_by_role("button", name="Waarom?").click()
    page.locator("#log .answer").nth(2).wait_for()
    expect(answer.get_by_role("button", name="Waarom?")).to_be_disabled()
    expect(answer.get_by_role("button", name="Leg vast")).to_be_enabled()


def test_a_question_that_was_passed_by_cannot_be_answered_any_more(page: Page) -> None:
    say(page, "needs_info")
    expect(page.locator("#log .answer").first.locator(".option").first).to_be_disabled()
    expect(page.locator("#log .answer").nth(1).locator(".option").first).to_be_enabled()


def test_focus_never_hides_behind_the_header_or_the_input_field(page: Page) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    for kind in ("allowed_with_consent", "emergency", "needs_info"):
        say(page, kind)
    page.locator("#text").focus()
    for key in ["Shift+Tab"] * 25 + ["Tab"] * 25:
        page.keyboard.press(key)
        assert page.evaluate(FOCUS_IS_VISIBLE), page.evaluate("() => document.activeElement.outerHTML")


def test_the_question_stands_on_top_and_its_answer_below_it(page: Page) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    say(page, "allowed_with_consent")
    header = page.locator(".top").bounding_box()
    own = page.locator(".own").bounding_box()
    assert header is not None
    assert own is not None
    assert 0 <= own["y"] - header["height"] <= 24


# ---- sending ----


@pytest.fixture
def held(page: Page) -> Iterator[list[Route]]:
    """Messages on their way that have not arrived yet."""
    routes: list[Route] = []
    page.route("**/bericht", lambda route: routes.append(route))
    yield routes
    page.unroute_all(behavior="ignoreErrors")


def test_while_an_answer_is_awaited_nothing_else_is_sent(page: Page, chat: Chat, held: list[Route]) -> None:
    page.fill("#text", "info")
    page.press("#text", "Enter")
    expect(page.locator("#status")).to_have_text("Deelwijzer zoekt het antwoord.")
    expect(page.locator(".dots")).to_be_visible()
    page.fill("#text", "weigh")
    page.press("#text", "Enter")
    page.locator(".option").first.click()

    expect(page.locator("#text")).to_have_value("weigh")
    expect(page.locator(".own")).to_have_count(1)
    assert len(held) == 1
    held[0].continue_()
    expect(page.locator("#log .answer")).to_have_count(2)
    expect(page.locator(".dots")).to_be_hidden()
    expect(page.locator("#status")).to_be_empty()
    assert len(held) == 1
    assert [incoming.text for incoming in chat.assistant.received] == ["info"]


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_nothing_is_not_sent(page: Page, chat: Chat, text: str) -> None:
    page.fill("#text", text)
    page.locator(".send").click()
    expect(page.locator("#text")).to_be_focused()
    expect(page.locator(".own")).to_have_count(0)
    assert chat.assistant.received == []


def test_near_the_limit_the_field_counts_and_beyond_it_nothing_is_sent(page: Page, chat: Chat) -> None:
    page.fill("#text", "a" * 179)
    expect(page.locator("#counter")).to_be_empty()
    page.fill("#text", "a" * 190)
    expect(page.locator("#counter")).to_have_text("Nog 10 tekens")
    expect(page.locator("#status")).to_have_text("Nog 10 tekens")
    page.fill("#text", "\U0001f600" * 203)
    expect(page.locator("#counter")).to_have_text("3 tekens te lang. Maak je vraag korter.")
    expect(page.locator("#text")).to_have_attribute("aria-invalid", "true")
    page.press("#text", "Enter")
    expect(page.locator(".own")).to_have_count(0)
    assert chat.assistant.received == []
    page.fill("#text", "\U0001f600" * 200)
    page.press("#text", "Enter")
    expect(page.locator("#log .answer")).to_have_count(2)


def test_after_a_failure_the_question_stands_in_the_field_again(page: Page, chat: Chat, faults: list[str]) -> None:
    chat.assistant.broken = True
    say(page, "Mijn vraag")
    expect(page.locator("#log .answer").last).to_contain_text("Het lukt nu even niet")
    expect(page.locator("#text")).to_have_value("Mijn vraag")
    expect(page.locator(".own")).to_have_class("own failed")

    chat.assistant.broken = False
    page.press("#text", "Enter")
    expect(page.locator("#log .answer").last).to_contain_text("Alleen met toestemming")
    assert faults
    faults.clear()


@pytest.mark.parametrize("trouble", ["no connection", "a proxy answers"])
def test_without_an_answer_of_ours_the_page_says_there_is_no_connection(
    page: Page, held: list[Route], faults: list[str], trouble: str
) -> None:
    page.fill("#text", "Mijn vraag")
    page.press("#text", "Enter")
    expect(page.locator(".dots")).to_be_visible()
    if trouble == "no connection":
        held[0].abort()
    else:
        held[0].fulfill(status=502, content_type="text/html", body="<h1>Bad Gateway</h1>")
    expect(page.locator("#log .answer").last).to_contain_text("Geen verbinding")
    expect(page.locator("#log")).not_to_contain_text("Bad Gateway")
    expect(page.locator("#text")).to_have_value("Mijn vraag")
    assert faults
    faults.clear()


def test_a_failed_press_can_be_tried_again(page: Page, chat: Chat, faults: list[str]) -> None:
    chat.assistant.broken = True
    page.locator(".option").first.click()
    page.locator("#log .answer").nth(1).wait_for()
    expect(page.locator(".option").first).to_be_enabled()
    faults.clear()


def test_an_answer_is_copied_with_the_address_of_its_article(page: Page, context: BrowserContext) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    say(page, "not_allowed")
    answer = page.locator("#log .answer").nth(1)
    answer.get_by_role("button", name="Kopieer dit antwoord").click()
    expect(answer.locator(".copy")).to_contain_text("Gekopieerd")
    expect(page.locator("#status")).to_have_text("Gekopieerd")
    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert copied.startswith("Nee, dit deel je niet met de buren.")
    assert copied.endswith("art. 7.3.11 lid 1 Jeugdwet: https://wetten.overheid.nl/jeugdwet-voorbeeld")


# ---- menu ----


def test_the_menu_of_a_phone_opens_and_closes_without_moving_the_page(page: Page) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    say(page, "allowed_with_consent")
    before = page.evaluate("() => scrollY")
    page.get_by_role("button", name="Menu").click()
    menu = page.locator("#side")
    expect(menu).to_be_visible()
    expect(menu.get_by_role("button", name="Sluit menu")).to_be_focused()
    expect(menu).to_contain_text("Over deze bot")
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(page.get_by_role("button", name="Menu")).to_be_focused()
    assert page.evaluate("() => scrollY") == before > 0


def test_gemeente_and_role_are_kept_without_losing_the_conversation(page: Page, chat: Chat) -> None:
    say(page, "info")
    page.get_by_label("Gemeente").select_option("heumen")
    page.get_by_label("Functie").select_option("wmo-consulent")
    page.get_by_role("button", name="Bewaar", exact=True).click()
    expect(page.locator("#profile-saved")).to_have_text("Bewaard: Heumen · Wmo-consulent.")
    expect(page.locator("#profile-line")).to_contain_text("Heumen · Wmo-consulent")
    expect(page.locator("#log .answer")).to_have_count(2)
    say(page, "weigh")
    assert chat.assistant.received[-1].profile == {"municipality": "heumen", "role": "wmo-consulent"}


def test_another_situation_starts_an_empty_conversation(page: Page) -> None:
    say(page, "info")
    before = page.locator("#composer").get_attribute("action")
    page.get_by_role("link", name="Andere situatie").click()
    expect(page.locator("#log .answer")).to_have_count(1)
    assert page.locator("#composer").get_attribute("action") != before


# ---- what it looks like ----


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_nothing_makes_the_page_scroll_sideways(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 740})
    for kind in MESSAGES:
        say(page, kind)
    say(page, "o" * 150)
    assert page.evaluate("() => document.documentElement.scrollWidth") == width
    beyond = """() => [...document.querySelectorAll('#log *')]
      .filter((element) => element.checkVisibility() && !element.closest('.sr-only'))
      .filter((element) => element.getBoundingClientRect().right > innerWidth)
      .map((element) => element.outerHTML)"""
    assert page.evaluate(beyond) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_all_text_stands_out_from_its_ground(page: Page, scheme: Any, viewport: Any) -> None:
    page.set_viewport_size(viewport)
    page.emulate_media(color_scheme=scheme)
    for kind in MESSAGES:
        say(page, kind)
    if viewport == PHONE:
        page.get_by_role("button", name="Menu").click()
    contrasts: list[tuple[float, str]] = page.evaluate(CONTRASTS)
    assert len(contrasts) > 100
    assert [(round(ratio, 2), words) for ratio, words in contrasts if ratio < 4.5] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_axe_finds_no_fault_in_any_answer(page: Page, scheme: Any, viewport: Any) -> None:
    page.set_viewport_size(viewport)
    page.emulate_media(color_scheme=scheme)
    check(page)
    for kind in MESSAGES:
        say(page, kind)
    check(page)
    if viewport == PHONE:
        page.get_by_role("button", name="Menu").click()
        check(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_edges_of_what_can_be_used_stand_out_too(page: Page, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    names = ["surface", "ground", "line-strong", "brand", "focus"]
    read = """(names) => names.map((name) =>
      getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim())"""
    colours = dict(zip(names, page.evaluate(read, names), strict=True))
    for edge in ("line-strong", "brand", "focus"):
        for ground in ("surface", "ground"):
            assert contrast(colours[edge], colours[ground]) >= 3, (edge, ground)


def contrast(one: str, other: str) -> float:
    """The contrast of two colours like "#0d4f5f", as WCAG 2 defines it."""

    def luminance(colour: str) -> float:
        channels = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
        linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    darker, lighter = sorted([luminance(one), luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


def test_everything_to_press_is_large_enough_for_a_thumb(page: Page) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    for kind in MESSAGES:
        say(page, kind)
    page.get_by_role("button", name="Menu").click()
    targets = page.locator("button:visible, select:visible, .sources a:visible, .call, .button:visible")
    sizes: list[tuple[float, float, str]] = targets.evaluate_all(
        "all => all.map(e => [e.offsetWidth, e.offsetHeight, e.outerHTML])"
    )
    assert len(sizes) > 40
    assert [html for width, height, html in sizes if min(width, height) < 44] == []


def test_the_page_does_not_jump_while_it_loads(page: Page) -> None:
    shifts = """() => new Promise((resolve) => {
      new PerformanceObserver((list) => resolve(list.getEntries().map((entry) => entry.value)))
        .observe({type: 'layout-shift', buffered: true});
      requestAnimationFrame(() => requestAnimationFrame(() => resolve([])));
    })"""
    page.reload()
    assert sum(page.evaluate(shifts)) < 0.01


def test_nothing_moves_for_who_asked_for_that(page: Page, held: list[Route]) -> None:
    page.fill("#text", "info")
    page.press("#text", "Enter")
    expect(page.locator(".dots")).to_be_visible()
    assert page.evaluate("() => document.getAnimations().length") == 0
    assert page.evaluate("() => getComputedStyle(document.documentElement).scrollBehavior") == "auto"
    held[0].continue_()
    expect(page.locator("#log .answer")).to_have_count(2)


def test_in_danger_the_number_to_call_is_in_sight(page: Page) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    say(page, "emergency")
    call = page.get_by_role("link", name="Bel 112")
    expect(call).to_be_in_viewport(ratio=1)
    expect(call).to_have_attribute("href", "tel:112")


def test_the_chat_works_without_javascript(chromium: Browser, chat: Chat) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport=PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(chat.address)
    expect(page.get_by_role("button", name="Kopieer dit antwoord")).to_have_count(0)
    page.fill("#text", "needs_info")
    page.get_by_role("button", name="Verstuur").click()
    page.get_by_role("button", name="Jeugdhulpaanbieder").click()
    expect(page.locator("#log")).to_contain_text("Alleen met toestemming")
    assert [(incoming.text, incoming.payload) for incoming in chat.assistant.received] == [
        ("needs_info", None),
        (None, "p-role-2"),
    ]
    context.close()
