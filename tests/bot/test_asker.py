"""What a person sees of the FG: thumbs, a question, the answer that comes back, one reaction. All made up."""

from __future__ import annotations

import pytest

from bot.assistant import Assistant
from bot.clock import AMSTERDAM
from bot.compose import Composer
from bot.danger import DangerDetector, load_signals
from bot.delivery.desk import Desk
from bot.guard import Guard
from bot.messages import Incoming, Message
from bot.metrics import Metrics
from bot.review.answering import Answering, Way
from bot.review.asker import ALREADY, REACTED
from bot.review.signals import ASKED, REACTION, THUMBS_DOWN
from bot.store import Store
from bot.store.mailbox import Mailbox
from bot.store.reviews import Filter, Item, Reviews
from knowledge.knowledge import Knowledge
from knowledge.load import CONTENT
from tests.bot.fakes import Clock, ScriptedNlu
from tests.delivery.fakes import Pigeons

QUESTION = "ik werk bij de wmo, mag ik gegevens sturen naar het CAK?"


@pytest.fixture
def assistant(knowledge: Knowledge, store: Store, clock: Clock) -> Assistant:
    danger = DangerDetector(load_signals(CONTENT / "danger_signals.yaml"))
    return Assistant(knowledge, Guard(), danger, ScriptedNlu(knowledge), store, clock)  # type: ignore[arg-type]


@pytest.fixture
def reviews(store: Store) -> Reviews:
    return Reviews(store.engine)


@pytest.fixture
def pigeons() -> Pigeons:
    return Pigeons()


@pytest.fixture
def desk(store: Store, clock: Clock) -> Desk:
    return Desk(Mailbox(store.engine), Guard(), Metrics(), clock=clock)


@pytest.fixture
def answering(store: Store, desk: Desk, knowledge: Knowledge, clock: Clock) -> Answering:
    day = clock().astimezone(AMSTERDAM).date()
    return Answering(store, desk, Guard(), lambda: Composer(knowledge, day), clock)


async def said(
    assistant: Assistant,
    text: str | None = None,
    payload: str | None = None,
    *,
    channel: str = "pigeons",
    conversation: str = "duif 1",
    municipality: str | None = "heumen",
) -> Message:
    profile = {"municipality": municipality} if municipality else {}
    incoming = Incoming(
        channel, conversation, text=text, payload=payload, address="til 1", person=conversation, profile=profile
    )
    return (await assistant.handle(incoming)).messages[0]


def payload(message: Message, title: str) -> str:
    return next(button.payload for button in message.buttons if button.title == title)


def first(reviews: Reviews) -> Item:
    found = reviews.item(reviews.queue(Filter()).rows[0][0].id or 0)
    assert found is not None
    return found


async def test_a_thumb_down_brings_the_question_to_the_fg(assistant: Assistant, reviews: Reviews) -> None:
    answer = await said(assistant, QUESTION)

    reply = await said(assistant, payload=payload(answer, "👎 Niet goed"))

    assert "FG" in reply.text
    assert THUMBS_DOWN in first(reviews).question.signals


async def test_a_thumb_up_is_thanked_for(assistant: Assistant, reviews: Reviews) -> None:
    answer = await said(assistant, QUESTION)

    reply = await said(assistant, payload=payload(answer, "👍 Goed antwoord"))

    assert reply.text.startswith("Dank je")
    assert first(reviews).answer.rating == 1


@pytest.mark.parametrize(
    ("channel", "comes_back"), [("telegram", True), ("teams", True), ("web", True), ("api", False)]
)
async def test_the_person_hears_whether_the_answer_comes_back_here(
    assistant: Assistant, reviews: Reviews, channel: str, comes_back: bool
) -> None:
    answer = await said(assistant, QUESTION, channel=channel)

    reply = await said(assistant, payload=payload(answer, "Vraag de FG"), channel=channel)

    assert ("komt hier terug" in reply.text) is comes_back
    assert ("Neem contact op met" in reply.text) is not comes_back
    assert ASKED in first(reviews).question.signals


async def test_the_answer_of_the_fg_comes_back_in_the_same_channel_and_is_reacted_to_once(
    assistant: Assistant, reviews: Reviews, answering: Answering, desk: Desk, pigeons: Pigeons
) -> None:
    answer = await said(assistant, QUESTION)
    await said(assistant, payload=payload(answer, "Vraag de FG"))
    number = first(reviews).question.id or 0

    messages: list[Message] = []
    rendered = pigeons.rendered
    pigeons.rendered = lambda message: messages.append(message) or rendered(message)  # type: ignore[method-assign, func-returns-value]
    async with desk.open(pigeons):
        sent = await answering.answer(number, "Ja, dat mag. Bel Jolanda de Vries als je twijfelt.", "fg", shared=False)

    assert sent is not None
    assert sent[1] is Way.SENT
    address, note = pigeons.sent[0]
    assert address == "til 1"
    assert "Ja, dat mag." in note
    assert QUESTION in note
    assert "Jolanda" not in note  # made up, and masked all the same

    invited = await said(assistant, payload=payload(messages[0], "Reageer"))
    assert invited.state == "reaction"
    assert (await said(assistant, "en als de ouder nee zegt")).text == REACTED
    assert (await said(assistant, payload=payload(messages[0], "Reageer"))).text == ALREADY
    found = first(reviews)
    assert REACTION in found.question.signals
    assert found.answers[0].reaction == "en als de ouder nee zegt"


async def test_a_reaction_that_is_taken_back_goes_nowhere(
    assistant: Assistant, reviews: Reviews, store: Store, clock: Clock
) -> None:
    await said(assistant, QUESTION)
    conversation = first(reviews).question.conversation_id
    store.set_reacting(conversation, 1)

    await said(assistant, "stop")

    assert store.case(conversation, "pigeons", clock()).reacts_to is None
    assert (await said(assistant, QUESTION)).verdict == "allowed_without_consent"


async def test_in_the_web_chat_the_answer_is_there_at_the_next_visit_and_can_be_reacted_to(
    assistant: Assistant, reviews: Reviews, answering: Answering
) -> None:
    await assistant.handle(Incoming("web", "gisteren", text=QUESTION, person="sessie 1"))
    sent = await answering.answer(first(reviews).question.id or 0, "Ja, dat mag.", "fg", shared=False)

    stranger = await assistant.welcome("vandaag 0", "web", "sessie 2")
    back = await assistant.welcome("vandaag 1", "web", "sessie 1")
    again = await assistant.welcome("vandaag 2", "web", "sessie 1")

    assert sent is not None
    assert sent[1] is Way.FETCHED
    assert [len(reply.messages) for reply in (stranger, back, again)] == [1, 2, 1]
    assert "Ja, dat mag." in back.messages[1].text
    press = payload(back.messages[1], "Reageer")
    invited = await assistant.handle(Incoming("web", "vandaag 1", payload=press, person="sessie 1"))
    assert invited.messages[0].state == "reaction"


async def test_danger_goes_before_a_reaction(assistant: Assistant, reviews: Reviews, store: Store) -> None:
    await said(assistant, QUESTION)
    store.set_reacting(first(reviews).question.conversation_id, 1)

    answer = await said(assistant, "hij staat nu met een mes voor de deur")

    assert answer.verdict == "emergency"


async def test_who_cannot_be_reached_is_not_written_to(
    assistant: Assistant, reviews: Reviews, answering: Answering
) -> None:
    await said(assistant, QUESTION, channel="api")

    sent = await answering.answer(first(reviews).question.id or 0, "Ja.", "fg", shared=False)

    assert sent is not None
    assert sent[1] is Way.NOWHERE


async def test_a_shared_answer_is_shown_to_a_colleague_after_the_national_rule(
    assistant: Assistant, reviews: Reviews, answering: Answering
) -> None:
    await said(assistant, QUESTION)
    await answering.answer(first(reviews).question.id or 0, "Zo doen wij dat in Heumen.", "fg", shared=True)

    colleague = await said(assistant, QUESTION, conversation="duif 2")
    elsewhere = await said(assistant, QUESTION, conversation="duif 3", municipality="landsmeer")

    assert "Antwoord van de FG van Heumen, 22 november 2026: Zo doen wij dat in Heumen." in colleague.text
    assert colleague.text.index("Antwoord van de FG") > colleague.text.index("5.2.1")
    assert colleague.verdict == elsewhere.verdict
    assert "Antwoord van de FG" not in elsewhere.text
