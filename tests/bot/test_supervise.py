"""The NLU process is started, watched, restarted and stopped, and nothing else is touched."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from bot.supervise import (
    NluNotReady,
    State,
    Supervisor,
    Timing,
    TrainingFailed,
    find_free_port,
    new_token,
    port_in_use,
    train_if_needed,
)

FAKE = Path(__file__).with_name("fake_nlu.py")
LONG = 60.0  # seconds; what a test waits for happens far sooner
TIMING = Timing(ready=LONG, grace=LONG, backoff=(0.0,), poll=0.01, watch=0.01, misses=2)


class Watched:
    """A supervisor of the stand-in, and the states it went through."""

    def __init__(self, folder: Path, mode: str, timing: Timing = TIMING) -> None:
        self.states: asyncio.Queue[State] = asyncio.Queue()
        self.nlu = Supervisor(
            token="fictitious-token",
            port=find_free_port(),
            action_url="http://127.0.0.1:1/webhook",
            root=folder,
            command=[sys.executable, FAKE, mode],
            timing=timing,
            on_change=self.states.put_nowait,
        )

    async def next(self, *expected: State) -> None:
        """The next states are these."""
        for state in expected:
            assert await asyncio.wait_for(self.states.get(), LONG) is state

    async def ask(self, path: str = "/environment") -> Any:
        """Ask the process something."""
        async with httpx.AsyncClient(trust_env=False) as client:
            return (await client.get(f"http://127.0.0.1:{self.nlu.port}{path}")).json()


@asynccontextmanager
async def running(folder: Path, mode: str = "ready", timing: Timing = TIMING) -> AsyncIterator[Watched]:
    watched = Watched(folder, mode, timing)
    async with watched.nlu:
        await watched.next(State.STARTING)
        yield watched


def is_running(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


@pytest.fixture
def bystander() -> Iterator[int]:
    """A process of somebody else."""
    process = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
    yield process.pid
    process.kill()
    process.wait()


async def test_it_starts_waits_and_stops(tmp_path: Path) -> None:
    async with running(tmp_path) as watched:
        await watched.nlu.wait_ready(LONG)
        await watched.next(State.READY)
        assert watched.nlu.model == "fictitious"
        pid = watched.nlu.pid
        assert pid is not None
        assert is_running(pid)

    await watched.next(State.STOPPED)
    assert not is_running(pid)
    assert watched.nlu.pid is None


async def test_when_it_dies_it_is_started_again(tmp_path: Path) -> None:
    async with running(tmp_path) as watched:
        await watched.next(State.READY)
        first = watched.nlu.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)

        await watched.next(State.DOWN, State.STARTING, State.READY)
        assert watched.nlu.pid not in (None, first)
        assert watched.nlu.restarts == 1


async def test_when_it_no_longer_answers_it_is_started_again(tmp_path: Path) -> None:
    async with running(tmp_path, "deaf") as watched:
        await watched.next(State.READY)
        first = watched.nlu.pid
        assert first is not None
        async with httpx.AsyncClient(trust_env=False) as client:
            await client.post(f"http://127.0.0.1:{watched.nlu.port}/deaf")

        await watched.next(State.DOWN, State.STARTING, State.READY)
        assert not is_running(first)


async def test_one_that_cannot_start_is_tried_again(tmp_path: Path) -> None:
    async with running(tmp_path, "broken") as watched:
        await watched.next(State.DOWN, State.STARTING, State.DOWN, State.STARTING)

    assert "no model" in (tmp_path / "var/log/nlu.log").read_text()


async def test_a_program_that_is_not_there_is_tried_again(tmp_path: Path) -> None:
    watched = Watched(tmp_path / "nowhere", "ready")
    watched.nlu.log = tmp_path / "nlu.log"
    async with watched.nlu:
        await watched.next(State.DOWN)
        (tmp_path / "nowhere").mkdir()
        await watched.next(State.STARTING, State.READY)


async def test_one_that_takes_too_long_is_ended_and_started_again(tmp_path: Path) -> None:
    timing = Timing(ready=0.05, grace=LONG, backoff=(0.0,), poll=0.01)
    async with running(tmp_path, "loading", timing) as watched:
        first = watched.nlu.pid
        assert first is not None
        await watched.next(State.DOWN, State.STARTING)
        assert not is_running(first)


async def test_who_waits_in_vain_is_told_where_to_look(tmp_path: Path) -> None:
    async with running(tmp_path, "loading") as watched:
        with pytest.raises(NluNotReady, match=r"nlu\.log"):
            await watched.nlu.wait_ready(0.05)


async def test_one_that_does_not_listen_is_ended_by_force(tmp_path: Path) -> None:
    timing = Timing(ready=LONG, grace=0.05, backoff=(0.0,), poll=0.01)
    async with running(tmp_path, "stubborn", timing) as watched:
        await watched.next(State.READY)
        pid = watched.nlu.pid
        assert pid is not None

    assert not is_running(pid)


@pytest.mark.parametrize("how", ["stopped", "killed"])
async def test_what_it_started_itself_ends_with_it(tmp_path: Path, how: str) -> None:
    async with running(tmp_path, "parent") as watched:
        await watched.next(State.READY)
        grandchild = (await watched.ask())["child"]
        assert is_running(grandchild)
        if how == "killed":
            assert watched.nlu.pid is not None
            os.kill(watched.nlu.pid, signal.SIGKILL)
            await watched.next(State.DOWN)

    psutil.wait_procs([psutil.Process(grandchild)] if is_running(grandchild) else [], timeout=LONG)
    assert not is_running(grandchild)


async def test_stopping_touches_no_other_process(tmp_path: Path, bystander: int) -> None:
    async with running(tmp_path / "one") as one, running(tmp_path / "two") as two:
        await one.next(State.READY)
        await two.next(State.READY)
        await one.nlu.stop()

        assert is_running(bystander)
        assert two.nlu.pid is not None
        assert is_running(two.nlu.pid)
        assert (await two.ask("/webhooks/deelwijzer/ready"))["ready"] is True


async def test_stopping_twice_or_before_starting_is_no_error(tmp_path: Path) -> None:
    watched = Watched(tmp_path, "ready")
    await watched.nlu.stop()
    await watched.nlu.start()
    await watched.nlu.stop()
    await watched.nlu.stop()
    assert watched.nlu.state is State.STOPPED


@pytest.mark.skipif(sys.platform != "linux", reason="alleen Linux beëindigt een kind met zijn ouder")
def test_it_ends_when_the_app_is_killed_hard(tmp_path: Path) -> None:
    app = (
        "import asyncio, sys; from pathlib import Path\n"
        "from bot.supervise import Supervisor, find_free_port\n"
        "async def main():\n"
        "    nlu = Supervisor(token='t', port=find_free_port(), action_url='', root=Path(sys.argv[1]),\n"
        "                     command=[sys.executable, sys.argv[2], 'ready'])\n"
        "    async with nlu:\n"
        "        await nlu.wait_ready()\n"
        "        print(nlu.pid, flush=True)\n"
        "        await asyncio.Event().wait()\n"
        "asyncio.run(main())"
    )
    root = Path(__file__).resolve().parents[2]
    process = subprocess.Popen([sys.executable, "-c", app, tmp_path, FAKE], cwd=root, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    nlu = psutil.Process(int(process.stdout.readline()))
    process.kill()
    process.communicate()

    _, alive = psutil.wait_procs([nlu], timeout=LONG)
    assert alive == []


async def test_it_gets_what_it_needs_and_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEELWIJZER_DATABASE_URL", "fictitious")
    monkeypatch.setenv("DEELWIJZER_TELEGRAM_TOKEN", "fictitious")
    async with running(tmp_path) as watched:
        await watched.next(State.READY)
        told = await watched.ask()

    environment = told["environment"]
    assert told["folder"] == str(tmp_path)
    assert {name: value for name, value in environment.items() if name.startswith("DEELWIJZER")} == {
        "DEELWIJZER_TOKEN": "fictitious-token",
        "DEELWIJZER_NLU_PORT": str(watched.nlu.port),
        "DEELWIJZER_ACTION_URL": "http://127.0.0.1:1/webhook",
        "DEELWIJZER_MODELS": str(tmp_path / "var/models"),
    }
    assert environment["RASA_TELEMETRY_ENABLED"] == "false"


async def test_its_log_is_private_and_set_aside_when_long(tmp_path: Path) -> None:
    log = tmp_path / "var/log/nlu.log"
    log.parent.mkdir(parents=True)
    log.write_bytes(b"x" * 1_000_001)
    async with running(tmp_path) as watched:
        await watched.next(State.READY)

    assert log.with_name("nlu.log.1").stat().st_size == 1_000_001
    assert log.read_text() == "NLU starts\n"
    assert log.stat().st_mode & 0o077 == 0


def test_a_token_is_new_every_time() -> None:
    assert new_token() != new_token()
    assert len(new_token()) >= 32


def test_a_port_that_is_taken_is_named_with_a_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        sentence = port_in_use(port)
        other = port_in_use(port, setting="DEELWIJZER_NLU_PORT")
        assert find_free_port(port) != port

    assert sentence is not None
    assert f"Poort {port} is al in gebruik" in sentence
    assert "DEELWIJZER_PORT=" in sentence
    assert other is not None
    assert "DEELWIJZER_NLU_PORT=" in other


def test_a_free_port_is_used_as_preferred() -> None:
    port = find_free_port()

    assert port_in_use(port) is None
    assert find_free_port(port) == port


def test_an_address_that_is_not_of_this_machine_is_named() -> None:
    sentence = port_in_use(8080, host="192.0.2.1")  # an address kept for examples

    assert sentence is not None
    assert "192.0.2.1" in sentence


def test_nothing_is_trained_when_the_model_is_current(tmp_path: Path) -> None:
    assert not train_if_needed(tmp_path, command=["/bin/false"], is_current=lambda *_: True)


@pytest.fixture
def trainer(tmp_path: Path) -> Callable[[int], list[str]]:
    """A training that says where its model goes and ends with a code."""
    script = "import os, sys; print('trained', os.environ['DEELWIJZER_MODELS']); sys.exit({})"
    return lambda code: [sys.executable, "-c", script.format(code)]


def test_training_is_shown_on_standard_error(
    tmp_path: Path, trainer: Callable[[int], list[str]], capfd: pytest.CaptureFixture[str]
) -> None:
    assert train_if_needed(tmp_path, command=trainer(0), is_current=lambda *_: False)
    out, err = capfd.readouterr()
    assert f"trained {tmp_path / 'var/models'}" in err
    assert out == ""


def test_a_failed_training_says_what_to_do(tmp_path: Path, trainer: Callable[[int], list[str]]) -> None:
    with pytest.raises(TrainingFailed, match="make check"):
        train_if_needed(tmp_path, command=trainer(1), is_current=lambda *_: False)
