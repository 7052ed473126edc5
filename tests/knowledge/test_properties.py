"""What must hold for every decision, tried on thousands of questions made from the tables themselves.

The questions come from the knowledge: the acts, the facts and their values, most of them close to the
conditions of a rule, so that the rules are reached.  A failure names the seed and the smallest question
that still fails; PROPERTY_SEED and PROPERTY_EXAMPLES in the environment run another set, or a larger one.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest

from knowledge.advise import OTHER, advise
from knowledge.answer import Answerer
from knowledge.check import CONDITION
from knowledge.knowledge import PARTY_FACTS, Knowledge
from knowledge.persons import GIVEN, PARENTS, REFUSED, SUBJECT
from knowledge.question import Advice, Fact, Outcome, Question, told
from knowledge.schema import Verdict

SEED = int(os.environ.get("PROPERTY_SEED", "5"))
EXAMPLES = int(os.environ.get("PROPERTY_EXAMPLES", "2000"))  # of each property
TODAY = date(2026, 11, 22)
AVG = date(2018, 5, 25)  # before this day the tables do not claim to be complete
# Read from the message itself: nobody is asked for them, and most questions hold none.
SELDOM = ("term", "aspect")
SEVERAL = ("data", "aspect")
PEOPLE = (*PARENTS, SUBJECT)
MAX_QUESTIONS = 6
# From mild to strict; what explains or asks is on no such scale.
STRICTNESS = (Verdict.ALLOWED_WITHOUT_CONSENT, Verdict.ALLOWED_WITH_CONSENT, Verdict.WEIGH, Verdict.NOT_ALLOWED)
PLAIN_YES = re.compile(r"ja\W*$|ja\W+(?:dat )?mag\W*$", re.IGNORECASE)
SOMEONE = re.compile(
    r"\b(?:FG|privacy officer|leidinggevende|aandachtsfunctionaris|gedragswetenschapper|jurist|112|0800)\b|"
    r"Veilig Thuis|Autoriteit Persoonsgegevens"
)


@dataclass(frozen=True)
class Example:
    """A question on a day."""

    question: Question
    on: date

    def with_facts(self, **facts: Fact | None) -> Example:
        """The same with other facts; None takes a fact away."""
        known = {**self.question.facts, **facts}
        kept = {name: fact for name, fact in known.items() if fact is not None}
        return replace(self, question=replace(self.question, facts=kept))

    def with_persons(self, persons: Mapping[str, Mapping[str, str]]) -> Example:
        """The same with what each person said."""
        return replace(self, question=replace(self.question, persons=persons))

    @property
    def chance(self) -> random.Random:
        """A source of choices that are the same each time this example is tried."""
        return random.Random(str(self))

    def __str__(self) -> str:
        asked = self.question
        facts = {name: sorted(fact.values) for name, fact in asked.facts.items()}
        persons = {person: dict(said) for person, said in asked.persons.items()}
        return f"{asked.act} ({asked.modality}) {facts} {persons} {asked.municipality or ''} on {self.on}"


class Examples:
    """Makes questions by chance."""

    def __init__(self, knowledge: Knowledge, seed: int) -> None:
        self.chance = random.Random(seed)
        self.acts = list(knowledge.acts)
        self.rules = {act: [rule for rule in knowledge.rules.values() if act in rule.acts] for act in self.acts}
        self.about_data = [
            rule
            for rule in knowledge.rules.values()
            if rule.valid_on(TODAY) and ("data" in rule.when or "data" in rule.unless)
        ]
        self.values = {kind.id: [value.id for value in kind.values] for kind in knowledge.facts.values()}
        self.values["data"] = list(knowledge.data_categories)
        self.values["party"] = list(knowledge.parties)
        self.values["role"] = [party for party in knowledge.parties if knowledge.may_ask(party)]
        rows = (*knowledge.rules.values(), *knowledge.articles.values())
        ends = {row.valid_to for row in rows if row.valid_to}
        turns = {AVG, *(row.valid_from for row in rows), *ends, *(end + timedelta(days=1) for end in ends)}
        self.days = sorted(day for day in turns if AVG <= day <= TODAY)

    def one(self) -> Example:
        """A question, half of the time about giving or fetching, half of the time on a day in the past."""
        chance = self.chance
        act = chance.choice(["share", "request", *chance.choices(self.acts, k=2)])
        facts: dict[str, Fact] = {}
        if self.rules[act] and chance.random() < 0.8:
            rule = chance.choice(self.rules[act])
            near = {**rule.unless, **rule.when} if chance.random() < 0.3 else rule.when
            facts = {name: told(chance.choice(values)) for name, values in near.items() if chance.random() < 0.85}
        for name in chance.sample(list(self.values), chance.randint(0, 3)):
            if name != "modality" and (name not in SELDOM or chance.random() < 0.3):
                count = chance.randint(1, 3) if name in SEVERAL else 1
                facts.setdefault(name, told(*chance.sample(self.values[name], count)))
        on = chance.choice(self.days) if chance.random() < 0.5 else TODAY
        return Example(Question(act, facts, chance.choice(["may", "may", "must", "what"])), on)

    def several_data(self) -> Example:
        """A question about two or three kinds of data, of which a rule names one, near that rule."""
        chance = self.chance
        rule = chance.choice(self.about_data)
        facts = {name: told(chance.choice(values)) for name, values in rule.when.items() if chance.random() < 0.95}
        named = chance.choice([*rule.when.get("data", ()), *rule.unless.get("data", ())])
        others = [one for one in self.values["data"] if one != named]
        facts["data"] = told(named, *chance.sample(others, chance.randint(1, 2)))
        return Example(Question(chance.choice(rule.acts), facts), TODAY)

    def with_persons(self) -> Example:
        """A question in which one to three people said something of the consent, and nobody refused."""
        persons: dict[str, dict[str, str]] = {}
        for person in self.chance.sample(PEOPLE, self.chance.randint(1, 3)):
            persons[person] = {"consent": self.chance.choice([GIVEN, GIVEN, "unasked"])}
            if person in PARENTS and self.chance.random() < 0.5:
                persons[person]["custody"] = self.chance.choice(self.values["custody"])
        return self.one().with_facts(consent=None).with_persons(persons)


class Decider:
    """Decides on examples; each is decided once, since the properties look at the same ones."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._known: dict[str, Advice] = {}

    def __call__(self, example: Example) -> Advice:
        key = str(example)
        if key not in self._known:
            self._known[key] = advise(example.question, self._knowledge, example.on)
        return self._known[key]


@pytest.fixture
def examples(knowledge: Knowledge) -> Examples:
    return Examples(knowledge, SEED)


@pytest.fixture(scope="module")
def decide(knowledge: Knowledge) -> Decider:
    return Decider(knowledge)


def try_all(make: Callable[[], Example], wrong: Callable[[Example], list[str]]) -> None:
    """Try a property on many examples; fails with the smallest form of the first that breaks it."""
    for number in range(EXAMPLES):
        example = make()
        if wrong(example):
            smallest = smaller(example, wrong)
            pytest.fail(f"seed {SEED}, example {number}: {smallest}\n" + "\n".join(wrong(smallest)))


def smaller(example: Example, wrong: Callable[[Example], list[str]]) -> Example:
    """The example with every fact gone that does not matter to the failure."""
    for name in example.question.facts:
        less = example.with_facts(**{name: None})
        if wrong(less):
            return smaller(less, wrong)
    return example


# -- comparing answers ---------------------------------------------------------------------


def ways(advice: Advice) -> Iterator[tuple[Mapping[str, str], Outcome]]:
    """Every outcome that the answer speaks of, with the facts under which it holds."""
    if advice.outcome:
        yield {}, advice.outcome
    if advice.outcome is None or advice.general:
        yield from ((branch.when, branch.outcome) for branch in advice.branches)


def strictness(advice: Advice, when: Mapping[str, str]) -> list[int]:
    """How strict the answer may turn out to be where these facts hold, from mild to strict."""
    return sorted(
        STRICTNESS.index(outcome.verdict)
        for under, outcome in ways(advice)
        if outcome.verdict in STRICTNESS and all(when.get(fact, value) == value for fact, value in under.items())
    )


def stricter(before: Advice, after: Advice) -> list[str]:
    """The outcomes of `after` that are stricter than everything that `before` said for the same facts."""
    return _beyond(before, after, lambda rank, known: rank > known[-1])


def milder(before: Advice, after: Advice) -> list[str]:
    """The outcomes of `after` that are milder than everything that `before` said for the same facts."""
    return _beyond(before, after, lambda rank, known: rank < known[0])


def _beyond(before: Advice, after: Advice, beyond: Callable[[int, list[int]], bool]) -> list[str]:
    return [
        f"{dict(when)}: {outcome.verdict} by {outcome.rules}; before: {before.verdict} by {before.rules[:4]}"
        for when, outcome in ways(after)
        if outcome.verdict in STRICTNESS
        and (known := strictness(before, when))
        and beyond(STRICTNESS.index(outcome.verdict), known)
    ]


# -- consent -------------------------------------------------------------------------------


def test_a_consent_that_is_given_never_makes_the_answer_stricter(examples: Examples, decide: Decider) -> None:
    def wrong(example: Example) -> list[str]:
        unknown = example.with_facts(consent=None)
        return stricter(decide(unknown), decide(unknown.with_facts(consent=told(GIVEN))))

    try_all(examples.one, wrong)


def test_a_refusal_never_makes_the_answer_milder(examples: Examples, decide: Decider) -> None:
    """Where the law makes consent irrelevant, the refusal changes nothing."""

    def wrong(example: Example) -> list[str]:
        unknown = example.with_facts(consent=None)
        return milder(decide(unknown), decide(unknown.with_facts(consent=told(REFUSED))))

    try_all(examples.one, wrong)


def test_one_person_who_refuses_never_makes_the_answer_milder(examples: Examples, decide: Decider) -> None:
    """A yes that becomes a no, of either parent or of the child, whoever decides."""

    def wrong(example: Example) -> list[str]:
        said = example.question.persons
        person = example.chance.choice(sorted(said))
        refused = example.with_persons({**said, person: {**said[person], "consent": REFUSED}})
        return [f"{person} refuses: {one}" for one in milder(decide(example), decide(refused))]

    try_all(examples.with_persons, wrong)


# -- data ----------------------------------------------------------------------------------


def without_one_kind(example: Example) -> Example:
    """The same question about one kind of data less."""
    data = example.question.facts["data"].values
    return example.with_facts(data=Fact(data - {example.chance.choice(sorted(data))}))


def test_a_kind_of_data_less_never_makes_the_answer_stricter(examples: Examples, decide: Decider) -> None:
    def wrong(example: Example) -> list[str]:
        if len(example.question.facts.get("data", told()).values) < 2:
            return []
        return stricter(decide(example), decide(without_one_kind(example)))

    try_all(examples.several_data, wrong)


@pytest.mark.parametrize("harmless", ["contact", "geboortedatum", "onderwijs"])
def test_a_harmless_kind_named_along_does_not_lift_a_prohibition(harmless: str, decide: Decider) -> None:
    """Health data of a pupil stay with the school, WPO 18a(13): also asked for with a phone number."""
    facts = {"party": told("samenwerkingsverband"), "role": told("toegang-jeugd"), "data": told("medicatie", harmless)}

    advice = decide(Example(Question("request", facts), TODAY))

    assert advice.verdict is Verdict.NOT_ALLOWED
    assert "samenwerkingsverband-geeft-niet" in advice.rules


# -- what must not matter ------------------------------------------------------------------


def changed(one: Advice, other: Advice) -> list[str]:
    """The parts in which two advices differ."""
    return [name for name in Advice.model_fields if getattr(one, name) != getattr(other, name)]


def test_the_order_in_which_facts_are_told_does_not_matter(examples: Examples, decide: Decider) -> None:
    def wrong(example: Example) -> list[str]:
        turned = dict(reversed(list(example.question.facts.items())))
        return changed(decide(example), decide(replace(example, question=replace(example.question, facts=turned))))

    try_all(examples.one, wrong)


def test_a_municipality_never_changes_what_the_law_says(
    knowledge: Knowledge, examples: Examples, decide: Decider
) -> None:
    def wrong(example: Example) -> list[str]:
        place = example.chance.choice(sorted(knowledge.municipalities))
        there = replace(example, question=replace(example.question, municipality=place))
        return [name for name in changed(decide(example), decide(there)) if name not in ("municipality", "policies")]

    try_all(examples.one, wrong)


# -- what an answer must have --------------------------------------------------------------


def test_every_answer_stands_on_an_article_that_holds_on_the_day(
    knowledge: Knowledge, examples: Examples, decide: Decider
) -> None:
    """Only an explanation may do without, where its rule cites nothing either."""

    def wrong(example: Example) -> list[str]:
        return [
            f"{dict(when)}: {outcome.verdict} by {outcome.rules}"
            for when, outcome in ways(decide(example))
            if not knowledge.references(outcome.cites, example.on)
            and (outcome.verdict is not Verdict.INFO or any(knowledge.rules[rule].cite for rule in outcome.rules))
        ]

    try_all(examples.one, wrong)


def test_a_yes_without_consent_shows_its_open_norm(knowledge: Knowledge, examples: Examples, decide: Decider) -> None:
    def wrong(example: Example) -> list[str]:
        advice = decide(example)
        parts = Answerer(knowledge, example.on).parts(advice)
        first = next(part.text for part in parts if part.kind == "verdict")
        if PLAIN_YES.match(first):
            return [first]
        if advice.verdict is not Verdict.ALLOWED_WITHOUT_CONSENT:
            return []
        said = " ".join(part.text for part in parts if part.kind in ("verdict", "why", "share")).casefold()
        norms = {norm for rule in advice.rules for norm in knowledge.rules[rule].open_norms}
        marks = {mark for norm in norms if (mark := knowledge.open_norms[norm].mark)}
        bare = [first] if not marks and not CONDITION.search(first) else []
        return [*bare, *(f"{mark}… is not said: {first}" for mark in marks if mark not in said)]

    try_all(examples.one, wrong)


def test_every_answer_names_someone_to_turn_to(knowledge: Knowledge, examples: Examples, decide: Decider) -> None:
    def wrong(example: Example) -> list[str]:
        advice = decide(example)
        text = "\n".join(part.text for part in Answerer(knowledge, example.on).parts(advice))
        return [] if advice.asked or SOMEONE.search(text) else [f"{advice.verdict} by {advice.rules}"]

    try_all(examples.one, wrong)


# -- questions back ------------------------------------------------------------------------


def test_the_answer_beside_an_option_is_the_answer_that_the_option_leads_to(
    examples: Examples, decide: Decider
) -> None:
    def wrong(example: Example) -> list[str]:
        asking = decide(example)
        fact = asking.asked.fact if asking.asked else ""
        found = []
        for option in asking.asked.options if asking.asked else ():
            shown = {branch.outcome.verdict for branch in asking.branches if branch.when.get(fact) == option.value}
            got = {outcome.verdict for _, outcome in ways(decide(example.with_facts(**{fact: told(option.value)})))}
            if shown != got:
                found.append(f"{fact} = {option.value}: shown {sorted(shown)}, got {sorted(got)}")
        return found

    try_all(examples.one, wrong)


def test_answering_what_is_asked_always_ends(examples: Examples, decide: Decider) -> None:
    """Whatever is chosen; a group may be asked to be named closer, never the same thing twice."""

    def wrong(example: Example) -> list[str]:
        chance = example.chance
        asked: list[str] = []
        while (asking := decide(example).asked) is not None:
            known = example.question.facts.get(asking.fact)
            chosen = chance.choice([option.value for option in asking.options] or examples.values[asking.fact])
            asked.append(f"{asking.fact} = {chosen}")
            again = known is not None and not (asking.fact in PARTY_FACTS and chosen in (OTHER, *closer(known)))
            if again or len(asked) > MAX_QUESTIONS:
                return asked
            example = example.with_facts(**{asking.fact: told(chosen)})
        return []

    def closer(known: Fact) -> set[str]:
        return set(examples.values["party"]) - known.values

    try_all(examples.one, wrong)
