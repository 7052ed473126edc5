"""The words that stand above an answer, by its verdict: the same on every channel and page."""

from __future__ import annotations

from typing import Final

OUTCOME_WORDS: Final = {
    "allowed_without_consent": "Mag, zonder toestemming",
    "allowed_with_consent": "Alleen met toestemming",
    "not_allowed": "Mag niet",
    "needs_info": "Nog één vraag",
    "weigh": "Afwegen",
    "emergency": "Eerst: veiligheid",
    "info": "Uitleg",
    "out_of_scope": "Hier ga ik niet over",
    "not_understood": "Dat begrijp ik niet",
}
