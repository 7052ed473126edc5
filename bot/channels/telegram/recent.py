"""Which questions were answered by a press, for as long as the program runs."""

from __future__ import annotations

from collections import OrderedDict

Place = tuple[int, int]  # a chat and a message in it


class Answered:
    """Remembers the last `most` questions that were answered, and which update did so.

    The buttons of an answered question disappear; this is for presses that were on their way.
    """

    def __init__(self, most: int = 4096) -> None:
        self._most = most
        self._by: OrderedDict[Place, int] = OrderedDict()

    def first(self, place: Place, update: int) -> bool:
        """Whether this update is the one that answers the question; told again it still is."""
        known = self._by.setdefault(place, update)
        if len(self._by) > self._most:
            self._by.popitem(last=False)
        return known == update

    def forget(self, place: Place) -> None:
        """The question may be answered again."""
        self._by.pop(place, None)
