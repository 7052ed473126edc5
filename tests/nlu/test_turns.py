"""The reader tells what a message does in the conversation, and whose fact is whose."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.knowledge import Knowledge
from knowledge.vocabulary import vocabulary
from nlu.reading import Reader

CASES = yaml.safe_load(Path(__file__).with_name("turns.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def reader(knowledge: Knowledge) -> Reader:
    return Reader(vocabulary(knowledge))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"])
def test_a_message_is_read_in_its_conversation(case: dict[str, Any], reader: Reader) -> None:
    mentions = reader.read(case["text"])
    does = {one.value for one in mentions if one.entity == "turn"}
    facts: dict[str, set[str]] = {}
    persons: dict[str, dict[str, str]] = {}
    for one in mentions:
        facts.setdefault(one.entity, set()).add(one.value)
        if one.person:
            persons.setdefault(one.person, {})[one.entity] = one.value

    assert set(case.get("does", ())) <= does
    assert not set(case.get("not", ())) & does
    assert persons == case.get("persons", persons)
    for entity, value in case.get("facts", {}).items():
        assert value in facts.get(entity, set()), facts
    assert not set(case.get("not_facts", ())) & set(facts)
    assert set(case.get("values", ())) <= facts.get("party", set())
    assert not set(case.get("not_values", ())) & facts.get("party", set())
