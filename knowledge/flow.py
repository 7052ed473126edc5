"""A guided conversation as a pure state machine: which question is next, what an answer does.

The steps stand in the flows table.  A state is small, holds no text but what the person typed
(masked), and can be put away and taken up again at any moment.  The way through a flow follows
from the answers alone: an answer that is changed changes the way, and nothing typed is lost.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from knowledge.moment import read_moment, spoken_moment
from knowledge.schema import Flow, FlowEnding, FlowOption, FlowStep, FlowWords

# Places beside the steps themselves.
CONFIRM, OVERVIEW, CHANGE = "@confirm", "@overview", "@change"
ASIDE = (CONFIRM, OVERVIEW, CHANGE)
SKIPPED = ""
NO_ANSWER = "–"  # how a skipped answer is shown
MAX_TEXT = 1500  # characters of one answer that are kept
NOT_READ = "Dat kan ik niet als keuze lezen. Kies een knop, of typ die woorden."
NO_MOMENT = "Die dag en tijd kan ik niet lezen. Typ het zo: “vandaag 9:30”, “gisteren 14:00” of “20-11-2026 16:45”."


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
    unread: bool = False  # the last answer could not be taken
    subject: int | None = None  # the stored answer that the flow is about
    reference: str | None = None  # the record that is being corrected
    asks: dict[str, str] = {}  # questions that go before those of the table, by step


@dataclass(frozen=True)
class Way:
    """The way that the answers lead: the steps on it, and where it goes on or ends."""

    steps: tuple[FlowStep, ...]
    missing: FlowStep | None
    ending: FlowEnding | None


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


def way(flow: Flow, entries: Mapping[str, str]) -> Way:
    """Follow the answers from the first step; answers that are not on the way do not count."""
    steps = {step.id: step for step in flow.steps}
    endings = {ending.id: ending for ending in flow.endings}
    passed: list[FlowStep] = []
    place: str | None = flow.steps[0].id
    while place in steps:
        step = steps[place]
        passed.append(step)
        if step.id not in entries:
            return Way(tuple(passed), step, None)
        taken = taken_option(step, entries[step.id])
        place = (taken.to if taken else None) or flow.onward(step)
    return Way(tuple(passed), None, endings.get(place or ""))


def taken_option(step: FlowStep, entry: str) -> FlowOption | None:
    """The option that an answer stands for; None for own words."""
    return next((one for one in step.options if entry == one.label or entry.startswith(f"{one.label}. ")), None)


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
    missing = way(flow, entries).missing  # a question that the flow did not have then
    return FlowState(flow=flow.id, at=missing.id if missing else OVERVIEW, entries=dict(entries), reference=reference)


def prompt(flow: Flow, state: FlowState) -> Prompt:
    """The question of this moment; at the end what was told, without what holds (`way` tells the ending)."""
    told = listed(flow, state.entries)
    if state.at == CONFIRM:
        choices = (Choice("Klopt", Move.GO_ON), Choice("Aanpassen", Move.CHANGE), CANCEL)
        return Prompt(f"{flow.confirm}\n\n{told}", choices)
    if state.at == OVERVIEW:
        save = (Choice("Bewaren", Move.SAVE), Choice("Iets veranderen", Move.CHANGE), CANCEL)
        return Prompt(f"Dit heb je verteld. Klopt alles?\n\n{told}", save)
    if state.at == CHANGE:
        on_the_way = way(flow, state.entries).steps
        return Prompt(
            "Wat wil je veranderen?", (*(Choice(step.label, Move.GOTO, step.id) for step in on_the_way), BACK)
        )
    step = step_of(flow, state.at)
    if state.option is not None and (option := _option(step, state.option)) and option.more:
        return Prompt(option.more, (BACK, CANCEL))
    options = tuple(Choice(option.label, Move.CHOOSE, option.value) for option in step.options)
    skip = () if step.required or step.decides else (SKIP,)
    return Prompt(_asked(flow, state, step), (*options, *skip, BACK, CANCEL))


def _asked(flow: Flow, state: FlowState, step: FlowStep) -> str:
    unread = [NO_MOMENT if step.kind == "moment" else NOT_READ] if state.unread else []
    question = f"{_place(flow, state, step)}{state.asks.get(step.id, step.ask)}"
    hint = ["Kies, of typ het in je eigen woorden."] if step.options and not step.decides else []
    return "\n".join([*unread, question, *([step.why] if step.why else []), *hint])


def say(flow: Flow, state: FlowState, text: str, now: datetime) -> FlowState:
    """The state after a typed answer; at a place without a question nothing changes.

    Args:
        flow: the flow.
        state: where it is.
        text: as typed, masked.
        now: the present moment in the zone in which people speak of time.
    """
    if state.at in ASIDE:
        return state
    step = step_of(flow, state.at)
    typed = " ".join(text.split())[:MAX_TEXT]
    if state.option is not None and (chosen := _option(step, state.option)):
        return _filled(flow, state, f"{chosen.label}. {typed}")
    if step.kind == "moment":
        moment = read_moment(typed, now)
        return _filled(flow, state, moment.isoformat(timespec="minutes")) if moment else _unread(state)
    if option := read_option(step, typed):
        if _folded(typed) in (_folded(option.label), *option.words):
            return choose(flow, state, option.value)
        return _filled(flow, state, f"{option.label}. {typed}")
    return _unread(state) if step.decides else _filled(flow, state, typed)


def read_option(step: FlowStep, typed: str) -> FlowOption | None:
    """The option that typed words stand for: its label, one of its words, or an answer that begins with one."""
    said = _folded(typed)
    for option in step.options:
        if said in (_folded(option.label), *option.words):
            return option
    begun = [
        option for option in step.options if any(said.startswith((f"{word} ", f"{word},")) for word in option.words)
    ]
    return begun[0] if len(begun) == 1 else None


def choose(flow: Flow, state: FlowState, value: str) -> FlowState:
    """The state after an option of the current step; an option of another step changes nothing."""
    if state.at in ASIDE or (option := _option(step_of(flow, state.at), value)) is None:
        return state
    if option.more:
        return state.model_copy(update={"option": value, "unread": False})
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
    if made is Move.SKIP and state.at not in ASIDE:
        step = step_of(flow, state.at)
        return state if step.required or step.decides else _filled(flow, state, SKIPPED)
    if made is Move.BACK:
        if state.option is not None:
            return state.model_copy(update={"option": None})
        if state.trail:
            place, missing = state.trail[-1], way(flow, state.entries).missing
            # A changed choice may have opened a question: the end is then not reached any more.
            at = missing.id if place == OVERVIEW and missing else place
            return state.model_copy(update={"at": at, "trail": state.trail[:-1], "unread": False})
    return state


def spoken(words: Mapping[str, FlowWords], state: FlowState, text: str) -> Move | None:
    """The button that a typed word stands for: "terug", "overslaan", "klopt"."""
    word = _folded(text)
    for row in words.values():
        if word in row.words:
            made = Move(row.id)
            if made is Move.GO_ON:
                return {CONFIRM: Move.GO_ON, OVERVIEW: Move.SAVE}.get(state.at)
            return None if made is Move.CHANGE and state.at not in (CONFIRM, OVERVIEW) else made
    return None


def listed(flow: Flow, entries: Mapping[str, str]) -> str:
    """The answers on the way, one a line."""
    return "\n".join(f"- {label}: {text}" for label, text in told(flow, entries))


def told(flow: Flow, entries: Mapping[str, str]) -> list[tuple[str, str]]:
    """The answers on the way as (label, text), a moment as people write it."""
    on_the_way = way(flow, entries).steps
    known = {step.id for step in on_the_way} | {step.id for step in flow.steps if step.prefill}
    return [(step.label, _shown(step, entries[step.id])) for step in flow.steps if step.id in known & entries.keys()]


def deadline(flow: Flow, entries: Mapping[str, str]) -> datetime | None:
    """When the term of the flow's clock ends; None while the moment is not known."""
    if flow.clock is None or not (moment := entries.get(flow.clock.step)):
        return None
    return datetime.fromisoformat(moment) + timedelta(hours=flow.clock.hours)


def step_of(flow: Flow, step: str) -> FlowStep:
    """The step with that id."""
    return next(one for one in flow.steps if one.id == step)


def _shown(step: FlowStep, entry: str) -> str:
    if not entry:
        return NO_ANSWER
    return spoken_moment(datetime.fromisoformat(entry)) if step.kind == "moment" else entry


def _unread(state: FlowState) -> FlowState:
    return state.model_copy(update={"unread": True})


def _filled(flow: Flow, state: FlowState, text: str) -> FlowState:
    entries = {**state.entries, state.at: text}
    return _next(flow, state.model_copy(update={"entries": entries, "option": None}))


def _next(flow: Flow, state: FlowState) -> FlowState:
    missing = way(flow, state.entries).missing
    return _to(state, missing.id if missing else OVERVIEW)


def _to(state: FlowState, place: str) -> FlowState:
    trail = state.trail if place == state.at else (*state.trail, state.at)
    return state.model_copy(update={"at": place, "trail": trail, "option": None, "unread": False})


def _place(flow: Flow, state: FlowState, step: FlowStep) -> str:
    """How far it is: "3 van 12", or only "Vraag 3" where the answers decide how many there are."""
    if not any(one.decides for one in flow.steps):
        return f"{flow.steps.index(step) + 1} van {len(flow.steps)}. "
    on_the_way = way(flow, state.entries).steps
    return f"Vraag {on_the_way.index(step) + 1}. " if step in on_the_way else ""


def _option(step: FlowStep, value: str) -> FlowOption | None:
    return next((option for option in step.options if option.value == value), None)


def _folded(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip(" .!?").casefold()
