"""Danger goes before everything, wherever a conversation is. Every person and event here is made up."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
import yaml

from bot.assistant import Assistant
from bot.keys import conversation_key
from bot.messages import Command, Incoming, Message
from bot.store import Store
from knowledge.flow import CHANGE, CONFIRM, OVERVIEW, FlowState
from knowledge.knowledge import Knowledge
from knowledge.schema import Flow
from tests.bot.fakes import ScriptedNlu
from tests.bot.test_assistant import button, press, say

# The first message of each kind that the detector is tried on.
ACUTE = {
    kind: texts[0]
    for kind, texts in yaml.safe_load(
        (Path(__file__).parent.parent / "danger" / "cases.yaml").read_text(encoding="utf-8")
    )["acute"].items()
}
DANGER = next(iter(ACUTE.values()))
QUESTION = "mag ik gegevens sturen naar het CAK"
OPEN_QUESTION = "mag ik iets delen met school"


async def nothing_said(assistant: Assistant) -> None:
    """The very first message."""


async def greeted(assistant: Assistant) -> None:
    await say(assistant, "hallo")


async def answered(assistant: Assistant) -> None:
    await say(assistant, QUESTION)


async def asked_back(assistant: Assistant) -> None:
    assert (await say(assistant, OPEN_QUESTION)).asks


async def answered_by_button(assistant: Assistant) -> None:
    await press(assistant, button(await say(assistant, OPEN_QUESTION), "Hulpverlener jeugd"))


async def not_read(assistant: Assistant) -> None:
    assert (await say(assistant, "?!")).verdict == "not_understood"


async def why_asked(assistant: Assistant) -> None:
    await press(assistant, button(await say(assistant, QUESTION), "Waarom?"))


async def anew(assistant: Assistant) -> None:
    await answered(assistant)
    await assistant.handle(Incoming("test", "gesprek", command=Command.NEW))


async def already_in_danger(assistant: Assistant) -> None:
    await say(assistant, DANGER)


async def gone_on_after_danger(assistant: Assistant) -> None:
    first = await say(assistant, "hij slaat haar nu, mag ik de politie vertellen waar hij woont?")
    await press(assistant, button(first, "Ga verder met mijn vraag"))


async def about_to_erase(assistant: Assistant) -> None:
    await answered(assistant)
    await say(assistant, "vergeet mij")


async def recording(assistant: Assistant) -> None:
    await press(assistant, button(await say(assistant, QUESTION), "Leg vast"))


async def recording_with_a_question_in_between(assistant: Assistant) -> None:
    await press(assistant, button(await say(assistant, QUESTION), "Leg vast"))
    await say(assistant, "mag ik dit ook delen met school?")


STATES: tuple[Callable[[Assistant], Awaitable[None]], ...] = (
    nothing_said,
    greeted,
    answered,
    asked_back,
    answered_by_button,
    not_read,
    why_asked,
    anew,
    already_in_danger,
    gone_on_after_danger,
    about_to_erase,
    recording,
    recording_with_a_question_in_between,
)


def is_emergency(message: Message) -> bool:
    return message.verdict == "emergency" and "112" in message.text and bool(message.citations)


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
async def test_danger_wins_in_any_state(state: Callable[[Assistant], Awaitable[None]], assistant: Assistant) -> None:
    await state(assistant)

    assert is_emergency(await say(assistant, DANGER))


@pytest.mark.parametrize("kind", ACUTE)
@pytest.mark.parametrize("state", [asked_back, recording], ids=lambda state: state.__name__)
async def test_every_kind_of_danger_wins(
    kind: str, state: Callable[[Assistant], Awaitable[None]], assistant: Assistant
) -> None:
    await state(assistant)

    assert is_emergency(await say(assistant, ACUTE[kind]))


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
async def test_danger_wins_in_any_state_when_rasa_is_down(
    state: Callable[[Assistant], Awaitable[None]], assistant: Assistant, nlu: ScriptedNlu
) -> None:
    await state(assistant)
    nlu.down = True

    assert is_emergency(await say(assistant, DANGER))


def places(flow: Flow) -> Iterator[FlowState]:
    """Every place where a flow may ask something, the reasons after an option too."""
    entries = {step.id: "een kort antwoord" for step in flow.steps}
    for aside in (CONFIRM, OVERVIEW, CHANGE):
        yield FlowState(flow=flow.id, at=aside, entries=entries)
    for step in flow.steps:
        yield FlowState(flow=flow.id, at=step.id)
        yield from (FlowState(flow=flow.id, at=step.id, option=option.value) for option in step.options if option.more)


async def test_danger_wins_at_every_step_of_every_guided_conversation_and_the_place_is_kept(
    assistant: Assistant, store: Store, knowledge: Knowledge
) -> None:
    key = conversation_key("test", "gesprek")
    await say(assistant, "hallo")
    for flow in knowledge.flows.values():
        for state in places(flow):
            running = [state.model_dump(mode="json")]
            store.set_flows(key, running)

            message = await say(assistant, DANGER)

            assert is_emergency(message), (flow.id, state.at, state.option)
            assert flow.going_on in message.text, (flow.id, state.at)
            assert store.flows(key) == running, (flow.id, state.at)


async def test_danger_wins_where_one_guided_conversation_waits_beneath_another(
    assistant: Assistant, store: Store, knowledge: Knowledge
) -> None:
    key = conversation_key("test", "gesprek")
    await say(assistant, "hallo")
    running = [next(places(flow)).model_dump(mode="json") for flow in knowledge.flows.values()]
    store.set_flows(key, running)

    assert is_emergency(await say(assistant, DANGER))
    assert store.flows(key) == running


async def test_danger_at_the_head_of_an_enormous_text_is_found(assistant: Assistant) -> None:
    message = await say(assistant, "hij staat nu met een mes voor de deur en wil haar doodmaken. " + "verslag " * 1000)

    assert message.verdict == "emergency"
