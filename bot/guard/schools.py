"""Names of schools and nurseries: with one of those, a child is soon traced."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.guard.lexicon import is_entry, is_word, lexicon
from bot.guard.normalise import fold
from bot.guard.spans import Kind, Span
from bot.guard.streets import skip_lead

# After these a name follows; after the others it may also be a person or a new sentence.
_SURE = (
    "basisschool|bassischool|dalton ?school|montessorischool|jenaplanschool|kleuterschool|vrije ?school|zmlk-?school"
    "|scholengemeenschap|obs|cbs|rkbs|pcbs|kbs|kinderdagverblijf|kdv|kinderopvang|kindercentrum|kindcentrum|ikc"
    "|(?!hoge|midde)[a-z]{4,14}school|peuterspeelzaal|psz|peuteropvang|peutergroep|speelzaal"
)
_OTHER = (
    "middelbare school|vso-school|so-school|school|bs|sbo|vso|bso|creche|lyceum|college|gymnasium|gastouder(?:opvang)?"
)
_WORD = rf"(?P<word>(?i:(?:openbare |katholieke |christelijke |islamitische )?(?:{_SURE}|{_OTHER})))"
_SURE_WORD = re.compile(rf"(?:{_SURE})$")
_CAPITAL = re.compile(
    rf"""\b{_WORD}[ ](?:genaamd[ ]|heet[ ])?["'“‘„(]{{0,2}}"""
    r"(?P<name>(?:(?:[Dd]e|[Hh]et|'[tT]|[Dd]en|[Dd]'|St\.?|Sint|sint)[ ])?[A-ZÀ-Ý][\w'’\-]*"
    r"(?:[ ](?:(?:van|de|der|den|het|en|ter|ten|'t)[ ]){0,2}[A-ZÀ-Ý][\w'’\-]*){0,3})"
)
_LOWER = re.compile(rf"""\b{_WORD}[ ]["'“‘„]?(?P<name>(?:(?:de|het|'t|den)[ ])?(?P<head>[a-zà-ÿ\-]{{3,20}}))(?!\w)""")
_BARE = re.compile(r"(?<=[a-zà-ÿ,] )(?P<name>(?:De|Het|'t) (?P<head>[A-ZÀ-Ý][a-zà-ÿ]{2,19}))(?!\w)")
# "leerling op De Klinkert", "de ib'er van De Horizon"
_SCHOOL_PERSON = re.compile(
    r"\b(?:leerling(?:en)?|juf|meester|leerkracht|directeur|directrice|ib'?er|intern begeleider|groep \d|klas \d|mentor|docent|school)"
    r" (?:op|van|bij|in) (?P<name>(?:De|Het|'t) [A-ZÀ-Ý][a-zà-ÿ]{2,19})(?!\w)"
)
_ENDS_AS_SCHOOL = re.compile(
    r"""
    (?<! [\w\-] )
    (?: (?:St\.?|Sint|'t|[A-ZÀ-Ý][\w.'’\-]*|van|de|der|den) [ ] ){1,4}?
    (?: [A-ZÀ-Ý][\w'’\-]*[ ] )??
    (?: College|Lyceum|Gymnasium|[Bb]asisschool|Montessorischool|Daltonschool|Scholengemeenschap|school )
    (?! [\w\-] )
    """,
    re.VERBOSE,
)
_ONE_WORD = re.compile(
    r"(?<![\w\-])(?:(?:Van|Sint|St\.|Mgr\.|Dr\.|Prof\.|Prins|Prinses|Koning|Koningin|Pater|Pastoor)[ ](?:(?:de|der|den|van)[ ])?)?[A-Za-zÀ-ÿ\-]{3,20}(?:college|lyceum|gymnasium)(?![\w\-])"
)
_LETTERS = re.compile(r"[^\W\d_]+")


def find_school(text: str, names: list[Span]) -> Iterator[Span]:
    """The proper name of a school or nursery; the word school stays.

    `names` are the persons found: "school Fatima informeren" speaks of a person, not of a school.
    """
    persons = {span.start for span in names}
    for found in _CAPITAL.finditer(text):
        if _names_a_school(found["word"], found["name"], found.start("name") in persons):
            yield Span(found.start("name"), found.end("name"), Kind.SCHOOL, 62)
    for found in _LOWER.finditer(text):
        if found["head"] in lexicon().school_names:
            yield Span(found.start("name"), found.end("name"), Kind.SCHOOL, 61)
    for found in _SCHOOL_PERSON.finditer(text):
        words = _LETTERS.findall(found["name"])
        if not all(_known_elsewhere(one) for one in words[1:]) and not _is_organisation(words):
            yield Span(found.start("name"), found.end("name"), Kind.SCHOOL, 60)
    for found in _BARE.finditer(text):
        # "mag De Ark dit weten": an article with a capital inside a sentence begins a proper name.
        if fold(found["head"]) in lexicon().school_names:
            yield Span(found.start("name"), found.end("name"), Kind.SCHOOL, 55)
    for found in _ENDS_AS_SCHOOL.finditer(text):
        start = skip_lead(text, found.start())
        words = _LETTERS.findall(text[start : found.end()])
        # "Het COA de school": abbreviations and the common noun
        common = words[-1] == "school" and (len(words) < 2 or words[-2].islower())
        if len(words) > 1 and not common and not _is_organisation(words) and not all(map(is_word, words[:-1])):
            yield Span(start, found.end(), Kind.SCHOOL, 61)
    for found in _ONE_WORD.finditer(text):
        text_word = found.group()
        if not (is_entry(text_word) if text_word[0].isupper() else is_word(text_word)):
            yield Span(found.start(), found.end(), Kind.SCHOOL, 61)


def _names_a_school(word: str, name: str, is_person: bool) -> bool:
    words = _LETTERS.findall(name)
    # "school Heumen" is the school in that town, "school Veilig Thuis" two parties.
    if all(_known_elsewhere(one) for one in words):
        return False
    if _SURE_WORD.search(fold(word)):
        return True
    plain = all(map(is_word, words)) and fold(words[-1]) not in lexicon().school_names
    # "school De Talenten": an article with a capital inside the sentence.
    article = name.startswith(("De ", "Het ", "'t "))
    return not is_person and (article or not (fold(word) == "school" and plain))


def _known_elsewhere(word: str) -> bool:
    low, lists = fold(word), lexicon()
    return lists.places.holds(low) or lists.organisations.holds(low) or low in lists.domain_words


def _is_organisation(words: list[str]) -> bool:
    low = [fold(word) for word in words]
    return lexicon().organisations.longest(low, 0) == len(low)
