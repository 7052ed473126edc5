"""The words of a message with what the name recogniser needs to know about each."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.guard.lexicon import WORD, Evidence, Lexicon, Phrases
from bot.guard.normalise import fold
from bot.guard.spans import PLACEHOLDER

_SENTENCE_END = re.compile(r"[.!?:;\n•|]|^\s*[-*]\s*$")
_PREFIX_PARTS = {"de", "van", "den", "der", "ter", "ten", "el", "al"}


@dataclass(frozen=True)
class Token:
    """A word. `low` is folded; `gap` is the text between the word before and this one.

    `capital` is false throughout when the message does not use capitals as sentences do.
    `kept` marks a word of an organisation, `place` one of a town; `opaque` a placeholder.
    """

    start: int
    end: int
    text: str
    low: str
    gap: str
    capital: bool
    opens: bool
    first: Evidence
    surname: Evidence
    kept: bool = False
    place: bool = False
    opaque: bool = False

    @property
    def is_letter(self) -> bool:
        """A single letter: an initial, or the remains of a word."""
        return len(self.low) == 1


def tokenise(text: str, words: Lexicon) -> list[Token]:
    """The words and placeholders of the text, in order."""
    holes = [(found.start(), found.end()) for found in PLACEHOLDER.finditer(text)]
    pieces: list[tuple[int, int, bool]] = [(start, end, True) for start, end in holes]
    at = 0
    for start, end in [*holes, (len(text), len(text))]:
        pieces += [(found.start(), found.end(), False) for found in WORD.finditer(text, at, start)]
        at = end
    pieces.sort()
    folded = fold(text)
    capitals_mean = _capitals_mean([text[start:end] for start, end, hole in pieces if not hole])
    low = ["" if hole else folded[start:end] for start, end, hole in pieces]
    gaps = [text[(pieces[i - 1][1] if i else 0) : start] for i, (start, _, _) in enumerate(pieces)]
    kept = _cover(low, gaps, words.organisations)
    place = _cover(low, gaps, words.places)
    return [
        Token(
            start, end, text[start:end], low[i], gaps[i],
            capital=capitals_mean and not hole and text[start].isupper(),
            opens=i == 0 or bool(_SENTENCE_END.search(gaps[i])),
            first=_first_name(low[i], words), surname=_surname(low[i], words),
            kept=kept[i], place=place[i], opaque=hole,
        )
        for i, (start, end, hole) in enumerate(pieces)
    ]  # fmt: skip


def _capitals_mean(words: list[str]) -> bool:
    """False for SHOUTING and For Text In Which Every Word Has A Capital."""
    long = [word for word in words if len(word) > 1]
    if len(long) < 4:
        return not long or not all(word.isupper() and len(word) > 3 for word in long)
    return sum(word[0].isupper() for word in long) < 0.7 * len(long)


def _cover(low: list[str], gaps: list[str], entries: Phrases) -> list[bool]:
    covered = [False] * len(low)
    for i in range(len(low)):
        size = entries.longest(low, i)
        if size and all(len(gap) <= 3 and "\n" not in gap for gap in gaps[i + 1 : i + size]):
            covered[i : i + size] = [True] * size
    return covered


def _first_name(low: str, words: Lexicon) -> Evidence:
    found = words.first_names.get(low, Evidence.NONE)
    if found or "-" not in low:
        return found
    parts = [words.first_names.get(part, Evidence.NONE) for part in low.split("-")]
    return Evidence.CLEAR if all(part >= Evidence.MASS for part in parts) else Evidence.NONE


def _surname(low: str, words: Lexicon) -> Evidence:
    found = words.surnames.get(low, Evidence.NONE)
    if found or "-" not in low:
        return found
    parts = [part for part in low.split("-") if part not in _PREFIX_PARTS]
    ranks = [words.surnames.get(part, Evidence.NONE) for part in parts]
    return Evidence.CLEAR if ranks and all(ranks) and Evidence.CLEAR in ranks else Evidence.NONE
