"""A conversation in the terminal: type a question, or the number of a button."""

from __future__ import annotations

import asyncio
import sys
import uuid
from pathlib import Path

from bot.assistant import Assistant
from bot.messages import Button, Incoming, Message

CHANNEL = "terminal"


async def converse(assistant: Assistant, profile: dict[str, str], folder: Path = Path()) -> int:
    """Talk until the person types `stop` or ends the input.

    Args:
        assistant: answers.
        profile: municipality and role, if given.
        folder: where files go that come with an answer.
    """
    conversation = uuid.uuid4().hex
    reply = await assistant.welcome(conversation, CHANNEL)
    buttons = _show(reply.messages, folder)
    print("(Typ stop om te stoppen.)\n")
    while True:
        try:
            line = await asyncio.to_thread(input, "> ")
        except (EOFError, KeyboardInterrupt):
            print()
            return 0
        # While a decision is put on record, "stop" stops that.
        if line.strip().casefold() == "stop" and reply.messages[-1].state == "idle":
            return 0
        chosen = _chosen(line, buttons)
        incoming = (
            Incoming(CHANNEL, conversation, payload=chosen.payload, profile=profile)
            if chosen
            else Incoming(CHANNEL, conversation, text=line, profile=profile)
        )
        reply = await assistant.handle(incoming)
        buttons = _show(reply.messages, folder) or buttons


def _chosen(line: str, buttons: list[Button]) -> Button | None:
    number = line.strip()
    if number.isdigit() and 1 <= int(number) <= len(buttons):
        return buttons[int(number) - 1]
    return None


def _show(messages: tuple[Message, ...], folder: Path) -> list[Button]:
    buttons: list[Button] = []
    for message in messages:
        print(f"\n{message.text}")
        for one in message.citations:
            print(f"  {one.label}: {one.url}")
        for file in message.files:
            (folder / file.name).write_bytes(file.content)
            print(f"  Bestand bewaard: {folder / file.name}")
        buttons.extend(message.buttons)
    if buttons:
        print()
    for number, button in enumerate(buttons, start=1):
        print(f"  [{number}] {button.title}")
    sys.stdout.flush()
    return buttons
