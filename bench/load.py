"""Two hundred people at once, on all three channels: `python -m bench.load [--people N] [--minutes M]`.

Runs in the dev environment, against the program as `./deelwijzer start` starts it, with Telegram and Teams
played on loopback.  Everybody asks one question every fifteen seconds.  Prints one table.  Ends with 0 when
every question was answered once, with 1 when one was lost or answered twice, or when it could not be measured.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from bench.processes import BenchError, Started, environment, free_ports, started
from bot.serve import listening
from bot.supervise import LOOPBACK
from tests.telegram.bot_api import TOKEN, BotApi
from tools.bootstrap import ROOT
from tools.environments import ENVIRONMENTS
from tools.report import say

EVERY = 15.0  # seconds between two questions of one person
PATIENCE = 60.0  # seconds after the last question
_START = 900.0  # seconds; the model may have to be trained
_MB = 1024 * 1024

# Each has an answer of its own, so that an answer that comes twice is seen.
QUESTIONS = (
    "Ik werk bij de wmo, mag ik gegevens sturen naar het CAK?",
    "wat is een datalek",
    "hoe lang bewaren we een wmo dossier",
    "Veilig Thuis vraagt mij om informatie, mag ik die geven?",
    "mag ik de politie vertellen waar een client woont",
    "wat is een fg",
    "mag een moeder het dossier van haar kind van 9 inzien",
    "moet ik een dpia doen",
)


@dataclass
class Person:
    """Somebody who asks; `moments` are when (seconds on the clock of this machine)."""

    ask: Callable[[str], Awaitable[None]]
    asked: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def hears(self, text: str) -> None:
        """An answer came in."""
        self.answered.append(time.perf_counter())
        self.texts.append(text)

    def seconds(self) -> list[float]:
        """How long each question waited for its first answer."""
        waited = []
        for number, moment in enumerate(self.asked):
            until = self.asked[number + 1] if number + 1 < len(self.asked) else float("inf")
            first = next((one for one in self.answered if moment <= one < until), None)
            if first is not None:
                waited.append(first - moment)
        return waited

    @property
    def lost(self) -> int:
        """Questions without an answer."""
        return max(0, len(self.asked) - len(self.texts))

    @property
    def double(self) -> int:
        """Answers that came more often than their question was asked."""
        times = -(-len(self.asked) // len(QUESTIONS))
        return sum(max(0, count - times) for count in Counter(self.texts).values())


class TelegramPeople:
    """People in Telegram."""

    name = "Telegram"

    def __init__(self, api: BotApi) -> None:
        self._api = api

    async def person(self, number: int) -> Person:
        """A chat, read as answers come in."""
        chat = self._api.chat(10_000 + number)

        async def ask(text: str) -> None:
            chat.say(text)

        made = Person(ask)
        chat.hears = lambda message: made.hears(str(message.get("text", "")))
        return made


class TeamsPeople:
    """People in Teams: a service on loopback that the bot speaks through."""

    name = "Teams"

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self.address = ""
        self._people: dict[str, Person] = {}

    def app(self) -> FastAPI:
        """What the bot calls."""
        app = FastAPI(openapi_url=None)

        @app.post("/v3/conversations/{conversation}/activities")
        async def said(conversation: str, request: Request) -> JSONResponse:
            body = await request.json()
            if body["type"] == "message":
                self._people[conversation].hears(str(body.get("summary") or body.get("text")))
            return JSONResponse({"id": f"m{time.perf_counter_ns()}"}, status_code=201)

        return app

    async def person(self, number: int) -> Person:
        """A personal chat."""
        conversation = f"a:load-{number}"
        count = 0

        async def ask(text: str) -> None:
            nonlocal count
            count += 1
            response = await self._client.post("/api/messages", json=self._activity(conversation, number, count, text))
            response.raise_for_status()

        self._people[conversation] = made = Person(ask)
        return made

    def _activity(self, conversation: str, number: int, count: int, text: str) -> dict[str, Any]:
        return {
            "type": "message",
            "id": f"{number}-{count}",
            "text": text,
            "textFormat": "plain",
            "channelId": "msteams",
            "serviceUrl": f"{self.address}/",
            "from": {"id": f"29:{number}", "aadObjectId": f"{number:08d}-1111-4222-8333-444455556666", "name": "Test"},
            "recipient": {"id": "28:bot", "name": "Deelwijzer"},
            "conversation": {"id": conversation, "conversationType": "personal", "tenantId": "t"},
            "channelData": {"tenant": {"id": "t"}},
            "locale": "nl-NL",
        }


class WebPeople:
    """People with the web chat in a browser."""

    name = "Webchat"

    def __init__(self, address: str) -> None:
        self._address = address
        self.clients: list[httpx.AsyncClient] = []

    async def person(self, number: int) -> Person:
        """A page of their own; its answers come in the reply."""
        client = httpx.AsyncClient(base_url=self._address, timeout=PATIENCE, trust_env=False)
        self.clients.append(client)
        page = (await client.get("/")).text
        action, csrf = _found(r'action="(/gesprek/[^"]+)"', page), _found(r'name="csrf" value="([^"]+)"', page)
        headers = {"HX-Request": "true", "Origin": self._address}

        async def ask(text: str) -> None:
            response = await client.post(action, data={"csrf": csrf, "text": text}, headers=headers)
            response.raise_for_status()
            made.hears(re.sub(r'value="[^"]*"|id="[^"]*"', "", response.text))

        made = Person(ask)
        return made


def _found(pattern: str, page: str) -> str:
    match = re.search(pattern, page)
    if match is None:
        raise BenchError("de webchat ziet er anders uit dan verwacht")
    return match[1]


async def _asks(person: Person, begin: float, rounds: int) -> None:
    await asyncio.sleep(begin)
    for number in range(rounds):
        moment = time.perf_counter()
        person.asked.append(moment)
        await person.ask(QUESTIONS[number % len(QUESTIONS)])
        await asyncio.sleep(max(0.0, EVERY - (time.perf_counter() - moment)))


async def _measured(people: int, minutes: float, folder: Path) -> tuple[str, bool]:
    port, action_port, nlu_port, teams_port = free_ports(4)
    address = f"http://{LOOPBACK}:{port}"
    async with AsyncExitStack() as stack:
        api = await stack.enter_async_context(BotApi().running())
        client = await stack.enter_async_context(httpx.AsyncClient(base_url=address, timeout=PATIENCE, trust_env=False))
        teams = TeamsPeople(client)
        await stack.enter_async_context(listening(teams.app(), LOOPBACK, teams_port))
        teams.address = f"http://{LOOPBACK}:{teams_port}"
        env = environment(
            folder,
            PYTHONPATH=str(ROOT),
            DEELWIJZER_PORT=str(port),
            DEELWIJZER_ACTION_PORT=str(action_port),
            DEELWIJZER_NLU_PORT=str(nlu_port),
            DEELWIJZER_SECRET_FILE=str(folder / "secret.key"),
            DEELWIJZER_TELEGRAM_TOKEN=TOKEN,
            DEELWIJZER_TELEGRAM_API=api.address,
            DEELWIJZER_TELEGRAM_OPEN="true",
            DEELWIJZER_TEAMS_LOCAL_EMULATOR="true",
            DATABASE_URL=f"sqlite:///{folder / 'deelwijzer.db'}",
        )
        command = (ENVIRONMENTS["app"].python(ROOT), "-P", "-m", "bot.cli", "start")
        program = stack.enter_context(started(command, cwd=folder, env=env, log=folder / "Deelwijzer.log"))
        await asyncio.to_thread(program.until, lambda: "De webchat staat klaar" in program.tail(), _START)
        await api.until(lambda: api.polls)
        while (await client.get("/api/messages")).status_code == 404:  # noqa: ASYNC110
            await asyncio.sleep(0.2)
        web = WebPeople(address)
        channels = (TelegramPeople(api), teams, web)
        everybody = []
        for number in range(people):
            channel = channels[number % len(channels)]
            everybody.append((channel.name, await channel.person(number)))
        for client_of_page in web.clients:
            stack.push_async_callback(client_of_page.aclose)
        before = _memory(program)
        say(f"{people} mensen, {minutes:g} minuten …")
        rounds = max(1, round(minutes * 60 / EVERY))
        await asyncio.gather(*(_asks(person, EVERY * n / people, rounds) for n, (_, person) in enumerate(everybody)))
        deadline = time.perf_counter() + PATIENCE
        while time.perf_counter() < deadline and any(person.lost for _, person in everybody):  # noqa: ASYNC110
            await asyncio.sleep(0.5)
        await asyncio.sleep(2)  # what comes twice would come now
        return _table(everybody, before, _memory(program))


def _memory(program: Started) -> tuple[float, float]:
    return program.memory() / _MB, program.memory_of_children() / _MB


def _table(
    everybody: Sequence[tuple[str, Person]], before: tuple[float, float], after: tuple[float, float]
) -> tuple[str, bool]:
    lines = [
        f"{'kanaal':10}{'mensen':>8}{'vragen':>8}{'beantw.':>9}{'kwijt':>7}{'dubbel':>8}{'p50 ms':>8}{'p95 ms':>8}"
    ]
    names = [*dict.fromkeys(name for name, _ in everybody), "samen"]
    for name in names:
        group = [person for own, person in everybody if name in (own, "samen")]
        times = sorted(one for person in group for one in person.seconds())
        asked, lost = sum(len(one.asked) for one in group), sum(one.lost for one in group)
        p50, p95 = (times[int(share * (len(times) - 1))] * 1000 if times else float("nan") for share in (0.5, 0.95))
        double = sum(one.double for one in group)
        lines.append(f"{name:10}{len(group):8}{asked:8}{asked - lost:9}{lost:7}{double:8}{p50:8.0f}{p95:8.0f}")
    lines.append("")
    lines.append(f"Geheugen app: {before[0]:.0f} MB voor, {after[0]:.0f} MB na")
    lines.append(f"Geheugen taalproces: {before[1]:.0f} MB voor, {after[1]:.0f} MB na")
    people = [person for _, person in everybody]
    return "\n".join(lines), not any(one.lost or one.double for one in people)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print the table; the exit code."""
    parser = argparse.ArgumentParser("python -m bench.load", description="Meet veel mensen tegelijk op alle kanalen.")
    parser.add_argument("--people", type=int, default=200, metavar="N", help="hoeveel mensen (200)")
    parser.add_argument("--minutes", type=float, default=2.0, metavar="M", help="hoeveel minuten (2)")
    given = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory(prefix="deelwijzer-load-") as folder:
            print(f"belasting van de machine vooraf: {os.getloadavg()[0]:.1f}", file=sys.stderr)
            table, fine = asyncio.run(_measured(given.people, given.minutes, Path(folder)))
    except (BenchError, OSError, httpx.HTTPError, TimeoutError) as error:
        say(f"Meten is niet gelukt: {error}")
        return 1
    print(table)
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
