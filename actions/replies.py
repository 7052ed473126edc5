"""An answer typed to a question of the bot: "bij de toegang", "ja er is een ots", "weet ik niet"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz, utils

from knowledge.knowledge import Knowledge
from knowledge.question import Asked

# How alike a text and the label of an option must be, 0 to 100, to be taken for it.
ALIKE = 80
# Longer than this it is not just an answer.
MAX_WORDS = 12
AFFIRM = {"yes": "ja", "no": "nee"}


@dataclass(frozen=True)
class Answered:
    """What the reply tells: the value of the fact asked for, or None when the person does not know."""

    fact: str
    value: str | None


def reply(asked: Asked, text: str, entities: Sequence[Mapping[str, Any]], knowledge: Knowledge) -> Answered | None:
    """What a message answers to a question back, or None when it answers something else.

    Args:
        asked: the question that the bot put last.
        text: the message.
        entities: what was read in it.
        knowledge: the tables, for the roles.
    """
    if len(text.split()) > MAX_WORDS:
        return None
    turns = {one["value"] for one in entities if one["entity"] == "turn"}
    named = [str(one["value"]) for one in entities if one["entity"] == asked.fact]
    if named:
        return Answered(asked.fact, named[0])
    if asked.fact == "role" and (role := _role(entities, knowledge)):
        return Answered(asked.fact, role)
    if "unsure" in turns:
        return Answered(asked.fact, None)
    for turn, word in AFFIRM.items():
        fitting = [option.value for option in asked.options if option.label.lower().startswith(word)]
        if turn in turns and len(fitting) == 1:
            return Answered(asked.fact, fitting[0])
    return _alike(asked, text)


def _role(entities: Sequence[Mapping[str, Any]], knowledge: Knowledge) -> str | None:
    """A party that may be the one who asks, named where a role was asked for."""
    named = (str(one["value"]) for one in entities if one["entity"] == "party")
    return next((party for party in named if knowledge.may_ask(party)), None)


def _alike(asked: Asked, text: str) -> Answered | None:
    scored = [
        (fuzz.token_set_ratio(text, option.label, processor=utils.default_process), option.value)
        for option in asked.options
    ]
    best = max(scored, default=(0.0, ""))
    alone = sum(score == best[0] for score, _ in scored) == 1
    return Answered(asked.fact, best[1]) if best[0] >= ALIKE and alone else None
