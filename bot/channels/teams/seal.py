"""What a card carries comes back from the device of a person: a seal tells whether it is still ours."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from typing import Any

_KEY = "s"


class Seal:
    """Signs what goes on a card.  A new secret makes old seals void; the buttons themselves go on working."""

    def __init__(self, secret: str | None) -> None:
        given = (secret or secrets.token_hex(32)).encode()
        self._key = hashlib.sha256(b"deelwijzer teams card\0" + given).digest()

    def sealed(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """The data with its seal."""
        return {**data, _KEY: self._sign(data)}

    def whole(self, data: Mapping[str, Any]) -> bool:
        """Whether the data are as they were sent; what a person filled in does not count."""
        own = {name: value for name, value in data.items() if name in ("do", "p", "t", "o", "q", "w")}
        given = data.get(_KEY)
        return isinstance(given, str) and hmac.compare_digest(given.encode(), self._sign(own).encode())

    def _sign(self, data: Mapping[str, Any]) -> str:
        text = json.dumps(data, sort_keys=True, ensure_ascii=False).encode()
        return hmac.new(self._key, text, hashlib.sha256).hexdigest()[:32]
