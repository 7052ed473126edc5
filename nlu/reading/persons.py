"""Whose fact it is: "van moeder hebben we toestemming, vader weigert"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nlu.reading.lexicon import Span
from nlu.reading.text import Token

# Facts that each person has for himself.
PERSONAL = ("consent", "custody")
# Both parents at once: the fact belongs to neither of them apart.
TOGETHER = "ouders"
# Not said of one person, whoever is named beside it.
NOT_PERSONAL = ("partial", "unasked")
REACH = 7  # words between a person and what is said of that person
BREAKS = frozenset({"maar", "terwijl", "want"})
YES = frozenset({"wel", "ja", "akkoord", "goed", "prima", "oke", "toestemming", "handtekening"})
NO = frozenset({"niet", "nee", "weigert"})
# Words that may stand between a person and a bare yes or no.
BETWEEN = frozenset(
    {
        "zegt", "zei", "is", "nu", "het", "heeft", "geeft", "dat", "vindt", "wil", "dus", "nog",
        "hebben", "heb", "we", "wij", "ik", "al", "inmiddels", "ook", "er", "gaf", "gaven",
    }
)  # fmt: skip

ARTICLES = frozenset({"de", "het", "een", "mijn", "onze", "ons", "dit", "deze", "die", "n", "t"})

# "van moeder hebben we toestemming", but not "vader toestemming vragen".
CONSENT = frozenset({"toestemming", "akkoord", "handtekening"})
NOT_YET = frozenset({"nodig", "vragen", "vraag", "krijgen", "regelen", "vereist", "verplicht", "genoeg", "geven"})


@dataclass(frozen=True)
class Said:
    """A yes or no in one word: "moeder wel, vader niet"."""

    person: str
    value: str
    first: int
    last: int


def owner(words: Sequence[Token], persons: Sequence[Span], fact: Span) -> str | None:
    """The person of whom a fact is told, or None when it is nobody's in particular."""
    if fact.entity not in PERSONAL or fact.value in NOT_PERSONAL:
        return None
    nearest: tuple[int, str] | None = None
    for person in persons:
        if _of_another(words, persons, person):
            continue
        distance = _distance(words, person, fact)
        if distance is not None and (nearest is None or distance < nearest[0]):
            nearest = (distance, person.value)
    return None if nearest is None or nearest[1] == TOGETHER else nearest[1]


def _of_another(words: Sequence[Token], persons: Sequence[Span], person: Span) -> bool:
    """True for the child in "de moeder van een meisje van 8 wil niet": it only tells whose mother."""
    place = person.first - 1
    while place > 0 and words[place].norm in ARTICLES:
        place -= 1
    return place > 0 and words[place].norm == "van" and any(other.last == place for other in persons)


def _distance(words: Sequence[Token], person: Span, fact: Span) -> int | None:
    if person.first < fact.last and fact.first < person.last:
        return 0
    if person.last <= fact.first:
        between = words[person.last : fact.first]
        far = len(between)
    else:
        between = words[fact.last : person.first]
        # Behind the fact only "van moeder" belongs to it.
        far = len(between) if any(token.norm in ("van", "door") for token in between) else REACH + 1
    broken = any(token.is_end or token.norm in BREAKS for token in between)
    return None if broken or far > REACH else far


def in_one_word(words: Sequence[Token], persons: Sequence[Span], told: Sequence[Span]) -> Iterator[Said]:
    """Persons with a bare yes or no behind them, where consent is what the message is about."""
    parents = [person for person in persons if person.value != TOGETHER]
    about_consent = any(span.entity in PERSONAL for span in told) or any(
        token.norm.startswith(("toestem", "teken", "geteken", "akkoord")) for token in words
    )
    found = [said for person in parents if (said := _said(words, person, told))]
    if about_consent or len(words) <= REACH or len({said.value for said in found}) > 1:
        yield from found


def _said(words: Sequence[Token], person: Span, told: Sequence[Span]) -> Said | None:
    if any(span.entity in PERSONAL and owner(words, [person], span) for span in told):
        return None
    for index in range(person.last, min(len(words), person.last + 5)):
        word, behind = words[index].norm, words[index + 1].norm if index + 1 < len(words) else ""
        if word in CONSENT and behind in NOT_YET:
            return None
        if word == "ook" and behind in YES | NO:
            continue
        if word in YES or word in NO:
            negated = word in NO or behind in NO
            return Said(person.value, "refused" if negated else "given", person.first, index + 1)
        if word not in BETWEEN:
            return None
    return None
