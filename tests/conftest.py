"""What all tests share."""

from __future__ import annotations

import pytest

from knowledge.knowledge import Knowledge


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    """The tables of the project itself, read once."""
    return Knowledge.read()
