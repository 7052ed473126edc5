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

_WHOLE = re.compile(rf"\s*/?quiz[\s:]+([{CODE_LETTERS}-]+)[\s.!]*", re.IGNORECASE)


def typed_code(text: str) -> str | None:
    """The code in a whole message "quiz CODE", with or without hyphens; None when it is something else."""
    found = _WHOLE.fullmatch(text[:100])
    code = found[1].replace("-", "").lower() if found else ""
    return code if len(code) == CODE_LENGTH else None


def written(code: str) -> str:
    """A code as it stands on a page: in groups of four."""
    return "-".join(code[at : at + 4] for at in range(0, CODE_LENGTH, 4))
