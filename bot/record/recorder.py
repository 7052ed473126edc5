"""Runs the flow that puts a decision on record, and what comes after: finding, correcting, withdrawing.

The flow itself is data (`knowledge/content/flows`) and pure code (`knowledge.flow`); here its
questions become messages, and what is decided is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.compose import Composed, Composer
from bot.contract import citation_json, citations
from bot.messages import Button
from bot.record.documents import as_docx, as_pdf, as_text
from bot.store.decisions import Decisions, Kept, NewDecision
from knowledge.answer import Answerer, Part
from knowledge.flow import Choice, FlowState, Move, correct, move, prompt, say, start
from knowledge.knowledge import Knowledge
from knowledge.question import Advice, unique
from knowledge.schema import Flow, Verdict

FLOW = "record"
STATE = "record"
NECESSITY = "necessity"  # the step in which the open norms of the rules are asked
RESUMED = "We gaan verder met vastleggen."
CANCELLED = "Gestopt. Er is niets vastgelegd. Wat wil je nu weten?"
NOTHING = "Je hebt nog geen besluit vastgelegd. Stel een vraag en kies daarna “Leg vast”."
LISTED = "Dit zijn je vastgelegde besluiten, de nieuwste eerst."
NOT_FOUND = "Dat besluit vind ik niet bij jou. Typ “mijn besluiten” voor de lijst."
WITHDRAWN = "Besluit {reference} is ingetrokken. Het blijft leesbaar, met de datum erbij."
PAUSED = "We waren bezig je besluit vast te leggen."


class Recorder:
    """The conversation about a decision, for one state of the knowledge and one day."""

    def __init__(self, composer: Composer, decisions: Decisions, owner: str, now: datetime) -> None:
        self._composer = composer
        self._knowledge: Knowledge = composer.knowledge
        self._decisions = decisions
        self._owner = owner
        self._now = now

    @property
    def flow(self) -> Flow:
        """The steps, from the tables."""
        return self._knowledge.flows[FLOW]

    # -- the flow ----------------------------------------------------------------------

    def begin(self, advices: Sequence[Advice], subject: int | None) -> tuple[FlowState, Composed]:
        """Start, with what the advices tell already filled in."""
        known = prefilled(advices, self._composer.words)
        state = start(self.flow, known, subject=subject, asks=self._norms(advices))
        return state, self.asking(state, Part("plain", self.flow.intro))

    def _norms(self, advices: Sequence[Advice]) -> dict[str, str]:
        """The open norms of the rules used, as the question on necessity."""
        rules = (self._knowledge.rules[rule] for advice in advices for rule in advice.rules)
        norms = unique(norm for rule in rules for norm in rule.open_norms)
        asked = " ".join(self._knowledge.open_norms[norm].question for norm in norms)
        return {NECESSITY: asked} if asked else {}

    def typed(self, state: FlowState, text: str, masked: Sequence[str] = ()) -> tuple[FlowState, Composed]:
        """Take a typed answer; personal data in it were masked, and the flow goes on."""
        after = say(self.flow, state, text)
        return after, self.asking(after, masked=masked)

    def pressed(self, state: FlowState, made: Move, value: str) -> tuple[FlowState, Composed]:
        """Take a button that changes the state; SAVE and CANCEL are asked for apart."""
        after = move(self.flow, state, made, value)
        return after, self.asking(after, *((Part("plain", RESUMED),) if made is Move.RESUME else ()))

    def asking(self, state: FlowState, *before: Part, masked: Sequence[str] = ()) -> Composed:
        """The question of this moment as a message."""
        now = prompt(self.flow, state)
        buttons = [(Button(choice.title, "", _kind(choice)), _action(choice)) for choice in now.choices]
        return self._composer.flow([*before, Part("ask", now.text)], buttons, STATE, masked)

    def paused(self, composed: Composed) -> Composed:
        """An answer to a question in between, with the way back to the flow."""
        resume = [
            (Button("Verder met vastleggen", "", "option"), {"do": "flow", "move": Move.RESUME}),
            (Button("Stoppen met vastleggen", ""), {"do": "flow", "move": Move.CANCEL}),
        ]
        return self._composer.with_more(composed, Part("plain", PAUSED), resume, STATE)

    # -- keeping -----------------------------------------------------------------------

    def save(self, state: FlowState, advices: Sequence[Advice], municipality: str | None) -> Composed:
        """Keep what was decided and hand it over."""
        if state.reference:
            kept = self._decisions.correct(self._owner, state.reference, state.entries, self._now)
            if kept is None:
                return self._composer.plain(NOT_FOUND, Verdict.INFO)
        else:
            kept = self._decisions.keep(self._owner, self._new(state, advices, municipality), self._now)
        return self.shown(kept, self.flow.done.format(reference=kept.reference))

    def cancelled(self) -> Composed:
        """Nothing is kept."""
        return self._composer.plain(CANCELLED, Verdict.INFO)

    def _new(self, state: FlowState, advices: Sequence[Advice], municipality: str | None) -> NewDecision:
        cites = unique(cite for advice in advices for cite in advice.cites)
        cited = citations(self._knowledge, cites, self._composer.on)
        return NewDecision(
            entries=state.entries,
            municipality=municipality,
            rules=unique(rule for advice in advices for rule in advice.rules),
            citations=[citation_json(one) for one in cited],
            knowledge_version=self._knowledge.version,
            law_on=self._composer.on.isoformat(),
        )

    # -- afterwards --------------------------------------------------------------------

    def shown(self, kept: Kept, lead: str) -> Composed:
        """A decision as text to paste, with what can be done with it."""
        reference = {"reference": kept.reference}
        buttons: list[tuple[Button, Mapping[str, Any]]] = [
            (Button("Word-bestand", ""), {"do": "decision", "what": "docx", **reference}),
            (Button("PDF-bestand", ""), {"do": "decision", "what": "pdf", **reference}),
        ]
        if not kept.withdrawn:
            buttons += [
                (Button("Verbeteren", ""), {"do": "decision", "what": "correct", **reference}),
                (Button("Intrekken", ""), {"do": "decision", "what": "withdraw", **reference}),
            ]
        parts = [Part("plain", lead), Part("copy", as_text(self.flow, kept))]
        return self._composer.flow(parts, buttons, "idle")

    def listed(self) -> Composed:
        """All own decisions, each with a button."""
        found = self._decisions.of(self._owner)
        if not found:
            return self._composer.plain(NOTHING, Verdict.INFO)
        buttons = [
            (Button(_line(kept), "", "option"), {"do": "decision", "what": "show", "reference": kept.reference})
            for kept in found
        ]
        return self._composer.flow([Part("plain", LISTED)], buttons, "idle")

    def about(self, what: str, reference: str) -> tuple[FlowState | None, Composed]:
        """Do what a button under a decision asks; a correction starts the flow again."""
        kept = self._decisions.find(self._owner, reference)
        if kept is None:
            return None, self._composer.plain(NOT_FOUND, Verdict.INFO)
        if what == "withdraw":
            self._decisions.withdraw(self._owner, reference, self._now)
            return None, self._composer.plain(WITHDRAWN.format(reference=kept.reference), Verdict.INFO)
        if what == "correct" and not kept.withdrawn:
            state = correct(self.flow, kept.entries, kept.reference)
            return state, self.asking(state)
        if what in ("docx", "pdf"):
            file = as_docx(self.flow, kept) if what == "docx" else as_pdf(self.flow, kept)
            return None, self._composer.file(f"Hier is besluit {kept.reference}.", file)
        state_of = "ingetrokken" if kept.withdrawn else f"versie {kept.version}"
        return None, self.shown(kept, f"Besluit {kept.reference} ({state_of}).")


def prefilled(advices: Sequence[Advice], words: Answerer) -> dict[str, str]:
    """What an advice tells of a decision: purpose, data, the other party and the articles."""
    known = words.known(advices[0]) if advices else {}
    basis = "; ".join(unique(label for advice in advices if (label := words.cite_labels(advice.cites))))
    return {**{name: known.get(name, "") for name in ("purpose", "data", "party")}, "basis": basis}


def _line(kept: Kept) -> str:
    what = kept.entries.get("decision") or "besluit"
    return f"{kept.reference}: {what}"[:60] + (" (ingetrokken)" if kept.withdrawn else "")


def _kind(choice: Choice) -> str:
    return "option" if choice.move in (Move.CHOOSE, Move.GO_ON, Move.GOTO, Move.SAVE) else "action"


def _action(choice: Choice) -> Mapping[str, Any]:
    return {"do": "flow", "move": choice.move, "value": choice.value}
