"""Masking: all recognisers over one text, one placeholder per find."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.clock import AMSTERDAM
from bot.guard.dates import find_birth_date
from bot.guard.lexicon import WORD
from bot.guard.names import find_names
from bot.guard.normalise import fold, normalise
from bot.guard.numbers import find_bsn, find_case_number, find_email, find_iban, find_phone, find_plate
from bot.guard.postcodes import find_postcode
from bot.guard.schools import find_school
from bot.guard.spans import PLACEHOLDER, PLACEHOLDERS, CandidateRecogniser, Kind, Span, resolve
from bot.guard.streets import find_address

# A mask can show its neighbour in a new light; more than a few rounds never happens.
_ROUNDS = 4

_INITIALS_BEHIND = re.compile(r",[ ]?(?:[A-Z]\.){1,4}(?!\w)")


@dataclass(frozen=True)
class Masked:
    """A masked text.

    `kinds` are the kinds of personal data that were masked, in the order in which they
    first occur; `ages` the ages in whole years that dates of birth left behind.
    """

    text: str
    kinds: tuple[str, ...]
    ages: tuple[int, ...]


class Guard:
    """Masks personal data. It keeps no state between messages and may be shared by threads."""

    def __init__(self, candidates: Sequence[CandidateRecogniser] = (), vocabulary: Iterable[str] = ()) -> None:
        """`candidates` are further recognisers; they only add to what the guard finds itself.

        `vocabulary` are words of the field, such as the names that people give to parties:
        an unknown word among them is never taken for a name.
        """
        self._candidates = tuple(candidates)
        self._vocabulary = frozenset(fold(word) for entry in vocabulary for word in WORD.findall(entry))

    def mask(self, text: str, today: date | None = None) -> Masked:
        """The text with a placeholder for every find, in the normalised spelling.

        Masking a masked text changes nothing. `today` (the current day when left out)
        settles the age of a date of birth.
        """
        day = today or datetime.now(AMSTERDAM).date()
        masked = normalise(text)
        found: list[tuple[int, Span]] = []
        for _ in range(_ROUNDS):
            spans = resolve(self._find(masked, day))
            if not spans:
                break
            masked, places = _replace(masked, spans)
            found = _shift(found, spans, places) + list(zip(places, spans, strict=True))
        found.sort(key=lambda item: item[0])
        kinds = dict.fromkeys(span.kind.value for _, span in found)
        return Masked(masked, tuple(kinds), tuple(span.age for _, span in found if span.age is not None))

    def _find(self, text: str, day: date) -> Iterator[Span]:
        names = [_with_initials(text, span) for span in find_names(text, self._vocabulary)]
        bsn = list(find_bsn(text))
        own = [
            *names, *bsn, *find_phone(text), *find_email(text), *find_iban(text), *find_plate(text), *find_case_number(text),
            *find_postcode(text), *find_address(text), *find_school(text, names), *find_birth_date(text, day, names + bsn),
        ]  # fmt: skip
        holes = [(hole.start(), hole.end()) for hole in PLACEHOLDER.finditer(text)]
        for span in [*own, *self._added(text, own)]:
            yield from _around(span, holes)

    def _added(self, text: str, own: list[Span]) -> Iterator[Span]:
        """Candidates of other recognisers that overlap nothing found."""
        for recognise in self._candidates:
            for start, end, kind in recognise(text):
                known = any(start < span.end and span.start < end for span in own)
                if 0 <= start < end <= len(text) and not known:
                    yield Span(start, end, Kind(kind), 10)


def _with_initials(text: str, name: Span) -> Span:
    """A surname with the initials behind it, as in a letter: "Van den Broek, J.M."."""
    behind = _INITIALS_BEHIND.match(text, name.end)
    return replace(name, end=behind.end()) if behind else name


def _around(span: Span, holes: list[tuple[int, int]]) -> Iterator[Span]:
    """The parts of a find outside the placeholders that are there already."""
    start = span.start
    for left, right in holes:
        if right <= start or left >= span.end:
            continue
        if left > start:
            yield Span(start, left, span.kind, span.certainty, span.age)
        start = right
    if start < span.end:
        yield Span(start, span.end, span.kind, span.certainty, span.age)


def _replace(text: str, spans: list[Span]) -> tuple[str, list[int]]:
    """The text with placeholders, and where each of them begins in it."""
    parts: list[str] = []
    places: list[int] = []
    at = length = 0
    for span in spans:
        stays = text[at : span.start]
        mask = PLACEHOLDERS[span.kind] + (f" ({span.age} jaar)" if span.age is not None else "")
        places.append(length + len(stays))
        parts += [stays, mask]
        length += len(stays) + len(mask)
        at = span.end
    return "".join([*parts, text[at:]]), places


def _shift(found: list[tuple[int, Span]], spans: list[Span], places: list[int]) -> list[tuple[int, Span]]:
    """Where the finds of earlier rounds are now."""
    shifted = []
    for place, span in found:
        offset = 0
        for later, position in zip(spans, places, strict=True):
            if later.start <= place:
                offset = position - later.start + len(PLACEHOLDERS[later.kind]) - (later.end - later.start)
        shifted.append((place + offset, span))
    return shifted
