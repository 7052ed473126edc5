"""A conversation in Teams with the real assistant, knowledge and store; only Rasa is scripted."""

from __future__ import annotations

import io

import pytest
from docx import Document
from fastapi import FastAPI

from bot.assistant import Assistant
from bot.danger import DangerDetector, load_signals
from bot.guard import Guard
from bot.store import Store
from knowledge.knowledge import Knowledge
from knowledge.load import CONTENT
from tests.bot.fakes import Clock, ScriptedNlu
from tests.store.databases import everything_in
from tests.teams.conftest import Connect
from tests.teams.connector import CONSENT, Person, Stub, links, options, titles, words


@pytest.fixture
def nlu(knowledge: Knowledge) -> ScriptedNlu:
    return ScriptedNlu(knowledge)


@pytest.fixture
def real(knowledge: Knowledge, nlu: ScriptedNlu, store: Store) -> Assistant:
    danger = DangerDetector(load_signals(CONTENT / "danger_signals.yaml"))
    return Assistant(knowledge, Guard(), danger, nlu, store, Clock())  # type: ignore[arg-type]


async def test_a_question_is_asked_back_answered_on_the_card_and_explained(
    person: Person, connect: Connect, real: Assistant
) -> None:
    async with connect(real):
        await person.say("mag ik iets delen met school")
        told = await person.next()
        asked = await person.next()
        shown = (await person.press(asked, "Hulpverlener jeugd")).json()
        settled = await person.settled(asked)
        answered = await person.next()
        await person.press(answered, "Waarom?")
        explained = await person.next()

    assert "Hulpverlener jeugd" in titles(asked)
    assert "Hulpverlener jeugd" not in titles(told)
    assert words(settled).endswith("✓ Hulpverlener jeugd")
    assert titles(settled) == []
    assert shown["type"] == "application/vnd.microsoft.card.adaptive"
    assert any("7.3.11" in label for label in links(answered))
    assert {"Waarom?", "Andere situatie", "Vraag de FG"} <= set(titles(answered))
    assert words(explained)


async def test_a_name_typed_on_a_card_is_kept_nowhere(
    person: Person, connect: Connect, real: Assistant, store: Store, database_url: str
) -> None:
    async with connect(real):
        await person.say("mag ik gegevens sturen naar het CAK")
        await person.press(await person.next(), "Leg vast")
        message = await person.next()
        while "Verstuur" not in titles(message):
            await person.press(message, "Klopt" if "Klopt" in titles(message) else "Overslaan")
            message = await person.next()
        # A made-up person with a made-up number.
        await person.press(message, "Verstuur", answer="voor Jolanda de Vries, bsn 999990020")
        settled = await person.settled(message)
        await person.next()
    store.close()

    stored = everything_in(database_url)
    assert "Jolanda" not in stored
    assert "999990020" not in stored
    assert "Jolanda" not in str(settled)
    assert "✓ Antwoord verstuurd" in words(settled)


async def test_a_decision_is_put_on_record_and_carried_away_as_a_file(
    person: Person, connect: Connect, real: Assistant, stub: Stub
) -> None:
    async with connect(real):
        await person.say("mag ik gegevens sturen naar het CAK")
        await person.press(await person.next(), "Leg vast")
        message = await person.next()
        while "Bewaren" not in titles(message):
            if "Verstuur" in titles(message):
                await person.press(message, "Verstuur", answer="omdat het nodig is voor de eigen bijdrage")
            elif "Kies" in titles(message):
                await person.pick(message, options(message)[0])
            else:
                await person.press(message, titles(message)[0])
            message = await person.next()
        await person.press(message, "Bewaren")
        kept = await person.next()
        await person.press(kept, "Word-bestand")
        line = await person.next()
        offer = await person.next() if "attachments" not in line else line
        [consent] = [one for one in offer["attachments"] if one["contentType"] == CONSENT]
        await person.invoke(
            "fileConsent/invoke",
            {
                "type": "fileUpload",
                "action": "accept",
                "context": consent["content"]["acceptContext"],
                "uploadInfo": {
                    "uploadUrl": f"{stub.address}/upload/1",
                    "contentUrl": "https://made-up.sharepoint.com/besluit.docx",
                    "name": consent["name"],
                    "uniqueId": "made-up",
                    "fileType": "docx",
                },
            },
            offer["id"],
        )
        placed = await person.next()

    [content] = stub.uploads
    text = "\n".join(paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs)
    assert consent["name"].startswith("DW-2026-")
    assert "omdat het nodig is voor de eigen bijdrage" in text
    assert consent["name"] in placed["text"]


async def test_in_a_group_two_people_do_not_mix_and_nothing_is_put_on_record(
    stub: Stub, app: FastAPI, connect: Connect, real: Assistant, store: Store, database_url: str
) -> None:
    thread = "19:made-up@thread.tacv2;messageid=1"
    one = Person(stub, app, "p1", thread, "channel")
    async with connect(real):
        await one.say("mag ik iets delen met school")
        await one.next()
        asked = await one.next()
        two = Person(stub, app, "p2", thread, "channel", read=2)
        other = (await two.press(asked, "Hulpverlener jeugd")).json()
        await two.say("triage")
        refused = await two.next()
        await two.say("en wat als de ouders weigeren")
        answered = await two.next()
    store.close()

    assert "voor een collega" in other["value"]
    assert "eigen gesprek" in words(refused)
    assert "Leg vast" not in titles(answered)
    assert stub.sent[0]["conversation"]["id"] == thread
    assert "made-up@thread" not in everything_in(database_url)


async def test_everything_of_a_person_can_be_erased_and_the_chosen_role_goes_too(
    person: Person, connect: Connect, real: Assistant, store: Store, database_url: str, nlu: ScriptedNlu
) -> None:
    async with connect(real):
        await person.say("rol jeugdhulpverlener")
        await person.next()
        await person.say("mag ik iets delen met school")
        await person.next()
        await person.say("vergeet mij")
        message = await person.next()
        await person.press(message, "Wis alles")
        gone = await person.next()
    store.close()

    assert nlu.metadata[-1]["role"] == "jeugdhulpverlener"
    assert "gewist" in words(gone)
    assert "jeugdhulpverlener" not in everything_in(database_url)
    assert "made-up-p1" not in everything_in(database_url)


async def test_danger_comes_first_and_stays_on_the_screen(person: Person, connect: Connect, real: Assistant) -> None:
    async with connect(real):
        await person.say("hij staat nu met een mes voor de deur en slaat haar")
        told = await person.next()
        asked = await person.next()
        await person.press(asked, "Ga verder met mijn vraag")
        await person.settled(asked)

    assert "112" in words(told)
    assert told in person.stub.messages(person.conversation)
