"""Who is who: pseudonyms in place of the ids of Entra, and what the organisation told of its people."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot.channels.teams.choices import Choices

PEOPLE = "personen"
_NAMES = {"gemeente": "municipality", "rol": "role"}


class PeopleError(RuntimeError):
    """The file with people cannot be used; the text tells in Dutch what is wrong."""


def pseudonym(*parts: str) -> str:
    """A code for a person or a conversation; always the same, and not to be turned back."""
    return hashlib.sha256("\0".join(("teams", *parts)).encode()).hexdigest()


@dataclass(frozen=True)
class People:
    """Municipality and role by the pseudonym of a person, as the organisation wrote them down."""

    known: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def profile(self, person: str) -> dict[str, str]:
        """What is known of a person; empty for who is not in the file."""
        return dict(self.known.get(person, {}))


def read_people(path: Path, tenant: str, choices: Choices) -> People:
    """Read the file that names municipality and role by the object id of a person.

    Raises:
        OSError: when it cannot be read.
        PeopleError: when it does not say what it should; the text tells in Dutch what is wrong.
    """
    try:
        given = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise OSError(f"Kan {path} niet lezen (DEELWIJZER_TEAMS_MAPPING): {error.strerror}.") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise PeopleError(f"{path.name} is geen geldige YAML in UTF-8.") from None
    if not isinstance(given, dict) or set(given) != {PEOPLE} or not isinstance(given[PEOPLE], dict):
        raise PeopleError(f"{path.name} moet één lijst “{PEOPLE}:” hebben. Groepen van Entra leest Deelwijzer niet.")
    problems: list[str] = []
    known: dict[str, dict[str, str]] = {}
    for number, (person, row) in enumerate(given[PEOPLE].items(), start=1):
        if not is_guid(str(person)):
            problems.append(f"persoon {number}: “{person}” is geen object-id")
        elif not isinstance(row, dict) or not row or not set(row) <= set(_NAMES):
            problems.append(f"persoon {number}: geef gemeente, rol of allebei")
        else:
            known[pseudonym(tenant, str(person).casefold())] = _profile(row, number, choices, problems)
    if problems:
        raise PeopleError(f"{path.name} klopt niet:\n" + "\n".join(f"  {problem}" for problem in problems))
    return People(known)


def is_guid(text: str) -> bool:
    """Whether a text is an id as Entra writes them."""
    parts = text.split("-")
    return [len(part) for part in parts] == [8, 4, 4, 4, 12] and all(
        character in "0123456789abcdefABCDEF" for part in parts for character in part
    )


def _profile(row: Mapping[str, Any], number: int, choices: Choices, problems: list[str]) -> dict[str, str]:
    profile = {}
    for given, value in row.items():
        if found := choices.typed(_NAMES[given], str(value)):
            profile[_NAMES[given]] = found
        else:
            known = ", ".join(choices.labels[_NAMES[given]])
            problems.append(f"persoon {number}: {given} “{value}” ken ik niet; kies uit: {known}")
    return profile
