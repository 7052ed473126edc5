"""A guided conversation as a pure state machine: which question is next, what an answer does.

The steps stand in the flows table.  A state is small, holds no text but what the person typed
(masked), and can be put away and taken up again at any moment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from knowledge.schema import Flow, FlowOption, FlowStep

# Places beside the steps themselves.
CONFIRM, OVERVIEW, CHANGE = "@confirm", "@overview", "@change"
SKIPPED = ""
MAX_TEXT = 1500  # characters of one answer that are kept


class Move(StrEnum):
    """What a button of a flow does."""

    CHOOSE = "choose"  # take an option
    GO_ON = "go_on"  # what was filled in is right
    GOTO = "goto"  # change one answer
    CHANGE = "change"  # choose which answer to change
    BACK = "back"
    SKIP = "skip"
    SAVE = "save"
    CANCEL = "cancel"
    RESUME = "resume"  # take up again after an interruption


class FlowState(BaseModel):
    """Where a flow is: the answers so far and the place of the next question."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    flow: str
    at: str
    entries: dict[str, str] = {}
    trail: tuple[str, ...] = ()  # the places before this one, for "terug"
    option: str | None = None  # chosen, and its reason is being asked
    subject: int | None = None  # the stored answer that the flow is about
    reference: str | None = None  # the record that is being corrected
    asks: dict[str, str] = {}  # questions that go before those of the table, by step


@dataclass(frozen=True)
class Choice:
    """A button under a question of a flow."""

    title: str
    move: Move
    value: str = ""


@dataclass(frozen=True)
class Prompt:
    """What is asked now: the text and the choices."""

    text: str
    choices: tuple[Choice, ...]


BACK = Choice("Terug", Move.BACK)
SKIP = Choice("Overslaan", Move.SKIP)
CANCEL = Choice("Stoppen", Move.CANCEL)


def start(
    flow: Flow, prefilled: Mapping[str, str], *, subject: int | None = None, asks: Mapping[str, str] | None = None
) -> FlowState:
    """A new run.

    Args:
        flow: the flow.
        prefilled: what is known already, by the name in `prefill`; empty texts count as unknown.
        subject: the stored answer that it is about.
        asks: questions of this case in place of those in the table, by step.
    """
    entries = {step.id: text for step in flow.steps if step.prefill and (text := prefilled.get(step.prefill))}
    state = FlowState(flow=flow.id, at=CONFIRM, entries=entries, subject=subject, asks=dict(asks or {}))
    return state if entries else _next(flow, state)


def correct(flow: Flow, entries: Mapping[str, str], reference: str) -> FlowState:
    """A run that changes a record that was kept before."""
    return FlowState(flow=flow.id, at=OVERVIEW, entries=dict(entries), reference=reference)


def prompt(flow: Flow, state: FlowState) -> Prompt:
    """The question of this moment."""
    if state.at == CONFIRM:
        choices = (Choice("Klopt", Move.GO_ON), Choice("Aanpassen", Move.CHANGE), CANCEL)
        return Prompt(f"{flow.confirm}\n\n{listed(flow, state.entries)}", choices)
    if state.at == OVERVIEW:
        save = (Choice("Bewaren", Move.SAVE), Choice("Iets veranderen", Move.CHANGE), CANCEL)
        return Prompt(f"Dit is je besluit. Klopt alles?\n\n{listed(flow, state.entries)}", save)
    if state.at == CHANGE:
        steps = tuple(Choice(step.label, Move.GOTO, step.id) for step in flow.steps)
        return Prompt("Wat wil je veranderen?", (*steps, BACK))
    step = _step(flow, state.at)
    if state.option is not None and (option := _option(step, state.option)) and option.more:
        return Prompt(option.more, (BACK, CANCEL))
    options = tuple(Choice(option.label, Move.CHOOSE, option.value) for option in step.options)
    skip = () if step.required else (SKIP,)
    hint = "\nKies, of typ het in je eigen woorden." if step.options else ""
    return Prompt(f"{_place(flow, step)}{state.asks.get(step.id, step.ask)}{hint}", (*options, *skip, BACK, CANCEL))


def say(flow: Flow, state: FlowState, text: str) -> FlowState:
    """The state after a typed answer; at a place without a question nothing changes."""
    if state.at in (CONFIRM, OVERVIEW, CHANGE):
        return state
    step = _step(flow, state.at)
    typed = " ".join(text.split())[:MAX_TEXT]
    if state.option is not None and (chosen := _option(step, state.option)):
        return _filled(flow, state, f"{chosen.label}. {typed}")
    for option in step.options:
        if typed.casefold().rstrip(".!") == option.label.casefold():
            return choose(flow, state, option.value)
    return _filled(flow, state, typed)


def choose(flow: Flow, state: FlowState, value: str) -> FlowState:
    """The state after an option of the current step; an option of another step changes nothing."""
    if state.at in (CONFIRM, OVERVIEW, CHANGE) or (option := _option(_step(flow, state.at), value)) is None:
        return state
    if option.more:
        return state.model_copy(update={"option": value})
    return _filled(flow, state, option.label)


def move(flow: Flow, state: FlowState, made: Move, value: str = "") -> FlowState:
    """The state after a button that is not an answer; SAVE, CANCEL and RESUME are the runner's."""
    if made is Move.CHOOSE:
        return choose(flow, state, value)
    if made is Move.GO_ON and state.at == CONFIRM:
        return _next(flow, state)
    if made is Move.CHANGE:
        return _to(state, CHANGE)
    if made is Move.GOTO and any(step.id == value for step in flow.steps):
        return _to(state, value)
    if made is Move.SKIP and state.at not in (CONFIRM, OVERVIEW, CHANGE) and not _step(flow, state.at).required:
        return _filled(flow, state, SKIPPED)
    if made is Move.BACK:
        if state.option is not None:
            return state.model_copy(update={"option": None})
        if state.trail:
            return state.model_copy(update={"at": state.trail[-1], "trail": state.trail[:-1]})
    return state


def spoken(flow: Flow, state: FlowState, text: str) -> Move | None:
    """The button that a typed word stands for: "terug", "overslaan", "klopt"."""
    word = text.strip().strip(".!").casefold()
    for name, words in flow.words.items():
        if word in words:
            made = Move(name)
            if made is Move.GO_ON:
                return {CONFIRM: Move.GO_ON, OVERVIEW: Move.SAVE}.get(state.at)
            return None if made is Move.CHANGE and state.at not in (CONFIRM, OVERVIEW) else made
    return None


def listed(flow: Flow, entries: Mapping[str, str]) -> str:
    """The answers so far, one a line."""
    return "\n".join(f"- {step.label}: {entries[step.id] or '–'}" for step in flow.steps if step.id in entries)


def _filled(flow: Flow, state: FlowState, text: str) -> FlowState:
    entries = {**state.entries, state.at: text}
    return _next(flow, state.model_copy(update={"entries": entries, "option": None}))


def _next(flow: Flow, state: FlowState) -> FlowState:
    missing = next((step.id for step in flow.steps if step.id not in state.entries), OVERVIEW)
    return _to(state, missing)


def _to(state: FlowState, place: str) -> FlowState:
    trail = state.trail if place == state.at else (*state.trail, state.at)
    return state.model_copy(update={"at": place, "trail": trail, "option": None})


def _place(flow: Flow, step: FlowStep) -> str:
    return f"{flow.steps.index(step) + 1} van {len(flow.steps)}. "


def _step(flow: Flow, step: str) -> FlowStep:
    return next(one for one in flow.steps if one.id == step)


def _option(step: FlowStep, value: str) -> FlowOption | None:
    return next((option for option in step.options if option.value == value), None)
