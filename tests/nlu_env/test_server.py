"""The server as the app process meets it, and what it must never write down."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from . import actions as manners
from .actions import ActionServer, Manner
from .conftest import HERE, PATIENCE, TOKEN, Server, Trained, environment, free_port, serving

MARKER = "Zwaluwstaartje"  # a made-up word that occurs nowhere else
FAILING = (manners.silent, manners.crashing, manners.refusing, manners.babbling, manners.vanishing)


@pytest.fixture
def manner(actions: ActionServer, request: pytest.FixtureRequest) -> Any:
    """Choose the manners of the action server for one test."""

    def choose(chosen: Manner) -> None:
        actions.manner = chosen

    yield choose
    actions.manner = manners.polite


def test_ready_names_the_model(server: Server) -> None:
    status, body = server.request("GET", "/webhooks/deelwijzer/ready")
    assert status == 200
    assert body["ready"] is True
    assert body["model"].startswith("deelwijzer-")
    assert "." not in body["model"]


def test_a_turn_tells_how_it_was_read_and_what_the_action_said(server: Server) -> None:
    status, body = server.turn("iets over share graag school")
    assert status == 200
    assert body["parse"]["intent"]["name"] == "share"
    first, second, third = (intent["confidence"] for intent in body["parse"]["intent_ranking"])
    assert body["parse"]["intent_ranking"][0] == body["parse"]["intent"]
    assert 1 > first > second > third > 0
    [entity] = body["parse"]["entities"]
    assert (entity["entity"], entity["value"], entity["role"]) == ("party", "school", "recipient")
    assert body["messages"] == [{"custom": {"action": "action_share"}}]


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("hoe zit request vandaag", "action_request"),
        ("hoe zit record vandaag", "action_record"),
        ("hoe zit inform vandaag", "action_inform"),
        ("hoe zit retention vandaag", "action_topic"),
        ("hoe zit restart vandaag", "action_small_talk"),  # Rasa would answer this one itself
    ],
)
def test_the_intent_chooses_the_action(server: Server, text: str, action: str) -> None:
    assert server.turn(text)[1]["messages"] == [{"custom": {"action": action}}]


def test_the_action_gets_the_facts_of_the_case(server: Server, actions: ActionServer) -> None:
    case = {"case": {"party": ["school"]}, "act": "share", "municipality": None, "on": "2026-03-01"}
    server.turn("hoe zit share vandaag", metadata=case)
    assert actions.calls[-1]["tracker"]["latest_message"]["metadata"] == case


def test_a_phrase_may_stand_under_two_entities(server: Server) -> None:
    entities = server.turn("vraag: share wmo")[1]["parse"]["entities"]
    assert {(e["entity"], e["value"]) for e in entities} == {("law", "wmo"), ("role", "wmo-consulent")}


def test_a_conversation_remembers_nothing_but_its_last_turn(server: Server, actions: ActionServer) -> None:
    for text in ("hoe zit share vandaag", "hoe zit record vandaag", "nu bsn hier"):
        server.turn(text, sender="long")
    said = [e["text"] for e in actions.calls[-1]["tracker"]["events"] if e["event"] == "user"]
    assert said == ["hoe zit record vandaag", "nu bsn hier"]


@pytest.mark.parametrize("token", ["", "another-token", TOKEN + "x", "é"])
def test_without_the_token_there_is_no_answer(server: Server, token: str) -> None:
    assert server.turn(token=token) == (401, {"error": "unauthorized"})


@pytest.mark.parametrize(
    "case", yaml.safe_load((HERE / "bad_bodies.yml").read_text(encoding="utf-8")), ids=lambda case: str(case["why"])
)
def test_a_bad_body_is_refused(server: Server, case: dict[str, Any]) -> None:
    status, body = server.post(case["body"])
    assert (status, body) == (400, {"error": case["error"]})


def test_a_body_over_64_kb_is_refused(server: Server) -> None:
    status, body = server.turn("hallo", metadata={"long": "x" * 70_000})
    assert (status, body) == (413, {"error": "PayloadTooLarge"})


def test_a_text_over_4000_characters_is_refused(server: Server) -> None:
    status, body = server.turn("a" * 4001)
    assert (status, body) == (400, {"error": "text must be text of 1 to 4000 characters and not blank"})


def test_rasas_own_api_is_not_there(server: Server) -> None:
    for path in ("/model/parse", "/status", "/webhooks/rest/webhook"):
        assert server.request("GET", path)[0] == 404


@pytest.mark.parametrize("failing", FAILING, ids=lambda manner: manner.__name__)
def test_a_failing_action_gives_a_clean_error(server: Server, manner: Any, failing: Manner) -> None:
    manner(failing)
    assert server.turn(f"hoe zit share vandaag {MARKER}") == (500, {"error": "NoAnswer"})


def test_a_failing_reader_gives_a_clean_error(server: Server) -> None:
    status, body = server.turn(f"crash {MARKER}")
    assert status == 500
    assert body == {"error": "GraphComponentException"}


def test_after_a_failure_the_conversation_goes_on(server: Server, manner: Any) -> None:
    manner(manners.crashing)
    assert server.turn("hoe zit share vandaag", sender="goes on")[0] == 500
    manner(manners.polite)
    assert server.turn("hoe zit share vandaag", sender="goes on")[0] == 200


def test_what_people_type_is_written_nowhere(server: Server, manner: Any) -> None:
    """Through every path above, with logging at debug."""
    server.turn(f"hoe zit share vandaag {MARKER} school", metadata={"case": MARKER}, sender=MARKER)
    for failing in FAILING:
        manner(failing)
        server.turn(f"hoe zit share vandaag {MARKER}", sender=MARKER)
    manner(manners.polite)
    server.turn(f"crash {MARKER}")
    server.turn(f"/share {MARKER}")
    server.post('{"sender": "x", "text": "' + MARKER)
    server.post(f'"{MARKER}"')
    server.request("GET", f"/webhooks/deelwijzer/{MARKER}?{MARKER}={MARKER}")
    server.request("PUT", "/webhooks/deelwijzer/turn", MARKER, {"X-Sender": MARKER})
    with socket.create_connection(("127.0.0.1", server.port)) as raw:
        raw.sendall(f"{MARKER} / not HTTP\r\n\r\n".encode())
        raw.recv(1000)
    written = {path: path.read_bytes() for path in server.temporary.rglob("*") if path.is_file()}
    log = written[server.output].decode()
    assert "DEBUG rasa.core.processor" in log, "the log is at debug, or this test proves nothing"
    assert "ERROR nlu.channel turn" in log
    assert "ValueError" in log
    for path, content in written.items():
        assert MARKER.lower().encode() not in content.lower(), path


def test_the_server_runs_without_tensorflow(server: Server) -> None:
    maps = Path(f"/proc/{server.process.pid}/maps")
    if not maps.exists():
        pytest.skip("only Linux lists the libraries of a process")
    assert "sklearn" in maps.read_text()
    assert "tensorflow" not in maps.read_text()


def test_the_server_listens_on_loopback_only(server: Server) -> None:
    tables = [Path(f"/proc/{server.process.pid}/net/{name}") for name in ("tcp", "tcp6")]
    if not tables[0].exists():
        pytest.skip("only Linux lists the sockets of a process")
    rows = [line.split() for table in tables for line in table.read_text().splitlines()[1:]]
    listening = [row[1].rpartition(":")[0] for row in rows if row[3] == "0A" and row[1].endswith(f":{server.port:04X}")]
    assert listening == ["0100007F"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_a_starting_server_cleanly(trained: Trained, number: signal.Signals) -> None:
    process = _start(trained.root, DEELWIJZER_MODELS=str(trained.models), DEELWIJZER_NLU_PORT=str(free_port()))
    assert process.stderr is not None
    assert process.stderr.readline() == "Taalherkenning start …\n"
    process.send_signal(number)
    _, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, errors) == (0, "")


def test_a_taken_port_is_told(trained: Trained, server: Server) -> None:
    code, told = _ends(trained.root, DEELWIJZER_MODELS=str(trained.models), DEELWIJZER_NLU_PORT=str(server.port))
    assert code == 2
    assert told.startswith(f"Poort {server.port} op 127.0.0.1 is al in gebruik")


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"DEELWIJZER_TOKEN": " "}, "DEELWIJZER_TOKEN is leeg."),
        ({"DEELWIJZER_NLU_PORT": "poort"}, "DEELWIJZER_NLU_PORT is “poort”."),
        ({"DEELWIJZER_LOG_LEVEL": "luid"}, "DEELWIJZER_LOG_LEVEL is “luid”."),
        ({"DEELWIJZER_MODELS": "nowhere"}, "Er is geen taalmodel in"),
    ],
)
def test_a_wrong_setting_is_told(trained: Trained, variables: dict[str, str], told: str) -> None:
    code, said = _ends(trained.root, **{"DEELWIJZER_MODELS": str(trained.models), **variables})
    assert code == 2
    assert said.startswith(told)
    assert said.count("\n") == 1


def test_a_broken_model_is_told(trained: Trained, tmp_path: Path) -> None:
    (tmp_path / "broken.tar.gz").write_bytes(b"not a model")
    code, told = _ends(trained.root, DEELWIJZER_MODELS=str(tmp_path), DEELWIJZER_NLU_PORT=str(free_port()))
    assert code == 2
    assert told.splitlines()[-1].startswith(f"Het taalmodel {tmp_path / 'broken.tar.gz'} kan niet worden geladen")


def test_a_signal_ends_the_server_cleanly(trained: Trained, actions: ActionServer) -> None:
    with serving(trained, actions, "warning") as server:
        server.turn("hoe zit share vandaag")
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(timeout=PATIENCE) == 0
        assert server.output.read_text(encoding="utf-8") == "Taalherkenning start …\nTaalherkenning klaar.\n"


def _start(root: Path, **variables: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "nlu.serve"],
        cwd=root,
        env=environment(**{"DEELWIJZER_TOKEN": TOKEN, **variables}),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def _ends(root: Path, **variables: str) -> tuple[int, str]:
    process = _start(root, **variables)
    _, told = process.communicate(timeout=PATIENCE)
    return process.returncode, told
