"""What somebody reads who types the code of a campaign, and at the end of its round."""

from __future__ import annotations

import re

from bot.campaigns.store import CODE_LENGTH, CODE_LETTERS

UNKNOWN = "Deze code ken ik niet. Kijk of je hem goed hebt overgenomen."
NOT_YET = "Deze ronde begint op {day}. Typ de code dan nog een keer."
OVER = "Deze ronde is voorbij. Typ “quiz” als je wilt oefenen."
TOOK_PART = "Je doet al mee met deze ronde, of je deed al mee. Iedereen telt één keer."
INTRO = (
    "{name}, team {team}. Je antwoorden tellen mee in het totaal van je team; bij dat totaal staat niet wie je bent. "
    "Stop je halverwege, dan telt de ronde niet mee en kun je niet opnieuw beginnen."
)
COUNTED = "Je antwoorden zijn opgeteld bij die van je team."
NOT_COUNTED = "De ronde is intussen gesloten. Je antwoorden tellen niet mee."

_WHOLE = re.compile(r"\s*/?quiz[\s:]+(.+?)[\s.!]*", re.IGNORECASE | re.DOTALL)
_CODE = re.compile(rf"[{CODE_LETTERS}](?:[\s-]*[{CODE_LETTERS}]){{{CODE_LENGTH - 1}}}")
# As a code stands on paper, with a letter too many, too few or wrong: better no code than a quiz that does not count.
_LIKE_A_CODE = re.compile(r"[a-z0-9]{3,5}(?:-[a-z0-9]{3,5}){2}")


def typed_code(text: str) -> str | None:
    """The code in a whole message "quiz CODE", however it is spaced; None when it is something else.

    What only looks like a code is one too: one that nobody has.
    """
    found = _WHOLE.fullmatch(text[:100])
    said = found[1].lower() if found else ""
    return re.sub(r"[\s-]", "", said) if _CODE.fullmatch(said) or _LIKE_A_CODE.fullmatch(said) else None


def written(code: str) -> str:
    """A code as it stands on a page: in groups of four."""
    return "-".join(code[at : at + 4] for at in range(0, CODE_LENGTH, 4))
