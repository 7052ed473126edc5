"""The words of the tables as one vocabulary: entity -> phrase -> value.

The understanding process takes these words from generated files, so that a word added to a
table is read in messages after the next training and nowhere has to be typed twice.
"""

from __future__ import annotations

from knowledge.knowledge import Knowledge

Vocabulary = dict[str, dict[str, str]]


def vocabulary(knowledge: Knowledge) -> Vocabulary:
    """Every phrase that tells a fact, by entity; under "asker" the parties that may put the question, and as whom."""
    words: Vocabulary = {
        "party": {word: row.id for row in knowledge.parties.values() for word in row.words},
        "person": {word: row.id for row in knowledge.persons.values() for word in row.words},
        "data": {word: row.id for row in knowledge.data_categories.values() for word in row.words},
        "municipality": {
            word: row.id for row in knowledge.municipalities.values() for word in (row.name.lower(), *row.words)
        },
    }
    words["asker"] = {
        row.id: row.asks_as or row.id for row in knowledge.parties.values() if row.asks_as or knowledge.may_ask(row.id)
    }
    for kind in knowledge.facts.values():
        phrases = {word: value.id for value in kind.values for word in value.words}
        if phrases:
            words[kind.id] = phrases
    return words
