"""The closing line of a test run adds the runs up and hides no failure."""

from __future__ import annotations

from pathlib import Path
from typing import TextIO

import pytest

from tools import run_tests
from tools.run_tests import Outcome, Suite, read_outcome, total

REPORT = """<?xml version="1.0"?><testsuites><testsuite name="pytest" errors="{errors}" failures="{failures}"
 skipped="{skipped}" tests="{tests}" /></testsuites>"""


def report(folder: Path, *, tests: int, failures: int = 0, errors: int = 0, skipped: int = 0) -> Path:
    path = folder / "report.xml"
    path.write_text(REPORT.format(tests=tests, failures=failures, errors=errors, skipped=skipped))
    return path


def test_passed_failed_and_skipped_are_counted(tmp_path: Path) -> None:
    path = report(tmp_path, tests=10, failures=2, errors=1, skipped=3)

    assert read_outcome(path, exit_code=1) == Outcome(passed=4, failed=3, skipped=3)


@pytest.mark.parametrize("exit_code", [2, 4, 5, -9])
def test_a_run_that_broke_off_counts_as_a_failure(tmp_path: Path, exit_code: int) -> None:
    assert read_outcome(tmp_path / "none.xml", exit_code).failed == 1
    assert read_outcome(report(tmp_path, tests=4), exit_code) == Outcome(4, 1, 0)


def test_the_runs_are_added_up() -> None:
    assert total([Outcome(1, 0, 2), Outcome(3, 1, 0)]) == Outcome(4, 1, 2)


def test_the_closing_line_can_be_read_by_a_program() -> None:
    assert Outcome(12, 0, 1).line() == "samen: 12 passed, 0 failed, 1 skipped"


@pytest.mark.parametrize("postgres", [True, False])
def test_what_ran_beside_the_long_run_is_shown_after_it_and_counts(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path, postgres: bool
) -> None:
    def run(suite: Suite, root: Path, database: str = "", said: TextIO | None = None) -> Outcome:
        print(f"de tests van {suite.name}", file=said)
        return Outcome(1, int(suite.name == "nlu"), 0)

    monkeypatch.setattr(run_tests, "run_suite", run)
    monkeypatch.setattr(
        run_tests, "run_on_postgres", lambda root, *, must, said: run(run_tests.ON_POSTGRES, root, "", said)
    )

    outcomes = run_tests.run_all(tmp_path, postgres=postgres, must=False)

    shown = capfd.readouterr().out.split("\n")
    names = ["dev", "nlu", *(["postgres"] if postgres else [])]
    assert [line for line in shown if line] == [f"de tests van {name}" for name in names]
    assert total(outcomes) == Outcome(len(names), 1, 0)
