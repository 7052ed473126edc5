"""Kinds of personal data, their placeholders, and how overlapping finds are resolved."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Kind(StrEnum):
    """A kind of personal data; the values are what `personal_data` reports."""

    NAME = "name"
    BSN = "bsn"
    PHONE = "phone"
    EMAIL = "email"
    IBAN = "iban"
    POSTCODE = "postcode"
    ADDRESS = "address"
    BIRTH_DATE = "birth_date"
    PLATE = "plate"
    CASE_NUMBER = "case_number"
    SCHOOL = "school"


PLACEHOLDERS: dict[Kind, str] = {
    Kind.NAME: "[naam]",
    Kind.BSN: "[bsn]",
    Kind.PHONE: "[telefoon]",
    Kind.EMAIL: "[e-mail]",
    Kind.IBAN: "[iban]",
    Kind.POSTCODE: "[postcode]",
    Kind.ADDRESS: "[adres]",
    Kind.BIRTH_DATE: "[geboortedatum]",
    Kind.PLATE: "[kenteken]",
    Kind.CASE_NUMBER: "[zaaknummer]",
    Kind.SCHOOL: "[school]",
}

PLACEHOLDER = re.compile("|".join(re.escape(text) for text in PLACEHOLDERS.values()))


@dataclass(frozen=True)
class Span:
    """A find: half-open character range, kind, and how certain the recogniser is (0 to 100).

    `age` is the age in whole years that a date of birth leaves behind.
    """

    start: int
    end: int
    kind: Kind
    certainty: int
    age: int | None = None


class CandidateRecogniser(Protocol):
    """A further recogniser, such as a language model's persons. It only adds finds.

    It gets the normalised text and yields (start, end, kind) with `kind` a value of `Kind`.
    It must not raise.
    """

    def __call__(self, text: str) -> Iterable[tuple[int, int, str]]:
        """Yield the candidates in the text."""


def resolve(spans: Iterable[Span]) -> list[Span]:
    """Spans in order, without overlap.

    Overlapping finds become one that covers them all, so that no part of either is left
    standing; the most certain one, then the longest, gives the kind.
    """
    ordered = sorted(spans, key=lambda span: (span.start, -span.end))
    result: list[Span] = []
    for span in ordered:
        if not result or span.start >= result[-1].end:
            result.append(span)
            continue
        last = result[-1]
        best = max(last, span, key=lambda found: (found.certainty, found.end - found.start))
        result[-1] = Span(min(last.start, span.start), max(last.end, span.end), best.kind, best.certainty, best.age)
    return result
