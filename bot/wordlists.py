"""Writes the words of the knowledge as lookup tables for the NLU process, and tells if they are stale."""

from __future__ import annotations

from pathlib import Path

from knowledge.knowledge import Knowledge
from knowledge.vocabulary import vocabulary

TARGET = Path(__file__).resolve().parent.parent / "nlu" / "data" / "lookups"
HEADER = "# Gemaakt uit de kennis met `./deelwijzer kennis woorden`. Niet met de hand veranderen.\n"


def files(knowledge: Knowledge) -> dict[str, str]:
    """The content of every file, by name: one file an entity, one lookup table a value."""
    made: dict[str, str] = {}
    for entity, phrases in vocabulary(knowledge).items():
        by_value: dict[str, list[str]] = {}
        for phrase, value in phrases.items():
            by_value.setdefault(value, []).append(phrase)
        lines = [HEADER, 'version: "3.1"\n', "nlu:\n"]
        for value, words in by_value.items():
            lines.append(f"- lookup: {entity}:{value}\n  examples: |\n")
            lines.extend(f"    - {word}\n" for word in words)
        made[f"{entity}.yml"] = "".join(lines)
    return made


def current(knowledge: Knowledge, target: Path = TARGET) -> bool:
    """True when the files on disk say what the knowledge says."""
    kept = {path.name: path.read_text(encoding="utf-8") for path in target.glob("*.yml")}
    return kept == files(knowledge)


def write(knowledge: Knowledge, target: Path = TARGET) -> None:
    """Write the files, and remove those of entities that are no more."""
    target.mkdir(parents=True, exist_ok=True)
    made = files(knowledge)
    for path in target.glob("*.yml"):
        if path.name not in made:
            path.unlink()
    for name, text in made.items():
        (target / name).write_text(text, encoding="utf-8")
