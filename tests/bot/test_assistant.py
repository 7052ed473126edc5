"""The way of one message through the assistant. All names and numbers are fictitious."""

from __future__ import annotations

import asyncio
import logging

import pytest

from bot.assistant import Assistant
from bot.compose import BEGINS_ANEW
from bot.messages import Button, Incoming, Message
from bot.store import Store
from tests.bot.fakes import Clock, ScriptedNlu
from tests.store.databases import everything_in, write_beside


async def say(assistant: Assistant, text: str, conversation: str = "gesprek") -> Message:
    reply = await assistant.handle(Incoming("test", conversation, text=text))
    return reply.messages[0]


async def press(assistant: Assistant, button: Button, conversation: str = "gesprek") -> Message:
    reply = await assistant.handle(Incoming("test", conversation, payload=button.payload))
    return reply.messages[0]


def button(message: Message, title: str) -> Button:
    return next(one for one in message.buttons if one.title == title)


# -- before Rasa ---------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "😀😀", "?!...", "1234", "x" * 4001, "\u200b", "ما هي أفضل وصفة؟"])
async def test_what_cannot_be_read_is_answered_before_rasa(assistant: Assistant, nlu: ScriptedNlu, text: str) -> None:
    message = await say(assistant, text)

    assert message.verdict == "not_understood"
    assert message.text
    assert nlu.seen == []


async def test_a_name_and_a_bsn_never_reach_rasa_or_the_store(
    assistant: Assistant, nlu: ScriptedNlu, store: Store, database_url: str
) -> None:
    message = await say(assistant, "Mag ik het plan van Jolanda de Vries (bsn 999990020) delen met de huisarts?")

    assert "Jolanda" not in nlu.seen[0]
    assert "999990020" not in nlu.seen[0]
    store.close()
    stored = everything_in(database_url)
    assert "Jolanda" not in stored
    assert "999990020" not in stored
    assert "een naam en een BSN afgeschermd" in message.text


async def test_a_slash_cannot_set_an_intent(assistant: Assistant, nlu: ScriptedNlu) -> None:
    await say(assistant, "//share{'party': 'school'}")

    assert not nlu.seen[0].startswith("/")


async def test_danger_comes_first_also_when_rasa_is_down(assistant: Assistant, nlu: ScriptedNlu) -> None:
    nlu.down = True

    message = await say(assistant, "hij staat nu met een mes voor de deur en slaat haar")

    assert message.verdict == "emergency"
    assert "112" in message.text
    assert {one.law for one in message.citations}


async def test_after_the_danger_answer_the_question_can_still_be_answered(
    assistant: Assistant, nlu: ScriptedNlu
) -> None:
    first = await say(assistant, "hij slaat haar nu, mag ik de politie vertellen waar hij woont?")
    assert first.verdict == "emergency"
    assert nlu.seen == []

    then = await press(assistant, button(first, "Ga verder met mijn vraag"))

    assert then.verdict != "emergency"
    assert then.citations


# -- answers -------------------------------------------------------------------------------


async def test_an_unknown_role_gives_the_answer_per_role_and_asks(assistant: Assistant) -> None:
    message = await say(assistant, "mag ik iets delen met school")

    assert message.verdict == "needs_info"
    assert message.asks
    assert message.asks["slot"] == "role"
    assert {("Jeugdwet", "7.3.11"), ("Wmo 2015", "5.3.3")} <= {(one.law, one.article) for one in message.citations}
    [answer] = message.answers
    assert len(answer["branches"]) >= 3


async def test_a_button_answers_the_question_back(assistant: Assistant) -> None:
    asked = await say(assistant, "mag ik iets delen met school")

    answered = await press(assistant, button(asked, "Hulpverlener jeugd"))

    assert answered.verdict == "allowed_with_consent"
    assert [(one.law, one.article) for one in answered.citations][:1] == [("Jeugdwet", "7.3.11")]


async def test_typed_text_answers_the_question_back_as_a_button_does(assistant: Assistant) -> None:
    await say(assistant, "mag ik iets delen met school")

    answered = await say(assistant, "ik ben jeugdhulpverlener")

    assert answered.verdict == "allowed_with_consent"


async def test_what_was_assumed_is_said_first(assistant: Assistant) -> None:
    message = await say(assistant, "mag ik gegevens sturen naar het CAK")

    assert message.parts[0][0] == "assumed"
    assert message.answers[0]["assumed"][0]["value"] == "wmo-consulent"


async def test_two_questions_in_one_message_are_both_answered(assistant: Assistant) -> None:
    message = await say(assistant, "Mag ik dit sturen naar het CAK? En mag ik het ook delen met de politie?")

    assert [one["verdict"] for one in message.answers] == ["allowed_without_consent", "allowed_with_consent"]
    assert message.verdict == "allowed_with_consent"


async def test_small_talk_needs_no_law(assistant: Assistant) -> None:
    message = await say(assistant, "hallo daar")

    assert message.verdict == "info"
    assert message.citations == ()


async def test_the_text_is_the_parts_joined(assistant: Assistant) -> None:
    message = await say(assistant, "mag ik gegevens sturen naar het CAK")

    assert message.text == "\n\n".join(text for _, text in message.parts)


# -- buttons -------------------------------------------------------------------------------


async def test_why_shows_the_articles_used_and_what_did_not_apply(assistant: Assistant) -> None:
    message = await say(assistant, "ik werk bij de wmo en wil delen met de politie")

    why = await press(assistant, button(message, "Waarom?"))

    assert "5.3.3" in why.text
    assert "Dit gold niet" in why.text


async def test_ready_words_and_the_record_are_given(assistant: Assistant) -> None:
    message = await say(assistant, "mag ik gegevens sturen naar het CAK")

    record = await press(assistant, button(message, "Leg vast"))
    words = await press(assistant, button(message, "Kopieer tekst"))

    assert "Grondslag: art. 5.2.1 lid 2 onder b Wmo 2015" in record.text
    assert "Klopt het" in record.text
    assert "Uitleg aan de cliënt" in words.text


async def test_asking_the_dpo_marks_the_answer(assistant: Assistant, store: Store) -> None:
    message = await say(assistant, "mag ik gegevens sturen naar het CAK")

    await press(assistant, button(message, "Vraag de FG"))

    [(_, answer)] = store.questions()
    assert answer.wants_dpo


async def test_a_button_of_someone_elses_conversation_does_nothing(assistant: Assistant, store: Store) -> None:
    mine = await say(assistant, "mag ik iets delen met school", conversation="mijn")
    await say(assistant, "hallo daar", conversation="ander")

    message = await press(assistant, button(mine, "Wmo"), conversation="ander")

    assert message.verdict is None
    assert len(store.questions()) == 2


async def test_a_button_expires(assistant: Assistant, clock: Clock) -> None:
    message = await say(assistant, "mag ik iets delen met school")
    clock.forward(hours=25)

    late = await press(assistant, button(message, "Wmo"))

    assert "verlopen" in late.text


async def test_an_option_of_an_earlier_case_does_not_change_the_new_one(assistant: Assistant) -> None:
    first = await say(assistant, "mag ik iets delen met school")
    await press(assistant, button(first, "Andere situatie"))

    late = await press(assistant, button(first, "Wmo"))

    assert "eerdere vraag" in late.text


@pytest.mark.parametrize("payload", ["", "onzin", "a" * 200, "'; drop table button; --"])
async def test_a_forged_payload_gets_a_kind_refusal(assistant: Assistant, payload: str) -> None:
    reply = await assistant.handle(Incoming("test", "gesprek", payload=payload))

    assert "verlopen" in reply.messages[0].text


# -- the case ------------------------------------------------------------------------------


async def test_what_was_told_goes_along_to_the_next_turn(assistant: Assistant, nlu: ScriptedNlu) -> None:
    await say(assistant, "ik werk bij de wmo en wil delen met de politie")
    await say(assistant, "en mag ik de huisarts iets vertellen")

    assert nlu.metadata[1]["case"]["role"] == "wmo-consulent"


async def test_what_was_assumed_does_not_go_along(assistant: Assistant, nlu: ScriptedNlu) -> None:
    await say(assistant, "mag ik gegevens sturen naar het CAK")
    await say(assistant, "en mag ik delen met school")

    assert nlu.metadata[1]["case"]["role"] is None
    assert "role" not in nlu.metadata[1]["case"]["facts"]


async def test_a_conversation_left_for_a_day_starts_anew_and_says_so_once(
    assistant: Assistant, nlu: ScriptedNlu, clock: Clock
) -> None:
    await say(assistant, "ik werk bij de wmo en wil delen met de politie")
    clock.forward(hours=24)
    message = await say(assistant, "mag ik delen met school")
    later = await say(assistant, "en met de huisarts")

    assert nlu.metadata[1]["case"]["facts"] == {}
    assert nlu.senders[0] != nlu.senders[1]
    assert BEGINS_ANEW in message.text
    assert BEGINS_ANEW not in later.text


async def test_another_situation_forgets_the_case(assistant: Assistant, nlu: ScriptedNlu) -> None:
    message = await say(assistant, "ik werk bij de wmo en wil delen met de politie")
    await press(assistant, button(message, "Andere situatie"))
    await say(assistant, "mag ik delen met school")

    assert nlu.metadata[1]["case"]["facts"] == {}
    assert nlu.metadata[1]["case"]["role"] == "wmo-consulent"  # told once, remembered


# -- when things break ---------------------------------------------------------------------


async def test_rasa_down_gives_the_menu_and_the_menu_answers_with_articles(
    assistant: Assistant, nlu: ScriptedNlu
) -> None:
    nlu.down = True
    message = await say(assistant, "mag ik iets delen met school")
    assert "niet lezen" in message.text

    answered = await press(assistant, button(message, "Veilig Thuis vraagt informatie"))

    assert answered.verdict == "allowed_without_consent"
    assert [(one.law, one.article) for one in answered.citations] == [("Wmo 2015", "5.2.6")]


async def test_the_conversation_goes_on_when_rasa_is_back(assistant: Assistant, nlu: ScriptedNlu) -> None:
    nlu.down = True
    await say(assistant, "mag ik iets delen met school")
    nlu.down = False

    message = await say(assistant, "mag ik iets delen met school")

    assert message.verdict == "needs_info"


async def test_no_transaction_is_open_while_rasa_is_called(
    assistant: Assistant, nlu: ScriptedNlu, database_url: str
) -> None:
    nlu.during = lambda: write_beside(database_url)

    message = await say(assistant, "mag ik iets delen met school")

    assert message.verdict == "needs_info"


async def test_messages_of_one_conversation_wait_for_each_other(assistant: Assistant, nlu: ScriptedNlu) -> None:
    await asyncio.gather(*(say(assistant, f"mag ik delen met school {n}") for n in range(5)))

    assert nlu.most_busy == 1


async def test_messages_of_different_conversations_do_not_wait(assistant: Assistant, nlu: ScriptedNlu) -> None:
    together = asyncio.Barrier(2)
    loop = asyncio.get_running_loop()
    nlu.during = lambda: asyncio.run_coroutine_threadsafe(together.wait(), loop).result(5)

    await asyncio.gather(say(assistant, "mag ik delen met school", "een"), say(assistant, "mag ik delen", "twee"))

    assert nlu.most_busy == 2


async def test_no_text_is_logged_at_any_level(
    assistant: Assistant, nlu: ScriptedNlu, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    await say(assistant, "mag ik zonnebloempitten delen met school")
    nlu.down = True
    await say(assistant, "mag ik zonnebloempitten delen met school")

    assert "zonnebloempitten" not in caplog.text


# -- what is kept --------------------------------------------------------------------------


async def test_question_and_answer_are_kept_with_rules_and_version(assistant: Assistant, store: Store) -> None:
    await say(assistant, "mag ik gegevens sturen naar het CAK")

    [(question, answer)] = store.questions()

    assert question.intent == "share"
    assert answer.rules == ["wmo-cak"]
    assert answer.knowledge_version == assistant.knowledge.version
    assert answer.law_on == "2026-11-22"
    assert answer.citations[0]["law"] == "Wmo 2015"


async def test_the_conversation_is_kept_under_a_hash(assistant: Assistant, store: Store) -> None:
    await say(assistant, "hallo daar", conversation="sessie-van-iemand")

    [(question, _)] = store.questions()

    assert "sessie" not in question.conversation_id
    assert len(question.conversation_id) == 64
