"""Which answers of before would be others now: the same facts, laid beside the knowledge of today.

Pure until `Changed`, which keeps what was found for as long as the knowledge and the day stay the same.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import date, datetime
from threading import Thread
from typing import Any, Final

from pydantic import ValidationError

from bot.clock import AMSTERDAM
from bot.store.boundary import Boundary
from bot.store.reviews import Reviews
from knowledge.advise import advise
from knowledge.knowledge import Knowledge
from knowledge.question import Advice, Question, told

_GLANCE: Final = 0.05  # seconds between two looks whether it is done


@dataclass(frozen=True)
class Change:
    """Questions with the same facts and the same answer, that would get another answer now."""

    id: str
    outcome: str  # names the new answer: who heard of it is not told again
    old: Advice
    new: Advice
    questions: tuple[int, ...]

    @property
    def verdict_changed(self) -> bool:
        """True when it may now, or may not, or must: the most important kind of change."""
        return (self.old.verdict, self.old.obligation) != (self.new.verdict, self.new.obligation)


@dataclass(frozen=True)
class Found:
    """All changes, the weightiest first; `unread` answers have a form that cannot be read any more."""

    changes: tuple[Change, ...]
    looked_at: int
    unread: int

    def change(self, id: str) -> Change | None:
        """One of the changes."""
        return next((one for one in self.changes if one.id == id), None)


def find(rows: Iterable[tuple[int, Sequence[Mapping[str, Any]]]], knowledge: Knowledge, on: date) -> Found:
    """Lay answers of before beside the knowledge of a day.

    Args:
        rows: the number of each question, and its advices as they were kept.
        knowledge: the tables as they are now.
        on: the day for which the law is read.
    """
    anew: dict[str, Advice] = {}  # per question as it was asked
    same: dict[str, bool] = {}  # per question and answer
    changed: dict[str, tuple[Advice, Advice, list[int]]] = {}
    looked_at = unread = 0
    for number, advices in rows:
        looked_at += bool(advices)
        for kept in advices:
            asked = _asked(kept)
            key = _hashed([asked, _answered(kept)])
            if same.get(key):
                continue
            if key in changed:
                changed[key][2].append(number)
                continue
            try:
                old = Advice.model_validate(kept)
            except ValidationError:
                unread += 1
                continue
            question = _hashed(asked)
            if question not in anew:
                anew[question] = again(old, knowledge, on)
            new = anew[question]
            same[key] = outcome_of(new) == outcome_of(old)
            if not same[key]:
                changed[key] = (old, new, [number])
    changes = (
        Change(key, _hashed(outcome_of(new)), old, new, tuple(dict.fromkeys(numbers)))
        for key, (old, new, numbers) in changed.items()
    )
    return Found(
        tuple(sorted(changes, key=lambda one: (not one.verdict_changed, -len(one.questions), one.id))),
        looked_at,
        unread,
    )


def again(old: Advice, knowledge: Knowledge, on: date) -> Advice:
    """The advice of a day on the question behind an advice.

    Only what the person told goes into it: what followed or was assumed follows anew.
    """
    left_out = {*(one.fact for one in old.assumed), *old.implied}
    facts = {name: told(*values) for name, values in old.facts.items() if name not in left_out}
    unknown = frozenset({old.unknown} if old.unknown else ())
    question = Question(old.act, facts, old.modality, old.municipality, old.persons, unknown)
    return advise(question, knowledge, on)


def outcome_of(advice: Advice) -> list[Any]:
    """All that makes an answer another one: the verdict, the duty, the rules, the articles, also per branch."""
    branches = sorted(
        [
            sorted(branch.when.items()),
            branch.outcome.verdict,
            branch.outcome.obligation or "",
            sorted(branch.outcome.rules),
        ]
        for branch in advice.branches
    )
    cites = sorted([cite.law, cite.number, cite.paragraph or ""] for cite in advice.cites)
    return [advice.verdict, advice.obligation or "", sorted(advice.rules), cites, branches]


def _asked(kept: Mapping[str, Any]) -> list[Any]:
    """What makes two questions the same; read from the kept form, which is quicker than making an advice of it."""
    left_out = {one["fact"] for one in kept.get("assumed", ())} | set(kept.get("implied", ()))
    facts = {name: values for name, values in kept.get("facts", {}).items() if name not in left_out}
    return [kept.get("act"), facts, *(kept.get(name) for name in ("modality", "municipality", "persons", "unknown"))]


def _answered(kept: Mapping[str, Any]) -> list[Any]:
    return [kept.get(name) for name in ("verdict", "obligation", "outcome", "branches")]


def _hashed(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:24]


class Changed:
    """Finds the changes once for each state of the knowledge and each day, away from who waits for a page.

    Args:
        reviews: the answers of before, within a boundary.
        knowledge: the tables as they are now.
        clock: tells the time in UTC.
    """

    def __init__(
        self, reviews: Callable[[Boundary], Reviews], knowledge: Knowledge, clock: Callable[[], datetime]
    ) -> None:
        self._reviews = reviews
        self._knowledge = knowledge
        self._clock = clock
        self._day: date | None = None
        self._found: dict[Boundary, Future[Found]] = {}

    async def found(self, boundary: Boundary, wait: float | None = None) -> Found | None:
        """The changes within a boundary; None when they are not known after `wait` seconds: still being looked for."""
        today = self._clock().astimezone(AMSTERDAM).date()
        if self._day != today:
            self._day, self._found = today, {}
        looking = self._found.get(boundary)
        if looking is None or (looking.done() and looking.exception() is not None):
            looking = self._found[boundary] = Future()
            # A thread that ends with the program: it may take minutes, and nobody waits for it then.
            Thread(target=self._find, args=(boundary, looking, today), name="changed answers", daemon=True).start()
        left = wait
        while not looking.done():
            if left is not None and left <= 0:
                return None
            await asyncio.sleep(_GLANCE)
            left = left - _GLANCE if left is not None else None
        return looking.result()

    def _find(self, boundary: Boundary, looking: Future[Found], today: date) -> None:
        try:
            before = self._reviews(boundary).given_before(self._knowledge.version)
            looking.set_result(find(before, self._knowledge, today))
        except Exception as error:
            looking.set_exception(error)
