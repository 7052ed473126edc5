"""One question of the queue: what the FG sees of it and does with it. Everything here is made up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from bot.store.models import Judgement
from bot.store.reviews import Item, Reviews
from tests.bot.fakes import Clock
from tests.delivery.fakes import Pigeons
from tests.review.test_queue import NASTY, press
from tests.signin.house import House
from tests.store.databases import everything_in
from tests.web.web_app import Browser

Ask = Callable[..., int]
BSN = "123456782"  # made up; passes the check


def item(house: House, number: int) -> Item:
    found = Reviews(house.store.engine).item(number)
    assert found is not None
    return found


def last(house: House, number: int) -> Judgement:
    return item(house, number).judgements[-1]


async def test_a_question_shows_what_was_read_answered_and_used(fg: Browser, ask: Ask) -> None:
    before = ask("eerder gevraagd")
    number = ask("mag dit met [naam]", facts={"consent": "refused"}, masked=["name"], municipality="heumen")

    page = await fg.open(f"/fg/vraag/{number}")

    for words in (
        "mag dit met [naam]",
        "Afgeschermd: een naam",
        "90 %",
        "Jeugdhulpverlener".lower(),
        "Het verzonnen antwoord.",
        "art. 7.3.11 Jeugdwet",
        "Regels die niet pasten",
        "eerder gevraagd",
        "Heumen",
    ):
        assert words in page.text or words in page.text.lower(), words
    links = [one.attributes["href"] for one in page.all("a")]
    assert any(link.startswith("/kennis/regel/") for link in links)
    assert f"/fg/vraag/{before}" in links


async def test_nothing_tells_who_asked(fg: Browser, ask: Ask) -> None:
    number = ask("een", owner="sleutel-van-iemand", channel="telegram")

    html = (await fg.open(f"/fg/vraag/{number}")).html

    for secret in ("sleutel-van-iemand", "gesprek van", "adres van", "Telegram", "telegram"):
        assert secret not in html


async def test_the_channel_shows_of_who_asked_the_fg(fg: Browser, ask: Ask) -> None:
    number = ask("een", owner="sleutel-van-iemand", channel="telegram", asks_fg=True)

    html = (await fg.open(f"/fg/vraag/{number}")).html

    assert "Telegram" in html
    assert "sleutel-van-iemand" not in html


async def test_opening_a_question_is_noted(fg: Browser, house: House, ask: Ask) -> None:
    number = ask("een")

    await fg.open(f"/fg/vraag/{number}")

    account = house.signin.accounts.called("Fenna Verzonnen")[0].id
    assert house.audit()[-1] == ("question.open", f"question {number}", account, "ok", "web")


@pytest.mark.parametrize("number", ["4711", "x", "-1", "99999999999999999999", "1e3", "٣"])
async def test_a_question_that_is_not_there_is_said_kindly(fg: Browser, number: str) -> None:
    response = await fg.client.get(f"/fg/vraag/{number}")

    assert response.status_code == 404
    assert "er niet" in response.text


@pytest.mark.parametrize(("word", "what"), [("klopt", "correct"), ("sluit", "closed")])
async def test_one_button_closes_a_question(fg: Browser, house: House, ask: Ask, word: str, what: str) -> None:
    number = ask("een")
    page = await fg.open(f"/fg/vraag/{number}")

    response = await press(fg, page, f"/fg/vraag/{number}/{word}")

    assert response.headers["location"] == f"/fg/vraag/{number}?gedaan={word}"
    assert (last(house, number).what, item(house, number).question.closed_at is None) == (what, False)
    after = await fg.open(response.headers["location"])
    assert "De vraag is gesloten." in after.text
    assert "Fenna Verzonnen" in after.text
    await press(fg, after, f"/fg/vraag/{number}/heropen")
    assert item(house, number).question.closed_at is None


async def test_what_is_wrong_is_kept_masked(fg: Browser, house: House, ask: Ask) -> None:
    number = ask("een")
    page = await fg.open(f"/fg/vraag/{number}")
    rule = next(iter(house.knowledge.rules))

    response = await press(
        fg,
        page,
        f"/fg/vraag/{number}/klopt-niet",
        **{"onderwerp": "retention", "regel": rule, "notitie": f"het ging over bsn {BSN}", "feit-party": "school"},
    )

    assert "afgeschermd=1" in response.headers["location"]
    kept = last(house, number)
    assert (kept.what, kept.intent, kept.rule) == ("wrong", "retention", rule)
    assert kept.facts["party"] == "school"
    assert BSN not in kept.note
    assert BSN not in everything_in(house.store.engine.url.render_as_string(hide_password=False))


async def test_facts_that_the_bot_read_already_are_no_correction(fg: Browser, house: House, ask: Ask) -> None:
    number = ask("een")
    page = await fg.open(f"/fg/vraag/{number}")
    as_read = {"feit-party": "huisarts", "feit-role": "jeugdhulpverlener"}

    refused = await press(fg, page, f"/fg/vraag/{number}/klopt-niet", **as_read)
    await press(fg, page, f"/fg/vraag/{number}/klopt-niet", **as_read, notitie="de toon")

    assert refused.status_code == 400
    assert last(house, number).facts == {}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Kies of schrijf wat er niet klopt"),
        ({"onderwerp": "verzonnen"}, "Dit onderwerp kent Deelwijzer niet"),
        ({"regel": "verzonnen"}, "Deze regel is er niet"),
        ({"feit-party": "verzonnen"}, "Kies of schrijf wat er niet klopt"),
    ],
)
async def test_a_correction_that_says_nothing_is_refused(
    fg: Browser, house: House, ask: Ask, fields: dict[str, str], said: str
) -> None:
    number = ask("een", facts={"role": "", "party": ""})
    page = await fg.open(f"/fg/vraag/{number}")

    response = await press(fg, page, f"/fg/vraag/{number}/klopt-niet", **fields)

    assert response.status_code == 400
    assert said in response.text
    assert item(house, number).judgements == ()


async def test_a_wish_goes_to_the_list_and_off_it(fg: Browser, house: House, ask: Ask) -> None:
    number = ask("een vraag over drones")
    page = await fg.open(f"/fg/vraag/{number}")

    await press(fg, page, f"/fg/vraag/{number}/wens", notitie="iets over drones")

    listed = await fg.open("/fg/wensen")
    assert "iets over drones" in listed.text
    assert item(house, number).question.closed_at is None
    await press(fg, listed, f"/fg/wensen/{last(house, number).id}/klaar")
    assert "De lijst is leeg" in (await fg.open("/fg/wensen")).text


# ---- answering ----


@pytest.mark.parametrize(
    ("channel", "serves", "said", "sent"),
    [
        ("pigeons", True, "verstuurd", 1),
        ("pigeons", False, "nergens", 0),
        ("web", False, "klaargezet", 0),
        ("api", False, "nergens", 0),
    ],
)
async def test_an_answer_tells_how_it_reaches_the_person(
    fg: Browser, house: House, ask: Ask, channel: str, serves: bool, said: str, sent: int
) -> None:
    number = ask("mag dit", channel=channel, asks_fg=True)
    page = await fg.open(f"/fg/vraag/{number}")
    pigeons = Pigeons()

    async with house.service.desk.open(*([pigeons] if serves else [])):
        response = await press(fg, page, f"/fg/vraag/{number}/antwoord", antwoord=f"Ja, bsn {BSN} mag mee.")

    assert response.headers["location"] == f"/fg/vraag/{number}?gedaan={said}&afgeschermd=1"
    assert len(pigeons.notes) == sent
    assert all("Antwoord van de FG" in note and BSN not in note for note in pigeons.notes)
    after = await fg.open(response.headers["location"])
    assert "Ja, bsn [bsn] mag mee." in after.text
    assert house.audit()[-2][:2] == ("question.answered", f"question {number}")


@pytest.mark.parametrize("text", ["", "   ", "x" * 3001])
async def test_an_answer_without_words_or_too_long_is_not_sent(fg: Browser, house: House, ask: Ask, text: str) -> None:
    number = ask("een")
    page = await fg.open(f"/fg/vraag/{number}")

    response = await press(fg, page, f"/fg/vraag/{number}/antwoord", antwoord=text)

    assert response.status_code == 400
    assert item(house, number).answers == ()


async def test_an_answer_is_shared_until_the_fg_stops(fg: Browser, house: House, ask: Ask) -> None:
    number = ask("mag dit", municipality="heumen")
    page = await fg.open(f"/fg/vraag/{number}")
    await press(fg, page, f"/fg/vraag/{number}/antwoord", antwoord="Zo doen wij dat.", delen="1")

    listed = await fg.open("/fg/antwoorden")

    assert "Zo doen wij dat." in listed.text
    assert "Heumen" in listed.text
    await press(fg, listed, f"/fg/antwoorden/{item(house, number).answers[0].id}/stop")
    assert "Je deelt nog geen antwoorden" in (await fg.open("/fg/antwoorden")).text


async def test_without_a_municipality_there_is_nobody_to_share_with(fg: Browser, house: House, ask: Ask) -> None:
    number = ask("mag dit")
    page = await fg.open(f"/fg/vraag/{number}")
    assert page.all("input", name="delen") == []

    await press(fg, page, f"/fg/vraag/{number}/antwoord", antwoord="Zo doen wij dat.", delen="1")

    assert not item(house, number).answers[0].shared


async def test_a_reaction_stands_with_its_answer(fg: Browser, house: House, ask: Ask, clock: Clock) -> None:
    number = ask("mag dit")
    page = await fg.open(f"/fg/vraag/{number}")
    await press(fg, page, f"/fg/vraag/{number}/antwoord", antwoord="Ja.")
    answer = item(house, number).answers[0]
    await asyncio.to_thread(Reviews(house.store.engine).react, answer.id or 0, "iemand", NASTY, clock())

    shown = await fg.open(f"/fg/vraag/{number}")

    assert "Reactie" in shown.text
    assert "alert(1)" in shown.text
    assert shown.all("img") == []


# ---- examples ----


async def test_an_example_lands_in_the_training_data_with_its_case(
    fg: Browser, house: House, ask: Ask, folder: Path
) -> None:
    number = ask("mag ik de verzonnen kleurplaat aan de huisarts geven")
    page = await fg.open(f"/fg/vraag/{number}")
    fields = {"zin": "mag ik de verzonnen kleurplaat aan de huisarts geven", "onderwerp": "share"}

    response = await press(fg, page, f"/fg/vraag/{number}/voorbeeld", **fields, **{"feit-party": "huisarts"})
    again = await press(fg, page, f"/fg/vraag/{number}/voorbeeld", **fields, **{"feit-party": "huisarts"})

    assert response.headers["location"].endswith("gedaan=voorbeeld")
    assert again.headers["location"].endswith("gedaan=voorbeeld-was-er")
    trained = yaml.safe_load((folder / "reviewed" / "share.yml").read_text(encoding="utf-8"))
    assert trained["version"] == "3.1"
    assert trained["nlu"][0] == {"intent": "share", "examples": f"- {fields['zin']}\n"}
    cases = yaml.safe_load((folder / "tests" / "cases.yaml").read_text(encoding="utf-8"))["cases"]
    assert cases == [{"text": fields["zin"], "intent": "share", "facts": {"party": "huisarts"}}]
    assert [one.what for one in item(house, number).judgements] == ["example"]


async def test_an_example_that_is_refused_says_why_and_keeps_what_was_typed(fg: Browser, ask: Ask) -> None:
    number = ask("een")
    page = await fg.open(f"/fg/vraag/{number}")

    response = await press(fg, page, f"/fg/vraag/{number}/voorbeeld", zin=f"bsn {BSN} delen", onderwerp="share")

    assert response.status_code == 400
    assert "persoonsgegevens" in response.text
    assert 'role="alert"' in response.text


async def test_a_program_that_may_not_write_gives_the_lines(fg: Browser, ask: Ask, folder: Path) -> None:
    number = ask("een")
    await asyncio.to_thread(folder.write_text, "geen map")  # nothing can be made under a file
    page = await fg.open(f"/fg/vraag/{number}")
    zin = "mag ik de verzonnen kleurplaat aan de huisarts geven"

    response = await press(fg, page, f"/fg/vraag/{number}/voorbeeld", zin=zin, onderwerp="share")

    assert response.status_code == 200
    assert f"    - {zin}" in response.text
    assert 'download="share.yml"' in response.text
