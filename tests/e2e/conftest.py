"""The real program, started once for all tests here: both listeners, Rasa and a store of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from bot.supervise import ROOT, find_free_port, nlu_python

DEADLINE = 180.0  # seconds; far more than a start takes, so that a slow machine does not fail a test
READY = "De webchat staat klaar"


@dataclass
class Program:
    """`./deelwijzer start` as a process, with what it printed."""

    process: subprocess.Popen[str]
    port: int
    folder: Path
    lines: list[str] = field(default_factory=list)
    seen: threading.Condition = field(default_factory=threading.Condition)
    reader: threading.Thread = field(default_factory=threading.Thread)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def read(self) -> None:
        """Collect the output as it comes."""
        assert self.process.stdout
        for line in self.process.stdout:
            with self.seen:
                self.lines.append(line)
                self.seen.notify_all()
        with self.seen:
            self.seen.notify_all()

    def wait_for(self, words: str) -> None:
        """Wait until a line with these words was printed."""
        with self.seen:
            found = self.seen.wait_for(
                lambda: any(words in line for line in self.lines) or self.process.poll() is not None, DEADLINE
            )
        assert found, self.output
        assert any(words in line for line in self.lines), self.output

    @property
    def output(self) -> str:
        return "".join(self.lines)

    def chat(self, conversation: str, text: str | None = None, payload: str | None = None) -> dict[str, Any]:
        """One message through `/api/chat`."""
        body = {"conversation": conversation, "text": text, "payload": payload}
        response = httpx.post(
            f"{self.url}/api/chat", json={key: value for key, value in body.items() if value is not None}, timeout=30
        )
        assert response.status_code == 200, response.text
        [message] = response.json()["messages"]
        return dict(message)

    def nlu_process(self) -> psutil.Process | None:
        """The NLU process, while it runs."""
        for child in psutil.Process(self.process.pid).children(recursive=True):
            try:
                if "nlu.serve" in child.cmdline():
                    return child
            except psutil.NoSuchProcess:
                continue
        return None

    def stop(self) -> int:
        """Press Ctrl-C and wait."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        code = self.process.wait(DEADLINE)
        self.reader.join(DEADLINE)
        if self.process.stdout:
            self.process.stdout.close()
        return code


def start(folder: Path) -> Program:
    """Start the program on free ports with a store in `folder`."""
    port = find_free_port()
    environment = {
        **os.environ,
        "DEELWIJZER_PORT": str(port),
        "DEELWIJZER_ACTION_PORT": str(find_free_port()),
        "DEELWIJZER_NLU_PORT": str(find_free_port()),
        "DEELWIJZER_LOG_LEVEL": "debug",
        "DATABASE_URL": f"sqlite:///{folder / 'store.db'}",
        "PYTHONUNBUFFERED": "1",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "bot.cli", "start"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    program = Program(process, port, folder)
    program.reader = threading.Thread(target=program.read, daemon=True)
    program.reader.start()
    return program


@pytest.fixture(scope="session")
def launch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Program]]:
    """Starts programs; those still running at the end are stopped."""
    if not nlu_python().exists():
        pytest.skip("de omgeving voor het taalproces ontbreekt; `make test` zet haar klaar")
    started: list[Program] = []

    def launch_one() -> Program:
        program = start(tmp_path_factory.mktemp("program"))
        started.append(program)
        program.wait_for(READY)
        return program

    yield launch_one
    for program in started:
        program.stop()


@pytest.fixture(scope="session")
def program(launch: Callable[[], Program]) -> Program:
    """One running program, shared by the tests."""
    return launch()
