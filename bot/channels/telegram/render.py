"""How a message of the assistant looks in Telegram: pieces of HTML with buttons under the last, a poll, files."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import ClassVar

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import PollLimit

from bot.channels.telegram import texts, units
from bot.channels.telegram.rich import MAX_LENGTH, Span, html, length, pieces
from bot.delivery.channel import Unit
from bot.messages import Button, Citation, Message

log = logging.getLogger(__name__)

MAX_DATA = 64  # bytes behind a button
MAX_BUTTONS = 100
# Articles under a quiz question.
_MAX_ARTICLES = 3
# Room that is left in each piece for the choice that is written under it later.
_ROOM = 128
# How a part of these kinds may begin that reads as a heading: "Wel delen:", "1. Over school:".
_LED = re.compile(r"(?:[-•] )?[^:\n.?!]{2,90}:(?=\s|$)|\d{1,2}\. [^:\n]{2,90}:$")
_LED_KINDS = frozenset(
    {"why", "share", "withhold", "now", "consent", "branch", "policy", "record", "plain", "assumed", "date"}
)
_BULLET = re.compile(r"^[ \t]*[-*] ", re.MULTILINE)


@dataclass(frozen=True)
class Pressed:
    """What a person pressed: the payload for the assistant, and whether it answers a question."""

    # Behind the button of an option stands this, so that a press is known as one without a memory.
    OPTION: ClassVar[str] = "o:"

    payload: str
    is_option: bool

    @classmethod
    def read(cls, data: str) -> Pressed:
        """From what Telegram gives back."""
        return cls(data.removeprefix(cls.OPTION), data.startswith(cls.OPTION))


def rendered(message: Message, limit: int = MAX_LENGTH) -> list[Unit]:
    """What is sent for one message, in order."""
    quiz = _quiz(message)
    return [*([quiz] if quiz else _texts(message, limit)), *(units.document(file) for file in message.files)]


def _texts(message: Message, limit: int) -> list[Unit]:
    keyboard = _keyboard(message.buttons)
    cut = [html(piece) for piece in pieces(_rich(message), limit - _ROOM)]
    if not cut and keyboard:
        cut = [texts.CHOOSE]
    return [units.text(piece, keyboard if number == len(cut) else None) for number, piece in enumerate(cut, start=1)]


def _quiz(message: Message) -> Unit | None:
    """A quiz question in Telegram's own form; None when it is none, or does not fit."""
    poll = message.poll
    if poll is None:
        return None
    options = [(button.title, button.payload) for button in message.buttons if button.kind == "option"]
    fits = (
        0 < length(poll.question) <= PollLimit.MAX_QUESTION_LENGTH
        and length(poll.explanation) <= PollLimit.MAX_EXPLANATION_LENGTH
        and poll.explanation.count("\n") <= PollLimit.MAX_EXPLANATION_LINE_FEEDS
        and 2 <= len(options) <= PollLimit.MAX_OPTION_NUMBER
        and all(0 < length(title) <= PollLimit.MAX_OPTION_LENGTH for title, _ in options)
        and 0 <= poll.right < len(options)
    )
    if not fits:
        return None
    articles = [[InlineKeyboardButton(f"📖 {one.label}", url=one.url)] for one in _usable(message.citations)]
    actions = _keyboard([button for button in message.buttons if button.kind != "option"])
    rows = [*articles[:_MAX_ARTICLES], *(actions.inline_keyboard if actions else ())]
    return units.poll(
        poll.question, options, poll.right, poll.explanation, InlineKeyboardMarkup(rows) if rows else None
    )


def with_choice(text: str, text_html: str, choice: str) -> str | None:
    """A sent text with the chosen option under it, if it still fits."""
    line = f"✓ {choice}"
    return f"{text_html}\n\n<b>{escape(line, quote=False)}</b>" if length(f"{text}\n\n{line}") <= MAX_LENGTH else None


def keyboard_of(rows: Iterable[Sequence[tuple[str, str]]]) -> InlineKeyboardMarkup | None:
    """Rows of (title, data) as buttons; a button that Telegram would refuse is left out."""
    made: list[list[InlineKeyboardButton]] = []
    room = MAX_BUTTONS
    for row in rows:
        fitting = [pair for pair in row if 0 < len(pair[1].encode()) <= MAX_DATA and pair[0].strip()]
        if len(fitting) < len(row):
            log.error("Telegram: een knop past niet en is weggelaten")
        buttons = [InlineKeyboardButton(title, callback_data=data) for title, data in fitting[:room]]
        room -= len(buttons)
        if buttons:
            made.append(buttons)
    return InlineKeyboardMarkup(made) if made else None


def _keyboard(buttons: Sequence[Button]) -> InlineKeyboardMarkup | None:
    options = [((button.title, Pressed.OPTION + button.payload),) for button in buttons if button.kind == "option"]
    actions = [(button.title, button.payload) for button in buttons if button.kind != "option"]
    return keyboard_of([*options, *(actions[start : start + 2] for start in range(0, len(actions), 2))])


def _rich(message: Message) -> list[Span]:
    linker = _Linker(message.citations)
    spans: list[Span] = []
    for kind, text in message.parts or (("plain", message.text),):
        if spans:
            spans.append(Span("\n\n"))
        spans.extend(_part(kind, text.strip(), linker))
    if sources := linker.unused():
        spans.append(Span("\n\n"))
        spans.append(Span("Bronnen:", "b"))
        for one in sources:
            spans.extend((Span("\n• "), Span(one.label, href=one.url)))
    return spans


def _part(kind: str, text: str, linker: _Linker) -> Iterator[Span]:
    if kind == "copy":
        # Telegram copies such a block when it is pressed; what stands above it is for the reader.
        head, mark, body = text.partition(":\n")
        if mark and "\n" not in head:
            yield Span(f"{head}:", "b")
            yield Span("\n")
            text = body
        yield Span(text, "pre")
    elif kind == "verdict":
        first, blank, rest = text.partition("\n\n")
        yield from linker.linked(first, "b")
        yield from linker.linked(blank + _BULLET.sub("• ", rest))
    elif kind == "ask":
        yield from linker.linked(text, "b")
    elif kind == "masked":
        yield from linker.linked(f"{text} {texts.MASKED}", "i")
    else:
        text = _BULLET.sub("• ", text)
        led = _LED.match(text) if kind in _LED_KINDS else None
        if led:
            yield Span(led[0], "b")
        yield from linker.linked(text[led.end() :] if led else text)


def _usable(citations: Iterable[Citation]) -> list[Citation]:
    """The articles that can be linked."""
    return [one for one in citations if one.label and one.url.startswith(("https://", "http://"))]


class _Linker:
    """Finds the labels of articles in a text and links them."""

    def __init__(self, citations: Iterable[Citation]) -> None:
        self._by_label = {one.label.casefold(): one for one in _usable(citations)}
        self._used: set[str] = set()
        # The longest first, or "art. 7.3.11" would cut "art. 7.3.11 lid 1 Jeugdwet" in two.
        labels = sorted(self._by_label, key=len, reverse=True)
        joined = "|".join(re.escape(label) for label in labels)
        self._pattern = re.compile(rf"(?<!\w)(?:{joined})(?!\w)", re.IGNORECASE) if labels else None

    def linked(self, text: str, tag: str = "") -> Iterator[Span]:
        """The text in spans; labels are links."""
        start = 0
        for match in self._pattern.finditer(text) if self._pattern else ():
            if one := self._by_label.get(match[0].casefold()):
                yield Span(text[start : match.start()], tag)
                yield Span(match[0], tag, one.url)
                self._used.add(one.label.casefold())
                start = match.end()
        yield Span(text[start:], tag)

    def unused(self) -> list[Citation]:
        """The articles that no text has named so far."""
        return [one for label, one in self._by_label.items() if label not in self._used]
