"""The audit log: who did what, when, and with what result, as a chain in which a change shows.

Each row holds the hash over its own fields and the hash of the row before it.  Who can write in the
database can change a row, but then has to make every later hash anew; the last hash, kept somewhere
else, tells that too.  No row names an asker or holds any text.

Rows that have been kept long enough go, the oldest first.  In the same transaction a row is added that
holds the number and the hash of the last row that went: what is left hangs on that.  So a chain that does
not begin at the first row is right only when it says itself up to where it was erased.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, Engine, delete, func, insert, select, text, true

from bot.clock import utc_now
from bot.store.models import AuditEntry

TRIMMED: Final = "audit.trimmed"  # the action of the row that tells what was erased
PROGRAM: Final = "program"  # the actor of what goes by itself
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
    erased: int = 0  # up to this number the rows went at the end of their period


class BrokenChain(Exception):
    """Rows that are to be erased are not as they were written: they stay, until somebody has looked."""


class Audit:
    """Adds rows, checks them and erases the oldest; there is no way to change one."""

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
            self._add(connection, _last(connection) or (0, FIRST), action, object, actor, result, origin)

    def _add(
        self,
        connection: Connection,
        last: tuple[int, str],
        action: str,
        object: str,
        actor: str,
        result: str,
        origin: str,
    ) -> None:
        number, previous = last
        row = {
            "id": number + 1,
            "at": self._clock().astimezone(UTC),
            "actor": actor,
            "action": action,
            "object": object,
            "result": result,
            "origin": origin,
            "previous": previous,
        }
        connection.execute(insert(_TABLE).values(**row, hash=chained(row)))

    # -- the end of the period ---------------------------------------------------------

    def trim(self, before: datetime) -> int:
        """Erase the rows from before a moment, and add one that tells up to where; how many went.

        Raises:
            BrokenChain: when one of them is not as it was written; then none of them goes.
        """
        with self._alone() as connection:
            kept = connection.execute(select(func.min(_TABLE.c.id)).where(_TABLE.c.at >= before)).scalar()
            old = _TABLE.c.id < kept if kept is not None else true()
            try:
                rows = connection.execute(select(_TABLE).where(old).order_by(_TABLE.c.id)).mappings().all()
            except (TypeError, ValueError):  # a value that we never wrote
                raise BrokenChain from None
            if not rows:
                return 0
            start = _start(connection)
            if start is None:
                raise BrokenChain
            number, previous = start
            for row in rows:
                if _fault(row, number + 1, previous):
                    raise BrokenChain
                number, previous = row["id"], row["hash"]
            connection.execute(delete(_TABLE).where(old))
            # What is left, and this row too when nothing is, follows on the last that went.
            last = _last(connection) or (number, previous)
            self._add(connection, last, TRIMMED, _place(number, previous), PROGRAM, "ok", "retention")
            return len(rows)

    # -- checking ----------------------------------------------------------------------

    def check(self, last: str | None = None) -> Checked:
        """Walk along the whole chain.

        Args:
            last: a hash that this log had once: without the row that has it, the log was cut off or replaced.
        """
        with self._engine.connect() as connection:
            start, oldest = _start(connection), _oldest(connection)
            if start or oldest is None:
                return self._walked(start or (0, FIRST), last, 1000)
            gone = _front_gone(connection, oldest[0])
        # One of the rows that are left may be wrong, and perhaps just the one that told of the others.
        found = self._walked(oldest, None, 1000)
        return found if found.fault else Checked(0, FIRST, gone)

    def _walked(self, start: tuple[int, str], last: str | None, at_once: int) -> Checked:
        erased, previous = start
        number, seen = erased, last in (None, previous)

        def found(fault: str | None = None) -> Checked:
            return Checked(number - erased, previous, fault, erased)

        try:
            for row in self.rows(at_once):
                if fault := _fault(row, number + 1, previous):
                    return found(fault)
                number, previous = number + 1, row["hash"]
                seen = seen or previous == last
        except (TypeError, ValueError):  # a value that we never wrote
            if at_once > 1:
                return self._walked(start, last, 1)  # among these rows: look which it is
            return found(f"Regel {number + 1} is veranderd: de inhoud is onleesbaar.")
        if seen:
            return found()
        older = f", of de hash is van een regel die na de bewaartermijn is gewist (tot en met {erased})"
        return found(
            f"Na regel {number} ontbreekt er iets: geen regel heeft de hash die je opgaf. "
            f"Het einde is weggehaald, of het logboek is vervangen{older if erased else ''}."
        )

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


def _last(connection: Connection) -> tuple[int, str] | None:
    """The number and the hash of the newest row."""
    row = connection.execute(select(_TABLE.c.id, _TABLE.c.hash).order_by(_TABLE.c.id.desc()).limit(1)).first()
    return (row.id, row.hash) if row else None


def _start(connection: Connection) -> tuple[int, str] | None:
    """The number and the hash that the oldest row follows; None when rows are gone without a row that tells so."""
    before = _oldest(connection)
    if before is None or before[0] == 0:
        return 0, FIRST
    told = select(_TABLE.c.id).where(_TABLE.c.action == TRIMMED, _TABLE.c.object == _place(*before))
    return before if connection.execute(told.limit(1)).first() else None


def _oldest(connection: Connection) -> tuple[int, str] | None:
    """The number and the hash that the oldest row says it follows."""
    row = connection.execute(select(_TABLE.c.id, _TABLE.c.previous).order_by(_TABLE.c.id).limit(1)).first()
    return (row.id - 1, row.previous) if row else None


def _front_gone(connection: Connection, last: int) -> str:
    """Which rows are gone up to a number, without a row that tells so."""
    told = connection.execute(select(_TABLE.c.object).where(_TABLE.c.action == TRIMMED)).scalars()
    numbers = (int(number) for one in told if (number := one.partition(" ")[0]).isdecimal())
    first = max((number for number in numbers if number < last), default=0) + 1
    return f"Regel {first} ontbreekt." if first == last else f"Regel {first} tot en met {last} ontbreken."


def _place(number: int, hash: str) -> str:
    """Up to where rows were erased, as the row that tells it has it."""
    return f"{number} {hash}"


def chained(row: Mapping[Any, Any]) -> str:
    """The hash of a row over its number, its fields and the hash before it."""
    moment = row["at"].astimezone(UTC).isoformat(timespec="microseconds")
    fields = [row["id"], moment, *(row[name] for name in _FIELDS), row["previous"]]
    return hashlib.sha256(json.dumps(fields, ensure_ascii=False).encode()).hexdigest()


def _fault(row: Mapping[Any, Any], number: int, previous: str) -> str | None:
    """What is wrong with the row that should have this number and follow this hash."""
    if row["id"] != number:
        return f"Regel {number} ontbreekt."
    if row["previous"] != previous:
        return f"Regel {number} sluit niet aan op regel {number - 1}: er is een regel verwisseld of vervangen."
    if chained(row) != row["hash"]:
        return f"Regel {number} is veranderd."
    return None
