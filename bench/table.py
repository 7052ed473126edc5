"""The figures as one table in plain text, Dutch headings, the aims beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bench.measure import Figures

READY = 30.0  # seconds
MEMORY = 1200.0  # MB
P95 = 100.0  # milliseconds
TIMES_STARTER = 1.5

_HEADINGS = ("", "Deelwijzer", "startbot", "verhouding", "doel", "gehaald")
_NONE = "–"  # measured, but this bot has no such thing


@dataclass(frozen=True)
class _Row:
    title: str
    figure: Callable[[Figures], float | None]
    decimals: int = 1
    below: float | None = None  # the aim for our figure
    ratio_at_most: float | None = None  # the aim for our figure divided by the starter's


def _rows() -> Iterator[_Row]:
    yield _Row("Trainen (s)", lambda f: f.training)
    yield _Row("Van start tot taalproces klaar (s)", lambda f: f.start.ready, below=READY)
    yield _Row("Van start tot eerste antwoord (s)", lambda f: f.start.first_answer)
    yield _Row("Geheugen app (MB)", lambda f: _mb(f.memory.app), 0)
    yield _Row("Geheugen Rasa (MB)", lambda f: _mb(f.memory.rasa), 0)
    yield _Row("Geheugen actieserver (MB)", lambda f: _mb(f.memory.actions), 0)
    yield _Row("Geheugen samen (MB)", lambda f: _mb(f.memory.total), 0, below=MEMORY)
    yield _Row("Vragen uit een bestand (per s)", lambda f: f.batch.per_second if f.batch else None)
    yield _Row("Beurt, mediaan (ms)", lambda f: f.turns.percentile(0.50) * 1000)
    yield _Row(
        "Beurt, 95 van de 100 binnen (ms)",
        lambda f: f.turns.percentile(0.95) * 1000,
        below=P95,
        ratio_at_most=TIMES_STARTER,
    )
    yield _Row("Rekentijd per beurt (ms processor)", lambda f: f.turns.cpu_each * 1000)


def render(figures: Sequence[Figures]) -> str:
    """The table of our figures and, when they were measured, those of the starter bot."""
    ours, starter = figures[0], figures[1] if len(figures) > 1 else None
    lines = [_HEADINGS]
    for row in _rows():
        mine = row.figure(ours)
        theirs = row.figure(starter) if starter else None
        ratio = mine / theirs if mine is not None and theirs else None
        aims: list[tuple[str, bool | None]] = []
        if row.below is not None:
            aims.append((f"< {number(row.below, 0)}", mine is not None and mine < row.below))
        if row.ratio_at_most is not None:
            aim = f"hooguit {number(row.ratio_at_most, 1)} x startbot"
            aims.append((aim, None if ratio is None else ratio <= row.ratio_at_most))
        first, *others = aims or [("", None)]
        lines.append(
            (
                row.title,
                number(mine, row.decimals) or _NONE,
                number(theirs, row.decimals) or (_NONE if starter else ""),
                number(ratio, 2),
                first[0],
                _met(first[1]),
            )
        )
        lines += [("", "", "", "", aim, _met(met)) for aim, met in others]
    return aligned(lines, range(1, 4))


def number(value: float | None, decimals: int) -> str:
    """A number as the Dutch write it: 1.234,5; empty when there is none."""
    if value is None:
        return ""
    return f"{value:,.{decimals}f}".translate(str.maketrans(",.", ".,"))


def _mb(memory: int | None) -> float | None:
    return None if memory is None else memory / 1e6


def _met(met: bool | None) -> str:
    return "" if met is None else "ja" if met else "nee"


def aligned(lines: Sequence[Sequence[str]], figures: range) -> str:
    """Columns as wide as they need to be, the head underlined; figures to the right, words to the left.

    Args:
        lines: the head and the rows, all of one length.
        figures: the columns that hold figures.
    """
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    lines = [lines[0], ["-" * width for width in widths], *lines[1:]]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if column in figures else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )
