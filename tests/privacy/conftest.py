"""The danger detector of the tests of the assistant."""

from tests.bot.conftest import danger

__all__ = ["danger"]
