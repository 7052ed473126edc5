"""How a dated row reads in a list for people who check the knowledge: a title, and what it says."""

from __future__ import annotations

from collections.abc import Iterable

from knowledge.answer import with_other
from knowledge.knowledge import Knowledge
from knowledge.question import unique
from knowledge.schema import (
    AgeRule,
    Article,
    Cite,
    Consent,
    ConsentOutcome,
    DangerAnswer,
    DatedRow,
    Flow,
    Obligation,
    Policy,
    Rule,
    Verdict,
)
from knowledge.titles import Titles, listed

POLICY_KINDS = {"stricter": "strenger dan de wet", "same": "gelijk aan de wet", "contrary": "in strijd met de wet"}
_VERDICTS = {
    Verdict.ALLOWED_WITHOUT_CONSENT: "mag zonder toestemming",
    Verdict.ALLOWED_WITH_CONSENT: "mag alleen met toestemming",
    Verdict.NOT_ALLOWED: "mag niet",
    Verdict.WEIGH: "eerst afwegen",
    Verdict.EMERGENCY: "direct gevaar",
    Verdict.INFO: "uitleg",
}


def verdict_in_words(verdict: Verdict, obligation: Obligation | None, consent: Consent = Consent.NONE) -> str:
    """A verdict with its duty: "moet, zonder toestemming", "mag alleen met uitdrukkelijke toestemming"."""
    if verdict is Verdict.ALLOWED_WITHOUT_CONSENT and obligation is Obligation.MUST:
        return "moet, zonder toestemming"
    words = _VERDICTS.get(verdict, str(verdict))
    if consent is Consent.EXPLICIT:
        words = words.replace("toestemming", "uitdrukkelijke toestemming")
    if verdict is Verdict.ALLOWED_WITH_CONSENT and obligation is Obligation.MAY_NOT:
        return f"nu niet; {words}"
    return f"{words} (een plicht)" if obligation is Obligation.MUST else words


class RowWords:
    """Names and sums up rows of every dated table."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self.titles = Titles(knowledge)

    def title(self, row: DatedRow) -> str:
        """What a row is about, in a few words, without the period in which it holds."""
        undated = row.model_copy(update={"valid_to": None})
        if isinstance(undated, Article):
            return self.titles.article(undated)
        if isinstance(undated, Rule):
            return self.titles.rule(undated)
        if isinstance(undated, AgeRule):
            return self.titles.age(undated)
        if isinstance(undated, ConsentOutcome):
            return self.titles.consent_outcome(undated)
        if isinstance(undated, Policy):
            return f"{self.places(undated.policy)}: {undated.place}"
        if isinstance(undated, Flow):
            return undated.title
        return undated.id

    def summary(self, row: DatedRow) -> str:
        """What a row says, in one or two sentences, with its articles."""
        if isinstance(row, Article):
            return " ".join(row.paraphrase.split())
        if isinstance(row, Rule):
            words = verdict_in_words(row.verdict, row.obligation, row.consent)
            return f"{words}. {with_other(row.say.verdict)}{self._between_brackets(row.cite)}"
        if isinstance(row, AgeRule):
            return f"{row.say}{self._between_brackets(row.cite)}"
        if isinstance(row, ConsentOutcome):
            words = verdict_in_words(row.verdict, row.obligation)
            return f"{words}. {with_other(row.say.verdict)}{self._between_brackets(row.cite)}"
        if isinstance(row, Policy):
            return f"{POLICY_KINDS[row.kind]}. {row.say}"
        if isinstance(row, Flow):
            return f"{len(row.steps)} stappen: {', '.join(step.label for step in row.steps)}."
        if isinstance(row, DangerAnswer):
            return f"{row.text.split(chr(10))[0]}{self._between_brackets(row.cite)}"
        return row.source

    def places(self, policy: str) -> str:
        """The municipalities with a policy."""
        return listed([row.name for row in self._knowledge.municipalities.values() if row.policy == policy], "en")

    def _between_brackets(self, cites: Iterable[Cite]) -> str:
        labels = "; ".join(unique(self.titles.cite(cite) for cite in cites))
        return f" ({labels})" if labels else ""
