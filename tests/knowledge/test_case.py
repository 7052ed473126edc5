"""What a turn leaves behind for the next."""

from __future__ import annotations

from datetime import date

from knowledge.advise import advise
from knowledge.case import Case
from knowledge.knowledge import Knowledge
from knowledge.question import Question, told

TODAY = date(2026, 11, 22)
SHARE = {"role": told("wmo-consulent"), "party": told("politie")}


def after(knowledge: Knowledge, *asked: Question, case: Case | None = None) -> Case:
    return (case or Case()).after([advise(one, knowledge, TODAY) for one in asked])


def test_what_was_told_is_known_in_the_next_turn(knowledge: Knowledge) -> None:
    case = after(knowledge, Question("share", SHARE))

    assert (case.act, case.exchange, case.role) == ("share", "share", "wmo-consulent")
    assert case.facts["party"] == ("politie",)


def test_what_was_assumed_or_follows_is_not_remembered(knowledge: Knowledge) -> None:
    case = after(knowledge, Question("share", {"party": told("gezinsvoogd")}))

    assert "role" not in case.facts
    assert "measure" not in case.facts


def test_an_explanation_in_between_leaves_the_case_as_it_was(knowledge: Knowledge) -> None:
    before = after(knowledge, Question("share", {**SHARE, "age": told("age-16-17")}))
    case = after(knowledge, Question("definition", {"term": told("noodzaak")}), case=before)

    assert case.exchange == "share"
    assert case.facts["age"] == ("age-16-17",)
    assert "term" not in case.facts


def test_two_recipients_in_one_message_are_both_remembered(knowledge: Knowledge) -> None:
    case = after(knowledge, Question("share", SHARE), Question("share", {**SHARE, "party": told("huisarts")}))

    assert case.facts["party"] == ("politie", "huisarts")


def test_the_consent_of_each_person_is_kept_apart_from_what_follows_from_it(knowledge: Knowledge) -> None:
    case = after(knowledge, Question("share", SHARE, persons={"moeder": {"consent": "given"}}))

    assert case.persons == {"moeder": {"consent": "given"}}
    assert "consent" not in case.facts


def test_a_question_back_is_remembered_until_the_next_answer(knowledge: Knowledge) -> None:
    asking = after(knowledge, Question("share", {"party": told("school")}))
    answered = after(knowledge, Question("share", SHARE), case=asking)

    assert asking.asked is not None
    assert asking.asked.fact == "role"
    assert answered.asked is None


def test_a_fresh_start_keeps_only_where_the_person_works(knowledge: Knowledge) -> None:
    question = Question("share", {**SHARE, "age": told("age-12-15")}, municipality="bladel")
    case = after(knowledge, question).anew()

    assert (case.number, case.role, case.municipality) == (1, "wmo-consulent", "bladel")
    assert not case.facts
    assert not case.persons
    assert case.act is None
