"""The clock and the danger detector of the tests of the assistant."""

from tests.bot.conftest import clock, danger

__all__ = ["clock", "danger"]
