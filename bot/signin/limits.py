"""How often somebody may try to sign in: after a few wrong tries the waiting grows.

Counted in the memory of this process, under hashes: a restart forgets it, which nobody outside can cause.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=1)  # of silence
# Tries before any waiting. One address can be a whole town hall.
FREE_FOR_A_NAME = 5
FREE_FOR_AN_ADDRESS = 30
MAX_REMEMBERED = 50_000


@dataclass
class _Tries:
    wrong: int
    last: datetime


class Limits:
    """Counts wrong tries by account name and by address."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._tries: OrderedDict[str, _Tries] = OrderedDict()
        self._lock = threading.Lock()

    def begin(self, name: str, address: str) -> timedelta:
        """Count a try as wrong, in advance, so that many at once do not pass together.

        Returns:
            How long to wait first; nothing when this try may go on.  A try that has to wait is not counted.
        """
        now = self._clock()
        keys = _keys(name, address)
        with self._lock:
            longest = max(self._left(key, free, now) for key, free in keys)
            if longest > timedelta(0):
                return longest
            for key, _ in keys:
                self._count(key, now)
            return timedelta(0)

    def succeeded(self, name: str, address: str) -> None:
        """The try was right: forget those of the name, and this one of the address."""
        (by_name, _), (by_address, _) = _keys(name, address)
        with self._lock:
            self._tries.pop(by_name, None)
            # Not all of them: who has one account of his own would guess at others for free.
            if found := self._tries.get(by_address):
                found.wrong -= 1

    def _left(self, key: str, free: int, now: datetime) -> timedelta:
        found = self._tries.get(key)
        if found is None or found.wrong < free:
            return timedelta(0)
        if now - found.last >= FORGOTTEN_AFTER:
            del self._tries[key]
            return timedelta(0)
        doublings = min(found.wrong - free, 10)
        wait: timedelta = min(FIRST_WAIT * 2**doublings, LONGEST_WAIT)
        return max(found.last + wait - now, timedelta(0))

    def _count(self, key: str, now: datetime) -> None:
        found = self._tries.setdefault(key, _Tries(0, now))
        if now - found.last >= FORGOTTEN_AFTER:
            found.wrong = 0
        found.wrong, found.last = found.wrong + 1, now
        self._tries.move_to_end(key)
        while len(self._tries) > MAX_REMEMBERED:
            self._tries.popitem(last=False)


def _keys(name: str, address: str) -> tuple[tuple[str, int], tuple[str, int]]:
    return (_hash("name", name), FREE_FOR_A_NAME), (_hash("address", address), FREE_FOR_AN_ADDRESS)


def _hash(kind: str, value: str) -> str:
    return hashlib.sha256(f"{kind}\0{value}".encode(errors="replace")).hexdigest()
