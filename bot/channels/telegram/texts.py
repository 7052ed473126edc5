"""What this channel says by itself; everything else comes from the assistant."""

from __future__ import annotations

FAILED = (
    "Er ging bij mij iets mis. Probeer het zo nog eens. Heb je haast of twijfel je? Vraag het aan je collega of de FG."
)
ASK_AWAY = (
    "Typ je vraag in één bericht.\n\n"
    "Bijvoorbeeld: “Ik werk bij de toegang. School wil weten welke hulp een leerling krijgt. Mag dat?”"
)
UNKNOWN_COMMAND = "Dit commando ken ik niet. Typ gewoon je vraag, of kijk bij /help wat ik kan."
EDITED = "Een aangepast bericht lees ik niet opnieuw. Stuur je vraag als een nieuw bericht, dan kijk ik ernaar."
GROUP = (
    "In een groep geef ik geen antwoord: dan leest iedereen mee. "
    "Stuur mij een eigen bericht, dan help ik je graag. Uit deze groep bewaar ik niets."
)
NOT_TEXT = "Ik kan alleen tekst lezen. Ik heb je bericht niet bekeken en niet bewaard. Typ je vraag, zonder namen."
NOT_TEXT_BY_KIND = {
    "photo": "Ik kan geen foto's bekijken. Ik heb je foto niet bewaard. Typ je vraag, zonder namen.",
    "voice": "Ik kan niet luisteren. Ik heb je opname niet bewaard. Typ je vraag, zonder namen.",
    "sticker": "Leuk, maar stickers begrijp ik niet. Typ je vraag, dan help ik je graag.",
    "document": "Ik kan geen bestanden lezen. Ik heb je bestand niet bewaard. Typ je vraag, zonder namen.",
}
ALREADY_CHOSEN = "Je had hier al gekozen."
CHOOSE = "Maak een keuze:"
MASKED = "In Telegram staat je eigen bericht er nog wel. Verwijder het daar."
PROFILE_HINT = (
    "Zet met /gemeente je gemeente en met /rol waar je werkt. Dan hoef ik dat niet steeds te vragen. "
    "Wat ik bewaar, lees je bij /privacy."
)
PRIVACY = (
    "Over Telegram: Telegram zelf bewaart dit gesprek ook, op eigen servers. Daar kan ik niets aan doen. "
    "Wis het gesprek in Telegram als je het niet meer nodig hebt. "
    "Koos je een gemeente of een rol, dan bewaar ik die keuze. Weghalen kan met /gemeente en /rol."
)

# The menu that Telegram shows, in this order.
COMMANDS = (
    ("vraag", "Stel een privacyvraag"),
    ("triage", "Samen afwegen, stap voor stap"),
    ("datalek", "Een datalek doorlopen"),
    ("gemeente", "Kies je gemeente"),
    ("rol", "Kies waar je werkt"),
    ("privacy", "Wat ik bewaar en hoe lang"),
    ("mijnbesluiten", "De besluiten die je vastlegde"),
    ("mijngegevens", "Wat ik van jou bewaar"),
    ("vergeetmij", "Wis wat ik van jou bewaar"),
    ("help", "Wat ik kan"),
    ("stop", "Stop en begin opnieuw"),
)

ASK_PROFILE = {
    "municipality": "In welke gemeente werk je? Dan noem ik ook het lokale beleid dat ik ken, en de juiste FG.",
    "role": "Waar werk je? Dan hoef ik dat niet steeds te vragen.",
}
NOW_PROFILE = {"municipality": "Nu gekozen: {label}.", "role": "Nu gekozen: {label}."}
TYPE_PROFILE = {"municipality": "Je kunt ook typen: /gemeente en de naam.", "role": ""}
NO_PROFILE = {"municipality": "Geen gemeente", "role": "Geen vaste rol"}
CHOSEN_PROFILE = {
    "municipality": "Gemeente: {label}. Ik houd daar rekening mee. Veranderen: /gemeente",
    "role": "Je rol: {label}. Ik houd daar rekening mee. Veranderen: /rol",
}
CLEARED_PROFILE = {
    "municipality": "Ik heb geen gemeente van je onthouden. Kiezen: /gemeente",
    "role": "Ik heb geen rol van je onthouden. Kiezen: /rol",
}
UNKNOWN_PROFILE = {
    "municipality": "Die gemeente ken ik nog niet. De landelijke regels gelden overal; die ken ik wel.",
    "role": "Die rol ken ik niet.",
}
