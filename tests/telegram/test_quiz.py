"""Quiz questions in Telegram's own form; an answer may come days later. All people are made up."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from bot.messages import Button, Citation, Incoming, Message, Poll, Reply
from tests.bot.fakes import Clock
from tests.telegram.bot_api import BotApi, Chat, titles
from tests.telegram.conftest import BOTH_WAYS, Connect

ARTICLE = Citation("Jeugdwet", "7.3.11", None, "https://wetten.overheid.nl/x", "national", "art. 7.3.11 Jeugdwet")
OPTIONS = (
    Button("Ja, altijd", "p-0", "option"),
    Button("Alleen met toestemming", "p-1", "option"),
    Button("Stop de quiz", "p-stop"),
)
QUESTION = Message(
    "Mag het wijkteam dit zomaar delen?",
    buttons=OPTIONS,
    citations=(ARTICLE,),
    state="quiz",
    poll=Poll(
        "Mag het wijkteam dit zomaar delen? <b> & zo", 1, "Hulpverleners zwijgen, tenzij er toestemming is & zo."
    ),
)


@dataclass
class Quiz:
    """Asks one question, and says what was chosen."""

    question: Message = QUESTION
    received: list[Incoming] = field(default_factory=list)

    async def handle(self, incoming: Incoming) -> Reply:
        """As the assistant's."""
        self.received.append(incoming)
        return Reply((Message(f"Je koos {incoming.payload}."),) if incoming.payload is not None else (self.question,))

    async def welcome(self, conversation: str, channel: str) -> Reply:
        """As the assistant's."""
        return Reply(())


@pytest.fixture
def chat(api: BotApi) -> Chat:
    return api.chat(4711)


@BOTH_WAYS
async def test_a_quiz_question_is_a_poll_and_its_answer_goes_to_the_assistant(chat: Chat, connect: Connect) -> None:
    quiz = Quiz()
    async with connect(quiz):
        chat.say("/quiz")
        asked = await chat.next()
        chat.vote(asked, 1)
        answer = await chat.next()

    poll = asked["poll"]
    assert (poll["type"], poll["is_anonymous"], poll["correct_option_ids"]) == ("quiz", False, [1])
    assert poll["question"] == QUESTION.poll.question if QUESTION.poll else ""
    assert [one["text"] for one in poll["options"]] == ["Ja, altijd", "Alleen met toestemming"]
    assert poll["explanation"].endswith("& zo.")
    assert answer["text"] == "Je koos p-1."
    assert [incoming.payload for incoming in quiz.received] == [None, "p-1"]
    assert quiz.received[1].person == quiz.received[1].conversation == "4711"


async def test_under_a_quiz_question_stand_the_article_and_what_else_can_be_done(chat: Chat, connect: Connect) -> None:
    quiz = Quiz()
    async with connect(quiz):
        chat.say("/quiz")
        asked = await chat.next()
        chat.press(asked, "Stop de quiz")
        await chat.next()

    assert titles(asked) == ["📖 art. 7.3.11 Jeugdwet", "Stop de quiz"]
    assert chat.button(asked, "📖 art. 7.3.11 Jeugdwet")["url"] == ARTICLE.url
    assert quiz.received[-1].payload == "p-stop"


async def test_an_answer_is_understood_after_a_restart(chat: Chat, connect: Connect) -> None:
    quiz = Quiz()
    async with connect(quiz):
        chat.say("/quiz")
        asked = await chat.next()
    chat.vote(asked, 0)
    async with connect(quiz):
        assert (await chat.next())["text"] == "Je koos p-0."


async def test_an_answer_that_comes_too_late_is_handed_on_as_a_button_that_expired(
    chat: Chat, connect: Connect
) -> None:
    quiz, clock = Quiz(), Clock()
    async with connect(quiz, clock=clock):
        chat.say("/quiz")
        asked = await chat.next()
        chat.say("iets anders")  # so that the poll is kept before time passes
        await chat.next()
        clock.forward(days=3)
        chat.vote(asked, 0)
        await chat.next()

    assert quiz.received[-1].payload == ""


async def test_an_answer_of_somebody_else_means_nothing(chat: Chat, api: BotApi, connect: Connect) -> None:
    quiz = Quiz()
    async with connect(quiz):
        chat.say("/quiz")
        asked = await chat.next()
        api.chat(5).vote(asked, 0)
        await api.chat(5).next()

    assert quiz.received[-1].payload == ""


async def test_a_vote_that_was_taken_back_is_no_answer(chat: Chat, api: BotApi, connect: Connect) -> None:
    quiz = Quiz()
    async with connect(quiz):
        taken_back = {"poll_id": "x", "user": chat.person, "option_ids": [], "option_persistent_ids": []}
        api.push(poll_answer=taken_back)
        chat.say("/quiz")
        await chat.next()

    assert len(quiz.received) == 1


@pytest.mark.parametrize(
    "message",
    [
        replace(QUESTION, poll=Poll("x" * 301, 1, "")),
        replace(QUESTION, poll=Poll("vraag?", 1, "x" * 201)),
        replace(QUESTION, poll=Poll("vraag?", 1, "een\ntwee\ndrie\nvier")),
        replace(QUESTION, poll=Poll("vraag?", 7, "")),
        replace(QUESTION, buttons=(Button("x" * 101, "p-0", "option"), *OPTIONS)),
        replace(QUESTION, buttons=OPTIONS[:1], poll=Poll("vraag?", 0, "")),
    ],
    ids=["question", "explanation", "lines", "right", "option", "too few"],
)
async def test_what_does_not_fit_a_poll_is_asked_with_buttons(chat: Chat, connect: Connect, message: Message) -> None:
    async with connect(Quiz(message)):
        chat.say("/quiz")
        asked = await chat.next()

    assert asked["text"].startswith(message.text)
    assert "Ja, altijd" in titles(asked)
