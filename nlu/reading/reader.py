"""From a message to the facts of the case, as entities."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from nlu.reading.ages import ages
from nlu.reading.consent import only_asked
from nlu.reading.grammar import SOMEONE, Grammar, Part, Reading
from nlu.reading.language import model_lemmas
from nlu.reading.lexicon import Lexicon, Span
from nlu.reading.persons import in_one_word, owner
from nlu.reading.resident import resident
from nlu.reading.text import Token, fold, tokens
from nlu.reading.turns import Turns

Vocabulary = Mapping[str, Mapping[str, str]]

PERSON = "person"
# The party that stands for everyone without a row of his own.
STRANGER = "iemand-anders"
RESIDENT = "inwoner"
ASKER = "asker"  # the parties that may put the question
# "niet", "in plaats van" and what may stand between it and what is taken back.
_TAKEN_BACK = re.compile(
    r"\b(?:niet|geen|ipv|i\.p\.v\.|in plaats van)\s+(?:(?:met|aan|bij|van|voor|naar|de|het|een|dus)\s+)*$"
)

# Words that name one thing in two tables; the table that says more goes first.
EXCLUSIVE = ("party", "law", "municipality")

# "wmo klant", "wmo dossier": the law says what kind, and is no department.
OF_THE_LAW = frozenset(
    {
        "klant", "klanten", "client", "clienten", "dossier", "dossiers", "aanvraag", "aanvragen",
        "melding", "budget", "gegevens", "info", "informatie", "verslag", "plan", "indicatie",
        "beschikking", "voorziening", "hulp", "zaak", "casus", "traject", "uitkering", "begeleiding",
    }
)  # fmt: skip
# Only a preposition makes a law a department: "aan de wmo", "bij de bijstand".
SURE_DEPARTMENT = 0.75


@dataclass(frozen=True)
class Mention:
    """A fact that the message tells: Rasa's entity, with the role of a party.

    `start` and `end` are offsets in the message; `confidence` is 0 to 1.
    """

    entity: str
    value: str
    start: int
    end: int
    role: str | None = None
    confidence: float = 1.0
    person: str | None = None  # of whom the fact is told: moeder, vader, jeugdige


class Reader:
    """Reads messages with one vocabulary: entity -> phrase -> value."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._lexicon = Lexicon({entity: words for entity, words in vocabulary.items() if entity != ASKER})
        self._askers = vocabulary.get(ASKER, {})
        self._grammar = Grammar(self._askers)
        self._turns = Turns()
        self._lemmas = model_lemmas()
        self._negators = frozenset({"geen", "niet", "nooit"})

    def read(self, text: str) -> list[Mention]:
        """All facts that a message tells, in order of place; each entity and value once."""
        words = tokens(text, self._lemmas)
        spans = self._with_employer(words, _exclusive(self._lexicon.find(words)))
        others = self._others(words, spans)
        deciding = [one for one in others if one.entity == "consent" and one.person]
        found = [*(_as_person(party, words, spans, deciding) for party in self._parties(words, spans)), *others]
        found.extend(Mention("age", value, start, end) for value, start, end in ages(fold(text)))
        found = _uncorrected(fold(text), found)
        if not any(_takes_part(one) for one in found):
            found.extend(self._stranger(words, spans))
        found = self._labelled(words, spans, found)
        found.extend(self._resident(text, found))
        if not any(one.entity == "modality" for one in found) and self._turns.must(words):
            found.append(Mention("modality", "must", 0, len(text), confidence=0.7))
        found.extend(Mention("turn", kind, 0, len(text)) for kind in self._turns.read(words))
        return _once(sorted(found, key=lambda one: (one.start, one.entity)))

    def _with_employer(self, words: Sequence[Token], spans: list[Span]) -> list[Span]:
        """A profession and the organisation behind it as one party, the organisation."""
        kept = list(spans)
        parties = [span for span in spans if span.entity == "party"]
        for first, second in pairwise(parties):
            if self._grammar.employed(words, first, second):
                kept.remove(first)
                kept[kept.index(second)] = replace(second, first=first.first)
        return kept

    def _parties(self, words: Sequence[Token], spans: Sequence[Span]) -> list[Mention]:
        found: list[Mention] = []
        earlier: tuple[Span, Reading] | None = None
        taking_part: tuple[Span, Reading] | None = None  # the last who gets or gives something
        parties = [span for span in spans if span.entity == "party"]
        tells_us = self._grammar.of_the_subject(words, parties)
        for span in parties:
            reading = self._grammar.read(words, span)
            if span is tells_us:
                reading = Reading(Part.SOURCE, sure=0.85)
            if earlier and reading.part is Part.OPEN and earlier[1].part is not Part.ASKER:
                if self._grammar.too(words, span):
                    reading = replace((taking_part or earlier)[1], asked=False)
                elif self._grammar.joined(words, earlier[0], span):
                    reading = replace(earlier[1], asked=False)
            earlier = (span, reading)
            if reading.part in (Part.RECIPIENT, Part.SOURCE):
                taking_part = earlier
            found.append(self._mention(words, span, reading))
            if reading.asked:
                first = words[span.first]
                found.append(Mention("initiative", "asked", first.start, words[span.last - 1].end))
        return found

    def _mention(self, words: Sequence[Token], span: Span, reading: Reading) -> Mention:
        asker = reading.part is Part.ASKER
        value = span.value
        if asker:
            value = RESIDENT if value in SOMEONE else self._askers.get(value, value)
        return Mention(
            entity="role" if asker else "party",
            value=value,
            start=words[span.first].start,
            end=words[span.last - 1].end,
            role=None if asker else str(reading.part),
            confidence=min(span.confidence, reading.sure),
        )

    def _others(self, words: Sequence[Token], spans: Sequence[Span]) -> list[Mention]:
        persons = [span for span in spans if span.entity == PERSON]
        parties = [span for span in spans if span.entity == "party"]
        told = [span for span in spans if span.entity not in ("party", PERSON)]
        found = [
            Mention(
                span.entity,
                span.value,
                words[span.first].start,
                words[span.last - 1].end,
                role=self._part_of_law(words, span),
                confidence=span.confidence,
                person=owner(words, persons, span),
            )
            for span in told
            if not self._denied(words, span) and not self._masked(words, span) and not only_asked(words, parties, span)
        ]
        found.extend(
            Mention("consent", said.value, words[said.first].start, words[said.last - 1].end, person=said.person)
            for said in in_one_word(words, persons, told)
        )
        return found

    def _labelled(self, words: Sequence[Token], spans: Sequence[Span], found: list[Mention]) -> list[Mention]:
        """With who asks from a clause of its own, unless that was told already."""
        told = any(one.entity == "role" or (one.entity == "law" and one.role == str(Part.ASKER)) for one in found)
        label = None if told else self._grammar.label(words, spans)
        if label is None:
            return found
        place, value = label
        word = words[place]
        kept = [
            replace(one, role=None) if one.entity == "law" and one.start == word.start else one
            for one in found
            if not (one.entity == "party" and one.start == word.start)
        ]
        return [*kept, Mention("role", value, word.start, word.end, confidence=0.8)]

    @staticmethod
    def _resident(text: str, found: Sequence[Mention]) -> list[Mention]:
        """ "mag de gemeente mijn huisarts bellen": unless the asker's role is told."""
        place = None if any(one.entity == "role" for one in found) else resident(fold(text))
        return [Mention("role", RESIDENT, *place, confidence=0.8)] if place else []

    def _stranger(self, words: Sequence[Token], spans: Sequence[Span]) -> list[Mention]:
        """Somebody whom no table knows gets the data: "mag ik de hypotheekbank iets sturen"."""
        taken = {index for span in spans if span.entity not in ("term",) for index in range(span.first, span.last)}
        found = self._grammar.stranger(words, taken)
        if found is None:
            return []
        word = words[found]
        return [Mention("party", STRANGER, word.start, word.end, role=str(Part.RECIPIENT), confidence=0.7)]

    def _part_of_law(self, words: Sequence[Token], span: Span) -> str | None:
        """A law may stand for its department: "aan de wmo", "ik werk bij de wmo"."""
        if span.entity != "law":
            return None
        behind = words[span.last] if span.last < len(words) else None
        if span.length > 1 or (behind is not None and behind.norm in OF_THE_LAW):
            return None
        reading = self._grammar.read(words, span)
        named = reading.part in (Part.RECIPIENT, Part.SOURCE, Part.ASKER) and reading.sure >= SURE_DEPARTMENT
        return str(reading.part) if named else None

    @staticmethod
    def _masked(words: Sequence[Token], span: Span) -> bool:
        """True for a word that only announces what the guard took out: "bsn [bsn]"."""
        behind = words[span.last] if span.last < len(words) else None
        return span.entity in ("data", "term") and behind is not None and behind.norm.startswith("[")

    def _denied(self, words: Sequence[Token], span: Span) -> bool:
        """True for a worry that is denied: "niet onveilig", "geen gevaar"."""
        if span.entity != "concern":
            return False
        return any(token.norm in self._negators for token in words[max(0, span.first - 2) : span.first])


def _takes_part(one: Mention) -> bool:
    """True for a party that gets or gives the data, or that may; not for whom the data are about."""
    directed = one.role in (str(Part.RECIPIENT), str(Part.SOURCE))
    return one.entity == "party" and (directed or (one.role == str(Part.OPEN) and one.value not in SOMEONE))


def _as_person(party: Mention, words: Sequence[Token], spans: Sequence[Span], deciding: list[Mention]) -> Mention:
    """Somebody who says yes or no is not the one who gets the data: "van moeder hebben we toestemming"."""
    persons = {span.value for span in spans if span.entity == PERSON and words[span.first].start == party.start}
    if party.entity == "party" and any(one.person in persons for one in deciding):
        return replace(party, role=str(Part.MENTIONED))
    return party


def _uncorrected(folded: str, mentions: list[Mention]) -> list[Mention]:
    """Without what the message takes back: "niet school maar de bso", "11, niet 14", "bso ipv school"."""
    kinds = {"party": "side", "role": "side", "age": "age", "measure": "measure", "law": "law"}
    kept = []
    for one in mentions:
        others = [
            other
            for other in mentions
            if kinds.get(other.entity) == kinds.get(one.entity, "") and other.value != one.value
        ]
        behind = folded[one.end :].lstrip()
        taken_back = _TAKEN_BACK.search(folded[: one.start]) and (
            not behind or behind[0] in ",.;" or behind.startswith("maar")
        )
        if not (others and taken_back):
            kept.append(one)
    return kept


def _exclusive(spans: list[Span]) -> list[Span]:
    """Where two tables claim one word, the longer phrase wins, then the table listed first."""
    rank = {name: index for index, name in enumerate(EXCLUSIVE)}
    kept: list[Span] = []
    for span in sorted(spans, key=lambda one: (-one.length, rank.get(one.entity, 0), one.first)):
        clash = span.entity in rank and any(
            one.entity in rank and one.first < span.last and span.first < one.last for one in kept
        )
        if not clash:
            kept.append(span)
    return sorted(kept, key=lambda one: one.first)


def _once(mentions: list[Mention]) -> list[Mention]:
    """The same fact told twice is one fact; the surest telling counts."""
    best: dict[tuple[str | None, ...], Mention] = {}
    for mention in mentions:
        key = (mention.entity, mention.value, mention.role, mention.person)
        if key not in best or mention.confidence > best[key].confidence:
            best[key] = mention
    return sorted(best.values(), key=lambda one: (one.start, one.entity))
