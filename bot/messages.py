"""What goes between a channel and the assistant: one message in, one reply out.

A channel turns its own events into `Incoming` and renders `Reply`; nothing else of a
channel is known to the rest of the program.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Command(StrEnum):
    """What can be asked of the bot itself, as a command, a link or a button of the channel."""

    HELP = "help"  # what the bot can do
    NEW = "new"  # stop what is going on and begin a new case
    PRIVACY = "privacy"  # what is kept, and how long
    MY_DATA = "my_data"  # everything that is kept of this person, as a file
    FORGET_ME = "forget_me"  # erase it; asks once more first
    MY_RECORDS = "my_records"  # the decisions put on record in this conversation
    TRIAGE = "triage"  # begin the guided weighing
    BREACH = "breach"  # begin the guided conversation about a data breach
    QUIZ = "quiz"  # begin a quiz


@dataclass(frozen=True)
class File:
    """A file that goes with a message."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Incoming:
    """One message from a person, or one press of a button.

    Exactly one of `text`, `payload` and `command` is given.  `profile` holds what is known of the
    asker outside the conversation (`municipality`, `role`); it may be empty.  `address` is where
    the channel can reach the person later (a chat id); only channels that can send by themselves
    give it, and it is kept apart from the conversation.  `person` is the same in every conversation of one
    person on this channel (a session, a chat); without it each conversation is somebody new.
    `masked` names the kinds of personal data that were masked before the message came here, and
    `too_long` tells that a text was cut: a channel that keeps a message first keeps it masked.
    """

    channel: str
    conversation: str
    text: str | None = None
    payload: str | None = None
    command: Command | None = None
    profile: dict[str, str] = field(default_factory=dict)
    address: str | None = None
    person: str | None = None
    masked: tuple[str, ...] = ()
    too_long: bool = False


@dataclass(frozen=True)
class Button:
    """A choice under a message. The payload is an opaque id, never a meaning."""

    title: str
    payload: str
    kind: str = "action"  # "option" answers the question asked; "action" acts on the answer; "rate" is a thumb


@dataclass(frozen=True)
class Citation:
    """An article as shown: `label` is "art. 7.3.11 lid 4 Jeugdwet"."""

    law: str
    article: str
    paragraph: str | None
    url: str
    source: str
    label: str


@dataclass(frozen=True)
class Poll:
    """A quiz question, for channels that have a form of their own for it; others show text and buttons.

    The options are the `option` buttons of the message, in the same order; `right` is the number of
    the right one, from 0.  `explanation` is at most 200 characters.
    """

    question: str
    right: int
    explanation: str


@dataclass(frozen=True)
class Message:
    """One message to the person.

    `text` is the whole answer in plain text, in paragraphs separated by a blank line,
    and enough by itself; `parts` is the same answer in named pieces for channels that can
    lay it out: a list of (kind, text) with kinds `assumed`, `verdict`, `why`, `share`,
    `withhold`, `now`, `consent`, `branch`, `ask`, `policy`, `masked`, `date`, `record`, `plain`.
    Joined by blank lines the texts of the parts are `text`.
    """

    text: str
    parts: tuple[tuple[str, str], ...] = ()
    buttons: tuple[Button, ...] = ()
    verdict: str | None = None
    obligation: str | None = None
    asks: dict[str, Any] | None = None
    citations: tuple[Citation, ...] = ()
    answers: tuple[dict[str, Any], ...] = ()
    rules: tuple[str, ...] = ()
    state: str = "idle"
    files: tuple[File, ...] = ()
    poll: Poll | None = None


@dataclass(frozen=True)
class Reply:
    """The answer to one `Incoming`: one message or more."""

    messages: tuple[Message, ...]
