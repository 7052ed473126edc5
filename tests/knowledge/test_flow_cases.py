"""The guided conversations on the cases of flows/*.yaml, and what must hold of every conversation.

A file holds one or more blocks, with a line `---` between them; a block is about one conversation:

    flow: breach                          # its id in the flows table
    now: "2026-11-23T10:00+01:00"         # the moment at which the cases play
    endings:                              # what the law says of each ending, written before the conversation
      report:
        verdict: info
        obligation: must                  # or null
        cite: [avg 33 lid 1]              # exactly these, in any order
        contains: [Autoriteit Persoonsgegevens]  # words that the text of the ending must hold
        lacks: [geen datalek]             # words that it must not hold
    cases:
      - name: "brief bij de buren"
        answers:                          # by step; every answer must be asked for, in whatever order
          stopped: "Gebeld"               # as typed
          certain: =yes                   # an option, by its value
          risk: [=unlikely, "nog dicht"]  # an option, and the reason that is asked after it
          known: null                     # skipped
        ending: report                    # where it ends
        deadline: "donderdag 26 november 2026, 8.15 uur"  # the term in its text; left out: it names none
        municipality: bladel              # left out: none
        now: "2026-10-24T09:00+02:00"     # in place of that of the block
        prefilled: {purpose: "hulp"}      # what is known at the start, by the name in `prefill`
        contains: [...]                   # besides what the ending says
        lacks: [...]

Words are compared without capitals.  A local conversation (`instead_of`) has a block under its own id; a case
of the national one in such a municipality is led to the local one, as in the program.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from knowledge.answer import Answerer
from knowledge.check import MAX_VERDICT_WORDS
from knowledge.check_flows import check_flows, ways
from knowledge.ending import NO_DEADLINE, ending_parts
from knowledge.flow import (
    CONFIRM,
    OVERVIEW,
    FlowState,
    Move,
    choose,
    deadline,
    move,
    prompt,
    say,
    start,
    step_of,
    told,
    way,
)
from knowledge.knowledge import Knowledge
from knowledge.moment import spoken_moment
from knowledge.schema import Flow, FlowEnding, FlowOption, FlowStep, Obligation, Verdict

ZONE = ZoneInfo("Europe/Amsterdam")
FILES = sorted((Path(__file__).parent / "flows").glob("*.yaml"))
FLOWS = tuple(Knowledge.read().flows)
TODAY = date(2026, 11, 22)
MAX_STEPS = 14
WALKS = 300
FREE_MOVES = 40  # of a random walk; after these it goes straight on


@dataclass(frozen=True)
class Case:
    """One conversation as it must go."""

    name: str
    flow: str
    now: datetime
    answers: Mapping[str, Any]
    ending: str
    expected: Mapping[str, Any]
    contains: Sequence[str] = ()
    lacks: Sequence[str] = ()
    deadline: str | None = None
    municipality: str | None = None
    prefilled: Mapping[str, str] | None = None


def read_cases() -> Iterator[Case]:
    for file in FILES:
        for block in yaml.safe_load_all(file.read_text(encoding="utf-8")):
            for row in block["cases"]:
                expected = block["endings"][row["ending"]]
                yield Case(
                    **{
                        **row,
                        "flow": block["flow"],
                        "now": datetime.fromisoformat(row.get("now", block["now"])).astimezone(ZONE),
                        "expected": expected,
                        "contains": [*expected.get("contains", ()), *row.get("contains", ())],
                        "lacks": [*expected.get("lacks", ()), *row.get("lacks", ())],
                    }
                )


CASES = tuple(read_cases())


class Broken(Exception):
    """The conversation did not take an answer of the case."""


def flow_of(case: Case, knowledge: Knowledge) -> Flow:
    return knowledge.flow_for(case.flow, case.municipality, case.now.date())


def cases_of(flow: str, knowledge: Knowledge) -> list[Case]:
    known = (case for case in CASES if case.flow in knowledge.flows)
    return [case for case in known if flow_of(case, knowledge).id == flow]


def led(case: Case, flow: Flow) -> FlowState:
    """The state at the end of a case.

    Raises:
        Broken: when a question has no answer in the case, or does not take it.
    """
    state = start(flow, case.prefilled or {})
    while state.at != OVERVIEW:
        at = state.at
        if at == CONFIRM:
            state = move(flow, state, Move.GO_ON)
            continue
        if at not in case.answers:
            raise Broken(f"vraag “{at}” heeft in het geval geen antwoord")
        given = case.answers[at]
        for answer in given if isinstance(given, list) else [given]:
            state = answered(flow, state, answer, case.now)
        if state.at == at:
            raise Broken(f"vraag “{at}” neemt {given!r} niet aan")
    return state


def answered(flow: Flow, state: FlowState, answer: str | None, now: datetime) -> FlowState:
    if answer is None:
        return move(flow, state, Move.SKIP)
    return choose(flow, state, answer[1:]) if answer.startswith("=") else say(flow, state, answer, now)


def failures(case: Case, knowledge: Knowledge, flow: Flow) -> list[str]:
    """What of the outcome is otherwise than the case says."""
    try:
        state = led(case, flow)
    except Broken as broken:
        return [str(broken)]
    asked = {step.id for step in way(flow, state.entries).steps}
    wrong = [f"“{step}” werd niet gevraagd" for step in case.answers if step not in asked]
    ending = way(flow, state.entries).ending
    if ending is None or ending.id != case.ending:
        return [*wrong, f"eindigt in {ending.id if ending else 'niets'}, niet in {case.ending}"]
    return [*wrong, *differences(case, knowledge, ending), *wording(case, knowledge, flow, state, ending)]


def differences(case: Case, knowledge: Knowledge, ending: FlowEnding) -> Iterator[str]:
    if ending.verdict != case.expected["verdict"]:
        yield f"oordeel {ending.verdict}, niet {case.expected['verdict']}"
    if ending.obligation != case.expected["obligation"]:
        yield f"plicht {ending.obligation}, niet {case.expected['obligation']}"
    cited = {" ".join(filter(None, (cite.law, cite.number, cite.paragraph))) for cite in ending.cite}
    if cited != set(case.expected["cite"]):
        yield f"artikelen verschillen: {sorted(cited ^ set(case.expected['cite']))}"
    for cite in ending.cite:
        if knowledge.reference(cite, case.now.date()) is None:
            yield f"{cite.article_id} geldt niet op {case.now.date()}"


def wording(case: Case, knowledge: Knowledge, flow: Flow, state: FlowState, ending: FlowEnding) -> Iterator[str]:
    ends = deadline(flow, state.entries)
    ends = ends.astimezone(ZONE) if ends else None
    answers = told(flow, state.entries)
    said = text_of(knowledge, ending, case.municipality, ends, case.now.date(), answers).casefold()
    yield from (f"“{word}” ontbreekt" for word in case.contains if word.casefold() not in said)
    yield from (f"“{word}” staat er" for word in case.lacks if word.casefold() in said)
    if case.deadline and case.deadline not in said:
        yield f"de termijn {case.deadline} ontbreekt"
    if not case.deadline and (NO_DEADLINE in said or (ends and spoken_moment(ends) in said)):
        yield "de tekst noemt een termijn"


def text_of(
    knowledge: Knowledge,
    ending: FlowEnding,
    municipality: str | None,
    ends: datetime | None,
    on: date,
    answers: Sequence[tuple[str, str]] = (),
) -> str:
    contacts = knowledge.contacts_of(municipality)
    return "\n".join(part.text for part in ending_parts(ending, Answerer(knowledge, on), contacts, ends, answers))


# -- the cases -------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.flow}: {case.name}")
def test_a_conversation_ends_as_the_statute_says(case: Case, knowledge: Knowledge) -> None:
    assert failures(case, knowledge, flow_of(case, knowledge)) == []


@pytest.mark.parametrize("flow", FLOWS)
def test_every_ending_is_reached_by_a_case(flow: str, knowledge: Knowledge) -> None:
    reached = {case.ending for case in cases_of(flow, knowledge)}

    assert {ending.id for ending in knowledge.flows[flow].endings} - reached == set()


@pytest.mark.parametrize("flow", FLOWS)
def test_a_change_of_any_ending_choice_or_term_is_noticed_by_a_case(flow: str, knowledge: Knowledge) -> None:
    cases = cases_of(flow, knowledge)
    unnoticed = [
        f"{place}: {change}"
        for place, change, broken in mutants(knowledge.flows[flow])
        if not any(failures(case, knowledge, broken) for case in cases if place in (case.ending, *case.answers))
    ]

    assert unnoticed == []


def mutants(flow: Flow) -> Iterator[tuple[str, str, Flow]]:
    """The flow with one thing wrong, as (step or ending, change, flow): an ending, where a choice leads, the term."""
    for ending in flow.endings:
        for change, others in broken_endings(ending):
            endings = tuple(one for row in flow.endings for one in (others if row is ending else (row,)))
            yield ending.id, change, flow.model_copy(update={"endings": endings})
    for step in flow.steps:
        for option in step.options if step.decides else ():
            for ending in flow.endings:
                if option.to != ending.id:
                    yield step.id, f"{option.value} naar {ending.id}", redirected(flow, step, option, ending.id)
    if flow.clock:
        for hours in (flow.clock.hours - 1, flow.clock.hours + 24):
            clock = flow.clock.model_copy(update={"hours": hours})
            yield flow.clock.step, f"{hours} uur", flow.model_copy(update={"clock": clock})
        yield flow.clock.step, "geen termijn", flow.model_copy(update={"clock": None})


def broken_endings(ending: FlowEnding) -> Iterator[tuple[str, tuple[FlowEnding, ...]]]:
    yield "weg", ()
    for verdict in Verdict:
        if verdict is not ending.verdict:
            yield f"oordeel {verdict}", (ending.model_copy(update={"verdict": verdict}),)
    for obligation in (*Obligation, None):
        if obligation is not ending.obligation:
            yield f"plicht {obligation}", (ending.model_copy(update={"obligation": obligation}),)
    for cite in ending.cite:
        rest = tuple(one for one in ending.cite if one != cite)
        yield f"zonder {cite.law} {cite.number} {cite.paragraph}", (ending.model_copy(update={"cite": rest}),)


def redirected(flow: Flow, step: FlowStep, option: FlowOption, to: str) -> Flow:
    moved = option.model_copy(update={"to": to})
    options = tuple(moved if one is option else one for one in step.options)
    changed = step.model_copy(update={"options": options})
    return flow.model_copy(update={"steps": tuple(changed if one is step else one for one in flow.steps)})


# -- every conversation ----------------------------------------------------------------


def test_the_checks_find_nothing_wrong(knowledge: Knowledge) -> None:
    assert [str(problem) for problem in check_flows(knowledge, TODAY)] == []


@pytest.mark.parametrize("flow", FLOWS)
def test_no_way_is_long(flow: str, knowledge: Knowledge) -> None:
    row = knowledge.flows[flow]

    assert max(len(way(row, entries).steps) for entries, _ in ways(row)) <= MAX_STEPS


@pytest.mark.parametrize("flow", FLOWS)
def test_every_ending_is_filled_in_for_everyone_and_short_at_the_top(flow: str, knowledge: Knowledge) -> None:
    now = datetime(2026, 11, 23, 10, 0, tzinfo=ZONE)
    for ending in knowledge.flows[flow].endings:
        for municipality in (None, *knowledge.contacts):
            for ends in (None, now):
                text = text_of(knowledge, ending, municipality, ends, TODAY)
                assert not re.search(r"[{}]", text), (ending.id, municipality)
        assert len(ending.say.verdict.split()) <= MAX_VERDICT_WORDS, ending.id


@pytest.mark.parametrize("flow", FLOWS)
def test_whatever_is_pressed_or_typed_it_comes_to_an_end(flow: str, knowledge: Knowledge) -> None:
    row = knowledge.flows[flow]
    for seed in range(WALKS):
        state = wandered(row, random.Random(seed))
        at = way(row, state.entries)
        assert (state.at, at.missing) == (OVERVIEW, None), seed
        assert bool(at.ending) == bool(row.endings), seed


def wandered(flow: Flow, chance: random.Random) -> FlowState:
    """Where someone is who presses and types at random, goes back, skips and changes, and in the end goes on."""
    now = datetime(2026, 11, 23, 10, 0, tzinfo=ZONE)
    state = start(flow, {})
    for _ in range(FREE_MOVES):
        state = stepped(flow, state, chance, now)
    for _ in range(2 * len(flow.steps)):  # an option and its reason, for each step that is left
        state = onward(flow, state, chance, now)
    return state


def stepped(flow: Flow, state: FlowState, chance: random.Random, now: datetime) -> FlowState:
    buttons = [one for one in prompt(flow, state).choices if one.move not in (Move.SAVE, Move.CANCEL)]
    made = chance.choice([None, *buttons])
    if made is None:
        return say(flow, state, chance.choice(("ja", "nee", "nu", "gisteren 9:00", "dat is een lang verhaal")), now)
    return move(flow, state, made.move, made.value)


def onward(flow: Flow, state: FlowState, chance: random.Random, now: datetime) -> FlowState:
    if state.at == OVERVIEW:
        return state
    if state.at not in {step.id for step in flow.steps}:  # beside the steps: take up an answer again
        goto = [one for one in prompt(flow, state).choices if one.move in (Move.GO_ON, Move.GOTO)]
        made = chance.choice(goto)
        return move(flow, state, made.move, made.value)
    step = step_of(flow, state.at)
    if state.option is None and step.decides:
        return choose(flow, state, chance.choice(step.options).value)
    return say(flow, state, "nu", now)
