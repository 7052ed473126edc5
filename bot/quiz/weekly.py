"""The question of the week: for who asked for it, on a channel that sends by itself, in working hours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.clock import AMSTERDAM
from bot.compose import Composed, Composer
from bot.messages import Message
from bot.quiz.asking import question, weekly_button
from bot.store import Store
from bot.store.mailbox import Place
from bot.store.profiles import Profiles
from bot.store.quiz import QuizCards
from knowledge.answer import Part
from knowledge.knowledge import Knowledge
from knowledge.quiz import choose

# The channels that send by themselves.
CHANNELS = ("telegram", "teams")
# Hours of the day, Dutch time, and weekdays (Monday is 0): nobody is asked in the evening or at the weekend.
FROM_HOUR, UNTIL_HOUR = 9, 17
WEEKEND = (5, 6)
HEADING = "Vraag van de week"


class Weekly:
    """Makes the questions that are due."""

    def __init__(self, knowledge: Knowledge, store: Store) -> None:
        self._knowledge = knowledge
        self._cards = QuizCards(store.engine)
        self._profiles = Profiles(store)

    def due(self, now: datetime, serves: Callable[[str], bool] = lambda _: True) -> list[tuple[Place, Message]]:
        """Who gets a question now, and the question; each is given once, and again after a week.

        Args:
            now: the moment, UTC.
            serves: tells of a channel whether messages can be sent on it now.
        """
        here = now.astimezone(AMSTERDAM)
        if here.weekday() in WEEKEND or not FROM_HOUR <= here.hour < UNTIL_HOUR:
            return []
        composer = Composer(self._knowledge, here.date())
        found = []
        for place in self._cards.waiting([channel for channel in CHANNELS if serves(channel)], now):
            composed = self._question(composer, place, now)
            if composed and self._cards.put_off(place.conversation, composed.buttons, now):
                found.append((place, composed.message))
        return found

    def _question(self, composer: Composer, place: Place, now: datetime) -> Composed | None:
        role = self._profiles.read(place.conversation).get("role")
        cards = self._cards.of(place.owner).cards
        seed = f"{place.owner}\0{composer.on}"
        chosen = choose(self._knowledge, cards, composer.on, seed=seed, role=role, size=1, new_first=True)
        if not chosen:
            return None
        row = self._knowledge.quiz[chosen[0]]
        base = {"do": "quiz", "what": "week_answer", "item": row.id, "asked": now.isoformat()}
        answers = [{**base, "value": value} for value in range(len(row.options))]
        return question(composer, row, answers, [weekly_button(subscribed=True)], Part("plain", HEADING))
