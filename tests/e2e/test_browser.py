"""A caseworker in a real browser, against the whole program. The name is fictitious."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.e2e.conftest import Program

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

pytestmark = pytest.mark.skipif(
    not CHROMIUM.exists() and os.environ.get("CI") != "true", reason="chromium ontbreekt: apt install chromium"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield made
        made.close()


@pytest.fixture(params=[(390, 844), (1280, 800)], ids=["telefoon", "scherm"])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height}, locale="nl-NL")
    made = context.new_page()
    yield made
    context.close()


def ask(page: Page, text: str) -> None:
    """Type a question and send it, by keyboard only."""
    answers = page.locator("article.answer").count()
    page.get_by_role("textbox").fill(text)
    page.keyboard.press("Enter")
    expect(page.locator("article.answer")).to_have_count(answers + 1)


def test_a_question_about_school_is_answered_as_promised(
    program: Program, page: Page, tmp_path_factory: pytest.TempPathFactory
) -> None:
    page.goto(program.url)
    welcome = page.locator("article.answer").first
    expect(welcome).to_contain_text("computerprogramma")
    expect(welcome).to_contain_text("geen namen")

    ask(page, "mag ik informatie over Sem delen met zijn school?")
    answer = page.locator("article.answer").last

    # The name is masked, and that is said.
    expect(page.get_by_role("log")).to_contain_text("een naam afgeschermd")
    # The answer is given per role, and the role is asked.
    expect(answer).to_contain_text("Hulpverlener")
    expect(answer).to_contain_text("Waar werk je?")
    # The article is a link to the statute.
    link = answer.get_by_role("link", name=re.compile(r"7\.3\.11")).first
    expect(link).to_have_attribute("href", re.compile(r"^https://wetten\.overheid\.nl/.*7\.3\.11"))

    answers = page.locator("article.answer").count()
    answer.get_by_role("button", name="Hulpverlener jeugd").click()
    expect(page.locator("article.answer")).to_have_count(answers + 1)
    settled = page.locator("article.answer").last
    expect(settled).to_contain_text("Alleen met toestemming")
    # The decision must go on record.
    expect(settled).to_contain_text("Leg je besluit vast")
    expect(settled.get_by_role("button", name="Leg vast")).to_be_visible()

    shots = tmp_path_factory.getbasetemp()
    width = page.evaluate("window.innerWidth")
    page.screenshot(path=shots / f"school-{width}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_server_never_sends_the_name_back(program: Program, page: Page) -> None:
    page.goto(program.url)

    with page.expect_response(lambda response: "bericht" in response.url) as answer:
        ask(page, "mag ik informatie over Sem delen met zijn school?")

    body = answer.value.text()
    assert "een naam afgeschermd" in body
    assert "Sem" not in body


def test_the_page_loads_nothing_from_elsewhere(program: Program, page: Page) -> None:
    hosts: set[str] = set()
    problems: list[str] = []
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)

    page.goto(program.url)
    ask(page, "mag ik iets delen met de politie?")

    assert hosts == {f"127.0.0.1:{program.port}"}
    assert problems == []
