"""From what was decided to the message that a channel shows."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from bot.contract import all_cites, answer_json, asks_json, citation_json, citations, most_pressing
from bot.messages import Button, Citation, File, Message
from bot.store.store import NewButton
from knowledge.answer import Answerer, Part
from knowledge.knowledge import Knowledge
from knowledge.question import Advice, unique
from knowledge.schema import DangerAnswer, Flow, Obligation, SmallTalk, Verdict

KINDS = {
    "naam": "een naam",
    "name": "een naam",
    "bsn": "een BSN",
    "phone": "een telefoonnummer",
    "email": "een e-mailadres",
    "iban": "een rekeningnummer",
    "postcode": "een postcode",
    "address": "een adres",
    "birth_date": "een geboortedatum",
    "plate": "een kenteken",
    "case_number": "een zaaknummer",
    "school": "de naam van een school",
}
WELCOME = (
    "Hallo, ik ben Deelwijzer. Ik ben een computerprogramma, geen mens.",
    "Ik help je met privacyvragen in je werk: mag of moet je iets delen, opvragen of vastleggen? "
    "Bij elk antwoord staat het wetsartikel. Ik zoek het op in vaste regels en verzin niets. Jij beslist zelf.",
    "Typ geen namen, adressen of BSN. Staat er toch iets in, dan maak ik het onherkenbaar voordat ik het bewaar.",
)
EXAMPLE = "Bijvoorbeeld: “Ik werk bij de toegang. School wil weten welke hulp een leerling krijgt. Mag dat?”"
NLU_DOWN = (
    "Ik kan vrije tekst nu even niet lezen. Over een paar minuten lukt het vast weer.",
    "De vaste vragen hieronder beantwoord ik nu al, uit dezelfde regels. "
    "Haast of twijfel? Bel je FG of leidinggevende.",
)
NOT_UNDERSTOOD = (
    "Ik begrijp je vraag niet goed. Vertel kort: wat wil je delen of weten, met wie, en waar werk je?",
    "Of kies een vaste vraag. Kom je er niet uit? {dpo} helpt je verder.",
)
# The flow that puts any decision on record; all others are named only in the tables.
RECORD = "record"
STALE_BUTTON = "Deze knop hoort bij een eerdere vraag of is verlopen. Stel je vraag opnieuw, dan kijk ik opnieuw."
# After a night of silence: said once, with the first answer.
RESUMES = "Je was hier eerder mee bezig. Ik ga verder waar je was; je antwoorden zijn bewaard."
BEGINS_ANEW = "Dit is een nieuw gesprek: wat je eerder vroeg, neem ik niet mee."


_Buttons = Sequence[tuple[Button, Mapping[str, Any]]]


@dataclass(frozen=True)
class Composed:
    """A message, the buttons to remember with it, and whether a record prompt is part of it."""

    message: Message
    buttons: tuple[NewButton, ...] = ()
    record_prompt: bool = False


class Composer:
    """Makes messages for one state of the knowledge and one day."""

    def __init__(self, knowledge: Knowledge, on: date) -> None:
        self.knowledge = knowledge
        self.on = on
        self.words = Answerer(knowledge, on)

    # -- answers -----------------------------------------------------------------------

    def advices(
        self,
        advices: Sequence[Advice],
        texts: Sequence[str],
        masked: Sequence[str] = (),
        local: Sequence[Part] = (),
    ) -> Composed:
        """The answer to one question or to several in one message; `local` comes after the national rule."""
        top = most_pressing(advices)
        if all(advice.verdict is Verdict.NOT_UNDERSTOOD for advice in advices):
            return self._no_rule(advices[0], texts[0], masked)
        parts = list(self._masked(masked))
        for number, advice in enumerate(advices, start=1):
            if len(advices) > 1:
                parts.append(Part("plain", f"{number}. {self._about(advice)}"))
            parts.extend(self.words.parts(advice))
        parts.extend(local)
        buttons = [*self._options(advices), *self._actions(advices)]
        cites = unique(cite for advice in advices for cite in all_cites(advice, self.knowledge))
        return self._composed(
            parts,
            buttons,
            verdict=str(top.verdict),
            obligation=str(top.obligation) if top.obligation else None,
            asks=next((asks_json(advice) for advice in advices if advice.asked), None),
            citations=citations(self.knowledge, cites, self.on),
            answers=tuple(
                answer_json(advice, text, self.knowledge, self.on) for advice, text in zip(advices, texts, strict=True)
            ),
            rules=unique(rule for advice in advices for rule in advice.rules),
            record=any(part.kind == "record" for part in parts),
        )

    def emergency(self, row: DangerAnswer, text: str, masked: Sequence[str] = ()) -> Composed:
        """What is said first when a message speaks of danger."""
        cited = citations(self.knowledge, row.cite, self.on)
        labels = "; ".join(one.label for one in cited)
        parts = [
            *(Part("verdict" if index == 0 else "plain", piece) for index, piece in enumerate(row.text.split("\n\n"))),
            Part("why", f"Zie {labels}."),
            Part("record", "Is het veilig? Leg dan vast wat je deed en waarom."),
            *self._masked(masked),
        ]
        buttons = [
            (Button("Ga verder met mijn vraag", "", "option"), {"do": "go_on", "text": text}),
            *self._closing(),
        ]
        return self._composed(
            parts,
            buttons,
            verdict=str(Verdict.EMERGENCY),
            citations=cited,
            answers=(
                {
                    "question": text,
                    "verdict": str(Verdict.EMERGENCY),
                    "obligation": None,
                    "assumed": [],
                    "branches": [],
                    "asks": None,
                    "citations": [citation_json(one) for one in cited],
                    "rules": [row.id],
                },
            ),
            rules=(row.id,),
            record=True,
        )

    def small_talk(self, row: SmallTalk, municipality: str | None, masked: Sequence[str] = ()) -> Composed:
        """A fixed answer that needs no law."""
        contacts = self.knowledge.contacts_of(municipality)
        parts = [Part("verdict", row.text.replace("{dpo}", f"Neem contact op met {contacts.dpo}."))]
        return self._composed([*parts, *self._masked(masked)], [], verdict=str(row.verdict))

    def not_understood(self, municipality: str | None, masked: Sequence[str] = ()) -> Composed:
        """No idea what is asked: say so, and offer what can be chosen."""
        dpo = self.knowledge.contacts_of(municipality).dpo
        pieces = [Part("plain", line.replace("{dpo}", dpo[0].upper() + dpo[1:])) for line in NOT_UNDERSTOOD]
        return self._composed([*pieces, *self._masked(masked)], self._menu(), verdict=str(Verdict.NOT_UNDERSTOOD))

    def nlu_down(self, masked: Sequence[str] = ()) -> Composed:
        """The understanding process is away: say so and offer the fixed questions."""
        pieces = [Part("plain", line) for line in NLU_DOWN]
        return self._composed([*pieces, *self._masked(masked)], self._menu(), verdict=str(Verdict.INFO))

    def welcome(self) -> Composed:
        """The first message: a machine, what it can do, no names."""
        return self._composed([Part("plain", line) for line in (*WELCOME, EXAMPLE)], [])

    def plain(self, text: str, verdict: Verdict | None = None) -> Composed:
        """A short notice."""
        return self._composed([Part("plain", text)], [], verdict=str(verdict) if verdict else None)

    def parts(self, parts: Sequence[Part], advices: Sequence[Advice] = ()) -> Composed:
        """A message that goes with an earlier answer: why, ready words, the record."""
        cites = unique(cite for advice in advices for cite in all_cites(advice, self.knowledge))
        return self._composed(
            list(parts), [], verdict=str(Verdict.INFO), citations=citations(self.knowledge, cites, self.on)
        )

    def flow(
        self,
        parts: Sequence[Part],
        buttons: _Buttons,
        state: str,
        masked: Sequence[str] = (),
        *,
        verdict: Verdict = Verdict.INFO,
        obligation: Obligation | None = None,
        citations: tuple[Citation, ...] = (),
    ) -> Composed:
        """A question of a guided conversation, or what it led to."""
        return self._composed(
            [*parts, *self._masked(masked)],
            buttons,
            verdict=str(verdict),
            obligation=str(obligation) if obligation else None,
            citations=citations,
            state=state,
        )

    def file(self, text: str, file: File) -> Composed:
        """A file with a line about it."""
        composed = self._composed([Part("plain", text)], [], verdict=str(Verdict.INFO))
        return replace(composed, message=replace(composed.message, files=(file,)))

    def with_more(self, composed: Composed, part: Part, buttons: _Buttons, state: str) -> Composed:
        """A message with a part and buttons behind it."""
        more = self._composed([part], buttons)
        message = replace(
            composed.message,
            text=f"{composed.message.text}\n\n{part.text}",
            parts=(*composed.message.parts, (part.kind, part.text)),
            buttons=(*composed.message.buttons, *more.message.buttons),
            state=state,
        )
        return replace(composed, message=message, buttons=(*composed.buttons, *more.buttons))

    def after_silence(self, composed: Composed, *, goes_on: bool) -> Composed:
        """A message after a long silence says whether it goes on or begins anew."""
        text = RESUMES if goes_on else BEGINS_ANEW
        return self.with_more(composed, Part("plain", text), [], composed.message.state)

    # -- pieces ------------------------------------------------------------------------

    def _no_rule(self, advice: Advice, text: str, masked: Sequence[str]) -> Composed:
        parts = [*self.words.parts(advice), *self._masked(masked)]
        return self._composed(
            parts,
            [*self._closing()],
            verdict=str(Verdict.NOT_UNDERSTOOD),
            answers=(answer_json(advice, text, self.knowledge, self.on),),
        )

    def _about(self, advice: Advice) -> str:
        party = advice.facts.get("party")
        return f"Over {self.knowledge.label('party', party[0])}:" if party else "Je vraag:"

    def _masked(self, kinds: Sequence[str]) -> list[Part]:
        if not kinds:
            return []
        named = [KINDS.get(kind, "een persoonlijk gegeven") for kind in kinds]
        listed = named[0] if len(named) == 1 else f"{', '.join(named[:-1])} en {named[-1]}"
        return [
            Part("masked", f"Ik heb {listed} afgeschermd en bewaar die niet. Typ hier geen namen of persoonsgegevens.")
        ]

    def _options(self, advices: Sequence[Advice]) -> list[tuple[Button, Mapping[str, Any]]]:
        asking = next((advice for advice in advices if advice.asked), None)
        if asking is None or asking.asked is None:
            return []
        assumed = {one.fact for one in asking.assumed}
        base = {
            "do": "fact",
            "act": asking.act,
            "modality": asking.modality,
            "municipality": asking.municipality,
            "facts": {name: list(values) for name, values in asking.facts.items() if name not in assumed},
            "persons": asking.persons,
        }
        return [
            (Button(option.label, "", "option"), {**base, "set": {asking.asked.fact: option.value}})
            for option in asking.asked.options
        ]

    def _actions(self, advices: Sequence[Advice]) -> list[tuple[Button, Mapping[str, Any]]]:
        buttons: list[tuple[Button, Mapping[str, Any]]] = []
        if any(advice.outcome for advice in advices):
            buttons.append((Button("Leg vast", ""), {"do": "begin", "flow": RECORD}))
        offered = unique(flow.id for advice in advices for flow in self._offered(advice))
        buttons += [(Button(self.knowledge.flows[flow].button, ""), {"do": "begin", "flow": flow}) for flow in offered]
        buttons.append((Button("Waarom?", ""), {"do": "why"}))
        if any(self.words.copy_texts(advice) for advice in advices):
            buttons.append((Button("Kopieer tekst", ""), {"do": "copy"}))
        return [*buttons, *self._closing(), *_thumbs()]

    def _offered(self, advice: Advice) -> Iterable[Flow]:
        """The guided conversations that help on with an answer."""
        refused = any(outcome.consent_outcome for outcome in advice.outcomes)
        weigh = advice.verdict is Verdict.WEIGH or (refused and advice.verdict is Verdict.NOT_ALLOWED)
        for flow in self.knowledge.flows.values():
            here = advice.act in flow.offered or (flow.weighs and weigh)
            if here and flow.instead_of is None and flow.valid_on(self.on):
                yield flow

    @staticmethod
    def _closing() -> list[tuple[Button, Mapping[str, Any]]]:
        return [(Button("Andere situatie", ""), {"do": "new"}), (Button("Vraag de FG", ""), {"do": "dpo"})]

    def _menu(self) -> list[tuple[Button, Mapping[str, Any]]]:
        return [
            (
                Button(row.title, "", "option"),
                {"do": "fact", "act": row.act, "modality": "may", "facts": {}, "set": dict(row.facts)},
            )
            for row in self.knowledge.menu.values()
        ]

    def _composed(
        self,
        parts: Sequence[Part],
        buttons: Sequence[tuple[Button, Mapping[str, Any]]],
        *,
        verdict: str | None = None,
        obligation: str | None = None,
        asks: dict[str, Any] | None = None,
        citations: tuple[Citation, ...] = (),
        answers: tuple[dict[str, Any], ...] = (),
        rules: tuple[str, ...] = (),
        record: bool = False,
        state: str = "idle",
    ) -> Composed:
        ids = [secrets.token_urlsafe(12) for _ in buttons]
        message = Message(
            text="\n\n".join(part.text for part in parts),
            parts=tuple((part.kind, part.text) for part in parts),
            buttons=tuple(
                Button(button.title, key, button.kind) for key, (button, _) in zip(ids, buttons, strict=True)
            ),
            verdict=verdict,
            obligation=obligation,
            asks=asks,
            citations=citations,
            answers=answers,
            rules=rules,
            state=state,
        )
        kept = tuple(NewButton(key, action) for key, (_, action) in zip(ids, buttons, strict=True))
        return Composed(message, kept, record)


def _thumbs() -> list[tuple[Button, Mapping[str, Any]]]:
    thumbs = {"👍 Goed antwoord": 1, "👎 Niet goed": -1}
    return [(Button(title, "", "rate"), {"do": "rate", "value": value}) for title, value in thumbs.items()]
