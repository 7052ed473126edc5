"""What waits for a person on a channel that cannot send by itself: shown when the person is there again."""

from __future__ import annotations

import asyncio
from datetime import datetime

from bot.clock import AMSTERDAM
from bot.compose import Composed, Composer
from bot.review.asker import Asker
from bot.store import Store
from bot.store.reviews import Reviews
from knowledge.answer import day


async def pick_up(
    reviews: Reviews, store: Store, composer: Composer, channel: str, conversation: str, owner: str, now: datetime
) -> list[Composed]:
    """What waits for a person, with buttons for this conversation; each is shown once.

    First the answers of the FG, then the questions of before that get another answer now.
    `conversation` and `owner` are keys.
    """
    answers = await asyncio.to_thread(reviews.waiting_for, channel, owner)
    news = await asyncio.to_thread(reviews.news_for, channel, owner)
    if answers:
        await asyncio.to_thread(store.case, conversation, channel, now, owner)
    found = []
    for row in answers:
        composed = Asker(composer, reviews, owner, row.municipality).answer(row)
        await asyncio.to_thread(store.add_buttons, conversation, composed.buttons, now)
        await asyncio.to_thread(reviews.delivered, row.id or 0, now)
        found.append(composed)
    for one in news:
        # The person may come back much later than the FG wrote: what was true then carries its day.
        since = day(one.noted_at.astimezone(AMSTERDAM).date())
        found.append(composer.plain(f"Bericht van de FG, {since}.\n\n{one.text}"))
        await asyncio.to_thread(reviews.told, one.question)
    return found
