"""A question as facts, and the advice on it: the two ends of the decision code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from pydantic import BaseModel, ConfigDict

from knowledge.schema import Cite, Consent, Obligation, Verdict

T = TypeVar("T")

# Asked back as if it were a fact: what the question is about.
ACT = "act"


class Origin(StrEnum):
    """How a fact came to be known; only `told` and `case` come from the person's own words."""

    TOLD = "told"  # in this message, or by a button
    CASE = "case"  # earlier in the conversation
    PROFILE = "profile"  # chosen once by the person, such as the role
    FIXED = "fixed"  # follows from other words ("de toekenning": the college)
    ASSUMED = "assumed"  # the one plausible value, said aloud in the answer


@dataclass(frozen=True)
class Fact:
    """The values known of one fact (several only where the fact may have several)."""

    values: frozenset[str]
    origin: Origin = Origin.TOLD
    why: str = ""

    @property
    def value(self) -> str:
        """One value, the first in order; for facts that have just one."""
        return min(self.values)


def told(*values: str) -> Fact:
    """A fact in the person's own words."""
    return Fact(frozenset(values))


@dataclass(frozen=True)
class Question:
    """What is asked (`act`: share, request, retention...) and what is known of the case."""

    act: str
    facts: Mapping[str, Fact] = field(default_factory=dict)
    modality: str = "may"  # "must" when the person asks "moet ik?", "what" for an explanation
    municipality: str | None = None
    persons: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # per person: consent, custody
    unknown: frozenset[str] = frozenset()  # facts of which the person said not to know them


class _Result(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Assumed(_Result):
    """A fact that was not told but follows, with the reason in Dutch."""

    fact: str
    value: str
    why: str


class RuledOut(_Result):
    """A rule that does not apply, and the fact that ruled it out."""

    rule: str
    fact: str
    why: str


class Option(_Result):
    """One possible answer to the question back."""

    value: str
    label: str


class Asked(_Result):
    """The one missing fact that separates the remaining rules best."""

    fact: str
    text: str
    options: tuple[Option, ...]


class Outcome(_Result):
    """What holds for one set of facts: the verdict, by which rules, on which articles."""

    verdict: Verdict
    obligation: Obligation | None
    consent: Consent
    rules: tuple[str, ...]
    cites: tuple[Cite, ...]
    consent_outcome: str | None = None


class Branch(_Result):
    """An outcome that holds when the named facts have these values."""

    when: dict[str, str]
    outcome: Outcome


class Advice(_Result):
    """The answer to one question, with everything that explains it.

    `outcome` is None only when no rule fits (verdict `not_understood`).  With verdict
    `needs_info`, `asked` is filled and `branches` holds the answer per possible value.
    """

    act: str
    facts: dict[str, tuple[str, ...]]
    modality: str
    verdict: Verdict
    obligation: Obligation | None
    outcome: Outcome | None
    branches: tuple[Branch, ...] = ()
    asked: Asked | None = None
    assumed: tuple[Assumed, ...] = ()
    ruled_out: tuple[RuledOut, ...] = ()
    ages: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    municipality: str | None = None
    persons: dict[str, dict[str, str]] = {}
    implied: tuple[str, ...] = ()  # facts that follow from others, and are not to be remembered
    general: str | None = None  # the fact of which the general case was taken; branches are the exceptions
    unknown: str | None = None  # the fact that would matter, and that the person does not know

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """The outcome, or those of the branches."""
        if self.outcome:
            return (self.outcome,)
        return tuple(branch.outcome for branch in self.branches)

    @property
    def rules(self) -> tuple[str, ...]:
        """All rules used, each once, in order."""
        return unique(rule for outcome in self._shown for rule in outcome.rules)

    @property
    def cites(self) -> tuple[Cite, ...]:
        """All citations, each once, in order."""
        return unique(cite for outcome in self._shown for cite in outcome.cites)

    @property
    def _shown(self) -> tuple[Outcome, ...]:
        """The outcomes of which the answer speaks: beside the general case its exceptions."""
        exceptions = self.branches if self.general else ()
        return (*self.outcomes, *(branch.outcome for branch in exceptions))


def unique(items: Iterable[T]) -> tuple[T, ...]:
    """The items without repetition, in the order of first sight."""
    return tuple(dict.fromkeys(items))


# Most pressing first: decides the top level of an answer to more than one question.
PRESSING = (
    Verdict.EMERGENCY,
    Verdict.NOT_ALLOWED,
    Verdict.WEIGH,
    Verdict.NEEDS_INFO,
    Verdict.ALLOWED_WITH_CONSENT,
    Verdict.ALLOWED_WITHOUT_CONSENT,
    Verdict.INFO,
    Verdict.OUT_OF_SCOPE,
    Verdict.NOT_UNDERSTOOD,
)
