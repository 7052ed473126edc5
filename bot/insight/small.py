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
    if not hidden:
        return dict(cells)
    dimensions = range(len(next(iter(hidden))))
    lines: list[dict[Key, list[Key]]] = [{} for _ in dimensions]
    for place, line in enumerate(lines):
        for key, number in cells.items():
            if number:  # nobody is behind a zero
                line.setdefault(_without(key, place), []).append(key)
    todo = deque(dict.fromkeys((place, _without(key, place)) for key in hidden for place in dimensions))
    while todo:
        place, name = todo.popleft()
        line_of = lines[place][name]
        gone = [cells[key] for key in line_of if key in hidden]
        if len(gone) > 1 and sum(gone) >= LEAST:
            continue
        left = [key for key in line_of if key not in hidden]
        if left:
            next_smallest = min(left, key=lambda key: (cells[key], str(key)))
            hidden.add(next_smallest)
            todo.extend((other, _without(next_smallest, other)) for other in dimensions)
    return {key: None if key in hidden else number for key, number in cells.items()}


def spoken(count: Count) -> str:
    """A figure as it stands in a table."""
    return HIDDEN if count is None else f"{count:,}".replace(",", ".")


def _without(key: Key, place: int) -> Key:
    """What is the same for all figures of one row: the place without one of its dimensions."""
    return key[:place] + key[place + 1 :]
