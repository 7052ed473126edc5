"""What this channel says by itself; everything else comes from the assistant."""

from __future__ import annotations

FAILED = (
    "Er ging bij mij iets mis. Probeer het zo nog eens. Heb je haast of twijfel je? Vraag het aan je collega of de FG."
)
FAILED_CHOICE = "Er ging bij mij iets mis. Typ je keuze hieronder, dan ga ik verder. Haast? Vraag je collega of de FG."
TOO_MANY = "Dat gaat me te snel. Wacht een minuut en stel je vraag dan opnieuw. Dit bericht heb ik niet bewaard."
AGAIN = "Misschien kreeg je dit al."
BUSY = "Ik ben ermee bezig."
ALREADY_CHOSEN = "Je had hier al gekozen."
FOR_SOMEBODY_ELSE = "Deze knop is voor een collega. Noem mij en stel je eigen vraag."
NOT_NOW = "Ik kan dit nu niet bewaren. Probeer het over een minuut opnieuw."
NOT_TEXT = "Ik kan alleen tekst lezen. Ik heb je bericht niet bekeken en niet bewaard. Typ je vraag, zonder namen."
EDITED = "Een aangepast bericht lees ik niet opnieuw. Stuur je vraag als een nieuw bericht, dan kijk ik ernaar."
ASK_AWAY = "Typ je vraag in één bericht. Schrijf liever “de moeder” of “de school” dan een naam."
MASKED = "In Teams staat je eigen bericht er nog wel. Verwijder het daar."
CHOOSE = "Maak een keuze:"
CHOSEN = "Gekozen"
ANSWERED = "Antwoord verstuurd"
YOUR_ANSWER = "Jouw antwoord"
ANSWER_HINT = "Typ hier, zonder namen. Gewoon in de chat typen mag ook."
ANSWER_MISSING = "Typ eerst je antwoord."
CHOICE_MISSING = "Kies eerst een antwoord."
SEND = "Verstuur"
PICK = "Kies"
MUST = "Verplicht"
MAY_NOT = "Mag niet"
SOURCES = "Bronnen"
UNTITLED = "Deelwijzer"

PRIVACY = (
    "Over Teams: Microsoft bewaart dit gesprek ook, in de omgeving van je organisatie. Daar ga ik niet over. "
    "Je gemeente en je rol haal je weg met “gemeente” en “rol”."
)
WELCOME_DPO = "Kom je er niet uit, of wil je overleggen? {dpo} helpt je verder."
WELCOME_GROUP = (
    "Hallo, ik ben Deelwijzer, een computerprogramma. Noem mij in een bericht en stel een algemene privacyvraag. "
    "Typ geen namen: iedereen leest mee. Vastleggen, afwegen en een datalek doorlopen doen we in een eigen gesprek."
)
GROUP_PERSONAL = (
    "Dat doen we in een eigen gesprek: hier leest iedereen mee, en uit een groep leg ik niets vast. "
    "Open een chat met Deelwijzer en typ het daar."
)
PROMPTS_LEAD = "Probeer bijvoorbeeld:"
# On the welcome card and in the app package: what a person can ask for with one press.
PROMPTS = (
    ("Mag dit naar school?", "Ik werk bij de toegang. School wil weten welke hulp een leerling krijgt. Mag dat?"),
    ("Veilig Thuis belt", "Veilig Thuis vraagt mij om informatie over een gezin. Moet ik die geven?"),
    ("Toestemming vanaf 16", "Wie geeft toestemming als een jongere 16 jaar is?"),
)
COMMANDS = (
    ("vraag", "Stel een privacyvraag"),
    ("triage", "Samen afwegen, stap voor stap"),
    ("datalek", "Een datalek doorlopen"),
    ("quiz", "Oefen met korte vragen"),
    ("gemeente", "Kies je gemeente en waar je werkt"),
    ("privacy", "Wat ik bewaar en hoe lang"),
    ("mijn besluiten", "De besluiten die je vastlegde"),
    ("mijn gegevens", "Wat ik van jou bewaar"),
    ("vergeet mij", "Wis wat ik van jou bewaar"),
    ("help", "Wat ik kan"),
)
GROUP_COMMANDS = (("vraag", "Stel een algemene privacyvraag"), ("help", "Wat ik kan"))

ASK_PROFILE = "Waar werk je? Dan hoef ik dat niet steeds te vragen, en noem ik ook lokaal beleid en de juiste FG."
PROFILE_NAMES = {"municipality": "Gemeente", "role": "Rol"}
NO_PROFILE = {"municipality": "Geen gemeente", "role": "Geen vaste rol"}
SAVE_PROFILE = "Onthoud dit"
CHOSEN_PROFILE = {"municipality": "Gemeente: {label}.", "role": "Je rol: {label}."}
CHANGE_PROFILE = "Veranderen? Typ “gemeente”."
CLEARED_PROFILE = "Ik heb geen gemeente en geen rol van je onthouden. Kiezen? Typ “gemeente”."
UNKNOWN_PROFILE = {
    "municipality": "Die gemeente ken ik nog niet. De landelijke regels gelden overal; die ken ik wel.",
    "role": "Die rol ken ik niet.",
}

FILE_OFFER = "Kies “Toestaan”, dan zet ik het bestand in je OneDrive. Daarna open je het hier, ook op je telefoon."
FILE_DECLINED = "Goed, ik zet het bestand nergens neer."
FILE_PLACED = "Het bestand {name} staat in je OneDrive."
FILE_GONE = "Dit bestand kan ik niet meer maken. Vraag het opnieuw, met “mijn besluiten” of “mijn gegevens”."

# By outcome that is shown above a card: a sign that says the same as its words, and the colour of the theme behind it.
# The signs are letters, not pictures: they take the colour of the text, and every machine has them.
OUTCOMES = {
    "allowed_without_consent": ("✓", "good"),
    "allowed_with_consent": ("✍", "warning"),
    "not_allowed": ("✕", "attention"),
    "needs_info": ("?", "accent"),
    "weigh": ("⚖", "accent"),
    "emergency": ("⚠", "attention"),
    "out_of_scope": ("→", "emphasis"),
    "not_understood": ("?", "emphasis"),
}
