"""Processes that a measurement starts: their environment, their end, their memory."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from bot import die_with_parent
from bot.supervise import LOOPBACK

_GRACE = 20.0  # seconds between the request to stop and the force
_POLL = 0.1  # seconds between two looks at a process that is starting
_TAIL = 15  # lines of a log that are shown when something went wrong

# What a program needs of the machine; settings of the person who measures stay out.
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "LD_LIBRARY_PATH")


class BenchError(RuntimeError):
    """A measurement cannot be done; the text says why, in Dutch."""


@dataclass(frozen=True)
class Started:
    """A running process.

    `since`: the moment of its start on the clock of `time.perf_counter`.
    """

    process: psutil.Popen
    log: Path
    since: float

    def memory(self) -> int:
        """Bytes of this process alone that are in memory now (RSS)."""
        return int(self.process.memory_info().rss)

    def memory_of_children(self) -> int:
        """Bytes of everything it started that are in memory now (RSS)."""
        total = 0
        for child in self.process.children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):  # ended between two looks
                total += child.memory_info().rss
        return total

    def cpu(self) -> float:
        """Seconds that it and all it started have kept a processor at work."""
        family = [self.process, *self.process.children(recursive=True)]
        times = [member.cpu_times() for member in family]
        return float(sum(one.user + one.system for one in times))

    def until(self, holds: Callable[[], bool], seconds: float) -> float:
        """Wait until something holds; the seconds since the start of the process.

        Raises:
            BenchError: when the process ends first, or `seconds` have passed.
        """
        name = self.log.stem
        deadline = time.perf_counter() + seconds
        while not holds():
            if self.process.poll() is not None:
                raise BenchError(f"{name} is gestopt zonder te antwoorden:\n{self.tail()}")
            if time.perf_counter() > deadline:
                raise BenchError(f"{name} gaf na {seconds:.0f} seconden nog geen antwoord:\n{self.tail()}")
            time.sleep(_POLL)
        return time.perf_counter() - self.since

    def finish(self) -> float:
        """Wait for its end; the seconds it ran.  Raises `BenchError` when it ended badly."""
        if code := self.process.wait():
            raise BenchError(f"{self.log.stem} is mislukt (code {code}):\n{self.tail()}")
        return time.perf_counter() - self.since

    def tail(self) -> str:
        """The last lines it printed."""
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-_TAIL:])


def environment(home: Path, **settings: str) -> dict[str, str]:
    """The environment of a measured process: the same for every bot, and nothing of it kept.

    `home` takes what programs leave behind: caches, settings, unpacked models.
    """
    return {
        **{name: os.environ[name] for name in _PASSED_ON if name in os.environ},
        "HOME": str(home),
        "TMPDIR": str(home),
        "PYTHONUNBUFFERED": "1",
        "RASA_TELEMETRY_ENABLED": "false",
        "CUDA_VISIBLE_DEVICES": "-1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        **settings,
    }


@contextlib.contextmanager
def started(command: Sequence[str | Path], *, cwd: Path, env: Mapping[str, str], log: Path) -> Iterator[Started]:
    """A process for as long as the block lasts; it ends with us, however we end.

    What it prints goes to `log`, whose stem names it to the reader.
    """
    wrapper = (sys.executable, "-I", "-S", str(die_with_parent.__file__), str(os.getpid()))
    with log.open("wb") as output:
        since = time.perf_counter()
        process = psutil.Popen(
            [*wrapper, *map(str, command)],
            cwd=cwd,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C comes to us, and we end it in our own order
        )
    try:
        yield Started(process, log, since)
    finally:
        _end(process)


def free_ports(count: int) -> list[int]:
    """So many different ports that are free on loopback now."""
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind((LOOPBACK, 0))
        return [int(probe.getsockname()[1]) for probe in probes]


def _end(process: psutil.Popen) -> None:
    """End a process and all that it started: asked first, forced after the grace."""
    if process.poll() is not None:
        return
    # psutil knows a process by its number and its start: never a stranger's.
    family = [*process.children(recursive=True), process]
    try:
        process.terminate()
        psutil.wait_procs(family, timeout=_GRACE)
    finally:
        for member in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                member.kill()
        psutil.wait_procs(family, timeout=_GRACE)
