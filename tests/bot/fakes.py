"""Stand-ins for the parts that a test does not want to run for real."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from actions.base import AdviceAction, KnowledgeAction, turn_of
from actions.small_talk import SmallTalkAction
from bot.nlu_client import NluUnavailable, Understood
from knowledge.knowledge import Knowledge
from knowledge.vocabulary import vocabulary
from nlu.reading import Reader


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self, now: datetime = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        """Let time pass."""
        self.now += timedelta(**by)


class Naps:
    """Stands in for sleeping: remembers how long it should have been, and goes on at once; a clock moves along."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.taken: list[float] = []
        self._clock = clock

    async def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)
        if self._clock:
            self._clock.forward(seconds=seconds)


@dataclass
class ScriptedNlu:
    """Rasa without Rasa: the intent comes from the test, reading and actions are the real ones."""

    knowledge: Knowledge
    intents: Mapping[str, str] = field(default_factory=dict)
    down: bool = False
    seen: list[str] = field(default_factory=list)
    metadata: list[Mapping[str, Any]] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    busy: int = 0
    most_busy: int = 0
    during: Any = None

    def __post_init__(self) -> None:
        self._reader = Reader(vocabulary(self.knowledge))

    async def turn(self, sender: str, text: str, metadata: Mapping[str, Any]) -> Understood:
        """As `NluClient.turn`."""
        if self.down:
            raise NluUnavailable("ConnectError")
        self.seen.append(text)
        self.metadata.append(metadata)
        self.senders.append(sender)
        self.busy += 1
        self.most_busy = max(self.most_busy, self.busy)
        if self.during:
            await asyncio.to_thread(self.during)
        await asyncio.sleep(0)
        self.busy -= 1
        intent = next((found for words, found in self.intents.items() if words in text), "share")
        entities = [
            {
                "entity": one.entity,
                "value": one.value,
                "role": one.role,
                "group": one.person,
                "confidence_entity": one.confidence,
            }
            for one in self._reader.read(text)
        ]
        action: KnowledgeAction = (
            SmallTalkAction(self.knowledge) if intent in self.knowledge.small_talk else AdviceAction(self.knowledge)
        )
        named = {"name": intent, "confidence": 0.9}
        message = {"text": text, "intent": named, "entities": entities, "metadata": metadata}
        answer = action.answer(turn_of(message), date.fromisoformat(metadata["on"]))
        return Understood(intent, 0.9, tuple(entities), answer)
