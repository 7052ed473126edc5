"""Runs the NLU process: starts it, waits for it, restarts it, and stops it and nothing else.

The NLU process is Rasa in its own environment.  It gets an environment of its own too:
what this process knows of databases, channels and their tokens does not reach it.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import httpx

from nlu import fingerprint

logger = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parent.parent
LOOPBACK = "127.0.0.1"

_WRAPPER = Path(__file__).with_name("die_with_parent.py")
_MODELS = Path("var/models")
_STANDARD_ERROR = 2  # as a file descriptor: what a child inherits
_LOG_LIMIT = 1_000_000  # bytes; a longer log is set aside at the next start

# No telemetry; no search for a graphics card; lines in the log as they happen.
_RASA_SETTINGS = {
    "RASA_TELEMETRY_ENABLED": "false",
    "CUDA_VISIBLE_DEVICES": "-1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "PYTHONUNBUFFERED": "1",
}

# What a program needs of the machine it runs on. Everything else stays here.
_PASSED_ON = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "TZ",
    "TMPDIR",
    "LD_LIBRARY_PATH",
    "DEELWIJZER_LOG_LEVEL",
)


class State(Enum):
    """Where the NLU process is in its life."""

    STARTING = "starting"
    READY = "ready"
    DOWN = "down"  # ended or not answering; a restart follows
    STOPPED = "stopped"  # ended because we said so


class NluError(RuntimeError):
    """The NLU process cannot be used; the text tells the person at the terminal what to do, in Dutch."""


class NluNotReady(NluError):
    """It did not come up in time; the text says where to look."""


class TrainingFailed(NluError):
    """Training ended with an error; its output was shown."""


def new_token() -> str:
    """A fresh secret for the calls between our own processes; made at every start, never kept."""
    return secrets.token_urlsafe(32)


def nlu_python(root: Path = ROOT) -> Path:
    """The Python of the NLU environment."""
    return root / ".venv/nlu/bin/python"


def port_in_use(port: int, host: str = LOOPBACK, setting: str = "DEELWIJZER_PORT") -> str | None:
    """None when `port` can be used; else a Dutch sentence that says why not and what to do.

    `setting` is the environment variable that chooses this port.
    """
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        # As uvicorn does: a port that only waits out old connections is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return _port_sentence(port, host, setting, error)
    return None


def _port_sentence(port: int, host: str, setting: str, error: OSError) -> str:
    other = f"Of kies een andere poort, bijvoorbeeld: {setting}={find_free_port()} ./deelwijzer start"
    if error.errno == errno.EADDRINUSE:
        return (
            f"Poort {port} is al in gebruik. Misschien draait Deelwijzer al. "
            f"Stop het programma dat de poort gebruikt. {other}"
        )
    if error.errno == errno.EACCES:
        return f"Poort {port} is voorbehouden aan de beheerder van deze computer. {other}"
    return f"Op {host}, poort {port}, is niet te luisteren: {error.strerror}. Controleer het adres. {other}"


def find_free_port(preferred: int | None = None, host: str = LOOPBACK) -> int:
    """`preferred` when it is free, else a free port the system picks.

    Free now: another program may take it before it is used.
    """
    if preferred is not None and port_in_use(preferred, host) is None:
        return preferred
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port


def nlu_environment(token: str, port: int, action_url: str, models: Path) -> dict[str, str]:
    """The whole environment of the serving NLU process."""
    return {
        **_base_environment(models),
        "DEELWIJZER_TOKEN": token,
        "DEELWIJZER_NLU_PORT": str(port),
        "DEELWIJZER_ACTION_URL": action_url,
    }


def _base_environment(models: Path) -> dict[str, str]:
    """What serving and training have in common."""
    return {
        **{name: os.environ[name] for name in _PASSED_ON if name in os.environ},
        **_RASA_SETTINGS,
        "DEELWIJZER_MODELS": str(models),
    }


def train_if_needed(
    root: Path = ROOT,
    models: Path | None = None,
    command: Sequence[str | Path] | None = None,
    is_current: Callable[[Path, Path], bool] = fingerprint.is_current,
) -> bool:
    """Train when the inputs changed since the last model; whether that was done.

    `models` is relative to `root` when it is relative.  The output is shown on standard
    error, so that standard output stays the command's own.  Raises `TrainingFailed`.  When this process is
    interrupted, training is ended first.
    """
    models = root / (models or _MODELS)
    if is_current(root, models):
        return False
    print("Het taalmodel trainen (ongeveer een minuut) …", file=sys.stderr, flush=True)
    process = subprocess.Popen(
        _wrapped(command or (nlu_python(root), "-m", "nlu.train")),
        cwd=root,
        env=_base_environment(models),
        stdin=subprocess.DEVNULL,
        stdout=_STANDARD_ERROR,
        start_new_session=True,
    )
    try:
        code = process.wait()
    except BaseException:
        if process.poll() is None:
            _end_group(process.pid, signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=10)
        _end_group(process.pid, signal.SIGKILL, leader_gone=process.poll() is not None)
        process.wait()
        raise
    if code != 0:
        raise TrainingFailed(
            "Het trainen van het taalmodel is niet gelukt; de melding staat hierboven. "
            "Klopt de trainingsdata? Kijk dat na met: make check"
        )
    return True


@dataclass(frozen=True)
class Timing:
    """How long to wait, in seconds.

    ready: from start to the first answer.  grace: from the request to stop to the end.
    backoff: before the first, second, ... restart in a row; the last one repeats.
    steady: an NLU process that was ready this long starts the row anew.
    poll: between two looks while starting.  watch: between two looks when ready; after
    `misses` looks without an answer it counts as hung and is restarted.
    """

    ready: float = 120.0
    grace: float = 10.0
    backoff: tuple[float, ...] = (1.0, 2.0, 5.0, 15.0, 60.0)
    steady: float = 60.0
    poll: float = 0.25
    watch: float = 15.0
    misses: int = 4


class Supervisor:
    """Keeps one NLU process running from `start` to `stop`.

        async with Supervisor(token=token, port=8082, action_url=url) as nlu:
            await nlu.wait_ready()

    Entering starts the process and does not wait: until it is ready the app answers from
    its menu.  `on_change` hears every new state, in order.

    `state`, `pid`, `model` (the name of the model that answers) and `restarts` are there
    to be read.
    """

    def __init__(
        self,
        *,
        token: str,
        port: int,
        action_url: str,
        root: Path = ROOT,
        models: Path | None = None,
        log: Path | None = None,
        command: Sequence[str | Path] | None = None,
        timing: Timing | None = None,
        on_change: Callable[[State], None] | None = None,
    ) -> None:
        self.port = port
        self.root = root
        self.log = root / (log or "var/log/nlu.log")
        self.state = State.STOPPED
        self.pid: int | None = None
        self.model: str | None = None
        self.restarts = 0
        self._command = _wrapped(command or (nlu_python(root), "-m", "nlu.serve"))
        self._environment = nlu_environment(token, port, action_url, root / (models or _MODELS))
        self._timing = timing or Timing()
        self._on_change = on_change
        self._task: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Start the NLU process and the watch over it; does not wait until it answers."""
        if self._task is None:
            self._task = asyncio.create_task(self._keep_running(), name="nlu-supervisor")

    async def stop(self) -> None:
        """End the NLU process and wait until it is gone. Does nothing when it is not running."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
            self._task = None
        self._enter(State.STOPPED)

    async def wait_ready(self, seconds: float | None = None) -> None:
        """Wait until the NLU process answers, at most `seconds`. Raises `NluNotReady`."""
        try:
            await asyncio.wait_for(self._ready.wait(), seconds or self._timing.ready)
        except TimeoutError:
            raise NluNotReady(
                f"De taalherkenning is niet op tijd gestart. Kijk waarom in {self.log}. "
                "Blijft dit zo, train dan opnieuw met: make train FORCE=1"
            ) from None

    async def _keep_running(self) -> None:
        """Start the process again and again until cancelled."""
        failures = 0
        loop = asyncio.get_running_loop()
        async with httpx.AsyncClient(trust_env=False, timeout=5.0) as client:
            while True:
                ready_for = 0.0
                try:
                    process = await self._spawn()
                except OSError as error:
                    logger.error("NLU process cannot be started: %s", error.strerror)
                else:
                    self.pid = process.pid
                    try:
                        self._enter(State.STARTING)
                        if await self._becomes_ready(process, client):
                            since = loop.time()
                            self._enter(State.READY)
                            await self._stays_ready(process, client)
                            ready_for = loop.time() - since
                    finally:
                        await self._end(process)
                self._enter(State.DOWN)
                failures = 0 if ready_for >= self._timing.steady else failures
                pause = self._timing.backoff[min(failures, len(self._timing.backoff) - 1)]
                failures += 1
                logger.warning("NLU process is down; restart in %.0f s", pause)
                await asyncio.sleep(pause)
                self.restarts += 1

    async def _spawn(self) -> asyncio.subprocess.Process:
        with self._open_log() as output:
            return await asyncio.create_subprocess_exec(
                *self._command,
                cwd=self.root,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _open_log(self) -> IO[bytes]:
        """The log to add to; a long one is set aside first, in place of the one before it."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > _LOG_LIMIT:
            self.log.replace(self.log.with_name(self.log.name + ".1"))
        return open(os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")

    async def _becomes_ready(self, process: asyncio.subprocess.Process, client: httpx.AsyncClient) -> bool:
        """Whether it answers before it ends and before the deadline."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._timing.ready):
                while not await _exits_within(process, self._timing.poll):
                    if await self._answers(client):
                        return True
        return False

    async def _stays_ready(self, process: asyncio.subprocess.Process, client: httpx.AsyncClient) -> None:
        """Return when it has ended or no longer answers."""
        missed = 0
        while missed < self._timing.misses and not await _exits_within(process, self._timing.watch):
            missed = 0 if await self._answers(client) else missed + 1

    async def _answers(self, client: httpx.AsyncClient) -> bool:
        try:
            response = await client.get(f"http://{LOOPBACK}:{self.port}/webhooks/deelwijzer/ready")
            answer = response.json()
        except (httpx.HTTPError, ValueError):
            return False
        if response.status_code != 200 or not isinstance(answer, dict) or answer.get("ready") is not True:
            return False
        self.model = answer.get("model")
        return True

    async def _end(self, process: asyncio.subprocess.Process) -> None:
        """End the process and its group: asked first, forced after the grace."""
        try:
            if process.returncode is None:
                _end_group(process.pid, signal.SIGTERM)
                await _exits_within(process, self._timing.grace)
        finally:
            # Also when cancelled a second time: nothing that we started stays behind.
            _end_group(process.pid, signal.SIGKILL, leader_gone=process.returncode is not None)
            self.pid = None
        await process.wait()

    def _enter(self, state: State) -> None:
        if state is self.state:
            return
        self.state = state
        if state is State.READY:
            self._ready.set()
        else:
            self._ready.clear()
        if self._on_change is not None:
            self._on_change(state)


def _wrapped(command: Sequence[str | Path]) -> list[str]:
    """The command, made to end with this process."""
    return [sys.executable, "-I", "-S", str(_WRAPPER), str(os.getpid()), *(str(part) for part in command)]


async def _exits_within(process: asyncio.subprocess.Process, seconds: float) -> bool:
    try:
        await asyncio.wait_for(process.wait(), seconds)
    except TimeoutError:
        return False
    return True


def _end_group(group: int, number: signal.Signals, leader_gone: bool = False) -> None:
    """Signal every process of a group that we started.

    Once its leader is gone the number can come back as a stranger's, but only as the
    number of a process: while there is none by that number, the group is still ours.
    """
    if leader_gone and _exists(group):
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
