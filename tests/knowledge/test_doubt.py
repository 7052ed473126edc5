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


def answered(knowledge: Knowledge, turn: Turn) -> Advice:
    return Advice.model_validate(AdviceAction(knowledge).answer(turn, TODAY)["advices"][0])


def turn(confidence: float, *entities: dict[str, Any], intent: str = "record", case: Case | None = None) -> Turn:
    return Turn(intent, list(entities), case=case or Case(), confidence=confidence, ranking=RANKING)


def test_a_vague_message_gets_a_question_back(knowledge: Knowledge) -> None:
    advice = answered(knowledge, turn(0.2))

    assert advice.verdict is Verdict.NEEDS_INFO
    assert advice.asked is not None
    assert advice.asked.fact == "act"
    assert [option.value for option in advice.asked.options] == ["record", "retention", "share"]
    assert "gok niet" in Answerer(knowledge, TODAY).parts(advice)[0].text


@pytest.mark.parametrize(
    "sure",
    [
        turn(0.9),
        turn(0.2, {"entity": "turn", "value": "records"}),
        turn(0.2, {"entity": "turn", "value": "fragment"}, case=Case(act="record")),
    ],
    ids=["a sure intent", "a sentence that shows the act", "a follow-up"],
)
def test_what_is_carried_by_intent_sentence_or_case_is_answered(knowledge: Knowledge, sure: Turn) -> None:
    assert answered(knowledge, sure).verdict is Verdict.ALLOWED_WITHOUT_CONSENT


def test_what_was_told_goes_along_with_the_question_back(knowledge: Knowledge) -> None:
    advice = answered(knowledge, turn(0.2, {"entity": "role", "value": "wmo-consulent"}))

    assert advice.facts["role"] == ("wmo-consulent",)
