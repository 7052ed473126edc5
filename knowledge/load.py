"""Reads the tables from YAML and builds the knowledge, with errors a lawyer can act on.

Each file names its table and may give defaults for its rows.  A row that does not fit its
schema is reported with file, line, id and field; all problems are collected before the
loader gives up, so that one run shows everything that must be mended.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from knowledge.schema import (
    Act,
    AgeRule,
    Article,
    CommandWords,
    ConsentOutcome,
    Contacts,
    DangerAnswer,
    DataCategory,
    Document,
    FactKind,
    FixedQuestion,
    Flow,
    FlowWords,
    Law,
    Municipality,
    OpenNorm,
    Party,
    Person,
    Policy,
    QuizQuestion,
    QuizSubject,
    QuizWords,
    Row,
    Rule,
    SmallTalk,
)

CONTENT = Path(__file__).parent / "content"

TABLES: dict[str, type[Row]] = {
    "acts": Act,
    "laws": Law,
    "articles": Article,
    "parties": Party,
    "persons": Person,
    "data_categories": DataCategory,
    "facts": FactKind,
    "rules": Rule,
    "ages": AgeRule,
    "consent_outcomes": ConsentOutcome,
    "open_norms": OpenNorm,
    "municipalities": Municipality,
    "policies": Policy,
    "contacts": Contacts,
    "documents": Document,
    "menu": FixedQuestion,
    "small_talk": SmallTalk,
    "danger": DangerAnswer,
    "flows": Flow,
    "flow_words": FlowWords,
    "commands": CommandWords,
    "quiz_subjects": QuizSubject,
    "quiz": QuizQuestion,
    "quiz_words": QuizWords,
}
# Read by the part of the program that uses them, with a schema of their own.
READ_ELSEWHERE = {"danger_signals"}
# The name of a file of tables with another ending, as an editor or Windows gives it.
_MEANT = re.compile(r"\.yml$|\.ya?ml\.txt$|\.YA?ML$")
NO_TABLE = "verwacht “table:” en “rows:” bovenaan het bestand, of na een regel met “---”"


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in the content, and where."""

    file: str
    line: int
    row: str
    message: str

    def __str__(self) -> str:
        row = f" rij “{self.row}”:" if self.row else ""
        return f"{self.file}:{self.line}:{row} {self.message}"


class KnowledgeError(Exception):
    """The content cannot be used. `problems` says what must be mended."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


@dataclass
class Tables:
    """All rows by table and id, with the place each row was read from."""

    rows: dict[str, dict[str, Row]] = field(default_factory=lambda: {name: {} for name in TABLES})
    places: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    version: str = ""

    def problem(self, table: str, row: str, message: str) -> Problem:
        """A problem at the place where the row stands."""
        file, line = self.places.get((table, row), (table, 0))
        return Problem(file, line, row, message)


def read_tables(content: Path = CONTENT) -> Tables:
    """Read every table below `content`.

    Raises:
        KnowledgeError: with every row that does not fit, at once.
    """
    tables = Tables()
    problems: list[Problem] = []
    digest = hashlib.sha256()
    problems.extend(_misnamed(content))
    for path in sorted(content.rglob("*.yaml")):
        name = path.relative_to(content).as_posix()
        raw = path.read_bytes()
        digest.update(name.encode() + b"\0" + raw)
        problems.extend(_once(_read_file(name, raw.decode("utf-8"), tables)))
    if not problems and not any(tables.rows.values()):
        problems.append(Problem(str(content), 0, "", "geen enkele tabel gevonden; staat de kennis in deze map?"))
    if problems:
        raise KnowledgeError(problems)
    tables.version = digest.hexdigest()[:12]
    return tables


def _misnamed(content: Path) -> Iterator[Problem]:
    """Files that were meant to be read and are not, by their names: nobody would notice that they are left out."""
    for path in sorted(content.rglob("*")):
        name = path.relative_to(content).as_posix()
        if path.suffix != ".yaml" and _MEANT.search(name):
            yield Problem(name, 1, "", "dit bestand wordt niet gelezen; geef het een naam die eindigt op “.yaml”")
        elif path.suffix == ".yaml" and name != name.lower():
            yield Problem(name, 1, "", f"geef het bestand een naam met kleine letters: {path.name.lower()}")


def _once(problems: Iterable[Problem]) -> Iterator[Problem]:
    """The same mistake on the same line is one, however many rows a wrong default is in."""
    seen: set[tuple[int, str]] = set()
    for problem in problems:
        if (problem.line, problem.message) not in seen:
            seen.add((problem.line, problem.message))
            yield problem


def _read_file(name: str, text: str, tables: Tables) -> Iterator[Problem]:
    """One file holds one table, or several below each other with a line `---` between them."""
    try:
        nodes = list(yaml.compose_all(text, Loader=yaml.CSafeLoader))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        yield Problem(name, line, "", f"geen geldige YAML: {_why_no_yaml(text, line)}")
        return
    if not nodes:
        yield Problem(name, 1, "", NO_TABLE)
    for node in nodes:
        yield from _read_table(name, node, tables)


def _read_table(name: str, node: yaml.Node, tables: Tables) -> Iterator[Problem]:
    line = node.start_mark.line + 1
    if not isinstance(node, yaml.MappingNode):
        yield Problem(name, line, "", NO_TABLE)
        return
    top = {key.value: value for key, value in node.value}
    if len(top) < len(node.value):
        twice = "“table” of “rows” staat er twee keer; zet een regel met “---” tussen twee tabellen"
        yield Problem(name, line, "", twice)
        return
    table = top["table"].value if "table" in top else ""
    if table in READ_ELSEWHERE:
        return
    if table not in TABLES:
        yield Problem(name, line, "", f"onbekende tabel “{table}”; kies uit {', '.join(TABLES)}")
        return
    if unknown := set(top) - {"table", "defaults", "rows"}:
        yield Problem(name, line, "", f"onbekende sleutel {', '.join(sorted(unknown))}; verwacht table, defaults, rows")
        return
    defaults = _plain(top["defaults"]) if "defaults" in top else {}
    default_lines = _lines(top["defaults"]) if "defaults" in top else {}
    rows = top.get("rows")
    if not isinstance(rows, yaml.SequenceNode):
        yield Problem(name, line, "", "“rows:” moet een lijst zijn")
        return
    for row_node in rows.value:
        yield from _read_row(name, table, row_node, defaults, default_lines, tables)


def _read_row(
    name: str, table: str, node: yaml.Node, defaults: dict[str, Any], default_lines: dict[str, int], tables: Tables
) -> Iterator[Problem]:
    line = node.start_mark.line + 1
    if not isinstance(node, yaml.MappingNode):
        yield Problem(name, line, "", "een rij is een blok met sleutels, te beginnen met “- id:”")
        return
    seen: set[str] = set()
    for key, _ in node.value:
        if key.value in seen:
            yield Problem(name, key.start_mark.line + 1, "", f"sleutel “{key.value}” staat twee keer in deze rij")
            return
        seen.add(key.value)
    data = {**defaults, **_plain(node)}
    row_id = str(data.get("id", ""))
    try:
        row = TABLES[table].model_validate(data)
    except ValidationError as error:
        lines = {**default_lines, **_lines(node)}
        for detail in error.errors():
            field_name = ".".join(str(part) for part in detail["loc"]) or "rij"
            at = lines.get(str(detail["loc"][0]) if detail["loc"] else "", line)
            yield Problem(name, at, row_id, f"{field_name}: {_dutch(detail)}")
        return
    if row.id in tables.rows[table]:
        first = tables.places[table, row.id]
        yield Problem(name, line, row.id, f"dit id bestaat al ({first[0]}:{first[1]}); kies een ander id")
        return
    tables.rows[table][row.id] = row
    tables.places[table, row.id] = (name, line)


def _lines(node: yaml.Node) -> dict[str, int]:
    """On which line each key of a block stands."""
    return {key.value: key.start_mark.line + 1 for key, _ in node.value}


def _why_no_yaml(text: str, line: int) -> str:
    """What to look at where the reader gives up; its own words are English and about its insides."""
    at = text.splitlines()[line - 1 : line]
    if any("\t" in one for one in at):
        return "hier staat een tab; spring in met spaties"
    return "kijk op deze regel en vlak erboven naar aanhalingstekens, dubbele punten en inspringen"


def _plain(node: yaml.Node) -> Any:
    loader = yaml.CSafeLoader("")
    try:
        return loader.construct_object(node, deep=True)
    finally:
        loader.dispose()


_EMPTY = "is leeg; vul dit veld in"
_MESSAGES = {
    "missing": "ontbreekt; vul dit veld in",
    "extra_forbidden": "dit veld bestaat niet; is het een tikfout?",
    "date_from_datetime_parsing": "is geen datum; schrijf bijvoorbeeld 2026-01-01",
    "date_type": "is geen datum; schrijf bijvoorbeeld 2026-01-01",
    "string_pattern_mismatch": "mag alleen kleine letters, cijfers, punten, streepjes en lage streepjes bevatten",
    "string_too_short": _EMPTY,
    "string_type": "moet tekst zijn; zet getallen tussen aanhalingstekens",
    "too_short": "heeft te weinig waarden",
    "string_too_long": "is te lang voor een quizvraag: vraag 300 tekens, antwoord 100, uitleg 200",
    "tuple_type": "moet een lijst zijn; zet er rechte haken omheen: [a, b]",
}


def _dutch(detail: ErrorDetails) -> str:
    """What is wrong with a field, in words of its own."""
    if detail["type"] != "missing" and detail["input"] is None:
        return _EMPTY
    if detail["type"] in ("literal_error", "enum"):
        expected = detail["ctx"]["expected"].replace("'", "").replace(" or ", " of ")
        return f"is geen van de mogelijke waarden; kies uit {expected}"
    return _MESSAGES.get(detail["type"], detail["msg"].removeprefix("Value error, "))
