"""A wrong address or a server that is away: one Dutch sentence, and never the password."""

from __future__ import annotations

import os
import traceback
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from bot import cli, program, quiet
from bot.store import Store
from bot.store.store import _WRONG_ADDRESS, DatabaseError, _address
from bot.supervise import find_free_port
from tests.store.databases import connect_to

PASSWORD = "Verzonnen-geheim-1"

WRONG = [
    "",
    "deelwijzer.db",
    f"mysql://mens:{PASSWORD}@server/naam",
    f"postgresql+psycopg2://mens:{PASSWORD}@server/naam",
    f"postgresql+asyncpg://mens:{PASSWORD}@server/naam",
    f"postgresql//mens:{PASSWORD}@server/naam",
    f"postgresql://mens:{PASSWORD}@server:poort/naam",
    f"postgresql://mens:begin@{PASSWORD}@server/naam",
    f"postgresql://mens:begin@x/{PASSWORD}@server/naam",
    f"postgresql://mens:{PASSWORD}@[::1/naam",
    f"postgresql://mens:{PASSWORD}@server:99999/naam",
]


def refusal(url: str) -> str:
    """The sentence; the whole traceback as Python prints it holds no password either."""
    with pytest.raises(DatabaseError) as caught:
        Store(url)
    assert PASSWORD not in "".join(traceback.format_exception(caught.value))
    return str(caught.value)


@pytest.mark.parametrize("url", WRONG)
def test_an_address_that_makes_no_sense_is_explained(url: str) -> None:
    assert refusal(url) == _WRONG_ADDRESS


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_way_to_write_postgresql_gets_the_driver_we_have(scheme: str) -> None:
    address = _address(f"{scheme}://mens:a%40b@server:5433/naam?sslmode=require")

    assert address.drivername == "postgresql+psycopg"
    assert (address.password, address.host, address.port, address.database) == ("a@b", "server", 5433, "naam")
    assert address.query == {"sslmode": "require"}


@pytest.mark.parametrize("tail", ["naam", f"naam?password={PASSWORD}", "naam?connect_timeout=2"])
def test_a_server_that_is_away_is_named_without_the_password(tail: str) -> None:
    port = find_free_port()

    said = refusal(f"postgresql://mens:{PASSWORD}@127.0.0.1:{port}/{tail}")

    assert said.startswith(f"Ik kan niet bij de database naam op 127.0.0.1:{port}.")
    assert "Draait PostgreSQL" in said


def test_the_command_says_it_and_ends(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("DATABASE_URL", f"postgresql://mens:{PASSWORD}@127.0.0.1:{find_free_port()}/naam")
    for name in ("DEELWIJZER_PORT", "DEELWIJZER_ACTION_PORT", "DEELWIJZER_NLU_PORT"):
        monkeypatch.setenv(name, str(find_free_port()))
    monkeypatch.setattr(program, "train_if_needed", lambda **_: False)
    monkeypatch.setattr(quiet, "configure", lambda _: None)

    assert cli.main(["start"]) == 2

    said = capsys.readouterr().err
    assert said.startswith("Ik kan niet bij de database naam")
    assert said.count("\n") == 1
    assert PASSWORD not in said


def test_a_file_that_is_no_database_is_explained(tmp_path: Path) -> None:
    (tmp_path / "brief.txt").write_text("Dit is een verzonnen brief, geen database. " * 50)

    assert f"Ik kan het databasebestand {tmp_path}/brief.txt niet openen" in refusal(f"sqlite:///{tmp_path}/brief.txt")


def test_a_folder_that_cannot_be_made_is_explained(tmp_path: Path) -> None:
    (tmp_path / "bestand").touch()

    assert "niet openen" in refusal(f"sqlite:///{tmp_path}/bestand/map/store.db")


def test_a_database_of_a_later_version_is_left_alone(database_url: str) -> None:
    Store(database_url).close()
    with connect_to(database_url).connect() as other:
        other.execute(text("UPDATE alembic_version SET version_num = 'later'"))

    assert "nieuwere versie" in refusal(database_url)


def test_a_server_that_refuses_says_where_to_look(server_url: str) -> None:
    address = make_url(server_url)

    for wrong in (address.set(password=PASSWORD), address.set(database="nergens"), address.set(username="niemand")):
        said = refusal(wrong.render_as_string(hide_password=False))
        assert said.startswith(f"De server weigert de toegang tot de database {wrong.database} op {address.host}:")


def test_a_user_who_may_not_make_tables_is_told_so(server_url: str) -> None:
    role = f"lezer_{os.getpid()}"
    with connect_to(server_url).connect() as other:
        other.execute(text(f"CREATE ROLE {role} LOGIN PASSWORD '{PASSWORD}'"))
        for line in ("DROP SCHEMA public CASCADE", "CREATE SCHEMA public"):
            other.execute(text(line))
    try:
        address = make_url(server_url).set(username=role, password=PASSWORD)
        assert "tabellen niet bijwerken" in refusal(address.render_as_string(hide_password=False))
    finally:
        with connect_to(server_url).connect() as other:
            other.execute(text(f"DROP ROLE {role}"))
