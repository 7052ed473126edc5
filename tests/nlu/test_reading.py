"""The reader finds the facts of a case in the sentences of reading.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.interpret import DEPARTMENTS
from knowledge.knowledge import Knowledge
from knowledge.vocabulary import vocabulary
from nlu.reading import Reader

CASES = yaml.safe_load(Path(__file__).with_name("reading.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def reader(knowledge: Knowledge) -> Reader:
    return Reader(vocabulary(knowledge))


def facts(reader: Reader, text: str) -> dict[str, set[str]]:
    """The facts by name; a party, or a department named by its law, under the part it plays."""
    found: dict[str, set[str]] = {}
    for mention in reader.read(text):
        name, value = mention.entity, mention.value
        if name == "law" and mention.role:
            name = "role" if mention.role == "asker" else mention.role
            value = DEPARTMENTS[value]
        elif name == "party":
            name = mention.role or "open"
        found.setdefault(name, set()).add(value)
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"])
def test_the_reader_finds_the_facts(case: dict[str, Any], reader: Reader) -> None:
    found = facts(reader, case["text"])

    missing = {name: value for name, value in case["facts"].items() if value not in found.get(name, set())}

    assert not missing, found
    assert not set(case.get("not", ())) & set(found), found


def test_offsets_point_at_the_words(reader: Reader) -> None:
    text = "Mag ik dit délen met de Leerkracht?"

    mention = next(one for one in reader.read(text) if one.entity == "party")

    assert text[mention.start : mention.end] == "Leerkracht"
