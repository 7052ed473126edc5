"""Passwords: which may be chosen, how they are kept, and how one is checked."""

from __future__ import annotations

import threading
import unicodedata
from functools import cache, cached_property
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MIN_LENGTH = 12  # characters
MAX_LENGTH = 200
# One check takes 64 MiB for a moment: no more than this many at the same time, whoever knocks.
_AT_ONCE = 2
_COMMON = Path(__file__).with_name("common_passwords.txt")
_AFTERTHOUGHTS = "0123456789!?.@#$%&*-_+= "


class WeakPassword(ValueError):
    """This password may not be chosen; the text says in Dutch why, and does not hold it."""


class Passwords:
    """Keeps and checks passwords with argon2id."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._busy = threading.BoundedSemaphore(_AT_ONCE)

    def kept(self, password: str) -> str:
        """What is kept of a password; it holds its own salt."""
        with self._busy:
            return self._hasher.hash(_plain(password))

    def fits(self, password: str, kept: str | None) -> bool:
        """Whether this is the password.  Without a kept one the answer is no and takes as long."""
        with self._busy:
            try:
                self._hasher.verify(kept or self._nobodys, _plain(password[: MAX_LENGTH + 1]))
            except (VerificationError, InvalidHashError):
                return False
        return kept is not None

    def outdated(self, kept: str) -> bool:
        """Whether a password was kept with other settings than would be used now."""
        return self._hasher.check_needs_rehash(kept)

    @cached_property
    def _nobodys(self) -> str:
        return self._hasher.hash("not the password of anyone")


def check_strength(password: str, name: str) -> None:
    """Refuse a password that is easily guessed.

    Args:
        password: what somebody wants to use.
        name: the name of the account, which may not be in it.

    Raises:
        WeakPassword: when it may not be chosen.
    """
    folded = _plain(password).casefold()
    if len(_plain(password)) < MIN_LENGTH:
        raise WeakPassword(
            f"Dit wachtwoord is te kort. Gebruik minstens {MIN_LENGTH} tekens, bijvoorbeeld vier woorden."
        )
    if len(password) > MAX_LENGTH:
        raise WeakPassword(f"Dit wachtwoord is te lang. Er passen {MAX_LENGTH} tekens in.")
    if len(set(folded)) < 5:
        raise WeakPassword("Dit wachtwoord herhaalt steeds dezelfde tekens. Kies een ander.")
    if len(name.strip()) >= 4 and _plain(name).strip().casefold() in folded:
        raise WeakPassword("Je naam staat in het wachtwoord. Kies een ander.")
    if {folded, folded.strip(_AFTERTHOUGHTS), folded.replace(" ", "")} & _common():
        raise WeakPassword("Dit wachtwoord gebruiken veel mensen. Kies een ander, bijvoorbeeld vier losse woorden.")


def _plain(text: str) -> str:
    """The same characters in the same form, whatever keyboard they came from."""
    return unicodedata.normalize("NFKC", text)


@cache
def _common() -> frozenset[str]:
    lines = _COMMON.read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip().casefold() for line in lines if line.strip() and not line.startswith("# "))
