"""Finds the phrases of a vocabulary in a message: inflected, mistyped, or with a gap.

A phrase matches word by word, on the word itself or on its dictionary form.  A `*` in a
phrase stands for at most three other words.  A word that no dictionary knows is compared
with the words of the vocabulary and taken for the nearest one if it is near enough.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from rapidfuzz import process
from rapidfuzz.distance import OSA

from nlu.reading.text import Token, is_dutch, lemma, tokens

GAP = "*"
MAX_GAP = 3
# A typing error is sought only in words long enough not to turn into another word.
MIN_FUZZY = 6
TWO_ERRORS_FROM = 10

Vocabulary = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Span:
    """A phrase found: which entity and value, from which token up to which."""

    entity: str
    value: str
    first: int
    last: int  # exclusive
    confidence: float

    @property
    def length(self) -> int:
        """The number of tokens."""
        return self.last - self.first


@dataclass(frozen=True)
class _Phrase:
    entity: str
    value: str
    words: tuple[str, ...]


class Lexicon:
    """All phrases, indexed by their first and last word and the dictionary forms of these.

    Args:
        vocabulary: per entity the phrases and their values.
        fuzzy: whether a word that no dictionary knows may be a typing error.
    """

    def __init__(self, vocabulary: Vocabulary, *, fuzzy: bool = True) -> None:
        self._by_ends: dict[tuple[str, str], list[_Phrase]] = {}
        words: set[str] = set()
        for entity, phrases in vocabulary.items():
            for text, value in phrases.items():
                phrase = _Phrase(entity, value, _words(text))
                if not phrase.words:
                    continue
                named = [word for word in phrase.words if word != GAP]
                words.update(named)
                first, last = phrase.words[0], named[-1]
                for ends in product({first, lemma(first)}, {last, lemma(last)}):
                    self._by_ends.setdefault(ends, []).append(phrase)
        self._words = words
        self._fuzzy = sorted(word for word in words if fuzzy and len(word) >= MIN_FUZZY)

    def find(self, found: Sequence[Token]) -> list[Span]:
        """All phrases in a message, the longest of each entity where they overlap."""
        read = [self._corrected(token) for token in found]
        words = [token for token, _ in read]
        said = {form for token in words for form in token.forms}
        spans: list[Span] = []
        for index, token in enumerate(words):
            for ends in product(token.forms, said):
                for phrase in self._by_ends.get(ends, ()):
                    last = _match(phrase.words, words, index)
                    if last is not None:
                        sure = 1.0 if all(exact for _, exact in read[index:last]) else 0.8
                        spans.append(Span(phrase.entity, phrase.value, index, last, sure))
        return _longest(spans)

    def _corrected(self, token: Token) -> tuple[Token, bool]:
        """The token, or the word of the vocabulary it was most likely meant to be."""
        word = token.norm
        if not self._fuzzy or len(word) < MIN_FUZZY or word in self._words or token.lemma in self._words:
            return token, True
        if not word.isalpha() or is_dutch(word):
            return token, True
        errors = 2 if len(word) >= TWO_ERRORS_FROM else 1
        near = process.extractOne(word, self._fuzzy, scorer=OSA.distance, score_cutoff=errors)
        if near is None or near[0][0] != word[0]:
            return token, True
        return replace(token, norm=near[0], lemma=lemma(near[0])), False


def _words(text: str) -> tuple[str, ...]:
    parts: list[str] = []
    for index, piece in enumerate(text.split(GAP)):
        if index:
            parts.append(GAP)
        parts.extend(token.norm for token in tokens(piece) if not token.is_end)
    return tuple(parts)


def _match(words: Sequence[str], found: Sequence[Token], index: int) -> int | None:
    """The token after the phrase when it starts at `index`, else None."""
    if not words:
        return index
    if words[0] == GAP:
        for skip in range(MAX_GAP + 1):
            if any(token.is_end for token in found[index : index + skip]):
                return None
            last = _match(words[1:], found, index + skip)
            if last is not None:
                return last
        return None
    if index >= len(found) or not _same(words[0], found[index]):
        return None
    return _match(words[1:], found, index + 1)


def _same(word: str, token: Token) -> bool:
    return word == token.norm or (len(word) > 3 and lemma(word) in (token.lemma, token.other))


def _longest(spans: list[Span]) -> list[Span]:
    kept: list[Span] = []
    for span in sorted(spans, key=lambda one: (-one.length, -one.confidence, one.first)):
        clash = any(one.entity == span.entity and one.first < span.last and span.first < one.last for one in kept)
        if not clash:
            kept.append(span)
    return sorted(kept, key=lambda one: (one.first, one.entity))
