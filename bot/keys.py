"""The keys under which conversations and people are kept; an address itself never is.

A key is made with a secret that stands outside the database: who has only the database cannot find out
whose rows they are by trying every chat number.
"""

from __future__ import annotations

import hmac
import os
import secrets
from pathlib import Path

_LENGTH = 32  # bytes
_secret = b""


class SecretError(RuntimeError):
    """The secret cannot be read or made; the text says in Dutch what to do."""


def use_secret(secret: bytes) -> None:
    """Make keys with this secret from now on, in the whole program."""
    global _secret
    _secret = secret


def read_secret(path: Path) -> bytes:
    """The secret in a file that only its owner may read; made when it is not there.

    Raises:
        SecretError: when the file cannot be read or made, or is too short.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(secrets.token_bytes(_LENGTH))
        except FileExistsError:
            pass  # made at an earlier start, or by another process just now
        found = path.read_bytes()
    except OSError as error:
        raise SecretError(
            f"Ik kan het bestand {path} niet lezen of maken ({error.strerror}). Zet DEELWIJZER_SECRET_FILE op een "
            "bestand dat alleen dit programma mag lezen."
        ) from None
    if len(found) < _LENGTH:
        raise SecretError(
            f"Het bestand {path} is te kort. Zet de reservekopie terug. "
            "Haal je het weg, dan maakt Deelwijzer een nieuw; bestaande gesprekken horen dan bij niemand meer."
        )
    return found


def derived(purpose: str) -> bytes:
    """A secret for one purpose, that lasts as long as the secret itself."""
    return hmac.digest(_secret, f"purpose\0\0{purpose}".encode(), "sha256")


def conversation_key(channel: str, conversation: str) -> str:
    """The key under which a conversation or a person of a channel is kept."""
    return hmac.digest(_secret, f"{channel}\0{conversation}".encode(), "sha256").hex()
