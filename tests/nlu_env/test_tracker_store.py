"""The tracker store: how much it keeps, and for how long."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from nlu.tracker_store import BoundedTrackerStore


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(clock: Clock) -> BoundedTrackerStore:
    return BoundedTrackerStore(Domain.empty(), max_conversations=2, idle_seconds=60, clock=clock)


def tracker(sender: str, *texts: str) -> DialogueStateTracker:
    made = DialogueStateTracker(sender, [])
    made.update(ActionExecuted("action_session_start"))
    made.update(SessionStarted())
    made.update(ActionExecuted("action_listen"))
    for text in texts:
        made.update(UserUttered(text, {"name": "share"}))
        made.update(ActionExecuted("action_share"))
        made.update(BotUttered("antwoord"))
        made.update(ActionExecuted("action_listen"))
    return made


def save(store: TrackerStore, *trackers: DialogueStateTracker) -> None:
    async def run() -> None:
        for one in trackers:
            await store.save(one)

    asyncio.run(run())


def kept(store: TrackerStore) -> list[str]:
    return list(asyncio.run(store.keys()))


def retrieve(store: TrackerStore, sender: str) -> DialogueStateTracker | None:
    return asyncio.run(store.retrieve(sender))


def test_a_tracker_comes_back_with_its_last_message(store: BoundedTrackerStore) -> None:
    save(store, tracker("a", "eerste"))
    found = retrieve(store, "a")
    assert found is not None
    assert found.latest_message is not None
    assert found.latest_message.text == "eerste"
    assert found.latest_action_name == "action_listen"


def test_only_the_last_turn_is_kept(store: BoundedTrackerStore) -> None:
    save(store, tracker("a", "eerste", "tweede", "derde"))
    found = retrieve(store, "a")
    assert found is not None
    assert [type(event).__name__ for event in found.events] == [
        "ActionExecuted",
        "UserUttered",
        "ActionExecuted",
        "BotUttered",
        "ActionExecuted",
    ]
    assert found.applied_events(), "else Rasa starts a session at every turn"


def test_a_tracker_without_messages_is_kept_whole(store: BoundedTrackerStore) -> None:
    save(store, tracker("a"))
    found = retrieve(store, "a")
    assert found is not None
    assert len(found.events) == 3


def test_what_happens_to_a_tracker_afterwards_is_not_kept(store: BoundedTrackerStore) -> None:
    save(store, tracker("a", "eerste"))
    found = retrieve(store, "a")
    assert found is not None
    found.update(UserUttered("tweede"))
    again = retrieve(store, "a")
    assert again is not None
    assert again.latest_message is not None
    assert again.latest_message.text == "eerste"


def test_an_unknown_conversation_is_none(store: BoundedTrackerStore) -> None:
    assert retrieve(store, "unknown") is None


def test_the_longest_unused_conversation_makes_room(store: BoundedTrackerStore) -> None:
    save(store, tracker("a", "x"), tracker("b", "x"))
    retrieve(store, "a")
    save(store, tracker("c", "x"))
    assert kept(store) == ["a", "c"]


@pytest.mark.parametrize(("seconds", "expected"), [(59.9, ["a"]), (60, [])])
def test_an_idle_conversation_is_forgotten(
    store: BoundedTrackerStore, clock: Clock, seconds: float, expected: list[str]
) -> None:
    save(store, tracker("a", "x"))
    clock.now += seconds
    assert kept(store) == expected


def test_use_keeps_a_conversation(store: BoundedTrackerStore, clock: Clock) -> None:
    save(store, tracker("a", "x"), tracker("b", "x"))
    clock.now += 40
    retrieve(store, "a")
    clock.now += 40
    assert kept(store) == ["a"]


def test_an_idle_conversation_goes_without_anybody_asking(clock: Clock) -> None:
    async def scenario() -> tuple[int, int]:
        store = BoundedTrackerStore(None, idle_seconds=0.01, clock=clock)
        await store.save(tracker("a", "x"))
        before = len(store._kept)
        clock.now += 1
        while store._kept:  # noqa: ASYNC110 (the timer of the store tells nobody)
            await asyncio.sleep(0)
        return before, len(store._kept)

    assert asyncio.run(asyncio.wait_for(scenario(), timeout=30)) == (1, 0)


@pytest.mark.parametrize("wrong", [{"max_conversations": 0}, {"idle_seconds": 0}])
def test_a_limit_of_nothing_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="above zero"):
        BoundedTrackerStore(None, **wrong)


def test_rasa_takes_it_from_endpoints_yml_as_it_is() -> None:
    config = EndpointConfig(type="nlu.tracker_store.BoundedTrackerStore", max_conversations=5, idle_seconds=7)
    assert type(TrackerStore.create(config, Domain.empty())) is BoundedTrackerStore
