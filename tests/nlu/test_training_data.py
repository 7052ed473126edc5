"""The training data: one sentence has one meaning, and no question by which we measure is in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from rapidfuzz import fuzz, process

ROOT = Path(__file__).resolve().parents[2]
# The sets by which answers are measured; those for tuning may be read, never copied.
MEASURES = ("validation", "tuning", "questions", "conversations")
# Shorter texts ("weet ik niet", "en de huisarts?") anyone would write.
WORDS = 6
ALIKE = 90  # of 100, whatever the order of the words


def trained() -> Iterator[tuple[str, str]]:
    """(intent, sentence) of every training sentence."""
    data = ROOT / "nlu" / "data"
    for path in sorted((*(data / "intents").glob("*.yml"), *(data / "aspects").glob("*.yml"))):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            for line in block["examples"].splitlines():
                if line.strip():
                    yield block["intent"], line.strip().removeprefix("- ")


def bare(text: str) -> str:
    return " ".join("".join(char if char.isalnum() else " " for char in text.casefold()).split())


def asked(measure: str) -> list[str]:
    """The questions of a measuring set, those long enough to be told apart."""
    texts = []
    for path in sorted((ROOT / "tests" / measure).glob("*.yaml")):
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        turns = [turn for one in data.get("conversations", ()) for turn in one["turns"]]
        texts += [bare(one.get("text") or one.get("user") or "") for one in (*data.get("questions", ()), *turns)]
    return [text for text in texts if len(text.split()) > WORDS]


def test_two_intents_never_claim_one_sentence() -> None:
    claims = defaultdict(set)
    for intent, sentence in trained():
        claims[bare(sentence) or sentence].add(intent)

    assert {sentence: intents for sentence, intents in claims.items() if len(intents) > 1} == {}


@pytest.mark.parametrize("measure", MEASURES)
def test_no_question_of_a_measure_is_in_the_training_data_or_nearly(measure: str) -> None:
    questions = asked(measure)
    sentences = [text for _, sentence in trained() if len((text := bare(sentence)).split()) > WORDS]
    scores = process.cdist(questions, sentences, scorer=fuzz.token_sort_ratio, score_cutoff=ALIKE)

    assert questions
    assert [questions[row] for row in sorted(set(scores.nonzero()[0]))] == []
