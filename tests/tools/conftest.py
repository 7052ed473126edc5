"""A project folder of its own for each test, with a uv that does nothing but what it is told."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tools.interpreters import Interpreter

# Makes what the real uv makes as far as the tools look at it: a Python in the new
# environment.  Every call is written down; the file `fail` holds "word: message".
_FAKE_UV = """#!{python} -IS
import pathlib, sys
here = pathlib.Path(__file__).parent
with open(here / "calls", "a") as calls:
    calls.write(" ".join(sys.argv[1:]) + "\\n")
fail = here / "fail"
if fail.exists():
    word, _, message = fail.read_text().partition(": ")
    if word in sys.argv:
        sys.exit(message)
if sys.argv[1] == "venv":
    folder = pathlib.Path(sys.argv[-1])
    (folder / "bin").mkdir(parents=True)
    (folder / "bin/python").symlink_to(sys.executable)
"""


@dataclass
class Project:
    """A working copy with lock files, and the uv that serves it."""

    root: Path
    uv: Path

    def calls(self) -> list[str]:
        """What uv was asked, in order."""
        log = self.uv.with_name("calls")
        return log.read_text().splitlines() if log.exists() else []

    def uv_fails_on(self, word: str, message: str) -> None:
        """From now on uv prints `message` and fails when `word` is among its arguments."""
        self.uv.with_name("fail").write_text(f"{word}: {message}")

    def uv_works_again(self) -> None:
        """Take `uv_fails_on` back."""
        self.uv.with_name("fail").unlink()

    def find(self, *_: object, **__: object) -> Interpreter:
        """Stands in for the search for a Python."""
        return Interpreter((3, 11), sys.executable)

    def get_uv(self, *_: object) -> Path:
        """Stands in for fetching uv."""
        return self.uv


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """An empty project with a lock file for every environment."""
    root, elsewhere = tmp_path / "project", tmp_path / "elsewhere"
    (root / "requirements").mkdir(parents=True)
    elsewhere.mkdir()
    for name in ("app", "dev", "nlu"):
        (root / "requirements" / f"{name}.txt").write_text(f"fictitious-{name}==1.0\n")
    uv = elsewhere / "uv"
    uv.write_text(_FAKE_UV.format(python=sys.executable))
    uv.chmod(0o755)
    return Project(root, uv)
