"""Runs every test: `python -m tools.run_tests`, in the dev environment.

The tests of the Rasa components need Rasa and run in its environment; all others run here.
Both run, also when the first fails.  The closing line adds the two up, so that whoever
reads only the end of the output sees a failure in either.
"""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bot.supervise import NluError, train_if_needed
from tools.bootstrap import ROOT
from tools.environments import ENVIRONMENTS
from tools.report import say


@dataclass(frozen=True)
class Suite:
    """One run of pytest: the environment it needs and what it is given."""

    environment: str
    arguments: tuple[str, ...]


SUITES = (
    Suite("nlu", ("tests/nlu_env", "-c", "tools/nlu_pytest.ini", "--rootdir", ".")),
    Suite("dev", ("tests", "--ignore=tests/nlu_env")),
)


@dataclass(frozen=True)
class Outcome:
    """How many tests of a run passed, failed (or broke) and were skipped."""

    passed: int
    failed: int
    skipped: int

    def line(self) -> str:
        """The closing line, in the form that programs reading it expect."""
        return f"samen: {self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def read_outcome(report: Path, exit_code: int) -> Outcome:
    """Count a junit report of pytest.

    A run that ended badly without a failed test (no report, nothing collected, stopped
    halfway) counts as one failure, so that the sum never looks better than the run was.
    """
    passed = failed = skipped = 0
    if report.is_file():
        for suite in ElementTree.parse(report).getroot().iter("testsuite"):  # noqa: S314 (our own)
            broken = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            failed += broken
            skipped += int(suite.get("skipped", 0))
            passed += int(suite.get("tests", 0)) - broken - int(suite.get("skipped", 0))
    if exit_code != 0 and failed == 0:
        failed = 1
    return Outcome(passed, failed, skipped)


def total(outcomes: Iterable[Outcome]) -> Outcome:
    """All runs together."""
    rows = list(outcomes)
    return Outcome(sum(r.passed for r in rows), sum(r.failed for r in rows), sum(r.skipped for r in rows))


def run_suite(suite: Suite, root: Path) -> Outcome:
    """Run one suite with its output shown; its outcome."""
    report = root / "var/test" / f"{suite.environment}.xml"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.unlink(missing_ok=True)
    python = ENVIRONMENTS[suite.environment].python(root)
    command = (str(python), "-m", "pytest", *suite.arguments, f"--junitxml={report}")
    return read_outcome(report, subprocess.run(command, cwd=root, check=False).returncode)


def main(root: Path = ROOT) -> int:
    """Train when the inputs changed, run every suite, sum up; the exit code."""
    try:
        train_if_needed(root)
    except NluError as error:
        say(str(error))
        return 1
    outcome = total([run_suite(suite, root) for suite in SUITES])
    print(outcome.line(), flush=True)
    return 1 if outcome.failed else 0


if __name__ == "__main__":
    sys.exit(main())
