"""Guided conversations as a caseworker has them: beginning, interrupting, coming back, ending in a record."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest

from bot.assistant import Assistant
from bot.compose import BEGINS_ANEW, RESUMES
from bot.keys import conversation_key
from bot.messages import Command, Incoming, Message
from bot.store import Store
from bot.store.decisions import Decisions
from tests.bot.fakes import Clock, ScriptedNlu
from tests.bot.test_assistant import button, press, say

NAME = "Fatima Verzonnen"
BREACH_BY_WORDS = ("ja", "iets anders", "brief bij de buren", "vandaag 9:30", "ja", "bij ons", "nee", "nee", "1")


def titles(message: Message) -> list[str]:
    return [one.title for one in message.buttons]


async def command(assistant: Assistant, what: Command) -> Message:
    return (await assistant.handle(Incoming("test", "gesprek", command=what))).messages[0]


async def to_the_end(assistant: Assistant, message: Message, *typed: str) -> Message:
    for text in typed:
        message = await say(assistant, text)
    return message


@pytest.mark.parametrize(
    ("text", "state"), [("triage", "triage"), ("Start triage!", "triage"), ("datalek melden", "breach")]
)
async def test_a_word_begins_it(assistant: Assistant, text: str, state: str) -> None:
    message = await say(assistant, text)

    assert message.state == state
    assert "Vraag 1." in message.text


async def test_a_command_of_the_channel_begins_it(assistant: Assistant) -> None:
    assert (await command(assistant, Command.TRIAGE)).state == "triage"
    assert (await command(assistant, Command.BREACH)).state == "breach"


async def test_a_refusal_offers_to_weigh_it_together(assistant: Assistant) -> None:
    message = await say(assistant, "ik ben jeugdhulpverlener, mag ik dit delen met school? moeder weigert")

    assert message.verdict == "not_allowed"
    assert (await press(assistant, button(message, "Samen afwegen"))).state == "triage"


async def test_who_asks_to_weigh_gets_the_explanation_and_the_first_question(
    assistant: Assistant, nlu: ScriptedNlu
) -> None:
    nlu.intents = {"wegen": "triage"}
    explained, first = (await assistant.handle(Incoming("test", "gesprek", text="kun je helpen wegen"))).messages

    assert explained.citations
    assert first.state == "triage"


async def test_buttons_and_words_lead_to_the_same_end(assistant: Assistant) -> None:
    await say(assistant, "triage")
    by_words = await to_the_end(assistant, await say(assistant, "ja, er is nu gevaar"))
    other = "ander-gesprek"
    first = (await assistant.handle(Incoming("test", other, text="triage"))).messages[0]
    pressed = Incoming("test", other, payload=button(first, "Ja, er is nu gevaar").payload)
    by_button = (await assistant.handle(pressed)).messages[0]

    assert by_words.verdict == by_button.verdict == "emergency"
    assert by_words.text == by_button.text


async def test_a_story_at_a_choice_is_a_question_in_between(assistant: Assistant) -> None:
    await say(assistant, "triage")
    between = await say(assistant, "mag ik gegevens sturen naar het CAK")
    assert between.citations
    assert "bezig met je afweging" in between.text

    resumed = await press(assistant, button(between, "Ga daarmee verder"))
    assert resumed.state == "triage"
    assert "Vraag 1." in resumed.text


async def test_a_slip_at_a_choice_is_asked_again(assistant: Assistant, nlu: ScriptedNlu) -> None:
    await say(assistant, "triage")
    again = await say(assistant, "eh wat")

    assert again.text.startswith("Dat kan ik niet als keuze lezen")
    assert nlu.seen == []


async def test_a_breach_in_the_middle_of_a_triage_goes_first_and_the_triage_waits(assistant: Assistant) -> None:
    await say(assistant, "triage")
    assert (await say(assistant, "datalek melden")).state == "breach"
    stopped = await say(assistant, "stop")
    assert "bezig met je afweging" in stopped.text

    assert (await say(assistant, "verder")).state == "triage"


async def test_a_fresh_start_ends_them_all(assistant: Assistant) -> None:
    await say(assistant, "triage")
    await say(assistant, "datalek melden")
    await command(assistant, Command.NEW)

    assert (await say(assistant, "mag ik gegevens sturen naar het CAK")).state == "idle"


async def breach(assistant: Assistant) -> Message:
    """A breach by words up to the overview; every question in it is answered with the first choice or a text."""
    message = await say(assistant, "datalek melden")
    while "Bewaren" not in titles(message):
        if "Bekend sinds" in message.text or "Wanneer wist iemand" in message.text:
            message = await say(assistant, "vandaag 9:30")
        elif options := [one for one in message.buttons if one.kind == "option"]:
            message = await press(assistant, options[0])
        else:
            message = await say(assistant, "de buren kregen de brief")
    return message


async def test_a_breach_ends_in_the_register_with_the_term(assistant: Assistant, store: Store) -> None:
    message = await breach(assistant)
    kept = await press(assistant, button(message, "Bewaren"))
    entry = Decisions(store.engine).of(conversation_key("test", "gesprek"))[0]

    assert message.citations
    assert entry.flow == "breach"
    assert entry.outcome
    # The clock of the tests stands at 10.00 in Amsterdam; 72 hours from half past nine.
    assert entry.deadline == datetime(2026, 11, 25, 8, 30, tzinfo=UTC)
    assert "Termijn loopt tot: woensdag 25 november 2026, 9.30 uur" in kept.text
    assert "Uitkomst:" in kept.text


async def test_a_time_in_the_future_is_asked_again(assistant: Assistant) -> None:
    message = await say(assistant, "datalek melden")
    while "Wanneer wist iemand" not in message.text:
        message = await press(assistant, next(one for one in message.buttons if one.kind == "option"))
    again = await say(assistant, "vandaag 23:00")

    assert again.text.startswith("Die dag en tijd kan ik niet lezen")


async def test_a_name_typed_in_a_step_is_masked_and_it_goes_on(assistant: Assistant) -> None:
    await say(assistant, "triage")
    await say(assistant, "nee, nu niet")
    message = await say(assistant, f"ik wil dat mevrouw {NAME} hulp krijgt")

    assert "afgeschermd" in message.text
    assert NAME not in message.text
    assert "Vraag 3." in message.text


async def test_an_ending_leads_on_to_the_next_conversation_and_back(assistant: Assistant) -> None:
    await say(assistant, "triage")
    message = await say(assistant, "nee, nu niet")
    for text in ("veiligheid van een kind", "de huisarts", "gezondheid"):
        message = await say(assistant, text)
    message = await say(assistant, "geen wet")
    message = await say(assistant, "nog niet")
    asking = await press(assistant, button(message, "Toestemming vragen"))
    assert asking.state == "consent"

    assert "bezig met je afweging" in (await say(assistant, "stop")).text


async def test_a_question_at_the_overview_is_answered(assistant: Assistant) -> None:
    await breach(assistant)
    between = await say(assistant, "mag ik gegevens sturen naar het CAK")

    assert between.citations
    assert "bezig met het datalek" in between.text


async def test_a_conversation_left_for_a_day_resumes_at_a_choice_and_says_so(
    assistant: Assistant, clock: Clock
) -> None:
    await say(assistant, "triage")
    clock.forward(hours=24)
    message = await say(assistant, "ja, er is nu gevaar")

    assert message.verdict == "emergency"
    assert RESUMES in message.text


async def test_a_day_later_a_story_is_a_new_question_and_the_way_back_is_offered(
    assistant: Assistant, clock: Clock
) -> None:
    await to_the_end(assistant, await say(assistant, "datalek melden"), "ja", "iets anders")
    clock.forward(hours=24)
    message = await say(assistant, "mag ik delen met school")

    assert "Ga daarmee verder" in titles(message)
    assert BEGINS_ANEW not in message.text


@pytest.mark.parametrize("seed", range(12))
async def test_a_random_walk_ends_and_is_never_without_a_way_on(assistant: Assistant, seed: int) -> None:
    chance = random.Random(seed)
    flow = chance.choice([one for one in assistant.knowledge.flows.values() if one.begin])
    message = await say(assistant, flow.begin[0])
    for _ in range(80):
        if message.state == "idle":
            break
        assert message.buttons
        options = [one for one in message.buttons if one.title not in ("Terug", "Stoppen", "Aanpassen")]
        back = [one for one in message.buttons if one.title == "Terug"]
        if options and chance.random() < 0.8:
            message = await press(assistant, chance.choice(options))
        elif back and chance.random() < 0.2:
            message = await press(assistant, back[0])
        else:
            message = await say(assistant, chance.choice(["omdat het nodig is", "ja", "gisteren 10:00", "nee"]))

    assert message.state == "idle"
