"""When two sentences are nearly the same: no question by which answers are measured may be trained on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import yaml
from rapidfuzz import fuzz, process

# The sets by which answers are measured; those for tuning may be read, never copied.
MEASURES: Final = ("validation", "tuning", "questions", "conversations")
# Shorter texts ("weet ik niet", "en de huisarts?") anyone would write.
WORDS: Final = 6
ALIKE: Final = 90  # of 100, whatever the order of the words


def bare(text: str) -> str:
    """The words alone: capitals, signs and spaces make no difference."""
    return " ".join("".join(char if char.isalnum() else " " for char in text.casefold()).split())


def asked(folder: Path) -> list[str]:
    """The bare questions of a measuring set, those long enough to be told apart; none when it is not there."""
    texts = []
    for path in sorted(folder.glob("*.yaml")):
        data = _read(path)
        turns = [turn for one in data.get("conversations", ()) for turn in one["turns"]]
        texts += [bare(one.get("text") or one.get("user") or "") for one in (*data.get("questions", ()), *turns)]
    return [text for text in texts if is_long(text)]


def is_long(text: str) -> bool:
    """Whether a bare text says so much that two people would not write it by chance."""
    return len(text.split()) > WORDS


def resembles(text: str, measured: Iterable[str]) -> bool:
    """Whether a text is one of the measured questions, or nearly."""
    words = bare(text)
    return is_long(words) and bool(
        process.extractOne(words, list(measured), scorer=fuzz.token_sort_ratio, score_cutoff=ALIKE)
    )


def trained(*folders: Path) -> Iterator[tuple[str, str]]:
    """(intent, sentence) of every training sentence in these folders; one that is not there has none."""
    for folder in folders:
        for path in sorted(folder.glob("*.yml")):
            yield from sentences(path)


def sentences(path: Path) -> Iterator[tuple[str, str]]:
    """(intent, sentence) of one file of training data."""
    for block in _read(path)["nlu"]:
        for line in block["examples"].splitlines():
            if line.strip():
                yield block["intent"], line.strip().removeprefix("- ")


def _read(path: Path) -> Any:
    # The safe loader written in C: there are thousands of lines.
    return yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
