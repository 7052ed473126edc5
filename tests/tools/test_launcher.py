"""`./deelwijzer` works from anywhere, and its standard output belongs to the command."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# In place of bot/cli.py: says how it was called.
CLI = "import json, os, sys\nprint(json.dumps({'arguments': sys.argv[1:], 'folder': os.getcwd()}))\n"

# In place of tools/bootstrap.py: makes what was asked for, and says so where it should not.
BOOTSTRAP = """
import pathlib, shutil, sys
print("setting up", *sys.argv[1:])
if pathlib.Path("fail").exists():
    sys.exit(1)
for name in sys.argv[1:]:
    python = pathlib.Path(".venv", name, "bin/python")
    python.parent.mkdir(parents=True)
    python.symlink_to({python!r})
    shutil.copy(f"requirements/{{name}}.txt", f".venv/{{name}}/lock.txt")
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A working copy with the real launcher and stand-ins behind it; a space in its path."""
    root = tmp_path / "een map"
    for folder in ("bot", "tools", "requirements"):
        (root / folder).mkdir(parents=True)
    shutil.copy(ROOT / "deelwijzer", root)
    (root / "bot/cli.py").write_text(CLI)
    (root / "tools/bootstrap.py").write_text(BOOTSTRAP.format(python=sys.executable))
    for name in ("app", "nlu"):
        (root / f"requirements/{name}.txt").write_text(f"fictitious-{name}==1.0\n")
    return root


def call(program: Path, *arguments: str, cwd: Path, path: str | None = None) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": path or os.environ["PATH"], "PYTHONPATH": "/made-up"}
    return subprocess.run(
        [program, *arguments],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_first_call_sets_up_and_the_second_does_not(copy: Path) -> None:
    first = call(copy / "deelwijzer", "kennis", "check", cwd=copy)
    second = call(copy / "deelwijzer", "kennis", "check", cwd=copy)

    assert "setting up app\n" in first.stderr
    assert first.stdout == second.stdout
    assert '"arguments": ["kennis", "check"]' in second.stdout
    assert second.stderr == ""


def test_a_changed_lock_file_sets_up_again(copy: Path) -> None:
    call(copy / "deelwijzer", cwd=copy)
    (copy / "requirements/app.txt").write_text("fictitious-app==2.0\n")
    shutil.rmtree(copy / ".venv/app/bin")

    assert "setting up app" in call(copy / "deelwijzer", cwd=copy).stderr


@pytest.mark.parametrize(
    ("arguments", "environments"),
    [
        (["start"], "app nlu"),
        (["chat"], "app nlu"),
        (["vraag", "--jsonl", "in.jsonl"], "app nlu"),
        (["vraag", "--help"], "app"),
        (["kennis", "woordenlijst"], "app"),
        ([], "app"),
    ],
)
def test_a_command_gets_the_environments_it_needs(copy: Path, arguments: list[str], environments: str) -> None:
    assert call(copy / "deelwijzer", *arguments, cwd=copy).stderr == f"setting up {environments}\n"


def test_a_file_named_from_another_folder_is_found_there(copy: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elders"
    (elsewhere / "bot").mkdir(parents=True)
    (elsewhere / "bot/cli.py").write_text("print('not this one')\n")
    result = call(copy / "deelwijzer", "kennis", "een bestand.txt", cwd=elsewhere)

    assert f'"folder": "{elsewhere}"' in result.stdout
    assert '"een bestand.txt"' in result.stdout


def test_it_works_through_links(copy: Path, tmp_path: Path) -> None:
    (tmp_path / "absolute").symlink_to(copy / "deelwijzer")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/relative").symlink_to("../absolute")

    assert call(tmp_path / "bin/relative", "kennis", cwd=tmp_path).returncode == 0


def test_a_failed_set_up_ends_the_command(copy: Path) -> None:
    (copy / "fail").touch()
    result = call(copy / "deelwijzer", "kennis", cwd=copy)

    assert result.returncode == 1
    assert result.stdout == ""


def test_a_machine_without_python_gets_a_sentence(copy: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bin"
    bare.mkdir()
    for tool in ("sh", "cmp", "dirname", "readlink"):
        (bare / tool).symlink_to(str(shutil.which(tool)))
    result = call(copy / "deelwijzer", "kennis", cwd=copy, path=str(bare))

    assert result.returncode == 1
    assert "Installeer Python 3.11" in result.stderr
