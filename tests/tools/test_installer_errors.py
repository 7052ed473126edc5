"""What an installer prints becomes a sentence that says how to mend it."""

from __future__ import annotations

from pathlib import Path
from typing import TypedDict

import pytest
import yaml

from tools.installer_errors import explain


class Case(TypedDict):
    """What was printed, and words that must be in what the user is told."""

    printed: str
    told: list[str]


CASES: list[Case] = yaml.safe_load(Path(__file__).with_name("installer_errors.yaml").read_text())


@pytest.mark.parametrize("case", CASES, ids=[" ".join(case["told"]) for case in CASES])
def test_the_cause_is_told_with_the_place_of_the_rest(case: Case) -> None:
    sentence = explain(case["printed"], Path("map/uv.log"))

    assert [words for words in case["told"] if words not in sentence] == []
    assert "map/uv.log" in sentence
