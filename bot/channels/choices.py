"""What a person chooses about themselves on every channel: a municipality and where they work."""

from __future__ import annotations

from knowledge.answer import bare, capitalised
from knowledge.knowledge import Knowledge


def lists(knowledge: Knowledge) -> dict[str, dict[str, str]]:
    """Per name ("municipality", "role") the label of each id, as it stands in a sentence."""
    # The college asks through those who work for it.
    roles = (row for row in knowledge.parties.values() if row.asks and row.id != "college")
    return {
        "municipality": {row.id: row.name for row in knowledge.municipalities.values()},
        "role": {row.id: row.label for row in roles},
    }


def titles(knowledge: Knowledge) -> dict[str, dict[str, str]]:
    """The same as it stands on a button: "de Wmo-consulent" is "Wmo-consulent"."""
    return {
        name: {key: capitalised(bare(label)) for key, label in labels.items()}
        for name, labels in lists(knowledge).items()
    }
