"""What the FG wants to see, as it stands in the address of a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode

from bot.clock import AMSTERDAM
from bot.review.signals import WEIGHTS
from bot.store.reviews import Filter
from knowledge.knowledge import Knowledge
from knowledge.schema import Verdict

MAX_WORDS = 100  # characters of a search
_MAX_PAGE = 100_000


@dataclass(frozen=True)
class Chosen:
    """The choices of one page, each as it is written in the address; an empty one does not filter."""

    woorden: str = ""
    signaal: str = ""
    gemeente: str = ""
    onderwerp: str = ""
    partij: str = ""
    uitkomst: str = ""
    van: str = ""
    tot: str = ""
    reden: str = ""
    dicht: str = ""
    p: int = 1

    @property
    def filter(self) -> Filter:
        """The same for the store; days are those of the Netherlands."""
        until = _day(self.tot)
        return Filter(
            words=self.woorden,
            municipality=self.gemeente,
            act=self.onderwerp,
            party=self.partij,
            verdict=self.uitkomst,
            signal=self.signaal,
            since=_midnight(_day(self.van)),
            until=_midnight(until + timedelta(days=1) if until else None),
            needed=bool(self.reden),
            closed=bool(self.dicht),
        )

    @property
    def narrows(self) -> bool:
        """Whether anything is filtered on."""
        return replace(self, p=1, dicht="") != Chosen()

    def query(self, **changed: str | int) -> str:
        """The address of the same page with some choices changed, from the question mark on."""
        told = {one.name: getattr(self, one.name) for one in fields(self)} | changed
        kept = {name: value for name, value in told.items() if value and (name, value) != ("p", 1)}
        return f"?{urlencode(kept)}" if kept else ""


def read(given: Mapping[str, str], knowledge: Knowledge) -> Chosen:
    """The choices in an address; what is not on one of our lists is left out."""

    def one_of(name: str, known: Mapping[str, object] | frozenset[str]) -> str:
        value = given.get(name, "")
        return value if value in known else ""

    page = given.get("p", "")
    return Chosen(
        woorden=" ".join(given.get("woorden", "").split())[:MAX_WORDS],
        signaal=one_of("signaal", WEIGHTS),
        gemeente=one_of("gemeente", knowledge.municipalities),
        onderwerp=one_of("onderwerp", knowledge.acts),
        partij=one_of("partij", knowledge.parties),
        uitkomst=one_of("uitkomst", frozenset(Verdict)),
        van=given.get("van", "") if _day(given.get("van", "")) else "",
        tot=given.get("tot", "") if _day(given.get("tot", "")) else "",
        reden="1" if given.get("reden") else "",
        dicht="1" if given.get("dicht") else "",
        p=page_number(page),
    )


def page_number(text: str) -> int:
    """The page that is asked for; the first when that cannot be read."""
    return int(text) if text.isascii() and text.isdigit() and 0 < int(text[:9]) <= _MAX_PAGE else 1


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text) if len(text) == len("2026-01-31") else None
    except ValueError:
        return None
    return found if found and 2000 <= found.year < 2200 else None


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), AMSTERDAM).astimezone(UTC) if day else None
