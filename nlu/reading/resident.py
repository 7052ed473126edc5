"""A resident who asks about himself or his own family, and not a professional about a client."""

from __future__ import annotations

import re

_OWN = (
    r"(?:mijn|m'n|mn|ons|onze)\s+(?:eigen\s+|oudste\s+|jongste\s+)?"
    r"(?:zoon(?:tje)?|dochter(?:tje)?|kind(?:je|eren)?|ex(?:-?man|-?vrouw|-?partner)?|partner|echtgenoot|echtgenote"
    r"|psycholoog|psychiater|therapeut|huisarts|arts|uitkering|schulden|scheiding|uitslag(?:en)?|mri|diagnose|medicijnen"
    r"|medische|gezondheid|ziekte|beperking|bankafschriften|bankrekening|inkomen|bsn|paspoort|privacy|persoonsgegevens)"
)
_ABOUT_ME = (
    r"(?:over|van|bij|aan)\s+mij(?:\s+(?:en|of)\s+mijn\s+\w+)?"
    r"\s+(?:opvragen|opslaan|bewaren|weten|hebben|delen|vragen|zeggen|doorgeven|vastleggen|staat|bewaart)"
)
_I_AM = (
    r"ik\s+ben\s+(?:zijn|haar|hun|de|een|zelf)"
    r"\s+(?:moeder|vader|ouder|mantelzorger|pleegmoeder|pleegvader|oma|opa|client|inwoner)"
)
_SIGNED_UP = (
    r"ik\s+heb\s+(?:me|mij|mezelf)\s+aangemeld|ik\s+heb\s+zelf\s+(?:hulp|schulden)"
    r"|ik\s+krijg\s+(?:zelf\s+)?(?:hulp|een\s+uitkering|bijstand|begeleiding)"
)
_ASKED_ME = (
    r"(?:gemeente|wijkteam|consulent|toegang|schuldhulp|ze|zij|instantie)\s+(?:mij|me)"
    r"\s+(?:om|naar|vragen|verplichten|dwingen|weigeren)|mag\s+de\s+gemeente\s+(?:mij|me|mijn)\b"
)
_RESIDENT = re.compile(rf"\b(?:{_OWN}|{_ABOUT_ME}|{_I_AM}|{_SIGNED_UP}|{_ASKED_ME})\b")


def resident(folded: str) -> tuple[int, int] | None:
    """Where a folded text shows that a resident asks; None when it does not."""
    found = _RESIDENT.search(folded)
    return found.span() if found else None
