"""What is measured of a bot, and how turns are timed."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Turns:
    """The turns of one bot.

    `seconds` each as the person waits; `cpu`: seconds of a processor for all together, which
    says what they cost also when the machine does more; `unanswered`: how many got no real
    answer.
    """

    seconds: tuple[float, ...]
    cpu: float
    unanswered: int

    @property
    def cpu_each(self) -> float:
        """Seconds of a processor for one turn, on average."""
        return self.cpu / len(self.seconds)

    def percentile(self, share: float) -> float:
        """The time in seconds that this share (0 to 1) of the turns stayed within, by nearest rank."""
        ordered = sorted(self.seconds)
        return ordered[max(math.ceil(share * len(ordered)), 1) - 1]


@dataclass(frozen=True)
class Batch:
    """A file of questions in one go: questions a second, and how many got no real answer."""

    per_second: float
    unanswered: int


@dataclass(frozen=True)
class Start:
    """Seconds from the start of a bot's processes; `ready` is None where a bot has no such sign."""

    ready: float | None
    first_answer: float


@dataclass(frozen=True)
class Memory:
    """Bytes in memory (RSS) of each process; None where a bot has no such process."""

    app: int | None
    rasa: int
    actions: int | None

    @property
    def total(self) -> int:
        """All processes together."""
        return (self.app or 0) + self.rasa + (self.actions or 0)


@dataclass(frozen=True)
class Figures:
    """All figures of one bot; `training` in seconds, `memory` after the turns."""

    training: float
    start: Start
    memory: Memory
    turns: Turns
    batch: Batch | None = None


class Bot(Protocol):
    """A running bot."""

    def wait_started(self) -> Start:
        """Wait until it gives real answers."""

    def say(self, conversation: str, turn: int) -> bool:
        """Have turn number `turn` (from 0) of a conversation; whether it got a real answer."""

    def memory(self) -> Memory:
        """What it takes now."""

    def cpu(self) -> float:
        """Seconds that its processes have kept a processor at work since their start."""


def time_turns(bots: Sequence[Bot], count: int, length: int) -> list[Turns]:
    """Have `count` turns with every bot, in conversations of `length`, one turn at a time.

    The bots take turns by conversation: what else the machine does then slows them alike.
    """
    seconds: list[list[float]] = [[] for _ in bots]
    unanswered = [0 for _ in bots]
    before = [bot.cpu() for bot in bots]
    for conversation, turns in enumerate(_conversations(count, length)):
        for number, bot in enumerate(bots):
            for turn in turns:
                began = time.perf_counter()
                answered = bot.say(f"bench-{conversation}", turn)
                seconds[number].append(time.perf_counter() - began)
                unanswered[number] += not answered
    cpu = [bot.cpu() - earlier for bot, earlier in zip(bots, before, strict=True)]
    return [Turns(tuple(s), c, u) for s, c, u in zip(seconds, cpu, unanswered, strict=True)]


def _conversations(count: int, length: int) -> Iterator[range]:
    for first in range(0, count, length):
        yield range(first, min(first + length, count))
