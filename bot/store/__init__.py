"""What is kept: conversations, questions and answers, buttons. Masked text only."""

from bot.store.store import Store

__all__ = ["Store"]
