"""Reads a moment in the past as people type it: "nu", "vandaag 9:30", "gisteren om 14 uur", "maandag 10.15".

Strict on purpose: a legal term runs from this moment, so what is not surely read is asked again.
General date readers take "om 9 uur" for one o'clock (tried: dateparser 1.2).
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from knowledge.answer import MONTHS, day

WEEKDAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
DAYS_AGO = {"vandaag": 0, "vanochtend": 0, "vanmorgen": 0, "vanmiddag": 0, "gisteren": 1, "eergisteren": 2}
NOW = ("nu", "net", "zonet", "zojuist", "nu net", "net nu", "daarnet", "op dit moment")

_CLOCK = r"(?P<hour>[01]?\d|2[0-3])(?:[:.u](?P<minute>[0-5]\d)(?: ?uur)?| ?uur| ?u)"
_DATE = rf"(?P<day>\d{{1,2}})(?:[-/](?P<number>\d{{1,2}})|\s(?P<month>{'|'.join(MONTHS)}))(?:[-/\s](?P<year>20\d\d))?"
_WORD = rf"(?P<word>{'|'.join((*DAYS_AGO, *WEEKDAYS))})"
_MOMENT = re.compile(rf"(?:op |afgelopen |vorige )?(?:(?:{_WORD}|{_DATE})(?:,? ?(?:om |rond |tegen )?))?(?:{_CLOCK})?")


def read_moment(text: str, now: datetime) -> datetime | None:
    """The moment that a text names, or None when it is not sure, has no time of day, or lies in the future.

    Args:
        text: as typed, a moment and nothing else.
        now: the present moment, with the zone in which people speak of time.
    """
    said = " ".join(text.casefold().split()).rstrip(".!")
    if said in NOW:
        return now.replace(second=0, microsecond=0)
    found = _MOMENT.fullmatch(said)
    if not found or not found["hour"]:
        return None
    on = _day(found, now.date())
    if on is None:
        return None
    moment = datetime.combine(on, time(int(found["hour"]), int(found["minute"] or 0)), now.tzinfo)
    return moment if moment <= now else None


def _day(found: re.Match[str], today: date) -> date | None:
    if word := found["word"]:
        if word in DAYS_AGO:
            return today - timedelta(days=DAYS_AGO[word])
        return today - timedelta(days=(today.weekday() - WEEKDAYS.index(word)) % 7 or 7)
    if not found["day"]:
        return today
    month = int(found["number"]) if found["number"] else MONTHS.index(found["month"]) + 1
    for year in (int(found["year"]),) if found["year"] else (today.year, today.year - 1):
        try:
            on = date(year, month, int(found["day"]))
        except ValueError:
            return None
        if on <= today:
            return on
    return None


def spoken_moment(moment: datetime) -> str:
    """A moment as people write it: "zondag 22 november 2026, 9.30 uur"."""
    return f"{WEEKDAYS[moment.weekday()]} {day(moment.date())}, {moment.hour}.{moment.minute:02} uur"
