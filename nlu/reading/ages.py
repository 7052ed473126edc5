"""The age of a person in the message, as a band on which the law turns."""

from __future__ import annotations

import re
from collections.abc import Iterator

# Of whom an age is told right behind the word: "jongen 14", "zoontje (10)", "meisje, 15,".
_CHILD = (
    "kind|kindje|jongen|jongetje|meisje|meid|meiske|meidje|zoon|zoontje|dochter|dochtertje|jeugdige|jongere|puber"
    "|tiener|broer|broertje|zus|zusje|leerling|scholier|student|pupil|knul|jochie|ventje|menneke|kereltje|kleuter"
    "|peuter|dreumes|baby|babytje|neef|neefje|nicht|nichtje|kleinkind|kleinzoon|kleindochter|pleegkind|pleegzoon"
    "|pleegdochter|pleegzoontje|pleegdochtertje|stiefkind|stiefzoon|stiefdochter|child|boy|girl|son|daughter"
)
_ADULT = "client|cliente|klant|patient|mevrouw|meneer|mijnheer|mevr|mw|dhr|man|vrouw|dame|heer|opa|oma|iemand|eentje"
# What counts something else than years.
_COUNTED = (
    r"(?!\s*(?:%|euro|uur|min|mnd|maand|week|weken|wk|dag|dgn|keer|maal|x\b|pagina|dossier|kinder|mensen|ouders"
    r"|gesprek|melding|[.:/]\d))"
)
# "14 jaar", "14-jarige", "jongen van 14", "ze is 17", "(13 jaar)", "wordt 16", "14,5 jaar".
_WITH_UNIT = re.compile(r"(?<!\d[.,])\b(\d{1,2})(?:[.,]5)?\s*[-]?\s*(?:jaar|jarig|jarige|jr|jaren|j)\b")
_BARE = re.compile(
    rf"\b(?:(?:{_CHILD}|{_ADULT}|die|ze|zij|hij|nu|net|al|pas|is|was|wordt|werd|onder|boven|vanaf|ben|leeftijd:?)"
    rf"\s+(?:is|van|nu|net|al|pas|wordt|werd|was|de|bijna)?\s*(?:van\s+)?(?:bijna\s+)?)(\d{{1,2}})\b{_COUNTED}"
)
# "zijn zoontje (10)", "mevrouw (79, helder)", "(m, 14)", "(bijna 16)"; not "artikel 6 (2)".
_BRACKETS = re.compile(
    r"(?<!\bart )(?<!\blid )(?<!\d )\((?:(?:net|pas|bijna|nu|al|van|nog geen|jongen|meisje|man|vrouw|[mvj])[\s,/]*)*"
    r"(\d{1,2})(?=\s*[,)/&;]|\s+en\b)"
)
# "jongetje, 9, mager", "meisje: 15", "dochter van mijn client, 15, loopt weg".
_BESIDE = re.compile(
    rf"\b(?:{_CHILD}|{_ADULT})\s?[,:]\s*(?:(?:net|pas|bijna)\s+)?(\d{{1,2}})(?=\s*(?:[,.?!;]|$))|[a-z],\s*(1\d)(?=\s*,)"
)
# "is vorige week 18 geworden", "wordt volgende maand 16".
_TURNING = re.compile(
    r"\b(?:wordt|werd|is)\s+(?:\w+\s+){0,3}?(\d{1,2})(?=\s+(?:geworden|en|[,.?!])|\s*$|[,.?!])|\b(\d{1,2})\s+geworden\b"
)
# "twee zussen, 10 en 16", "kinderen van 4 en 9", "kids (3, 6 en 11)", "broers (12/15)".
_PAIR = re.compile(
    r"\b(?:kinderen|kids|jongens|meisjes|meiden|zussen|zusjes|broers|broertjes|zoons|zonen|dochters|jongeren|pubers"
    r"|leerlingen|kleinkinderen|pleegkinderen|tweetal|drietal)"
    r"[\s,:(]+(?:van\s+)?(\d{1,2})(?:\s*(?:jaar|jr))?\s*(?:en|,|/|&)\s*(\d{1,2})(?:\s*(?:en|,|/|&)\s*(\d{1,2}))?\b"
)
# "13 en ze wil niet", "? 13, blowt al maanden": a sentence that opens with it.
_OPENS = re.compile(r"(?:^|[.?!]\s+)(\d{1,2})(?=\s*,|\s+en\s+(?:ze|zij|hij|haar|zijn|wil|woont))")
_WORDS = {
    "een": 1, "twee": 2, "drie": 3, "vier": 4, "vijf": 5, "zes": 6, "zeven": 7, "acht": 8, "negen": 9,
    "tien": 10, "elf": 11, "twaalf": 12, "dertien": 13, "veertien": 14, "vijftien": 15, "zestien": 16,
    "zeventien": 17, "achttien": 18, "negentien": 19, "twintig": 20, "dertig": 30, "veertig": 40, "vijftig": 50,
    "zestig": 60, "zeventig": 70, "tachtig": 80, "negentig": 90,
}  # fmt: skip
_SPELLED = re.compile(r"\b(" + "|".join(_WORDS) + r")\s*[-]?\s*(?:jaar|jarig|jarige|jr)\b")
# "dochtertje van drie", "ze is vijftien", "wordt zestien": the clause ends behind it, or its verb follows.
_SPELLED_BARE = re.compile(
    rf"\b(?:(?:{_CHILD}|mevrouw|meneer)\s+van|(?:{_CHILD}|ze|zij|hij|die)\s+(?:is|wordt|was|werd))"
    r"\s+(?:(?:net|pas|nu|al|bijna)\s+)?(" + "|".join(word for word in _WORDS if word != "een") + r")"
    r"(?=\s*(?:[,.?!;)]|$)|\s+(?:en|die|dat|is|was|wil|heeft|zit|woont|mag|moet|kan|geworden|bij|\w+t)\b)"
)
# "15 years old", "a 15-year-old".
_ENGLISH = re.compile(
    r"\b(\d{1,2})[\s-]*(?:years?|yrs?)[\s-]*old\b|\b(?:is|aged?)\s+(\d{1,2})(?=\s+(?:and|now)\b|[,.?!])"
)
# "80-plusser", "18+", "65plus", "jongen m15", "v14".
_PLUS = re.compile(r"\b(\d{2})\s?(?:\+|-?\s?plus(?:ser|sers)?\b)|\b[mvj](1\d)\b")
# Too young for years: "meisje van 8 maanden", "baby (3 weken)", "5 weken oude baby".
_INFANT = re.compile(
    rf"\b(?:{_CHILD})\s+(?:van\s+|\()(\d{{1,2}})\s*(?:weken|week|wk|maanden|maand|mnd|maandjes|weekjes|dagen)\b"
    rf"|\b(\d{{1,2}})\s*(?:weken|maanden|mnd|dagen)\s+oude?\s+(?:{_CHILD})\b"
    rf"|\b(?:{_CHILD})\s+van\s+(anderhalf)\b"
)
# A class at school that holds one band: groep 8 and the third form hold two.
_CLASS = re.compile(r"\b(?:uit|in|van|zit in|naar)\s+groep\s+([1-7])\b")
# "sorry, 11", "en 17 dan?": in so few words a bare number is an age.
_LONE = re.compile(rf"(?<![\d.,:/-])(?<!groep )(\d{{1,2}})\b(?!-?\s?min)(?!\+){_COUNTED}")
FEW_WORDS = 6
ADULT = 18
# Not an age but a period: "binnen 2 jaar", "15 jaar bewaren", "bijstand is 6 jaar geleden gestopt".
_PERIOD = re.compile(
    r"\b(?:binnen|na|over|sinds|al|elke|elk|per|voor|gedurende|minstens|minimaal|maximaal|hoogstens|tenminste|duurt|duurde"
    r"|loopt|liep|afgelopen|laatste|komende|eerste|(?:straf|ots|maatregel|contract|traject|termijn|bewaartermijn) van"
    r"|bewaar\w*)\s+$"
)
_PERIOD_AFTER = re.compile(r"^\s*(?:bewa|geleden|lang|later|terug|na\b|gewacht|ervaring|getrouwd)")
_YEARS_AGO = re.compile(r"^\s*(?:jaar|jr|jaren)\s*(?:bewa|geleden|lang\b|later|terug|ervaring)")
# "die 15 jaar van de wmo", "is al 3 jaar bij ons", but "een meisje die 15 jaar is".
_THE_PERIOD = re.compile(r"\b(?:die|de|deze|al)\s+$")
_YEARS = re.compile(r"^\s*(?:jaar|jaren|jr)\b(?!\s*(?:is|was|wordt|werd|oude?)\b)")
# "onze dpia is drie jaar oud", "het dossier is al 6 jaar".
_OF_A_THING = re.compile(
    r"\b(?:dpia|dossier|dossiers|verslag|verslagen|rapport|plan|foto|overeenkomst|convenant|beschikking|formulier"
    r"|toestemming|handtekening|diagnose|gegevens|stukken|advies|indicatie|register|mail|mails|systeem|zaak|melding)"
    r"\s+(?:(?:is|zijn|was|al|nu|ruim|inmiddels|zeker|meer dan)\s+)+$"
)
# "bijna 16" is fifteen; "onder de 16" and "nog geen 12" too look at the year before.
_NOT_YET = re.compile(r"\b(?:bijna|nog geen|nog niet|net geen|net niet|onder(?: de)?|jonger dan|tot(?: de)?)\s+$")
_ANY_MINOR = re.compile(r"\b(?:onder(?: de)?|jonger dan|tot(?: de)?)\s+$")
_ALWAYS = (
    _WITH_UNIT, _SPELLED, _SPELLED_BARE, _BARE, _BRACKETS, _BESIDE, _TURNING, _PAIR, _OPENS, _ENGLISH, _PLUS,
)  # fmt: skip
# What stands for a band whatever the number says.
_YOUNG = (_INFANT, _CLASS)


def band(age: int) -> str:
    """The band of an age in whole years."""
    if age < 12:
        return "age-0-11"
    if age < 16:
        return "age-12-15"
    return "age-16-17" if age < ADULT else "age-18-plus"


def ages(folded: str) -> list[tuple[str, int, int]]:
    """Every age in a folded text: (band, start, end)."""
    found: dict[int, tuple[str, int, int]] = {}
    for pattern in _YOUNG:
        for _, start, end in _numbers(pattern, folded):
            found.setdefault(start, (band(0), start, end))
    few = len(folded.split()) <= FEW_WORDS
    for pattern in (*_ALWAYS, *((_LONE,) if few else ())):
        for match, start, end in _numbers(pattern, folded):
            if start in found or _is_period(folded, match.end(), start, end, bare=pattern is _BARE):
                continue
            years = _years(folded, start, end)
            if years is not None:
                found[start] = (band(years), start, end)
    return [found[start] for start in sorted(found)]


def _numbers(pattern: re.Pattern[str], folded: str) -> Iterator[tuple[re.Match[str], int, int]]:
    """Every number that a pattern finds, with its place: one for each group that took part."""
    for match in pattern.finditer(folded):
        for group in range(1, pattern.groups + 1):
            start, end = match.span(group)
            if start >= 0:
                yield match, start, end


def _is_period(folded: str, whole_end: int, start: int, end: int, *, bare: bool) -> bool:
    """True for a number of years that is no age: "6 jaar geleden", "die 15 jaar", "is drie jaar oud" of a file."""
    before, behind = folded[:start], folded[whole_end:]
    if _YEARS_AGO.search(folded[end:]) or _OF_A_THING.search(before):
        return True
    if _YEARS.search(folded[end:]) and _THE_PERIOD.search(before):
        return True
    return not bare and bool(_PERIOD.search(before) or _PERIOD_AFTER.search(behind))


def _years(folded: str, start: int, end: int) -> int | None:
    """The age in whole years; None for "onder de 18", which says no band."""
    word, before = folded[start:end], folded[:start]
    years = int(word) if word.isdigit() else _WORDS[word]
    if years == ADULT and _ANY_MINOR.search(before):
        return None
    return years - 1 if years and _NOT_YET.search(before) else years
