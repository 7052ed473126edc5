"""The reader finds which part of a topic is asked, in the sentences of nlu/data/aspects.

The phrases were written with these sentences at hand: this guards what was reached, and says little
of sentences of others (see `python -m bench.evaluate` for those).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from knowledge.knowledge import Knowledge
from knowledge.vocabulary import vocabulary
from nlu.reading import Reader

ASPECTS = Path(__file__).resolve().parents[2] / "nlu" / "data" / "aspects"
NONE = "-"
FOUND, WRONG = 0.6, 0.05


def told(path: Path) -> Iterator[tuple[str, str]]:
    for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
        for line in block["examples"].splitlines():
            yield block["metadata"]["aspect"], line.strip().removeprefix("- ")


def test_every_label_is_an_aspect(knowledge: Knowledge) -> None:
    known = {value.id for value in knowledge.facts["aspect"].values} | {NONE}

    assert {aspect for path in ASPECTS.glob("*.yml") for aspect, _ in told(path)} <= known


@pytest.fixture(scope="module")
def counts(knowledge: Knowledge) -> tuple[int, int, int]:
    """How many sentences have an aspect, in how many it is found, and in how many only others are."""
    reader = Reader(vocabulary(knowledge))
    asked = found = wrong = 0
    for path in sorted(ASPECTS.glob("*.yml")):
        sentences = list(told(path))
        of_the_topic = {aspect for aspect, _ in sentences} - {NONE}
        for aspect, sentence in sentences:
            if aspect == NONE:
                continue
            read = {one.value for one in reader.read(sentence) if one.entity == "aspect"} & of_the_topic
            asked, found, wrong = asked + 1, found + (aspect in read), wrong + bool(read and aspect not in read)
    return asked, found, wrong


def test_the_part_that_is_asked_is_found(counts: tuple[int, int, int]) -> None:
    asked, found, _ = counts

    assert found / asked >= FOUND


def test_hardly_ever_only_another_part_is_found(counts: tuple[int, int, int]) -> None:
    asked, _, wrong = counts

    assert wrong / asked <= WRONG
