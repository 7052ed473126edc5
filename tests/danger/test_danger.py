"""Danger is found in chat messages, and not where urgent words mean something else.

The messages in the three files are made up. `cases` and `holdout` were written with the
patterns, `independent` by someone who had not seen them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from bot.danger import DangerDetector, DangerSignalsError, load_signals
from bot.guard import Guard
from knowledge.knowledge import Knowledge
from knowledge.load import CONTENT

HERE = Path(__file__).parent
SIGNALS = CONTENT / "danger_signals.yaml"
# Known to go wrong: mend the signals, then take the message from this list.
FALSE_ALARMS_KNOWN = {"independent": 1}


def messages(part: str) -> Iterator[tuple[str, str, str]]:
    """(file, kind, message) of all messages that are acute, or are not."""
    for name in ("cases", "holdout", "independent"):
        data = yaml.safe_load((HERE / f"{name}.yaml").read_text(encoding="utf-8"))[part]
        groups = data if isinstance(data, dict) else {"": data}
        for kind, found in groups.items():
            for one in found:
                yield name, kind, one if isinstance(one, str) else one["text"]


@pytest.fixture(scope="module")
def detector() -> DangerDetector:
    return DangerDetector(load_signals(SIGNALS))


@pytest.mark.parametrize(("name", "kind", "text"), list(messages("acute")))
def test_danger_is_found(name: str, kind: str, text: str, detector: DangerDetector) -> None:
    assert detector.find(text) is not None


def test_urgent_words_without_danger_raise_no_alarm(detector: DangerDetector) -> None:
    alarms: dict[str, list[str]] = {}
    for name, _, text in messages("not_acute"):
        if detector.find(text):
            alarms.setdefault(name, []).append(text)

    assert {name: len(texts) for name, texts in alarms.items()} == FALSE_ALARMS_KNOWN, alarms


@pytest.mark.parametrize(("name", "kind", "text"), list(messages("acute")))
def test_masking_does_not_hide_the_danger(name: str, kind: str, text: str, detector: DangerDetector) -> None:
    assert detector.find(Guard().mask(text).text) is not None


def test_every_kind_has_an_answer(knowledge: Knowledge, detector: DangerDetector) -> None:
    kinds = {found.kind for _, _, text in messages("acute") if (found := detector.find(text))}

    assert kinds == set(knowledge.danger)


def test_broken_signals_are_named(tmp_path: Path) -> None:
    broken = tmp_path / "danger_signals.yaml"
    broken.write_text("table: danger_signals\nkinds: [child]\n", encoding="utf-8")

    with pytest.raises(DangerSignalsError, match=r"danger_signals\.yaml"):
        load_signals(broken)
