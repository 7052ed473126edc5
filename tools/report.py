"""What the set-up tools say: one line a step, and one sentence when something is wrong.

All of it goes to standard error; standard output belongs to the command that follows.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class SetupError(Exception):
    """A step failed; the text tells the reader, in Dutch, what is wrong and how to mend it."""


def say(line: str) -> None:
    """Show one line to the person at the terminal, at once."""
    print(line, file=sys.stderr, flush=True)


def decimal(number: float) -> str:
    """A number with one decimal, as the Dutch write it: 3,2."""
    return f"{number:.1f}".replace(".", ",")


@contextmanager
def step(title: str) -> Iterator[None]:
    """Show `title` when the step starts and the seconds it took when it is done."""
    started = time.monotonic()
    print(f"  {title} … ", end="", file=sys.stderr, flush=True)
    try:
        yield
    except BaseException:
        say("niet gelukt")
        raise
    say(f"klaar ({decimal(time.monotonic() - started)} s)")
