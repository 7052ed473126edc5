"""Answers of the FG on a channel that cannot send by itself: shown when the person is there again."""

from __future__ import annotations

import asyncio
from datetime import datetime

from bot.compose import Composed, Composer
from bot.review.asker import Asker
from bot.store import Store
from bot.store.reviews import Reviews


async def pick_up(
    reviews: Reviews, store: Store, composer: Composer, channel: str, conversation: str, owner: str, now: datetime
) -> list[Composed]:
    """The answers that wait for a person, with buttons for this conversation; each is shown once.

    `conversation` and `owner` are keys.
    """
    waiting = await asyncio.to_thread(reviews.waiting_for, channel, owner)
    if not waiting:
        return []
    await asyncio.to_thread(store.case, conversation, channel, now, owner)
    found = []
    for row in waiting:
        composed = Asker(composer, reviews, owner, row.municipality).answer(row)
        await asyncio.to_thread(store.add_buttons, conversation, composed.buttons, now)
        await asyncio.to_thread(reviews.delivered, row.id or 0, now)
        found.append(composed)
    return found
