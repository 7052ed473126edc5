"""Everything that is looked at without running the program: `python -m tools.check`.

Runs in the dev environment.  Every check runs, also after one that failed; the exit code
is 1 when any did.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from tools.bootstrap import ROOT
from tools.environments import ENVIRONMENTS
from tools.report import say

_DEV, _NLU = (str(ENVIRONMENTS[name].python(ROOT)) for name in ("dev", "nlu"))


@dataclass(frozen=True)
class Check:
    """A command that ends with 0 when all is well.

    `only_failure`: what it prints is shown only when it is not; Rasa prints pages of
    warnings about its own dependencies.
    """

    command: tuple[str, ...]
    only_failure: bool = False


CHECKS: Mapping[str, Check] = {
    "stijl (ruff)": Check((_DEV, "-m", "ruff", "check", ".")),
    "typen (mypy)": Check((_DEV, "-m", "mypy")),
    "kennis": Check((str(ROOT / "deelwijzer"), "kennis", "check")),
    "trainingsdata (rasa)": Check(
        (
            *(_NLU, "-m", "rasa", "data", "validate", "--fail-on-warnings"),
            *("--config", "config.yml", "--domain", "domain", "--data", "nlu/data"),
        ),
        only_failure=True,
    ),
}


def run_all(checks: Mapping[str, Check]) -> list[str]:
    """Run every check; the names of those that failed."""
    failed = []
    for name, check in checks.items():
        say(f"== {name}")
        done = subprocess.run(
            check.command,
            cwd=ROOT,
            env={**os.environ, "RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3"},
            stdout=subprocess.PIPE if check.only_failure else None,
            stderr=subprocess.STDOUT if check.only_failure else None,
            check=False,
        )
        if done.returncode != 0:
            failed.append(name)
            sys.stderr.buffer.write(done.stdout or b"")
            sys.stderr.flush()
    return failed


def main() -> int:
    """Run the checks and sum up; the exit code."""
    failed = run_all(CHECKS)
    say(f"Niet in orde: {', '.join(failed)}." if failed else "Alles in orde.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
