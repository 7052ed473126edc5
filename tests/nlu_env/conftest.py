"""A small project of its own, trained once, with one server for all tests that need one."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from nlu import lean_import

from .actions import ActionServer

lean_import.install()  # as the server does; the tests that train do so in a process of their own

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
TOKEN = "made-up-token"  # fictitious
PATIENCE = 240  # seconds until a start or a training counts as hung


@dataclass(frozen=True)
class Training:
    """One run of the training command, and how many models there were afterwards."""

    code: int
    said: str
    models: int


@dataclass(frozen=True)
class Trained:
    """The small project and its trainings: fresh, after one phrase changed, and with mistakes."""

    root: Path
    models: Path
    trainings: list[Training]


@dataclass(frozen=True)
class Server:
    """The server of the small project, and all it writes."""

    port: int
    process: subprocess.Popen[bytes]
    output: Path
    temporary: Path

    def turn(self, text: str = "hallo", token: str = TOKEN, **other: Any) -> tuple[int, Any]:
        """Send one turn; the status and the JSON of the answer."""
        return self.post(json.dumps({"sender": "someone", "text": text, "metadata": {}, **other}), token)

    def post(self, body: str | bytes, token: str = TOKEN) -> tuple[int, Any]:
        """Send any body to the route for turns."""
        return self.request("POST", "/webhooks/deelwijzer/turn", body, {"Authorization": f"Bearer {token}"})

    def request(
        self, method: str, path: str, body: str | bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, Any]:
        """Send any request."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()


def environment(**variables: str) -> dict[str, str]:
    """The environment of a process under test: nothing of DEELWIJZER_* but what is given."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DEELWIJZER_")}
    return {**kept, "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONUNBUFFERED": "1", **variables}


def free_port() -> int:
    """A port that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def copy_project(to: Path) -> None:
    """Copy the code and the configuration, with a plain reader and a few made-up examples."""
    for name in ("config.yml", "credentials.yml", "endpoints.yml"):
        shutil.copy(ROOT / name, to / name)
    shutil.copytree(ROOT / "domain", to / "domain")
    (to / "nlu").mkdir()
    for module in (ROOT / "nlu").glob("*.py"):
        shutil.copy(module, to / "nlu" / module.name)
    (to / "nlu/reading").mkdir()
    shutil.copy(HERE / "plain_reader.py", to / "nlu/reading/__init__.py")
    (to / "nlu/data").mkdir()
    shutil.copy(ROOT / "nlu/data/rules.yml", to / "nlu/data/rules.yml")
    shutil.copy(HERE / "words.yml", to / "nlu/data/words.yml")
    (to / "nlu/data/intents.yml").write_text(_examples(), encoding="utf-8")
    (to / "requirements").mkdir()
    shutil.copy(ROOT / "requirements/nlu.txt", to / "requirements/nlu.txt")


def _examples() -> str:
    """A few sentences an intent, made of its name: enough to tell them apart."""
    intents = yaml.safe_load((ROOT / "domain/intents.yml").read_text(encoding="utf-8"))["intents"]
    items = [
        {
            "intent": intent,
            "examples": "".join(f"- {start} {intent.replace('_', ' ')} {end}\n" for start, end in _AROUND),
        }
        for intent in intents
    ]
    return yaml.safe_dump({"version": "3.1", "nlu": items}, sort_keys=False)


_AROUND = (("hoe zit", "vandaag"), ("iets over", "graag"), ("vraag:", "alsjeblieft"), ("nu", "hier"))


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """The small project, after the trainings of `trainings.py`."""
    root = tmp_path_factory.mktemp("project")
    copy_project(root)
    done = subprocess.run(
        [sys.executable, str(HERE / "trainings.py")],
        cwd=root,
        env=environment(DEELWIJZER_MODELS=str(root / "models"), PYTHONPATH=str(root)),
        capture_output=True,
        text=True,
        timeout=2 * PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return Trained(root, root / "models", [Training(**one) for one in json.loads(done.stdout)])


@pytest.fixture(scope="session")
def actions() -> Iterator[ActionServer]:
    """The action server that the server of the small project calls."""
    with ActionServer(TOKEN) as running:
        yield running


@pytest.fixture(scope="session")
def server(trained: Trained, actions: ActionServer) -> Iterator[Server]:
    """One server for all tests, at the chattiest log level."""
    with serving(trained, actions, "debug") as running:
        yield running


@contextlib.contextmanager
def serving(trained: Trained, actions: ActionServer, log_level: str) -> Iterator[Server]:
    """Run a server of the small project until the end of the block."""
    with tempfile.TemporaryDirectory() as temporary:
        port, output = free_port(), Path(temporary) / "output.txt"
        with output.open("wb") as sink:
            process = subprocess.Popen(
                [sys.executable, "-m", "nlu.serve"],
                cwd=trained.root,
                env=environment(
                    DEELWIJZER_TOKEN=TOKEN,
                    DEELWIJZER_NLU_PORT=str(port),
                    DEELWIJZER_ACTION_URL=actions.url,
                    DEELWIJZER_MODELS=str(trained.models),
                    DEELWIJZER_LOG_LEVEL=log_level,
                    TMPDIR=temporary,
                ),
                stdout=sink,
                stderr=subprocess.STDOUT,
            )
        running = Server(port, process, output, Path(temporary))
        try:
            _wait_until_ready(running)
            yield running
        finally:
            process.kill()
            process.wait()


def _wait_until_ready(server: Server) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            if server.request("GET", "/webhooks/deelwijzer/ready")[0] == 200:
                return
        except OSError:
            time.sleep(0.1)  # until the next look
    raise AssertionError(f"the server did not become ready:\n{server.output.read_text()[-2000:]}")
