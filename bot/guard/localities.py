"""Where someone lives or goes to school: postcode, street with number, name of a school."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.guard.lexicon import Evidence, is_word, lexicon
from bot.guard.normalise import fold
from bot.guard.spans import Kind, Span

# --- postcode ------------------------------------------------------------------------

_HOUSE = r"(?:[ ]?(?:nr\.?|nummer|huisnummer|huisnr\.?|hnr\.?|no\.?|,? ?huis(?:nummer|nr\.?))?[ ]?\d{1,5}(?:[ ]?[a-z](?![a-z]))?(?:[ ]?-[ ]?\d{1,4})?(?!\d| ?(?:jaar|jr|kind|keer|x|uur|dagen|euro|maand|we[ek])))?"
_POSTCODE = re.compile(
    rf"(?<![\w.,:/\-€])(?P<digits>[1-9]\d{{3}})(?P<gap>[ ]?)(?P<letters>[a-z]{{2}})(?![\w'’]|-[a-z]){_HOUSE}", re.IGNORECASE
)
_POSTCODE_CUE = re.compile(r"(?:\bpostcode|\bpc|\bwoont|\bwonen(?:de)?|\badres|\[adres\]|\d ?[a-z]?,)[ :=,]{0,3}(?:is |op |aan |in )?$", re.IGNORECASE)
_POSTCODE_DIGITS = re.compile(r"\bpostcode(?:gebied)?[ :=]{0,3}(?:is )?(?P<value>[1-9]\d{3})(?![\w])", re.IGNORECASE)
# Words and abbreviations of two letters that follow a year or an amount.
_NOT_LETTERS = set(
    ["is", "in", "op", "en", "of", "de", "te", "om", "ik", "ze", "we", "er", "je", "al", "zo", "nu", "na", "ja", "km", "kg", "cm", "ml", "mg", "st", "pp", "eu", "bv", "nv", "uu", "gr", "mm", "ha", "nr", "ca", "dd", "tm", "mb", "gb", "kb", "mn", "zn", "hé", "he", "oh", "ah", "ok", "af", "an", "as", "at", "be", "by", "do", "go", "hi", "id", "if", "it", "me", "my", "no", "on", "or", "so", "to", "up", "us", "vs", "was", "bw", "jw", "pw", "vt", "gi", "ap", "fg", "po", "vo", "om", "wa", "ns", "tv", "pc", "pi", "pm", "am", "ad", "nc"]
)
_NEVER = {"SA", "SD", "SS"}


def find_postcode(text: str) -> Iterator[Span]:
    """Postcodes, with a house number that follows; not a year before a short word."""
    for found in _POSTCODE.finditer(text):
        letters = found["letters"]
        if letters.upper() in _NEVER:
            continue
        cue = bool(_POSTCODE_CUE.search(text[max(0, found.start() - 30) : found.start()]))
        if not cue and found["gap"] and letters.lower() in _NOT_LETTERS:
            continue
        year = 1900 <= int(found["digits"]) <= 2099
        if not cue and letters.lower() in _NOT_LETTERS and (year or letters.islower()):
            continue
        if not cue and found["gap"] and not letters.isupper():
            continue
        yield Span(found.start(), found.end(), Kind.POSTCODE, 66)
    for found in _POSTCODE_DIGITS.finditer(text):
        yield Span(found.start("value"), found.end("value"), Kind.POSTCODE, 64)


# --- street --------------------------------------------------------------------------

_STRONG = (
    r"(?:straat|str|straatje|laan|laantje|steeg|gracht|singel|plantsoen|plein|pleintje|kade|dreef|boulevard|allee|passage|baan|dwarsweg"
    r"|dijk|weg|wegje|pad|hof|hofje|erf|oord|burg|veld|velden|akker|akkers|kamp|berg|horst|wal|wijk|ring|poort|markt|brink|weide|tuin|park|donk|heide|oever|haven|hoek|meent|meer|laar|bos|beemd|wijde|rede|stede|sluis|singel|zand|gaarde|kwartier|schans|vaart|dam|esch|es|beek|kreek|rak|spoor|ven|zijde|borch|waard|werf)"
)
_NUMBER = r"(?P<number>(?:nr\.?|nummer|no\.?|huisnummer)?[ ]?(?P<house>\d{1,4})(?:[ ]?(?:-[ ]?\d{1,4}|[a-z](?![\w'’])|bis|hs|[ivx]{1,3}(?![\w])|/[ ]?\d{1,3}))?)(?![\w]|[.,:/]\d)"
_WORD = r"[A-Za-zÀ-ÿ'’]+"
_STREET_ONE = re.compile(rf"(?<![\w\-])(?P<name>[A-Za-zÀ-ÿ'’\-]{{2,25}}?{_STRONG}),?[ ]{_NUMBER}", re.IGNORECASE)
_SURE = re.compile(r"(?:straat|str|straatje|laan|steeg|gracht|singel|plantsoen|plein|kade|dreef|boulevard|allee|dijk|weg)$")
_STREET_WORDS = re.compile(
    r"(?<![\w\-])(?P<name>(?:\d{1,2}e[ ])?(?:[A-ZÀ-Ý'’][\w'’.\-]*[ ])(?:(?:[A-ZÀ-Ý][\w'’.\-]*|van|de|der|den|het|'t|ten|ter|op|in|aan|en|\d{1,4}e?)[ ]){0,4}?"
    r"(?:[A-ZÀ-Ý][\w'’\-]*)?(?:straat|laan|weg|plein|kade|dreef|steeg|gracht|singel|plantsoen|hof|dijk|park|pad|boulevard|voorhout))"
    rf",?[ ]{_NUMBER}"
)
_LAAN_VAN = re.compile(rf"(?<![\w\-])(?P<name>(?:[Ll]aan|[Pp]lein|[Ww]eg|[Ss]traat|[Hh]of) (?:van (?:de |den |der |het )?|de |der )?{_WORD}(?:-{_WORD})?|Plein 19\d\d)[ ]{_NUMBER}")
_DWELL = r"(?:woon|woont|wonen|wonende|woonachtig|gewoond|verhuisd|verhuist|ingeschreven|verblijft|verblijven|adres|huisadres|woonadres|opvangadres|logeeradres|thuis|huis|langs|straat)"
_DWELLS_AT = re.compile(
    rf"\b{_DWELL}\b[ :]{{1,2}}(?:(?:nu|nog|tijdelijk|samen|met|is|bij|oma|opa|haar|moeder|vader|hem|naar|sinds kort|\[naam\]) ){{0,4}}"
    rf"(?:(?:aan|in|op|bij)[ ])?(?:(?:de|het|'t)[ ])?(?P<name>(?:(?:[A-ZÀ-Ý][\w'’\-]*|van|de|der|den)[ ]){{0,3}}?[A-Za-zÀ-ÿ'’\-]{{2,25}}(?:straat|laan|steeg|gracht|singel|plantsoen|dreef|kade|weg|plein|hof|dijk|pad|str))\b(?:,?[ ]{_NUMBER})?",
    re.IGNORECASE,
)
_CAPITAL_STREET = re.compile(r"(?<![\w\-])(?P<name>[A-ZÀ-Ý][a-zà-ÿ'’\-]{2,25}(?:straat|laan|steeg|gracht|singel|plantsoen|dreef))(?![\w\-])")
_DWELL_FREE = re.compile(
    r"\b(?:woont|woon|wonen|woonachtig|adres(?: is|:)?)[ ](?:(?:nu|tijdelijk|op|aan|in)[ ]){0,2}(?P<name>[A-ZÀ-Ýa-zà-ÿ][\w'’\-]{3,25})[ ](?P<house>\d{1,4})(?:[ ]?[a-z](?![\w'’]))?"
    r"(?![\w]|[.,:/]\d|[ ](?:jaar|jr|keer|kind|maand|we[ek]|dag|jaren|personen|mensen|uur))",
    re.IGNORECASE,
)
# Compounds that end like a street and are none.
_GENERIC = set(
    ["straat", "straatje", "weg", "wegje", "laan", "plein", "pad", "hof", "hofje", "park", "berg", "veld", "hoek", "haven", "dam", "dijk", "wal", "ring", "poort", "markt", "meer", "bos", "winkelstraat", "hoofdstraat-", "snelweg", "onderweg", "spoorweg", "autoweg", "luchtweg", "rijksweg", "omweg", "uitweg", "voorweg", "halverwege", "rechtsweg", "bewijsweg", "doorweg", "terugweg", "heenweg", "uitvalsweg", "zorgpad", "stappenpad", "fietspad", "voetpad", "wandelpad", "tijdpad", "groeipad", "ontwikkelpad", "klantpad", "schulpad", "escalatiepad", "leerpad", "kruispad", "gerechtshof", "rechtshof", "kerkhof", "kinderhof", "strafhof", "zorgplein", "werkplein", "leerplein", "klimaatplein", "schoolplein", "speelplein", "marktplein", "dorpsplein", "participatieplein", "jongerenplein", "rijbaan", "loopbaan", "startbaan", "deeltijdbaan", "bijbaan", "droombaan", "overbaan", "werkbaan", "baan", "hoofdbaan", "speelveld", "werkveld", "vakgebied", "zorgveld", "middenveld", "sportveld", "voetbalveld", "spanningsveld", "krachtenveld", "invulveld", "tekstveld", "zoekveld", "formulierveld", "ijsberg", "schuldenberg", "papierberg", "meerwaard", "voorwaard", "standaard", "waard", "waar", "maar", "daar", "vermeer", "onder", "wijk", "zorgwijk", "woonwijk", "buurtwijk", "stadswijk", "achterstandswijk", "zonder", "meer", "onmeer", "mee", "meer", "steeds", "niet-meer", "hoofdstraat", "dwarsstraat", "zijstraat", "doodlopende", "achterstraat", "arbeidsmarkt", "woningmarkt", "huizenmarkt", "rommelmarkt", "zorgmarkt", "kerstmarkt", "banenmarkt", "beursmarkt", "zijde", "beide", "wederzijde", "invalshoek", "keerzijde", "schaduwzijde", "ouderzijde", "moederzijde", "vaderszijde", "moederszijde", "hoeken", "zorghoek", "leeshoek", "pretpark", "speelpark", "vakantiepark", "bedrijvenpark", "pleegoord", "rustoord", "woonoord", "vakantieoord", "tehuis", "bejaardenoord", "vernieuwbouw", "waarborg", "les", "mes", "zes", "bes", "es", "des", "res", "proces", "succes", "express", "toegangspoort", "vliegveld", "speeltuin", "kleuterhof", "moestuin", "achtertuin", "voortuin", "dierentuin", "daktuin", "schooltuin", "spoor", "opsporing", "opspoor", "voorspoor", "hulpspoor", "tweesporen", "dwangspoor", "zorgspoor", "rechtsspoor", "treinspoor", "kring", "verkring", "huiskring", "omgeving", "toeslagen", "werkkring", "bouwbesluit", "loonbeslag", "terbeek", "gebrek", "inzage", "omgang", "toegang", "voortgang", "ingang", "uitgang", "overgang", "afgang"]
)


def find_address(text: str) -> Iterator[Span]:
    """A street with a number; a street alone after "woont" or with a capital in a sentence."""
    for found in _STREET_ONE.finditer(text):
        name = fold(found["name"]).strip("'")
        sure = bool(_SURE.search(name))
        if not _is_generic(name) and (sure or any(char.isupper() for char in found["name"]) or _has_dwelling(text, found.start())):
            if not sure and not _has_dwelling(text, found.start()) and (is_word(found["name"]) or _year(found["house"])):
                continue
            if _year(found["house"]) and is_word(found["name"]):
                continue
            yield Span(found.start(), found.end(), Kind.ADDRESS, 65)
    for pattern in (_STREET_WORDS, _LAAN_VAN):
        for found in pattern.finditer(text):
            yield Span(_trim_start(text, found.start()), found.end(), Kind.ADDRESS, 68)
    for found in _DWELLS_AT.finditer(text):
        if not _is_generic(fold(found["name"]).split()[-1]):
            yield Span(found.start("name"), found.end(), Kind.ADDRESS, 63)
    for found in _CAPITAL_STREET.finditer(text):
        if found.start() > 0 and not _is_generic(fold(found["name"])):
            yield Span(found.start(), found.end(), Kind.ADDRESS, 60)
    for found in _DWELL_FREE.finditer(text):
        known = is_word(found["name"]) and not found["name"][0].isupper()
        if not known and not lexicon().places.holds(fold(found["name"])):
            yield Span(found.start("name"), found.end(), Kind.ADDRESS, 58)


def _is_generic(name: str) -> bool:
    return name in _GENERIC or name.rsplit("-", 1)[-1] in _GENERIC


def _year(house: str | None) -> bool:
    return bool(house) and re.fullmatch(r"(?:19|20)\d\d", house or "") is not None


def _has_dwelling(text: str, start: int) -> bool:
    return re.search(rf"\b{_DWELL}\b[^.!?\n]{{0,25}}$", text[max(0, start - 45) : start], re.IGNORECASE) is not None


_LEAD = re.compile(r"(?:Hij|Zij|Ze|Het|De|Adres|Moeder|Vader|Mevrouw|Meneer|Client|Cliënt|Op|Aan|In|Bij|Woont|Mijn|Onze|Dit|Dat)[ ]")


def _trim_start(text: str, start: int) -> int:
    """Skip a capitalised word that opens the sentence and is no part of the street."""
    lead = _LEAD.match(text, start)
    return lead.end() if lead else start


# --- school --------------------------------------------------------------------------

_SCHOOL_WORD = (
    r"(?:(?:openbare |katholieke |christelijke |islamitische )?(?:basisschool|bassischool|middelbare school|dalton ?school|montessorischool"
    r"|vrije school|jenaplanschool|kleuterschool|vrijeschool|zmlk-?school|vso-school|so-school|scholengemeenschap|school|obs|cbs|rkbs|pcbs|kbs|bs|sbo|vso|kinderdagverblijf|kdv"
    r"|kinderopvang|kindercentrum|kindcentrum|ikc|bso|peuterspeelzaal|psz|peuteropvang|peutergroep|creche|speelzaal|lyceum|college|gymnasium|gastouder(?:opvang)?))"
)
_SCHOOL_SURE = re.compile(r"(?:basis|bassis|dalton|montessori|jenaplan|kleuter|vrije|gemeenschap|obs|cbs|rkbs|pcbs|kbs|kdv|ikc|psz|kinder|kind|peuter|speelzaal)")
_SCHOOL_CAPITAL = re.compile(
    rf"\b(?P<word>{_SCHOOL_WORD})[ ](?:genaamd |heet )?[\"'“‘„(]{{0,2}}(?P<name>(?:(?:[Dd]e|[Hh]et|'[tT]|[Dd]en|[Dd]'|St\.?|Sint|sint)[ ])?"
    r"[A-ZÀ-Ý][\w'’\-]*(?:[ ](?:(?:van|de|der|den|het|en|ter|ten|'t)[ ]){0,2}[A-ZÀ-Ý][\w'’\-]*){0,3})[\"'”’“]?",
)
_SCHOOL_LOWER = re.compile(rf"\b(?P<word>{_SCHOOL_WORD})[ ][\"'“‘„]?(?P<name>(?:(?:de|het|'t|den)[ ])?(?P<head>[a-zà-ÿ\-]{{3,20}}))[\"'”’“]?(?![\w])")
_SCHOOL_BARE = re.compile(r"(?<=[a-zà-ÿ,] )(?P<name>(?:De|Het|'t) (?P<head>[A-ZÀ-Ý][a-zà-ÿ]{2,19}))(?![\w])")
_SCHOOL_SUFFIX = re.compile(
    r"(?<![\w\-])(?P<name>(?:(?:St\.?|Sint|'t|[A-ZÀ-Ý][\w.'’\-]*|van|de|der|den)[ ]){1,4}?(?:[A-ZÀ-Ý][\w'’\-]*[ ])??(?:College|Lyceum|Gymnasium|[Bb]asisschool|Montessorischool|Daltonschool|Scholengemeenschap|school))(?![\w\-])"
    r"|(?<![\w\-])(?P<one>[A-Za-zÀ-ÿ\-]{3,20}(?:college|lyceum|gymnasium))(?![\w\-])"
)


def find_school(text: str, names: list[Span]) -> Iterator[Span]:
    """The proper name of a school or nursery; the word school stays.

    `names` are the persons found: "school Fatima informeren" speaks of a person, not of a school.
    """
    taken = {span.start for span in names}
    for found in _SCHOOL_CAPITAL.finditer(text):
        sure = bool(_SCHOOL_SURE.search(fold(found["word"])))
        if sure or found.start("name") not in taken:
            words = list(re.findall(r"[^\W\d_]+", found["name"]))
            if all(_known_elsewhere(word) for word in words) or (not sure and found["word"] == "school" and _plain_words(words)):
                continue
            yield Span(found.start("name"), found.end("name"), Kind.SCHOOL, 62)
    for found in _SCHOOL_LOWER.finditer(text):
        if found["head"] in lexicon().school_names:
            yield Span(found.start("name"), found.end("name"), Kind.SCHOOL, 61)
    for found in _SCHOOL_BARE.finditer(text):
        # "mag De Ark dit weten": an article with a capital inside a sentence begins a proper name.
        if fold(found["head"]) in lexicon().school_names:
            yield Span(found.start("name"), found.end("name"), Kind.SCHOOL, 55)
    for found in _SCHOOL_SUFFIX.finditer(text):
        start = _trim_start(text, found.start())
        name = text[start : found.end()]
        words = re.findall(r"[^\W\d_]+", name)
        if found["one"]:
            if not is_word(found["one"]):
                yield Span(start, found.end(), Kind.SCHOOL, 61)
        elif len(words) > 1 and not _protected(words) and not all(is_word(word) for word in words[:-1]):
            yield Span(start, found.end(), Kind.SCHOOL, 61)


def _known_elsewhere(word: str) -> bool:
    """True for a town, an organisation or a law: "school Heumen" does not name the school."""
    low = fold(word)
    lists = lexicon()
    return lists.places.holds(low) or lists.organisations.holds(low) or low in lists.domain_words


def _plain_words(words: list[str]) -> bool:
    """True when a bare "School" is followed by a capital that only starts an ordinary word."""
    low = [fold(word) for word in words]
    return all(is_word(word) for word in words) and low[-1] not in lexicon().school_names


def _protected(words: list[str]) -> bool:
    low = [fold(word) for word in words]
    return lexicon().organisations.longest(low, 0) == len(low) or lexicon().first_names.get(low[0]) is Evidence.NONE
