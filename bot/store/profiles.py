"""What a person chose about themselves on a channel without cookies: municipality and role."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from bot.store.models import Profile
from bot.store.store import Store

NAMES: Final = ("municipality", "role")


class Profiles:
    """Reads and writes profiles, under the key of the conversation (a hash, never an address)."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def read(self, conversation: str) -> dict[str, str]:
        """What was chosen; empty for who chose nothing."""
        with self._store._session() as session:
            row = session.get(Profile, conversation)
            return _chosen(row) if row else {}

    def choose(self, conversation: str, name: str, value: str | None, now: datetime) -> None:
        """Remember one choice; None takes it back, and with the last choice the row goes.

        Raises:
            KeyError: for a name that is not part of a profile.
        """
        if name not in NAMES:
            raise KeyError(name)
        with self._store._session() as session:
            row = session.get(Profile, conversation) or Profile(id=conversation, updated_at=now)
            setattr(row, name, value)
            row.updated_at = now
            if _chosen(row):
                session.add(row)
            elif row in session:
                session.delete(row)
            session.commit()

    def forget(self, conversation: str) -> None:
        """Erase everything that was chosen."""
        with self._store._session() as session:
            if row := session.get(Profile, conversation):
                session.delete(row)
                session.commit()


def _chosen(row: Profile) -> dict[str, str]:
    values: Mapping[str, str | None] = {name: getattr(row, name) for name in NAMES}
    return {name: value for name, value in values.items() if value}
