"""The whole program as a caseworker meets it. All names and numbers are fictitious."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing

import httpx
import psutil

from bot.supervise import ROOT
from tests.e2e.conftest import DEADLINE, Program


def test_the_start_shows_an_example_with_its_answer_and_the_address(program: Program) -> None:
    assert "Voorbeeldvraag:" in program.output
    assert "5.2.6" in program.output
    assert f"http://127.0.0.1:{program.port}/" in program.output


def test_the_example_is_not_kept_among_the_questions_of_people(program: Program) -> None:
    with closing(sqlite3.connect(program.folder / "store.db")) as database:
        kept = database.execute("select count(*) from conversation where channel = 'start'").fetchone()

    assert kept == (0,)


def test_a_question_gets_a_cited_answer(program: Program) -> None:
    message = program.chat("geciteerd", "ik werk bij de wmo, mag ik gegevens sturen naar het CAK?")

    assert message["verdict"] == "allowed_without_consent"
    assert {"law": "Wmo 2015", "article": "5.2.1"}.items() <= message["citations"][0].items()
    assert message["citations"][0]["url"].startswith("https://wetten.overheid.nl/")


def test_a_masked_question_still_gets_its_answer(program: Program) -> None:
    message = program.chat("afgeschermd", "mag ik het adres van Jolanda de Vries doorgeven aan de politie?")

    assert message["verdict"] == "allowed_with_consent"
    assert "afgeschermd" in message["text"]
    assert "Jolanda" not in str(message)


def test_a_button_goes_on_in_the_same_conversation(program: Program) -> None:
    asked = program.chat("knop", "mag ik iets vertellen aan school?")
    payload = next(one["payload"] for one in asked["buttons"] if one["title"] == "Wmo")

    answered = program.chat("knop", payload=payload)

    assert answered["verdict"] == "allowed_with_consent"
    assert answered["citations"][0]["article"] == "5.3.3"


def test_the_pages_tell_whether_the_program_is_well(program: Program) -> None:
    assert httpx.get(f"{program.url}/gezond").json()["ok"] is True
    assert httpx.get(f"{program.url}/klaar").status_code == 200


def test_rasa_dies_and_comes_back_in_the_same_conversation(program: Program) -> None:
    conversation = "herstel"
    assert program.chat(conversation, "mag ik iets vertellen aan school?")["verdict"] == "needs_info"
    killed = program.nlu_process()
    assert killed is not None

    killed.kill()
    killed.wait(DEADLINE)
    down = program.chat(conversation, "mag ik iets vertellen aan school?")
    assert "niet lezen" in down["text"]
    menu = next(one["payload"] for one in down["buttons"] if one["title"] == "Veilig Thuis vraagt informatie")
    from_menu = program.chat(conversation, payload=menu)
    assert from_menu["citations"][0]["article"] == "5.2.6"

    until = time.monotonic() + DEADLINE
    while httpx.get(f"{program.url}/klaar").status_code != 200:
        assert time.monotonic() < until, "het taalproces kwam niet terug"
    again = program.chat(conversation, "mag ik iets vertellen aan school?")
    assert again["verdict"] == "needs_info"


def test_no_text_of_a_message_is_in_any_log(program: Program) -> None:
    program.chat("logboek", "mag ik de zonnebloempittenkwestie bespreken met school?")
    httpx.post(f"{program.url}/api/chat", content=b'{"zonnebloempittenkwestie": ')

    nlu_log = (ROOT / "var" / "log" / "nlu.log").read_text(encoding="utf-8")

    assert nlu_log
    assert "zonnebloempitten" not in nlu_log
    assert "zonnebloempitten" not in program.output


def test_ctrl_c_stops_every_process_it_started(launch: Callable[[], Program]) -> None:
    program = launch()
    children = psutil.Process(program.process.pid).children(recursive=True)
    assert children

    code = program.stop()

    assert code == 0
    _, alive = psutil.wait_procs(children, timeout=DEADLINE)
    assert alive == []
    assert "Gestopt." in program.output


def test_a_port_in_use_is_said_with_how_to_mend_it(program: Program) -> None:
    environment = {**os.environ, "DEELWIJZER_PORT": str(program.port)}
    second = subprocess.run(
        [sys.executable, "-m", "bot.cli", "start"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert second.returncode == 2
    assert str(program.port) in second.stderr
    assert "DEELWIJZER_PORT" in second.stderr
