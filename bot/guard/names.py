"""Names of persons: from lists, and from what stands around them.

A name that is nothing else ("Fatima", "yilmaz") is enough by itself.  A name that is also
a word ("roos", "bakker"), and a word that is on no list, need evidence around them: a
title, a family role, "heet", an initial, a surname, an age.  What begins as a name is then
extended over initials, prefixes and surnames.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.guard.lexicon import Evidence, Lexicon, is_entry, is_near_word, is_word, lexicon, name_contexts
from bot.guard.spans import Kind, Span
from bot.guard.tokens import Token, tokenise

_WORDS = name_contexts()
_TITLES = _WORDS["titles"]
_ABBREVIATED = _WORDS["abbreviated"]
_HOUSEHOLDS = _WORDS["households"]
_NOBLE = _WORDS["noble"]
_FAMILY = _WORDS["family"]
_ROLES = _WORDS["roles"] | _WORDS["family"]
_CALLED = _WORDS["called"]
_BEFORE_NAME = _WORDS["before_name"]
_ABOUT = _WORDS["about"]
_CONJUNCTIONS = _WORDS["conjunctions"]
_VERBS = _WORDS["verbs"]
_THIRD_PERSON = _WORDS["third_person"]
# Verbs that programs and organisations seldom have.
_PERSONAL = (
    _WORDS["verbs"]
    - _WORDS["modals"]
    - {"heeft", "is", "was", "geeft", "gaf", "komt", "kwam", "krijgt", "kreeg", "zoekt"}
)
_SUBORDINATING = _WORDS["subordinating"]
_AFTER_SUBJECT = _WORDS["after_subject"] | _WORDS["verbs"]
_MODALS = _WORDS["modals"]
_SUBJECT_VERBS = _THIRD_PERSON | (_VERBS - _MODALS)
_ARTICLES = _WORDS["articles"]
_POSSESSIVES = _WORDS["possessives"]
_PREFIXES = _WORDS["prefixes"]
_PREPOSITIONS = _WORDS["prepositions"]
# Prefixes that stand in no ordinary sentence: what follows is a surname whatever it is.
_SURE_PREFIXES = (
    ("van", "der"), ("van", "den"), ("v", "d"), ("v", "der"), ("vd",), ("op", "den"), ("el",), ("al",), ("abu",), ("abou",),
    ("bin",), ("oulad",), ("ait",), ("von",), ("dos",), ("da",), ("della",), ("uit", "den"), ("aan", "den"),
)  # fmt: skip
# "fatima uit curacao": before a place these tell where, not how someone is called.
_WHEREABOUTS = {"uit", "in", "te", "bij", "op", "aan", "voor"}
_ENUMERATED = _WORDS["enumerated"]
_NEVER_NAMES = _WORDS["never_names"]
_ORGANISATION_WORDS = _WORDS["organisation_words"]
_NO_INITIALS = _WORDS["no_initials"]
_MOST_INITIALS = 7
_OFFICES = _WORDS["offices"]
_MONTHS = _WORDS["months"]
_ABBREVIATIONS = re.compile(r"(?:[a-z]\.){2,}$", re.IGNORECASE)
_AGE_AFTER = re.compile(
    r"""
    \s{0,2}
    (?: \( \s? \d{1,2} (?:[,.]5)? \s? (?:jaar|jr|j|mnd|maanden|maand|weken)? \.? \s? [),]
      | ,? \s? (?:van\s|is\s)? \d{1,2} \s? (?:jaar|jr|mnd|maanden|weken) \b
      | , \s? \d{1,2} \s? ,
      | van\s \d{1,2} (?: \s?[,.)?!] | \s?$ | \s(?:is|heeft|wil|die|en|woont|gaat|zegt|moet|mag|kan|zit|was)\b )
    )
    """,
    re.VERBOSE,
)
# Endings that only surnames have.
_SURNAME_ENDING = re.compile(
    r"""^\w{3,}(?:
    stra|sma|inga|enga|boer|huis|huizen|veld|mans|ssen|nsen|rsen|ldsen
    |oglu|zadeh|owski|owska|ewski|ewska|icz|czyk|enko|chuk|shvili|sson|dottir|aoui|aouy|persad|persaud
    |gebriel|mariam|selassie|poulos|akis|escu|eanu|ovic|evic
    )$""",
    re.VERBOSE,
)
_VOWELS = re.compile(r"[aeiouy]")
# Endings and beginnings of ordinary words that are on no list.
_WORDLIKE = re.compile(
    r"""
    (?: ing|ingen|heid|heden|schap|schappen|iteit|iteiten|isme|ist|isten|atie|aties|tie|ties|ment|menten|baar|bare
      | lijk|lijke|loos|loze|eerd|eerde|eren|achtig|achtige|isch|ische|sel|tje|tjes|pje|pjes|gram|grafie|logie|theek
      | teur|trice|ster|sters|zaam|zame|ief|ieve|aal|ale|ent|ente|enten )$
    | ^(?:daar|hier|waar|er)(?:aan|bij|door|in|mee|na|naar|om|onder|op|over|toe|uit|van|voor)$
    | ^(?:ge|ver|be|ont|her|on|uit|aan|op|af|in|voor|over|door|mis)\w{3,}(?:d|t|de|te|en)$
    """,
    re.VERBOSE,
)
_SIGN_OFF = _WORDS["sign_off"]
# Nationalities, languages and beliefs.
_PEOPLE = re.compile(r"(?:se|sche|aans|aan|ees|ezen|ers?|isch|ist|i[eë]r|eer|ie)$")
# Endings and shapes of the names of organisations.
_ORGANISATION = re.compile(
    r"(?:zorg|groep|team|hulp|wonen|bank|huis|kliniek|net|plus|werk|care|support|advies|punt|loket|fonds|stichting"
    r"|centrum|zorgen|bouw|nl|app|desk|suite|portaal|plein|college|school|wet|beheer|bewind|scan|check|mail)$"
)
_VAN_DER = re.compile(r"(?:v[./ ]{0,2}(?:d[.]?|der|den)|vd[.]?)[ ]", re.IGNORECASE)


@dataclass
class _Reader:
    """One pass over the words of one message."""

    text: str
    words: list[Token]
    lists: Lexicon
    vocabulary: frozenset[str]

    def find(self) -> Iterator[Span]:
        at = 0
        while at < len(self.words):
            end = self._name_at(at)
            if end is None:
                at += 1
                continue
            start, stop = self._bounds(at, end)
            yield Span(start, stop, Kind.NAME, 50)
            at = end

    # -- where a name begins ----------------------------------------------------------

    def _name_at(self, at: int) -> int | None:
        """The index after the name that begins at this word, or None."""
        token = self.words[at]
        if token.opaque or self._plain(at):
            return None
        return (
            self._after_title(at)
            or self._initials(at)
            or self._full_surname(at)
            or (self._extend(at + 1, at) if self._is_name(at) else None)
            or self._two_unknown(at)
            or self._bare_initials(at)
        )

    def _plain(self, at: int) -> bool:
        """Most words: in the dictionary, without a capital, on no list. None of the rules takes these for a name."""
        token = self.words[at]
        return not (
            token.capital or token.first or token.surname or token.is_letter or "'" in token.low or "’" in token.low
            or token.low in _PREFIXES or token.low in self.lists.full_surnames.lengths or self._before(at) in _TITLES
        ) and is_word(token.text)  # fmt: skip

    def _is_name(self, at: int) -> bool:
        token = self.words[at]
        if token.kept or (token.low in _MONTHS and self._next_to_digit(at)):
            return False
        if self._in_organisation(at):
            return False
        if token.place:
            return False
        if token.text.isupper() and 1 < len(token.text) < 5 and token.capital:
            return self._before(at) in _FAMILY | _CALLED and token.first > Evidence.NONE and self._beside(at)
        if token.first is Evidence.CLEAR or token.surname is Evidence.CLEAR or self._genitive(token):
            return True
        if _SURNAME_ENDING.search(token.low) and self._foreign(token):
            return True
        if token.is_letter:
            return self._lettered_relative(at)
        before = self._before(at)
        if before in _ROLES and self._beside(at):
            return self._after_role(at, before)
        if before in _CALLED and self._beside(at, ":\"'“”‘’("):
            return self._after_called(at)
        return self._ambiguous_in_context(at) or self._signs_off(at)

    def _after_title(self, at: int) -> int | None:
        if self._before(at) not in _TITLES or not self._beside(at):
            return None
        token = self.words[at]
        if token.kept and not (token.place or token.surname):
            return None
        if _VAN_DER.match(self.text, token.start) and (size := self._prefixed(at, lenient=True)):
            return self._extend(size, at)
        if token.is_letter and (token.capital or self._followed_by(at, ".")):
            if token.low in {"u", "n", "t"} and not token.capital:
                return None
            return self._initials(at, titled=True) or at + 1
        prefixed = self._prefixed(at, lenient=True)
        if prefixed and token.low == "van" and self._before(at) in _HOUSEHOLDS:
            # "familie van Beek" is a name, in "familie van Yonas" it is the last word alone.
            head = self.words[prefixed - 1]
            prefixed = None if head.first is Evidence.CLEAR and not head.surname else prefixed
        if prefixed and token.low in _WHEREABOUTS and not token.capital:
            # "meneer uit Eritrea", "gezin aan de Populierenlaan"
            beside = self.words[at + 1]
            if beside.place or (self._before(at) in _HOUSEHOLDS and beside.low in {"de", "het"} and token.low != "op"):
                return None
        if prefixed:
            return self._extend(prefixed, at)
        if token.low in _NEVER_NAMES and not (token.first and token.capital and token.low != "de"):
            return None
        if token.low in _TITLES or token.low in _ROLES or (token.low in _PREFIXES and not token.capital):
            return None
        if token.capital:
            return self._extend(at + 1, at)
        following = self._after(at)
        if token.surname is Evidence.FUNCTION and following is not None and following.gap == " ":
            # "mevrouw winter belt", "mw wit en dhr zwart"
            other = self._after(at + 1)
            both = following.low == "en" and other is not None and other.low in _TITLES
            if both or following.low in _VERBS:
                return self._extend(at + 1, at)
        elif token.surname is Evidence.FUNCTION and following is None and self.words[at - 1].opens is False:
            return self._extend(at + 1, at)
        known = token.first >= Evidence.NOUN or token.surname >= Evidence.NOUN or token.place
        if known or self._foreign(token):
            return self._extend(at + 1, at)
        return None

    def _after_role(self, at: int, before: str) -> bool:
        token = self.words[at]
        if token.low in _NEVER_NAMES and not (token.capital and token.first):
            return False
        if token.first >= Evidence.NOUN or (token.first is Evidence.MASS and before in _FAMILY):
            return True
        if token.capital:
            if token.text.isupper():
                return False
            if token.first or token.surname or not is_word(token.text):
                return True
            if not token.opens and not is_entry(token.text) and not self._ordinary_capital(token):
                return True  # "burgemeester Kruisinga"
            return before in _FAMILY and not token.opens and not self._ordinary_capital(token)
        if token.first and before in _FAMILY:
            # "pleegvader koos wil": a verb after a verb, so that the first is none.
            following = self._after(at)
            return following is not None and following.gap == " " and following.low in _VERBS
        return token.surname is Evidence.NOUN or (before in _FAMILY and self._foreign(token))

    def _ordinary_capital(self, token: Token) -> bool:
        """A word that is written with a capital and is no name: "moeder Poolse", "vader Wajong"."""
        return (
            token.kept or token.place or token.low in self.vocabulary or token.low in self.lists.domain_words
            or _PEOPLE.search(token.low) is not None
        )  # fmt: skip

    def _after_called(self, at: int) -> bool:
        token = self.words[at]
        if token.first >= Evidence.MASS or token.surname >= Evidence.NOUN:
            return True
        if token.capital and not self.words[at].opens:
            return bool(token.first or token.surname or not is_word(token.text))
        if token.first and token.low not in _NEVER_NAMES - {"wil"}:
            following = self._after(at)
            return following is None or following.gap.strip() != "" or following.low in {"en", "is"}
        return self._foreign(token)

    def _ambiguous_in_context(self, at: int) -> bool:
        token = self.words[at]
        before = self._before(at)
        article = before in _ARTICLES and self._beside(at)
        if token.first < Evidence.FUNCTION and not token.surname:
            return self._unknown_with_age(at)
        if token.first >= Evidence.MASS and not article and self._has_age_or_family(at):
            return True
        if token.capital and not token.opens and not article and not token.text.isupper():
            calm = at > 0 and not self.words[at - 1].capital and not self.words[at - 1].opaque
            if token.first >= Evidence.MASS or (calm and token.surname >= Evidence.NOUN):
                return True
            if calm and token.first and before in _BEFORE_NAME - _CONJUNCTIONS and token.low not in _MONTHS:
                return len(token.low) > 2
        following = self._after(at)
        if token.first >= Evidence.MASS and before in _SUBORDINATING and following is not None:
            if following.low in _ARTICLES and following.gap == " ":
                return True  # "dat bob de kinderen ophaalt"
        if token.first is not Evidence.NOUN or article:
            return bool(token.first and self._has_surname(at))
        if before in _BEFORE_NAME | _VERBS and self._beside(at, ","):
            return True
        subject = token.opens or before in _CONJUNCTIONS
        if subject and self._with_another(at):
            return True
        if subject and following is not None and following.low in _AFTER_SUBJECT:
            return True
        return self._possessed(at) or self._has_surname(at)

    def _possessed(self, at: int) -> bool:
        """ "Bas' begeleider"."""
        token = self.words[at]
        return token.low[-1] in "sxz" and self.text[token.end : token.end + 2] in {"' ", "’ "} and token.capital

    def _unknown_with_age(self, at: int) -> bool:
        token, before = self.words[at], self._before(at)
        if before in _ARTICLES and self._beside(at):
            return False
        if self._foreign(token) and self._takes_part(at, before):
            if not token.capital or not (self._like_organisation(token) or token.text.isupper()):
                following = self._after(at)
                if not token.capital or not token.opens or (following is not None and following.low in _PERSONAL):
                    return True
        if not self._has_age_or_family(at) or not self._foreign(token):
            return False
        # "bijlagen (4)": a number between brackets says nothing of a word without a capital.
        return token.capital or self.text[token.end : token.end + 2].strip() != "("

    def _takes_part(self, at: int, before: str) -> bool:
        """ "iets over naoufel", "naoufel heeft": an unknown word where a person stands, without an article."""
        if before in _ABOUT and self._beside(at):
            return True
        following = self._after(at)
        token = self.words[at]
        if token.capital and self._beside(at) and not token.opens:
            if before in _SUBORDINATING or (before in _VERBS and self.words[at - 1].opens):
                return True  # "omdat Sharmila verhuist", "Kan Lyana worden geholpen"
        subject = self.words[at].opens or before in _CONJUNCTIONS
        return subject and following is not None and following.gap == " " and following.low in _SUBJECT_VERBS

    def _like_organisation(self, token: Token) -> bool:
        """A capitalised word that looks as organisations and programs are called."""
        inner = token.text[1:]
        return inner != inner.lower() or _ORGANISATION.search(token.low) is not None

    def _has_age_or_family(self, at: int) -> bool:
        """ "roos (8)", "bas van 12 jaar", "iris haar moeder"."""
        token = self.words[at]
        if _AGE_AFTER.match(self.text, token.end):
            return True
        possessive, kin = self._after(at), self._after(at + 1)
        if possessive is not None and possessive.low == "en" and possessive.gap == " ":
            possessive, kin = self._after(at + 1), self._after(at + 2)
        return (
            possessive is not None and possessive.low in _POSSESSIVES and possessive.gap == " "
            and kin is not None and kin.low in _FAMILY and kin.gap == " "
        )  # fmt: skip

    def _has_surname(self, at: int) -> bool:
        following = self._after(at)
        if following is None or following.gap != " " or following.kept:
            return False
        if self.words[at].first is Evidence.FUNCTION and (
            (following.capital != self.words[at].capital and following.low not in _PREFIXES)
            or following.first is Evidence.CLEAR
            or following.opaque
        ):
            return False  # "wil Fatima", "dan de Raad"
        if following.surname is Evidence.CLEAR and following.low not in _NEVER_NAMES:
            return True
        if self.words[at].capital and following.capital and following.surname:
            return True
        size = self.lists.full_surnames.longest(self._lows(at + 1, at + 6), 0)
        head = self.words[at + size] if size else None
        if head is not None and self.words[at].first is Evidence.FUNCTION and head.low in _OFFICES:
            return False
        return head is not None and (head.surname is Evidence.CLEAR or head.capital or head.low not in _OFFICES)

    def _with_another(self, at: int) -> bool:
        """ "roos en fatima", "Bas, Iris en Max"."""
        joint, other = self._after(at), self._after(at + 1)
        if joint is None or not (joint.low == "en" and joint.gap == " "):
            return False
        return (
            other is not None
            and other.gap == " "
            and (other.first is Evidence.CLEAR or (other.capital and other.first >= Evidence.MASS))
        )

    def _signs_off(self, at: int) -> bool:
        """The name under a message: "groetjes, roos"."""
        if len(self.words) - at > 3 or self._before(at) not in _SIGN_OFF:
            return False
        token = self.words[at]
        return token.low not in _NEVER_NAMES and (token.first >= Evidence.FUNCTION or self._foreign(token))

    def _lettered_relative(self, at: int) -> bool:
        """ "moeder K" and "vader R."; "kind A" is a way not to name someone and stays."""
        token, before = self.words[at], self._before(at)
        named = before in _FAMILY - {"kind", "ouder", "partner", "kindje", "man", "vrouw"} and token.gap == " "
        return named and (token.capital or self.text[token.end : token.end + 2] in {".", ". "})

    def _two_unknown(self, at: int) -> int | None:
        """Two capitalised words in a row that no dictionary knows."""
        token, following = self.words[at], self._after(at)
        if following is None or following.gap != " " or not (token.capital and following.capital):
            return None
        for word in (token, following):
            if word.kept or word.place or word.is_letter or word.text.isupper() or not word.low.isalpha():
                return None
            if is_word(word.text) or len(word.low) < 3:
                return None
        if self._in_organisation(at):
            return None
        return self._extend(at + 2, at)

    # -- initials and prefixes --------------------------------------------------------

    def _initials(self, at: int, titled: bool = False) -> int | None:
        """ "P. Jansen", "J.P. de Vries", "K. van straat", "j. jansen"."""
        end = at
        last = min(len(self.words), at + _MOST_INITIALS)
        while end < last and self.words[end].is_letter and (end == at or self.words[end].gap in {".", ". ", " "}):
            end += 1
        if end == at or end >= len(self.words):
            return None
        if self._before(at) in _ENUMERATED and self._beside(at):
            return None
        written = self.text[self.words[at].start : self.words[end].start]
        dotted, upper = "." in written, self.words[at].text.isupper() or titled
        if self.words[at].start and self.text[self.words[at].start - 1].isalnum():
            return None
        head = self.words[end]
        if head.gap not in {". ", ".", " "} or head.kept or not (dotted or upper):
            return None
        if at > 0 and self.words[at].gap == ".":
            return None
        if not upper and end - at > 1 and _ABBREVIATIONS.match(written.strip()):
            # "m.a.w. de jong": only what is no abbreviation and has a known surname behind it
            if written.replace(".", "").strip() in _NO_INITIALS:
                return None
            size = self.lists.full_surnames.longest(self._lows(end, end + 5), 0)
            if not (head.surname is Evidence.CLEAR or (size and self.words[end + size - 1].low not in _OFFICES)):
                return None
        if head.low in _NOBLE and end + 1 < len(self.words) and dotted and upper:
            prefixed = self._prefixed(end + 1, lenient=True)
            if prefixed:
                return self._extend(prefixed, at)
        prefixed = self._prefixed(end, lenient=dotted and upper)
        if prefixed:
            return self._extend(prefixed, at)
        if head.low in _NEVER_NAMES:
            return None
        if head.surname is Evidence.CLEAR or (dotted and head.surname >= Evidence.NOUN and (head.capital or not upper)):
            return self._extend(end + 1, at)
        # "A. Toestemming" at the start of a line numbers a heading.
        numbered = self.words[at].opens and end - at == 1 and not titled
        unknown = (head.capital and not is_entry(head.text)) or self._foreign(head)
        if numbered and unknown:
            # "A. Vroegindeweij heeft", not "A. Toestemmingsverlening"
            following = self._after(end)
            numbered = following is None or following.low not in _VERBS or is_word(head.text)
        if dotted and upper and ((head.capital and (head.surname or head.place)) or (unknown and not numbered)):
            return self._extend(end + 1, at)
        return None

    def _bare_initials(self, at: int) -> int | None:
        """ "R.K. is 14": initials alone where a person stands."""
        end = at
        last = min(len(self.words), at + _MOST_INITIALS)
        while (
            end < last
            and self.words[end].is_letter
            and self.words[end].text.isupper()
            and self.words[end].gap in ({"."} if end > at else {self.words[at].gap})
        ):
            end += 1
        if end - at == 1 and self._followed_by(at, ".") and self._single_initial(at):
            return end
        if end - at < 2 or not self._followed_by(end - 1, "."):
            return None
        if self.text[self.words[at].start : self.words[end - 1].end] in {
            "B.V",
            "N.V",
            "V.O.F",
            "U.A",
            "N.B",
            "P.S",
            "E.D",
            "O.T.S",
        }:
            return None
        following = self._after(end - 1)
        person = following is not None and following.gap == ". " and following.low in _THIRD_PERSON
        return end if person or (self._before(at) in _ROLES and self._beside(at)) else None

    def _single_initial(self, at: int) -> bool:
        """ "J. en Marloes", "K. heeft gezegd": one initial where a person stands."""
        following, other = self._after(at), self._after(at + 1)
        if self.words[at].gap.strip(" (,") or (at and not self.words[at].gap):
            return False
        if following is None or following.gap != ". " or self._before(at) in _ENUMERATED | {"nr", "no"}:
            return False
        if following.low == "en":
            return other is not None and other.capital and other.first is Evidence.CLEAR
        if self._before(at) in _SUBORDINATING and not following.capital:
            return True
        return following.low in _VERBS - {"en"} and not following.capital

    def _prefixed(self, at: int, lenient: bool = False) -> int | None:
        """The index after a surname with prefix that begins here.

        `lenient` is for after a title or initials, where any word after a prefix is a name.
        """
        size = self.lists.full_surnames.longest(self._lows(at, at + 5), 0)
        if size and self._in_line(at, at + size):
            return at + size
        short = _VAN_DER.match(self.text, self.words[at].start)
        if short:
            head_at = next((i for i in range(at, len(self.words)) if self.words[i].start == short.end()), None)
            head = self.words[head_at] if head_at is not None else None
            if head_at is not None and head is not None and len(head.low) > 2 and head.low not in _NEVER_NAMES:
                return head_at + 1
        end = at
        while (
            end < len(self.words)
            and end - at < 3
            and self.words[end].low in _PREFIXES
            and (end == at or self.words[end].gap in {" ", ". ", "."} or self._apostrophe(end))
        ):
            end += 1
        if end == at or end >= len(self.words) or self.words[end].gap not in {" ", " '", ". "}:
            return None
        head = self.words[end]
        if head.kept or head.opaque or head.low in _NEVER_NAMES or head.is_letter:
            return None
        if not self.words[at].capital and any(word.capital for word in self.words[at + 1 : end]):
            return None  # "op De Klinkert"
        prefix = tuple(word.low for word in self.words[at:end])
        sure = any(prefix[: len(known)] == known for known in _SURE_PREFIXES) and not (
            prefix[0] in {"al", "da"} and not head.capital
        )
        if (
            prefix[-1] in {"t", "'t"}
            and len(prefix) > 1
            and prefix[0] != prefix[1]
            and (lenient or prefix[0] == "van" or head.capital)
        ):
            # "van 't veld", but not "van t gezin": an ordinary word is a name only behind a name or a title.
            ordinary = not head.capital and is_word(head.text)
            if not ordinary or lenient or self._behind_a_name(at):
                return end + 1
            return None
        called = self._before(at) in _ROLES | _TITLES and self._beside(at)
        if (
            sure
            and prefix[-1] == "den"
            and not (called or lenient or head.capital or head.surname)
            and is_word(head.text)
        ):
            return None  # "van den dokter", as they say in the south
        if sure and len(head.low) > 2 and (prefix[0] not in {"al", "el"} or head.capital or not is_word(head.text)):
            return end + 1
        named = head.surname is Evidence.CLEAR and (len(prefix) > 1 or prefix[0] not in _PREPOSITIONS)
        if head.capital and (lenient or named):
            return end + 1 if head.surname or head.place or not is_word(head.text) or prefix[0] != "van" else None
        if (
            lenient
            and not head.capital
            and (head.surname is Evidence.CLEAR or self._foreign(head) or self._after_initial(at))
        ):
            return end + 1
        return None

    def _full_surname(self, at: int) -> int | None:
        """A surname with prefix that stands by itself: "de Vries", "van den heuvel"."""
        token = self.words[at]
        size = self.lists.full_surnames.longest(self._lows(at, at + 5), 0)
        if self._capital_prefix(at) and (end := self._capital_head(at)):
            return self._extend(end, at)
        if token.low not in _PREFIXES:
            # "chin a sen", "gangaram panday"
            return self._extend(at + size, at) if size and self._in_line(at, at + size) else None
        if not size or not self._in_line(at, at + size):
            sure = self._prefixed(at)
            words = self.words[at : sure or at]
            return (
                self._extend(sure, at)
                if sure and len(words) > 1 and not words[-1].place and len(words[-1].low) > 2
                else None
            )
        head = self.words[at + size - 1]
        if self._capital_prefix(at) and head.capital:
            return self._extend(at + size, at)
        if head.kept or any(word.place for word in self.words[at : at + size]):
            return None
        if self._before(at) in _ROLES and self._beside(at) and head.surname and head.low not in _OFFICES:
            return self._extend(at + size, at)
        if head.low in _OFFICES:
            return None
        two_prefixes = size > 2 and self.words[at + 1].low in {"den", "der", "'t", "t"}
        if head.capital or two_prefixes or head.surname is Evidence.CLEAR or (size == 2 and not is_word(head.text)):
            return self._extend(at + size, at)
        return None

    def _apostrophe(self, at: int) -> bool:
        return self.words[at].low == "t" and self.words[at].gap == " '"

    def _capital_prefix(self, at: int) -> bool:
        """ "de brief van Van Dongen": inside a sentence a prefix has a capital only at the start of a surname."""
        token = self.words[at]
        return (
            token.capital
            and not token.opens
            and token.low in {"van", "ten", "ter", "el", "al", "op"}
            and not token.place
        )

    def _capital_head(self, at: int) -> int | None:
        end = at + 1
        while end < len(self.words) and end - at < 3 and self.words[end].low in {"de", "den", "der", "het", "t"}:
            end += 1
        if end >= len(self.words) or not self._in_line(at, end + 1):
            return None
        head = self.words[end]
        return end + 1 if head.capital and not head.kept and not head.opaque and head.low not in _NEVER_NAMES else None

    # -- where a name ends ------------------------------------------------------------

    def _extend(self, end: int, start: int) -> int:
        """Take in the initials, prefixes, further first names and surnames that follow."""
        while end < len(self.words):
            token = self.words[end]
            last = self.words[end - 1]
            if token.opaque or (token.kept and not token.surname):
                break
            if token.gap == ", " and token.is_letter and token.capital and self._followed_by(end, ".") and last.surname:
                end += 1
                while end < len(self.words) and self.words[end].is_letter and self.words[end].gap in {".", ". "}:
                    end += 1
                break
            if token.gap == " - " and last.surname:
                size = self._prefixed(end)
                if size or token.surname is Evidence.CLEAR:
                    end = size or end + 1
                    continue
            if (
                token.gap not in {" ", "-"}
                and not (token.gap == ". " and last.is_letter)
                and not (token.gap == " '" and token.low == "t")
            ):
                break
            if last.low.rpartition("-")[2] in _PREFIXES and "-" in last.low and (token.capital or token.surname):
                # "Jansen-de Vries", "Kuijpers-van Dam"
                end += 1
                continue
            prefixed = self._prefixed_after_name(end)
            if prefixed:
                end = prefixed
                continue
            if not self._continues(end, start):
                break
            end += 1
        return end

    def _prefixed_after_name(self, at: int) -> int | None:
        end = self._prefixed(at)
        if end and self.words[at].low in _WHEREABOUTS and self.words[end - 1].place:
            return None
        if end:
            head = self.words[end - 1]
            size = end - at
            if head.capital or size > 2 or head.surname is Evidence.CLEAR or not is_word(head.text):
                return end
            # "sem de boer" and "sem van asseldonk" are names, "sem van school" is not.
            if self._foreign(head):
                return end
            if self.lists.full_surnames.longest(self._lows(at, at + 5), 0):
                return end
        token = self.words[at]
        following = self._after(at)
        if following is not None and following.place and token.low in _WHEREABOUTS:
            return None
        if (
            token.low in _PREFIXES
            and following is not None
            and following.gap == " "
            and self._foreign(following)
            and token.low not in _WHEREABOUTS | {"en", "o", "la"}
        ):
            return at + 2
        if (
            token.low in _PREFIXES
            and following is not None
            and following.gap == " "
            and following.capital
            and not following.kept
        ):
            if following.low not in _NEVER_NAMES and (
                following.surname or following.place or not is_word(following.text)
            ):
                return at + 2 if token.low != "en" else None
        return None

    def _continues(self, at: int, start: int) -> bool:
        token = self.words[at]
        if token.low in {"jr", "sr", "junior", "senior"}:
            return True
        if token.is_letter:
            following = self._after(at)
            ends = following is None or self._after_gap(at) != " " or following.low in _THIRD_PERSON
            return token.capital or self._followed_by(at, ".") or (ends and token.low not in {"u", "n", "t", "s"})
        if token.low in _NEVER_NAMES or token.low in _ROLES or token.low in _TITLES:
            return False
        if token.first is Evidence.CLEAR or token.surname is Evidence.CLEAR:
            return True
        if token.capital:
            if token.text.isupper() and len(token.low) < 5:
                return False
            if token.first or token.surname or token.place or not is_word(token.text):
                return True
            # "Johan Veldkamp": a capital inside the sentence, right after a first name
            return self.words[at - 1].first is Evidence.CLEAR and not self._ordinary_capital(token)
        if token.surname is Evidence.NOUN:
            return True
        # "Jannie armoede": with a capital first name a surname has one too.
        return len(token.low) > 4 and not self.words[start].capital and self._foreign(token)

    def _bounds(self, start: int, end: int) -> tuple[int, int]:
        """Character positions, with the dot of a last initial and without a genitive."""
        last = self.words[end - 1]
        stop = last.end
        cut = re.search(r"['’`]s?$|['’`]s$", last.text)
        if cut and len(cut.group()) > 1:
            stop -= len(cut.group())
        elif end - 1 == start and self._genitive(last):
            stop -= 1
        if last.is_letter and stop < len(self.text) and self.text[stop] == ".":
            stop += 1
        begin = self.words[start].start
        if self.words[start].low in {"t", "s"} and begin > 0 and self.text[begin - 1] in "'’`":
            begin -= 1
        return begin, stop

    # -- small questions --------------------------------------------------------------

    def _genitive(self, token: Token) -> bool:
        """ "Fatima's", "daans": a sure name with the s of possession."""
        low = token.low
        if token.first or token.surname:
            return False
        if token.text[:-2].isupper() and len(low) > 3:
            return False  # "BSN's"
        if len(low) > 3 and low.endswith("'s"):
            rank = self.lists.first_names.get(low[:-2], Evidence.NONE)
            return rank is Evidence.CLEAR or (token.capital and not is_word(token.text))
        return (
            len(low) > 3
            and low.endswith("s")
            and self.lists.first_names.get(low[:-1]) is Evidence.CLEAR
            and not is_word(token.text)
        )

    def _foreign(self, token: Token) -> bool:
        """True for a word that is in no dictionary, and no typing error of one that is."""
        low = token.low
        if not low.isalpha() or not 4 <= len(low) <= 14 or token.kept or token.place:
            return False
        if low in _NEVER_NAMES or low in _MONTHS or low in self.vocabulary or is_word(token.text):
            return False
        if token.capital:
            return True
        return bool(_VOWELS.search(low)) and not _WORDLIKE.search(low) and not is_near_word(low)

    def _in_organisation(self, at: int) -> bool:
        """ "stichting Anna", "praktijk Willow Zorg"."""
        back = at
        while back > 0 and self.words[back].gap in {" ", " '", ' "'} and self.words[back - 1].capital and at - back < 3:
            back -= 1
        return (
            back > 0 and self.words[back - 1].low in {"stichting", "vereniging", "firma", "cooperatie", "sint", "st"}
        ) or (
            at > 0
            and self.words[at].first is not Evidence.CLEAR
            and self.words[at - 1].low in _ORGANISATION_WORDS
            and self._beside(at)
        )

    def _behind_a_name(self, at: int) -> bool:
        """True right behind a first name, an initial or a title."""
        if at == 0 or self.words[at].gap not in {" ", ". ", "."}:
            return False
        before = self.words[at - 1]
        return before.is_letter or before.first >= Evidence.MASS or before.low in _TITLES

    def _after_initial(self, at: int) -> bool:
        return at > 0 and self.words[at - 1].is_letter

    def _next_to_digit(self, at: int) -> bool:
        token = self.words[at]
        around = self.text[max(0, token.start - 3) : token.start] + self.text[token.end : token.end + 3]
        return any(char.isdigit() for char in around)

    def _before(self, at: int) -> str:
        return self.words[at - 1].low if at > 0 else ""

    def _after(self, at: int) -> Token | None:
        return self.words[at + 1] if at + 1 < len(self.words) else None

    def _after_gap(self, at: int) -> str:
        following = self._after(at)
        return following.gap if following else ""

    def _beside(self, at: int, allowed: str = "") -> bool:
        """True when only blanks (or a dot, or one of `allowed`) stand between this word and the one before."""
        gap = self.words[at].gap
        return (
            0 < len(gap) <= 3
            and all(char in " .\t" + allowed for char in gap)
            and gap.count(".") <= 1
            and ("." not in gap or self._before(at) in _ABBREVIATED or bool(allowed))
        )

    def _followed_by(self, at: int, sign: str) -> bool:
        end = self.words[at].end
        return self.text[end : end + 1] == sign

    def _in_line(self, start: int, end: int) -> bool:
        return all(word.gap in {" ", " '", "'"} for word in self.words[start + 1 : end])

    def _lows(self, start: int, end: int) -> list[str]:
        return [word.low for word in self.words[start:end]] or [""]


def find_names(text: str, vocabulary: frozenset[str] = frozenset()) -> list[Span]:
    """The names of persons in a normalised text; roles and titles before them stay.

    `vocabulary` holds further ordinary words (folded) that no dictionary knows.
    """
    lists = lexicon()
    return list(_Reader(text, tokenise(text, lists), lists, vocabulary).find())
