"""Municipality and role: the lists to choose from, and what a person typed or chose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.channels.choices import titles
from knowledge.answer import bare
from knowledge.knowledge import Knowledge

NAMES = ("municipality", "role")


@dataclass(frozen=True)
class Choices:
    """Per name ("municipality", "role") the label of each id."""

    labels: Mapping[str, Mapping[str, str]]

    @classmethod
    def of(cls, knowledge: Knowledge) -> Choices:
        """The lists of the knowledge; the same as in the web chat."""
        return cls(titles(knowledge))

    def typed(self, name: str, words: str) -> str | None:
        """The id that typed words stand for."""
        wanted = bare(words.strip().casefold())
        return next((key for key, label in self.labels[name].items() if wanted in (key, label.casefold())), None)

    def chosen(self, given: Mapping[str, str]) -> dict[str, str | None]:
        """What was chosen, by name; only what stands on the lists today, and empty is no choice."""
        return {
            name: given[name] or None for name in NAMES if name in given and given[name] in ("", *self.labels[name])
        }

    def label(self, name: str, key: str | None) -> str | None:
        """How an id is shown."""
        return self.labels[name].get(key or "")
