"""Runs every test: `python -m tools.run_tests [--with-postgres | --only-postgres]`, in the dev environment.

The tests of the Rasa components need Rasa and run in its environment; all others run here,
on SQLite.  Those that use a database run once more on PostgreSQL when asked.  Two runs go at
the same time: the long one on SQLite is shown while it goes, what the others said comes after
it.  Every run goes on after a failed one.  The closing line adds them up, so that whoever
reads only the end of the output sees a failure in any.
"""

from __future__ import annotations

import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from bot.supervise import NluError, train_if_needed
from tools.bootstrap import ROOT
from tools.environments import ENVIRONMENTS
from tools.postgres import throw_away_server
from tools.report import SetupError, say


@dataclass(frozen=True)
class Suite:
    """One run of pytest: its name, the environment it needs and what it is given."""

    name: str
    environment: str
    arguments: tuple[str, ...]


NLU = Suite("nlu", "nlu", ("tests/nlu_env", "-c", "tools/nlu_pytest.ini", "--rootdir", "."))
DEV = Suite("dev", "dev", ("tests", "--ignore=tests/nlu_env"))
# What knows of no database by design; collecting its thousands of cases takes longer than the run.
_NO_DATABASE = tuple(f"--ignore=tests/{name}" for name in ("nlu_env", "nlu", "knowledge", "guard", "danger"))
# The mark is given by tests/conftest.py to every test that asks for a database.
ON_POSTGRES = Suite("postgres", "dev", ("tests", *_NO_DATABASE, "-m", "database"))


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


def run_suite(suite: Suite, root: Path, database: str = "", said: TextIO | None = None) -> Outcome:
    """Run one suite; its outcome.  Its output is shown, or goes to the file `said`.

    On the server at `database`, else on that of the caller's DATABASE_URL, else on SQLite.
    """
    report = root / "var/test" / f"{suite.name}.xml"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.unlink(missing_ok=True)
    python = ENVIRONMENTS[suite.environment].python(root)
    command = (str(python), "-m", "pytest", *suite.arguments, f"--junitxml={report}")
    environment = {**os.environ, "DATABASE_URL": database} if database else None
    done = subprocess.run(command, cwd=root, env=environment, stdout=said, stderr=said, check=False)
    return read_outcome(report, done.returncode)


def run_on_postgres(root: Path, *, must: bool, said: TextIO | None = None) -> Outcome:
    """Run the tests that use a database on a server of their own; its outcome, as `run_suite` does.

    Without PostgreSQL that is one failure, or one skip when it need not (`must`).
    """
    say("== nog eens op PostgreSQL: de tests die de database gebruiken")
    try:
        with throw_away_server() as url:
            return run_suite(ON_POSTGRES, root, url, said)
    except SetupError as error:
        say(str(error))
        return Outcome(0, 1, 0) if must else Outcome(0, 0, 1)


def run_all(root: Path, *, postgres: bool, must: bool) -> list[Outcome]:
    """Run the long suite, and the others one after another beside it; all outcomes."""
    path = root / "var/test/beside.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as said, ThreadPoolExecutor(max_workers=1) as beside:

        def others() -> list[Outcome]:
            outcomes = [run_suite(NLU, root, said=said)]
            return [*outcomes, run_on_postgres(root, must=must, said=said)] if postgres else outcomes

        pending = beside.submit(others)
        outcomes = [run_suite(DEV, root), *pending.result()]
    print(path.read_text(encoding="utf-8"))
    return outcomes


def main(arguments: Sequence[str] = (), root: Path = ROOT) -> int:
    """Train when the inputs changed, run every suite that is asked for, sum up; the exit code."""
    if "--only-postgres" in arguments:
        outcomes = [run_on_postgres(root, must=True)]
    else:
        try:
            train_if_needed(root)
        except NluError as error:
            say(str(error))
            return 1
        outcomes = run_all(root, postgres="--with-postgres" in arguments, must=bool(os.environ.get("CI")))
    outcome = total(outcomes)
    print(outcome.line(), flush=True)
    return 1 if outcome.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
