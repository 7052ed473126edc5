"""What is not sure to have been asked is not answered with a "ja"."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from actions.base import AdviceAction
from actions.interpret import Turn
from knowledge.answer import Answerer
from knowledge.case import Case
from knowledge.knowledge import Knowledge
from knowledge.question import Advice
from knowledge.schema import Verdict

TODAY = date(2026, 11, 22)
RANKING = ("record", "retention", "off_topic", "share")
WMO = {"entity": "role", "value": "wmo-consulent"}


def answered(knowledge: Knowledge, turn: Turn) -> Advice:
    return Advice.model_validate(AdviceAction(knowledge).answer(turn, TODAY)["advices"][0])


def turn(confidence: float, *entities: dict[str, Any], intent: str = "record", case: Case | None = None) -> Turn:
    return Turn(intent, list(entities), case=case or Case(), confidence=confidence, ranking=RANKING)


def test_a_vague_message_gets_a_question_back(knowledge: Knowledge) -> None:
    advice = answered(knowledge, turn(0.2, WMO))

    assert advice.verdict is Verdict.NEEDS_INFO
    assert advice.asked is not None
    assert advice.asked.fact == "act"
    assert [option.value for option in advice.asked.options] == ["record", "retention", "share"]
    assert "gok niet" in Answerer(knowledge, TODAY).parts(advice)[0].text


@pytest.mark.parametrize(
    "sure",
    [
        turn(0.9, WMO),
        turn(0.2, WMO, {"entity": "turn", "value": "records"}),
        turn(0.2, WMO, {"entity": "turn", "value": "fragment"}, case=Case(act="record")),
    ],
    ids=["a sure intent", "a sentence that shows the act", "a follow-up"],
)
def test_what_is_carried_by_intent_sentence_or_case_is_answered(knowledge: Knowledge, sure: Turn) -> None:
    assert answered(knowledge, sure).verdict is Verdict.ALLOWED_WITHOUT_CONSENT


def test_what_was_told_goes_along_with_the_question_back(knowledge: Knowledge) -> None:
    advice = answered(knowledge, turn(0.2, WMO))

    assert advice.facts["role"] == ("wmo-consulent",)


def test_without_another_reading_in_the_field_there_is_no_answer(knowledge: Knowledge) -> None:
    unsure = Turn("record", [WMO], confidence=0.2, ranking=("record", "off_topic", "legal_other"))

    advice = answered(knowledge, unsure)

    assert advice.verdict is Verdict.NOT_UNDERSTOOD
    assert advice.outcome is None


def test_what_another_records_is_not_permitted_as_our_own_record(knowledge: Knowledge) -> None:
    facts = [
        {"entity": "turn", "value": "records"},
        {"entity": "turn", "value": "whether"},
        {"entity": "party", "value": "welzijnswerk", "role": "open"},
        {"entity": "data", "value": "bsn"},
    ]

    assert Turn("bsn", facts, confidence=0.9).act == "bsn"
    assert Turn("bsn", [one for one in facts if one["entity"] != "party"], confidence=0.9).act == "record"
