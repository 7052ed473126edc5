"""Lets Microsoft's Agents Playground talk to the bot, in a browser without a screen, and takes pictures.

Not a test of the normal run: it needs Node and a program from npm, which is no part of this project.

    npm install --prefix var/playground @microsoft/m365agentsplayground
    .venv/dev/bin/python -m tests.teams.playground --playground var/playground/node_modules/.bin/agentsplayground

It asks a question, answers the question on the card, puts a decision on record to the end, and
keeps the pictures in docs/teams.  Rasa is scripted; everything else is the real program.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace

import httpx
from fastapi import FastAPI
from playwright.async_api import Page, async_playwright

from bot.assistant import Assistant
from bot.channels.teams import library
from bot.danger import DangerDetector, load_signals
from bot.delivery.desk import Desk
from bot.guard import Guard
from bot.metrics import Metrics
from bot.serve import listening
from bot.settings import ROOT, Settings
from bot.store import Store
from bot.store.mailbox import Mailbox
from bot.supervise import LOOPBACK, find_free_port
from knowledge.knowledge import Knowledge
from knowledge.load import CONTENT
from tests.bot.fakes import ScriptedNlu

PICTURES = ROOT / "docs" / "teams"
CHROMIUM = "/usr/bin/chromium"
PATIENCE = 30_000  # milliseconds


@asynccontextmanager
async def running_bot() -> AsyncIterator[str]:
    """The bot on loopback, with a store that is gone afterwards; the address for Teams."""
    await asyncio.to_thread(library.load)
    from bot.channels.teams.connection import connection

    knowledge, app, port = Knowledge.read(), FastAPI(), find_free_port()
    with tempfile.TemporaryDirectory(prefix="deelwijzer-") as folder:
        store = Store(f"sqlite:///{Path(folder) / 'store.db'}")
        guard = Guard()
        danger = DangerDetector(load_signals(CONTENT / "danger_signals.yaml"))
        assistant = Assistant(knowledge, guard, danger, ScriptedNlu(knowledge), store)  # type: ignore[arg-type]
        desk = Desk(Mailbox(store.engine), guard, Metrics())
        service = SimpleNamespace(assistant=assistant, knowledge=knowledge, store=store, desk=desk, public=app)
        settings = Settings(teams_local_emulator=True)  # type: ignore[call-arg]
        async with listening(app, LOOPBACK, port), connection(settings, service):  # type: ignore[arg-type]
            yield f"http://{LOOPBACK}:{port}/api/messages"
        store.close()


@asynccontextmanager
async def running_playground(program: str, endpoint: str) -> AsyncIterator[str]:
    """The Playground; the address of its page."""
    port = find_free_port()
    process = await asyncio.create_subprocess_exec(
        program, "start", "-e", endpoint, "-c", "msteams", "-p", str(port),
        env={**os.environ, "BROWSER": "none", "DISPLAY": "", "TEAMSAPP_TELEMETRY": "off"},
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        async with httpx.AsyncClient(trust_env=False) as client:
            for _ in range(120):
                try:
                    await client.get(f"http://{LOOPBACK}:{port}/")
                    break
                except httpx.HTTPError:
                    await asyncio.sleep(0.5)
        yield f"http://{LOOPBACK}:{port}/"
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def main(program: str, pictures: Path) -> None:
    """Drive it from beginning to end."""
    await asyncio.to_thread(pictures.mkdir, parents=True, exist_ok=True)
    async with (
        running_bot() as endpoint,
        running_playground(program, endpoint) as address,
        async_playwright() as playwright,
    ):
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = await browser.new_page(viewport={"width": 1280, "height": 960})
        page.set_default_timeout(PATIENCE)
        await page.goto(address)
        await page.get_by_title("Toggle Log Panel").click()
        await page.get_by_role("button", name="Onthoud dit").wait_for()
        await picture(page, pictures, "1-welkom")
        await say(page, "mag ik iets delen met school")
        await page.get_by_role("button", name="Hulpverlener jeugd").last.wait_for()
        await picture(page, pictures, "2-vraag")
        await press(page, "Hulpverlener jeugd")
        await page.get_by_text("✓ Hulpverlener jeugd").last.wait_for()
        await page.get_by_role("button", name="Leg vast").last.wait_for()
        await picture(page, pictures, "3-antwoord")
        await press(page, "Leg vast")
        await page.get_by_role("button", name="Klopt").last.wait_for()
        await picture(page, pictures, "4-vastleggen")
        await record(page, pictures)
        await picture(page, pictures, "6-vastgelegd")
        await browser.close()


async def record(page: Page, pictures: Path) -> None:
    """Go through all steps of putting a decision on record."""
    steps = page.get_by_text(re.compile(r"^\d+ van \d+\. "))
    seen = 0
    await press(page, "Klopt")
    for _ in range(30):
        keep = page.get_by_role("button", name="Bewaren")
        await steps.nth(seen).or_(keep.last).first.wait_for()
        await page.wait_for_timeout(1000)
        if await keep.count():
            await keep.last.click()
            await page.get_by_role("button", name="Word-bestand").wait_for()
            await page.wait_for_timeout(1000)
            return
        seen = await steps.count()
        send = page.get_by_role("button", name="Verstuur")
        if await send.count():
            await page.locator("textarea").last.fill("omdat het nodig is voor de hulp aan het kind")
            if seen == 2:
                await picture(page, pictures, "5-stap")
            await send.last.click()
        else:
            card = page.locator(".ac-adaptiveCard").last
            choices = card.get_by_role("radio")
            if await choices.count():
                await choices.first.check()
            await card.get_by_role("button").first.click()
    raise RuntimeError("het vastleggen kwam niet aan zijn eind")


async def say(page: Page, text: str) -> None:
    """Type a message and send it."""
    await page.get_by_role("textbox").last.click()
    await page.keyboard.type(text)
    await page.keyboard.press("Enter")


async def press(page: Page, title: str) -> None:
    """Press the last button with these words."""
    await page.get_by_role("button", name=title, exact=True).last.click()


async def picture(page: Page, pictures: Path, name: str) -> None:
    """Keep what is on the screen now."""
    await page.wait_for_timeout(800)
    await page.screenshot(path=pictures / f"{name}.png")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Praat in de Agents Playground met de bot en maak schermafbeeldingen.")
    parser.add_argument("--playground", required=True, help="pad van het programma agentsplayground")
    parser.add_argument("--naar", type=Path, default=PICTURES, help="map voor de schermafbeeldingen")
    given = parser.parse_args()
    sys.exit(asyncio.run(main(given.playground, given.naar)))
