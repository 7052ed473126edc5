"""The word lists of the guard, and the question whether something is an ordinary word."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from importlib.resources import files

from simplemma.strategies.dictionaries import DefaultDictionaryFactory

from bot.guard.normalise import fold

Phrase = tuple[str, ...]
WORD = re.compile(r"[^\W\d_]+(?:['’`\-][^\W\d_]+)*")


class Evidence(IntEnum):
    """How much a word by itself says that it is a name."""

    NONE = 0
    FUNCTION = 1  # verbs, adjectives, jargon
    MASS = 2  # words that need no article
    NOUN = 3  # words that need an article
    CLEAR = 4  # nothing but a name


@dataclass(frozen=True)
class Phrases:
    """Multi-word entries; `lengths` gives by first word how many words an entry can have, longest first."""

    entries: frozenset[Phrase]
    lengths: dict[str, tuple[int, ...]]

    def longest(self, words: Sequence[str], at: int) -> int:
        """The number of words of the longest entry that starts at this word; 0 when there is none."""
        for size in self.lengths.get(words[at], ()):
            if at + size <= len(words) and tuple(words[at : at + size]) in self.entries:
                return size
        return 0

    def holds(self, word: str) -> bool:
        """True when the word alone is an entry."""
        return (word,) in self.entries


@dataclass(frozen=True)
class Lexicon:
    """All lists, folded (lower case, no accents)."""

    first_names: dict[str, Evidence]
    surnames: dict[str, Evidence]
    full_surnames: Phrases  # with their prefix: "van den berg"
    places: Phrases
    organisations: Phrases
    school_names: frozenset[str]
    generic_streets: frozenset[str]
    domain_words: frozenset[str]


def _lines(name: str) -> list[str]:
    text = (files("bot.guard") / "data" / name).read_text(encoding="utf-8")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def _entries(name: str) -> list[str]:
    return [fold(part.strip()) for line in _lines(name) for part in line.split(",") if part.strip()]


def _words(name: str) -> list[str]:
    return [fold(word) for line in _lines(name) for word in line.split()]


def _evidence(name: str) -> dict[str, Evidence]:
    result: dict[str, Evidence] = {}
    for line in _lines(name):
        kind, _, words = line.partition(":")
        result.update({fold(word): Evidence[kind.strip().upper()] for word in words.split()})
    return result


@lru_cache(maxsize=1)
def name_contexts() -> dict[str, frozenset[str]]:
    """The words around names, by what they tell."""
    groups: dict[str, set[str]] = {}
    for line in _lines("name_contexts.txt"):
        group, _, words = line.partition(":")
        groups.setdefault(group, set()).update(words.split())
    return {group: frozenset(words) for group, words in groups.items()}


def _phrases(entries: list[str]) -> Phrases:
    phrases = frozenset(phrase for phrase in (tuple(WORD.findall(entry)) for entry in entries) if phrase)
    lengths: dict[str, set[int]] = {}
    for phrase in phrases:
        lengths.setdefault(phrase[0], set()).add(len(phrase))
    return Phrases(phrases, {first: tuple(sorted(sizes, reverse=True)) for first, sizes in lengths.items()})


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The lists, read once."""
    ambiguous = _evidence("ambiguous_names.txt")
    first = dict.fromkeys(_words("first_names.txt"), Evidence.CLEAR)
    # Two letters are an abbreviation more often than a name.
    first = {word: Evidence.FUNCTION if len(word) < 3 else rank for word, rank in first.items()} | ambiguous
    surname_entries = _entries("surnames.txt")
    bare = {entry: Evidence.CLEAR for entry in surname_entries if " " not in entry}
    bare = {word: Evidence.FUNCTION if len(word) < 3 else rank for word, rank in bare.items()}
    return Lexicon(
        first_names=first,
        surnames=bare | _evidence("ambiguous_surnames.txt"),
        full_surnames=_phrases([entry for entry in surname_entries if " " in entry]),
        places=_phrases(_entries("places.txt")),
        organisations=_phrases(_entries("organisations.txt")),
        school_names=frozenset(_words("school_names.txt")),
        generic_streets=frozenset(_words("generic_streets.txt")),
        domain_words=frozenset(_words("domain_words.txt")),
    )


@lru_cache(maxsize=1)
def _dictionary() -> Mapping[str, str]:
    return DefaultDictionaryFactory().get_dictionary("nl")


def is_word(word: str) -> bool:
    """True when the word (as typed) is an ordinary Dutch word, a compound of two, or jargon."""
    return _is_word(word.lower())


def is_entry(word: str) -> bool:
    """True when the word itself is in the dictionary or jargon; surnames are often compounds of two words."""
    low = word.lower()
    return low in _dictionary() or fold(low) in lexicon().domain_words


@lru_cache(maxsize=20_000)
def _is_word(word: str) -> bool:
    if word in _dictionary() or fold(word) in lexicon().domain_words:
        return True
    if "-" in word:
        return all(_is_word(part) for part in word.split("-") if part)
    return len(word) >= 8 and any(_is_compound(word, cut) for cut in range(4, len(word) - 3))


def _is_compound(word: str, cut: int) -> bool:
    known = _dictionary()
    left, right = word[:cut], word[cut:]
    return right in known and (left in known or (left.endswith("s") and left[:-1] in known))


_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@lru_cache(maxsize=5_000)
def is_near_word(word: str) -> bool:
    """True when one typing error away from an ordinary word, or built on a long one."""
    known, jargon = _dictionary(), lexicon().domain_words
    if len(word) > 9 and any(word[:cut] in known or word[:cut] in jargon for cut in range(6, len(word))):
        return True
    cuts = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    return any(
        left + right[1:] in known
        or (len(right) > 1 and left + right[1] + right[0] + right[2:] in known)
        or any(left + letter + right in known or left + letter + right[1:] in known for letter in _LETTERS)
        for left, right in cuts
    )
