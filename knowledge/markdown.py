"""A table in Markdown, for the pages that are made from the knowledge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence


def markdown_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The lines of a table, and nothing when it has no rows."""
    lines = [f"| {' | '.join(_cell(cell) for cell in row)} |" for row in rows]
    if lines:
        yield f"| {' | '.join(heads)} |"
        yield f"|{'---|' * len(heads)}"
        yield from lines
        yield ""


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
