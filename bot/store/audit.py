"""The audit log: who did what, when, and with what result, as a chain in which a change shows.

Each row holds the hash over its own fields and the hash of the row before it.  Who can write in the
database can change a row, but then has to make every later hash anew; the last hash, kept somewhere
else, tells that too.  No row names an asker or holds any text.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, Engine, insert, select, text

from bot.clock import utc_now
from bot.store.models import AuditEntry

COMMAND: Final = "command"  # the actor of what is done on the machine itself
NOBODY: Final = "nobody"  # the actor of who has not signed in
FIRST: Final = "0" * 64  # what the first row follows

_FIELDS: Final = ("actor", "action", "object", "result", "origin")
_TABLE: Final = AuditEntry.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Checked:
    """What a walk along the chain found: how many rows are right, the hash of the last of them, and what is not."""

    rows: int
    last: str
    fault: str | None = None  # in Dutch, with the number of the row


class Audit:
    """Adds rows and checks them; there is no way to change one."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime] = utc_now) -> None:
        self._engine = engine
        self._clock = clock

    def note(self, action: str, object: str = "", *, actor: str, result: str = "ok", origin: str) -> None:
        """Add a row.

        Args:
            action: what was done ("signin"), at most 40 characters.
            object: what it was done to: an id of ours, never a name or a text; at most 120 characters.
            actor: the id of an account, `COMMAND` or `NOBODY`.
            result: "ok", or what came of it.
            origin: the role or channel it was done from ("web", "oidc", "command").
        """
        with self._alone() as connection:
            last = connection.execute(select(_TABLE.c.id, _TABLE.c.hash).order_by(_TABLE.c.id.desc()).limit(1)).first()
            number, previous = (last.id + 1, last.hash) if last else (1, FIRST)
            row = {
                "id": number,
                "at": self._clock().astimezone(UTC),
                "actor": actor,
                "action": action,
                "object": object,
                "result": result,
                "origin": origin,
                "previous": previous,
            }
            connection.execute(insert(_TABLE).values(**row, hash=chained(row)))

    def check(self, last: str | None = None) -> Checked:
        """Walk along the whole chain.

        Args:
            last: a hash that this log had once: without the row that has it, the log was cut off or replaced.
        """
        return self._walked(last, 1000)

    def _walked(self, last: str | None, at_once: int) -> Checked:
        previous, number, seen = FIRST, 0, last is None
        try:
            for row in self.rows(at_once):
                if fault := _fault(row, number + 1, previous):
                    return Checked(number, previous, fault)
                number, previous = number + 1, row["hash"]
                seen = seen or previous == last
        except (TypeError, ValueError):  # a value that we never wrote
            if at_once > 1:
                return self._walked(last, 1)  # among these rows: look which it is
            return Checked(number, previous, f"Regel {number + 1} is veranderd: de inhoud is onleesbaar.")
        if not seen:
            return Checked(
                number,
                previous,
                f"Na regel {number} ontbreekt er iets: geen regel heeft de hash die je opgaf. "
                "Het einde is weggehaald, of het logboek is vervangen.",
            )
        return Checked(number, previous)

    def rows(self, at_once: int = 1000) -> Iterator[Mapping[str, Any]]:
        """All rows, oldest first, read so many at once."""
        after: int | None = None
        while True:
            query = select(_TABLE).order_by(_TABLE.c.id).limit(at_once)
            with self._engine.connect() as connection:
                found = connection.execute(query if after is None else query.where(_TABLE.c.id > after)).all()
            yield from (dict(row._mapping) for row in found)
            if len(found) < at_once:
                return
            after = found[-1].id

    @contextmanager
    def _alone(self) -> Iterator[Connection]:
        """A transaction that waits for every other one that adds a row."""
        with self._engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                # By itself SQLite would begin to lock at the first write, after the last row was read.
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('deelwijzer audit'))"))
            yield connection
            connection.commit()


def chained(row: Mapping[str, Any]) -> str:
    """The hash of a row over its number, its fields and the hash before it."""
    moment = row["at"].astimezone(UTC).isoformat(timespec="microseconds")
    fields = [row["id"], moment, *(row[name] for name in _FIELDS), row["previous"]]
    return hashlib.sha256(json.dumps(fields, ensure_ascii=False).encode()).hexdigest()


def _fault(row: Mapping[str, Any], number: int, previous: str) -> str | None:
    """What is wrong with the row that should have this number and follow this hash."""
    if row["id"] != number:
        return f"Regel {number} ontbreekt."
    if row["previous"] != previous:
        return f"Regel {number} sluit niet aan op regel {number - 1}: er is een regel verwisseld of vervangen."
    if chained(row) != row["hash"]:
        return f"Regel {number} is veranderd."
    return None
