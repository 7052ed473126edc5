"""What time it is, and where: moments in UTC, days as the Netherlands count them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def utc_now() -> datetime:
    """The clock; tests give their own."""
    return datetime.now(UTC)
