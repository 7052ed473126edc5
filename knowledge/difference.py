"""What changed in the knowledge between two days: what began, what ended, and what came in the place of what."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import combinations

from knowledge.answer import capitalised, day
from knowledge.knowledge import Knowledge
from knowledge.schema import AgeRule, Article, ConsentOutcome, DatedRow, Flow, Policy, Rule
from knowledge.search import holds
from knowledge.titles import period
from knowledge.wording import RowWords

WIDTH = 100  # characters of a printed line
# The tables as they are called in a list, in that order; any other dated table comes after these.
TABLES = {
    "articles": "Artikelen",
    "rules": "Regels",
    "ages": "Leeftijden",
    "consent_outcomes": "Gevolgen van toestemming",
    "policies": "Beleid van gemeenten",
    "flows": "Gesprekken",
    "quiz": "Quizvragen",
    "danger": "Antwoorden bij gevaar",
}


class Kind(StrEnum):
    """What became of a subject between the two days."""

    REPLACED = "vervangen"
    BEGAN = "nieuw"
    ENDED = "vervallen"
    PASSED = "alleen daartussen"  # began and ended again


@dataclass(frozen=True)
class Change:
    """The rows of one subject that held on only one of the days, or only in between; oldest first."""

    table: str
    kind: Kind
    rows: tuple[DatedRow, ...]


def differences(knowledge: Knowledge, first: date, second: date) -> list[Change]:
    """All changes from the first day to the second, by table.

    Args:
        first, second: two days; a row counts as holding where an answer could use it.
    """
    tables = [*TABLES, *(name for name in knowledge.tables.rows if name not in TABLES)]
    return [change for table in tables for change in _in_table(knowledge, table, first, second)]


def _in_table(knowledge: Knowledge, table: str, first: date, second: date) -> Iterator[Change]:
    before: set[str] = set()
    after: set[str] = set()
    changed: list[DatedRow] = []
    for row in knowledge.tables.rows[table].values():
        if not isinstance(row, DatedRow):
            continue
        held, holds_now = holds(knowledge, row, first), holds(knowledge, row, second)
        if held != holds_now:
            (before if held else after).add(row.id)
            changed.append(row)
        elif not held and first < row.valid_from and row.valid_to is not None and row.valid_to < second:
            changed.append(row)
    for rows in _by_subject(knowledge, changed):
        ids = {row.id for row in rows}
        kind = {
            (True, True): Kind.REPLACED,
            (True, False): Kind.ENDED,
            (False, True): Kind.BEGAN,
            (False, False): Kind.PASSED,
        }[bool(ids & before), bool(ids & after)]
        yield Change(table, kind, tuple(sorted(rows, key=lambda row: (row.valid_from, row.id))))


def _by_subject(knowledge: Knowledge, rows: Sequence[DatedRow]) -> list[list[DatedRow]]:
    """Rows that came after each other on one subject, together."""
    groups = [[row] for row in rows]
    for one, other in combinations(rows, 2):
        if follows(knowledge, one, other) or follows(knowledge, other, one):
            mine = next(group for group in groups if one in group)
            other_group = next(group for group in groups if other in group)
            if mine is not other_group:
                mine.extend(other_group)
                groups.remove(other_group)
    return groups


def follows(knowledge: Knowledge, newer: DatedRow, older: DatedRow) -> bool:
    """True when one row came in the place of another: the same subject, from the day after its last."""
    if type(newer) is not type(older) or older.valid_to is None:
        return False
    if newer.valid_from != older.valid_to + timedelta(days=1):
        # An article keeps its number, also where a version between two is not in the tables.
        return isinstance(newer, Article) and newer.valid_from > older.valid_to and _subject(newer) == _subject(older)
    if isinstance(newer, Rule) and isinstance(older, Rule):
        return takes_over(knowledge, newer, older)
    return _subject(newer) == _subject(older)


def takes_over(knowledge: Knowledge, newer: Rule, older: Rule) -> bool:
    """True when two rules are about the same: an act in common, and the same facts with a value in common."""
    return (
        bool(set(newer.acts) & set(older.acts))
        and set(newer.when) == set(older.when)
        and all(
            any(knowledge.fits(fact, newer.when[fact], frozenset({value})) for value in values)
            for fact, values in older.when.items()
        )
    )


def _subject(row: DatedRow) -> object:
    """What a row is about; versions of one subject have it in common."""
    if isinstance(row, Article):
        return row.law, row.number
    if isinstance(row, AgeRule):
        return row.subject, row.roles, row.bands
    if isinstance(row, ConsentOutcome):
        return sorted((fact, sorted(values)) for fact, values in row.when.items())
    if isinstance(row, Policy):
        return row.policy, row.place
    if isinstance(row, Flow):
        return row.state, row.policy
    return row.id


# -- in words ------------------------------------------------------------------------------


def in_words(knowledge: Knowledge, first: date, second: date) -> str:
    """The changes as a page of text: per table what was replaced, what is new and what ended."""
    words = RowWords(knowledge)
    changes = differences(knowledge, first, second)
    lines = [f"Wat veranderde er van {day(first)} tot {day(second)}?"]
    if not changes:
        return "\n".join([*lines, "", "Niets: op beide dagen geldt hetzelfde."])
    for table in dict.fromkeys(change.table for change in changes):
        found = [change for change in changes if change.table == table]
        counts = [f"{count} {kind}" for kind in Kind if (count := sum(one.kind is kind for one in found))]
        lines += ["", f"{TABLES.get(table, capitalised(table))}: {', '.join(counts)}"]
        for kind in Kind:
            same = [change for change in found if change.kind is kind]
            lines += ["", f"  {capitalised(kind)}"] if same else []
            for change in same:
                lines += _change(change, words)
    return "\n".join(lines)


def _change(change: Change, words: RowWords) -> Iterator[str]:
    yield _folded(f"- {words.title(change.rows[-1])}", 2)
    for row in change.rows:
        yield _folded(f"{period(row.valid_from, row.valid_to)} [{row.id}]: {words.summary(row)}", 6)


def _folded(text: str, indent: int) -> str:
    hanging = " " * (indent + 2)
    return textwrap.fill(text, WIDTH, initial_indent=" " * indent, subsequent_indent=hanging, break_long_words=False)
