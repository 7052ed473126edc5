"""Measures the guard on the corpus of made-up messages: `python -m bench.guard [--errors tune|test]`.

Per kind of personal data the share that is wholly masked, in the half of the corpus that the
guard was tuned on and in the half that it was not; then the ordinary words masked by mistake,
and the time a message takes.  `--errors` prints what went wrong.  Ends with 0 when all aims
are met in both halves, with 1 when not.

deduce, a Dutch de-identifier for medical notes, is measured beside it where it is installed.
It belongs to no environment of the project (LGPL, 1 GB of memory, minutes to start the first
time).  In an environment of its own:

    python3.11 -m venv FOLDER && FOLDER/bin/pip install deduce pyyaml simplemma
    FOLDER/bin/python -m bench.guard

It was made for other texts: it leaves out number plates, case numbers and schools, and what it
takes for ages, hospitals and care institutions is not counted here.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter

import yaml

from bench.table import aligned
from bot.guard import Guard
from bot.guard.normalise import normalise
from bot.guard.spans import PLACEHOLDER, PLACEHOLDERS

CORPUS = Path(__file__).resolve().parent.parent / "tests" / "guard" / "corpus"
HALVES = ("tune", "test")
TODAY = date(2026, 11, 22)

# The kinds as they are written in the corpus: the words of the placeholders.
KINDS = tuple(text.strip("[]") for text in PLACEHOLDERS.values())
NAME, LOWER, STRUCTURED = "naam", "naam, kleine letters", "nummers en codes samen"
NUMBERS = ("bsn", "telefoon", "e-mail", "iban", "postcode", "kenteken", "zaaknummer")
# Shares that are to be reached, and the share of ordinary words that may be masked.
AIMS = {NAME: 0.97, LOWER: 0.93, STRUCTURED: 0.995}
FALSE_MASKS = 0.01

_MARK = re.compile(r"\{(?P<kind>[a-z-]+):(?P<value>[^{}]+)\}")
_WORD = re.compile(r"[^\W_]+(?:['’.\-][^\W_]+)*")

Span = tuple[int, int]
# A text in, the ranges of it that are masked out.
Recogniser = Callable[[str], Iterable[Span]]


@dataclass(frozen=True)
class Mark:
    """Personal data in a message, as a person marked it."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True)
class Message:
    """One message of the corpus, normalised, without the signs that mark."""

    text: str
    marks: tuple[Mark, ...]


@dataclass
class Score:
    """What one recogniser did in one half of the corpus."""

    marks: Counter[str] = field(default_factory=Counter)
    masked: Counter[str] = field(default_factory=Counter)
    words: int = 0
    wrong: int = 0
    messages: int = 0
    seconds: float = 0.0
    errors: list[str] = field(default_factory=list)

    def recall(self, kind: str) -> float:
        """The share of this kind that is wholly masked."""
        return self.masked[kind] / self.marks[kind] if self.marks[kind] else 1.0

    @property
    def false_masks(self) -> float:
        """The share of the ordinary words that is masked."""
        return self.wrong / self.words

    @property
    def meets_the_aims(self) -> bool:
        """True when every aim is reached."""
        return self.false_masks < FALSE_MASKS and all(self.recall(kind) >= aim for kind, aim in AIMS.items())


def read(half: str) -> list[Message]:
    """The messages of `tune` or `test`.

    Raises:
        ValueError: when a mark is of an unknown kind or a sign is left over.
    """
    files = sorted((CORPUS / half).glob("*.yaml"))
    lines = (line for path in files for line in yaml.safe_load(path.read_text("utf-8"))["messages"].splitlines())
    return [parse(line) for line in lines]


def parse(line: str) -> Message:
    """A line of the corpus: `mag ik {naam:Fatima} bellen`.

    Raises:
        ValueError: when a mark is of an unknown kind or a sign is left over.
    """
    line, text, marks, at = normalise(line), "", [], 0
    for found in _MARK.finditer(line):
        if found["kind"] not in KINDS:
            raise ValueError(f"unknown kind: {found['kind']}")
        text += line[at : found.start()]
        marks.append(Mark(len(text), len(text) + len(found["value"]), found["kind"]))
        text += found["value"]
        at = found.end()
    text += line[at:]
    if "{" in text or "}" in text:
        raise ValueError(f"a mark that is not closed: {line}")
    return Message(text, tuple(marks))


def measure(messages: Sequence[Message], recognise: Recogniser) -> Score:
    """What a recogniser does with the messages."""
    score = Score(messages=len(messages))
    for message in messages:
        begun = perf_counter()
        spans = list(recognise(message.text))
        score.seconds += perf_counter() - begun
        _judge(message, spans, score)
    return score


def _judge(message: Message, spans: Sequence[Span], score: Score) -> None:
    text = message.text
    covered = {index for start, end in spans for index in range(start, end)}
    missed = []
    for mark in message.marks:
        found = all(index in covered for index in range(mark.start, mark.end) if text[index].isalnum())
        value = text[mark.start : mark.end]
        for kind in _groups(mark.kind, value):
            score.marks[kind] += 1
            score.masked[kind] += found
        if not found:
            missed.append(f"{mark.kind}: {value}")
    wrong = []
    holes = [(hole.start(), hole.end()) for hole in PLACEHOLDER.finditer(text)]
    marked = [(mark.start, mark.end) for mark in message.marks] + holes
    for word in _WORD.finditer(text):
        if any(word.start() < end and start < word.end() for start, end in marked):
            continue
        score.words += 1
        if any(index in covered for index in range(*word.span())):
            score.wrong += 1
            wrong.append(word.group())
    if missed or wrong:
        score.errors.append(f"{text}\n    niet: {missed}  ten onrechte: {wrong}")


def _groups(kind: str, value: str) -> Iterator[str]:
    """The rows of the table that a mark counts in."""
    yield LOWER if kind == NAME and value == value.lower() else kind
    if kind in NUMBERS:
        yield STRUCTURED


def ours(guard: Guard) -> Recogniser:
    """The guard: what it masked is read from the text that it gives back."""

    def recognise(text: str) -> Iterator[Span]:
        return _masked(text, guard.mask(text, TODAY).text)

    return recognise


def _masked(text: str, result: str) -> Iterator[Span]:
    """The parts of the text that have become a placeholder in the result."""
    pattern, at = "", 0
    for hole in re.finditer(rf"(?:{PLACEHOLDER.pattern})(?: \(\d+ jaar\))?", result):
        stays = result[at : hole.start()]
        # An age may have been there already.
        pattern += re.escape(stays) + "(.+?)"
        at = hole.end()
    found = re.fullmatch(pattern + re.escape(result[at:]), text, re.DOTALL)
    if found is None:
        raise ValueError("the masked text does not fit the message")
    for group in range(1, len(found.groups()) + 1):
        yield found.span(group)


def deduce() -> Recogniser | None:
    """deduce, where it is installed."""
    if find_spec("deduce") is None:
        return None
    model = import_module("deduce").Deduce()
    others = {"leeftijd", "ziekenhuis", "zorginstelling"}

    def recognise(text: str) -> Iterator[Span]:
        for found in model.deidentify(text).annotations:
            if found.tag not in others:
                yield found.start_char, found.end_char

    return recognise


def table(scores: Sequence[tuple[str, Score]]) -> str:
    """The shares of all recognisers in both halves."""
    kinds = [NAME, LOWER, STRUCTURED, *(kind for kind in KINDS if kind != NAME)]
    rows = [["", "doel", *(title for title, _ in scores), "aantal"]]
    for kind in kinds:
        aim = percent(AIMS[kind]) if kind in AIMS else ""
        counts = "+".join(dict.fromkeys(str(score.marks[kind]) for _, score in scores[: len(HALVES)]))
        rows.append([kind, aim, *(percent(score.recall(kind)) for _, score in scores), counts])
    words = "+".join(str(score.words) for _, score in scores[: len(HALVES)])
    wrong = [percent(score.false_masks, 2) for _, score in scores]
    rows.append(["gewone woorden gemaskeerd", f"< {percent(FALSE_MASKS)}", *wrong, words])
    times = [f"{score.seconds / score.messages * 1000:.2f}".replace(".", ",") for _, score in scores]
    counts = "+".join(str(score.messages) for _, score in scores[: len(HALVES)])
    rows.append(["ms per bericht", "", *times, counts])
    return aligned(rows, range(1, len(rows[0])))


def percent(share: float, decimals: int = 1) -> str:
    """A share as the Dutch write it."""
    return f"{share * 100:.{decimals}f} %".replace(".", ",")


def scores() -> list[tuple[str, Score]]:
    """Both halves by the guard, then by deduce if it is there."""
    result = []
    for title, recognise in (("Deelwijzer", ours(Guard())), ("deduce", deduce())):
        if recognise is not None:
            list(recognise("mag ik Sem bellen"))  # reads its lists
            result += [(f"{title} {half}", measure(read(half), recognise)) for half in HALVES]
    return result


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; the exit code."""
    parser = argparse.ArgumentParser("python -m bench.guard", description="Meet wat de poort maskeert.")
    parser.add_argument("--errors", choices=HALVES, help="toon wat er misging in dit deel")
    given = parser.parse_args(arguments)
    if given.errors:
        print("\n".join(measure(read(given.errors), ours(Guard())).errors))
        return 0
    found = scores()
    print(table(found))
    return 0 if all(score.meets_the_aims for _, score in found[: len(HALVES)]) else 1


if __name__ == "__main__":
    sys.exit(main())
