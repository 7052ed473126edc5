"""The quiz: which questions come in a round, when they come back, what was right.  Pure.

A question that was answered lies in one of five boxes.  A right answer moves it one box up, a wrong
one back to the first; the box tells after how many days the question comes again.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict

from knowledge.knowledge import Knowledge
from knowledge.schema import QuizQuestion

BOX_DAYS = (1, 3, 7, 21, 60)  # days until a question of the first, second... box comes again
MIX = "mix"  # a round over all subjects
SIZE, MOST = 5, 10  # questions in a round: as usual, and at most
# The name of the quiz among the guided conversations that are going on.
QUIZ = "@quiz"
LETTERS = "abcd"
FULL, EMPTY = "▮", "▯"


class Result(StrEnum):
    """What became of one question of a round."""

    RIGHT = "right"
    WRONG = "wrong"
    SKIPPED = "skipped"


class Card(BaseModel):
    """What is known of one person and one question."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    item: str
    box: int  # from 1
    due: date  # the day from which it comes again
    right: bool  # the last answer
    asked: int  # how often
    known: int  # how often right


class QuizState(BaseModel):
    """Where a quiz is; kept among the guided conversations (`flow`).  Without items a subject is being chosen."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    flow: Literal["@quiz"] = "@quiz"
    round: str  # tells the buttons of this round from those of another
    subject: str = MIX
    size: int = SIZE
    items: tuple[str, ...] = ()
    results: tuple[Result, ...] = ()

    @property
    def item(self) -> str | None:
        """The question that is asked now; None while a subject is chosen, and at the end."""
        return self.items[len(self.results)] if len(self.results) < len(self.items) else None

    @property
    def finished(self) -> bool:
        """True when every question has had its turn."""
        return bool(self.items) and self.item is None

    @property
    def score(self) -> int:
        """How many answers were right."""
        return self.results.count(Result.RIGHT)

    @property
    def missed(self) -> tuple[str, ...]:
        """The questions that were answered wrong or skipped."""
        return tuple(item for item, result in zip(self.items, self.results, strict=False) if result is not Result.RIGHT)

    def after(self, result: Result) -> QuizState:
        """The state with the next question."""
        return self.model_copy(update={"results": (*self.results, result)})


@dataclass(frozen=True)
class Progress:
    """How far a person is with all questions of today."""

    total: int
    asked: int  # answered at least once
    known: int  # last answered right


def answered(card: Card | None, item: str, right: bool, on: date) -> Card:
    """The card after an answer.

    A right answer before its day proves little: the question comes back when it would have.
    """
    asked, known = (card.asked, card.known) if card else (0, 0)
    if card and right and on < card.due:
        box, due = card.box, card.due
    else:
        box = min((card.box if card else 1) + 1, len(BOX_DAYS)) if right else 1
        due = on + timedelta(days=BOX_DAYS[box - 1])
    return Card(item=item, box=box, due=due, right=right, asked=asked + 1, known=known + right)


def choose(
    knowledge: Knowledge,
    cards: Mapping[str, Card],
    on: date,
    *,
    seed: str,
    subject: str = MIX,
    role: str | None = None,
    size: int = SIZE,
    new_first: bool = False,
) -> tuple[str, ...]:
    """The questions of a round, in order.

    What was missed and is due comes first, then what else is due, then what is new, then what comes
    back soonest.  Questions for another role only fill a round that would be too short.

    Args:
        knowledge: the tables.
        cards: what the person answered before, by question.
        on: the day; only questions that hold on it are asked.
        seed: decides between questions that are alike; the same seed gives the same round.
        subject: one subject, or `MIX`.
        role: what the person does, if known.
        size: how many questions, at most `MOST`.
        new_first: what is new goes before what is due and was known: for a question now and then.
    """
    rows = [row for row in open_questions(knowledge, on) if subject in (MIX, row.subject)]
    # Not for secrets: the seed makes a round repeatable.
    random.Random(seed).shuffle(rows)  # noqa: S311
    own = [row for row in rows if meant_for(knowledge, row, role)]
    back = sorted((row for row in own if row.id in cards), key=lambda row: cards[row.id].due)
    due = [row for row in back if cards[row.id].due <= on]
    missed, known = ([row for row in due if cards[row.id].right is right] for right in (False, True))
    new = _spread(row for row in own if row.id not in cards)
    later = [row for row in back if cards[row.id].due > on]
    for_others = [row for row in rows if row not in own]
    first = (*missed, *new, *known) if new_first else (*missed, *known, *new)
    return tuple(row.id for row in (*first, *later, *for_others)[: min(size, MOST)])


def missed_before(knowledge: Knowledge, cards: Mapping[str, Card], on: date) -> tuple[str, ...]:
    """The questions last answered wrong, those that wait longest first, at most a full round."""
    asked = {row.id for row in open_questions(knowledge, on)}
    wrong = sorted((card.due, card.item) for card in cards.values() if not card.right and card.item in asked)
    return tuple(item for _, item in wrong[:MOST])


def open_questions(knowledge: Knowledge, on: date) -> list[QuizQuestion]:
    """The questions that hold on a day."""
    return [row for row in knowledge.quiz.values() if row.valid_on(on)]


def meant_for(knowledge: Knowledge, row: QuizQuestion, role: str | None) -> bool:
    """True when a question is for a role, or for everyone; without a role every question is."""
    if not row.roles or role is None:
        return True
    own = knowledge.lineage("role", role)
    return any(one in own or role in knowledge.lineage("role", one) for one in row.roles)


def progress(knowledge: Knowledge, cards: Mapping[str, Card], on: date) -> Progress:
    """How many questions of today were answered, and how many are known."""
    asked = {row.id for row in open_questions(knowledge, on)}
    own = [card for card in cards.values() if card.item in asked]
    return Progress(len(asked), len(own), sum(card.right for card in own))


def coming_back(cards: Mapping[str, Card], items: Collection[str]) -> list[tuple[date, int]]:
    """On which days how many of these questions come again, soonest first."""
    return sorted(Counter(card.due for card in cards.values() if card.item in items).items())


def bar(done: int, total: int) -> str:
    """How far a round is: ▮▮▯▯▯."""
    return FULL * done + EMPTY * (total - done)


def read_answer(options: Sequence[str], typed: str) -> int | None:
    """The place of the option that typed words stand for: its letter, its number, or its words.

    A beginning counts when only one option begins so: "ja" for the only answer with "Ja, ...".
    """
    said = _plain(typed)
    if found := re.fullmatch(r"(?:antwoord |optie |keuze )?([a-d]|[1-9]\d?)[.):]?", said):
        mark = found[1]
        place = int(mark) - 1 if mark.isdigit() else LETTERS.index(mark)
        return place if place < len(options) else None
    texts = [_plain(option) for option in options]
    if said in texts:
        return texts.index(said)
    begun = [place for place, text in enumerate(texts) if said and re.match(re.escape(said) + r"\b", text)]
    return begun[0] if len(begun) == 1 else None


def _spread(rows: Iterable[QuizQuestion]) -> list[QuizQuestion]:
    """The same rows, with the subjects taking turns."""
    seen: Counter[str] = Counter()
    ranked = []
    for row in rows:
        ranked.append((seen[row.subject], row))
        seen[row.subject] += 1
    return [row for _, row in sorted(ranked, key=lambda one: one[0])]


def _plain(text: str) -> str:
    return " ".join(text.casefold().split()).strip(" .!?")
