"""The small parts of the channel: settings, addresses, people, texts and the app package."""

from __future__ import annotations

import json
import logging
import os
import struct
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr, ValidationError

from bot import cli
from bot.app import build, closing
from bot.channels import teams
from bot.channels.teams import texts
from bot.channels.teams.activity import Activity, Place
from bot.channels.teams.choices import Choices
from bot.channels.teams.endpoints import MICROSOFT, THIS_MACHINE
from bot.channels.teams.identity import PeopleError, pseudonym, read_people
from bot.channels.teams.package import manifest
from bot.channels.teams.render import Renderer, again
from bot.channels.teams.seal import Seal
from bot.channels.teams.sending import Connector
from bot.delivery.channel import NotSent, PerhapsSent, Undeliverable
from bot.messages import Message
from bot.outcomes import OUTCOME_WORDS
from bot.program import CHANNELS
from bot.settings import ROOT, Settings
from knowledge.knowledge import Knowledge
from tests.teams.conftest import Connect
from tests.teams.connector import APP_ID, SECRET, TENANT, Person, Stub, check, words
from tests.web.fake_assistant import MESSAGES, FakeAssistant

WHOLE: dict[str, Any] = {"teams_app_id": APP_ID, "teams_app_secret": SecretStr(SECRET), "teams_tenant": TENANT}


# -- settings ----------------------------------------------------------------------------------


@pytest.mark.parametrize("missing", list(WHOLE))
def test_half_of_the_settings_is_an_error_that_names_the_other_half(missing: str) -> None:
    given = {name: value for name, value in WHOLE.items() if name != missing}

    with pytest.raises(ValidationError, match=f"DEELWIJZER_{missing.upper()}") as caught:
        Settings(**given)

    assert SECRET not in str(caught.value)


def test_without_settings_teams_is_off() -> None:
    assert Settings().teams_app_id == ""  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({**WHOLE, "teams_app_id": "no-id"}, "geen id uit Entra"),
        ({**WHOLE, "teams_local_emulator": True}, "alleen om te ontwikkelen"),
        ({"teams_local_emulator": True, "host": "0.0.0.0", "access": "login"}, "DEELWIJZER_HOST=127.0.0.1"),
        ({"teams_mapping": Path("mensen.yaml")}, "DEELWIJZER_TEAMS_APP_ID"),
    ],
)
def test_settings_that_cannot_go_together_are_refused(given: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        Settings(**given)


async def test_the_emulator_asks_no_token_warns_loudly_and_stays_on_this_machine(
    connect: Connect, person: Person, assistant: FakeAssistant, app: FastAPI, caplog: pytest.LogCaptureFixture
) -> None:
    emulator: dict[str, Any] = {name: None if "secret" in name else "" for name in WHOLE}
    hello = {"type": "message", "text": "info"}
    async with connect(assistant, **emulator, teams_local_emulator=True):
        away = await person.post(person.activity({**hello, "serviceUrl": "https://smba.trafficmanager.net/emea/"}))
        here = await person.post(person.activity(hello))

    assert (away.status_code, here.status_code) == (403, 200)
    assert [record.levelno for record in caplog.records if "LET OP" in record.getMessage()] == [logging.WARNING]


async def test_the_program_itself_serves_teams_only_when_it_is_set(database_url: str, knowledge: Knowledge) -> None:
    statuses = []
    for given in ({}, WHOLE):
        settings = Settings(**given).model_copy(update={"database_url": database_url})
        service = build(settings, "made-up-token-between-processes", knowledge=knowledge)
        async with closing(service), teams.connected(settings, service):
            statuses.append((await Person(Stub(), service.public).post({"type": "message"})).status_code)

    assert teams.connected in CHANNELS
    assert statuses == [404, 401]


# -- addresses and people ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "trusted"),
    [
        ("https://smba.trafficmanager.net/emea/bbbbbbbb/", True),
        ("https://SMBA.trafficmanager.net/teams", True),
        ("http://smba.trafficmanager.net/teams", False),
        ("https://smba.trafficmanager.net.evil.example/", False),
        ("https://evil.trafficmanager.net/", False),
        ("https://smba.trafficmanager.net@evil.example/", False),
        ("https://user@smba.trafficmanager.net/", False),
        ("https://smba.trafficmanager.net:8443/", False),
        ("https://smba.trafficmanager.net:x/", False),
        ("http://127.0.0.1:3978/", False),
        ("", False),
    ],
)
def test_answers_go_only_to_hosts_of_microsoft(address: str, trusted: bool) -> None:
    assert MICROSOFT.trusts(address) is trusted


@pytest.mark.parametrize("address", ["https://smba.trafficmanager.net/", "http://192.168.1.2/", "http://x.example/"])
def test_for_development_answers_stay_on_this_machine(address: str) -> None:
    assert not THIS_MACHINE.trusts(address)
    assert THIS_MACHINE.trusts("http://127.0.0.1:56150/_connector")


@pytest.mark.parametrize(
    ("address", "trusted"),
    [("https://made-up-my.sharepoint.com/a", True), ("https://sharepoint.com.evil.example/", False)],
)
def test_files_go_only_to_microsoft(address: str, trusted: bool) -> None:
    assert MICROSOFT.trusts_for_files(address) is trusted


def test_an_address_keeps_what_sending_needs() -> None:
    place = Place("https://smba.trafficmanager.net/emea/", "19:x@thread.tacv2;messageid=1", "28:bot", TENANT)

    assert Place.read(place.address) == place


def test_people_in_the_file_are_known_by_their_pseudonym_only(knowledge: Knowledge, tmp_path: Path) -> None:
    file = tmp_path / "mensen.yaml"
    file.write_text(f"personen:\n  {APP_ID.upper()}: {{gemeente: heumen, rol: Wmo-consulent}}\n", encoding="utf-8")

    people = read_people(file, TENANT, Choices.of(knowledge))

    assert people.profile(pseudonym(TENANT, APP_ID)) == {"municipality": "heumen", "role": "wmo-consulent"}
    assert people.profile("somebody") == {}
    assert APP_ID not in str(people)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("personen: [", "geen geldige YAML"),
        ("groepen: {}", "Groepen van Entra leest Deelwijzer niet"),
        ("personen: {jan: {gemeente: heumen}}", "is geen object-id"),
        (f"personen: {{{APP_ID}: {{}}}}", "geef gemeente, rol of allebei"),
        (f"personen: {{{APP_ID}: {{gemeente: nergenshuizen}}}}", "ken ik niet; kies uit: .*heumen"),
    ],
)
def test_a_file_with_people_that_is_wrong_says_what_is_wrong(
    knowledge: Knowledge, tmp_path: Path, content: str, says: str
) -> None:
    file = tmp_path / "mensen.yaml"
    file.write_text(content, encoding="utf-8")

    with pytest.raises(PeopleError, match=says):
        read_people(file, TENANT, Choices.of(knowledge))


def test_names_of_others_and_of_the_bot_do_not_stay_in_a_text(person: Person) -> None:
    raw = person.activity(
        {
            "type": "message",
            "text": "<at>Deelwijzer</at>&nbsp;mag <at id='1'>Made-up &amp; Naam</at> dit <b>delen</b>?",
            "entities": [{"type": "mention", "text": "<at>Deelwijzer</at>", "mentioned": {"id": f"28:{APP_ID}"}}],
        }
    )

    assert Activity.read(raw).text == "mag iemand dit <b>delen</b>?"


# -- cards -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(MESSAGES))
def test_every_kind_of_answer_is_a_card_that_teams_takes(name: str) -> None:
    for message in MESSAGES[name]:
        units = Renderer(Seal("x")).units(message)
        assert units
        for unit in units:
            check(unit["activity"])
        said = "\n".join(words(unit["activity"]) for unit in units)
        for _, text in message.parts:
            assert text.split("\n")[0].lstrip("- ") in said


@pytest.mark.parametrize("outcome", sorted(texts.OUTCOMES))
def test_an_outcome_is_told_in_words_and_a_sign_and_a_colour_of_the_theme(outcome: str) -> None:
    message = Message("Zo zit het.", (("verdict", "Zo zit het."),), verdict=outcome)

    [unit] = Renderer(Seal("x")).units(message)

    head = unit["activity"]["attachments"][0]["content"]["body"][0]
    sign, colour = texts.OUTCOMES[outcome]
    assert (head["items"][0]["text"], head["style"]) == (f"{sign} {OUTCOME_WORDS[outcome]}", colour)
    assert head["style"] in ("good", "warning", "attention", "accent", "emphasis")


@pytest.mark.parametrize("name", ["info", "allowed_with_consent"])
def test_what_perhaps_came_before_says_so(name: str) -> None:
    [message, *_] = MESSAGES[name]

    unit = again(Renderer(Seal("x")).units(message)[0])

    assert words(unit["activity"]).startswith(texts.AGAIN)


# -- sending ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "raised"),
    [
        (httpx.ConnectError("x"), NotSent),
        (httpx.ConnectTimeout("x"), NotSent),
        (httpx.ReadTimeout("x"), PerhapsSent),
        (httpx.RemoteProtocolError("x"), PerhapsSent),
        (500, NotSent),
        (429, NotSent),
        (412, NotSent),
        (302, Undeliverable),
        (403, Undeliverable),
    ],
)
async def test_what_came_of_a_request_is_told_in_the_words_of_the_desk(
    outcome: httpx.HTTPError | int, raised: type[Exception]
) -> None:
    asked = 0

    def answer(request: httpx.Request) -> httpx.Response:
        nonlocal asked
        asked += 1
        if isinstance(outcome, int):
            return httpx.Response(outcome)
        raise outcome

    place = Place("https://smba.trafficmanager.net/emea/", "a:made-up", "28:bot", TENANT)
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        with pytest.raises(raised):
            await Connector(client, None, MICROSOFT).send(place, {"do": "post", "activity": {"type": "message"}})

    assert asked == 1


# -- the library and the package ---------------------------------------------------------------------


def test_bringing_in_the_library_reads_no_file_and_warns_of_nothing(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("MADE_UP_SETTING=1\n", encoding="utf-8")
    program = (
        "import os; before = dict(os.environ); from bot.channels.teams import library; library.load(); "
        "assert dict(os.environ) == before"
    )

    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")


def test_the_package_holds_what_teams_asks_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "pakket.zip"
    given = ["teams-pakket", "--domein", "deelwijzer.voorbeeld.nl", "--app-id", APP_ID, "--uit", str(file)]

    assert cli.main(given) == 0

    with zipfile.ZipFile(file) as archive:
        assert sorted(archive.namelist()) == ["color.png", "manifest.json", "outline.png"]
        assert [struct.unpack(">II", archive.read(f"{name}.png")[16:24]) for name in ("color", "outline")] == [
            (192, 192),
            (32, 32),
        ]
        made = json.loads(archive.read("manifest.json"))
    assert made == manifest("deelwijzer.voorbeeld.nl", APP_ID)
    assert str(file) in capsys.readouterr().out


def test_the_manifest_keeps_to_the_limits_of_its_schema() -> None:
    made = manifest("deelwijzer.voorbeeld.nl", APP_ID, "Gemeente Voorbeeldstad")
    [bot] = made["bots"]

    assert len(made["name"]["short"]) <= 30
    assert len(made["name"]["full"]) <= 100
    assert len(made["description"]["short"]) <= 80
    assert len(made["description"]["full"]) <= 4000
    assert bot["botId"] == APP_ID
    assert set(bot["scopes"]) == {"personal", "team", "groupChat"}
    assert bot["supportsFiles"]
    assert made["validDomains"] == ["deelwijzer.voorbeeld.nl"]
    for listed in bot["commandLists"]:
        assert 0 < len(listed["commands"]) <= 10
        for command in listed["commands"]:
            assert len(command["title"]) <= 32
            assert len(command["description"]) <= 128


def test_a_new_package_replaces_the_old_one_of_the_same_bot() -> None:
    first, second = (manifest("deelwijzer.voorbeeld.nl", APP_ID) for _ in range(2))

    assert first["id"] == second["id"] != manifest("ander.voorbeeld.nl", APP_ID)["id"]


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("--domein", "https://deelwijzer.voorbeeld.nl", "zonder https"),
        ("--domein", "localhost", "is geen domein"),
        ("--app-id", "123", "geen id uit Entra"),
        ("--organisatie", "x" * 33, "hooguit 32 tekens"),
        ("--uit", "/nergens/pakket.zip", "Kan /nergens/pakket.zip niet schrijven"),
    ],
)
def test_a_wrong_argument_is_told_in_dutch(
    option: str, value: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = {"--domein": "deelwijzer.voorbeeld.nl", "--app-id": APP_ID, "--uit": str(tmp_path / "x.zip"), option: value}

    assert cli.main(["teams-pakket", *(part for pair in given.items() for part in pair)]) == 2
    assert says in capsys.readouterr().err
