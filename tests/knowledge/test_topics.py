"""The explanation per topic on the cases of topics/*.yaml, and what must hold for every explanation."""

from __future__ import annotations

from datetime import date
from pathlib import PurePosixPath

import pytest

from bench.rule_cases import EXPLANATIONS, Case, failures, read_cases
from knowledge.advise import advise
from knowledge.answer import Answerer
from knowledge.knowledge import Knowledge
from knowledge.question import Question, told
from knowledge.schema import Rule, Verdict

CASES = read_cases(EXPLANATIONS)
TODAY = date(2026, 11, 22)
FOLDER = "rules/uitleg/"
# A phone screen; the articles and the date count too, the local policy and "wie zegt ja" do not.
MAX_WORDS = 145
# Someone to turn to: no explanation may end without a person.
PEOPLE = (
    "fg",
    "privacy officer",
    "aandachtsfunctionaris",
    "leidinggevende",
    "gedragswetenschapper",
    "jurist",
    "collega",
    "communicatie",
    "veilig thuis",
    "autoriteit persoonsgegevens",
)


def file_of(rule: str, knowledge: Knowledge) -> str:
    """The file of a rule, from the folder of content."""
    return knowledge.tables.places["rules", rule][0]


def explanations(knowledge: Knowledge) -> list[Rule]:
    """The rules in the folder of explanations that hold today."""
    return [
        rule
        for rule in knowledge.rules.values()
        if file_of(rule.id, knowledge).startswith(FOLDER) and rule.valid_on(TODAY)
    ]


def fitting(rule: Rule) -> Question:
    """A question to which the rule is the answer: its first topic, with the facts it asks for."""
    return Question(rule.acts[0], {name: told(values[0]) for name, values in rule.when.items()})


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.topic}: {case.name}")
def test_the_explanation_follows_the_statute(case: Case, knowledge: Knowledge) -> None:
    assert failures(case, knowledge) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.topic}: {case.name}")
def test_every_case_says_what_must_come_out(case: Case) -> None:
    assert {"verdict", "obligation"} <= set(case.expected)
    assert case.expected["say"]


def test_the_cases_of_a_subject_stand_in_the_file_named_as_its_rules(knowledge: Knowledge) -> None:
    for case in CASES:
        for rule in case.advice(knowledge).rules:
            assert PurePosixPath(file_of(rule, knowledge)).stem == case.topic, case.name


def test_every_topic_answers_without_a_question_back(knowledge: Knowledge) -> None:
    for act in sorted({act for rule in explanations(knowledge) for act in rule.acts}):
        advice = advise(Question(act), knowledge, TODAY)

        assert len(advice.rules) == 1, (act, advice.rules)
        assert advice.asked is None, act


def test_every_explanation_can_be_reached_and_stands_alone(knowledge: Knowledge) -> None:
    for rule in explanations(knowledge):
        advice = advise(fitting(rule), knowledge, TODAY)

        assert advice.rules == (rule.id,)
        assert advice.verdict == rule.verdict


def test_every_explanation_ends_with_a_person(knowledge: Knowledge) -> None:
    for rule in explanations(knowledge):
        steps = " ".join(rule.say.now).lower()

        assert any(person in steps for person in PEOPLE), rule.id


def test_every_explanation_fits_on_a_phone_screen(knowledge: Knowledge) -> None:
    answerer = Answerer(knowledge, TODAY)
    for rule in explanations(knowledge):
        parts = answerer.parts(advise(fitting(rule), knowledge, TODAY))
        words = " ".join(part.text for part in parts if part.kind not in ("assumed", "consent", "policy")).split()

        assert len(words) <= MAX_WORDS, (rule.id, len(words))


def test_an_explanation_that_forbids_or_permits_carries_an_article(knowledge: Knowledge) -> None:
    for rule in explanations(knowledge):
        judges = rule.verdict is not Verdict.INFO or rule.obligation is not None

        assert not judges or knowledge.references(rule.cite, TODAY), rule.id


def test_every_term_has_one_definition_that_judges_nothing(knowledge: Knowledge) -> None:
    for term in knowledge.facts["term"].values:
        advice = advise(Question("definition", {"term": told(term.id)}), knowledge, TODAY)

        assert advice.verdict is Verdict.INFO, term.id
        assert advice.obligation is None, term.id
        assert len(advice.rules) == 1, term.id
        assert advice.rules != ("begrip-onbekend",), term.id
