"""The decision on the cases of advice.yaml, and what must hold for every decision."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.advise import advise
from knowledge.answer import Answerer
from knowledge.knowledge import Knowledge
from knowledge.question import Advice, Question, told
from knowledge.schema import Verdict

DATA = yaml.safe_load(Path(__file__).with_name("advice.yaml").read_text(encoding="utf-8"))
TODAY = DATA["defaults"]["day"]
JUDGED = {
    Verdict.ALLOWED_WITH_CONSENT,
    Verdict.ALLOWED_WITHOUT_CONSENT,
    Verdict.NOT_ALLOWED,
    Verdict.WEIGH,
    Verdict.NEEDS_INFO,
}


def question(case: dict[str, Any]) -> Question:
    facts = {name: told(value) for name, value in case["facts"].items()}
    return Question(case["act"], facts, case.get("modality", "may"))


def cited(advice: Advice) -> set[str]:
    return {" ".join(filter(None, (one.law, one.number, one.paragraph))) for one in advice.cites}


@pytest.mark.parametrize("case", DATA["cases"], ids=lambda case: case["name"])
def test_the_decision_follows_the_statute(case: dict[str, Any], knowledge: Knowledge) -> None:
    advice = advise(question(case), knowledge, case.get("day", TODAY))

    if "verdict" in case:
        assert advice.verdict == case["verdict"]
    if "obligation" in case:
        assert advice.obligation == case["obligation"]
    assert (advice.asked.fact if advice.asked else None) == case.get("asks")
    assert set(case.get("cite", ())) <= cited(advice)
    assert not set(case.get("never", ())) & cited(advice)
    assert {one.fact: one.value for one in advice.assumed} == case.get("assumed", {})


def every_question(knowledge: Knowledge) -> list[Question]:
    """Each party with each usual role or none, asked or not, for giving and fetching."""
    roles = [None, *(value.id for value in knowledge.facts["role"].values), "bijstandsconsulent", "schuldhulpverlener"]
    found = []
    for act, party, role, initiative in itertools.product(
        ("share", "request"), knowledge.parties, roles, (None, "asked", "unasked")
    ):
        facts = {"party": party, "role": role, "initiative": initiative}
        found.append(Question(act, {name: told(value) for name, value in facts.items() if value}))
    return found


@pytest.fixture(scope="module")
def answered(knowledge: Knowledge) -> list[tuple[Question, Advice]]:
    return [(one, advise(one, knowledge, TODAY)) for one in every_question(knowledge)]


Answered = list[tuple[Question, Advice]]


def test_every_verdict_stands_on_an_article_valid_on_the_day(knowledge: Knowledge, answered: Answered) -> None:
    for one, advice in answered:
        if advice.verdict in JUDGED:
            assert knowledge.references(advice.cites, TODAY), (one.act, one.facts)
        for branch in advice.branches:
            assert knowledge.references(branch.outcome.cites, TODAY), (one.act, one.facts, branch.when)


def test_a_missing_role_is_never_filled_in_towards_sharing(knowledge: Knowledge, answered: Answered) -> None:
    """Without a role, "zonder toestemming" is said only when every role that may ask gives it."""
    usual = [value.id for value in knowledge.facts["role"].values]
    for one, advice in answered:
        if "role" in one.facts or advice.verdict is not Verdict.ALLOWED_WITHOUT_CONSENT:
            continue
        for role in knowledge.roles_for(one.facts["party"].value) or usual:
            with_role = advise(replace(one, facts={**one.facts, "role": told(role)}), knowledge, TODAY)
            assert with_role.verdict is Verdict.ALLOWED_WITHOUT_CONSENT, (one.act, one.facts, role)


def test_a_question_back_separates_the_outcomes(knowledge: Knowledge, answered: Answered) -> None:
    for one, advice in answered:
        if advice.verdict is not Verdict.NEEDS_INFO or not advice.asked or not advice.asked.options:
            continue
        outcomes = [branch.outcome.verdict for branch in advice.branches]
        assert len(set(outcomes)) > 1, (one.act, one.facts)
        known = one.facts.get(advice.asked.fact)
        narrower = {option.value for option in advice.asked.options} - {known.value if known else ""}
        assert known is None or narrower, (one.act, one.facts)


def test_an_open_norm_is_visible_in_every_answer_without_consent(knowledge: Knowledge, answered: Answered) -> None:
    words = ("noodza", "nodig", "tenzij", "alleen")
    answerer = Answerer(knowledge, TODAY)
    for _, advice in answered:
        if advice.verdict is Verdict.ALLOWED_WITHOUT_CONSENT:
            first = next(part.text for part in answerer.parts(advice) if part.kind == "verdict")
            assert any(word in first for word in words), first


def test_the_advice_names_what_it_ruled_out_and_why(knowledge: Knowledge) -> None:
    advice = advise(Question("share", {"party": told("school"), "role": told("jeugdhulpverlener")}), knowledge, TODAY)

    reasons = {one.rule: (one.fact, one.why) for one in advice.ruled_out}

    assert reasons["jeugd-toegang-school"] == ("role", knowledge.parties["jeugdhulpverlener"].label)


def test_an_advice_survives_the_way_through_rasa(knowledge: Knowledge) -> None:
    advice = advise(Question("share", {"party": told("school")}), knowledge, TODAY)

    assert Advice.model_validate(advice.model_dump(mode="json")) == advice


def test_a_rule_without_a_valid_article_gives_no_answer(knowledge: Knowledge) -> None:
    advice = advise(Question("share", {"party": told("cak")}), knowledge, date(1990, 1, 1))

    assert advice.verdict is Verdict.NOT_UNDERSTOOD
    assert not advice.cites


def test_a_purpose_left_unsaid_means_the_general_case_and_its_exceptions_are_named(knowledge: Knowledge) -> None:
    question = Question("share", {"role": told("toegang-jeugd"), "party": told("school")})

    advice = advise(question, knowledge, TODAY)

    assert advice.verdict is Verdict.ALLOWED_WITH_CONSENT
    assert advice.general == "purpose"
    assert [branch.when for branch in advice.branches] == [{"purpose": "voorziening-treffen"}]
    assert {branch.outcome.verdict for branch in advice.branches} == {Verdict.ALLOWED_WITHOUT_CONSENT}


def test_the_general_case_is_never_milder_than_its_exceptions(answered: Answered) -> None:
    for one, advice in answered:
        if advice.general:
            assert advice.verdict is not Verdict.ALLOWED_WITHOUT_CONSENT, (one.act, one.facts)


def test_who_does_not_know_the_fact_gets_the_strictest_answer(knowledge: Knowledge) -> None:
    facts = {"role": told("jeugdhulpverlener"), "party": told("gi")}
    asking = advise(Question("share", facts), knowledge, TODAY)
    assert asking.asked is not None

    advice = advise(Question("share", facts, unknown=frozenset({asking.asked.fact})), knowledge, TODAY)

    assert advice.asked is None
    assert advice.unknown == asking.asked.fact
    assert advice.verdict is not Verdict.ALLOWED_WITHOUT_CONSENT


def test_who_asks_what_or_who_gets_an_explanation_and_not_a_yes(knowledge: Knowledge) -> None:
    advice = advise(Question("report_code", modality="what"), knowledge, TODAY)

    assert advice.verdict is Verdict.INFO
    assert advice.cites
