"""The cases of the rules as data: reading them, and saying what an answer does wrong.

Used by the tests, which want no failure, and by `bench.mutate_rules`, which wants one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from knowledge.advise import advise
from knowledge.answer import Answerer
from knowledge.knowledge import Knowledge
from knowledge.question import Advice, Question, told
from tools.bootstrap import ROOT

FOLDER = ROOT / "tests" / "knowledge"
# The explanations, one file per subject, named as the file of their rules.
EXPLANATIONS = tuple(sorted((FOLDER / "topics").glob("*.yaml")))
# The cases of the rules by topic, of the decision itself and of the explanations.
SOURCES = (*sorted((FOLDER / "cases").glob("*.yaml")), FOLDER / "advice.yaml", *EXPLANATIONS)


@dataclass(frozen=True)
class Case:
    """One question with what must come out of it.

    `expected` holds only what the case speaks about: verdict, obligation, asks, cite, never,
    say, not_say, assumed, policies.  A stem of `say` may be a list: one of them will do.
    """

    topic: str
    name: str
    row: str | None  # of the source table on sharing, if it tests one
    day: date
    question: Question
    expected: dict[str, Any] = field(hash=False)

    def advice(self, knowledge: Knowledge) -> Advice:
        """The decision on this case."""
        return advise(self.question, knowledge, self.day)


def read_cases(paths: tuple[Path, ...] = SOURCES) -> list[Case]:
    """All cases of these files; the defaults of a file hold for each of its cases."""
    return [case for path in paths for case in _read(path)]


def _read(path: Path) -> Iterator[Case]:
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    for given in data["cases"]:
        case = {**data.get("defaults", {}), **given}
        facts = {
            name: told(*value) if isinstance(value, list) else told(value) for name, value in case.pop("facts").items()
        }
        question = Question(case.pop("act"), facts, case.pop("modality", "may"), case.pop("municipality", None))
        yield Case(path.stem, case.pop("name"), case.pop("row", None), case.pop("day"), question, case)


def failures(case: Case, knowledge: Knowledge) -> list[str]:
    """What the answer does not do that the case asks for; empty when all is well."""
    advice = case.advice(knowledge)
    return [*_decision(case.expected, advice), *_words(case, advice, knowledge)]


def _decision(expected: dict[str, Any], advice: Advice) -> Iterator[str]:
    found = {
        "verdict": advice.verdict,
        "obligation": advice.obligation,
        "asks": advice.asked.fact if advice.asked else None,
        "assumed": {one.fact: one.value for one in advice.assumed},
    }
    for name, value in found.items():
        if name in expected and value != expected[name]:
            yield f"{name}: {value}, not {expected[name]}"
    for policy in set(expected.get("policies", ())) - set(advice.policies):
        yield f"policies: {policy} is missing"
    cited = {" ".join(filter(None, (one.law, one.number, one.paragraph))) for one in advice.cites}
    for cite in set(expected.get("cite", ())) - cited:
        yield f"cite: {cite} is missing"
    for cite in set(expected.get("never", ())) & cited:
        yield f"never: {cite} is cited"


def _words(case: Case, advice: Advice, knowledge: Knowledge) -> Iterator[str]:
    if not {"say", "not_say"} & set(case.expected):
        return
    text = "\n".join(part.text for part in Answerer(knowledge, case.day).parts(advice)).lower()
    for stem in case.expected.get("say", ()):
        if not any(one in text for one in ([stem] if isinstance(stem, str) else stem)):
            yield f"say: {stem} is missing"
    for stem in case.expected.get("not_say", ()):
        if stem in text:
            yield f"not_say: {stem} is said"
