"""The guided conversation as a state machine: next question, back, skip, change, words for buttons."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from knowledge.flow import CHANGE, CONFIRM, OVERVIEW, FlowState, Move, choose, correct, move, prompt, say, spoken, start
from knowledge.knowledge import Knowledge
from knowledge.schema import Flow

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=ZoneInfo("Europe/Amsterdam"))


@pytest.fixture
def flow(knowledge: Knowledge) -> Flow:
    return knowledge.flows["record"]


def filled(flow: Flow) -> dict[str, str]:
    return {step.id: f"over {step.label.lower()}" for step in flow.steps}


def titles(flow: Flow, state: FlowState) -> list[str]:
    return [choice.title for choice in prompt(flow, state).choices]


def test_what_is_known_is_shown_once_and_not_asked_again(flow: Flow) -> None:
    state = start(flow, {"party": "school", "basis": "art. 7.4.0 Jeugdwet", "data": ""})

    assert state.at == CONFIRM
    assert "school" in prompt(flow, state).text
    assert move(flow, state, Move.GO_ON).at == "purpose"
    assert "data" not in state.entries


def test_without_anything_known_the_first_question_comes_at_once(flow: Flow) -> None:
    assert start(flow, {}).at == "purpose"


def test_the_questions_follow_each_other_to_the_overview(flow: Flow) -> None:
    state = start(flow, {})
    asked = []
    while state.at != OVERVIEW:
        asked.append(state.at)
        state = say(flow, state, "omdat het nodig is", NOW)

    assert asked == [step.id for step in flow.steps]
    assert "Bewaren" in titles(flow, state)


def test_an_option_with_a_reason_asks_for_the_reason(flow: Flow) -> None:
    state = choose(flow, FlowState(flow="record", at="informed"), "no")

    assert "Waarom" in prompt(flow, state).text
    assert say(flow, state, "hij wordt boos", NOW).entries["informed"] == "Nee, dat kan niet veilig. hij wordt boos"


def test_own_words_are_as_good_as_a_button(flow: Flow) -> None:
    state = say(flow, FlowState(flow="record", at="consulted"), "met de wijkagent", NOW)

    assert state.entries["consulted"] == "met de wijkagent"


def test_the_typed_words_of_a_button_are_that_button(flow: Flow) -> None:
    state = say(flow, FlowState(flow="record", at="informed"), "nee, dat kan niet veilig", NOW)

    assert state.option == "no"


def test_an_option_of_another_step_changes_nothing(flow: Flow) -> None:
    state = FlowState(flow="record", at="decision")

    assert choose(flow, state, "colleague") == state


def test_back_goes_where_one_came_from(flow: Flow) -> None:
    first = start(flow, {})
    second = say(flow, first, "hulp op school", NOW)

    assert move(flow, second, Move.BACK).at == first.at


def test_what_is_required_cannot_be_skipped(flow: Flow) -> None:
    state = FlowState(flow="record", at="decision")

    assert "Overslaan" not in titles(flow, state)
    assert move(flow, state, Move.SKIP) == state


def test_a_skipped_question_stands_open_in_the_overview(flow: Flow) -> None:
    before = {name: text for name, text in filled(flow).items() if name != "subsidiarity"}
    state = move(flow, FlowState(flow="record", at="subsidiarity", entries=before), Move.SKIP)

    assert state.at == OVERVIEW
    assert "Subsidiariteit: –" in prompt(flow, state).text


def test_one_answer_can_be_changed_from_the_overview(flow: Flow) -> None:
    state = move(flow, correct(flow, filled(flow), "DW-2026-VERZONNEN"), Move.CHANGE)
    assert state.at == CHANGE

    changed = say(flow, move(flow, state, Move.GOTO, "necessity"), "iets anders", NOW)

    assert changed.at == OVERVIEW
    assert changed.entries["necessity"] == "iets anders"
    assert changed.reference == "DW-2026-VERZONNEN"


@pytest.mark.parametrize(
    ("at", "word", "made"),
    [
        (CONFIRM, "Klopt", Move.GO_ON),
        (OVERVIEW, "ja", Move.SAVE),
        (OVERVIEW, "nee", Move.CHANGE),
        ("necessity", "terug", Move.BACK),
        ("necessity", "Overslaan", Move.SKIP),
        ("necessity", "stop", Move.CANCEL),
        ("necessity", "ja", None),
        ("necessity", "nee", None),
    ],
)
def test_a_word_can_stand_for_a_button(at: str, word: str, made: Move | None, knowledge: Knowledge) -> None:
    assert spoken(knowledge.flow_words, FlowState(flow="record", at=at), word) is made


def test_an_endless_answer_is_cut(flow: Flow) -> None:
    state = say(flow, FlowState(flow="record", at="necessity"), "woord " * 1000, NOW)

    assert len(state.entries["necessity"]) <= 1500
