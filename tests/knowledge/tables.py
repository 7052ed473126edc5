"""The tables of the project with a row changed or added, for tests of what must then be noticed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from knowledge.knowledge import Knowledge
from knowledge.load import TABLES

# By table and row: the fields that get another value.
Changes = Mapping[str, Mapping[str, Mapping[str, Any]]]


def changed(knowledge: Knowledge, changes: Changes) -> Knowledge:
    """The same knowledge with other values in some rows; a changed id adds a row beside the old one."""
    rows = {table: dict(found) for table, found in knowledge.tables.rows.items()}
    for table, by_row in changes.items():
        for row_id, fields in by_row.items():
            old = rows[table][row_id].model_dump()
            row = TABLES[table].model_validate({**old, **{name: _field(old[name], to) for name, to in fields.items()}})
            rows[table][row.id] = row
    return Knowledge(replace(knowledge.tables, rows=rows))


def _field(old: Any, new: Any) -> Any:
    """Of a block of sentences only the named ones change."""
    return {**old, **new} if isinstance(old, dict) and "verdict" in old else new
