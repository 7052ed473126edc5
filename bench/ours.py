"""Deelwijzer as it is started by `./deelwijzer`, on ports and a database of its own."""

from __future__ import annotations

import asyncio
import io
import json
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from bench.measure import Batch, Memory, Start
from bench.processes import Started, environment, free_ports, started
from bot import quiet
from bot.batch import answer_lines
from bot.compose import NLU_DOWN
from bot.program import throw_away
from bot.supervise import LOOPBACK
from tools.bootstrap import ROOT
from tools.environments import ENVIRONMENTS

QUESTIONS = Path(__file__).with_name("questions.jsonl")

_APP, _NLU = (ENVIRONMENTS[name].python(ROOT) for name in ("app", "nlu"))
_START = 600.0  # seconds; generous, for a slow or busy machine


class Deelwijzer:
    """The running program: an app process, and the NLU process that it started."""

    def __init__(self, program: Started, client: httpx.Client, nlu: str, questions: Sequence[str]) -> None:
        self._program = program
        self._client = client
        self._nlu = nlu
        self._questions = questions

    def wait_started(self) -> Start:
        """Wait for the readiness of the NLU process, then for the first real answer."""
        ready = self._program.until(self._is_ready, _START)
        return Start(ready, self._program.until(lambda: self.say("first", 0), _START))

    def say(self, conversation: str, turn: int) -> bool:
        """Ask one question through `POST /api/chat`."""
        question = self._questions[turn % len(self._questions)]
        try:
            response = self._client.post("/api/chat", json={"conversation": conversation, "text": question})
        except httpx.HTTPError:
            return False
        return response.status_code == 200 and all(
            _is_answer(message["text"]) for message in response.json()["messages"]
        )

    def memory(self) -> Memory:
        """The app process, which also runs the actions, and the NLU process."""
        return Memory(self._program.memory(), self._program.memory_of_children(), None)

    def cpu(self) -> float:
        """Seconds that the app process and the NLU process have kept a processor at work."""
        return self._program.cpu()

    def _is_ready(self) -> bool:
        try:
            return self._client.get(self._nlu).status_code == 200
        except httpx.HTTPError:
            return False


def train(folder: Path) -> float:
    """Train the language model from nothing into `folder`/models; the seconds it took."""
    command = (_NLU, "-m", "nlu.train", "--force")
    env = environment(folder, DEELWIJZER_MODELS=str(_models(folder)))
    with started(command, cwd=ROOT, env=env, log=folder / "Het trainen van Deelwijzer.log") as training:
        return training.finish()


@contextmanager
def running(folder: Path) -> Iterator[Deelwijzer]:
    """The program with the model of `train` and a database that is gone afterwards."""
    port, action_port, nlu_port = free_ports(3)
    env = environment(
        folder,
        PYTHONPATH=str(ROOT),
        DEELWIJZER_PORT=str(port),
        DEELWIJZER_ACTION_PORT=str(action_port),
        DEELWIJZER_NLU_PORT=str(nlu_port),
        DEELWIJZER_MODELS=str(_models(folder)),
        DATABASE_URL=f"sqlite:///{folder / 'deelwijzer.db'}",
    )
    # The command that ./deelwijzer becomes.
    command = (_APP, "-P", "-m", "bot.cli", "start")
    with (
        started(command, cwd=folder, env=env, log=folder / "Deelwijzer.log") as program,
        httpx.Client(base_url=f"http://{LOOPBACK}:{port}", timeout=30, trust_env=False) as client,
    ):
        ready = f"http://{LOOPBACK}:{nlu_port}/webhooks/deelwijzer/ready"
        yield Deelwijzer(program, client, ready, [json.loads(line)["text"] for line in _lines()])


def batch(folder: Path) -> Batch:
    """Answer the file of questions as `./deelwijzer vraag --jsonl` does, each a fresh conversation."""
    quiet.configure("error")
    with _only_setting("DEELWIJZER_MODELS", str(_models(folder))):
        return asyncio.run(_batch(_lines()))


async def _batch(lines: Sequence[str]) -> Batch:
    out = io.StringIO()
    async with throw_away() as service:
        began = time.perf_counter()
        await answer_lines(service.assistant, lines, out)
        took = time.perf_counter() - began
    answers = [json.loads(line)["answer"] for line in out.getvalue().splitlines()]
    answered = sum(_is_answer(answer) for answer in answers)
    return Batch(len(lines) / took, len(lines) - answered)


def _models(folder: Path) -> Path:
    return folder / "models"


def _lines() -> list[str]:
    return QUESTIONS.read_text(encoding="utf-8").splitlines()


def _is_answer(text: str) -> bool:
    return bool(text) and NLU_DOWN[0] not in text


@contextmanager
def _only_setting(name: str, value: str) -> Iterator[None]:
    """This process with one setting of the program, and without those of the person who measures."""
    kept = {key: os.environ.pop(key) for key in list(os.environ) if key.startswith("DEELWIJZER_")}
    os.environ[name] = value
    try:
        yield
    finally:
        del os.environ[name]
        os.environ.update(kept)
