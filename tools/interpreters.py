"""Finds a Python of a version that an environment can be built with."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tools.report import SetupError

# A pyenv shim is on PATH for versions that are not installed; only running it tells.
_PROBE = (
    "import os, sys; "
    "print(sys.version_info[0], sys.version_info[1], "
    "os.path.realpath(getattr(sys, '_base_executable', None) or sys.executable))"
)


@dataclass(frozen=True)
class Interpreter:
    """A Python that was run and answered: its version and its own file, links resolved."""

    version: tuple[int, int]
    path: str


def probe(command: str) -> Interpreter | None:
    """Run `command` and ask it what it is; None when it does not answer as a Python."""
    try:
        done = subprocess.run(
            [command, "-c", _PROBE],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        major, minor, path = done.stdout.strip().split(" ", 2)
        return Interpreter((int(major), int(minor)), path)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None


def running() -> Interpreter:
    """The Python that runs this program, outside any virtual environment it may be in."""
    path = getattr(sys, "_base_executable", None) or sys.executable
    return Interpreter((sys.version_info[0], sys.version_info[1]), os.path.realpath(path))


def find_python(
    wanted: Sequence[tuple[int, int]],
    purpose: str,
    current: Interpreter | None = None,
    which: Callable[[str], str | None] = shutil.which,
    ask: Callable[[str], Interpreter | None] = probe,
) -> Interpreter:
    """The first usable Python of a `wanted` version: the running one, else one on PATH.

    `purpose` is the Dutch name of what it is for.  Raises `SetupError` when there is none,
    with the versions that were found and how to get one.
    """
    current = current or running()
    if current.version in wanted:
        return current
    found = [current.version]
    for version in wanted:
        command = which(f"python{_dotted(version)}")
        answer = ask(command) if command else None
        if answer and answer.version in wanted:
            return answer
        if answer:
            found.append(answer.version)
    raise SetupError(
        f"Voor {purpose} is Python {_choice(wanted)} nodig; hier staat alleen "
        f"Python {', '.join(_dotted(version) for version in found)}. "
        f"Installeer Python {_dotted(wanted[0])} naast wat er al is en probeer het opnieuw. "
        f"Op Debian of Ubuntu: apt install python{_dotted(wanted[0])} python{_dotted(wanted[0])}-venv. "
        f"Op een Mac: brew install python@{_dotted(wanted[0])}. "
        f"Overal: pyenv install {_dotted(wanted[0])} en zet die map op PATH."
    )


def _dotted(version: tuple[int, int]) -> str:
    return f"{version[0]}.{version[1]}"


def _choice(versions: Sequence[tuple[int, int]]) -> str:
    *rest, last = (_dotted(version) for version in versions)
    return f"{', '.join(rest)} of {last}" if rest else last
