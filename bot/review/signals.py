"""Why the FG should look at a question, and how soon."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from knowledge.schema import Verdict

ASKED: Final = "asked"  # the person chose "Vraag de FG"
THUMBS_DOWN: Final = "thumbs_down"
REACTION: Final = "reaction"  # the person reacted to the answer of the FG
NOT_UNDERSTOOD: Final = "not_understood"
WEIGH: Final = "weigh"
UNSURE: Final = "unsure"
NEW_KIND: Final = "new_kind"  # the first question about this act with this party

# The most needed first; a question with two reasons goes before one with the heavier of them. Who waits for
# words of the FG goes before all that the bot noticed by itself: those reasons together weigh less.
WEIGHTS: Final = {
    ASKED: 100,
    REACTION: 80,
    THUMBS_DOWN: 40,
    NOT_UNDERSTOOD: 20,
    WEIGH: 10,
    UNSURE: 6,
    NEW_KIND: 3,
}
LABELS: Final = {
    ASKED: "Vraag aan de FG",
    REACTION: "Reactie op je antwoord",
    THUMBS_DOWN: "Duim omlaag",
    NOT_UNDERSTOOD: "Niet begrepen",
    WEIGH: "Afwegen",
    UNSURE: "Onzeker gelezen",
    NEW_KIND: "Nieuw soort vraag",
}
# Below this the reading of a question is as often wrong as right.
UNSURE_BELOW: Final = 0.45


def signals(verdict: str | None, confidence: float) -> list[str]:
    """The reasons that an answer itself gives to look at its question; confidence from 0 to 1."""
    found = []
    if verdict == Verdict.NOT_UNDERSTOOD:
        found.append(NOT_UNDERSTOOD)
    elif confidence < UNSURE_BELOW:
        found.append(UNSURE)
    if verdict == Verdict.WEIGH:
        found.append(WEIGH)
    return found


def priority(reasons: Iterable[str]) -> int:
    """How soon: the higher the sooner, 0 when nothing asks for it."""
    return sum(WEIGHTS[one] for one in set(reasons))
