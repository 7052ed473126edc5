"""What is answered before anything tries to understand it: empty, unreadable, in another script, enormous.

Rasa crashes on an empty text, is sure of its guess on signs alone, and blocks on very long
texts (measured; see docs/beheer.md).
"""

from __future__ import annotations

import unicodedata

MAX_CHARS = 4000

EMPTY = "Ik zie geen vraag. Typ in een paar woorden wat je wilt delen, met wie en waarom. Noem geen namen."
UNREADABLE = "Dit kan ik niet lezen: ik zie alleen tekens. Typ je vraag in een paar woorden. Noem geen namen."
OTHER_SCRIPT = "Ik lees alleen Nederlands. Typ je vraag in een paar Nederlandse woorden. (Please write in Dutch.)"
TOO_LONG = (
    f"Je bericht is te lang: ik lees hooguit {MAX_CHARS} tekens. Er is niets bewaard. "
    "Vertel in een paar zinnen wat je wilt delen, met wie en waarom. Plak geen verslag of dossier."
)


def screen(text: str) -> str | None:
    """The answer to a text that cannot be understood, or None when it may go on."""
    if len(text) > MAX_CHARS:
        return TOO_LONG
    if not text.strip():
        return EMPTY
    letters = [char for char in text if char.isalpha()]
    if not letters:
        return UNREADABLE
    if 2 * sum(unicodedata.name(char, "").startswith("LATIN") for char in letters) < len(letters):
        return OTHER_SCRIPT
    return None


def plain(text: str) -> str:
    """The text as it may go to Rasa: without the slash by which Rasa sets intents itself."""
    return text.strip().lstrip("/").strip()
