"""Numbers and codes that point to one person: BSN, phone, e-mail, IBAN, plate, case number."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.guard.spans import Kind, Span

# Only what stands inside a number: one blank, dot, hyphen or slash.
_SEP = r"[ .\-–/]?"

# --- BSN -----------------------------------------------------------------------------

_BSN_CUE = re.compile(
    r"\b(?:bsn|burger ?service ?-?(?:nummer|nr)|burgerservicenr|sofi(?: ?-?(?:nummer|nr))?)"
    r"(?:'?s)?(?:[ \-]?(?:nummers?|nrs?|nmr|no))?(?:\b|(?=\d))\.?"
    r"(?:[ \t]*(?:[:=#(\[\"'-]+|\b(?:is|was|van|het|de|haar|zijn|hem|client|kind|moeder|vader|zoon|dochter"
    r"|nummer|nr|dus|namelijk|eindigt op|eindigend op|eindigt met|begint met|laatste \w{1,5} cijfers?|op)\b"
    r"|\[naam\]))*[ \t]*",
    re.IGNORECASE,
)
# "9999O12l7": an O for a zero, an l for a one.
_BSN_VALUE = re.compile(r"(?=[\dxX*•.\- OoIl]{3})\d(?:[ .\-–/]{0,2}[\dxX*•OoIl]){2,15}(?![\w@])")
_NINE = re.compile(r"(?<![\w.,:/+\-€])\d(?:[ .\-–/]?\d){8}(?![\w]|[.,:/\-]\d)")
_GROUPS = {
    (9,),
    (3, 3, 3),
    (4, 2, 3),
    (2, 3, 4),
    (4, 5),
    (5, 4),
    (3, 6),
    (6, 3),
    (2, 2, 2, 3),
    (3, 2, 4),
    (2, 2, 2, 2, 1),
    (4, 3, 2),
    (1,) * 9,
}
_MONEY_BEFORE = re.compile(r"(?:€|\beur(?:o)?|\bf)\.?\s*$", re.IGNORECASE)
_MONEY_AFTER = re.compile(r"\s*(?:euro|eur\b|€|,-|,\d\d\b)", re.IGNORECASE)


def passes_eleven_test(digits: str) -> bool:
    """The check of a BSN: nine digits, weighed 9 to 2 and -1, a multiple of eleven."""
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    total = sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=True))
    return total % 11 == 0 and digits != "0" * 9


def find_bsn(text: str) -> Iterator[Span]:
    """Nine digits, passing the test or not, and any number after "bsn"."""
    for cue in _BSN_CUE.finditer(text):
        value = _BSN_VALUE.match(text, cue.end())
        if value:
            yield Span(value.start(), value.end(), Kind.BSN, 97)
    for found in _NINE.finditer(text):
        groups = tuple(len(part) for part in re.split(r"[ .\-–/]", found.group()))
        separators = set(re.findall(r"[ .\-–/]", found.group()))
        if groups not in _GROUPS or len(separators) > 1 or _is_money(text, found.start(), found.end()):
            continue
        certain = passes_eleven_test(re.sub(r"\D", "", found.group()))
        yield Span(found.start(), found.end(), Kind.BSN, 85 if certain else 70)


def _is_money(text: str, start: int, end: int) -> bool:
    return bool(_MONEY_BEFORE.search(text[max(0, start - 6) : start]) or _MONEY_AFTER.match(text, end))


# --- phone ---------------------------------------------------------------------------

_PHONE = re.compile(
    r"(?<![\w+.,:/\-])(?:"
    r"\(?(?:\+|00)[ ]?31[ )]{0,2}(?:\(0\)[ ]?)?(?:[ .\-–/]{0,2}\d){9}"
    r"|\(?0(?:[ .\-–/()_]{0,3}\d){9}"
    r"|0[6O](?:[ .\-–/]{0,3}[\dOo]){8}"
    r"|\+\d{1,3}(?:[ .\-/()]{0,2}\d){7,11}"
    r"|00[1-9]\d(?:[ .\-/]{0,2}\d){7,11}"
    r")(?!\w|[.,:\-/]\d)"
)
_PUBLIC = re.compile(r"(?:\+?31|0)(?:800|900|90[69])|0?14\b")
_PHONE_CUE = re.compile(
    r"\b(?:tel(?:efoon)?(?:nummer|nr)?|telnr|mobiel(?:nummer|nr)?|mob|06|gsm|bereikbaar op|te bereiken op|bel(?:t|len)?(?: \w{1,8}){0,2} op)"
    r"\.?(?:[ \t]*(?:[:=(]|\b(?:is|van|nr|nummer|op|haar|zijn|moeder|vader)\b|\[naam\]))*[ \t]*"
    r"(?P<value>\d(?:[ .\-–/]{0,2}\d){5,12})(?![\w])",
    re.IGNORECASE,
)


def find_phone(text: str) -> Iterator[Span]:
    """Dutch and foreign phone numbers; help lines that are public stay."""
    for found in _PHONE.finditer(text):
        digits = re.sub(r"[^\d+]", "", found.group())
        if not _PUBLIC.match(digits):
            yield Span(found.start(), found.end(), Kind.PHONE, 80)
    for found in _PHONE_CUE.finditer(text):
        if not _PUBLIC.match(re.sub(r"\D", "", found["value"])):
            yield Span(found.start("value"), found.end("value"), Kind.PHONE, 82)


# --- e-mail --------------------------------------------------------------------------

_EMAIL = re.compile(
    r"[\w.!#$%&'*+/=?^`{|}~\-]{1,64} ?(?:@|\((?:at|apenstaartje)\)|\[(?:at|apenstaartje)\]) ?"
    r"[\w\-]{1,63}(?:(?:\.| \. | ?\((?:dot|punt)\) ?| ?\[(?:dot|punt)\] ?)[\w\-]{2,63}){1,4}",
    re.IGNORECASE,
)
_EMAIL_SPOKEN = re.compile(
    r"\b[\w.\-]{2,40} (?:apenstaartje|at) (?:gmail|hotmail|outlook|live|ziggo|kpnmail|yahoo|icloud)"
    r"(?: ?(?:\.|punt|dot) ?(?:nl|com|be|eu))?\b",
    re.IGNORECASE,
)


def find_email(text: str) -> Iterator[Span]:
    """E-mail addresses, also with (at) or a blank around the sign."""
    if "@" in text or "at" in text.lower() or "apenstaart" in text.lower():
        for pattern in (_EMAIL, _EMAIL_SPOKEN):
            for found in pattern.finditer(text):
                start = found.start() + (len(found.group()) - len(found.group().lstrip("'*!?/&.")))
                yield Span(start, found.end(), Kind.EMAIL, 95)


# --- IBAN ----------------------------------------------------------------------------

_IBAN = re.compile(r"(?<![a-z0-9])[a-z]{2}\d{2}(?:[ .\-]?[a-z0-9]){10,30}(?![a-z0-9])", re.IGNORECASE)
_IBAN_NL = re.compile(r"(?<![a-z0-9])nl[ .]?\d{2}[ .]?[a-z]{4}[ .]?(?:\d[ .\-]?){9}\d(?![a-z0-9])", re.IGNORECASE)
_ACCOUNT = re.compile(
    r"\b(?:rekening(?:nummer|nr)?|rek\.?(?: ?nr)?|bankrekening(?:nummer)?|giro(?:nummer)?|iban)\b\.?"
    r"(?:[ \t]*(?:[:=(]|\b(?:is|van|nr|nummer)\b|\[naam\]))*[ \t]*(?P<value>\d(?:[ .\-]?\d){4,17})(?!\w)",
    re.IGNORECASE,
)


def passes_mod97(iban: str) -> bool:
    """The check of an IBAN (ISO 13616): the rearranged number leaves 1 when divided by 97."""
    moved = iban[4:] + iban[:4]
    return int("".join(str(int(char, 36)) for char in moved)) % 97 == 1


def find_iban(text: str) -> Iterator[Span]:
    """IBANs of any country that pass the check, Dutch ones also when they do not, and account numbers."""
    for found in _IBAN_NL.finditer(text):
        yield Span(found.start(), found.end(), Kind.IBAN, 94)
    for found in _IBAN.finditer(text):
        end = _valid_iban_end(text, found.start(), found.end())
        if end:
            yield Span(found.start(), end, Kind.IBAN, 94)
    for found in _ACCOUNT.finditer(text):
        if sum(char.isdigit() for char in found["value"]) >= 5:
            yield Span(found.start("value"), found.end("value"), Kind.IBAN, 92)


def _valid_iban_end(text: str, start: int, end: int) -> int:
    """Where a valid IBAN that starts here ends: the match may have run on into the next words."""
    kept = [index for index in range(start, end) if text[index].isascii() and text[index].isalnum()]
    for length in range(min(34, len(kept)), 14, -1):
        last = kept[length - 1] + 1
        whole_word = last == len(text) or not text[last].isalnum()
        if whole_word and passes_mod97("".join(text[index] for index in kept[:length])):
            return last
    return 0


# --- number plate --------------------------------------------------------------------

_SIDE_CODES = (
    "xx-99-99", "99-99-xx", "99-xx-99", "xx-99-xx", "xx-xx-99", "99-xx-xx", "99-xxx-9", "9-xxx-99",
    "xx-999-x", "x-999-xx", "xxx-99-x", "x-99-xxx", "9-xx-999", "999-xx-9",
)  # fmt: skip


def _shapes(hyphen: str) -> str:
    signs = {"x": "[a-z]", "9": r"\d", "-": hyphen}
    return "|".join("".join(signs[sign] for sign in code) for code in _SIDE_CODES)


_PLATE = re.compile(rf"(?<![\w\-./])(?:{_shapes('-')})(?![\w\-]|/\d)", re.IGNORECASE)
_PLATE_CUE = re.compile(
    r"\b(?:kenteken(?:plaat)?|nummerplaat|nummerbord|auto|bus|scooter|motor)\b(?:[ \t]*(?:[:=(]|\b(?:is|van|met|kenteken|nr)\b))*"
    rf"[ \t]*(?P<value>{_shapes('[ -]?')})(?!\w)",
    re.IGNORECASE,
)


def find_plate(text: str) -> Iterator[Span]:
    """Dutch number plates with hyphens; without them only after a word such as "kenteken"."""
    for found in _PLATE.finditer(text):
        yield Span(found.start(), found.end(), Kind.PLATE, 72)
    for found in _PLATE_CUE.finditer(text):
        yield Span(found.start("value"), found.end("value"), Kind.PLATE, 74)


# --- case number ---------------------------------------------------------------------

_CASE_CUE = re.compile(
    r"\b(?:(?P<sure>(?:zaak|dossier|cli[eë]nt|klant|meldings?|pati[eë]nt|beschikkings?|referentie|casus|registratie|relatie"
    r"|correlatie|polis|burger|leerling|inschrijf|contract|order|aanvraag|document|paspoort|id-?(?:kaart|bewijs)?|rijbewijs"
    r"|vreemdelingen|v|a|uzovi|debiteuren?|factuur|verzekerden?|personeels?)-?[ ]?(?:nummers?|nrs?|nmr|kenmerk|id))"
    r"|(?P<any>(?=[a-zë-]*n(?:umme)?rs?\b)(?!(?:kvk|kamervankoophandel|agb|btw|rsin|vestigings?|huis|artikel|telefoon|tel|fax|mobiele?|versie|pagina|blad"
    r"|kamer|volg|noo[dt]|alarm|hulp|week|groeps?|wets?|rekening|bankrekening|giro|crisis|service|klachten|spoed|info|gratis"
    r"|doorkies|intern|lokaal|bus|lijn|straat|rang|serie|model|staatsblad|kamerstuk|stb|iso|nen|isbn|postbus)[-.]?n)"
    r"[a-zë]{3,24}-?(?:nummers?|nrs?))"
    r"|(?P<card>paspoort|rijbewijs|id-?kaart|identiteitskaart|proces-?verbaal)"
    r"|(?P<short>zaak|dossier|kenmerk|ons kenmerk|uw kenmerk|casus|melding|cli[eë]nt|referentie|ref))\b\.?"
    r"(?:[ \t]*(?:[:=#(]|\b(?:is|was|van|het|haar|zijn|nr|met|nummer)\b\.?|\[naam\]))*[ \t]*"
    r"(?P<value>(?=[a-z./\-_]{0,12}\d)[a-z0-9][a-z0-9./\-_]{1,29}(?<![./\-_]))",
    re.IGNORECASE,
)
_CASE_SHAPE = re.compile(
    r"(?<![\w:\-/.])(?:z(?:aak)?|d|m|c|cl|dos|ref|int|zk)?[\-_./]?(?:19|20)\d{2}[\-_./]\d{5,10}(?![\w]|[\-/.]\d)"
    r"|(?<![\w:\-/.])[a-z]{1,4}[\-_./]?\d{2,4}[\-_./]\d{4,10}(?:[\-_./]\d{1,8})?(?![\w]|[\-/.]\d)"
    r"|(?<![\w:\-/.])z\d{5,12}(?!\w)"
    # of courts and prosecutors
    r"|(?<![\w:\-/.])(?:fa|jz|kg|ha|ez|ar|sgr|awb|c)[ /](?:(?:rk|za|ra|je)[ ])?\d{2}[\-/]\d{2,6}(?:[\-/]\d{2,6})?(?![\w]|[\-/.]\d)"
    r"|(?<![\w:\-/.])2\d\.\d{6,8}(?![\w]|[\-/.,]\d)"
    r"|(?<![\w:\-/.])\d{2}/\d{5,6}[\-/]\d{2}(?![\w]|[\-/.]\d)",
    re.IGNORECASE,
)
_NO_CASE = re.compile(r"ecli|bwbr|celex|stb|stcrt|trb|iso|nen|eu[\-/]|com[\-/]|(?:0[89]00)", re.IGNORECASE)
_LONG = re.compile(r"(?<![\w.,:/+\-€])\d{7,20}(?!\w|[.,:/\-]\d)")
_KVK = re.compile(
    r"(?:kvk|kamer van koophandel|agb|uzovi|btw|rsin|bwbr|ean|isbn|vestigings?(?:nummer|nr))\D{0,14}$", re.IGNORECASE
)


def find_case_number(text: str) -> Iterator[Span]:
    """Case, file and client numbers after their word, or in the shape that case systems use."""
    for found in _CASE_CUE.finditer(text):
        digits = sum(char.isdigit() for char in found["value"])
        if digits >= (3 if found["sure"] or found["any"] else 5):
            yield Span(found.start("value"), found.end("value"), Kind.CASE_NUMBER, 83)
    for found in _CASE_SHAPE.finditer(text):
        if not _NO_CASE.match(found.group()):
            yield Span(found.start(), found.end(), Kind.CASE_NUMBER, 73)
    for found in _LONG.finditer(text):
        dated = len(found.group()) == 8 and re.fullmatch(r"(?:19|20)\d\d[01]\d[0-3]\d", found.group())
        public = _KVK.search(text[max(0, found.start() - 40) : found.start()]) or _PUBLIC.match(found.group())
        if not dated and not public and not _is_money(text, found.start(), found.end()):
            yield Span(found.start(), found.end(), Kind.CASE_NUMBER, 40)
