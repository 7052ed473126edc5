"""What stands in the audit log, in the words of who reads it; what has no words yet is shown as it stands there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

# On what something was done: its first word, before a number or a name.
_THINGS: Final[Mapping[str, str]] = {
    "question": "vraag",
    "answer": "antwoord",
    "judgement": "wens",
    "change": "groep",
    "campaign": "campagne",
    "telegram": "uitnodiging voor Telegram",
}
_RESULTS: Final[Mapping[str, str]] = {
    "ok": "gelukt",
    "refused": "geweigerd",
    "broken": "klopt niet",
    "sent": "verstuurd",
    "fetched": "staat klaar",
    "nowhere": "geen weg terug",
    "download": "als download",
}
_ORIGINS: Final[Mapping[str, str]] = {
    "web": "werkplek",
    "password": "wachtwoord",
    "link": "wachtwoordlink",
    "oidc": "werkaccount",
    "command": "opdracht",
    "program": "programma",
}
# Why the organisation's sign-in was refused, where an account would stand.
_REASONS: Final[Mapping[str, str]] = {"role": "geen rol", "revoked": "ingetrokken", "connection": "geen verbinding"}


def thing(text: str, accounts: Mapping[str, str]) -> str:
    """On what something was done: "vraag 12", or the name of an account.

    Args:
        text: as it stands in the log.
        accounts: the names of accounts, by their ids.
    """
    kind, _, rest = text.partition(" ")
    if rest and kind in _THINGS:
        return f"{_THINGS[kind]} {rest}"
    return accounts.get(text) or _REASONS.get(text) or text or "–"


def result(text: str) -> str:
    """What came of it; a number is how many people heard."""
    if text.isdigit():
        return f"{text} {'persoon' if text == '1' else 'mensen'}"
    return _RESULTS.get(text, text)


def origin(text: str) -> str:
    """Where it was done from."""
    return _ORIGINS.get(text, text)
