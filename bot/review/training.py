"""A question that the FG looked at becomes a training sentence, with a test case beside it."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import yaml

from bot.guard import Guard
from bot.review.alike import MEASURES, asked, bare, resembles, sentences, trained

MAX_LENGTH: Final = 500  # characters of a sentence
_ABOUT_SENTENCES: Final = "# Zinnen die een FG heeft nagekeken. Geschreven door de werkplek van de FG.\n"
_ABOUT_CASES: Final = (
    "# Wat de lezer moet halen uit zinnen die een FG heeft nagekeken (zie tests/nlu/test_reviewed.py).\n"
)


class Refused(ValueError):
    """The sentence cannot become an example; the text says in Dutch why."""


@dataclass(frozen=True)
class Lines:
    """What would be written: for a program that may not write in its own folders."""

    sentence: str  # the file under nlu/data/reviewed
    case: str  # the piece of tests/reviewed/cases.yaml


class NotWritable(Exception):
    """The program may not write there."""

    def __init__(self, lines: Lines) -> None:
        super().__init__("not writable")
        self.lines = lines


@dataclass(frozen=True)
class Folders:
    """Where everything stands.

    `data` holds the folders of training data that come with the program, `reviewed` is the folder for new
    sentences, `cases` the file for the test cases, `measures` the folder of the sets by which answers are
    measured; where the program is without those, there is nothing to compare with.
    """

    data: Path
    reviewed: Path
    cases: Path
    measures: Path


class Training:
    """Writes examples, each once.

    What comes with the program is read once; it takes a second or so.
    """

    def __init__(self, folders: Folders, guard: Guard) -> None:
        self._folders = folders
        self._guard = guard
        self._one_at_a_time = threading.Lock()

    @cached_property
    def intents(self) -> tuple[str, ...]:
        """What a sentence can mean: the intents that have sentences already."""
        return tuple(sorted({intent for intent, _ in self._shipped}))

    @cached_property
    def _shipped(self) -> tuple[tuple[str, str], ...]:
        return tuple(trained(self._folders.data / "intents", self._folders.data / "aspects"))

    @cached_property
    def _measured(self) -> tuple[str, ...]:
        return tuple(text for name in MEASURES for text in asked(self._folders.measures / name))

    def add(self, text: str, intent: str, facts: Mapping[str, str]) -> bool:
        """Write a sentence with its meaning, and a test case of it.

        Args:
            text: the sentence; must hold no personal data.
            intent: what it means.
            facts: what the reader has to find in it, by the name of the fact.

        Returns:
            False when both were there already.

        Raises:
            Refused: it cannot become an example.
            NotWritable: the program may not write there; the lines come along.
        """
        sentence = " ".join(text.split()).lstrip("-*• ")  # these would begin a list
        with self._one_at_a_time:
            self._check(sentence, intent)
            case = {"text": sentence, "intent": intent, "facts": dict(sorted(facts.items()))}
            file = self._folders.reviewed / f"{intent}.yml"
            try:
                known = [one for _, one in sentences(file)] if file.exists() else []
                cases = self._cases()
                wanted = [*(one for one in cases if one["text"] != sentence), case]
                trained_on = {bare(one) for meaning, one in self._shipped if meaning == intent} | set(map(bare, known))
                if is_new := bare(sentence) not in trained_on:
                    _write(file, _ABOUT_SENTENCES + _sentences_yaml(intent, [*known, sentence]))
                if case not in cases:
                    _write(self._folders.cases, _ABOUT_CASES + _yaml({"cases": wanted}))
                    return True
            except OSError:
                whole = _sentences_yaml(intent, [sentence])
                raise NotWritable(Lines(_ABOUT_SENTENCES + whole, _yaml({"cases": [case]}))) from None
            return is_new

    def _check(self, sentence: str, intent: str) -> None:
        if not sentence or len(sentence) > MAX_LENGTH:
            raise Refused(f"Een voorbeeld heeft 1 tot {MAX_LENGTH} tekens. Maak de zin korter.")
        if not sentence.isprintable() or "](" in sentence or "]{" in sentence:
            raise Refused("In de zin staan tekens die het taalmodel anders leest. Haal ze weg.")
        if not any(char.isalpha() for char in sentence):
            raise Refused("In de zin staan geen woorden.")
        if self._guard.mask(sentence).kinds:
            raise Refused("In de zin staan nog persoonsgegevens. Haal ze weg of schrijf wat het is, zoals [naam].")
        if intent not in self.intents:
            raise Refused("Dit onderwerp kent het taalmodel niet. Kies er een uit de lijst.")
        claimed = {bare(one) or one: meaning for meaning, one in (*self._shipped, *trained(self._folders.reviewed))}
        if (other := claimed.get(bare(sentence), intent)) != intent:
            raise Refused(f"Deze zin hoort al bij een ander onderwerp ({other}). Eén zin heeft één betekenis.")
        if resembles(sentence, self._measured):
            raise Refused(
                "Deze zin lijkt op een vraag waarmee we Deelwijzer meten. Dan zou de meting niets meer zeggen. "
                "Schrijf haar anders op."
            )

    def _cases(self) -> list[dict[str, Any]]:
        if not self._folders.cases.exists():
            return []
        held = yaml.safe_load(self._folders.cases.read_text(encoding="utf-8")) or {}
        return list(held.get("cases") or ())


def _sentences_yaml(intent: str, examples: list[str]) -> str:
    """As the other files of training data are written; a sentence is one printable line."""
    lines = "".join(f"    - {one}\n" for one in examples)
    return f'version: "3.1"\nnlu:\n- intent: {intent}\n  examples: |\n{lines}'


def _yaml(value: Any) -> str:
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=1000)


def _write(path: Path, text: str) -> None:
    """At once: who reads sees the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(text, encoding="utf-8")
    os.replace(beside, path)
