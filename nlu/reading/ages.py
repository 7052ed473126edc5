"""The age of a person in the message, as a band on which the law turns."""

from __future__ import annotations

import re

# "14 jaar", "14-jarige", "jongen van 14", "ze is 17", "(13 jaar)", "wordt 16".
_WITH_UNIT = re.compile(r"\b(\d{1,2})\s*[-]?\s*(?:jaar|jarig|jarige|jr|jaren|j)\b")
_BARE = re.compile(
    r"\b(?:(?:kind|jongen|meisje|meid|zoon|dochter|jeugdige|puber|tiener|broer|zus|zusje|broertje|leerling|client|mevrouw|meneer|mevr|mw|dhr|man|vrouw|iemand|eentje|die|ze|zij|hij|nu|net|al|pas|is|was|wordt|werd|onder|boven|vanaf|ben|leeftijd)"
    r"\s+(?:is|van|nu|net|al|pas|wordt|werd|was|de)?\s*(?:van\s+)?)(\d{1,2})\b(?!\s*(?:%|euro|uur|min|mnd|maand|week|weken|wk|dag|dgn|keer|maal|x\b|pagina|dossier|kinder|mensen|ouders|gesprek|melding|[.:/]\d))"
)
# "is vorige week 18 geworden", "wordt volgende maand 16".
_TURNING = re.compile(
    r"\b(?:wordt|werd|is)\s+(?:\w+\s+){0,3}?(\d{1,2})(?=\s+(?:geworden|en|[,.?!])|\s*$|[,.?!])|\b(\d{1,2})\s+geworden\b"
)
# "twee zussen, 10 en 16", "kinderen van 4 en 9".
_PAIR = re.compile(
    r"\b(?:kinderen|kids|jongens|meisjes|meiden|zussen|zusjes|broers|broertjes|zoons|zonen|dochters|jongeren|pubers|tweetal)"
    r"[\s,(]+(?:van\s+)?(\d{1,2})(?:\s*(?:jaar|jr))?\s*(?:en|,|/|&)\s*(\d{1,2})\b"
)
# "13 en ze wil niet", "? 13, blowt al maanden": a sentence that opens with it.
_OPENS = re.compile(r"(?:^|[.?!]\s+)(\d{1,2})(?=\s*,|\s+en\s+(?:ze|zij|hij|haar|zijn|wil|woont))")
_WORDS = {
    "een": 1, "twee": 2, "drie": 3, "vier": 4, "vijf": 5, "zes": 6, "zeven": 7, "acht": 8, "negen": 9,
    "tien": 10, "elf": 11, "twaalf": 12, "dertien": 13, "veertien": 14, "vijftien": 15, "zestien": 16,
    "zeventien": 17, "achttien": 18, "negentien": 19, "twintig": 20,
}  # fmt: skip
_SPELLED = re.compile(r"\b(" + "|".join(_WORDS) + r")\s*[-]?\s*(?:jaar|jarig|jarige|jr)\b")
# "sorry, 11", "en 17 dan?": in so few words a bare number is an age.
_LONE = re.compile(
    r"(?<![\d.,:/-])(\d{1,2})\b(?!\s*(?:%|euro|uur|min|mnd|maand|week|weken|wk|dag|dgn|keer|maal|x\b|pagina|dossier|kinder|mensen|ouders|gesprek|melding|[.:/]\d))"
)
FEW_WORDS = 6
# Not an age but a period: "binnen 2 jaar", "15 jaar bewaren".
_PERIOD = re.compile(r"\b(?:binnen|na|over|sinds|al|elke|elk|per|voor|gedurende|minstens|maximaal|bewaar\w*)\s+$")
_PERIOD_AFTER = re.compile(r"^\s*(?:bewa|geleden|lang|later|terug|na\b|gewacht)")


def band(age: int) -> str:
    """The band of an age in whole years."""
    if age < 12:
        return "age-0-11"
    if age < 16:
        return "age-12-15"
    return "age-16-17" if age < 18 else "age-18-plus"


def ages(folded: str) -> list[tuple[str, int, int]]:
    """Every age in a folded text: (band, start, end)."""
    found: dict[int, tuple[str, int, int]] = {}
    few = len(folded.split()) <= FEW_WORDS
    for pattern in (_WITH_UNIT, _SPELLED, _BARE, _TURNING, _PAIR, _OPENS, *((_LONE,) if few else ())):
        for match, group in (
            (one, group) for one in pattern.finditer(folded) for group in range(1, pattern.groups + 1)
        ):
            start, end = match.span(group)
            if start < 0 or start in found:
                continue
            if pattern is not _BARE and (_PERIOD.search(folded[:start]) or _PERIOD_AFTER.search(folded[match.end() :])):
                continue
            word = match.group(group)
            years = _WORDS.get(word) if not word.isdigit() else int(word)
            if years is not None:
                found[start] = (band(years), start, end)
    return [found[start] for start in sorted(found)]
