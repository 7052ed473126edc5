"""Advice in the form that other programs read (docs/contract.md): plain JSON values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from bot.messages import Citation
from knowledge.knowledge import Knowledge, Reference
from knowledge.question import PRESSING, Advice, unique
from knowledge.schema import Cite

NATIONAL = "national"


def citation(reference: Reference) -> Citation:
    """One article as it is shown and reported."""
    return Citation(
        law=reference.law.title,
        article=reference.article.number,
        paragraph=reference.cite.paragraph,
        url=reference.url,
        source=NATIONAL,
        label=reference.label,
    )


def citations(knowledge: Knowledge, cites: Iterable[Cite], on: date) -> tuple[Citation, ...]:
    """The articles that hold on the day, each once."""
    return tuple(citation(reference) for reference in knowledge.references(cites, on))


def citation_json(one: Citation) -> dict[str, Any]:
    """The fields of the contract; `label` is for display only."""
    return {
        "law": one.law,
        "article": one.article,
        "paragraph": one.paragraph,
        "url": one.url,
        "source": one.source,
    }


def all_cites(advice: Advice, knowledge: Knowledge) -> tuple[Cite, ...]:
    """The articles of the rules and of the age rules that the answer names."""
    ages = (cite for row in advice.ages for cite in knowledge.ages[row].cite)
    return unique((*advice.cites, *ages))


def asks_json(advice: Advice) -> dict[str, Any] | None:
    """The question back: which fact, and its possible values as shown."""
    if advice.asked is None:
        return None
    return {"slot": advice.asked.fact, "options": [option.label for option in advice.asked.options]}


def answer_json(advice: Advice, question: str, knowledge: Knowledge, on: date) -> dict[str, Any]:
    """One entry of `answers`."""

    def cited(cites: Iterable[Cite]) -> list[dict[str, Any]]:
        return [citation_json(one) for one in citations(knowledge, cites, on)]

    return {
        "question": question,
        "verdict": str(advice.verdict),
        "obligation": str(advice.obligation) if advice.obligation else None,
        "assumed": [one.model_dump() for one in advice.assumed],
        "branches": [
            {
                "when": branch.when,
                "verdict": str(branch.outcome.verdict),
                "obligation": str(branch.outcome.obligation) if branch.outcome.obligation else None,
                "citations": cited(branch.outcome.cites),
                "rules": list(branch.outcome.rules),
            }
            for branch in advice.branches
        ],
        "asks": asks_json(advice),
        "citations": cited(all_cites(advice, knowledge)),
        "rules": list(advice.rules),
    }


def most_pressing(advices: Sequence[Advice]) -> Advice:
    """The part that decides the top level: danger and "nee" before "ja"."""
    return min(advices, key=lambda advice: PRESSING.index(advice.verdict))
