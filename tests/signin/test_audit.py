"""The audit log: every change of every field of every row shows, and so does a row that is gone or moved."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text

from bot.store import Store
from bot.store.audit import COMMAND, FIRST, NOBODY, TRIMMED, Audit, BrokenChain, Checked, chained
from tests.bot.fakes import Clock
from tests.store.databases import connect_to

ROWS = 6


@pytest.fixture
def audit(store: Store, clock: Clock) -> Audit:
    made = Audit(store.engine, clock)
    for number in range(1, ROWS + 1):
        made.note("signin", f"verzonnen-{number}", actor=NOBODY, result="refused", origin="password")
        clock.forward(seconds=1.5)
    return made


@pytest.fixture
def tamper(audit: Audit, database_url: str) -> Callable[..., None]:
    """Changes the table as somebody with access to the database could."""

    def run(*statements: str, **values: Any) -> None:
        with connect_to(database_url).connect() as connection:
            for statement in statements:
                connection.execute(text(statement), values)

    return run


def test_an_untouched_log_is_right(audit: Audit) -> None:
    rows = list(audit.rows())

    assert audit.check() == Checked(ROWS, str(rows[-1]["hash"]))
    assert rows[0]["previous"] == FIRST
    assert [row["id"] for row in rows] == list(range(1, ROWS + 1))


def test_an_empty_log_is_right(store: Store) -> None:
    assert Audit(store.engine).check() == Checked(0, FIRST)


FIELDS = {
    "at": "UPDATE audit SET at = (SELECT max(at) FROM audit) WHERE id = :row",
    "actor": "UPDATE audit SET actor = 'een ander' WHERE id = :row",
    "action": "UPDATE audit SET action = 'signout' WHERE id = :row",
    "object": "UPDATE audit SET object = 'iets anders' WHERE id = :row",
    "result": "UPDATE audit SET result = 'ok' WHERE id = :row",
    "origin": "UPDATE audit SET origin = 'oidc' WHERE id = :row",
    "previous": "UPDATE audit SET previous = 'x' WHERE id = :row",
    "hash": "UPDATE audit SET hash = 'x' WHERE id = :row",
}


@pytest.mark.parametrize("row", [1, 3, ROWS - 1])
@pytest.mark.parametrize("statement", FIELDS.values(), ids=FIELDS.keys())
def test_a_changed_field_is_found_and_the_row_is_named(
    audit: Audit, tamper: Callable[..., None], statement: str, row: int
) -> None:
    tamper(statement, row=row)

    found = audit.check()

    assert found.fault is not None
    assert found.fault.startswith(f"Regel {row} ")
    assert found.rows == row - 1


@pytest.mark.parametrize("row", [1, 3, ROWS - 1])
def test_a_row_that_is_gone_is_named(audit: Audit, tamper: Callable[..., None], row: int) -> None:
    tamper("DELETE FROM audit WHERE id = :row", row=row)
    assert audit.check().fault == f"Regel {row} ontbreekt."


def test_a_row_that_is_gone_with_the_others_moved_up_is_named(audit: Audit, tamper: Callable[..., None]) -> None:
    tamper(
        "DELETE FROM audit WHERE id = 3", *(f"UPDATE audit SET id = {one - 1} WHERE id = {one}" for one in (4, 5, 6))
    )
    assert str(audit.check().fault).startswith("Regel 3 sluit niet aan op regel 2")


def test_two_rows_that_changed_places_are_named(audit: Audit, tamper: Callable[..., None]) -> None:
    tamper(
        "UPDATE audit SET id = 100 WHERE id = 2",
        "UPDATE audit SET id = 2 WHERE id = 3",
        "UPDATE audit SET id = 3 WHERE id = 100",
    )
    assert str(audit.check().fault).startswith("Regel 2 sluit niet aan op regel 1")


def test_a_row_in_between_is_named(audit: Audit, tamper: Callable[..., None]) -> None:
    tamper(
        *(f"UPDATE audit SET id = {one + 1} WHERE id = {one}" for one in (6, 5, 4, 3)),
        "INSERT INTO audit (id, at, actor, action, object, result, origin, previous, hash) "
        "SELECT 3, at, actor, action, object, result, origin, 'x', 'y' FROM audit WHERE id = 2",
    )
    assert str(audit.check().fault).startswith("Regel 3 sluit niet aan op regel 2")


def test_a_row_that_was_changed_with_a_hash_that_fits_shows_in_the_next(
    audit: Audit, tamper: Callable[..., None]
) -> None:
    row = {**list(audit.rows())[2], "actor": "een ander"}
    tamper("UPDATE audit SET actor = :actor, hash = :hash WHERE id = 3", actor="een ander", hash=chained(row))

    assert str(audit.check().fault).startswith("Regel 4 sluit niet aan op regel 3")


def test_an_end_that_was_cut_off_shows_by_the_last_hash(audit: Audit, tamper: Callable[..., None]) -> None:
    last = audit.check().last
    tamper("DELETE FROM audit WHERE id > 4")

    assert audit.check().fault is None
    found = audit.check(last)
    assert str(found.fault).startswith("Na regel 4 ontbreekt er iets")


def test_a_log_that_was_made_wholly_anew_shows_by_the_last_hash(
    audit: Audit, tamper: Callable[..., None], clock: Clock
) -> None:
    last = audit.check().last
    tamper("DELETE FROM audit")
    for _ in range(ROWS):
        audit.note("signin", actor="iemand", origin="password")

    assert audit.check().fault is None
    assert audit.check(last).fault is not None


def test_an_earlier_hash_is_still_right_after_more_was_noted(audit: Audit) -> None:
    last = audit.check().last
    audit.note("signout", actor="iemand", origin="web")

    assert audit.check(last).fault is None


def test_everything_gone_shows_by_the_last_hash(audit: Audit, tamper: Callable[..., None]) -> None:
    last = audit.check().last
    tamper("DELETE FROM audit")
    assert audit.check(last).fault is not None


def test_what_we_never_wrote_is_named_too(audit: Audit, tamper: Callable[..., None], database_url: str) -> None:
    if not database_url.startswith("sqlite"):
        pytest.skip("a column of PostgreSQL takes nothing of another type")
    tamper("UPDATE audit SET at = 'gisteren' WHERE id = 4")

    assert str(audit.check().fault).startswith("Regel 4 is veranderd")


def test_rows_from_many_at_once_make_one_chain(store: Store) -> None:
    audits = [Audit(store.engine) for _ in range(4)]
    start = threading.Barrier(4)
    failed: list[BaseException] = []

    def note(one: Audit) -> None:
        start.wait()
        try:
            for _ in range(5):
                one.note("signin", actor=COMMAND, origin=COMMAND)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=note, args=(one,)) for one in audits]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not failed
    assert audits[0].check().rows == 20
    assert audits[0].check().fault is None


def test_a_fork_of_the_chain_is_impossible(audit: Audit, database_url: str) -> None:
    def fork(connection: Connection) -> None:
        connection.execute(
            text(
                "INSERT INTO audit (id, at, actor, action, object, result, origin, previous, hash) "
                "SELECT 99, at, actor, action, object, result, origin, previous, 'y' FROM audit WHERE id = 3"
            )
        )

    with connect_to(database_url).connect() as connection, pytest.raises(Exception, match=r"(?i)unique"):
        fork(connection)


def test_the_moment_is_the_one_of_the_clock(store: Store, clock: Clock) -> None:
    audit = Audit(store.engine, clock)
    audit.note("signin", actor=COMMAND, origin=COMMAND)

    assert abs(next(iter(audit.rows()))["at"] - clock()) < timedelta(microseconds=1)
    assert audit.check().fault is None


# -- the end of the period -----------------------------------------------------------------


def later(audit: Audit, clock: Clock) -> None:
    """A year passes, and three more rows come."""
    clock.forward(days=365)
    for number in range(3):
        audit.note("open", f"later-{number}", actor="iemand", origin="web")


def a_week_ago(clock: Clock) -> datetime:
    return clock() - timedelta(days=7)


def test_old_rows_go_and_the_rest_is_still_right(audit: Audit, clock: Clock) -> None:
    last_that_goes = audit.check().last
    later(audit, clock)

    assert audit.trim(a_week_ago(clock)) == ROWS

    rows = list(audit.rows())
    assert [row["id"] for row in rows] == [7, 8, 9, 10]
    assert (rows[-1]["action"], rows[-1]["object"]) == (TRIMMED, f"{ROWS} {last_that_goes}")
    assert audit.check() == Checked(4, str(rows[-1]["hash"]), None, erased=ROWS)
    assert audit.check(last_that_goes).fault is None


def test_when_nothing_is_old_nothing_is_noted(audit: Audit, clock: Clock) -> None:
    before = audit.check()

    assert audit.trim(a_week_ago(clock)) == 0
    assert audit.check() == before


def test_all_rows_may_be_old(audit: Audit, clock: Clock) -> None:
    clock.forward(days=365)

    assert audit.trim(a_week_ago(clock)) == ROWS
    assert (audit.check().fault, audit.check().rows, audit.check().erased) == (None, 1, ROWS)


def test_what_told_of_an_earlier_time_goes_in_its_turn(audit: Audit, clock: Clock) -> None:
    for _ in range(3):
        later(audit, clock)
        audit.trim(a_week_ago(clock))

    assert (audit.check().fault, audit.check().erased) == (None, 14)
    assert [row["action"] for row in audit.rows()] == ["open", "open", "open", TRIMMED]


@pytest.mark.parametrize("row", [8, 9, 10])
def test_after_that_a_change_is_still_named(audit: Audit, clock: Clock, tamper: Callable[..., None], row: int) -> None:
    later(audit, clock)
    audit.trim(a_week_ago(clock))
    tamper("UPDATE audit SET object = 'iets anders' WHERE id = :row", row=row)

    assert str(audit.check().fault).startswith(f"Regel {row} ")
    assert audit.check().rows == row - 7


@pytest.mark.parametrize(("rows", "named"), [("7", "Regel 7 ontbreekt."), ("7, 8", "Regel 7 tot en met 8 ontbreken.")])
def test_rows_that_somebody_removed_after_that_are_named(
    audit: Audit, clock: Clock, tamper: Callable[..., None], rows: str, named: str
) -> None:
    later(audit, clock)
    audit.trim(a_week_ago(clock))
    tamper(f"DELETE FROM audit WHERE id IN ({rows})")

    assert audit.check() == Checked(0, FIRST, named)


@pytest.mark.parametrize("left", [2, 4, ROWS])
def test_rows_that_somebody_removed_at_the_front_are_named(
    audit: Audit, tamper: Callable[..., None], left: int
) -> None:
    tamper("DELETE FROM audit WHERE id < :left", left=left)

    gone = "Regel 1 ontbreekt." if left == 2 else f"Regel 1 tot en met {left - 1} ontbreken."
    assert audit.check().fault == gone


def test_a_row_that_tells_of_other_rows_covers_nothing(audit: Audit, clock: Clock, tamper: Callable[..., None]) -> None:
    later(audit, clock)
    audit.trim(a_week_ago(clock))
    # As if the erasing had gone one row further: then the telling row itself does not fit any more.
    tamper(
        "UPDATE audit SET object = '7 ' || (SELECT hash FROM audit WHERE id = 7) WHERE id = 10",
        "DELETE FROM audit WHERE id = 7",
    )

    assert str(audit.check().fault).startswith("Regel 10 is veranderd")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET actor = 'een ander' WHERE id = 3",
        "DELETE FROM audit WHERE id = 3",
        "DELETE FROM audit WHERE id < 3",
    ],
)
def test_rows_that_are_not_as_they_were_written_stay_to_be_looked_at(
    audit: Audit, clock: Clock, tamper: Callable[..., None], statement: str
) -> None:
    later(audit, clock)
    tamper(statement)
    before = list(audit.rows())

    with pytest.raises(BrokenChain):
        audit.trim(a_week_ago(clock))

    assert list(audit.rows()) == before


def test_an_old_hash_that_cannot_be_found_any_more_is_explained(audit: Audit, clock: Clock) -> None:
    old = str(list(audit.rows())[2]["hash"])
    later(audit, clock)
    audit.trim(a_week_ago(clock))

    assert "na de bewaartermijn is gewist (tot en met 6)" in str(audit.check(old).fault)
