"""Checks the days: versions that follow each other, rules that are followed, an article on every day of a rule."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Hashable, Iterable, Iterator
from datetime import date, timedelta
from typing import TypeVar

from knowledge.knowledge import Knowledge
from knowledge.load import Problem
from knowledge.schema import AgeRule, ConsentOutcome, DatedRow, Rule

R = TypeVar("R", bound=DatedRow)

# Before this day, on which the AVG came to apply, the tables do not claim to be complete.
COMPLETE_FROM = date(2018, 5, 25)
# In the source of an article that was gone for a while: the gap until the next version is meant.
WITHDRAWN = "vervallen"
ONE_DAY = timedelta(days=1)


def check_time(k: Knowledge, on: date) -> Iterator[Problem]:
    """All that is wrong with the days on which rows hold, and on which they were looked at before the day `on`."""
    yield from _versions(k, "articles", k.articles.values(), lambda row: [(row.law, row.number)])
    yield from _versions(k, "ages", k.ages.values(), _decisions)
    yield from _versions(k, "consent_outcomes", k.consent_outcomes.values(), _states)
    for rule in k.rules.values():
        yield from _followed(k, rule)
        yield from _has_an_article(k, rule)
    yield from _contradictions(k)
    yield from _checked(k, on)


def _checked(k: Knowledge, on: date) -> Iterator[Problem]:
    """Nobody has looked at a row on a day that is still to come."""
    for table, rows in k.tables.rows.items():
        for row in rows.values():
            if isinstance(row, DatedRow) and row.checked and row.checked.on > on:
                message = f"checked.on ({row.checked.on}) ligt na {on}; vul de dag in waarop iemand de rij nakeek"
                yield k.tables.problem(table, row.id, message)


def _decisions(row: AgeRule) -> Iterable[Hashable]:
    """What an age rule decides: one answer for each role and age."""
    return [(row.subject, role, band) for role in row.roles or ("",) for band in row.bands]


def _states(row: ConsentOutcome) -> Iterable[Hashable]:
    return [frozenset((fact, frozenset(values)) for fact, values in row.when.items())]


def _versions(
    k: Knowledge, table: str, rows: Iterable[R], subjects: Callable[[R], Iterable[Hashable]]
) -> Iterator[Problem]:
    """Versions of one subject follow each other: no day holds two, and no day in between holds none."""
    by_subject: dict[Hashable, list[R]] = {}
    for row in rows:
        for subject in subjects(row):
            by_subject.setdefault(subject, []).append(row)
    found: dict[tuple[str, str], str] = {}
    for versions in by_subject.values():
        for older, newer in itertools.pairwise(sorted(versions, key=lambda row: row.valid_from)):
            if older.valid_to is None or older.valid_to >= newer.valid_from:
                found[newer.id, older.id] = f"overlapt in tijd met “{older.id}”"
            elif older.valid_to + ONE_DAY < newer.valid_from and WITHDRAWN not in older.source.casefold():
                found[newer.id, older.id] = (
                    f"begint niet op de dag na “{older.id}” ({older.valid_to}); gold er een tijd niets, "
                    f"zet dan “{WITHDRAWN}” in de source van “{older.id}”"
                )
    for (newer_id, _), message in found.items():
        yield k.tables.problem(table, newer_id, message)


def _followed(k: Knowledge, rule: Rule) -> Iterator[Problem]:
    """A rule that ended is followed by one on the same facts, or says in `history` what became of it."""
    if rule.valid_to is None or rule.history:
        return
    on = rule.valid_to + ONE_DAY
    for act in rule.acts:
        newer = [one for one in k.rules_in_force(act, on) if set(one.when) == set(rule.when)]
        for values in itertools.product(*rule.when.values()):
            facts = dict(zip(rule.when, values, strict=True))
            if not any(all(k.fits(fact, one.when[fact], frozenset({facts[fact]})) for fact in facts) for one in newer):
                case = ", ".join(facts.values()) or "deze vraag"
                message = f"na {rule.valid_to} volgt geen regel voor {act}: {case}; voeg die toe of vul history in"
                yield k.tables.problem("rules", rule.id, message)


def _has_an_article(k: Knowledge, rule: Rule) -> Iterator[Problem]:
    """On every day of a rule one of its articles holds; without, it gives no answer."""
    last = rule.valid_to or date.max
    ends = (article.valid_to for cite in rule.cite for article in k.versions_of(cite))
    days = {max(rule.valid_from, COMPLETE_FROM), *(end + ONE_DAY for end in ends if end)}
    for on in sorted(days):
        if rule.cite and max(rule.valid_from, COMPLETE_FROM) <= on <= last and not k.references(rule.cite, on):
            yield k.tables.problem("rules", rule.id, f"op {on} geldt geen enkel artikel dat de regel aanhaalt")


def _contradictions(k: Knowledge) -> Iterator[Problem]:
    """Two rules on exactly the same facts do not differ in verdict on one day."""
    by_facts: dict[Hashable, list[Rule]] = {}
    for rule in k.rules.values():
        where = tuple(
            frozenset((fact, frozenset(values)) for fact, values in part.items()) for part in (rule.when, rule.unless)
        )
        for act in rule.acts:
            by_facts.setdefault((act, *where, rule.residual, rule.told), []).append(rule)
    for rules in by_facts.values():
        for one, other in itertools.combinations(rules, 2):
            overlap = max(one.valid_from, other.valid_from) <= min(one.valid_to or date.max, other.valid_to or date.max)
            if overlap and one.verdict is not other.verdict:
                yield k.tables.problem("rules", other.id, f"zegt iets anders dan “{one.id}” op dezelfde feiten")
