"""Whether a yes or no in a message is told as a fact, or only asked about: "moet moeder toestemming geven?"."""

from __future__ import annotations

from collections.abc import Sequence

from nlu.reading.lexicon import Span
from nlu.reading.text import Token

# Values that tell what somebody did; "unasked" and "partial" say nothing of one person.
TOLD = ("given", "refused", "unable")
# With an infinitive behind it, it asks whether: "moeten ouders akkoord gaan", "mag ik weigeren".
MODAL = frozenset(
    {"moet", "moeten", "hoeft", "hoeven", "hoef", "mag", "mogen", "kan", "kunnen", "laat", "laten", "dient", "dienen"}
)
# Here another clause begins: "mag ik bellen als ouders weigeren".
NEW_CLAUSE = frozenset(
    {
        "als", "wanneer", "nu", "omdat", "terwijl", "dat", "die", "indien", "want", "maar", "en", "of",
        "mits", "tenzij", "voordat", "totdat", "zolang", "hoewel", "zodra", "nadat", "doordat", "ondanks",
    }
)  # fmt: skip
NOT_YET = frozenset({"voordat", "totdat", "tenzij", "zolang"})
WHO = frozenset({"wie", "wiens", "welke"})
I_OR_WE = frozenset({"ik", "wij", "we"})
NEEDED = frozenset({"nodig", "vereist", "verplicht", "hebben", "worden"})
ADVERBS = frozenset({"nu", "dan", "ook", "nog", "al", "zelf", "echter", "hier", "toch", "gewoon", "steeds", "vaak"})
DETERMINERS = frozenset({"de", "het", "een", "mijn", "onze", "ons", "zijn", "haar", "hun", "die", "deze"})
PREPOSITIONS = frozenset({"bij", "van", "aan", "met", "op", "voor", "over", "tegen", "door", "naar"})
# Whose yes or no may be the consent; a school or a supplier that refuses says nothing of it.
DECIDES = frozenset(
    {
        "wettelijk-vertegenwoordiger", "voogd", "curator", "bijzondere-curator", "mentor", "bewindvoerder",
        "gemachtigde", "inwoner", "client", "jeugdige", "ouder", "ouder-met-gezag", "ouder-zonder-gezag", "ex-partner",
        "netwerk", "familie", "grootouder", "stiefouder", "pleegouder", "partner", "mantelzorger", "buur",
        "nabestaande", "iemand-anders", "melder", "gi", "gi-medewerker", "gezinsvoogd", "voogdijwerker", "nidos",
    }
)  # fmt: skip


def only_asked(words: Sequence[Token], parties: Sequence[Span], said: Span) -> bool:
    """True when the phrase is no fact: a question about consent, or the yes or no of an organisation.

    Args:
        words: the tokens of the message.
        parties: where parties are named.
        said: the phrase that tells of consent.
    """
    if said.entity != "consent" or said.value not in TOLD:
        return False
    return _is_asked(words, said) or _of_an_organisation(words, parties, said)


def _is_asked(words: Sequence[Token], said: Span) -> bool:
    """ "moet moeder toestemming geven", "wie tekent voor", "heb ik toestemming van moeder nodig"."""
    before = _clause_before(words, said)
    norms = {token.norm for token in before}
    inside = words[said.first : said.last]
    behind = _clause_behind(words, said)
    if said.value == "given" and _before_it_is_there(words, said, len(before)):
        return True
    if before and (before[0].norm in WHO or before[-1].norm in WHO):
        return True
    if said.value == "given" and behind & NEEDED and (norms | {token.norm for token in inside}) & (MODAL | {"heb"}):
        return True
    if said.length == 1 and before and before[-1].norm in I_OR_WE:
        return True  # "ik weiger"
    return bool(norms & MODAL) and any(_infinitive(token) for token in inside)


def _before_it_is_there(words: Sequence[Token], said: Span, clause: int) -> bool:
    """ "zonder dat de client ja gezegd heeft", "voordat moeder toestemming geeft"."""
    place = said.first - clause - 1
    if place < 0:
        return False
    opens = words[place].norm
    return opens in NOT_YET or (opens == "dat" and place > 0 and words[place - 1].norm in ("zonder", "voor"))


def _of_an_organisation(words: Sequence[Token], parties: Sequence[Span], said: Span) -> bool:
    """ "school weigert info te geven", "de leverancier werkt niet mee"."""
    place = said.first
    while place > 0 and words[place - 1].norm in ADVERBS:
        place -= 1
    beside = [party for party in parties if party.last == place]
    if not beside or beside[-1].value in DECIDES:
        return False
    start = beside[-1].first
    while start > 0 and words[start - 1].norm in DETERMINERS:
        start -= 1
    return start == 0 or words[start - 1].norm not in PREPOSITIONS


def _clause_before(words: Sequence[Token], said: Span) -> list[Token]:
    found: list[Token] = []
    for token in reversed(words[: said.first]):
        if token.is_end or token.mark or token.norm in NEW_CLAUSE:
            break
        found.insert(0, token)
    return found


def _clause_behind(words: Sequence[Token], said: Span) -> set[str]:
    found: set[str] = set()
    if words[said.last - 1].mark:
        return found
    for token in words[said.last :]:
        if token.is_end or token.norm in NEW_CLAUSE:
            break
        found.add(token.norm)
        if token.mark:
            break
    return found


def _infinitive(token: Token) -> bool:
    """ "geven", "tekenen", "gaan", "weigeren": no participle."""
    return token.norm.endswith(("en", "aan")) and (token.norm == token.lemma or token.norm == "geven")
