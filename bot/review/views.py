"""What stands on the pages of the FG, in words and links: the templates write it down as it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from pydantic import ValidationError

from bot.clock import AMSTERDAM
from bot.compose import KINDS
from bot.review.changed import Change
from bot.review.signals import LABELS
from bot.store.models import Answer, DpoAnswer, Judgement, Question
from bot.store.reviews import Asked, Item
from knowledge.answer import capitalised, day
from knowledge.knowledge import Knowledge
from knowledge.question import Advice
from knowledge.schema import Verdict
from knowledge.titles import Titles
from knowledge.wording import verdict_in_words

# What a message can mean beside the topics of the knowledge.
_INTENTS: Final = {
    "button": "Een knop van een eerder antwoord",
    "consent_refused": "Toestemming die geweigerd is",
    "danger": "Gevaar",
    "explain_bot": "Wat Deelwijzer is",
    "goodbye": "Een afscheid",
    "greet": "Een begroeting",
    "human": "Een mens willen spreken",
    "inform": "Een gegeven bij een eerdere vraag",
    "legal_other": "Recht, maar geen privacy",
    "misuse": "Misbruik",
    "off_topic": "Iets heel anders",
    "restart": "Opnieuw beginnen",
    "thanks": "Een bedankje",
}
_CHANNELS: Final = {"web": "webchat", "telegram": "Telegram", "teams": "Teams", "api": "een ander programma"}
_DONE: Final = {
    "correct": "Klopt",
    "wrong": "Klopt niet",
    "answered": "Beantwoord",
    "example": "Voorbeeld gemaakt",
    "wish": "Op de wensenlijst",
    "wish_done": "Wens is verwerkt",
    "closed": "Gesloten",
    "telling": "Bericht staat klaar: het antwoord is nu anders",
    "told": "Verteld dat het antwoord nu anders is",
}
# The facts that the FG can set right; words and parts of a topic go in the note.
CORRECTABLE: Final = (
    "role", "party", "data", "initiative", "consent", "age", "custody", "measure", "purpose", "concern",
)  # fmt: skip
# The tables speak to who asks; here somebody else reads.
_FACTS: Final = {"role": "Rol van wie vraagt"}
_SPOKEN: Final = {
    Verdict.NEEDS_INFO: "dat hangt ervan af",
    Verdict.OUT_OF_SCOPE: "daar gaat Deelwijzer niet over",
    Verdict.NOT_UNDERSTOOD: "er is geen regel die past",
}
_SHORT: Final = 240  # characters of a question in a list


@dataclass(frozen=True)
class Option:
    """A line of a list to choose from."""

    id: str
    label: str
    chosen: bool = False


@dataclass(frozen=True)
class FactField:
    """A fact with the values it can have."""

    id: str
    label: str
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Link:
    """A name that leads to a page, when there is one."""

    title: str
    href: str | None


@dataclass(frozen=True)
class Row:
    """One question in a list."""

    id: int
    text: str
    verdict: str
    obligation: str | None
    reasons: tuple[str, ...]
    topic: str
    municipality: str
    day: str


@dataclass(frozen=True)
class FactLine:
    """A fact as the bot read it."""

    id: str
    label: str
    value: str
    spoken: str
    assumed: bool


@dataclass(frozen=True)
class RuledOut:
    """Rules that did not apply because of one fact."""

    why: str
    rules: tuple[Link, ...]

    @property
    def count(self) -> int:
        """How many rules."""
        return len(self.rules)


@dataclass(frozen=True)
class Understood:
    """One of the questions in a message."""

    topic: str
    facts: tuple[FactLine, ...]
    used: tuple[Link, ...]
    ruled_out: tuple[RuledOut, ...]


@dataclass(frozen=True)
class Done:
    """Something that the FG made of a question."""

    what: str
    when: str
    by: str
    details: tuple[str, ...]
    note: str


@dataclass(frozen=True)
class Answered:
    """An answer of the FG."""

    id: int
    text: str
    when: str
    delivered: str
    shared: bool
    reaction: str
    reacted: str
    municipality: str = ""
    question: int | None = None
    question_text: str = ""
    rules: tuple[Link, ...] = ()


@dataclass(frozen=True)
class ItemPage:
    """Everything of one question."""

    id: int
    text: str
    masked: tuple[str, ...]
    facts_of: tuple[tuple[str, str], ...]
    reasons: tuple[str, ...]
    closed: str
    intent: str
    intent_label: str
    confidence: str
    understood: tuple[Understood, ...]
    answer: str
    verdict: str
    obligation: str | None
    rating: str
    sources: tuple[Link, ...]
    version: str
    law_on: str
    similar: tuple[Row, ...]
    done: tuple[Done, ...]
    answers: tuple[Answered, ...]


@dataclass(frozen=True)
class Side:
    """An answer, as it was or as it is now."""

    verdict: str
    obligation: str | None
    branches: tuple[str, ...]
    rules: tuple[Link, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True)
class ChangePage:
    """A group of questions that would get another answer now."""

    id: str
    topic: str
    facts: tuple[FactLine, ...]
    what: str
    old: Side
    new: Side
    questions: tuple[int, ...]
    total: int
    to_tell: int
    told: int
    nowhere: int


class Views:
    """Makes them, in the words of the knowledge."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._titles = Titles(knowledge)

    # -- lists -------------------------------------------------------------------------

    def row(self, question: Question, answer: Answer | None = None) -> Row:
        """A question in a list."""
        return Row(
            id=question.id or 0,
            text=short(question.text),
            verdict=question.verdict,
            obligation=answer.obligation if answer else None,
            reasons=tuple(LABELS[one] for one in question.signals if one in LABELS),
            topic=self.topic(question.act, question.party) or self.intent(question.intent),
            municipality=self.municipality(question.municipality),
            day=spoken_day(question.asked_at),
        )

    def topic(self, act: str, party: str) -> str:
        """What a question is about, with the other party; "" when that is not known."""
        if not act:
            return ""
        with_whom = f" ({self._knowledge.label('party', party)})" if party else ""
        return f"{self._knowledge.label('act', act)}{with_whom}"

    def municipality(self, municipality: str | None) -> str:
        """The name of a municipality; "" when none was chosen."""
        return self._knowledge.label("municipality", municipality) if municipality else ""

    def intent(self, intent: str) -> str:
        """What a message means, in words."""
        return _INTENTS.get(intent) or self._knowledge.label("act", intent)

    def rule(self, rule: str) -> Link:
        """The title of a rule with its page; of one that is gone its id."""
        row = self._knowledge.rules.get(rule)
        return Link(self._titles.rule(row), f"/kennis/regel/{rule}") if row else Link(rule, None)

    def rules(self, rules: Iterable[str]) -> tuple[Link, ...]:
        """Rules by their titles."""
        return tuple(self.rule(one) for one in rules)

    # -- one question ------------------------------------------------------------------

    def item(self, item: Item, names: Mapping[str, str]) -> ItemPage:
        """Everything of one question; `names` are those of the accounts, by their ids."""
        question, answer = item.question, item.answer
        about = {
            "Gesteld op": spoken_moment(question.asked_at),
            "Gemeente": self.municipality(question.municipality) or "niet gekozen",
            "Onderwerp": self.topic(question.act, question.party) or self.intent(question.intent),
        }
        if item.channel:
            about["Vraagt de FG om antwoord via"] = _CHANNELS.get(item.channel, item.channel)
        return ItemPage(
            id=question.id or 0,
            text=question.text,
            masked=tuple(KINDS.get(kind, "een persoonlijk gegeven") for kind in question.masked),
            facts_of=tuple(about.items()),
            reasons=tuple(LABELS[one] for one in question.signals if one in LABELS),
            closed=spoken_moment(question.closed_at) if question.closed_at else "",
            intent=question.intent,
            intent_label=self.intent(question.intent) if question.intent else "niets",
            confidence=f"{round(question.confidence * 100)} %",
            understood=self.understood(item),
            answer=answer.text,
            verdict=answer.verdict,
            obligation=answer.obligation,
            rating={1: "duim omhoog", -1: "duim omlaag"}.get(answer.rating or 0, ""),
            sources=tuple(_source(one) for one in answer.citations),
            version=answer.knowledge_version,
            law_on=day(date.fromisoformat(answer.law_on)),
            similar=tuple(self.row(one) for one in item.similar),
            done=tuple(self._done(one, names) for one in item.judgements),
            answers=tuple(self.answered(one) for one in item.answers),
        )

    def understood(self, item: Item) -> tuple[Understood, ...]:
        """What the bot read, for each of the questions in a message."""
        return tuple(filter(None, map(self._understood, item.answer.advices))) or self._read(item.question)

    def fact_fields(self, understood: Sequence[Understood]) -> tuple[FactField, ...]:
        """The facts that can be set right, each as the bot read it."""
        read = {fact.id: fact.value for one in reversed(understood) for fact in one.facts}
        return tuple(
            FactField(
                fact,
                self._fact(fact),
                tuple(Option(one, label, one == read.get(fact)) for one, label in self._values(fact)),
            )
            for fact in CORRECTABLE
        )

    def examples(self, understood: Sequence[Understood], learned: Mapping[str, str] | None) -> tuple[FactLine, ...]:
        """What the bot should read in an example: as the FG put it right, or as it was said."""
        if learned:
            return tuple(
                FactLine(fact, self._fact(fact), value, self._value(fact, value), assumed=False)
                for fact, value in learned.items()
            )
        said = {fact.id: fact for one in reversed(understood) for fact in one.facts if not fact.assumed}
        return tuple(said[fact] for fact in CORRECTABLE if fact in said)

    def _values(self, fact: str) -> list[tuple[str, str]]:
        k = self._knowledge
        if fact == "data":
            found = [(one, row.label) for one, row in k.data_categories.items()]
        elif fact in ("role", "party"):
            found = [(one, row.label) for one, row in k.parties.items() if fact == "party" or row.asks]
        else:
            return [(value.id, capitalised(value.label)) for value in k.facts[fact].values]
        return sorted(((one, capitalised(label)) for one, label in found), key=lambda pair: pair[1].casefold())

    def answered(self, row: DpoAnswer) -> Answered:
        """An answer of the FG."""
        if row.delivered_at:
            delivered = f"Verstuurd op {spoken_moment(row.delivered_at)}"
        elif row.channel == "web":
            delivered = "Klaar; wie het vroeg ziet het bij een volgend bezoek aan de webchat"
        else:
            delivered = "Niet verstuurd"
        return Answered(
            id=row.id or 0,
            text=row.text,
            when=spoken_moment(row.written_at),
            delivered=delivered,
            shared=row.shared,
            reaction=row.reaction,
            reacted=spoken_moment(row.reacted_at) if row.reacted_at else "",
            municipality=self.municipality(row.municipality),
            question=row.question_id,
            question_text=short(row.question_text),
            rules=self.rules(row.rules.split()),
        )

    def _understood(self, kept: Mapping[str, Any]) -> Understood | None:
        try:
            advice = Advice.model_validate(kept)
        except ValidationError:  # kept by an earlier program, in another form
            return None
        out: dict[tuple[str, str], list[str]] = {}
        for one in advice.ruled_out:
            out.setdefault((one.fact, one.why), []).append(one.rule)
        return Understood(
            topic=self.topic(advice.act, ""),
            facts=self._facts(advice),
            used=self.rules(advice.rules),
            ruled_out=tuple(
                RuledOut(f"{self._fact(fact)}: {self._value(fact, why)}", self.rules(rules))
                for (fact, why), rules in out.items()
            ),
        )

    def _read(self, question: Question) -> tuple[Understood, ...]:
        """What was read of a message that led to no advice."""
        facts = tuple(
            FactLine(one["entity"], self._fact(one["entity"]), value, self._value(one["entity"], value), assumed=False)
            for one in question.entities
            if (value := str(one.get("value", ""))) and "entity" in one
        )
        return (Understood("", facts, (), ()),) if facts else ()

    def _facts(self, advice: Advice) -> tuple[FactLine, ...]:
        assumed = {one.fact for one in advice.assumed} | set(advice.implied)
        return tuple(
            FactLine(
                name,
                self._fact(name),
                values[0] if values else "",
                ", ".join(self._value(name, value) for value in values),
                name in assumed,
            )
            for name, values in advice.facts.items()
        )

    def _fact(self, fact: str) -> str:
        row = self._knowledge.facts.get(fact)
        return _FACTS.get(fact) or (capitalised(row.label) if row else fact)

    def _value(self, fact: str, value: str) -> str:
        return self._knowledge.label(fact, value)

    def _done(self, row: Judgement, names: Mapping[str, str]) -> Done:
        details = []
        if row.intent:
            details.append(f"Onderwerp: {self.intent(row.intent)}")
        if row.what == "wrong":
            details += [f"{self._fact(fact)}: {self._value(fact, str(value))}" for fact, value in row.facts.items()]
        if row.rule:
            details.append(f"Regel: {self.rule(row.rule).title}")
        by = names.get(row.by, "een account dat er niet meer is")
        return Done(_DONE.get(row.what, row.what), spoken_moment(row.made_at), by, tuple(details), row.note)

    # -- changed answers ---------------------------------------------------------------

    def change(self, change: Change, asked: Sequence[Asked]) -> ChangePage:
        """A group of questions with the old answer and the new one."""
        people = {one.owner for one in asked}
        told = {one.owner for one in asked if change.outcome in one.told}
        reachable = {one.owner for one in asked if one.reachable}
        return ChangePage(
            id=change.id,
            topic=self.topic(change.old.act, ""),
            facts=self._facts(change.old),
            what=what_changed(change),
            old=self._side(change.old),
            new=self._side(change.new),
            questions=tuple(one.question for one in asked[:3]),
            total=len(asked),
            to_tell=len(reachable - told),
            told=len(told),
            nowhere=len(people - reachable - told),
        )

    def _side(self, advice: Advice) -> Side:
        branches = (
            f"{', '.join(self._value(fact, value) for fact, value in one.when.items())}: "
            f"{verdict_in_words(one.outcome.verdict, one.outcome.obligation)}"
            for one in advice.branches
        )
        return Side(
            verdict=str(advice.verdict),
            obligation=str(advice.obligation) if advice.obligation else None,
            branches=tuple(capitalised(one) for one in branches),
            rules=self.rules(advice.rules),
            sources=tuple(self._titles.cite(cite) for cite in advice.cites if cite.law in self._knowledge.laws),
        )


def news(question: str, change: Change) -> str:
    """What somebody is told whose question would get another answer now."""
    asked = f"Je vroeg eerder: “{short(question, 200)}”"
    ask_again = "Stel je vraag opnieuw, dan krijg je het hele antwoord met de wetsartikelen."
    old, new = _spoken(change.old), _spoken(change.new)
    if old != new:
        changed = f"De regels zijn sindsdien veranderd. Toen was het antwoord: {old}. Nu is het: {new}."
    elif change.new.verdict is Verdict.INFO:
        changed = "De uitleg daarover is sindsdien veranderd."
    else:
        changed = f"De uitkomst blijft: {new}. Wel zijn de regels of de wetsartikelen eronder veranderd."
    return f"{asked}\n\n{changed}\n\n{ask_again}"


def what_changed(change: Change) -> str:
    """What is different, in a few words."""
    old, new = change.old, change.new
    different = [
        word
        for word, is_other in (
            ("de uitkomst", change.verdict_changed),
            ("de regels", set(old.rules) != set(new.rules)),
            ("de artikelen", set(old.cites) != set(new.cites)),
        )
        if is_other
    ]
    return f"Anders: {', '.join(different)}" if different else "Anders: wat er geldt per situatie"


def _spoken(advice: Advice) -> str:
    return _SPOKEN.get(advice.verdict) or verdict_in_words(advice.verdict, advice.obligation)


def _source(citation: Mapping[str, Any]) -> Link:
    paragraph = f" {citation['paragraph']}" if citation.get("paragraph") else ""
    url = str(citation.get("url") or "")
    title = f"art. {citation.get('article')}{paragraph} {citation.get('law')}"
    return Link(title, url if url.startswith(("https://", "http://")) else None)


def short(text: str, most: int = _SHORT) -> str:
    """A text of at most so many characters, and a few dots."""
    return text if len(text) <= most else f"{text[:most].rstrip()} …"


def spoken_day(moment: datetime) -> str:
    """The Dutch day of a moment: "22 november 2026"."""
    return day(moment.astimezone(AMSTERDAM).date())


def spoken_moment(moment: datetime) -> str:
    """The Dutch day and time of a moment."""
    here = moment.astimezone(AMSTERDAM)
    return f"{day(here.date())}, {here:%H:%M} uur"
