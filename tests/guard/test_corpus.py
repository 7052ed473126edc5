"""The guard on the corpus of made-up messages: enough is masked, and hardly anything else.

The corpus is data (see corpus/README.md); `python -m bench.guard` prints the whole table.
"""

from __future__ import annotations

from functools import lru_cache

import pytest

from bench.guard import AIMS, FALSE_MASKS, HALVES, Mark, Score, measure, ours, parse, read
from bot.guard import Guard


@lru_cache(maxsize=2)
def score(half: str) -> Score:
    return measure(read(half), ours(Guard()))


@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize("kind", AIMS)
def test_enough_of_a_kind_is_masked(kind: str, half: str) -> None:
    found = score(half)
    assert found.recall(kind) >= AIMS[kind], "\n".join(found.errors)


@pytest.mark.parametrize("half", HALVES)
def test_hardly_any_ordinary_word_is_masked(half: str) -> None:
    found = score(half)
    assert found.false_masks < FALSE_MASKS, "\n".join(found.errors)


def test_the_corpus_is_large_enough_to_mean_something() -> None:
    assert sum(len(read(half)) for half in HALVES) >= 1500
    for half in HALVES:
        assert sum(not message.marks for message in read(half)) >= 200


def test_no_message_is_in_both_halves() -> None:
    tune, test = ({message.text for message in read(half)} for half in HALVES)
    assert not tune & test


def test_a_line_is_read_with_its_marks() -> None:
    message = parse("mag ik {naam:Sem} bellen op {telefoon:06-01234567}")

    assert message.text == "mag ik Sem bellen op 06-01234567"
    assert message.marks == (Mark(7, 10, "naam"), Mark(21, 32, "telefoon"))


@pytest.mark.parametrize("line", ["{nam:Sem} belt", "{naam:Sem belt", "naam:Sem} belt"])
def test_a_wrong_mark_is_an_error(line: str) -> None:
    with pytest.raises(ValueError, match=r"mark|unknown"):
        parse(line)
