"""How a quiz question and what became of it look: the same in a round and in the question of the week."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from bot.compose import Composed, Composer
from bot.contract import citations
from bot.messages import Button, Poll
from knowledge.answer import MONTHS, Part
from knowledge.quiz import LETTERS, Result
from knowledge.schema import QuizQuestion

Choices = Sequence[tuple[Button, Mapping[str, Any]]]

STATE = "quiz"
IDLE = "idle"
LEADS = {Result.RIGHT: "Goed!", Result.WRONG: "Niet goed.", Result.SKIPPED: "Overgeslagen."}


def question(
    composer: Composer, row: QuizQuestion, answers: Sequence[Mapping[str, Any]], more: Choices, *before: Part
) -> Composed:
    """A question with its options as buttons, and as a poll for channels that have these.

    Args:
        composer: makes messages.
        row: the question.
        answers: what each option does when it is pressed, in order.
        more: other buttons.
        before: what is said above it.
    """
    lettered = [f"{letter}. {option.text}" for letter, option in zip(LETTERS, row.options, strict=False)]
    options = [(Button(option.text, "", "option"), action) for option, action in zip(row.options, answers, strict=True)]
    composed = composer.flow([*before, Part("ask", "\n".join([row.ask, *lettered]))], [*options, *more], STATE)
    poll = Poll(row.ask, row.right_place, row.explain)
    return replace(composed, message=replace(composed.message, poll=poll))


def outcome(
    composer: Composer, row: QuizQuestion, result: Result, after: Sequence[Part], more: Choices = (), state: str = STATE
) -> Composed:
    """Right or not, the right option, why, and the article."""
    right = f" Het goede antwoord is {row.right}: {row.options[row.right_place].text}."
    lead = LEADS[result] + ("" if result is Result.RIGHT else right)
    cited = citations(composer.knowledge, row.cite, composer.on)
    articles = f" Zie {'; '.join(one.label for one in cited)}." if cited else ""
    parts = [Part("verdict", lead), Part("why", f"{row.explain}{articles}"), *after]
    return composer.flow(parts, more, state, citations=cited)


def weekly_button(subscribed: bool) -> tuple[Button, Mapping[str, Any]]:
    """Ask for a question every week, or stop that."""
    title = "Geen vraag meer" if subscribed else "Elke week een vraag"
    return Button(title, ""), {"do": "quiz", "what": "weekly", "value": not subscribed}


def day_in_short(day: date, on: date) -> str:
    """A day that is near: "morgen", or "op 25 november"."""
    if day <= on:
        return "vandaag"
    return "morgen" if day == on + timedelta(days=1) else f"op {day.day} {MONTHS[day.month - 1]}"
