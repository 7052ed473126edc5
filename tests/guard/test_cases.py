"""The guard on made-up messages: what is masked, as what, and what stays.

The cases are data, one file a class, in `cases/`; every name and number in them is fictitious.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
import yaml

from bot.guard import Guard

CASES = Path(__file__).parent / "cases"
TODAY = date(2026, 11, 22)

GUARD = Guard()


@dataclass(frozen=True)
class Case:
    """One message; without `masked` it must come back unchanged."""

    file: str
    text: str
    masked: str | None = None
    kinds: tuple[str, ...] = ()
    ages: tuple[int, ...] = ()


def _load() -> list[Case]:
    cases = []
    for path in sorted(CASES.glob("*.yaml")):
        for row in yaml.safe_load(path.read_text(encoding="utf-8")):
            kinds, ages = tuple(row.pop("kinds", ())), tuple(row.pop("ages", ()))
            cases.append(Case(path.stem, kinds=kinds, ages=ages, **row))
    return cases


ALL = _load()


@pytest.mark.parametrize("case", ALL, ids=[f"{case.file}: {case.text[:60]!a}" for case in ALL])
def test_masks_what_is_personal_and_nothing_else(case: Case) -> None:
    result = GUARD.mask(case.text, today=TODAY)
    assert result.text == (case.text if case.masked is None else case.masked)
    assert result.kinds == case.kinds
    assert result.ages == case.ages


@pytest.mark.parametrize("case", ALL, ids=[f"{case.file}: {case.text[:60]!a}" for case in ALL])
def test_masking_a_masked_text_changes_nothing(case: Case) -> None:
    once = GUARD.mask(case.text, today=TODAY).text
    again = GUARD.mask(once, today=TODAY)
    assert again.text == once
    assert again.kinds == ()


def test_a_row_with_a_mask_names_its_kinds() -> None:
    for case in ALL:
        assert (case.masked is None) == (case.kinds == ()), case


def test_the_corpus_is_large_enough_to_mean_something() -> None:
    assert len(ALL) >= 200
    assert sum(case.masked is None for case in ALL) >= 60
