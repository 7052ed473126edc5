"""The explanation per topic on the cases of topics.yaml, and what must hold for every explanation."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.advise import advise
from knowledge.answer import Answerer
from knowledge.knowledge import Knowledge
from knowledge.question import Advice, Question, told
from knowledge.schema import Rule, Verdict

DATA = yaml.safe_load(Path(__file__).with_name("topics.yaml").read_text(encoding="utf-8"))
DEFAULTS: dict[str, Any] = DATA["defaults"]
CASES: list[dict[str, Any]] = [{**DEFAULTS, **case} for case in DATA["cases"]]
TODAY: date = DEFAULTS["day"]
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


def said(advice: Advice, knowledge: Knowledge, day: date) -> str:
    """The whole answer in lower case."""
    return "\n".join(part.text for part in Answerer(knowledge, day).parts(advice)).lower()


def cited(advice: Advice) -> set[str]:
    """The citations as they are written in YAML."""
    return {" ".join(filter(None, (one.law, one.number, one.paragraph))) for one in advice.cites}


def explanations(knowledge: Knowledge) -> list[Rule]:
    """The rules in the folder of explanations that hold today."""
    return [
        rule
        for rule in knowledge.rules.values()
        if knowledge.tables.places["rules", rule.id][0].startswith(FOLDER) and rule.valid_on(TODAY)
    ]


def fitting(rule: Rule) -> Question:
    """A question to which the rule is the answer: its first topic, with the facts it asks for."""
    return Question(rule.acts[0], {name: told(values[0]) for name, values in rule.when.items()})


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_explanation_follows_the_statute(case: dict[str, Any], knowledge: Knowledge) -> None:
    facts = {name: told(value) for name, value in case["facts"].items()}
    question = Question(case["act"], facts, case.get("modality", "may"), case.get("municipality"))

    advice = advise(question, knowledge, case["day"])
    text = said(advice, knowledge, case["day"])

    assert advice.verdict == case["verdict"]
    assert advice.obligation == case["obligation"]
    assert set(case.get("cite", ())) <= cited(advice)
    assert not set(case.get("never", ())) & cited(advice)
    for stem in case.get("say", ()):
        assert any(one in text for one in ([stem] if isinstance(stem, str) else stem)), stem
    for stem in case.get("not_say", ()):
        assert stem not in text
    if "policies" in case:
        assert set(case["policies"]) <= set(advice.policies)


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
