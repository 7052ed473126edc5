"""The closing line of a test run adds the runs up and hides no failure."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.run_tests import Outcome, read_outcome, total

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
