"""What a person sees in Teams; all people are made up."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.responses import JSONResponse, Response
from sqlmodel import Session, select

from bot.channels.teams import texts
from bot.channels.teams.activity import Place
from bot.delivery.desk import Desk
from bot.keys import conversation_key
from bot.messages import Button, Command, File, Incoming, Message, Poll, Reply
from bot.store import Store
from bot.store.mailbox import Place as Owner
from bot.store.models import OutboxUnit
from tests.bot.fakes import Naps
from tests.teams.conftest import Connect
from tests.teams.connector import BOT, CONSENT, Person, Stub, guid, links, options, titles, words
from tests.web.fake_assistant import FakeAssistant


class Scripted:
    """Says what a test wants it to say."""

    def __init__(self, *messages: Message) -> None:
        self.messages = messages
        self.received: list[Incoming] = []

    async def handle(self, incoming: Incoming) -> Reply:
        """As the assistant's."""
        self.received.append(incoming)
        return Reply(self.messages)

    async def welcome(self, conversation: str, channel: str) -> Reply:
        """As the assistant's."""
        return Reply(self.messages)


@pytest.mark.usefixtures("online")
async def test_a_question_gets_its_answer_as_a_card_with_links_and_buttons(
    person: Person, assistant: FakeAssistant, stub: Stub
) -> None:
    await person.say("mag ik dit delen met school?")

    answer = await person.next()

    assert words(answer).startswith("✍ Alleen met toestemming")
    assert links(answer)["art. 7.3.11 lid 1 Jeugdwet"] == "https://wetten.overheid.nl/jeugdwet-voorbeeld"
    assert titles(answer) == ["Leg vast", "Waarom?", "Kopieer tekst", "Andere situatie", "Vraag de FG"]
    assert texts.MASKED in words(answer)
    assert "Je mag dit met school delen" in answer["attachments"][0]["content"]["fallbackText"]
    assert [one["type"] for one in stub.sent] == ["typing", "message"]
    [incoming] = assistant.received
    assert incoming.text == "mag ik dit delen met school?"
    assert incoming.person == incoming.conversation  # one person, one conversation
    assert guid("p1") not in incoming.conversation
    assert Place.read(incoming.address or "").conversation == person.conversation
    assert len(incoming.address or "") < 2000


@pytest.mark.usefixtures("online")
async def test_what_looks_like_markup_is_shown_as_it_is(person: Person) -> None:
    await person.say("hostile")

    answer = await person.next()

    assert '<script>alert("1")</script>' in words(answer)
    assert all(url.startswith("https://") for url in links(answer).values())


@pytest.mark.usefixtures("online")
async def test_the_same_activity_told_twice_is_answered_once(person: Person, assistant: FakeAssistant) -> None:
    told = person.activity({"type": "message", "text": "info"})
    for _ in range(2):
        assert (await person.post(told, person.stub.token())).status_code == 200
    await person.say("weigh")
    await person.next()
    await person.next()

    assert [one.text for one in assistant.received] == ["info", "weigh"]


@pytest.mark.usefixtures("online")
async def test_a_choice_counts_once_and_the_card_changes_in_place(person: Person, assistant: FakeAssistant) -> None:
    await person.say("needs_info")
    await person.next()
    asked = await person.next()
    first = (await person.press(asked, "Toegang van de gemeente")).json()
    again = (await person.press(asked, "Jeugdhulpaanbieder")).json()
    settled = await person.settled(asked)
    await person.next()

    assert first["type"] == "application/vnd.microsoft.card.adaptive"
    assert again["value"] == texts.ALREADY_CHOSEN
    assert words(settled) == "Waar werk je?\n✓ Toegang van de gemeente"
    assert [one.payload for one in assistant.received] == [None, "p-role-1"]


@pytest.mark.usefixtures("online")
async def test_words_that_were_changed_on_the_way_back_are_not_shown(person: Person) -> None:
    await person.say("needs_info")
    await person.next()
    asked = await person.next()
    await person.press(asked, "Jeugdhulpaanbieder", q="Iets wat de bot nooit zei", t="Iets anders")
    settled = await person.settled(asked)

    assert words(settled) == f"✓ {texts.CHOSEN}"


async def test_many_choices_are_a_list(person: Person, connect: Connect) -> None:
    buttons = tuple(Button(f"Besluit {number}", f"p-{number}", "option") for number in range(12))
    scripted = Scripted(Message("Kies een besluit.", buttons=buttons))
    async with connect(scripted):
        await person.say("mijn besluiten")
        asked = await person.next()
        await person.pick(asked, "Besluit 7")
        settled = await person.settled(asked)
        await person.next()

    assert len(options(asked)) == 12
    assert words(settled) == "Kies een besluit.\n✓ Besluit 7"
    assert scripted.received[-1].payload == "p-7"


async def test_a_quiz_question_is_a_card_with_its_options(person: Person, connect: Connect) -> None:
    poll = Poll("Is een tas in de trein een datalek?", 0, "Ja: je bent de gegevens kwijt.")
    buttons = (Button("Ja", "p-yes", "option"), Button("Nee", "p-no", "option"))
    text = "Is een tas in de trein een datalek?"
    async with connect(Scripted(Message(text, (("ask", text),), buttons, poll=poll))):
        await person.say("quiz")
        asked = await person.next()

    assert titles(asked) == ["Ja", "Nee"]
    assert words(asked) == text


async def test_a_long_answer_comes_in_cards_that_fit_with_the_buttons_under_the_last(
    person: Person, connect: Connect
) -> None:
    long = "\n\n".join(f"Alinea {number}: " + "woord “en” meer " * 60 for number in range(60))
    parts = tuple(("why", one) for one in long.split("\n\n"))
    message = Message(long, (("verdict", "Dat mag."), *parts), (Button("Waarom?", "p"),), "allowed_without_consent")
    async with connect(Scripted(message)):
        await person.say("vertel")
        shown = [await person.next()]
        while not titles(shown[-1]):
            shown.append(await person.next())

    assert len(shown) > 3
    assert [titles(one) for one in shown[:-1]] == [[]] * (len(shown) - 1)
    said = "\n".join(words(one) for one in shown)
    assert all(f"Alinea {number}:" in said for number in range(60))


async def test_a_file_is_offered_and_not_sent_when_the_person_says_no(
    person: Person, connect: Connect, stub: Stub
) -> None:
    file = File("vastlegging.pdf", "application/pdf", b"%PDF-made-up")
    async with connect(Scripted(Message("Hier is je vastlegging.", files=(file,)))):
        await person.say("geef")
        await person.next()
        offer = await person.next()
        [consent] = offer["attachments"]
        answer = {"type": "fileUpload", "action": "decline", "context": consent["content"]["declineContext"]}
        await person.invoke("fileConsent/invoke", answer, offer["id"])
        settled = await person.settled(offer)

    assert consent["contentType"] == CONSENT
    assert consent["content"]["sizeInBytes"] == len(file.content)
    assert words(settled) == texts.FILE_DECLINED
    assert stub.uploads == []


async def test_a_file_goes_nowhere_but_to_microsoft(person: Person, connect: Connect, stub: Stub) -> None:
    file = File("vastlegging.pdf", "application/pdf", b"%PDF-made-up")
    async with connect(Scripted(Message("Hier.", files=(file,)))):
        await person.say("geef")
        await person.next()
        offer = await person.next()
        about = offer["attachments"][0]["content"]["acceptContext"]
        place = {"uploadUrl": "https://evil.example/steal", "contentUrl": "", "name": "x"}
        value = {"type": "fileUpload", "action": "accept", "context": about, "uploadInfo": place}
        await person.invoke("fileConsent/invoke", value, offer["id"])
        forged = {**value, "context": {**about, "p": "somebody-elses"}}
        refused = await person.invoke("fileConsent/invoke", forged, "another")
        await person.next()  # the line that comes behind the file

    assert refused.status_code == 400
    assert stub.uploads == []


# -- the beginning, commands, and what is no question ----------------------------------------


@pytest.mark.usefixtures("online")
async def test_the_welcome_comes_once_however_often_teams_tells_of_it(person: Person, stub: Stub) -> None:
    await person.install()
    await person.tell({"type": "conversationUpdate", "membersAdded": [{"id": "29:made-up-other"}, {"id": BOT}]})
    await person.install()
    welcome, prompts, profile = [await person.next() for _ in range(3)]
    await person.say("info")
    await person.next()

    assert "computerprogramma" in words(welcome)
    assert "FG" in words(welcome)
    assert titles(prompts) == [title for title, _ in texts.PROMPTS]
    assert "Onthoud dit" in titles(profile)
    assert len(stub.messages(person.conversation)) == 4


@pytest.mark.usefixtures("online")
async def test_municipality_and_role_are_chosen_on_a_card_and_remembered(
    person: Person, assistant: FakeAssistant
) -> None:
    await person.say("gemeente")
    asked = await person.next()
    await person.press(asked, "Onthoud dit", municipality="heumen", role="-")
    settled = await person.settled(asked)
    await person.say("/rol jeugdhulpverlener")
    await person.next()
    await person.say("info")
    await person.next()
    await person.say("/gemeente Nergenshuizen")
    unknown = await person.next()

    assert words(settled).startswith("Gemeente: Heumen.")
    assert assistant.received[-1].profile == {"municipality": "heumen", "role": "jeugdhulpverlener"}
    assert texts.UNKNOWN_PROFILE["municipality"] in words(unknown)


@pytest.mark.usefixtures("online")
@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("help", {"text": "help"}),
        ("/triage", {"text": "/triage"}),
        ("mijn gegevens", {"text": "mijn gegevens"}),
        ("Datalek", {"command": Command.BREACH}),
        ("/quiz", {"command": Command.QUIZ}),
        ("/vraag mag dit?", {"text": "mag dit?"}),
        ("/quiz bcdf-ghjk-mnpq", {"text": "/quiz bcdf-ghjk-mnpq"}),
    ],
)
async def test_typed_commands_reach_the_assistant(
    person: Person, assistant: FakeAssistant, typed: str, asked: dict[str, Any]
) -> None:
    await person.say(typed)
    await person.next()

    [received] = assistant.received
    assert {"text": received.text, "command": received.command} == {"text": None, "command": None, **asked}


@pytest.mark.usefixtures("online")
async def test_what_is_no_text_gets_a_kind_word_and_is_not_looked_at(person: Person, assistant: FakeAssistant) -> None:
    await person.tell({"type": "message", "attachments": [{"contentType": "image/png", "contentUrl": "https://x"}]})
    picture = await person.next()
    data = {"tenant": {"id": person.tenant}, "eventType": "editMessage"}
    await person.tell({"type": "messageUpdate", "id": "p1-1", "text": "mag dat?", "channelData": data})
    edited = await person.next()
    await person.tell({"type": "messageReaction", "reactionsAdded": [{"type": "like"}]})
    unknown = await person.invoke("composeExtension/query", {}, "x")

    assert (picture["text"], edited["text"]) == (texts.NOT_TEXT, texts.EDITED)
    assert unknown.status_code == 501
    assert assistant.received == []


@pytest.mark.usefixtures("online")
async def test_in_a_group_the_mention_goes_and_other_names_become_somebody(
    stub: Stub, app: FastAPI, assistant: FakeAssistant
) -> None:
    one = Person(stub, app, "p1", "19:made-up@thread.v2", "groupChat")
    two = Person(stub, app, "p2", "19:made-up@thread.v2", "groupChat", read=1)
    await one.say("mag <at>Made-up Collega</at> dit delen?")
    answer = await one.next()
    await two.say("info")
    await two.next()

    first, second = assistant.received
    assert first.text == "mag iemand dit delen?"
    assert first.conversation != second.conversation
    assert first.person != second.person
    assert first.address is None  # what comes later is for one person, never for a group
    assert "Leg vast" not in titles(answer)


async def test_a_step_by_step_conversation_does_not_begin_in_a_group(
    stub: Stub, app: FastAPI, connect: Connect
) -> None:
    scripted = Scripted(Message("Weeg dit eerst."), Message("Wat is er aan de hand?", state="triage"))
    group = Person(stub, app, "p1", "19:made-up@thread.v2", "groupChat")
    async with connect(scripted):
        await group.say("ik weet niet of ik moet melden")
        said = [words(await group.next()) for _ in range(2)]

    assert said == ["Weeg dit eerst.", texts.GROUP_PERSONAL]
    assert scripted.received[-1].command is Command.NEW


# -- trouble ------------------------------------------------------------------------------------


@pytest.mark.usefixtures("online")
async def test_asked_to_wait_the_answer_is_sent_once_after_that(person: Person, stub: Stub, naps: Naps) -> None:
    stub.refusals = [JSONResponse({}, status_code=429, headers={"retry-after": "7"}), Response(status_code=503)]
    await person.say("info")
    await person.next()

    assert len([one for one in stub.sent if one["type"] == "message"]) == 1
    assert 6 < naps.taken[0] <= 7


@pytest.mark.usefixtures("online")
@pytest.mark.parametrize("status", [400, 403, 404])
async def test_what_can_never_arrive_is_given_up_and_the_next_goes_on(person: Person, stub: Stub, status: int) -> None:
    stub.refusals = [Response(status_code=status)]
    await person.say("info")
    await person.say("weigh")

    await person.next()
    assert stub.refusals == []


@pytest.mark.usefixtures("online")
async def test_our_own_token_is_fetched_once_and_anew_when_it_is_refused(person: Person, stub: Stub) -> None:
    for _ in range(2):
        await person.say("info")
        await person.next()
    fetched = stub.token_requests
    stub.refusals = [Response(status_code=401)]
    await person.say("weigh")
    await person.next()

    assert (fetched, stub.token_requests) == (1, 2)


async def test_a_failure_is_told_kindly_and_nothing_of_it_is_logged(
    person: Person, connect: Connect, assistant: FakeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with connect(assistant):
        await person.say("break")
        failed = await person.next()
        await person.tell({"type": "message", "text": "geheim-woord"}, "forged.token.geheim-token")

    assert failed["text"] == texts.FAILED
    # The stub runs in this process as well, and logs what it is asked.
    logged = [record.getMessage() for record in caplog.records if not record.name.startswith("uvicorn")]
    for secret in ("geheim", "made-up", guid("p1"), "break", "our-own-token"):
        assert secret not in "\n".join(logged)


@pytest.mark.usefixtures("online")
async def test_too_many_messages_get_one_word_about_it(person: Person, stub: Stub, assistant: FakeAssistant) -> None:
    for number in range(24):
        await person.say(f"info {number}")
    await stub.until(lambda: any(one.get("text") == texts.TOO_MANY for one in stub.sent))
    await stub.until(lambda: len(stub.messages(person.conversation)) == 21)

    assert len(assistant.received) == 20
    assert [one.get("text") for one in stub.sent].count(texts.TOO_MANY) == 1


async def test_a_message_of_the_fg_arrives_by_itself(
    person: Person, connect: Connect, assistant: FakeAssistant, desk: Desk
) -> None:
    async with connect(assistant):
        await person.say("info")
        await person.next()
        [asked] = assistant.received
        key = conversation_key("teams", asked.conversation)
        await desk.send(Owner("teams", key, key, asked.address or ""), Message("De FG zegt: dat mag."))
        later = await person.next()

    assert later["text"] == "De FG zegt: dat mag."


async def test_nothing_waits_and_nothing_of_a_person_lies_about_when_all_is_sent(
    person: Person, connect: Connect, assistant: FakeAssistant, store: Store
) -> None:
    async with connect(assistant):
        await person.say("info")
        await person.next()
    with Session(store.engine) as session:
        assert session.exec(select(OutboxUnit)).all() == []


async def test_the_program_stops_while_something_is_asked_and_goes_on_after(
    person: Person, connect: Connect, assistant: FakeAssistant
) -> None:
    async with connect(assistant):
        await person.say("info")
    async with connect(assistant):
        await person.next()

    assert len(assistant.received) == 1
