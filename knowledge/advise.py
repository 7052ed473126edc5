"""The decision: from a question and a day to an advice.  Pure; no input, no output.

The rules of the act that hold on the day are laid beside the known facts.  A rule that a
fact contradicts is ruled out; a rule that fits fully sets aside the more general rules.
When the rules that remain lead to one outcome, that is the answer, also when facts are
missing.  When they do not, the missing fact that separates them best is asked for, and
the answer per value of that fact is given along with the question.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from knowledge.case import DIRECTED
from knowledge.knowledge import Knowledge
from knowledge.persons import deciding_consent
from knowledge.question import (
    Advice,
    Asked,
    Assumed,
    Branch,
    Fact,
    Option,
    Origin,
    Outcome,
    Question,
    RuledOut,
    unique,
)
from knowledge.schema import AgeRule, Consent, ConsentOutcome, Obligation, Rule, Verdict

# A value that no rule names: "none of these".
OTHER = "other"
# Role first, then at most two further facts: more branches than these nobody reads.
MAX_DEPTH = 3
# The part of a topic that is asked about: the costs of a copy, the first step after a breach.
ASPECT = "aspect"
# What is done with data; the other acts explain a topic, which needs no case.
PERMITS = (*DIRECTED, "record")
# What a case is about: without any of these a "ja" would rest on nothing.
CASE_FACTS = ("role", "law", "party", "data", "purpose", "measure", "concern", "age", "consent", ASPECT)

Facts = Mapping[str, Fact]


def advise(question: Question, knowledge: Knowledge, on: date) -> Advice:
    """Answer a question by the rules that hold on a day.

    Args:
        question: the act and the facts of the case.
        knowledge: the tables.
        on: the day for which the law is read.

    Returns:
        The advice; verdict `not_understood` without outcome when no rule with a valid
        article fits.
    """
    return _Decision(question, knowledge, on).advice()


@dataclass(frozen=True)
class _Standing:
    """How a rule stands towards the facts: which facts it still needs, or what ruled it out."""

    rule: Rule
    missing: frozenset[str]
    against: str | None = None

    @property
    def fits(self) -> bool:
        return self.against is None and not self.missing


@dataclass(frozen=True)
class _Leaf:
    when: dict[str, str]
    outcome: Outcome | None


@dataclass(frozen=True)
class _Split:
    fact: str
    options: tuple[str, ...]
    leaves: tuple[_Leaf, ...]


class _Decision:
    def __init__(self, question: Question, knowledge: Knowledge, on: date) -> None:
        self.question = question
        self.knowledge = knowledge
        self.on = on
        self.rules = tuple(rule for rule in knowledge.rules_in_force(question.act, on) if self._on_the_part(rule))

    def _on_the_part(self, rule: Rule) -> bool:
        """True unless the rule is on a part of the topic that is not asked about: the bot never asks for that."""
        return ASPECT not in rule.when or bool(
            ASPECT in self.question.facts and self._fit(ASPECT, rule.when[ASPECT], self.question.facts[ASPECT])
        )

    # -- the answer --------------------------------------------------------------------

    def advice(self) -> Advice:
        facts, assumed = self._settle_role(self._with_implied(dict(self.question.facts)))
        facts = self._with_consent(facts)
        standings = self._standings(facts)
        nobody = self._needs_party(facts)
        split = self._split({**facts, "party": Fact(frozenset({OTHER}))} if nobody else facts, depth=0)
        leaves = [leaf for leaf in split.leaves if leaf.outcome]
        outcomes = unique(leaf.outcome for leaf in leaves if leaf.outcome)
        # A value for which no rule gives an answer is never covered by the answer for another.
        keys: set[object] = {self._key(leaf.outcome) if leaf.outcome else None for leaf in split.leaves}
        base: dict[str, object] = {
            "act": self.question.act,
            "facts": {name: tuple(sorted(fact.values)) for name, fact in facts.items()},
            "modality": self.question.modality,
            "assumed": assumed,
            "ruled_out": tuple(self._ruled_out(standings, facts)),
            "municipality": self.question.municipality,
            "persons": {person: dict(told) for person, told in self.question.persons.items()},
            "implied": tuple(name for name, fact in facts.items() if fact.origin is Origin.FIXED),
        }
        if not outcomes:
            return Advice(verdict=Verdict.NOT_UNDERSTOOD, obligation=None, outcome=None, **base)  # type: ignore[arg-type]
        branches = self._branches(leaves)
        # Without another party only a refusal or a weighing is an answer already.
        if len(keys) == 1 and not (nobody and outcomes[0].consent_outcome is None):
            merged = self._merge(outcomes)
            if merged.verdict is Verdict.ALLOWED_WITHOUT_CONSENT and self._nothing_told(facts):
                return Advice(
                    verdict=Verdict.NEEDS_INFO,
                    obligation=merged.obligation,
                    outcome=None,
                    branches=branches,
                    asked=self._ask("role", self._plausible_roles(facts)),
                    policies=self._policies(merged.rules),
                    **base,  # type: ignore[arg-type]
                )
            return Advice(
                verdict=merged.verdict,
                obligation=merged.obligation,
                outcome=merged,
                branches=branches if self._differ(outcomes) else (),
                ages=self._ages(merged, facts),
                policies=self._policies(merged.rules),
                **base,  # type: ignore[arg-type]
            )
        rules = unique(rule for outcome in outcomes for rule in outcome.rules)
        if (general := self._general(split)) is not None:
            return Advice(
                verdict=general.verdict,
                obligation=general.obligation,
                outcome=general,
                branches=tuple(branch for branch in branches if branch.when.get(split.fact) != OTHER),
                general=split.fact,
                ages=self._ages(general, facts),
                policies=self._policies(general.rules),
                **base,  # type: ignore[arg-type]
            )
        if split.fact in self.question.unknown:
            # Nobody can tell, so the strictest of the possible answers holds.
            strictest = self._merge(tuple(_strictest(list(outcomes))))
            return Advice(
                verdict=strictest.verdict,
                obligation=strictest.obligation,
                outcome=strictest,
                branches=branches,
                unknown=split.fact,
                ages=self._ages(strictest, facts),
                policies=self._policies(strictest.rules),
                **base,  # type: ignore[arg-type]
            )
        return Advice(
            verdict=Verdict.NEEDS_INFO,
            obligation=self._common([outcome.obligation for outcome in outcomes]),
            outcome=None,
            branches=branches,
            asked=self._asked_party() if nobody else self._asked(split),
            policies=self._policies(rules),
            **base,  # type: ignore[arg-type]
        )

    def _general(self, split: _Split) -> Outcome | None:
        """The outcome of the general case, where leaving a fact unsaid means that case and it is the strictest."""
        kind = self.knowledge.facts.get(split.fact)
        if kind is None or not kind.general or self.question.unknown:
            return None
        usual = unique(leaf.outcome for leaf in split.leaves if leaf.when.get(split.fact) == OTHER)
        if len(usual) != 1 or usual[0] is None:
            return None
        everything = [leaf.outcome for leaf in split.leaves if leaf.outcome]
        return usual[0] if usual[0].verdict in {one.verdict for one in _strictest(everything)} else None

    def _with_consent(self, facts: dict[str, Fact]) -> dict[str, Fact]:
        """The consent that counts, from what each person said and who decides at this age."""
        consent = deciding_consent(self.question.persons, self._deciders(facts))
        return {**facts, "consent": Fact(frozenset({consent}))} if consent else facts

    def _deciders(self, facts: Facts) -> frozenset[str]:
        """Who decides for this asker at this age; empty while role or age is not known."""
        role, age = facts.get("role"), facts.get("age")
        if role is None or age is None:
            return frozenset()
        return frozenset(who for row in self._age_rows(facts) for who in row.decides)

    def _needs_party(self, facts: Facts) -> bool:
        """True when all depends on the other party, and nobody is named."""
        alive = self._alive(facts) if "party" not in facts else []
        settled = any(standing.fits and not standing.rule.residual for standing in alive)
        return not settled and any("party" in standing.missing for standing in alive)

    def _nothing_told(self, facts: Facts) -> bool:
        """ "mag ik dit noteren": neither who asks nor what it is about; a "ja" would permit anything."""
        return self.question.act in PERMITS and not (set(facts) | self.question.unknown) & set(CASE_FACTS)

    @staticmethod
    def _differ(outcomes: tuple[Outcome, ...]) -> bool:
        """True when outcomes with one verdict still differ in duty or article."""
        return len({(outcome.obligation, outcome.cites) for outcome in outcomes}) > 1

    def _key(self, outcome: Outcome) -> tuple[object, ...]:
        """What must agree for two outcomes to be one answer: "moet ik?" asks the duty too."""
        if self.question.modality == "must" and outcome.verdict is not Verdict.INFO:
            return (outcome.verdict, outcome.obligation)
        return (outcome.verdict,)

    # -- facts -------------------------------------------------------------------------

    def _with_implied(self, facts: dict[str, Fact]) -> dict[str, Fact]:
        """Add what the words of a fact fix of another: "de toekenning" tells of the college."""
        told = dict(facts)
        # In the order of the table: the answer does not depend on what was said first.
        for name in (one for one in self.knowledge.facts if one in told):
            for value in sorted(told[name].values):
                for implied, implied_value in self.knowledge.implied(name, value).items():
                    known = facts.get(implied)
                    if known is None or (known.origin is Origin.FIXED and self._narrows(implied, implied_value, known)):
                        facts[implied] = Fact(
                            frozenset({implied_value}), Origin.FIXED, why=self.knowledge.label(name, value)
                        )
        return facts

    def _narrows(self, fact: str, value: str, known: Fact) -> bool:
        return known.value in self.knowledge.lineage(fact, value)

    def _settle_role(self, facts: dict[str, Fact]) -> tuple[dict[str, Fact], tuple[Assumed, ...]]:
        """Take the role as read where only one role can be meant, and say so."""
        roles = self._plausible_roles(facts)
        role = facts.get("role")
        if len(roles) == 1 and (role is None or role.value != roles[0]):
            why = self._why_role(facts)
            facts["role"] = Fact(frozenset(roles), Origin.ASSUMED, why)
            return facts, (Assumed(fact="role", value=roles[0], why=why),)
        if role is not None and role.origin in (Origin.FIXED, Origin.ASSUMED):
            return facts, (Assumed(fact="role", value=role.value, why=role.why),)
        return facts, ()

    def _why_role(self, facts: Facts) -> str:
        role, party = facts.get("role"), facts.get("party")
        if role is not None and role.why:
            return role.why
        return self.knowledge.label("party", party.value) if party else ""

    def _plausible_roles(self, facts: Facts) -> tuple[str, ...]:
        """The roles that may be asking: those that deal with the party, within what is told."""
        party, role = facts.get("party"), facts.get("role")
        named = self.knowledge.roles_for(party.value if party else None) or self._usual_roles()
        if role is None:
            return named
        within = tuple(one for one in named if role.value in self.knowledge.lineage("role", one))
        if within:
            return within
        below = tuple(one for one in self._usual_roles() if role.value in self.knowledge.lineage("role", one))
        return below or (role.value,)

    def _usual_roles(self) -> tuple[str, ...]:
        kind = self.knowledge.facts.get("role")
        return tuple(value.id for value in kind.values) if kind else ()

    # -- rules beside facts ------------------------------------------------------------

    def _standing(self, rule: Rule, facts: Facts) -> _Standing:
        missing = set()
        for name, allowed in rule.when.items():
            fit = self._fit(name, allowed, facts.get(name))
            if fit is False:
                return _Standing(rule, frozenset(), name)
            if fit is None:
                missing.add(name)
        for name, barred in rule.unless.items():
            fact = facts.get(name)
            if fact and self._barred(rule, name, barred, fact.values):
                return _Standing(rule, frozenset(), name)
        return _Standing(rule, frozenset(missing))

    def _barred(self, rule: Rule, name: str, barred: tuple[str, ...], values: frozenset[str]) -> bool:
        """True when a fact rules out a rule by its `unless`.

        What is forbidden stays so when a milder kind of data is named along with it: there all values count.
        """
        if rule.verdict in (Verdict.NOT_ALLOWED, Verdict.WEIGH):
            return all(self.knowledge.fits(name, barred, frozenset({value})) for value in values)
        return bool(self.knowledge.fits(name, barred, values))

    def _fit(self, name: str, allowed: tuple[str, ...], fact: Fact | None) -> bool | None:
        """True: fits. False: contradicts. None: not known, or known only in general."""
        return None if fact is None else self.knowledge.fits(name, allowed, fact.values)

    def _standings(self, facts: Facts, rules: Sequence[Rule] | None = None) -> list[_Standing]:
        return [self._standing(rule, facts) for rule in (self.rules if rules is None else rules)]

    def _alive(self, facts: Facts, rules: Sequence[Rule] | None = None) -> list[_Standing]:
        """The rules that no fact contradicts, without those that a closer rule sets aside."""
        open_ = [
            standing
            for standing in self._standings(facts, rules)
            if standing.against is None and standing.missing.isdisjoint(standing.rule.told)
        ]
        fitting = [standing.rule for standing in open_ if standing.fits]
        return [standing for standing in open_ if not any(_sets_aside(rule, standing.rule) for rule in fitting)]

    # -- outcomes ----------------------------------------------------------------------

    def _within(self, fact: str, alive: list[_Standing], facts: Facts) -> list[Rule] | None:
        """The rules to look at once a fact is added: those alive, which an added fact can only thin out.

        A group made specific ("hulpverlener": which one?) may call back a rule; then all count.
        """
        return None if fact in facts else [standing.rule for standing in alive]

    def _split(self, facts: Facts, depth: int, rules: Sequence[Rule] | None = None) -> _Split:
        """Branch on the best missing fact until each branch has one outcome."""
        alive = self._alive(facts, rules)
        outcomes = unique(self._outcome(standing.rule, facts) for standing in alive)
        fact = self._best_separator(alive, facts) if depth < MAX_DEPTH else None
        settled = len({self._key(outcome) for outcome in outcomes}) <= 1
        one_duty = len({outcome.obligation for outcome in outcomes}) <= 1
        if fact is None or (settled and one_duty):
            return _Split("", (), (_Leaf({}, self._leaf_outcome(alive, facts)),))
        leaves: list[_Leaf] = []
        options = self._options(fact, alive, facts)
        for option in options:
            known = {**facts, fact: Fact(frozenset({option}))}
            below = self._split(known, depth + 1, self._within(fact, alive, facts))
            leaves.extend(_Leaf({fact: option, **leaf.when}, leaf.outcome) for leaf in below.leaves)
        return _Split(fact, options, tuple(leaves))

    def _leaf_outcome(self, alive: list[_Standing], facts: Facts) -> Outcome | None:
        fitting = [standing for standing in alive if standing.fits] or alive
        outcomes = [self._outcome(standing.rule, facts) for standing in fitting]
        return self._merge(tuple(_strictest(outcomes))) if outcomes else None

    def _outcome(self, rule: Rule, facts: Facts) -> Outcome:
        changed = self._consent_outcome(rule, facts)
        cites = tuple(reference.cite for reference in self.knowledge.references(rule.cite, self.on))
        if changed is None:
            return Outcome(
                verdict=self._verdict(rule),
                obligation=rule.obligation,
                consent=rule.consent,
                rules=(rule.id,),
                cites=cites,
            )
        more = tuple(reference.cite for reference in self.knowledge.references(changed.cite, self.on))
        return Outcome(
            verdict=changed.verdict,
            obligation=changed.obligation,
            consent=rule.consent,
            rules=(rule.id,),
            cites=unique((*cites, *more)),
            consent_outcome=changed.id,
        )

    def _verdict(self, rule: Rule) -> Verdict:
        """The verdict of a rule; who asks what, who or when gets an explanation, not a yes."""
        permits = rule.verdict in (Verdict.ALLOWED_WITHOUT_CONSENT, Verdict.ALLOWED_WITH_CONSENT)
        return Verdict.INFO if permits and self.question.modality == "what" else rule.verdict

    def _consent_outcome(self, rule: Rule, facts: Facts) -> ConsentOutcome | None:
        """What becomes of a rule that needs consent when the consent is refused or impossible."""
        if rule.consent is Consent.NONE:
            return None
        fitting = [
            row
            for row in self.knowledge.consent_outcomes.values()
            if row.valid_on(self.on)
            and all(self._fit(name, allowed, facts.get(name)) for name, allowed in row.when.items())
        ]
        return max(fitting, key=lambda row: len(row.when), default=None)

    def _merge(self, outcomes: tuple[Outcome, ...]) -> Outcome:
        """Outcomes with one verdict as one: all rules and articles, the duty only if shared."""
        first = outcomes[0]
        return Outcome(
            verdict=first.verdict,
            obligation=self._common([outcome.obligation for outcome in outcomes]),
            consent=max((outcome.consent for outcome in outcomes), key=list(Consent).index),
            rules=unique(rule for outcome in outcomes for rule in outcome.rules),
            cites=unique(cite for outcome in outcomes for cite in outcome.cites),
            consent_outcome=next((o.consent_outcome for o in outcomes if o.consent_outcome), None),
        )

    @staticmethod
    def _common(obligations: list[Obligation | None]) -> Obligation | None:
        return obligations[0] if len(set(obligations)) == 1 else None

    # -- the missing fact --------------------------------------------------------------

    def _best_separator(self, alive: list[_Standing], facts: Facts) -> str | None:
        """The open fact after which the fewest outcomes remain; ties by order of the table."""
        order = list(self.knowledge.facts)
        candidates = sorted(
            {name for standing in alive for name in standing.missing if name in self.knowledge.facts},
            key=order.index,
        )
        scores = {name: self._remaining(name, alive, facts) for name in candidates}
        return min(candidates, key=lambda name: scores[name], default=None)

    def _remaining(self, name: str, alive: list[_Standing], facts: Facts) -> tuple[float, float]:
        """How many verdicts, and how many duties, remain on average once a fact is known."""
        verdicts, duties = [], []
        for option in self._options(name, alive, facts):
            known = {**facts, name: Fact(frozenset({option}))}
            left = self._alive(known, self._within(name, alive, facts))
            outcomes = [self._outcome(standing.rule, known) for standing in left]
            verdicts.append(len({self._key(outcome) for outcome in outcomes}))
            duties.append(len({outcome.obligation for outcome in outcomes}))
        return sum(verdicts) / len(verdicts), sum(duties) / len(duties)

    def _options(self, fact: str, alive: list[_Standing], facts: Facts) -> tuple[str, ...]:
        """The values worth telling apart: those the rules name, and "none of these"."""
        if fact == "role":
            return self._plausible_roles(facts)
        named = unique(value for standing in alive for value in standing.rule.when.get(fact, ()))
        kind = self.knowledge.facts[fact]
        if kind.values:
            known = [value.id for value in kind.values]
            named = tuple(sorted((v for v in named if v in known), key=known.index))
            return named if set(named) >= set(known) else (*named, OTHER)
        return (*named, OTHER)

    def _asked_party(self) -> Asked:
        """Ask who the other party is; open, since there are too many to choose from."""
        return Asked(fact="party", text=self.knowledge.facts["party"].ask, options=())

    def _asked(self, split: _Split) -> Asked:
        return self._ask(split.fact, split.options)

    def _ask(self, fact: str, options: Sequence[str]) -> Asked:
        return Asked(
            fact=fact,
            text=self.knowledge.facts[fact].ask,
            options=tuple(Option(value=one, label=self._option_label(fact, one)) for one in options),
        )

    def _option_label(self, fact: str, value: str) -> str:
        if value == OTHER:
            return "Iets anders"
        row = self.knowledge.fact_value(fact, value)
        return row.label if row else self.knowledge.label(fact, value)

    # -- what goes along ---------------------------------------------------------------

    def _branches(self, leaves: list[_Leaf]) -> tuple[Branch, ...]:
        return tuple(Branch(when=leaf.when, outcome=leaf.outcome) for leaf in leaves if leaf.outcome and leaf.when)

    def _ruled_out(self, standings: list[_Standing], facts: Facts) -> Iterator[RuledOut]:
        for standing in standings:
            if standing.against:
                values = " en ".join(
                    self.knowledge.label(standing.against, value) for value in sorted(facts[standing.against].values)
                )
                yield RuledOut(rule=standing.rule.id, fact=standing.against, why=values)

    def _ages(self, outcome: Outcome, facts: Facts) -> tuple[str, ...]:
        """Who gives the consent, by age, for the roles that need one."""
        if outcome.consent is Consent.NONE or outcome.verdict is not Verdict.ALLOWED_WITH_CONSENT:
            return ()
        return tuple(row.id for row in self._age_rows(facts))

    def _age_rows(self, facts: Facts) -> list[AgeRule]:
        role, age = facts.get("role"), facts.get("age")
        return [
            row
            for row in self.knowledge.ages.values()
            if row.valid_on(self.on)
            and (role is not None and self._fit("role", row.roles, role))
            and (age is None or self._fit("age", row.bands, age))
        ]

    def _policies(self, rules: tuple[str, ...]) -> tuple[str, ...]:
        policy = self.knowledge.policy_of(self.question.municipality)
        return tuple(
            row.id
            for row in self.knowledge.policies.values()
            if policy and row.policy == policy and row.valid_on(self.on) and set(row.rules) & set(rules)
        )


def _sets_aside(closer: Rule, other: Rule) -> bool:
    """True when a fitting rule makes the other superfluous: it is the exception to it."""
    if closer.id == other.id:
        return False
    if bool(closer.told) != bool(other.told):
        return bool(closer.told)
    parts, other_parts = closer.when.get(ASPECT, ()), other.when.get(ASPECT, ())
    if parts and other_parts and set(parts).isdisjoint(other_parts):
        return False  # two parts of the topic are asked about; each has its own answer
    if parts and not other_parts:
        # What is asked in detail is answered in detail, but an explanation never lifts a prohibition.
        return other.verdict not in (Verdict.NOT_ALLOWED, Verdict.WEIGH)
    if other.residual and not closer.residual:
        return True
    return closer.residual == other.residual and set(other.when) < set(closer.when)


_STRICT = (
    Verdict.NOT_ALLOWED,
    Verdict.WEIGH,
    Verdict.ALLOWED_WITH_CONSENT,
    Verdict.ALLOWED_WITHOUT_CONSENT,
)


def _strictest(outcomes: list[Outcome]) -> list[Outcome]:
    """Of rules that fit at once and differ, the strictest: never err towards sharing."""
    for verdict in _STRICT:
        found = [outcome for outcome in outcomes if outcome.verdict is verdict]
        if found:
            return found
    return outcomes
