"""What goes between a channel and the assistant: one message in, one reply out.

A channel turns its own events into `Incoming` and renders `Reply`; nothing else of a
channel is known to the rest of the program.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Incoming:
    """One message from a person, or one press of a button.

    Exactly one of `text` and `payload` is given.  `profile` holds what is known of the
    asker outside the conversation (`municipality`, `role`); it may be empty.
    """

    channel: str
    conversation: str
    text: str | None = None
    payload: str | None = None
    profile: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Button:
    """A choice under a message. The payload is an opaque id, never a meaning."""

    title: str
    payload: str
    kind: str = "action"  # "option" answers the question asked; "action" acts on the answer


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


@dataclass(frozen=True)
class Reply:
    """The answer to one `Incoming`: one message or more."""

    messages: tuple[Message, ...]
