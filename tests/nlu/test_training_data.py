"""The training data: one sentence has one meaning, and no question by which we measure is in it."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest
from rapidfuzz import fuzz, process

from bot.review.alike import ALIKE, MEASURES, asked, bare, is_long, trained

ROOT = Path(__file__).resolve().parents[2]
SENTENCES = list(trained(*(ROOT / "nlu" / "data" / name for name in ("intents", "aspects", "reviewed"))))


def test_two_intents_never_claim_one_sentence() -> None:
    claims = defaultdict(set)
    for intent, sentence in SENTENCES:
        claims[bare(sentence) or sentence].add(intent)

    assert {sentence: intents for sentence, intents in claims.items() if len(intents) > 1} == {}


@pytest.mark.parametrize("measure", MEASURES)
def test_no_question_of_a_measure_is_in_the_training_data_or_nearly(measure: str) -> None:
    questions = asked(ROOT / "tests" / measure)
    sentences = [text for _, sentence in SENTENCES if is_long(text := bare(sentence))]
    scores = process.cdist(questions, sentences, scorer=fuzz.token_sort_ratio, score_cutoff=ALIKE)

    assert questions
    assert [questions[row] for row in sorted(set(scores.nonzero()[0]))] == []
