"""The quiz as a caseworker takes it: beginning, answering, stopping, coming back. All answers are made up."""

from __future__ import annotations

import json

import pytest

from bot.assistant import Assistant
from bot.compose import RESUMES
from bot.keys import conversation_key
from bot.messages import Button, Command, Incoming, Message, Reply
from bot.store import Store
from bot.store.quiz import QuizCards
from bot.store.retention import Periods, Retention
from knowledge.knowledge import Knowledge
from tests.bot.fakes import Clock, ScriptedNlu
from tests.bot.test_assistant import button, press, say

OWNER = conversation_key("test", "gesprek")
ADDRESS = "verzonnen adres 12"


async def answer(assistant: Assistant, **what: object) -> Reply:
    return await assistant.handle(Incoming("test", "gesprek", **what))  # type: ignore[arg-type]


async def said(assistant: Assistant, text: str) -> tuple[Message, ...]:
    return (await answer(assistant, text=text)).messages


async def pressed(assistant: Assistant, chosen: Button) -> tuple[Message, ...]:
    return (await answer(assistant, payload=chosen.payload)).messages


def titles(message: Message) -> list[str]:
    return [one.title for one in message.buttons]


def options(message: Message) -> list[Button]:
    return [one for one in message.buttons if one.kind == "option"]


def right(message: Message) -> Button:
    assert message.poll
    return options(message)[message.poll.right]


def wrong(message: Message) -> Button:
    assert message.poll
    return options(message)[message.poll.right - 1]


async def begun(assistant: Assistant, subject: str = "Mix van alles") -> Message:
    return await press(assistant, button(await say(assistant, "quiz"), subject))


async def to_the_end(assistant: Assistant, question: Message, *, missing: int = 0) -> Message:
    """Answer all questions, the first ones wrong; the last message."""
    message = question
    while message.poll:
        chosen = wrong(message) if missing > 0 else right(message)
        missing -= 1
        message = (await pressed(assistant, chosen))[-1]
    return message


# -- beginning -----------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["quiz", "Quiz!", "/quiz", "start de quiz"])
async def test_a_word_begins_it_with_the_choice_of_a_subject(
    assistant: Assistant, knowledge: Knowledge, text: str
) -> None:
    message = await say(assistant, text)

    assert message.state == "quiz"
    labels = [one.label for one in knowledge.quiz_subjects.values()]
    assert [one.title for one in options(message)] == ["Mix van alles", *labels]


async def test_a_command_of_the_channel_begins_it(assistant: Assistant) -> None:
    [message] = (await answer(assistant, command=Command.QUIZ)).messages

    assert message.state == "quiz"


async def test_who_asks_for_a_quiz_in_own_words_gets_it_too(assistant: Assistant, nlu: ScriptedNlu) -> None:
    nlu.intents = {"oefenen": "quiz"}
    explained, menu = await said(assistant, "ik wil graag oefenen met lastige gevallen")

    assert explained.citations
    assert menu.state == "quiz"


async def test_a_question_has_lettered_options_buttons_and_a_poll(assistant: Assistant) -> None:
    message = await begun(assistant, "Datalek en veilig werken")

    assert message.poll
    assert message.text.startswith("Vraag 1 van 5")
    assert message.poll.question in message.text
    assert f"a. {options(message)[0].title}" in message.text
    assert titles(message)[-2:] == ["Overslaan", "Stoppen"]


async def test_a_round_may_have_ten_questions(assistant: Assistant) -> None:
    menu = await press(assistant, button(await say(assistant, "quiz"), "Tien vragen"))
    message = await press(assistant, button(menu, "Mix van alles"))

    assert "Vraag 1 van 10" in message.text


async def test_the_role_decides_which_questions_come(assistant: Assistant, knowledge: Knowledge) -> None:
    profile = {"role": "wmo-consulent"}
    [menu] = (await answer(assistant, text="quiz", profile=profile)).messages
    chosen = button(menu, "Delen met anderen")
    [message] = (await answer(assistant, payload=chosen.payload, profile=profile)).messages
    asked = {row.ask: row for row in knowledge.quiz.values()}

    while message.poll:
        row = asked[message.poll.question]
        assert not row.roles or "wmo-consulent" in row.roles
        message = (await answer(assistant, payload=right(message).payload, profile=profile)).messages[-1]


# -- answering -----------------------------------------------------------------------------


async def test_a_right_answer_is_explained_with_its_article_and_the_next_question_follows(
    assistant: Assistant,
) -> None:
    first = await begun(assistant)
    outcome, second = await pressed(assistant, right(first))

    assert first.poll
    assert outcome.text.startswith("Goed!")
    assert first.poll.explanation in outcome.text
    assert outcome.citations
    assert outcome.citations[0].label in outcome.text
    assert "Vraag 1 van 5 ▮▯▯▯▯ 1 goed" in outcome.text
    assert "Vraag 2 van 5" in second.text
    assert second.poll != first.poll


async def test_a_wrong_answer_says_which_one_was_right(assistant: Assistant) -> None:
    first = await begun(assistant)
    outcome, _ = await pressed(assistant, wrong(first))

    assert outcome.text.startswith("Niet goed.")
    assert right(first).title in outcome.text
    assert "0 goed" in outcome.text


async def test_an_answer_may_be_typed_as_letter_number_or_words(assistant: Assistant, nlu: ScriptedNlu) -> None:
    menu = await press(assistant, button(await say(assistant, "quiz"), "Tien vragen"))
    message = await press(assistant, button(menu, "Mix van alles"))
    for form in ("{letter}", "{LETTER}", "Antwoord {letter}.", "{number}", "{number}.", "{words}", "{letter})"):
        assert message.poll
        place = message.poll.right
        letter = "abcd"[place]
        typed = form.format(letter=letter, LETTER=letter.upper(), number=place + 1, words=right(message).title.upper())

        outcome, message = await said(assistant, typed)

        assert outcome.text.startswith("Goed!"), form
    assert nlu.seen == []


async def test_a_number_that_is_no_answer_is_as_unreadable_as_ever(assistant: Assistant) -> None:
    await begun(assistant)

    assert (await say(assistant, "1234")).verdict == "not_understood"


async def test_a_slip_is_said_and_the_question_comes_again(assistant: Assistant, nlu: ScriptedNlu) -> None:
    first = await begun(assistant)
    [message] = await said(assistant, "zes")

    assert "kan ik niet als antwoord lezen" in message.text
    assert message.poll == first.poll
    assert nlu.seen == []


@pytest.mark.parametrize("how", ["button", "words"])
async def test_a_question_may_be_skipped(assistant: Assistant, how: str) -> None:
    first = await begun(assistant)
    skipped = pressed(assistant, button(first, "Overslaan")) if how == "button" else said(assistant, "sla over")
    outcome, second = await skipped

    assert "Overgeslagen. Het goede antwoord is" in outcome.text
    assert "Vraag 2 van 5" in second.text
    assert QuizCards(assistant._parts.store.engine).of(OWNER).cards == {}


@pytest.mark.parametrize("how", ["button", "stop", "quiz stoppen"])
async def test_stopping_ends_it_and_tells_the_score(assistant: Assistant, how: str) -> None:
    _, second = await pressed(assistant, right(await begun(assistant)))
    message = await press(assistant, button(second, "Stoppen")) if how == "button" else (await said(assistant, how))[-1]

    assert "Gestopt met de quiz. Je had 1 van de 1 goed" in message.text
    assert message.state == "idle"
    assert "bezig met" not in (await say(assistant, "mag ik iets delen met school")).text


async def test_the_end_tells_the_score_and_what_comes_back(assistant: Assistant) -> None:
    end = await to_the_end(assistant, await begun(assistant), missing=2)

    assert "Je had 3 van de 5 goed" in end.text
    assert "2 morgen en 3 op 25 november" in end.text
    assert titles(end) == ["Nog een ronde", "Alleen wat ik miste", "Stoppen"]
    assert end.state == "idle"


async def test_another_round_has_other_questions(assistant: Assistant, clock: Clock) -> None:
    first = await begun(assistant, "Toestemming en weigering")
    end = await to_the_end(assistant, first)
    clock.forward(minutes=1)
    again = await press(assistant, button(end, "Nog een ronde"))

    assert again.poll
    known = QuizCards(assistant._parts.store.engine).of(OWNER).cards
    asked = {row.ask: row for row in assistant.knowledge.quiz.values()}
    assert asked[again.poll.question].id not in known
    assert asked[again.poll.question].subject == "toestemming"


@pytest.mark.parametrize("how", ["button", "words"])
async def test_what_was_missed_can_be_practised_at_once(assistant: Assistant, how: str) -> None:
    first = await begun(assistant)
    end = await to_the_end(assistant, first, missing=1)
    again = (
        await press(assistant, button(end, "Alleen wat ik miste"))
        if how == "button"
        else await say(assistant, "alleen wat ik miste")
    )

    assert "Vraag 1 van 1" in again.text
    assert again.poll == first.poll


async def test_who_missed_nothing_is_told_so(assistant: Assistant) -> None:
    assert "geen vraag" in (await say(assistant, "mijn fouten")).text


# -- interrupting, coming back -------------------------------------------------------------


async def test_a_question_in_between_is_answered_and_the_quiz_is_offered_again(assistant: Assistant) -> None:
    first = await begun(assistant)
    between = await say(assistant, "mag ik iets delen met school?")

    assert between.verdict == "needs_info"
    assert "bezig met de quiz (vraag 1 van 5)" in between.text
    [resumed] = await pressed(assistant, button(between, "Ga daarmee verder"))
    assert "verder met de quiz" in resumed.text
    assert resumed.poll == first.poll


async def test_danger_goes_before_the_quiz(assistant: Assistant) -> None:
    await begun(assistant)
    message = await say(assistant, "hij staat nu met een mes voor de deur en wil haar doodmaken")

    assert message.verdict == "emergency"
    assert "bezig met de quiz" in message.text


async def test_the_quiz_waits_under_a_guided_conversation_and_comes_back_after_it(assistant: Assistant) -> None:
    await begun(assistant)
    assert (await say(assistant, "triage")).state == "triage"

    stopped = await say(assistant, "stop")

    assert "bezig met de quiz" in stopped.text
    assert "Vraag 1 van 5" in (await press(assistant, button(stopped, "Ga daarmee verder"))).text


async def test_a_guided_conversation_comes_back_after_the_quiz(assistant: Assistant) -> None:
    await say(assistant, "triage")
    first = await begun(assistant)

    assert "We waren bezig met" in (await press(assistant, button(first, "Stoppen"))).text


async def test_quiz_again_goes_on_with_the_round(assistant: Assistant) -> None:
    _, second = await pressed(assistant, right(await begun(assistant)))
    [resumed] = await said(assistant, "quiz")

    assert resumed.poll == second.poll


async def test_a_new_case_ends_the_quiz(assistant: Assistant) -> None:
    await begun(assistant)
    await say(assistant, "nieuwe casus")

    assert "bezig met" not in (await say(assistant, "mag ik iets delen met school")).text


async def test_a_day_later_the_round_goes_on_where_it_was(assistant: Assistant, clock: Clock) -> None:
    _, second = await pressed(assistant, right(await begun(assistant)))
    clock.forward(days=1)
    assert second.poll
    outcome, third = await said(assistant, "abcd"[second.poll.right])

    assert outcome.text.startswith("Goed!")
    assert RESUMES in third.text
    assert "Vraag 3 van 5" in third.text


async def test_a_new_quiz_after_a_silence_does_not_say_that_it_goes_on(assistant: Assistant, clock: Clock) -> None:
    await say(assistant, "mag ik iets delen met school")
    clock.forward(days=1)

    assert RESUMES not in (await say(assistant, "quiz")).text


async def test_a_button_of_yesterday_brings_the_question_again(assistant: Assistant, clock: Clock) -> None:
    first = await begun(assistant)
    clock.forward(days=2)
    [message] = await pressed(assistant, right(first))

    assert "eerdere quizvraag" in message.text
    assert message.poll == first.poll


async def test_a_button_of_a_question_that_was_answered_says_so(assistant: Assistant) -> None:
    first = await begun(assistant)
    await pressed(assistant, right(first))
    [message] = await pressed(assistant, wrong(first))

    assert "heb je al beantwoord" in message.text
    assert "Vraag 2 van 5" in message.text


async def test_a_button_of_an_earlier_round_says_so(assistant: Assistant, clock: Clock) -> None:
    first = await begun(assistant)
    await say(assistant, "stop")
    assert "eerdere ronde" in (await press(assistant, right(first))).text

    clock.forward(minutes=1)
    await begun(assistant)
    [message] = await pressed(assistant, right(first))
    assert "eerdere quizvraag" in message.text
    assert "Vraag 1 van 5" in message.text


async def test_a_name_typed_in_a_quiz_is_nowhere_kept(assistant: Assistant, store: Store) -> None:
    await begun(assistant)
    await say(assistant, "Jolanda Verzonnen")

    assert "Jolanda" not in json.dumps(store.flows(OWNER))


# -- what is kept --------------------------------------------------------------------------


async def test_what_was_answered_is_kept_without_words_and_can_be_had_and_erased(
    assistant: Assistant, store: Store
) -> None:
    await to_the_end(assistant, await begun(assistant), missing=1)
    kept = Retention(store.engine)

    asked = kept.export(OWNER)["quiz"]["vragen"]
    assert len(asked) == 5
    assert sum(one["toen_goed"] for one in asked) == 4

    kept.erase(OWNER, decisions=False)
    assert kept.export(OWNER)["quiz"] == {"elke_week_een_vraag": False, "vragen": []}


async def test_it_goes_with_the_period_of_questions(assistant: Assistant, store: Store, clock: Clock) -> None:
    await to_the_end(assistant, await begun(assistant))
    clock.forward(days=366)

    Retention(store.engine).purge(Periods(), clock.now)

    assert QuizCards(store.engine).of(OWNER).cards == {}


# -- the question of the week --------------------------------------------------------------


async def test_who_can_be_reached_may_ask_for_a_question_every_week(assistant: Assistant, store: Store) -> None:
    [menu] = (await answer(assistant, text="quiz", address=ADDRESS)).messages
    [message] = (await answer(assistant, payload=button(menu, "Mix van alles").payload, address=ADDRESS)).messages
    while message.poll:
        message = (await answer(assistant, payload=right(message).payload, address=ADDRESS)).messages[-1]

    [promised] = (
        await answer(assistant, payload=button(message, "Elke week een vraag").payload, address=ADDRESS)
    ).messages

    assert "elke week één quizvraag" in promised.text
    assert QuizCards(store.engine).subscribed(OWNER)


@pytest.mark.parametrize("text", ["elke week een vraag", "Vraag van de week"])
async def test_it_may_be_typed_and_taken_back(assistant: Assistant, store: Store, text: str) -> None:
    await answer(assistant, text=text, address=ADDRESS)
    assert QuizCards(store.engine).subscribed(OWNER)

    assert "geen weekvraag meer" in (await say(assistant, "geen vraag meer")).text
    assert not QuizCards(store.engine).subscribed(OWNER)


async def test_where_no_message_can_be_sent_it_says_so(assistant: Assistant, store: Store) -> None:
    assert "alleen in Telegram en Teams" in (await say(assistant, "elke week een vraag")).text
    assert not QuizCards(store.engine).subscribed(OWNER)


async def test_erasing_ends_it(assistant: Assistant, store: Store) -> None:
    await answer(assistant, text="elke week een vraag", address=ADDRESS)
    Retention(store.engine).erase(OWNER, decisions=True)

    assert not QuizCards(store.engine).subscribed(OWNER)
