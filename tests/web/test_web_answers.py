"""Each outcome as it is shown: a label in words and an icon, never a colour alone."""

from __future__ import annotations

import pytest

from tests.web.fake_assistant import FakeAssistant
from tests.web.web_app import Browser, Page, build_app

LABELS = {
    "allowed_without_consent": "Mag, zonder toestemming",
    "allowed_with_consent": "Alleen met toestemming",
    "not_allowed": "Mag niet",
    "needs_info": "Nog één vraag",
    "weigh": "Afwegen",
    "emergency": "Eerst: veiligheid",
    "info": "Uitleg",
    "out_of_scope": "Hier ga ik niet over",
    "not_understood": "Dat begrijp ik niet",
    "plain_text": "Antwoord",
}


async def answer(kind: str) -> Page:
    browser = Browser(build_app(FakeAssistant()))
    page = await browser.open()
    return Page((await browser.post(page, {"text": kind})).text)


@pytest.mark.parametrize(("kind", "label"), LABELS.items())
async def test_the_outcome_stands_first_in_words_and_with_an_icon_of_its_own(kind: str, label: str) -> None:
    page = await answer(kind)
    headings = page.html[page.html.index("<article") :]
    assert Page(headings).text.startswith(f"Deelwijzer: {label}")
    first_icon = page.html[page.html.index("<h2") : page.html.index("</h2>")]
    assert "icons.svg" in first_icon


async def test_no_two_outcomes_share_an_icon() -> None:
    icons = []
    for kind in LABELS:
        page = await answer(kind)
        heading = Page(page.html[page.html.index("<h2") : page.html.index("</h2>")])
        icons.append(heading.all("use")[0].attributes["href"].split("#")[1])
    assert len(set(icons)) == len(LABELS)


async def test_a_duty_is_said_and_a_ban_is_not_said_twice() -> None:
    assert "Mag, zonder toestemming Verplicht" in (await answer("allowed_without_consent")).text
    assert (await answer("not_allowed")).text.count("Mag niet") == 1
    assert "Verplicht" not in (await answer("allowed_with_consent")).text


async def test_the_blocks_have_their_headings_in_order() -> None:
    text = (await answer("allowed_with_consent")).text
    headings = [
        "Ik heb een naam weggehaald",
        "Alleen met toestemming",
        "Ik ga ervan uit",
        "Waarom",
        "Wel delen",
        "Niet delen",
        "Nu doen",
        "Lokaal beleid",
        "Vastleggen",
        "Deze regel gold",
        "Bronnen",
        "Leg vast",
    ]
    positions = [text.index(heading) for heading in headings]
    assert positions == sorted(positions)


async def test_the_choices_stand_under_the_question_that_they_answer() -> None:
    page = await answer("needs_info")
    places = [page.text.index(words) for words in ("Waar werk je?", "Weet ik niet", "Deze regel gold")]
    assert places == sorted(places)
    assert len(page.all("form", **{"class": "options"})) == 1


async def test_danger_can_be_acted_on_with_one_press() -> None:
    page = await answer("emergency")
    calls = [link.attributes["href"] for link in page.all("a") if link.attributes.get("class") == "call"]
    assert calls == ["tel:112", "tel:08002000"]


async def test_a_municipal_agreement_is_told_apart_from_the_law() -> None:
    text = (await answer("allowed_with_consent")).text
    sources = text[text.index("Bronnen") :]
    assert sources.count("afspraak van de gemeente") == 1
    assert sources.index("Privacyprotocol Voorbeeldstad") < sources.index("afspraak van de gemeente")
