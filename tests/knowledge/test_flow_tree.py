"""A flow that branches: where answers lead, what is read as a choice, the clock, and what the checks refuse."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from knowledge.check_flows import check_flows, ways
from knowledge.flow import (
    NO_MOMENT,
    NOT_READ,
    OVERVIEW,
    FlowState,
    Move,
    choose,
    deadline,
    move,
    prompt,
    say,
    start,
    told,
    way,
)
from knowledge.knowledge import Knowledge
from knowledge.schema import Flow

ZONE = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2026, 10, 24, 12, 0, tzinfo=ZONE)
TODAY = date(2026, 11, 22)

SAYINGS = {"verdict": "Klaar.", "why": "Daarom.", "now": ["Vraag het {dpo}."]}
ENDING: dict[str, Any] = {"verdict": "info", "say": SAYINGS}
TREE: dict[str, Any] = {
    "id": "boom",
    "title": "Verzonnen boom",
    "intro": "Kort.",
    "confirm": "Klopt dit?",
    "done": "Bewaard onder {reference}.",
    "state": "boom",
    "button": "Boom",
    "going_on": "de boom",
    "source": "verzonnen, alleen voor tests",
    "valid_from": "2018-05-25",
    "verified_on": "2026-11-22",
    "recheck_on": "2027-11-22",
    "clock": {"step": "known", "hours": 72},
    "steps": [
        {
            "id": "data",
            "label": "Persoonsgegevens",
            "ask": "Gaat het om persoonsgegevens?",
            "options": [
                {"value": "yes", "label": "Ja", "words": ["ja", "jazeker"]},
                {"value": "no", "label": "Nee", "words": ["nee"], "to": "nothing"},
                {"value": "doubt", "label": "Ik twijfel", "words": ["twijfel"], "more": "Waarover twijfel je?"},
            ],
        },
        {"id": "known", "label": "Bekend sinds", "ask": "Sinds wanneer weet je het?", "kind": "moment"},
        {"id": "story", "label": "Verhaal", "ask": "Wat gebeurde er?", "to": "something"},
    ],
    "endings": [
        {"id": "nothing", "label": "Niets aan de hand", **ENDING},
        {"id": "something", "label": "Er is iets", **ENDING},
    ],
}


def tree(**changes: Any) -> Flow:
    return Flow.model_validate({**TREE, **changes})


@pytest.fixture
def flow() -> Flow:
    return tree()


def after(flow: Flow, *typed: str) -> FlowState:
    state = start(flow, {})
    for text in typed:
        state = say(flow, state, text, NOW)
    return state


def test_a_choice_can_end_it_at_once(flow: Flow) -> None:
    state = after(flow, "nee")
    ending = way(flow, state.entries).ending

    assert state.at == OVERVIEW
    assert ending is not None
    assert ending.id == "nothing"


@pytest.mark.parametrize("typed", ["ja", "Jazeker!", "JA.", "ja, helaas wel"])
def test_a_choice_is_read_from_its_words(flow: Flow, typed: str) -> None:
    assert after(flow, typed).at == "known"


def test_what_is_said_beside_a_choice_is_kept(flow: Flow) -> None:
    assert after(flow, "ja, van drie gezinnen").entries["data"] == "Ja. ja, van drie gezinnen"


def test_a_reason_given_at_once_is_not_asked_again(flow: Flow) -> None:
    assert after(flow, "twijfel over de lijst").at == "known"
    assert after(flow, "twijfel").option == "doubt"


@pytest.mark.parametrize("typed", ["misschien", "neen", "jan", "nee of ja"])
def test_what_is_no_choice_is_asked_again_and_nothing_is_lost(flow: Flow, typed: str) -> None:
    state = after(flow, typed)

    if typed == "nee of ja":  # begins with a choice: that counts, and the rest is kept
        assert state.entries["data"] == "Nee. nee of ja"
    else:
        assert (state.at, state.entries) == ("data", {})
        assert prompt(flow, state).text.startswith(NOT_READ)


def test_a_deciding_question_is_never_skipped(flow: Flow) -> None:
    state = start(flow, {})

    assert all(choice.move is not Move.SKIP for choice in prompt(flow, state).choices)
    assert move(flow, state, Move.SKIP) == state


def test_a_moment_that_cannot_be_read_is_asked_again(flow: Flow) -> None:
    state = after(flow, "ja", "ergens vorige week")

    assert state.at == "known"
    assert prompt(flow, state).text.startswith(NO_MOMENT)


def test_the_clock_counts_real_hours_also_when_the_clocks_change(flow: Flow) -> None:
    """72 hours over the end of summer time (25 October 2026) end an hour earlier on the clock."""
    ends = deadline(flow, after(flow, "ja", "nu").entries)

    assert ends is not None
    assert ends == datetime(2026, 10, 27, 11, 0, tzinfo=ZONE)


def test_there_is_no_deadline_before_the_moment_is_known(flow: Flow) -> None:
    assert deadline(flow, after(flow, "ja").entries) is None


def test_another_choice_changes_the_way_and_keeps_what_was_told(flow: Flow) -> None:
    end = after(flow, "ja", "gisteren 9:00", "brief naar het verkeerde adres")
    other = choose(flow, move(flow, end, Move.GOTO, "data"), "no")
    back = choose(flow, move(flow, other, Move.GOTO, "data"), "yes")

    assert [label for label, _ in told(flow, other.entries)] == ["Persoonsgegevens"]
    assert back.at == OVERVIEW
    assert ("Verhaal", "brief naar het verkeerde adres") in told(flow, back.entries)
    assert ("Bekend sinds", "vrijdag 23 oktober 2026, 9.00 uur") in told(flow, back.entries)


def test_back_never_leads_past_a_question_that_a_change_opened(flow: Flow) -> None:
    ended = after(flow, "nee")
    changed = choose(flow, move(flow, move(flow, ended, Move.CHANGE), Move.GOTO, "data"), "yes")
    state = changed
    for _ in range(4):
        state = move(flow, state, Move.BACK)
        assert state.at != OVERVIEW

    assert changed.at == "known"


def test_every_way_is_walked(flow: Flow) -> None:
    assert sorted(ending.id for _, ending in ways(flow) if ending) == ["nothing", "something", "something"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"steps": [{**TREE["steps"][0], "to": "data"}, *TREE["steps"][1:]]}, "geen latere stap en geen einde"),
        ({"steps": [{**TREE["steps"][0], "to": "nergens"}, *TREE["steps"][1:]]}, "leidt naar “nergens”"),
        ({"steps": [*TREE["steps"], TREE["steps"][2]]}, "hetzelfde id"),
        ({"clock": {"step": "story", "hours": 72}}, "geen stap met kind: moment"),
        ({"policy": "kempen"}, "policy en instead_of"),
        ({"steps": [{**TREE["steps"][0], "kind": "moment"}, *TREE["steps"][1:]]}, "kan geen keuzes hebben"),
        (
            {
                "steps": [
                    {**TREE["steps"][0], "options": [{"value": "a", "label": "Ja"}, {"value": "b", "label": "Ja"}]},
                    *TREE["steps"][1:],
                ]
            },
            "moeten verschillen",
        ),
    ],
)
def test_a_broken_flow_is_refused_with_the_reason(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        tree(**changes)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"steps": [*TREE["steps"][:2], {**TREE["steps"][2], "to": None}]}, "een weg eindigt zonder einde"),
        (
            {"endings": [*TREE["endings"], {"id": "loos", "label": "Loos", **ENDING}]},
            "geen weg leidt naar einde “loos”",
        ),
        (
            {"endings": [{**TREE["endings"][0], "say": {**SAYINGS, "now": []}}, TREE["endings"][1]]},
            "zeg wat er nu moet gebeuren",
        ),
        (
            {"endings": [{**TREE["endings"][0], "say": {**SAYINGS, "now": ["Wacht af."]}}, TREE["endings"][1]]},
            "bij wie iemand terecht kan",
        ),
        (
            {"endings": [{**TREE["endings"][0], "say": {**SAYINGS, "why": "Vraag {wie}."}}, TREE["endings"][1]]},
            "{wie} kan niet worden ingevuld",
        ),
        ({"endings": [{**TREE["endings"][0], "verdict": "not_allowed"}, TREE["endings"][1]]}, "zonder artikel"),
        ({"endings": [{**TREE["endings"][0], "cite": ["avg 999"]}, TREE["endings"][1]]}, "staat niet in articles"),
        ({"endings": [{**TREE["endings"][0], "goes_on": "struik"}, TREE["endings"][1]]}, "“struik” bestaat niet"),
        ({"offered": ["breien"]}, "staat niet in acts.yaml"),
        ({"policy": "breukelen", "instead_of": "boom"}, "geen gemeente heeft beleid"),
        ({"policy": "kempen", "instead_of": "struik"}, "dat gesprek bestaat niet"),
    ],
)
def test_the_checks_say_what_is_wrong(changes: dict[str, Any], said: str, knowledge: Knowledge) -> None:
    changed = Knowledge(knowledge.tables)
    changed.flows = {"boom": tree(**changes)}

    assert any(said in problem.message for problem in check_flows(changed, TODAY))


def test_a_sound_flow_has_no_problems(flow: Flow, knowledge: Knowledge) -> None:
    changed = Knowledge(knowledge.tables)
    changed.flows = {"boom": flow}

    assert list(check_flows(changed, TODAY)) == []


@pytest.mark.parametrize(
    ("municipality", "on", "chosen"),
    [
        ("heumen", TODAY, "triage-heumen"),
        ("bladel", TODAY, "triage"),
        (None, TODAY, "triage"),
    ],
)
def test_a_municipality_goes_its_own_way(municipality: str | None, on: date, chosen: str, knowledge: Knowledge) -> None:
    assert knowledge.flow_for("triage", municipality, on).id == chosen


def test_a_day_in_the_past_has_the_way_of_then(knowledge: Knowledge) -> None:
    assert knowledge.flow_for("breach", None, TODAY).id == "breach"
    assert knowledge.flow_for("breach", None, date(2017, 6, 1)).id == "breach-2016"
