"""Putting a decision on record, as a caseworker does it. Every person and number here is made up."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from docx import Document

from bot.assistant import Assistant
from bot.keys import conversation_key
from bot.messages import Command, File, Incoming, Message
from bot.store import Store
from tests.bot.fakes import Clock, ScriptedNlu
from tests.bot.test_assistant import button, press, say

QUESTION = "mag ik gegevens sturen naar het CAK"
NAME = "Fatima Verzonnen"


async def command(assistant: Assistant, what: Command) -> Message:
    return (await assistant.handle(Incoming("test", "gesprek", command=what))).messages[0]


async def begun(assistant: Assistant) -> Message:
    return await press(assistant, button(await say(assistant, QUESTION), "Leg vast"))


async def to_overview(assistant: Assistant) -> Message:
    message = await press(assistant, button(await begun(assistant), "Klopt"))
    while not any(one.title == "Bewaren" for one in message.buttons):
        message = await say(assistant, "omdat het nodig is voor de eigen bijdrage")
    return message


async def kept(assistant: Assistant) -> Message:
    return await press(assistant, button(await to_overview(assistant), "Bewaren"))


def reference(message: Message) -> str:
    return next(word.rstrip(".") for word in message.text.split() if word.startswith("DW-"))


async def test_what_the_question_told_is_filled_in(assistant: Assistant) -> None:
    message = await begun(assistant)

    assert message.state == "record"
    assert "Grondslag: art. 5.2.1 lid 2 onder b Wmo 2015" in message.text
    assert "Ontvanger of bron: het CAK" in message.text


async def test_a_decision_is_kept_under_a_reference(assistant: Assistant) -> None:
    message = await kept(assistant)

    assert reference(message).startswith("DW-2026-")
    assert "Besluit: omdat het nodig is" in message.text
    assert message.state == "idle"


async def test_the_open_norms_of_the_rules_are_asked(assistant: Assistant) -> None:
    message = await press(assistant, button(await begun(assistant), "Klopt"))
    while "5 van" not in message.text:
        message = await say(assistant, "de eigen bijdrage")

    assert "waarom kan het niet met minder" in message.text


async def test_a_question_in_between_is_answered_and_the_record_goes_on(assistant: Assistant) -> None:
    message = await press(assistant, button(await begun(assistant), "Klopt"))
    between = await say(assistant, "mag ik dit ook delen met school?")
    assert between.verdict != "info"
    assert "bezig met het vastleggen van je besluit" in between.text

    resumed = await press(assistant, button(between, "Ga daarmee verder"))

    assert message.text in resumed.text


async def test_danger_in_an_answer_goes_first_and_the_record_can_go_on(assistant: Assistant) -> None:
    await press(assistant, button(await begun(assistant), "Klopt"))
    message = await say(assistant, "hij staat nu met een mes voor de deur en wil haar doodmaken")

    assert message.verdict == "emergency"
    assert any(one.title == "Ga daarmee verder" for one in message.buttons)


async def test_personal_data_in_an_answer_are_masked_and_the_record_goes_on(assistant: Assistant) -> None:
    await press(assistant, button(await begun(assistant), "Klopt"))
    message = await say(assistant, f"omdat mevrouw {NAME} (bsn 999990020) het vraagt")

    assert "afgeschermd" in message.text
    assert message.state == "record"
    done = await kept_from_here(assistant)
    assert NAME not in done.text
    assert "999990020" not in done.text


async def kept_from_here(assistant: Assistant) -> Message:
    message = await say(assistant, "verder met invullen")
    while not any(one.title == "Bewaren" for one in message.buttons):
        message = await say(assistant, "een korte reden")
    return await press(assistant, button(message, "Bewaren"))


async def test_stopping_keeps_nothing(assistant: Assistant) -> None:
    await press(assistant, button(await begun(assistant), "Klopt"))
    message = await say(assistant, "stop")
    assert "niets vastgelegd" in message.text

    assert "nog geen besluit" in (await say(assistant, "mijn besluiten")).text


async def test_own_decisions_are_found_again(assistant: Assistant) -> None:
    number = reference(await kept(assistant))
    listed = await say(assistant, "mijn besluiten")
    shown = await press(assistant, next(one for one in listed.buttons if number in one.title))

    assert number in shown.text
    assert "eigen bijdrage" in shown.text


async def test_a_correction_keeps_the_version_before(assistant: Assistant, store: Store) -> None:
    number = reference(done := await kept(assistant))
    message = await press(assistant, button(done, "Verbeteren"))
    message = await press(assistant, button(message, "Iets veranderen"))
    await press(assistant, button(message, "Noodzaak"))
    message = await say(assistant, "een betere reden")
    message = await press(assistant, button(message, "Bewaren"))

    assert "een betere reden" in message.text
    assert "versie 2" in message.text
    versions = assistant._parts.decisions.versions(conversation_key("test", "gesprek"), number)
    assert [one["necessity"] for one in versions] == ["omdat het nodig is voor de eigen bijdrage"]


async def test_a_withdrawn_decision_stays_readable_but_not_changeable(assistant: Assistant) -> None:
    number = reference(done := await kept(assistant))
    assert "ingetrokken" in (await press(assistant, button(done, "Intrekken"))).text
    listed = await say(assistant, "mijn besluiten")
    shown = await press(assistant, next(one for one in listed.buttons if number in one.title))

    assert "Ingetrokken op" in shown.text
    assert not any(one.title == "Verbeteren" for one in shown.buttons)


async def test_a_decision_of_another_conversation_is_not_shown(assistant: Assistant) -> None:
    number = reference(await kept(assistant))
    other = conversation_key("test", "een ander gesprek")

    assert assistant._parts.decisions.find(other, number) is None


async def test_the_word_file_and_the_pdf_hold_the_decision(assistant: Assistant) -> None:
    done = await kept(assistant)
    [word] = (await press(assistant, button(done, "Word-bestand"))).files
    [pdf] = (await press(assistant, button(done, "PDF-bestand"))).files

    text = "\n".join(paragraph.text for paragraph in Document(io.BytesIO(word.content)).paragraphs)
    assert "eigen bijdrage" in text
    assert reference(done) in text
    assert zipfile.is_zipfile(io.BytesIO(word.content))
    assert pdf.content.startswith(b"%PDF-")
    assert pdf.media_type == "application/pdf"
    assert word.name == f"{reference(done)}.docx"


@pytest.mark.parametrize("text", ["Łukasz “zei” – ğ € 5 …", "日本語", "é ë ï"])
async def test_a_pdf_is_made_of_any_text(assistant: Assistant, text: str) -> None:
    await press(assistant, button(await begun(assistant), "Klopt"))
    message = await say(assistant, text)
    while not any(one.title == "Bewaren" for one in message.buttons):
        message = await say(assistant, "een reden")
    done = await press(assistant, button(message, "Bewaren"))

    [pdf] = (await press(assistant, button(done, "PDF-bestand"))).files
    assert pdf.content.startswith(b"%PDF-")


async def test_a_button_of_a_record_that_is_over_does_nothing(assistant: Assistant) -> None:
    message = await press(assistant, button(await begun(assistant), "Klopt"))
    await say(assistant, "stop")

    assert "verlopen" in (await press(assistant, button(message, "Overslaan"))).text


# -- what is kept of a person --------------------------------------------------------------


async def test_privacy_says_what_is_kept_and_how_long(assistant: Assistant) -> None:
    message = await command(assistant, Command.PRIVACY)

    assert "365 dagen" in message.text
    assert "90 dagen" in message.text
    assert message.text == (await say(assistant, "wat bewaar je?")).text


async def test_my_data_are_a_file_with_everything_of_this_conversation(assistant: Assistant) -> None:
    number = reference(await kept(assistant))
    [file] = (await say(assistant, "mijn gegevens")).files

    data = json.loads(file.content)
    assert data["gesprekken"][0]["vragen"][0]["tekst"] == QUESTION
    assert data["besluiten"][0]["nummer"] == number
    assert isinstance(file, File)
    assert file.media_type == "application/json"


async def test_forgetting_asks_first_and_then_erases_everything(assistant: Assistant, store: Store) -> None:
    await kept(assistant)
    asked = await say(assistant, "vergeet mij")
    assert len(store.questions()) == 1

    assert "gewist" in (await press(assistant, button(asked, "Wis alles"))).text
    assert store.questions() == []
    assert "nog geen besluit" in (await say(assistant, "mijn besluiten")).text


async def test_the_decisions_may_stay_when_the_rest_goes(assistant: Assistant, store: Store) -> None:
    number = reference(await kept(assistant))
    asked = await say(assistant, "vergeet mij")
    await press(assistant, button(asked, "Wis alles, maar niet mijn besluiten"))

    assert store.questions() == []
    assert number in (await say(assistant, "mijn besluiten")).buttons[0].title


async def test_a_record_left_for_a_day_waits_and_is_offered(assistant: Assistant, clock: Clock) -> None:
    await press(assistant, button(await begun(assistant), "Klopt"))
    clock.forward(hours=24)
    message = await say(assistant, "mag ik delen met school")

    assert message.state == "record"
    assert [one.title for one in message.buttons][-2:] == ["Ga daarmee verder", "Stop daarmee"]


async def test_no_answer_of_a_record_reaches_rasa(assistant: Assistant, nlu: ScriptedNlu) -> None:
    await kept(assistant)

    assert nlu.seen == [QUESTION]
