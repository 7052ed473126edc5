"""Breaks one row at a time and looks whether a case notices: `python -m bench.mutate_rules [word]`.

Each rule and each consent outcome is deleted, gets another verdict, gets another duty and
loses its first citation; after each of these at least one case must fail.  With a word only
the rows whose id or file contains it ("rules/wmo").  Prints the rows that no case guards,
each with the change that went by unseen; ends with 0 when there are none, with 1 when
there are.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from bench.rule_cases import Case, failures, read_cases
from knowledge.knowledge import Knowledge
from knowledge.schema import Consent, ConsentOutcome, Obligation, Row, Rule, Verdict
from tools.report import say

# What a verdict becomes; the consent goes along, as the schema would want it.
_FLIPPED: Mapping[Verdict, Verdict] = {
    Verdict.ALLOWED_WITHOUT_CONSENT: Verdict.ALLOWED_WITH_CONSENT,
    Verdict.ALLOWED_WITH_CONSENT: Verdict.ALLOWED_WITHOUT_CONSENT,
    Verdict.NOT_ALLOWED: Verdict.ALLOWED_WITHOUT_CONSENT,
    Verdict.WEIGH: Verdict.ALLOWED_WITHOUT_CONSENT,
    Verdict.INFO: Verdict.NOT_ALLOWED,
}
_DUTY: Mapping[Obligation | None, Obligation] = {
    Obligation.MUST: Obligation.MAY,
    Obligation.MAY: Obligation.MUST,
    Obligation.MAY_NOT: Obligation.MAY,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Mutate the rows; returns the exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    word = given[0] if given else ""
    began = time.perf_counter()
    knowledge = Knowledge.read()
    cases = read_cases()
    wrong = [case for case in cases if failures(case, knowledge)]
    if wrong:
        say(f"{len(wrong)} gevallen kloppen nu al niet; herstel die eerst: {wrong[0].topic}: {wrong[0].name}")
        return 1
    unseen = unguarded(knowledge, cases, lambda row, file: word in row or word in file)
    for line in unseen:
        print(line)
    print(f"{len(cases)} gevallen, {len(unseen)} veranderingen niet opgemerkt, {time.perf_counter() - began:.0f} s")
    return 1 if unseen else 0


def unguarded(knowledge: Knowledge, cases: Sequence[Case], wanted: Callable[[str, str], bool]) -> list[str]:
    """The changes that no case notices, as "row: change".

    Args:
        knowledge: the tables as they are, on which all cases hold.
        cases: the cases that guard them.
        wanted: which rows to break, by id and file.
    """
    used = _used(cases, knowledge)
    return [
        f"{row}: {change}"
        for row, change, broken in _mutants(knowledge, wanted)
        if not any(failures(case, broken) for case in used.get(row, ()))
    ]


def _used(cases: Sequence[Case], knowledge: Knowledge) -> dict[str, list[Case]]:
    """The cases in whose answer a row has a part; a row without any is guarded by none."""
    found: dict[str, list[Case]] = {}
    for case in cases:
        advice = case.advice(knowledge)
        for row in {*advice.rules, *(outcome.consent_outcome or "" for outcome in advice.outcomes)}:
            found.setdefault(row, []).append(case)
    return found


def _mutants(knowledge: Knowledge, wanted: Callable[[str, str], bool]) -> Iterator[tuple[str, str, Knowledge]]:
    """Every row, what was done to it, and the knowledge with that done."""
    places = knowledge.tables.places
    for rule in knowledge.rules.values():
        if wanted(rule.id, places["rules", rule.id][0]):
            for change, mutant in _broken_rule(rule):
                yield rule.id, change, _with(knowledge, "rules", rule.id, mutant)
    for row in knowledge.consent_outcomes.values():
        if wanted(row.id, places["consent_outcomes", row.id][0]):
            for change, outcome in _broken_outcome(row):
                yield row.id, change, _with(knowledge, "consent_outcomes", row.id, outcome)


def _broken_rule(rule: Rule) -> Iterator[tuple[str, Rule | None]]:
    yield "weg", None
    verdict = _FLIPPED.get(rule.verdict, Verdict.INFO)
    consent = Consent.SPECIFIC if verdict is Verdict.ALLOWED_WITH_CONSENT else Consent.NONE
    yield f"oordeel {verdict}", rule.model_copy(update={"verdict": verdict, "consent": consent})
    if rule.obligation in _DUTY:
        yield "andere plicht", rule.model_copy(update={"obligation": _DUTY[rule.obligation]})
    if rule.cite:
        yield "zonder eerste artikel", rule.model_copy(update={"cite": rule.cite[1:]})


def _broken_outcome(row: ConsentOutcome) -> Iterator[tuple[str, ConsentOutcome | None]]:
    yield "weg", None
    yield "ander oordeel", row.model_copy(update={"verdict": _FLIPPED[row.verdict]})
    if row.obligation in _DUTY:
        yield "andere plicht", row.model_copy(update={"obligation": _DUTY[row.obligation]})
    if row.cite:
        yield "zonder eerste artikel", row.model_copy(update={"cite": row.cite[1:]})


def _with(knowledge: Knowledge, table: str, row: str, mutant: Row | None) -> Knowledge:
    """The same knowledge with one row of a table changed, or gone."""
    tables = knowledge.tables
    rows = {name: one for name, one in tables.rows[table].items() if name != row}
    if mutant is not None:
        rows[row] = mutant
    return Knowledge(replace(tables, rows={**tables.rows, table: rows}))


if __name__ == "__main__":
    raise SystemExit(main())
