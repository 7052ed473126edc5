"""The queue of the FG, as pages. Every question here is made up."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from bot.review.signals import ASKED
from bot.signin.roles import Role
from bot.store.reviews import Filter, Reviews
from tests.signin.house import House
from tests.web.web_app import Browser, Page

Ask = Callable[..., int]
NASTY = "<script>alert(1)</script>'\"><img src=x onerror=alert(2)>"


def texts(page: Page) -> list[str]:
    """The questions on a page, in order."""
    links = [one.attributes["href"] for one in page.all("a") if one.attributes.get("class") == "row-text"]
    return [link.rpartition("/")[2] for link in links]


async def press(browser: Browser, page: Page, address: str, **fields: str) -> httpx.Response:
    """Send a form of a page, as a browser without script does."""
    return await browser.post(page, fields, address=address, htmx=False)


async def test_the_most_needed_question_stands_first(fg: Browser, ask: Ask) -> None:
    plain = ask("een gewone vraag over delen")
    wanted = ask("een vraag voor de FG", asks_fg=True)

    page = await fg.open("/fg")

    assert texts(page) == [str(wanted), str(plain)]
    assert "Vraag aan de FG" in page.text
    assert "een gewone vraag over delen" in page.text


async def test_a_row_shows_words_and_no_codes(fg: Browser, ask: Ask) -> None:
    ask("mag dit", municipality="heumen", asks_fg=True)

    page = await fg.open("/fg")

    for word in ("Iets delen met een ander (de huisarts)", "Heumen", "22 november 2026"):
        assert word in page.text
    assert ASKED not in page.text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("woorden=dossier", 1),
        ("gemeente=heumen", 1),
        ("onderwerp=retention", 1),
        ("partij=huisarts", 1),
        ("signaal=asked", 1),
        ("reden=1", 2),
        ("van=2026-11-22&tot=2026-11-22", 2),
        ("van=2026-11-23", 0),
        ("tot=2026-11-21", 0),
        ("dicht=1", 0),
        ("uitkomst=emergency", 0),
        # What cannot be chosen does not filter.
        ("uitkomst=onzin&gemeente=zz&van=gisteren&signaal=%27&p=-3&partij=%00", 2),
    ],
)
async def test_the_queue_is_filtered_by_its_address(fg: Browser, ask: Ask, query: str, found: int) -> None:
    ask("hoe lang bewaren we een dossier", "retention", "", municipality="heumen")
    ask("mag dit", asks_fg=True)

    assert len(texts(await fg.open(f"/fg?{query}"))) == found


async def test_a_page_that_is_no_more_leads_to_the_last_one(fg: Browser, ask: Ask) -> None:
    ask("een")

    response = await fg.client.get("/fg?p=7&woorden=een")

    assert (response.status_code, response.headers["location"]) == (303, "/fg?woorden=een")


@pytest.mark.parametrize(("word", "what"), [("sluit", "closed"), ("klopt", "correct")])
async def test_chosen_questions_are_done_at_once(fg: Browser, house: House, ask: Ask, word: str, what: str) -> None:
    numbers = [ask("een"), ask("twee"), ask("drie")]
    page = await fg.open("/fg")

    response = await press(fg, page, "/fg/vragen", doe=word, woorden="e", **{f"v-{one}": "1" for one in numbers[:2]})

    assert response.status_code == 303
    assert response.headers["location"].startswith("/fg?woorden=e&gedaan=")
    assert [question.id for question, _ in Reviews(house.store.engine).queue(Filter()).rows] == [numbers[2]]
    assert [one.what for one in Reviews(house.store.engine).item(numbers[0]).judgements] == [what]  # type: ignore[union-attr]
    after = await fg.open(response.headers["location"])
    assert "2 " in after.text
    assert [row[:2] for row in house.audit()][-2:] == [(f"question.{what}", f"question {one}") for one in numbers[:2]]


async def test_nothing_chosen_changes_nothing(fg: Browser, house: House, ask: Ask) -> None:
    ask("een")

    response = await press(fg, await fg.open("/fg"), "/fg/vragen", doe="sluit")

    assert "niets" in response.headers["location"]
    assert Reviews(house.store.engine).queue(Filter()).total == 1


@pytest.mark.parametrize("fields", [{"doe": "wis"}, {}, {"doe": "sluit", "v-een": "1"}, {"doe": "sluit", "v-9e9": "1"}])
async def test_a_form_that_is_not_ours_changes_nothing(
    fg: Browser, house: House, ask: Ask, fields: dict[str, str]
) -> None:
    ask("een")

    response = await press(fg, await fg.open("/fg"), "/fg/vragen", **fields)

    assert response.status_code in (400, 404)
    assert Reviews(house.store.engine).queue(Filter()).total == 1


async def test_a_page_of_boxes_can_all_be_ticked(fg: Browser, house: House, ask: Ask) -> None:
    numbers = [ask(f"vraag {one}") for one in range(25)]

    response = await press(fg, await fg.open("/fg"), "/fg/vragen", doe="sluit", **{f"v-{one}": "1" for one in numbers})

    assert response.status_code == 303
    assert Reviews(house.store.engine).queue(Filter()).total == 0


async def test_text_of_people_is_shown_as_text(fg: Browser, ask: Ask) -> None:
    number = ask(NASTY, municipality=NASTY, confidence=0.1)

    for path in ("/fg", f"/fg/vraag/{number}"):
        page = await fg.open(path)
        assert "alert(1)" in page.text
        assert [one.attributes.get("src", "")[:8] for one in page.all("script")] in ([], ["/static/"])
        assert page.all("img") == []


@pytest.mark.parametrize("csrf", ["", "verzonnen"])
async def test_a_form_without_its_token_changes_nothing(fg: Browser, house: House, ask: Ask, csrf: str) -> None:
    number = ask("een")
    page = await fg.open("/fg")

    for address, fields in (
        ("/fg/vragen", {"doe": "sluit", f"v-{number}": "1"}),
        (f"/fg/vraag/{number}/sluit", {}),
        (f"/fg/vraag/{number}/antwoord", {"antwoord": "ja"}),
    ):
        response = await fg.post(page, fields, address=address, htmx=False, csrf=csrf)
        assert response.status_code == 403
    assert Reviews(house.store.engine).queue(Filter()).total == 1


async def test_pages_of_the_fg_are_kept_nowhere(fg: Browser, ask: Ask) -> None:
    number = ask("een")

    for path in ("/fg", f"/fg/vraag/{number}", "/fg/wensen", "/fg/antwoorden", "/fg/gewijzigd", "/fg/vraag/4711"):
        response = await fg.client.get(path)
        assert response.headers["cache-control"] == "no-store"
        assert "script-src 'self'" in response.headers["content-security-policy"]


async def test_only_the_fg_gets_in_also_when_the_chat_is_open(house: House, ask: Ask) -> None:
    number = ask("een")
    stranger = house.browser()
    admin = await house.signed_in(Role.ADMIN, Role.AWARENESS, Role.CASEWORKER, name="Bas Verzonnen")

    for path in ("/fg", f"/fg/vraag/{number}", "/fg/wensen", "/fg/antwoorden", "/fg/gewijzigd"):
        assert (await stranger.client.get(path)).status_code == 303
        assert (await admin.client.get(path)).status_code == 403
