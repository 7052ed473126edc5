"""The knowledge as one immutable object with the look-ups that the decision code needs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TypeVar, cast

from knowledge.load import CONTENT, Tables, read_tables
from knowledge.schema import (
    Act,
    AgeRule,
    Article,
    Cite,
    CommandWords,
    ConsentOutcome,
    Contacts,
    DangerAnswer,
    DataCategory,
    Document,
    FactKind,
    FactValue,
    FixedQuestion,
    Flow,
    FlowWords,
    Law,
    Municipality,
    OpenNorm,
    Party,
    Person,
    Policy,
    QuizQuestion,
    QuizSubject,
    QuizWords,
    Row,
    Rule,
    SmallTalk,
)

R = TypeVar("R", bound=Row)

# Facts whose values are parties; all others list their values in the facts table or,
# for "data", in the data categories.
PARTY_FACTS = ("party", "role")


@dataclass(frozen=True)
class Reference:
    """A citation resolved to the article that holds on a day."""

    cite: Cite
    law: Law
    article: Article

    @property
    def label(self) -> str:
        """As it stands in an answer: "art. 7.3.11 lid 4 Jeugdwet"."""
        paragraph = f" {self.cite.paragraph}" if self.cite.paragraph else ""
        return f"art. {self.article.number}{paragraph} {self.law.title}"

    @property
    def url(self) -> str:
        """The web address of the article in the official collection."""
        return self.law.article_url(self.article.number)


class Knowledge:
    """All tables, read once; nothing in it changes afterwards."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self.version = tables.version
        self.acts = self._table("acts", Act)
        self.laws = self._table("laws", Law)
        self.articles = self._table("articles", Article)
        self.parties = self._table("parties", Party)
        self.persons = self._table("persons", Person)
        self.data_categories = self._table("data_categories", DataCategory)
        self.facts = self._table("facts", FactKind)
        self.rules = self._table("rules", Rule)
        self.ages = self._table("ages", AgeRule)
        self.consent_outcomes = self._table("consent_outcomes", ConsentOutcome)
        self.open_norms = self._table("open_norms", OpenNorm)
        self.municipalities = self._table("municipalities", Municipality)
        self.policies = self._table("policies", Policy)
        self.contacts = self._table("contacts", Contacts)
        self.documents = self._table("documents", Document)
        self.menu = self._table("menu", FixedQuestion)
        self.small_talk = self._table("small_talk", SmallTalk)
        self.danger = self._table("danger", DangerAnswer)
        self.flows = self._table("flows", Flow)
        self.flow_words = self._table("flow_words", FlowWords)
        self.commands = self._table("commands", CommandWords)
        self.quiz_subjects = self._table("quiz_subjects", QuizSubject)
        self.quiz = self._table("quiz", QuizQuestion)
        self.quiz_words = self._table("quiz_words", QuizWords)

    @classmethod
    def read(cls, content: Path = CONTENT) -> Knowledge:
        """Read the content folder.

        Raises:
            knowledge.load.KnowledgeError: when a row does not fit its schema.
        """
        return cls(read_tables(content))

    @property
    def tables(self) -> Tables:
        """The rows as read, with their places, for the checks."""
        return self._tables

    def _table(self, name: str, kind: type[R]) -> dict[str, R]:
        return cast(dict[str, R], self._tables.rows[name])

    # -- values of facts ---------------------------------------------------------------

    @cached_property
    def _parents(self) -> dict[str, dict[str, tuple[str, ...]]]:
        parties = {party.id: party.is_a for party in self.parties.values()}
        parents: dict[str, dict[str, tuple[str, ...]]] = {
            kind.id: {value.id: value.is_a for value in kind.values} for kind in self.facts.values()
        }
        parents["data"] = {row.id: row.is_a for row in self.data_categories.values()}
        for fact in PARTY_FACTS:
            parents[fact] = parties
        return parents

    @cached_property
    def _lineages(self) -> dict[tuple[str, str], frozenset[str]]:
        return {}

    def lineage(self, fact: str, value: str) -> frozenset[str]:
        """The value itself and everything it is a kind of."""
        key = (fact, value)
        if key not in self._lineages:
            found: set[str] = set()
            todo = [value]
            while todo:
                current = todo.pop()
                if current not in found:
                    found.add(current)
                    todo.extend(self._parents.get(fact, {}).get(current, ()))
            self._lineages[key] = frozenset(found)
        return self._lineages[key]

    @cached_property
    def _fitting(self) -> dict[tuple[str, tuple[str, ...], frozenset[str]], bool | None]:
        return {}

    def fits(self, fact: str, allowed: tuple[str, ...], values: frozenset[str]) -> bool | None:
        """True when one of the values is an allowed one or a kind of it; None when it is only more general.

        Remembered, since a decision asks the same thousands of times.
        """
        key = (fact, allowed, values)
        if key not in self._fitting:
            wanted = frozenset(allowed)
            general = {kind for one in allowed for kind in self.lineage(fact, one)}
            if any(not self.lineage(fact, value).isdisjoint(wanted) for value in values):
                self._fitting[key] = True
            else:
                self._fitting[key] = None if not general.isdisjoint(values) else False
        return self._fitting[key]

    def known_value(self, fact: str, value: str) -> bool:
        """True when the value exists for that fact."""
        return value in self._parents.get(fact, {})

    def fact_value(self, fact: str, value: str) -> FactValue | None:
        """The row of a value in the facts table, if it stands there."""
        kind = self.facts.get(fact)
        return next((row for row in kind.values if row.id == value), None) if kind else None

    def implied(self, fact: str, value: str) -> dict[str, str]:
        """The facts that a value tells of along with itself."""
        row = self.parties.get(value) if fact == "party" else self.fact_value(fact, value)
        return dict(row.implies) if row else {}

    def label(self, fact: str, value: str) -> str:
        """How a value is called in a sentence."""
        if fact in PARTY_FACTS and value in self.parties:
            return self.parties[value].label
        if fact == "data" and value in self.data_categories:
            return self.data_categories[value].label
        if fact == "act" and value in self.acts:
            return self.acts[value].label
        if fact == "municipality" and value in self.municipalities:
            return self.municipalities[value].name
        row = self.fact_value(fact, value)
        return row.label if row else value

    # -- citations ---------------------------------------------------------------------

    @cached_property
    def _articles_by_number(self) -> dict[tuple[str, str], list[Article]]:
        found: dict[tuple[str, str], list[Article]] = {}
        for article in self.articles.values():
            found.setdefault((article.law, article.number), []).append(article)
        return found

    def versions_of(self, cite: Cite) -> list[Article]:
        """All dated versions of the cited article; empty when it is unknown."""
        return self._articles_by_number.get((cite.law, cite.number), [])

    def reference(self, cite: Cite, on: date) -> Reference | None:
        """The article as it holds on a day, or None when it does not hold then."""
        for article in self.versions_of(cite):
            if article.valid_on(on):
                return Reference(cite, self.laws[article.law], article)
        return None

    def references(self, cites: Iterable[Cite], on: date) -> list[Reference]:
        """The references that hold on a day, each once, in order."""
        found: dict[tuple[str, str, str | None], Reference] = {}
        for cite in cites:
            reference = self.reference(cite, on)
            if reference:
                found.setdefault((cite.law, cite.number, cite.paragraph), reference)
        return list(found.values())

    @cached_property
    def _in_force(self) -> dict[tuple[str, date], tuple[Rule, ...]]:
        return {}

    def rules_in_force(self, act: str, on: date) -> tuple[Rule, ...]:
        """The rules of an act that hold on a day.

        No citation, no answer: a rule that cites counts only with an article that holds on the day.
        """
        key = (act, on)
        if key not in self._in_force:
            self._in_force[key] = tuple(
                rule
                for rule in self.rules.values()
                if act in rule.acts and rule.valid_on(on) and (not rule.cite or self.references(rule.cite, on))
            )
        return self._in_force[key]

    def may_ask(self, party: str) -> bool:
        """True for those who put questions themselves, and everyone who is a kind of these."""
        return any(self.parties[kin].asks for kin in self.lineage("party", party) if kin in self.parties)

    # -- guided conversations ----------------------------------------------------------

    def flow_for(self, flow: str, municipality: str | None, on: date) -> Flow:
        """The flow as it goes in a municipality on a day.

        Args:
            flow: the id of the national flow of today, or of a local one.
        """
        named = self.flows[flow]
        policy = self.policy_of(municipality)
        then = [one for one in self.flows.values() if one.state == named.state and one.valid_on(on)]
        local = (one for one in then if policy and one.policy == policy)
        national = (one for one in then if one.policy is None)
        return next(local, next(national, named))

    # -- people ------------------------------------------------------------------------

    def policy_of(self, municipality: str | None) -> str | None:
        """The key under which a municipality's own policy stands."""
        row = self.municipalities.get(municipality or "")
        return row.policy if row else None

    def contacts_of(self, municipality: str | None) -> Contacts:
        """Whom to turn to; the default contacts where a municipality has none."""
        return self.contacts.get(municipality or "") or self.contacts["default"]

    def roles_for(self, party: str | None) -> tuple[str, ...]:
        """The roles that plausibly deal with a party, nearest kin first; empty when open."""
        todo = [party] if party else []
        while todo:
            row = self.parties.get(todo.pop(0) or "")
            if row is None:
                continue
            if row.asked_by:
                return row.asked_by
            todo.extend(row.is_a)
        return ()
