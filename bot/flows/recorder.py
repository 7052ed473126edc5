"""Keeps what a guided conversation led to, and what comes after: finding, correcting, withdrawing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.compose import Composed, Composer
from bot.contract import citation_json, citations
from bot.flows.documents import as_docx, as_pdf, as_text
from bot.flows.guide import Guide
from bot.messages import Button
from bot.store.decisions import Decisions, Kept, NewDecision
from knowledge.answer import Part
from knowledge.flow import FlowState, correct
from knowledge.knowledge import Knowledge
from knowledge.question import Advice, unique
from knowledge.schema import Flow, Verdict

NOTHING = "Je hebt nog geen besluit vastgelegd. Stel een vraag en kies daarna “Leg vast”."
LISTED = "Dit zijn je vastgelegde besluiten, de nieuwste eerst."
NOT_FOUND = "Dat besluit vind ik niet bij jou. Typ “mijn besluiten” voor de lijst."
WITHDRAWN = "Besluit {reference} is ingetrokken. Het blijft leesbaar, met de datum erbij."


class Recorder:
    """The records of one person, for one state of the knowledge and one day."""

    def __init__(self, composer: Composer, decisions: Decisions, owner: str, now: datetime, guide: Guide) -> None:
        self._composer = composer
        self._knowledge: Knowledge = composer.knowledge
        self._decisions = decisions
        self._owner = owner
        self._now = now
        self._guide = guide

    # -- keeping -----------------------------------------------------------------------

    def save(self, state: FlowState, advices: Sequence[Advice], municipality: str | None) -> Composed:
        """Keep what was decided and hand it over."""
        if state.reference:
            kept = self._decisions.correct(
                self._owner, state.reference, self._new(state, advices, municipality), self._now
            )
            if kept is None:
                return self._composer.plain(NOT_FOUND, Verdict.INFO)
        else:
            kept = self._decisions.keep(self._owner, self._new(state, advices, municipality), self._now)
        texts = [part for part in self._guide.ending_parts(state) if part.kind == "copy"]
        return self.shown(kept, self._guide.flow(state).done.format(reference=kept.reference), texts)

    def _new(self, state: FlowState, advices: Sequence[Advice], municipality: str | None) -> NewDecision:
        ending = self._guide.ending(state)
        own = ending.cite if ending else ()
        cites = unique((*own, *(cite for advice in advices for cite in advice.cites)))
        cited = citations(self._knowledge, cites, self._composer.on)
        return NewDecision(
            flow=state.flow,
            in_register=self._guide.flow(state).register_entry,
            outcome=ending.label if ending else "",
            deadline=self._guide.deadline(state),
            entries=state.entries,
            municipality=municipality,
            rules=unique(rule for advice in advices for rule in advice.rules),
            citations=[citation_json(one) for one in cited],
            knowledge_version=self._knowledge.version,
            law_on=self._composer.on.isoformat(),
        )

    # -- afterwards --------------------------------------------------------------------

    def shown(self, kept: Kept, lead: str, texts: Sequence[Part] = ()) -> Composed:
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
        parts = [Part("plain", lead), Part("copy", as_text(self._flow(kept), kept)), *texts]
        return self._composer.flow(parts, buttons, "idle")

    def listed(self) -> Composed:
        """All own decisions, each with a button."""
        found = self._decisions.of(self._owner)
        if not found:
            return self._composer.plain(NOTHING, Verdict.INFO)
        buttons = [
            (
                Button(_line(kept, self._flow(kept)), "", "option"),
                {"do": "decision", "what": "show", "reference": kept.reference},
            )
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
            state = correct(self._flow(kept), kept.entries, kept.reference)
            return state, self._guide.asking(state)
        if what in ("docx", "pdf"):
            file = as_docx(self._flow(kept), kept) if what == "docx" else as_pdf(self._flow(kept), kept)
            return None, self._composer.file(f"Hier is besluit {kept.reference}.", file)
        state_of = "ingetrokken" if kept.withdrawn else f"versie {kept.version}"
        return None, self.shown(kept, f"{self._flow(kept).title} {kept.reference} ({state_of}).")

    def _flow(self, kept: Kept) -> Flow:
        return self._knowledge.flows[kept.flow]


def _line(kept: Kept, flow: Flow) -> str:
    what = kept.outcome or kept.entries.get("decision") or flow.title
    return f"{kept.reference}: {what}"[:60] + (" (ingetrokken)" if kept.withdrawn else "")
