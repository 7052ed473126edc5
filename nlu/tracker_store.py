"""Where Rasa keeps its trackers: in memory, few, and not for long.

Everything known of a case comes along with each message, so a tracker is disposable.  Rasa's own
in-memory store only grows and answers ever slower; this one keeps the last turn of a
conversation, forgets a conversation that is idle, and has a limit.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker


@dataclass(frozen=True)
class _Kept:
    events: tuple[Event, ...]
    last_used: float


class BoundedTrackerStore(TrackerStore):
    """At most `max_conversations` trackers, each for `idle_seconds` after its last use."""

    def __init__(
        self,
        domain: Domain | None,
        event_broker: EventBroker | None = None,
        max_conversations: int = 2000,
        idle_seconds: float = 3600,
        clock: Callable[[], float] = time.monotonic,
        **kwargs: Any,
    ) -> None:
        """Make an empty store.

        `max_conversations` and `idle_seconds` come from endpoints.yml and must be above zero,
        else `ValueError`; `clock` gives the time in seconds.
        """
        super().__init__(domain, event_broker)
        if max_conversations <= 0 or idle_seconds <= 0:
            raise ValueError("endpoints.yml: max_conversations and idle_seconds must be above zero")
        self._limit = max_conversations
        self._idle = idle_seconds
        self._clock = clock
        self._kept: OrderedDict[str, _Kept] = OrderedDict()  # the longest unused one comes first
        self._sweep: asyncio.TimerHandle | None = None

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep the last turn of a tracker, and make room for it."""
        await self.stream_events(tracker)
        self._kept[tracker.sender_id] = _Kept(_last_turn(tracker.events), self._clock())
        self._kept.move_to_end(tracker.sender_id)
        self.forget_idle()
        while len(self._kept) > self._limit:
            self._kept.popitem(last=False)
        self._sweep_later()

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The tracker of a conversation, or None when it is unknown or forgotten."""
        self.forget_idle()
        kept = self._kept.get(sender_id)
        if kept is None:
            return None
        self._kept[sender_id] = _Kept(kept.events, self._clock())
        self._kept.move_to_end(sender_id)
        return DialogueStateTracker.from_events(
            sender_id, list(kept.events), self.domain.slots, self.max_event_history, domain=self.domain
        )

    async def keys(self) -> Iterable[str]:
        """The ids of the conversations in memory."""
        self.forget_idle()
        return tuple(self._kept)

    def forget_idle(self) -> None:
        """Drop every conversation that was not used for `idle_seconds`."""
        oldest = self._clock() - self._idle
        while self._kept and next(iter(self._kept.values())).last_used <= oldest:
            self._kept.popitem(last=False)

    def _sweep_later(self) -> None:
        # What people typed must not stay in memory just because nobody types any more.
        if self._sweep is None:
            self._sweep = asyncio.get_running_loop().call_later(self._idle, self._sweep_now)

    def _sweep_now(self) -> None:
        self._sweep = None
        self.forget_idle()
        if self._kept:
            self._sweep_later()


def _last_turn(events: Iterable[Event]) -> tuple[Event, ...]:
    """The events from the listening before the last message on; all when there is no message."""
    kept = list(events)
    start = max((i for i, event in enumerate(kept) if isinstance(event, UserUttered)), default=0)
    while start > 0:
        start -= 1
        event = kept[start]
        if isinstance(event, ActionExecuted) and event.action_name == ACTION_LISTEN_NAME:
            break
    return tuple(kept[start:])
