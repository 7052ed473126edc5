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
AGAIN = "Misschien kreeg je dit al."
HELLO = (
    "Hallo, ik ben Deelwijzer, een computerprogramma voor privacyvragen. Typ hier geen namen of nummers. "
    "Met /help lees je wat ik kan."
)
TOO_MANY = "Dat gaat me even te snel. Wacht een minuut en probeer het dan opnieuw. Wat je net stuurde, las ik niet."
LET_IN = "Je uitnodiging klopt. Welkom!"
NOT_INVITED = (
    "Deze bot is alleen voor collega's met een uitnodiging. Ik heb je bericht niet gelezen en niets bewaard. "
    "Werk je bij de gemeente? Vraag de FG om een uitnodiging en open de link daarin."
)
NOT_INVITED_PRESS = "Deze bot werkt alleen met een uitnodiging. Vraag de FG erom."
WRONG_CODE = (
    "Deze uitnodiging werkt niet, of niet meer: elke code werkt één keer en een paar dagen. "
    "Vraag de FG om een nieuwe. Ik heb niets bewaard."
)
ACCESS_STAYS = (
    "Wissen haalt je toegang tot deze bot niet weg. Daarvan bewaar ik een code die bij je account hoort, en een datum. "
    "Wil je ook die weg? Druk dan hieronder. Daarna heb je een nieuwe uitnodiging nodig."
)
LEAVE = "Haal mijn toegang weg"
LEFT = "Je toegang is weg. Wil je later terugkomen? Vraag de FG dan om een nieuwe uitnodiging."
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
PRIVACY_ACCESS = (
    "Dat je deze bot mag gebruiken, bewaar ik onder een code die bij je account hoort, met de dag waarop ik je het "
    "laatst zag. Gebruik je de bot een jaar niet, dan vervalt dat vanzelf. Zelf weghalen kan bij /vergeetmij."
)

# Where only general questions are allowed.
ONLY_GENERAL = (
    "In Telegram mag ik alleen algemene vragen beantwoorden en quizvragen stellen. Dat koos je organisatie: "
    "Telegram bewaart berichten op eigen servers, en een casus hoort daar niet."
)
NO_FLOW = (
    f"{ONLY_GENERAL}\n\nAfwegen, een datalek doorlopen of een besluit vastleggen kan in de webchat van Deelwijzer."
)
NO_STORY = (
    f"{ONLY_GENERAL}\n\nJe bericht lijkt over iemand te gaan. Ik heb het niet beantwoord en bewaar het niet. "
    "Wis het ook in Telegram. Vertel je casus in de webchat van Deelwijzer, zonder namen. "
    "Of stel je vraag hier algemeen, zoals: “Mag een wijkteam gegevens delen met een school?”"
)

# The menu that Telegram shows, in this order.
COMMANDS = (
    ("vraag", "Stel een privacyvraag"),
    ("triage", "Samen afwegen, stap voor stap"),
    ("datalek", "Een datalek doorlopen"),
    ("quiz", "Oefen met een paar vragen"),
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
