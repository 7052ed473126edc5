"""`./deelwijzer teams-pakket`: the app package that an administrator adds to Teams."""

from __future__ import annotations

import argparse
import json
import re
import sys
import uuid
import zipfile
from pathlib import Path
from typing import Any

from bot.channels.teams import icons, texts
from bot.channels.teams.identity import is_guid

SCHEMA = "1.28"
VERSION = "1.0.0"
FILE = "deelwijzer-teams.zip"
# The same archive for the same arguments: no moment of making in it.
_MOMENT = (2026, 1, 1, 0, 0, 0)
# In place of a scheme and an address: `deelwijzer.voorbeeld.nl`.
_DOMAIN = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
_SHORT = "Privacyvragen in het sociaal domein, met het wetsartikel erbij"
_LONG = (
    "Mag je dit delen met school? Moet je Veilig Thuis antwoorden? Deelwijzer zoekt het op in vaste, gedateerde "
    "regels en geeft een oordeel, het wetsartikel, wat wel en niet mee mag, en wat je nu doet. Je legt je besluit "
    "stap voor stap vast en bewaart het in je dossier.\n\n"
    "Deelwijzer is een computerprogramma, geen mens. Het verzint niets en beslist niets: dat doe jij. Typ geen namen, "
    "adressen of BSN. Staat er toch iets in je vraag, dan maakt Deelwijzer het onherkenbaar voordat het iets bewaart."
)


def add_package(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("teams-pakket", help="maak het app-pakket voor Teams")
    parser.add_argument("--domein", required=True, help="waar Deelwijzer te bereiken is, zoals deelwijzer.voorbeeld.nl")
    parser.add_argument("--app-id", required=True, help="Application (client) id van de bot in Entra")
    parser.add_argument("--organisatie", default="Deelwijzer", help="naam van je organisatie, hooguit 32 tekens")
    parser.add_argument("--uit", type=Path, default=Path(FILE), metavar="BESTAND", help=f"standaard {FILE}")
    parser.set_defaults(run=_run)


def write(file: Path, domain: str, app_id: str, organisation: str) -> None:
    """Write the package.

    Raises:
        OSError: the file cannot be written.
        RuntimeError: an argument is wrong; the text says in Dutch which.
    """
    made = manifest(domain, app_id, organisation)
    text = json.dumps(made, ensure_ascii=False, indent=2).encode()
    try:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in (
                ("manifest.json", text),
                ("color.png", icons.color()),
                ("outline.png", icons.outline()),
            ):
                archive.writestr(zipfile.ZipInfo(name, _MOMENT), content, zipfile.ZIP_DEFLATED)
    except OSError as error:
        raise OSError(f"Kan {file} niet schrijven: {error.strerror}.") from None


def manifest(domain: str, app_id: str, organisation: str = "Deelwijzer") -> dict[str, Any]:
    """What Teams wants to know of the app.

    Raises:
        RuntimeError: an argument is wrong.
    """
    domain, app_id, organisation = domain.strip().lower(), app_id.strip().lower(), organisation.strip()
    if not _DOMAIN.fullmatch(domain):
        raise RuntimeError(
            f"--domein: “{domain}” is geen domein. Geef alleen de naam, zoals deelwijzer.voorbeeld.nl, zonder https://."
        )
    if not is_guid(app_id):
        raise RuntimeError("--app-id: dit is geen id uit Entra (zoals 00000000-0000-0000-0000-000000000000).")
    if not 0 < len(organisation) <= 32:
        raise RuntimeError("--organisatie: geef een naam van hooguit 32 tekens.")
    address = f"https://{domain}"
    red, green, blue = icons.ACCENT
    return {
        "$schema": f"https://developer.microsoft.com/json-schemas/teams/v{SCHEMA}/MicrosoftTeams.schema.json",
        "manifestVersion": SCHEMA,
        "version": VERSION,
        # Of the app in Teams, not of the bot: the same for the same bot, so that a new package replaces the old.
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{address}/{app_id}")),
        "developer": {
            "name": organisation,
            "websiteUrl": address,
            "privacyUrl": address,
            "termsOfUseUrl": address,
        },
        "name": {"short": "Deelwijzer", "full": "Deelwijzer: mag ik dit delen?"},
        "description": {"short": _SHORT, "full": _LONG},
        "icons": {"color": "color.png", "outline": "outline.png"},
        "accentColor": f"#{red:02x}{green:02x}{blue:02x}",
        "localizationInfo": {"defaultLanguageTag": "nl"},
        "defaultInstallScope": "personal",
        "bots": [
            {
                "botId": app_id,
                "scopes": ["personal", "team", "groupChat"],
                "supportsFiles": True,
                "isNotificationOnly": False,
                "commandLists": [
                    {"scopes": ["personal"], "commands": _commands(texts.COMMANDS)},
                    {"scopes": ["team", "groupChat"], "commands": _commands(texts.GROUP_COMMANDS)},
                ],
            }
        ],
        "permissions": ["identity", "messageTeamMembers"],
        "validDomains": [domain],
    }


def _commands(listed: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    return [{"title": title, "description": meaning} for title, meaning in listed]


def _run(given: argparse.Namespace) -> int:
    write(given.uit, given.domein, given.app_id, given.organisatie)
    print(f"Klaar: {given.uit}. Hoe je het toevoegt, staat in docs/teams.md.", file=sys.stdout)
    return 0
