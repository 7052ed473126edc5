"""A reader that finds phrases and nothing more: these tests are not about reading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Mention:
    """As in the project's own reader."""

    entity: str
    value: str
    start: int
    end: int
    role: str | None = None
    confidence: float = 1.0
    person: str | None = None


class Reader:
    """Finds each phrase of the vocabulary once; a party is always the recipient."""

    def __init__(self, vocabulary: Mapping[str, Mapping[str, str]]) -> None:
        self._vocabulary = vocabulary

    def read(self, text: str) -> list[Mention]:
        """The mentions in a message; one that says "crash" is more than it can take."""
        if "crash" in text:
            raise ValueError(f"cannot read: {text}")
        return [
            Mention(entity, value, text.index(phrase), text.index(phrase) + len(phrase), _role(entity))
            for entity, phrases in self._vocabulary.items()
            for phrase, value in phrases.items()
            if phrase in text
        ]


def _role(entity: str) -> str | None:
    return "recipient" if entity == "party" else None
