"""An assistant that knows every outcome and every kind of part, without knowledge or NLU.

What it answers depends on one word in the message, so that a test can ask for what it needs;
the answers stand in `answers.yaml`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot.messages import Button, Citation, Incoming, Message, Reply

_DATA: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("answers.yaml").read_text(encoding="utf-8"))

CITATIONS = {name: Citation(**fields) for name, fields in _DATA["citations"].items()}
BUTTONS = {name: tuple(Button(**fields) for fields in row) for name, row in _DATA["buttons"].items()}


def message(parts: list[tuple[str, str]], **fields: Any) -> Message:
    """A message whose text is what its parts say."""
    return Message("\n\n".join(text for _, text in parts), tuple(parts), **fields)


def _read(row: dict[str, Any]) -> Message:
    fields = dict(row)
    text = fields.pop("text", None)
    parts = [(kind, part) for entry in fields.pop("parts", []) for kind, part in entry.items()]
    fields["buttons"] = BUTTONS[fields["buttons"]] if "buttons" in fields else ()
    fields["citations"] = tuple(CITATIONS[name] for name in fields.get("citations", ()))
    fields["answers"] = tuple(fields.get("answers", ()))
    return Message(text) if text is not None else message(parts, **fields)


MESSAGES = {name: tuple(_read(row) for row in rows) for name, rows in _DATA["messages"].items()}
WELCOME = MESSAGES.pop("welcome")


class AssistantFailure(Exception):
    """What the fake raises when it is told to fail; its text holds what a person typed."""


@dataclass
class FakeAssistant:
    """Answers by the word in the text or the payload, and remembers what it was asked."""

    received: list[Incoming] = field(default_factory=list)
    opened: list[tuple[str, str]] = field(default_factory=list)
    broken: bool = False

    async def welcome(self, conversation: str, channel: str, person: str | None = None) -> Reply:
        """The first message of a conversation."""
        if self.broken:
            raise AssistantFailure(conversation)
        self.opened.append((conversation, channel))
        return Reply(WELCOME)

    async def handle(self, incoming: Incoming) -> Reply:
        """The messages named in `MESSAGES` by the text; for anything else one with consent."""
        self.received.append(incoming)
        asked = incoming.text or incoming.payload or ""
        if self.broken or asked == "break":
            raise AssistantFailure(asked)
        return Reply(MESSAGES.get(asked, MESSAGES["allowed_with_consent"]))
