"""How much of a legal term is left, in words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.clock import AMSTERDAM
from knowledge.moment import spoken_moment

# From here on a term presses.
NEAR: Final = timedelta(hours=24)


@dataclass(frozen=True)
class Term:
    """A term as it stands on a page; `state` is `late`, `near`, `running`, `settled` or `none`."""

    state: str
    words: str
    ends: str = ""


def term(deadline: datetime | None, settled: bool, now: datetime) -> Term:
    """What is left of a term.

    Args:
        deadline: when it ends; None when it is not known when it began.
        settled: whether it does not run any more.
        now: the present moment.
    """
    ends = spoken_moment(deadline.astimezone(AMSTERDAM)) if deadline else ""
    if settled:
        return Term("settled", "afgehandeld", ends)
    if deadline is None:
        return Term("none", "onbekend: er staat niet sinds wanneer het bekend is")
    left = deadline - now
    if left <= timedelta(0):
        return Term("late", f"over tijd: {_hours(-left)} te laat", ends)
    return Term("near" if left <= NEAR else "running", f"nog {_hours(left)}", ends)


def _hours(left: timedelta) -> str:
    hours = left / timedelta(hours=1)
    if hours < 1:
        return "minder dan een uur"
    if hours < 96:
        return f"{math.floor(hours)} uur"
    return f"{math.floor(hours / 24)} dagen"
