"""What a person sees of the FG: a thumb, a question to the FG, the answer, one reaction to it."""

from __future__ import annotations

from bot.clock import AMSTERDAM
from bot.compose import Composed, Composer
from bot.messages import Button
from bot.store.models import DpoAnswer
from bot.store.reviews import Reviews
from knowledge.answer import Part, day
from knowledge.question import Advice
from knowledge.schema import Verdict

# The channels on which an answer of the FG reaches the person.
COMES_BACK = frozenset({"telegram", "teams", "web"})
STATE = "reaction"

THANKS = "Dank je, dat helpt."
SORRY = "Dank je voor je eerlijkheid. De FG kan deze vraag nakijken. Wil je zelf antwoord? Kies dan “Vraag de FG”."
WRITE = "Typ je reactie in één bericht. Noem geen namen. De FG leest haar bij je vraag. Toch niet? Typ “stop”."
REACTED = "Je reactie ligt bij de FG."
ALREADY = "Je hebt al gereageerd op dit antwoord. Heb je een nieuwe vraag? Stel haar gewoon hier."


class Asker:
    """Speaks with one person about what the FG does."""

    def __init__(self, composer: Composer, reviews: Reviews, owner: str, municipality: str | None) -> None:
        self._composer = composer
        self._reviews = reviews
        self._owner = owner
        self._municipality = municipality

    def rated(self, answer: int | None, value: int) -> Composed:
        """Keep a thumb."""
        if answer:
            self._reviews.rate(answer, value)
        return self._composer.plain(THANKS if value > 0 else SORRY, Verdict.INFO)

    def asked(self, answer: int | None, channel: str) -> Composed:
        """Put the question to the FG."""
        if answer:
            self._reviews.ask(answer)
        contacts = self._composer.knowledge.contacts_of(self._municipality)
        comes = (
            "Het antwoord komt hier terug. "
            if answer and channel in COMES_BACK
            else f"Wil je zelf antwoord? Neem contact op met {contacts.dpo}. "
        )
        return self._composer.plain(
            f"Ik heb je vraag aan de FG gegeven, zonder je naam. {comes}"
            f"Haast? Overleg met je leidinggevende of {contacts.privacy_officer}.",
            Verdict.INFO,
        )

    def answer(self, row: DpoAnswer) -> Composed:
        """The answer of the FG, as the person gets it."""
        question = row.question_text if len(row.question_text) <= 200 else f"{row.question_text[:200].rstrip()} …"
        parts = [Part("verdict", "De FG heeft je vraag beantwoord."), Part("plain", f"Je vroeg: “{question}”")]
        parts.append(Part("policy", f"Antwoord van de FG, {_day(row)}: {row.text}"))
        return self._composer.flow(parts, [(Button("Reageer", ""), {"do": "react", "to": row.id})], "idle")

    def shared(self, advice: Advice) -> list[Part]:
        """What the FG of this municipality answered before to a question that rests on the same rules."""
        municipality = advice.municipality or self._municipality
        if not municipality or not advice.rules:
            return []
        row = self._reviews.shared(municipality, advice.rules)
        if row is None:
            return []
        name = self._composer.knowledge.municipalities[municipality].name
        return [Part("policy", f"Antwoord van de FG van {name}, {_day(row)}: {row.text}")]

    def may_react(self, answer: int) -> bool:
        """True when the person may still react."""
        return self._reviews.may_react(answer, self._owner)

    def invited(self) -> Composed:
        """Ask for the reaction."""
        return self._composer.flow([Part("ask", WRITE)], [], STATE)


def _day(row: DpoAnswer) -> str:
    return day(row.written_at.astimezone(AMSTERDAM).date())
