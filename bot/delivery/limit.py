"""How many messages one conversation may send in a stretch of time."""

from __future__ import annotations

from collections import OrderedDict, deque
from datetime import datetime, timedelta

MAX_CONVERSATIONS = 10_000


class RateLimit:
    """Counts messages of a conversation over a sliding stretch of time, in memory only."""

    def __init__(self, most: int = 20, per: timedelta = timedelta(minutes=1)) -> None:
        self._most = most
        self._per = per
        self._seen: OrderedDict[str, deque[datetime]] = OrderedDict()

    def over(self, conversation: str, now: datetime) -> int:
        """Count a message; by how many messages the conversation is now over its limit, 0 when it is not.

        A message over the limit does not lengthen the wait.
        """
        seen = self._seen.setdefault(conversation, deque())
        self._seen.move_to_end(conversation)
        if len(self._seen) > MAX_CONVERSATIONS:
            self._seen.popitem(last=False)
        while seen and now - seen[0] >= self._per:
            seen.popleft()
        seen.append(now)
        over = len(seen) - self._most
        if over > 1:
            seen.pop()
        return max(over, 0)
