"""Choosing a municipality and a role from buttons; only ids of our own lists are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from telegram import InlineKeyboardMarkup

from bot.channels.choices import titles
from bot.channels.telegram import texts
from bot.channels.telegram.render import MAX_BUTTONS, keyboard_of
from knowledge.answer import bare
from knowledge.knowledge import Knowledge

_PREFIX = "p:"


@dataclass(frozen=True)
class Choice:
    """What a person chose: which of the two lists, and the id on it; no id is no choice."""

    name: str
    id: str | None


@dataclass(frozen=True)
class Choices:
    """The lists to choose from: per name ("municipality", "role") the label of each id."""

    labels: Mapping[str, Mapping[str, str]]

    @classmethod
    def of(cls, knowledge: Knowledge) -> Choices:
        """The lists of the knowledge; the same as in the web chat."""
        return cls(titles(knowledge))

    def question(self, name: str, profile: Mapping[str, str]) -> str:
        """What is asked above the buttons."""
        label = self.labels[name].get(profile.get(name, ""))
        lines = (
            texts.ASK_PROFILE[name],
            texts.NOW_PROFILE[name].format(label=label) if label else "",
            texts.TYPE_PROFILE[name],
        )
        return "\n\n".join(line for line in lines if line)

    def keyboard(self, name: str) -> InlineKeyboardMarkup | None:
        """The buttons: one for each id, and one to choose none."""
        buttons = [(label, f"{_PREFIX}{name}:{key}") for key, label in self.labels[name].items()][: MAX_BUTTONS - 1]
        wide = 1 if name == "role" else 2
        rows = [buttons[start : start + wide] for start in range(0, len(buttons), wide)]
        return keyboard_of([*rows, [(texts.NO_PROFILE[name], f"{_PREFIX}{name}:")]])

    def pressed(self, data: str) -> Choice | None:
        """The choice behind a button, or None when the button is not one of these."""
        if not data.startswith(_PREFIX):
            return None
        name, _, key = data.removeprefix(_PREFIX).partition(":")
        return Choice(name, key or None) if name in self.labels else None

    def typed(self, name: str, words: str) -> str | None:
        """The id that typed words stand for."""
        wanted = bare(words.strip()).casefold()
        return next((key for key, label in self.labels[name].items() if wanted in (key, label.casefold())), None)

    def knows(self, choice: Choice) -> bool:
        """Whether the choice is on our lists today."""
        return choice.id is None or choice.id in self.labels[choice.name]

    def confirmation(self, choice: Choice) -> str:
        """What is said after a choice."""
        if choice.id is None:
            return texts.CLEARED_PROFILE[choice.name]
        return texts.CHOSEN_PROFILE[choice.name].format(label=self.labels[choice.name][choice.id])
