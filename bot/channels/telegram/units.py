"""The things that this channel sends, one request each, as plain values that can be kept."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Sequence

from telegram import InlineKeyboardMarkup

from bot.channels.telegram import texts
from bot.delivery.channel import Unit
from bot.messages import File

# What a unit does stands under this name.
DO = "do"
TEXT, EDIT, DOCUMENT, POLL = "text", "edit", "document", "poll"


def text(html: str, buttons: InlineKeyboardMarkup | None = None) -> Unit:
    """A message."""
    return {DO: TEXT, "html": html, "buttons": buttons.to_dict() if buttons else None}


def edit(message: int, html: str | None) -> Unit:
    """Another text for a message that was sent, and no buttons any more; without text only the buttons go."""
    return {DO: EDIT, "message": message, "html": html}


def document(file: File) -> Unit:
    """A file."""
    return {DO: DOCUMENT, "name": file.name, "content": b64encode(file.content).decode(), "caption": None}


def poll(
    question: str,
    options: Sequence[tuple[str, str]],
    right: int,
    explanation: str,
    buttons: InlineKeyboardMarkup | None,
) -> Unit:
    """A quiz question with options (title, payload), of which the one with number `right` is right."""
    return {
        DO: POLL,
        "question": question,
        "options": [title for title, _ in options],
        "payloads": [payload for _, payload in options],
        "right": right,
        "explanation": explanation,
        "buttons": buttons.to_dict() if buttons else None,
    }


def content(unit: Unit) -> bytes:
    """What is in the file of a document."""
    return b64decode(unit["content"])


def buttons(unit: Unit) -> InlineKeyboardMarkup | None:
    """The buttons of a unit, in the form of the library."""
    return InlineKeyboardMarkup.de_json(unit["buttons"], None) if unit["buttons"] else None


def again(unit: Unit) -> Unit:
    """The unit, saying that it perhaps came before; an edit does no harm twice, a poll has no room to say it."""
    if unit[DO] == TEXT:
        return {**unit, "html": f"<i>{texts.AGAIN}</i>\n\n{unit['html']}"}
    if unit[DO] == DOCUMENT:
        return {**unit, "caption": texts.AGAIN}
    return unit
