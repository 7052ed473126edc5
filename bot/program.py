"""The running program: both listeners and the NLU process, started and stopped together."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from bot import quiet
from bot.app import Service, build, closing
from bot.channels import teams, telegram
from bot.clock import AMSTERDAM, utc_now
from bot.keys import conversation_key
from bot.messages import Incoming
from bot.quiz import Weekly
from bot.records.register import Register
from bot.serve import listening
from bot.settings import Settings
from bot.store import Store
from bot.store.retention import KINDS, Retention
from bot.supervise import LOOPBACK, Supervisor, find_free_port, new_token, port_in_use, train_if_needed

log = logging.getLogger(__name__)
HOUR = 3600.0  # seconds
DAY = 24 * HOUR
# The channels that send by themselves; each is off until its settings are there.
CHANNELS = (telegram.connected, teams.connected)


async def run_until_stopped(example: str) -> int:
    """Start everything, show that it answers, and run until Ctrl-C or SIGTERM."""
    settings = Settings()  # type: ignore[call-arg]
    quiet.configure(settings.log_level)
    for port, host, name in (
        (settings.port, settings.host, "DEELWIJZER_PORT"),
        (settings.action_port, LOOPBACK, "DEELWIJZER_ACTION_PORT"),
        (settings.nlu_port, LOOPBACK, "DEELWIJZER_NLU_PORT"),
    ):
        if sentence := port_in_use(port, host, name):
            print(sentence, file=sys.stderr)
            return 2
    train_if_needed(models=settings.models)
    stopped = _stop_signal()
    print("Deelwijzer start ...", flush=True)
    async with _running(settings) as (service, supervisor):
        waiting = asyncio.create_task(supervisor.wait_ready())
        await asyncio.wait({waiting, asyncio.ensure_future(stopped.wait())}, return_when=asyncio.FIRST_COMPLETED)
        if stopped.is_set():
            waiting.cancel()
            return 0
        await waiting
        await _show_example(service, example)
        print(f"\nDe webchat staat klaar: http://{settings.host}:{settings.port}/  (stoppen: Ctrl-C)", flush=True)
        async with AsyncExitStack() as channels:
            for connected in CHANNELS:
                await channels.enter_async_context(connected(settings, service))
            tasks = [asyncio.create_task(one(service)) for one in (_clean_up_daily, _ask_weekly, _remind_hourly)]
            await stopped.wait()
            for task in tasks:
                task.cancel()
    print("Gestopt.", flush=True)
    return 0


async def clean_up() -> int:
    """`./deelwijzer opschonen`: erase what has been kept long enough, and tell how much."""
    settings = Settings()  # type: ignore[call-arg]
    async with closing(build(settings, new_token())) as service:
        before = await asyncio.to_thread(Retention(service.store.engine).cleanings)
        purged = await service.assistant.clean_up()
    print(f"Gewist: {', '.join(f'{getattr(purged, kind)} {label}' for kind, label in KINDS.items())}.")
    last = (
        f"{before[0].at.astimezone(AMSTERDAM):%d-%m-%Y om %H:%M}"
        if before
        else "nooit, of langer dan een maand geleden"
    )
    print(f"De keer hiervoor: {last}.")
    return 0


def remind() -> int:
    """`./deelwijzer herinneringen`: how many breaches press, in numbers only; 1 when a term is over."""
    settings = Settings()  # type: ignore[call-arg]
    store = Store(settings.database_url)
    try:
        found = Register(store.engine, settings.keep_decisions_days).pressing(utc_now())
    finally:
        store.close()
    print(found.words or "Geen datalek is langer dan 48 uur bekend zonder te zijn afgehandeld.")
    return 1 if found.over_72 else 0


@asynccontextmanager
async def throw_away() -> AsyncIterator[Service]:
    """A service on free ports with a store that is gone afterwards, for one command."""
    port = find_free_port()
    settings = Settings(nlu_port=port, action_port=find_free_port(), nlu_timeout=30)  # type: ignore[call-arg]
    train_if_needed(models=settings.models)
    with tempfile.TemporaryDirectory(prefix="deelwijzer-") as folder:
        settings = settings.model_copy(update={"database_url": f"sqlite:///{Path(folder) / 'store.db'}"})
        async with _running(settings, public=False) as (service, supervisor):
            print("Het taalproces start ...", file=sys.stderr, flush=True)
            await supervisor.wait_ready()
            yield service


@asynccontextmanager
async def _running(settings: Settings, *, public: bool = True) -> AsyncIterator[tuple[Service, Supervisor]]:
    token = new_token()
    supervisor = Supervisor(
        token=token,
        port=settings.nlu_port,
        action_url=f"http://{LOOPBACK}:{settings.action_port}/webhook",
        models=settings.models,
    )
    async with AsyncExitStack() as stack:
        service = await stack.enter_async_context(closing(build(settings, token)))
        await stack.enter_async_context(listening(service.internal, LOOPBACK, settings.action_port))
        if public:
            await stack.enter_async_context(listening(service.public, settings.host, settings.port))
        await stack.enter_async_context(supervisor)
        yield service, supervisor


async def _clean_up_daily(service: Service) -> None:
    """Erase what has been kept long enough, now and every day after."""
    while True:
        try:
            await service.assistant.clean_up()
        except SQLAlchemyError as error:
            log.warning("Opschonen lukte niet (%s); morgen opnieuw", type(error).__name__)
        await asyncio.sleep(DAY)


async def _ask_weekly(service: Service) -> None:
    """Send the question of the week to who asked for it; looks every hour, since it goes out in working hours."""
    weekly = Weekly(service.knowledge, service.store)
    while True:
        try:
            for place, message in await asyncio.to_thread(weekly.due, utc_now(), service.desk.serves):
                await service.desk.send(place, message)
        except SQLAlchemyError as error:
            log.warning("De vraag van de week lukte niet (%s); over een uur opnieuw", type(error).__name__)
        await asyncio.sleep(HOUR)


async def _remind_hourly(service: Service) -> None:
    """Tell whoever reads the log of the program, in numbers only, that the term of a breach presses."""
    register = Register(service.store.engine, service.settings.keep_decisions_days)
    while True:
        try:
            if words := (await asyncio.to_thread(register.pressing, utc_now())).words:
                log.warning("%s", words)
        except SQLAlchemyError as error:
            log.warning("Kijken naar datalekken lukte niet (%s); over een uur opnieuw", type(error).__name__)
        await asyncio.sleep(HOUR)


async def _show_example(service: Service, example: str) -> None:
    """Show that it answers; nobody asked this, so it is not kept among the questions of people."""
    asking = Incoming("start", "voorbeeld", text=example)
    reply = await service.assistant.handle(asking)
    owner = conversation_key(asking.channel, asking.conversation)
    await asyncio.to_thread(Retention(service.store.engine).erase, owner, decisions=True)
    print(f"\nVoorbeeldvraag: {example}\n")
    for message in reply.messages:
        print(message.text)


def _stop_signal() -> asyncio.Event:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    return stopped
