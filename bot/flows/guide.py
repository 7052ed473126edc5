"""Runs a guided conversation: the questions of `knowledge.flow` become messages, with what they lead to.

Which questions there are, where they lead and what holds at the end stands in the tables
(`knowledge/content/flows`); nothing here knows one flow from another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.clock import AMSTERDAM
from bot.compose import Composed, Composer
from bot.contract import citations
from bot.messages import Button
from knowledge.answer import Answerer, Part
from knowledge.ending import ending_parts
from knowledge.flow import (
    ASIDE,
    OVERVIEW,
    Choice,
    FlowState,
    Move,
    deadline,
    move,
    prompt,
    read_option,
    say,
    spoken,
    start,
    step_of,
    told,
    way,
)
from knowledge.knowledge import Knowledge
from knowledge.question import Advice, unique
from knowledge.schema import Flow, FlowEnding, Verdict

NECESSITY = "necessity"  # the step in which the open norms of the rules are asked
RESUMED = "We gaan verder met {going_on}."
CANCELLED = "Gestopt. Er is niets vastgelegd. Wat wil je nu weten?"
PAUSED = "We waren bezig met {going_on}."
# A text of so few words that cannot be read as a choice is a slip, not a question in between.
SLIP_WORDS = 2


class Guide:
    """Leads one person through flows, for one state of the knowledge and one day."""

    def __init__(self, composer: Composer, municipality: str | None, now: datetime) -> None:
        self._composer = composer
        self._knowledge: Knowledge = composer.knowledge
        self._municipality = municipality
        self._now = now.astimezone(AMSTERDAM)

    def flow(self, state: FlowState) -> Flow:
        """The flow of a state."""
        return self._knowledge.flows[state.flow]

    def begin(self, flow: str, advices: Sequence[Advice] = (), subject: int | None = None) -> tuple[FlowState, Part]:
        """Start a flow as it goes in the municipality, with what the advices tell already filled in."""
        own = self._knowledge.flow_for(flow, self._municipality, self._composer.on)
        known = prefilled(advices, self._composer.words)
        return start(own, known, subject=subject, asks=self._norms(advices)), Part("plain", own.intro)

    def _norms(self, advices: Sequence[Advice]) -> dict[str, str]:
        """The open norms of the rules used, as the question on necessity."""
        rules = (self._knowledge.rules[rule] for advice in advices for rule in advice.rules)
        norms = unique(norm for rule in rules for norm in rule.open_norms)
        asked = " ".join(self._knowledge.open_norms[norm].question for norm in norms)
        return {NECESSITY: asked} if asked else {}

    def takes(self, state: FlowState, text: str) -> bool:
        """True when a text answers the question of the flow; a story where only a choice is asked does not."""
        if state.option is not None:
            return True
        if state.at in ASIDE:
            return len(text.split()) <= SLIP_WORDS
        step = step_of(self.flow(state), state.at)
        return not step.decides or read_option(step, text) is not None or len(text.split()) <= SLIP_WORDS

    def chooses(self, state: FlowState, text: str) -> bool:
        """True when a text is surely meant for the flow: a choice of its question, or the word on a button."""
        if spoken(self._knowledge.flow_words, state, text) is not None:
            return True
        if state.option is not None or state.at in ASIDE:
            return False
        step = step_of(self.flow(state), state.at)
        return bool(step.decides) and read_option(step, text) is not None

    def typed(self, state: FlowState, text: str, masked: Sequence[str] = ()) -> tuple[FlowState, Composed]:
        """Take a typed answer; personal data in it were masked, and the flow goes on."""
        after = say(self.flow(state), state, text, self._now)
        return after, self.asking(after, masked=masked)

    def pressed(self, state: FlowState, made: Move, value: str) -> tuple[FlowState, Composed]:
        """Take a button that changes the state; SAVE and CANCEL are asked for apart."""
        flow = self.flow(state)
        after = move(flow, state, made, value)
        resumed = (Part("plain", RESUMED.format(going_on=flow.going_on)),) if made is Move.RESUME else ()
        return after, self.asking(after, *resumed)

    def asking(self, state: FlowState, *before: Part, masked: Sequence[str] = ()) -> Composed:
        """The question of this moment as a message; at the end with what holds."""
        flow = self.flow(state)
        now = prompt(flow, state)
        ending = self.ending(state)
        buttons = [(Button(choice.title, "", _kind(choice)), _action(choice)) for choice in now.choices]
        if ending and ending.goes_on:
            onward = self._knowledge.flows[ending.goes_on]
            buttons.append((Button(onward.button, ""), {"do": "begin", "flow": onward.id}))
        return self._composer.flow(
            [*before, *self.ending_parts(state), Part("ask", now.text)],
            buttons,
            flow.state,
            masked,
            verdict=ending.verdict if ending else Verdict.INFO,
            obligation=ending.obligation if ending else None,
            citations=citations(self._knowledge, ending.cite, self._composer.on) if ending else (),
        )

    def ending(self, state: FlowState) -> FlowEnding | None:
        """Where the flow ended, once all is told."""
        return way(self.flow(state), state.entries).ending if state.at == OVERVIEW else None

    def deadline(self, state: FlowState) -> datetime | None:
        """When the legal term of the flow ends, Dutch time."""
        ends = deadline(self.flow(state), state.entries)
        return ends.astimezone(AMSTERDAM) if ends else None

    def ending_parts(self, state: FlowState) -> list[Part]:
        """What holds at the end of the way, in words; nothing while the flow goes on."""
        ending = self.ending(state)
        if ending is None:
            return []
        contacts = self._knowledge.contacts_of(self._municipality)
        answers = told(self.flow(state), state.entries)
        return ending_parts(ending, self._composer.words, contacts, self.deadline(state), answers)

    def paused(self, composed: Composed, state: FlowState) -> Composed:
        """An answer to a question in between, with the way back to the flow."""
        flow = self.flow(state)
        resume = [
            (Button("Ga daarmee verder", "", "option"), {"do": "flow", "move": Move.RESUME}),
            (Button("Stop daarmee", ""), {"do": "flow", "move": Move.CANCEL}),
        ]
        return self._composer.with_more(
            composed, Part("plain", PAUSED.format(going_on=flow.going_on)), resume, flow.state
        )

    def cancelled(self) -> Composed:
        """Nothing is kept."""
        return self._composer.plain(CANCELLED, Verdict.INFO)


def prefilled(advices: Sequence[Advice], words: Answerer) -> dict[str, str]:
    """What an advice tells of a decision: purpose, data, the other party and the articles."""
    known = words.known(advices[0]) if advices else {}
    basis = "; ".join(unique(label for advice in advices if (label := words.cite_labels(advice.cites))))
    return {**{name: known.get(name, "") for name in ("purpose", "data", "party")}, "basis": basis}


def _kind(choice: Choice) -> str:
    return "option" if choice.move in (Move.CHOOSE, Move.GO_ON, Move.GOTO, Move.SAVE) else "action"


def _action(choice: Choice) -> Mapping[str, Any]:
    return {"do": "flow", "move": choice.move, "value": choice.value}
