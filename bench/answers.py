"""Asks the questions and has the conversations of tests/, and tells which answers are right.

    python -m bench.answers [file...]

The cases were written from the statutes by people who had not seen the training data.  An answer
is right when its verdict is the expected one or one as defensible, one of the named articles is
cited, and every group of words has a hit.  Prints the wrong ones, then a table.  Ends with 1 when
an answer says "zonder toestemming" where the statute does not.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bench.table import aligned
from bot import quiet
from bot.assistant import Assistant, Handled
from bot.messages import Incoming
from bot.program import throw_away

TESTS = Path(__file__).resolve().parent.parent / "tests"
FILES = (*sorted((TESTS / "questions").glob("*.yaml")), *sorted((TESTS / "conversations").glob("*.yaml")))
YES = "allowed_without_consent"


@dataclass(frozen=True)
class Turn:
    """What is typed or pressed, and what must come out."""

    text: str
    press: bool
    expected: Mapping[str, Any]

    @property
    def verdicts(self) -> tuple[str, ...]:
        """The verdicts that are right."""
        return (self.expected["verdict"], *self.expected.get("also", ()))


@dataclass(frozen=True)
class Conversation:
    """One or more turns of one person."""

    name: str
    turns: tuple[Turn, ...]
    profile: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Judged:
    """One answer beside what it should have been."""

    conversation: str
    turn: Turn
    handled: Handled

    @property
    def verdict(self) -> str:
        """The verdict that was given."""
        return self.handled.reply.messages[0].verdict or ""

    @property
    def cited(self) -> set[str]:
        """The articles that were cited, as "Jeugdwet 7.3.11"."""
        return {f"{one.law} {one.article}" for message in self.handled.reply.messages for one in message.citations}

    @property
    def verdict_right(self) -> bool:
        """True when the verdict is the expected one, or one as defensible."""
        return self.verdict in self.turn.verdicts

    @property
    def citation_right(self) -> bool:
        """True when one of the named articles is cited, or none is needed."""
        wanted = self.turn.expected.get("cite") or ()
        return not wanted or bool(self.cited & set(wanted))

    @property
    def words_right(self) -> bool:
        """True when every group of words has a hit in the answer."""
        text = " ".join(message.text for message in self.handled.reply.messages).casefold()
        return all(any(stem.casefold() in text for stem in group) for group in self.turn.expected.get("say") or ())

    @property
    def duty_right(self) -> bool:
        """True when the duty is the expected one, or none was asked."""
        wanted = self.turn.expected.get("obligation")
        return wanted is None or wanted == self.handled.reply.messages[0].obligation

    @property
    def right(self) -> bool:
        """True when verdict, article and words are."""
        return self.verdict_right and self.citation_right and self.words_right

    @property
    def false_yes(self) -> bool:
        """True for the worst error: "zonder toestemming" where the statute does not say so."""
        return self.verdict == YES and YES not in self.turn.verdicts

    @property
    def false_refusal(self) -> bool:
        """True when something allowed was refused."""
        return self.verdict == "not_allowed" and not {"not_allowed", "weigh"} & set(self.turn.verdicts)

    @property
    def needless_question(self) -> bool:
        """True when a question came back where an answer was possible."""
        return self.verdict == "needs_info" and "needs_info" not in self.turn.verdicts


def read(path: Path) -> list[Conversation]:
    """The conversations in a file; a question is a conversation of one turn."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    found = [
        Conversation(one["text"], (Turn(one["text"], False, one),), _profile(one)) for one in data.get("questions", ())
    ]
    for one in data.get("conversations", ()):
        turns = tuple(Turn(turn.get("user") or turn["press"], "press" in turn, turn) for turn in one["turns"])
        found.append(Conversation(one["name"], turns, _profile(one)))
    return found


def _profile(row: Mapping[str, Any]) -> dict[str, str]:
    return {name: row[name] for name in ("role", "municipality") if row.get(name)}


async def judge(assistant: Assistant, path: Path) -> list[Judged]:
    """Have every conversation of a file, each with a stranger."""
    judged = []
    for number, conversation in enumerate(read(path)):
        judged += [one async for one in have(assistant, conversation, f"{path.name}:{number}")]
    return judged


async def have(assistant: Assistant, conversation: Conversation, key: str) -> AsyncIterator[Judged]:
    """Have one conversation with a stranger, turn by turn."""
    last: Handled | None = None
    for turn in conversation.turns:
        payload = _button(last, turn.text) if turn.press else None
        incoming = Incoming(
            "bench", key, text=None if turn.press else turn.text, payload=payload, profile=dict(conversation.profile)
        )
        last = await assistant.handle_with_details(incoming)
        yield Judged(conversation.name, turn, last)


def _button(last: Handled | None, title: str) -> str:
    buttons = last.reply.messages[0].buttons if last else ()
    return next((button.payload for button in buttons if button.title == title), "")


def _explained(one: Judged) -> Iterator[str]:
    marks = [
        name
        for name, right in (
            ("verdict", one.verdict_right),
            ("citation", one.citation_right),
            ("words", one.words_right),
        )
        if not right
    ]
    yield f"{'ONTERECHT JA ' if one.false_yes else ''}{one.turn.text}"
    if one.conversation != one.turn.text:
        yield f"    in: {one.conversation}"
    told = [(e["entity"], e["value"], e.get("role") or e.get("group") or "") for e in one.handled.entities]
    yield f"    {one.handled.intent} {one.handled.confidence:.2f} {told}"
    wanted = one.turn.expected
    yield (
        f"    {', '.join(marks)}: {one.verdict} {sorted(one.cited)[:6]} "
        f"| {'/'.join(one.turn.verdicts)} {list(wanted.get('cite') or ())[:4]} {wanted.get('say') or ''}"
    )


def _row(name: str, judged: Sequence[Judged]) -> tuple[str, ...]:
    asked = [one for one in judged if one.turn.expected.get("obligation")]
    return (
        name,
        str(len(judged)),
        *(
            str(sum(getattr(one, what) for one in judged))
            for what in ("right", "verdict_right", "citation_right", "words_right")
        ),
        f"{sum(one.duty_right for one in asked)}/{len(asked)}",
        *(
            str(sum(getattr(one, what) for one in judged))
            for what in ("false_yes", "false_refusal", "needless_question")
        ),
    )


HEAD = ("file", "turns", "right", "verdict", "citation", "words", "duty", "false yes", "false no", "needless")


async def _main(paths: Sequence[Path]) -> int:
    quiet.configure("warning")
    rows, everything = [], []
    async with throw_away() as service:
        for path in paths:
            judged = await judge(service.assistant, path)
            everything += judged
            for one in judged:
                if not one.right:
                    print("\n".join(_explained(one)), flush=True)
            rows.append(_row(path.stem, judged))
    print(aligned([HEAD, *rows, _row("all", everything)], range(1, len(HEAD))))
    return 1 if any(one.false_yes for one in everything) else 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.answers", description="Meet de antwoorden.")
    parser.add_argument("files", nargs="*", type=Path, default=FILES)
    given = parser.parse_args(sys.argv[1:] if arguments is None else arguments)
    return asyncio.run(_main(given.files))


if __name__ == "__main__":
    raise SystemExit(main())
