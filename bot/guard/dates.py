"""Dates of birth: masked, but the age in whole years stays, since rules turn on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from bot.guard.spans import Kind, Span

_MONTHS = ("jan", "feb", "maart|mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt|oct", "nov", "dec")
_MONTH = (
    r"jan(?:uari)?|feb(?:ruari|r)?|maart|mrt|apr(?:il)?|mei|juni?|juli?|aug(?:ustus)?|sept?(?:ember)?"
    r"|okt(?:ober)?|oct|nov(?:ember)?|dec(?:ember)?"
)
_DATE = re.compile(
    r"(?<![\w.:/\-€])(?:"
    r"(?P<y1>(?:19|20)\d{2})[-/.](?P<m1>\d{1,2})[-/.](?P<d1>\d{1,2})"
    r"|(?P<d2>\d{1,2})(?: ?[-/.] ?| )(?P<m2>\d{1,2})(?: ?[-/.] ?| )(?P<y2>\d{4}|'?\d{2})"
    rf"|(?P<d3>\d{{1,2}})(?:e|ste|de)?(?: ?[-/.] ?| ?)(?P<m3>{_MONTH})\b\.?(?:(?: ?[-/.] ?| )(?P<y3>\d{{4}}|'?\d{{2}}(?!\d)))?"
    rf"|(?P<m4>{_MONTH})\b\.?[ ](?P<y4>(?:19|20)\d{{2}})"
    r"|(?P<y5>(?:19|20)\d{2})(?P<m5>[01]\d)(?P<d5>[0-3]\d)"
    r"|(?P<d6>[0-3]\d)(?P<m6>[01]\d)(?P<y6>(?:19|20)?\d{2})"
    r")(?![\w]|[-/.:]\d)",
    re.IGNORECASE,
)
_BORN_BEFORE = re.compile(
    r"(?:\bgeb(?:oren|oorte(?:datum|dag|dtm|jaar)|datum|dat|dag|dtm)?\b\.?|\bgeb\.? ?dat(?:um)?\b\.?|\bgbd\b|\bgd\b|\bdob\b|\bbirth\b"
    r"|\bword(?:t|en) \d{1,2}(?: jaar)? op|\bverjaar(?:t|dag)\b|\bjarig\b|\bborn\b|\b(?:mevrouw|meneer|hij|zij|ze|moeder|vader|kind|cli[eë]nt) is van\b)[^\d\n?!]{0,45}$|(?<!\*)[°*] ?$",
    re.IGNORECASE,
)
_BORN_AFTER = re.compile(
    r"[ )]{0,2}(?:is )?(?:geb(?:oren|\.)|jarig|is (?:haar|zijn|de) (?:geboortedatum|verjaardag))", re.IGNORECASE
)
_PERSON_BEFORE = re.compile(
    r"(?:\b(?:kind|jongen|meisje|zoon(?:tje)?|dochter(?:tje)?|baby|peuter|kleuter|puber|leerling|cli[eë]nt|jeugdige|moeder|vader"
    r"|broer(?:tje)?|zus(?:je)?|mevrouw|meneer|dhr|mw|inwoner|pati[eë]nt)\b\.?|\[naam\]|\[bsn\]|\bbsn)[ ,:;(/-]{1,3}(?:van |d\.?d\.? )?$",
    re.IGNORECASE,
)
_EVENT_BEFORE = re.compile(
    r"(?:\b(?:wet|besluit|d\.?d\.?|datum|dag|beschikking|uitspraak|arrest|vonnis|versie|sinds|per|vanaf|op|tot|t/m|tussen|ingang"
    r"|ingangsdatum|dagtekening|kracht|avg|stb|stcrt|voor|na|einddatum|begindatum|van)\b\.?:?)\s*$",
    re.IGNORECASE,
)
_ARTICLE_BEFORE = re.compile(
    r"(?:\bart(?:ikel(?:en)?)?\b\.?|wet|\bwmo|\blid|\ben|\bbw|\bjw|,|\bof)[ :]{0,2}$", re.IGNORECASE
)
_AGE_FOLLOWS = re.compile(r"[\s,(:;=-]{0,4}(?:nu |dus |is )?\d{1,3}\s?(?:jaar|jr|j)\b", re.IGNORECASE)


def find_birth_date(text: str, today: date, persons: list[Span]) -> Iterator[Span]:
    """Dates after "geboren", right after a person, and full dates too long ago to be about a case.

    `persons` are the names and BSNs found: a date that follows one at once is taken for a date of birth.
    """
    ends = {span.end for span in persons}
    for found in _DATE.finditer(text):
        before = text[max(0, found.start() - 60) : found.start()]
        born = bool(_BORN_BEFORE.search(before) or _BORN_AFTER.match(text, found.end()))
        person = _follows_person(text, found.start(), ends) or bool(_PERSON_BEFORE.search(before))
        compact = found["d5"] is not None or found["d6"] is not None
        if compact and not born:
            continue
        if not born and found["m4"]:
            continue
        numbered = (
            "." in found.group() and found["y2"] is not None and len(found["y2"]) < 4 and _ARTICLE_BEFORE.search(before)
        )
        if numbered:
            continue
        spaced = found["d2"] is not None and " " in found.group() and not re.search(r"[-/.]", found.group())
        if spaced and not (born or person):
            continue
        day, month, year = _parts(found, today)
        if not _plausible(day, month):
            if born:
                yield Span(found.start(), found.end(), Kind.BIRTH_DATE, 88)
            continue
        if not (born or (person and year) or _long_ago(found, year, today, before)):
            continue
        age = None if _AGE_FOLLOWS.match(text, found.end()) else _age(day, month, year, today)
        yield Span(found.start(), found.end(), Kind.BIRTH_DATE, 88 if born else 76, age)


def _follows_person(text: str, start: int, ends: set[int]) -> bool:
    gap = 0
    while gap < 4 and start - gap > 0:
        if start - gap in ends:
            return True
        if text[start - gap - 1] not in " ,(:;/-":
            return False
        gap += 1
    return False


def _parts(found: re.Match[str], today: date) -> tuple[int | None, int, int | None]:
    day = next((found[key] for key in ("d1", "d2", "d3", "d5", "d6") if found[key]), None)
    month = next(found[key] for key in ("m1", "m2", "m3", "m4", "m5", "m6") if found[key])
    year = next((found[key] for key in ("y1", "y2", "y3", "y4", "y5", "y6") if found[key]), None)
    return (int(day) if day else None), _month(month), _year(year, today)


def _month(text: str) -> int:
    if text.isdigit():
        return int(text)
    low = text.lower()
    return next(number for number, names in enumerate(_MONTHS, 1) if low.startswith(tuple(names.split("|"))))


def _year(text: str | None, today: date) -> int | None:
    if text is None:
        return None
    digits = text.strip("'")
    if len(digits) == 4:
        return int(digits)
    century = today.year // 100 * 100
    year = century + int(digits)
    return year if year <= today.year else year - 100


def _plausible(day: int | None, month: int) -> bool:
    return 1 <= month <= 12 and (day is None or 1 <= day <= 31)


def _long_ago(found: re.Match[str], year: int | None, today: date, before: str) -> bool:
    whole = found["d1"] or (found["d2"] and len(found["y2"]) == 4)
    if not whole or year is None or not 1900 <= year <= today.year - 16:
        return False
    return not _EVENT_BEFORE.search(before)


def _age(day: int | None, month: int, year: int | None, today: date) -> int | None:
    """Whole years on `today`; None when the date does not settle it."""
    if year is None or (day is None and month == today.month):
        return None
    had_birthday = (month, day or 1) <= (today.month, today.day)
    age = today.year - year - (0 if had_birthday else 1)
    return age if 0 <= age <= 120 else None
