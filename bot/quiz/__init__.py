"""The quiz in a conversation, and the question of the week."""

from bot.quiz.rounds import Player, Quiz, Said
from bot.quiz.weekly import Weekly

__all__ = ["Player", "Quiz", "Said", "Weekly"]
