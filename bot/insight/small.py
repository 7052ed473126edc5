"""Which figures may not be shown, because the group behind them is small.

A figure under five is hidden.  Who knows the total of a row of figures can find the one that is missing, so
a row never hides a single figure, nor figures that are together under five: the next smallest goes too.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Mapping
from typing import Final

LEAST: Final = 5  # the smallest group that is shown
HIDDEN: Final = "minder dan 5"

Key = tuple[Hashable, ...]
# A figure as it may be shown: None when it may not.
Count = int | None


def shown(cells: Mapping[Key, int]) -> dict[Key, Count]:
    """The same figures, with None for each that may not be shown.

    Args:
        cells: figures by their place in a table of any number of dimensions; all keys are equally long.  The
            sums along each dimension are taken to be known to the reader.
    """
    hidden = {key for key, number in cells.items() if 0 < number < LEAST}
    lines: dict[tuple[int, Key], list[Key]] = {}
    for key in cells:
        for line in _lines_through(key):
            lines.setdefault(line, []).append(key)
    todo = deque(dict.fromkeys(line for key in hidden for line in _lines_through(key)))
    while todo:
        line = todo.popleft()
        gone = [key for key in lines[line] if key in hidden]
        if len(gone) > 1 and sum(cells[key] for key in gone) >= LEAST:
            continue
        left = [key for key in lines[line] if key not in hidden and cells[key]]
        if left:
            next_smallest = min(left, key=lambda key: (cells[key], str(key)))
            hidden.add(next_smallest)
            todo.extend(_lines_through(next_smallest))
    return {key: None if key in hidden else number for key, number in cells.items()}


def spoken(count: Count) -> str:
    """A figure as it stands in a table."""
    return HIDDEN if count is None else f"{count:,}".replace(",", ".")


def _lines_through(key: Key) -> list[tuple[int, Key]]:
    """The rows of figures that a place is in: one for each dimension."""
    return [(place, key[:place] + key[place + 1 :]) for place in range(len(key))]
