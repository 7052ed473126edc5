"""Measures Deelwijzer beside the starter bot of Rasa: `python -m bench [--fast] [--turns N]`.

Runs in the dev environment (`make bench` makes it and the others ready) and prints one
table on standard output; what is going on goes to standard error.  Ends with 0 when all
was measured, whether or not the aims were met; with 1 and an explanation when not; with
130 when it was interrupted.
"""

from __future__ import annotations

import argparse
import os
import platform
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from types import FrameType

import psutil

from bench import guard, ours, starter
from bench.measure import Bot, Figures, time_turns
from bench.processes import BenchError
from bench.table import number, render
from bot.supervise import NluError
from knowledge.load import KnowledgeError
from tools.bootstrap import ROOT
from tools.environments import ENVIRONMENTS
from tools.report import say, step

LENGTH = 5  # turns in a conversation


@dataclass(frozen=True)
class Kind:
    """A bot to measure: how it is trained (in seconds) and run, its files in a given folder."""

    name: str
    train: Callable[[Path], float]
    running: Callable[[Path], AbstractContextManager[Bot]]


KINDS = (
    Kind("Deelwijzer", ours.train, ours.running),
    Kind("de startbot van Rasa", starter.train, starter.running),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print the table; the exit code."""
    parser = argparse.ArgumentParser("python -m bench", description="Meet trainen, starten, geheugen en tijden.")
    parser.add_argument("--fast", action="store_true", help="sla de startbot van Rasa over")
    parser.add_argument("--turns", type=_positive, default=300, metavar="N", help="aantal beurten (300)")
    given = parser.parse_args(arguments)
    if missing := [name for name in ("app", "nlu") if not ENVIRONMENTS[name].is_ready(ROOT)]:
        say(f"Nog niet klaargezet: {', '.join(missing)}. Gebruik: make bench")
        return 1
    signal.signal(signal.SIGTERM, _terminated)
    try:
        with tempfile.TemporaryDirectory(prefix="deelwijzer-bench-") as folder:
            print(measured(Path(folder), given.turns, KINDS[:1] if given.fast else KINDS))
        print(f"\nDe poort op het corpus\n\n{guard.table(guard.scores())}")
    except (BenchError, NluError, KnowledgeError, psutil.Error, OSError) as error:
        say(f"Meten is niet gelukt: {error}")
        return 1
    except KeyboardInterrupt:
        say("\nAfgebroken; alles wat voor het meten is gestart, is gestopt.")
        return 130
    return 0


def measured(folder: Path, turns: int, kinds: Sequence[Kind]) -> str:
    """Measure everything, all files in `folder`; the table with its heading and remarks."""
    busy = os.getloadavg()[0]
    training = []
    for kind in kinds:
        with step(f"{kind.name} trainen"):
            training.append(kind.train(folder))
    with ExitStack() as stack:
        bots, starts = [], []
        # One after the other, so that neither waits for the other while it starts.
        for kind in kinds:
            with step(f"{kind.name} starten"):
                bots.append(stack.enter_context(kind.running(folder)))
                starts.append(bots[-1].wait_started())
        with step(f"{turns} beurten"):
            timed = time_turns(bots, turns, LENGTH)
        memory = [bot.memory() for bot in bots]
    say("  een bestand met vragen beantwoorden …")
    batch = ours.batch(folder)
    figures = [Figures(*one) for one in zip(training, starts, memory, timed, strict=True)]
    figures[0] = replace(figures[0], batch=batch)
    return "\n\n".join((_heading(turns, busy), render(figures), *_remarks(kinds, figures)))


def _heading(turns: int, busy: float) -> str:
    system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    lines = (
        f"Deelwijzer gemeten, {datetime.now().astimezone():%Y-%m-%d %H:%M}; {os.cpu_count()} kernen, {system}",
        f"Beurten: {turns} na elkaar, in gesprekken van {LENGTH}. Startbot: die van rasa init, met één eigen actie.",
        f"Drukte op de machine vooraf (load): {number(busy, 1)}. Boven 0,5 zijn de wachttijden te hoog.",
    )
    return "\n".join(lines)


def _remarks(kinds: Sequence[Kind], figures: Sequence[Figures]) -> Iterator[str]:
    """What makes figures worth less: turns that got no real answer."""
    for kind, one in zip(kinds, figures, strict=True):
        missed = one.turns.unanswered + (one.batch.unanswered if one.batch else 0)
        if missed:
            yield f"Let op: {missed} beurten van {kind.name} kregen geen echt antwoord."


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("geef een getal van 1 of meer")
    return value


def _terminated(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
