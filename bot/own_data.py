"""What a person can ask about the own data: what is kept, all of it as a file, erase it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bot.compose import Composed, Composer
from bot.messages import Button, File
from bot.store.retention import Periods, Retention
from knowledge.answer import Part
from knowledge.schema import Verdict

EXPLAINED = (
    "Dit bewaar ik van jou:\n"
    "- je vragen en mijn antwoorden, zonder de namen en nummers die ik herken: {questions} dagen\n"
    "- je duimen, je vragen aan de FG en de antwoorden: even lang\n"
    "- wat je in de quiz deed: even lang\n"
    "- je gemeente, waar je werkt en wat je over de zaak vertelde: hooguit {questions} dagen na je laatste bericht\n"
    "- de besluiten die je vastlegt: {decisions} dagen na de laatste wijziging. Een vastgelegd datalek blijft zo lang "
    "staan, ook als je de rest wist\n"
    "- in Telegram en Teams ook waar ik je kan bereiken: {addresses} dagen, alleen om te antwoorden",
    "Namen, adressen, geboortedatums en BSN's maak ik onherkenbaar voordat ik iets bewaar. Ik kan er een missen: typ "
    "ze dus liever niet. Je gesprekken staan onder een code, niet onder je naam. "
    "De FG kan vragen, antwoorden en besluiten lezen, zonder je naam.",
    "Log je in op de webchat? Dan heb je een account met je naam en je rollen. Daarover gaat je beheerder.",
    "Typ “mijn gegevens” voor alles wat bij je gesprekken hoort, of “vergeet mij” om het te wissen. "
    "Dat geldt voor dit kanaal. Gebruik je er meer, vraag het dan in elk.",
)
EXPORTED = "Dit is alles wat ik van je gesprekken bewaar. Je kunt het bestand met een teksteditor lezen."
SURE = (
    "Wil je dat ik je gesprekken vergeet? Dan wis ik je vragen, mijn antwoorden, je quiz en wat ik van de zaak weet. "
    "Dat kan ik niet terugdraaien. Heb je een besluit nog nodig? Zet het eerst in je dossier."
)
FORGOTTEN = {
    "all": "Alles is gewist, ook je vastgelegde besluiten. Een vastgelegd datalek blijft in het register van je "
    "organisatie staan, zonder verwijzing naar jou. Dat moet van de wet (art. 33 lid 5 AVG).",
    "keep_decisions": "Je gesprekken zijn gewist. Je vastgelegde besluiten staan er nog.",
    "nothing": "Ik heb niets gewist.",
}


class OwnData:
    """Answers about one person."""

    def __init__(self, composer: Composer, retention: Retention, periods: Periods, owner: str) -> None:
        self._composer = composer
        self._retention = retention
        self._periods = periods
        self._owner = owner

    def explained(self) -> Composed:
        """What is kept, and how long."""
        periods = self._periods
        filled = [
            text.format(questions=periods.questions, decisions=periods.decisions, addresses=periods.addresses)
            for text in EXPLAINED
        ]
        return self._composer.flow([Part("plain", text) for text in filled], [], "idle")

    def exported(self) -> Composed:
        """Everything as a file."""
        content = json.dumps(self._retention.export(self._owner), ensure_ascii=False, indent=2)
        return self._composer.file(EXPORTED, File("mijn-gegevens.json", "application/json", content.encode()))

    def asked_to_forget(self) -> Composed:
        """Asks once more, with the choice to keep the decisions."""
        choices: list[tuple[Button, Mapping[str, Any]]] = [
            (Button("Wis alles", "", "option"), {"do": "forget", "which": "all"}),
            (Button("Wis alles, maar niet mijn besluiten", "", "option"), {"do": "forget", "which": "keep_decisions"}),
            (Button("Nee, laat staan", "", "option"), {"do": "forget", "which": "nothing"}),
        ]
        return self._composer.flow([Part("ask", SURE)], choices, "idle")

    def forget(self, which: str) -> Composed:
        """Erase what was chosen."""
        if which != "nothing":
            self._retention.erase(self._owner, decisions=which == "all")
        return self._composer.plain(FORGOTTEN[which], Verdict.INFO)
