"""The configuration hangs together: every intent has one rule, and every rule an action that exists."""

from __future__ import annotations

from typing import Any

import yaml

from nlu.channel import LoopbackInput
from nlu.reading.grammar import Part

from .conftest import ROOT


def load(path: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))
    return content


RULES = load("nlu/data/rules.yml")["rules"]


def test_every_intent_has_exactly_one_rule() -> None:
    assert sorted(rule["steps"][0]["intent"] for rule in RULES) == sorted(load("domain/intents.yml")["intents"])


def test_every_rule_is_an_intent_and_an_action() -> None:
    for rule in RULES:
        assert [list(step) for step in rule["steps"]] == [["intent"], ["action"]]


def test_the_rules_use_every_action_and_no_other() -> None:
    assert {rule["steps"][1]["action"] for rule in RULES} == set(load("domain/actions.yml")["actions"])


def test_no_intent_has_a_slash_in_its_name() -> None:
    assert not [intent for intent in load("domain/intents.yml")["intents"] if "/" in intent]


def test_the_only_channel_is_ours() -> None:
    assert list(load("credentials.yml")) == [f"{LoopbackInput.__module__}.{LoopbackInput.__name__}"]


def test_the_domain_knows_every_part_that_is_read() -> None:
    entities = {
        name: settings for entity in load("domain/entities.yml")["entities"] for name, settings in entity.items()
    }
    assert set(entities["party"]["roles"]) == {str(part) for part in Part} - {Part.ASKER}
    assert set(entities["law"]["roles"]) <= {str(part) for part in Part}
