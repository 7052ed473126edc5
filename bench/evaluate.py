"""The measure of a release: the frozen validation set, and the examples of developers if they are given.

    python -m bench.evaluate [--examples FILE] [--report FILE]

Nobody tunes on the validation set: it is run, read, and kept.  Prints a table per topic, lists each
"mag zonder toestemming" that no statute carries, and writes a report with every wrong answer in full.
Ends with 1 when there is such an answer.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.answers import YES, Conversation, Judged, Turn, have, read
from bench.table import aligned
from bot import quiet
from bot.assistant import Assistant
from bot.program import throw_away

TESTS = Path(__file__).resolve().parent.parent / "tests"
FILES = tuple(sorted((TESTS / "validation").glob("*.yaml")))
# Files of which every message tests one thing only.
FOREIGN, DANGER, URGENT = "buiten", "gevaar", "dringend"
OUTSIDE = ("off_topic", "legal_other", "misuse")
REFUSED = ("out_of_scope", "not_understood")
BINS = 10


@dataclass(frozen=True)
class Set:
    """The judged answers of one file."""

    name: str
    answers: tuple[Judged, ...]


def share(part: int, whole: int) -> float | None:
    """A part of a whole; None of nothing."""
    return part / whole if whole else None


def rate(answers: Sequence[Judged], true: Callable[[Judged], bool]) -> float | None:
    """The part of the answers for which something is true."""
    return share(sum(true(one) for one in answers), len(answers))


def missing_question(one: Judged) -> bool:
    """True when an answer was given where a fact had to be asked first."""
    wanted = one.turn.expected
    return wanted["verdict"] == "needs_info" and one.verdict not in one.turn.verdicts


def refused_in_scope(one: Judged) -> bool:
    """True when a question of the field was sent away."""
    return one.verdict in REFUSED and one.verdict not in one.turn.verdicts


def parts_answered(one: Judged) -> tuple[int, int]:
    """How many questions of a message got an answer of their own that is right, and how many there were."""
    wanted = list(one.turn.expected.get("parts") or ())
    given = [answer["verdict"] for message in one.handled.reply.messages for answer in message.answers]
    found = 0
    for part in wanted:
        right = next((verdict for verdict in given if verdict in (part["verdict"], *part.get("also", ()))), None)
        if right is not None:
            given.remove(right)
            found += 1
    return found, len(wanted)


def calibration_error(answers: Sequence[Judged], right: Callable[[Judged], bool]) -> float:
    """The expected calibration error of the intent: the mean gap between how sure and how often right, by size."""
    gap = 0.0
    for number in range(BINS):
        low, high = number / BINS, (number + 1) / BINS
        inside = [
            one
            for one in answers
            if low < one.handled.confidence <= high or (not number and not one.handled.confidence)
        ]
        if inside:
            sure = sum(one.handled.confidence for one in inside) / len(inside)
            gap += abs(sure - sum(map(right, inside)) / len(inside)) * len(inside)
    return gap / len(answers) if answers else 0.0


def topic_read(one: Judged) -> bool:
    """True when the intent is the topic that was asked about."""
    topic = one.turn.expected.get("topic")
    return one.handled.intent in (OUTSIDE if topic == "out_of_scope" else (topic,))


async def judged(assistant: Assistant, name: str, conversations: Sequence[Conversation]) -> Set:
    """Ask every question of a set, each as a stranger."""
    found = [
        one
        for number, conversation in enumerate(conversations)
        async for one in have(assistant, conversation, f"{name}:{number}")
    ]
    return Set(name, tuple(found))


def examples(path: Path) -> list[Conversation]:
    """The questions of a file of examples, in the form of its README."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        wanted = row["expected"]
        expected = {
            "topic": row["topic"],
            "verdict": wanted["verdict"],
            "also": wanted.get("also_accepted") or (),
            "obligation": wanted.get("obligation"),
            "cite": [f"{one['law']} {one['article']}" for one in wanted.get("must_cite") or ()],
            "say": wanted.get("must_mention") or (),
        }
        found.append(Conversation(row["text"], (Turn(row["text"], False, expected),)))
    return found


# -- what is printed -----------------------------------------------------------------------

HEAD = ("topic", "asked", "right", "verdict", "citation", "words", "false yes", "false no", "needless", "missing")


def by_topic(sets: Sequence[Set]) -> str:
    """The table of every topic in the field, and all together."""
    asked = in_field(sets)
    topics = sorted({str(one.turn.expected.get("topic")) for one in asked})
    rows = [_row(topic, [one for one in asked if str(one.turn.expected.get("topic")) == topic]) for topic in topics]
    return aligned([HEAD, *rows, _row("all", asked)], range(1, len(HEAD)))


def in_field(sets: Sequence[Set]) -> list[Judged]:
    """All answers but those to foreign and dangerous messages."""
    return [one for one_set in sets if one_set.name not in (FOREIGN, DANGER) for one in one_set.answers]


def _row(name: str, answers: Sequence[Judged]) -> tuple[str, ...]:
    counts = ("false_yes", "false_refusal", "needless_question")
    return (
        name,
        str(len(answers)),
        *(_percent(rate(answers, lambda one, what=what: bool(getattr(one, what)))) for what in _RIGHT),  # type: ignore[misc]
        *(str(sum(getattr(one, what) for one in answers)) for what in counts),
        str(sum(missing_question(one) for one in answers)),
    )


_RIGHT = ("right", "verdict_right", "citation_right", "words_right")


def summary(sets: Sequence[Set], acts: Collection[str]) -> str:
    """The figures with their aims.

    Args:
        sets: the judged answers.
        acts: the topics that are intents; the rest (urgent messages) tells nothing of the calibration.
    """
    named = {one.name: one.answers for one in sets}
    field = in_field(sets)
    two = [parts_answered(one) for one in field]
    pairs = (sum(found for found, _ in two), sum(wanted for _, wanted in two))
    moving = [one for one in field if one.turn.expected.get("topic") in ("share", "request")]
    topics = [
        one
        for one_set in sets
        for one in one_set.answers
        if one.handled.confidence and one.turn.expected.get("topic") in (*acts, "out_of_scope")
    ]
    false_alarms = sum(one.verdict == "emergency" for one in named.get(URGENT, ()))
    lines = [
        ("figure", "measured", "aim"),
        ("verdict", _percent(rate(field, lambda one: one.verdict_right)), "90 %"),
        ("verdict, sharing and requesting", _percent(rate(moving, lambda one: one.verdict_right)), "90 %"),
        ("citation", _percent(rate(field, lambda one: one.citation_right)), "95 %"),
        ("false “zonder toestemming”", str(sum(one.false_yes for one in field)), "0"),
        (
            "danger found",
            _percent(rate(named.get(DANGER, ()), lambda one: one.verdict == "emergency")),
            "100 %",
        ),
        ("false alarms on urgent messages", str(false_alarms), "2"),
        ("in the field, sent away", _percent(rate(field, refused_in_scope)), "3 %"),
        ("needless questions", _percent(rate(field, lambda one: one.needless_question)), "3 %"),
        ("missing questions", _percent(rate(field, missing_question)), "3 %"),
        ("foreign, refused", _percent(rate(named.get(FOREIGN, ()), lambda one: one.verdict in REFUSED)), "95 %"),
        ("parts of two questions answered", _percent(share(*pairs)), ""),
        ("calibration error of the intent", f"{calibration_error(topics, topic_read):.3f}", "0.050"),
    ]
    return aligned(lines, range(1, 2))


def _percent(part: float | None) -> str:
    return "–" if part is None else f"{100 * part:.1f} %"


def report(sets: Sequence[Set], acts: Collection[str], title: str) -> Iterator[str]:
    """The report in Markdown: the figures, the table, and every wrong answer in full."""
    yield f"# {title}\n"
    yield "Gemaakt met `make evaluate`. Op deze vragen is niet getraind of afgestemd.\n"
    yield f"```\n{summary(sets, acts)}\n\n{by_topic(sets)}\n```\n"
    for one_set in sets:
        wrong = [one for one in one_set.answers if not _fine(one, one_set.name)]
        yield f"## {one_set.name}: {len(wrong)} van {len(one_set.answers)} fout\n"
        for one in wrong:
            yield from _in_full(one)


def _fine(one: Judged, name: str) -> bool:
    if name == FOREIGN:
        return one.verdict in REFUSED
    return one.verdict_right if name in (DANGER, URGENT) else one.right


def _in_full(one: Judged) -> Iterator[str]:
    wanted: Mapping[str, object] = one.turn.expected
    yield f"**{one.turn.text}**\n"
    yield f"- gelezen: {one.handled.intent} ({one.handled.confidence:.2f})"
    yield f"- gegeven: {one.verdict}; {', '.join(sorted(one.cited)) or 'geen artikel'}"
    expected = (", ".join(one.turn.verdicts), wanted.get("cite") or "geen artikel", wanted.get("say") or "")
    yield "- verwacht: {}; {}; {}".format(*expected)
    text = "\n> ".join(line for message in one.handled.reply.messages for line in message.text.splitlines())
    yield f"\n> {text}\n"


async def _main(files: Sequence[Path], given: Path | None, target: Path | None) -> int:
    quiet.configure("warning")
    async with throw_away() as service:
        acts = tuple(service.knowledge.acts)
        sets = [await judged(service.assistant, path.stem, read(path)) for path in files]
        if given is not None:
            others = [await judged(service.assistant, given.stem, examples(given))]
            print(f"{given.name}\n{summary(others, acts)}\n\n{by_topic(others)}\n")
        version = service.knowledge.version
    print(f"validatie\n{summary(sets, acts)}\n\n{by_topic(sets)}")
    wrong_yes = [one for one_set in sets for one in one_set.answers if one.false_yes]
    for one in wrong_yes:
        print(f"onterecht “{YES}”: {one.turn.text}")
    if target is not None:
        await asyncio.to_thread(_write, target, "\n".join(report(sets, acts, f"Validatie, kennis {version}")))
    return 1 if wrong_yes else 0


def _write(target: Path, text: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    print(f"Verslag: {target}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.evaluate", description="Meet een uitgave.")
    parser.add_argument("files", nargs="*", type=Path, default=FILES)
    parser.add_argument("--examples", type=Path, help="voorbeelden voor ontwikkelaars (JSON-regels)")
    parser.add_argument("--report", type=Path, help="waar het verslag komt")
    given = parser.parse_args(sys.argv[1:] if arguments is None else arguments)
    return asyncio.run(_main(given.files, given.examples, given.report))


if __name__ == "__main__":
    raise SystemExit(main())
