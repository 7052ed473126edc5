"""Logging: whatever way a message takes to the log, its words do not arrive.

Every case is a few lines that try to write a made-up word, run in a process of their own because
logging belongs to a whole process.
"""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
import yaml

from .conftest import HERE, ROOT, environment

WORD = "Zwaluwstaartje"  # a made-up word
CASES = yaml.safe_load((HERE / "leaks.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["why"]))
def test_the_word_is_not_written(case: dict[str, Any]) -> None:
    done = run(f"from nlu import quiet_logging\nquiet_logging.install('debug')\nword = {WORD!r}\n{case['code']}")
    written = done.stdout + done.stderr
    assert WORD not in written
    for part in case["shown"]:
        assert part in written


def test_below_the_level_nothing_is_written() -> None:
    code = "from nlu import quiet_logging\nquiet_logging.install('error')\nimport logging, structlog, warnings\n"
    code += "logging.getLogger('a').warning('x')\nstructlog.get_logger('b').warning('x')\nwarnings.warn('x')"
    done = run(code)
    assert (done.stdout, done.stderr) == ("", "")


def test_an_unknown_level_is_refused() -> None:
    done = run("from nlu import quiet_logging\nquiet_logging.install('luid')")
    assert done.returncode == 1
    assert "DEELWIJZER_LOG_LEVEL is “luid”" in done.stderr


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment(), capture_output=True, text=True, check=False
    )
