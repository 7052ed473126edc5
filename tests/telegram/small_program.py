"""A Deelwijzer with Telegram and a scripted NLU, in a process of its own that a test can kill.

    python -m tests.telegram.small_program API DATABASE PORT [hold]

With a PORT it listens there for a webhook; with 0 it fetches updates.  It prints `ready`, then
`asked` for each question that reaches the NLU; with `hold` the NLU never answers.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Mapping
from contextlib import AsyncExitStack
from types import SimpleNamespace
from typing import Any, cast

from fastapi import FastAPI
from pydantic import SecretStr

from bot.assistant import Assistant
from bot.channels import telegram
from bot.danger import DangerDetector, load_signals
from bot.delivery.desk import Desk
from bot.guard import Guard
from bot.metrics import Metrics
from bot.nlu_client import Understood
from bot.serve import listening
from bot.settings import Settings
from bot.store import Store
from bot.store.mailbox import Mailbox
from bot.supervise import LOOPBACK
from knowledge.knowledge import Knowledge
from knowledge.load import CONTENT
from tests.bot.fakes import ScriptedNlu
from tests.telegram.bot_api import SECRET, TOKEN


class TellingNlu(ScriptedNlu):
    """Says that it was asked, and answers unless it is held."""

    held = False

    async def turn(self, sender: str, text: str, metadata: Mapping[str, Any]) -> Understood:
        """As `NluClient.turn`."""
        print("asked", flush=True)
        if self.held:
            await asyncio.Event().wait()
        return await super().turn(sender, text, metadata)


async def run(api: str, database: str, port: int, *, hold: bool) -> None:
    """Run until SIGTERM."""
    webhook: dict[str, Any] = {
        "telegram_webhook_url": "https://deelwijzer.example",
        "telegram_webhook_secret": SecretStr(SECRET),
    }
    settings = Settings(
        telegram_token=SecretStr(TOKEN), telegram_api=api, telegram_open=True, **(webhook if port else {})
    )
    knowledge, guard, store = Knowledge.read(), Guard(), Store(database)
    nlu = TellingNlu(knowledge)
    nlu.held = hold
    danger = DangerDetector(load_signals(CONTENT / "danger_signals.yaml"))
    assistant = Assistant(knowledge, guard, danger, cast(Any, nlu), store)
    desk = Desk(Mailbox(store.engine), guard, Metrics())
    parts = {"assistant": assistant, "desk": desk, "knowledge": knowledge, "store": store, "public": FastAPI()}
    service = cast(Any, SimpleNamespace(**parts))  # what this channel uses of a `Service`
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    async with AsyncExitStack() as stack:
        if port:
            await stack.enter_async_context(listening(service.public, LOOPBACK, port))
        await stack.enter_async_context(telegram.connected(settings, service))
        print("ready", flush=True)
        await stopped.wait()
    store.close()


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1], sys.argv[2], int(sys.argv[3]), hold="hold" in sys.argv[4:]))
