"""The throw-away PostgreSQL of the tests: installed when missing, and gone however the tests end."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from tests.store.databases import connect_to
from tools import run_tests
from tools.bootstrap import ROOT
from tools.postgres import ensure_installed, find_binaries, throw_away_server
from tools.report import SetupError
from tools.run_tests import Outcome, run_on_postgres

# A run of tests that says where its server is, and then is killed.
_RUN = """
import sys
from tools.postgres import throw_away_server
with throw_away_server() as url:
    print(url, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH with an apt-get and a sudo on it, which nobody runs."""
    for name in ("apt-get", "sudo"):
        (tmp_path / name).touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


class Installer:
    """Stands in for running apt: keeps what was asked; after it PostgreSQL is found, if it works."""

    def __init__(self, *, works: bool) -> None:
        self.works = works
        self.asked: list[tuple[str, ...]] = []

    def run(self, command: Sequence[str], **_: object) -> subprocess.CompletedProcess[bytes]:
        self.asked.append(tuple(command))
        return subprocess.CompletedProcess(command, 0 if self.works else 100)

    def find(self) -> Path | None:
        return Path("bin") if self.works and len(self.asked) == 2 else None


def answers(url: str) -> bool:
    with connect_to(url).connect() as connection:
        return bool(connection.scalar(text("SELECT true")))


def folder_of(url: str) -> Path:
    """Where the server keeps its files."""
    with connect_to(url).connect() as connection:
        return Path(str(connection.scalar(text("SHOW data_directory")))).parent


def test_the_newest_of_debian_is_chosen(tmp_path: Path) -> None:
    for version in ("9", "15", "17", "oud"):
        (tmp_path / version / "bin").mkdir(parents=True)
        (tmp_path / version / "bin/initdb").touch()

    assert find_binaries(tmp_path) == tmp_path / "17/bin"


@pytest.mark.parametrize("root", [True, False])
def test_when_it_is_missing_apt_installs_it(apt: Path, root: bool) -> None:
    installer = Installer(works=True)

    assert ensure_installed(installer.find, installer.run, lambda: root) == Path("bin")

    start = ("env",) if root else ("sudo", "-n", "env")
    assert [command[: len(start)] for command in installer.asked] == [start] * 2
    assert [command[-1] for command in installer.asked] == ["update", "postgresql"]


def test_when_apt_cannot_the_reader_is_told_what_to_install(apt: Path) -> None:
    installer = Installer(works=False)

    with pytest.raises(SetupError, match="apt install postgresql"):
        ensure_installed(installer.find, installer.run)


def test_on_a_machine_without_apt_nothing_is_run(apt: Path) -> None:
    (apt / "apt-get").unlink()
    installer = Installer(works=True)

    with pytest.raises(SetupError, match="apt install postgresql"):
        ensure_installed(installer.find, installer.run)

    assert installer.asked == []


@pytest.mark.parametrize(("must", "outcome"), [(True, Outcome(0, 1, 0)), (False, Outcome(0, 0, 1))])
def test_without_postgresql_the_sum_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, must: bool, outcome: Outcome
) -> None:
    def missing() -> None:
        raise SetupError("fictitious")

    monkeypatch.setattr(run_tests, "throw_away_server", missing)

    assert run_on_postgres(tmp_path, must=must) == outcome


def test_it_listens_on_this_machine_only_with_a_password_and_goes_when_tests_break(server_url: str) -> None:
    def break_off() -> None:
        with throw_away_server() as url:
            seen.extend((url, str(folder_of(url))))
            raise RuntimeError("fictitious")

    seen: list[str] = []
    with pytest.raises(RuntimeError, match="fictitious"):
        break_off()

    url, folder = seen
    assert make_url(url).host == "127.0.0.1"
    assert len(str(make_url(url).password)) >= 32
    assert not Path(folder).exists()
    with pytest.raises(Exception, match="refused"):
        answers(url)


def test_it_goes_when_the_tests_are_killed_hard(server_url: str) -> None:
    run = subprocess.Popen(
        [sys.executable, "-c", _RUN],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,  # shared with the process that keeps the server: ends when that ends
        text=True,
    )
    with run:
        assert run.stdout
        url = run.stdout.readline().strip()
        assert answers(url)
        folder = folder_of(url)
        run.kill()
        assert run.communicate(timeout=60)[1] == ""

    assert not folder.exists()
    with pytest.raises(Exception, match="refused"):
        answers(url)
