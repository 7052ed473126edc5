"""What a rule is called for people who read the knowledge itself: it has an id, but no title of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from knowledge.answer import capitalised, day
from knowledge.ending import DEADLINE, NO_DEADLINE, NO_OUTCOME, NOTHING_TOLD, OUTCOME, PEOPLE, TOLD, filled
from knowledge.knowledge import PARTY_FACTS, Knowledge
from knowledge.question import unique
from knowledge.schema import AgeRule, Article, Cite, ConsentOutcome, Contacts, DatedRow, Rule

DEFINITION = "definition"
MAX_VALUES = 3

# The acts between two parties: the verb, and the word that binds the other party to it.
_VERBS = {"share": ("delen", "met"), "request": ("opvragen", "bij"), "record": ("vastleggen", "over")}
# Facts whose labels read well inside a sentence; the others come with the name of the fact.
_SPEAKING = (*PARTY_FACTS, "age", "aspect", "data", "law", "term")
# What people call one row of a kind.
KIND_LABELS = {
    "party": "Partij",
    "law": "Wet",
    "municipality": "Gemeente",
    "definition": "Begrip",
    "flow": "Gesprek",
    "rule": "Regel",
    "age": "Leeftijd",
    "consent_outcome": "Toestemming",
    "article": "Artikel",
    "policy": "Lokaal beleid",
}
# What the subjects of the age table are about; a new one is called by its id.
_SUBJECTS = {
    "jeugdhulp-informatie": "Informatie uit de jeugdhulp delen",
    "wmo-verstrekken": "Gegevens uit de Wmo delen",
    "avg-toestemming": "Toestemming volgens de AVG",
    "wgbo-informatie": "Medische informatie delen (Wgbo)",
    "avg-rechten": "Privacyrechten (AVG): inzage, correctie, bezwaar",
    "jeugdhulp": "Toestemming voor jeugdhulp",
    "medische-behandeling": "Toestemming voor een medische behandeling (Wgbo)",
    "wmo-inzage": "Inzage bij de Wmo",
    "ouders-informeren": "Wat ouders mogen horen van de jeugdhulp",
    "vir-verzoeken": "Verzoeken over de verwijsindex (VIR)",
}


class Titles:
    """Names rules by the question that they answer."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    def rule(self, rule: Rule) -> str:
        """The question in a few words: "Delen: de toegang jeugd met de school, bij een besluit"."""
        ended = f" (tot en met {day(rule.valid_to)})" if rule.valid_to else ""
        return f"{self._question(rule)}{ended}"

    def fact(self, fact: str, value: str) -> str:
        """A value of a fact inside a sentence: "bij een OTS", "12 tot en met 15", "ja"."""
        row = self._knowledge.fact_value(fact, value)
        label = self._knowledge.label(fact, value)
        if fact not in PARTY_FACTS and row and row.short:
            return row.short
        return label if fact in _SPEAKING else f"{label[0].lower()}{label[1:]}"

    def article(self, article: Article) -> str:
        """As it stands in an answer: "art. 7.3.11 Jeugdwet"."""
        ended = f" (tot en met {day(article.valid_to)})" if article.valid_to else ""
        return f"art. {article.number} {self._knowledge.laws[article.law].title}{ended}"

    def cite(self, cite: Cite) -> str:
        """A citation, whatever the day: "art. 7.3.11 lid 4 Jeugdwet"."""
        paragraph = f" {cite.paragraph}" if cite.paragraph else ""
        return f"art. {cite.number}{paragraph} {self._knowledge.laws[cite.law].title}"

    def age(self, row: AgeRule) -> str:
        """The subject and the ages: "Delen door de jeugdhulp: 12 tot en met 15"."""
        return f"{self.subject(row.subject)}: {self.ages(row.bands)}"

    def ages(self, held: Sequence[str]) -> str:
        """Bands of ages as one span: "onder 16", "12 tot en met 15", "vanaf 16"."""
        bands = [value.id for value in self._knowledge.facts["age"].values]
        first, last = (find(bands.index(band) for band in held) for find in (min, max))
        if last - first + 1 != len(set(held)) or first == last > 0:
            return listed([self.fact("age", band) for band in held], "of")
        if last == len(bands) - 1:
            return f"vanaf {bands[first].split('-')[1]}"
        until = int(bands[last + 1].split("-")[1])
        return f"onder {until}" if first == 0 else f"{bands[first].split('-')[1]} tot en met {until - 1}"

    def subject(self, subject: str) -> str:
        """What the consent or the right of an age rule is about."""
        return _SUBJECTS.get(subject) or capitalised(subject.replace("-", " "))

    def consent_outcome(self, row: ConsentOutcome) -> str:
        """The state of the consent: "De toestemming: die is geweigerd"."""
        named = [
            f"{self._knowledge.facts[fact].label}: {listed([self.fact(fact, value) for value in values], 'of')}"
            for fact, values in row.when.items()
        ]
        return capitalised("; ".join(named))

    def _question(self, rule: Rule) -> str:
        if DEFINITION in rule.acts and "term" in rule.when:
            return capitalised(self._listed("term", rule.when["term"]))
        who = self._listed("role", rule.when.get("role", ()))
        other = self._listed("party", rule.when.get("party", ()))
        verbs = [_VERBS[act][0] for act in rule.acts if act in _VERBS]
        acts = listed(verbs, "en") or self._knowledge.label("act", rule.acts[0])
        if verbs and other:
            other = f"{_VERBS[rule.acts[0]][1]} {other}"
            if who:
                who, other = f"{who} {other}", ""
            else:
                acts, other = f"{acts} {other}", ""
        conditions = [self._listed(fact, values) for fact, values in rule.when.items() if fact not in PARTY_FACTS]
        last = "in andere gevallen" if rule.residual else ""
        told = ", ".join(piece for piece in (who, other, *conditions, last) if piece)
        return capitalised(f"{acts}: {told}" if told else acts)

    def _listed(self, fact: str, values: Sequence[str]) -> str:
        """Several values as one piece; of a long list the last ones as a number."""
        labels = unique(self.fact(fact, value) for value in values)
        if len(labels) > MAX_VALUES + 1:
            labels = (*labels[:MAX_VALUES], f"{len(labels) - MAX_VALUES} andere")
        text = listed(labels, "of")
        speaks = fact in _SPEAKING or not labels or any(self._has_short(fact, value) for value in values)
        return text if speaks else f"{self._knowledge.facts[fact].label} “{text}”"

    def _has_short(self, fact: str, value: str) -> bool:
        row = self._knowledge.fact_value(fact, value)
        return bool(row and row.short)


def listed(labels: Sequence[str], last: str) -> str:
    """ "a, b of c", with the word that goes before the last one."""
    return f" {last} ".join(piece for piece in (", ".join(labels[:-1]), *labels[-1:]) if piece)


def with_people(text: str, contacts: Contacts) -> str:
    """A sentence of a guided conversation with the people in it, and its term in general words."""
    people = {name: getattr(contacts, name) for name in PEOPLE}
    return filled(text, {**people, DEADLINE: NO_DEADLINE, OUTCOME: NO_OUTCOME, TOLD: NOTHING_TOLD})


def checked_by(row: DatedRow) -> str:
    """Who with legal training looked at a row, in words: the team that wrote it does not count."""
    if row.checked is None:
        return "nog niet door een jurist nagekeken"
    said = f"nagekeken door {row.checked.by} op {day(row.checked.on)}"
    later = row.verified_on > row.checked.on
    return f"{said}; daarna nog nagelopen door het team, op {day(row.verified_on)}" if later else said


def period(first: date | None, last: date | None) -> str:
    """When something holds, in words: "vanaf 1 januari 2015", "van ... tot en met ..."."""
    if first and last:
        return f"van {day(first)} tot en met {day(last)}"
    return f"vanaf {day(first)}" if first else "altijd"
