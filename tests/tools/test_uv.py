"""uv is fetched once, in the pinned version, and run without what a shell may have set."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.tools.conftest import Project
from tools import uv as uv_tool
from tools.report import SetupError

# In place of a Python: has the modules named in MODULES, and makes a uv for who installs it.
_PYTHON = """#!/bin/sh
echo "$*" >> "{calls}"
case "$*" in
    "-c import "*) for module in $(echo "${{2#import }}" | tr -d ,); do
        case " {modules} " in *" $module "*) ;; *) exit 1 ;; esac
    done ;;
    "-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
    *" pip install "*" --target "*|"-m pip install "*)
        if [ -e "{calls}.fail" ]; then cat "{calls}.fail"; exit 1; fi
        case "$*" in *--target*) for folder; do :; done ;; *) folder=$(dirname "$0")/.. ;; esac
        mkdir -p "$folder/bin" && cp "$0" "$folder/bin/uv" ;;
esac
"""


class Python:
    """A stand-in for a Python with some modules, and what it was asked."""

    def __init__(self, folder: Path, modules: str) -> None:
        self.path = folder / "python"
        self._calls = folder / "python-calls"
        self.path.write_text(_PYTHON.format(calls=self._calls, modules=modules))
        self.path.chmod(0o755)

    def calls(self) -> str:
        """Everything it was asked."""
        return self._calls.read_text() if self._calls.exists() else ""

    def fails_with(self, message: str) -> None:
        """Make installing fail."""
        self._calls.with_name(self._calls.name + ".fail").write_text(message)


@pytest.fixture(autouse=True)
def pinned(project: Project) -> None:
    """A lock file for uv."""
    (project.root / "requirements/uv.txt").write_text("uv==0.0.1 # fictitious\n")


def test_the_pip_of_the_machine_puts_it_in_the_project(project: Project, tmp_path: Path) -> None:
    python = Python(tmp_path, "pip")
    uv = uv_tool.ensure_uv(project.root, str(python.path))

    assert uv == project.root / ".tools/uv/bin/uv"
    assert "--require-hashes" in python.calls()
    assert f"--target {project.root}/.tools/uv" in python.calls()


def test_without_pip_it_comes_in_an_environment_of_its_own(project: Project, tmp_path: Path) -> None:
    python = Python(tmp_path, "ensurepip venv")
    uv = uv_tool.ensure_uv(project.root, str(python.path))

    assert uv.exists()
    assert f"-m venv {project.root}/.tools/uv" in python.calls()
    assert "--target" not in python.calls()


def test_without_either_the_sentence_says_what_to_install(project: Project, tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="apt install python3-venv"):
        uv_tool.ensure_uv(project.root, str(Python(tmp_path, "").path))


def test_it_is_fetched_once(project: Project, tmp_path: Path) -> None:
    python = Python(tmp_path, "pip")
    uv_tool.ensure_uv(project.root, str(python.path))
    calls = python.calls()
    uv_tool.ensure_uv(project.root, str(python.path))

    assert python.calls() == calls


def test_another_pinned_version_is_fetched(project: Project, tmp_path: Path) -> None:
    python = Python(tmp_path, "pip")
    uv_tool.ensure_uv(project.root, str(python.path))
    calls = python.calls()
    (project.root / "requirements/uv.txt").write_text("uv==0.0.2 # fictitious\n")
    uv_tool.ensure_uv(project.root, str(python.path))

    assert len(python.calls()) > len(calls)


def test_a_failure_leaves_nothing_behind(project: Project, tmp_path: Path) -> None:
    python = Python(tmp_path, "pip")
    python.fails_with("Temporary failure in name resolution")
    with pytest.raises(SetupError, match="verbinding met internet"):
        uv_tool.ensure_uv(project.root, str(python.path))

    assert not (project.root / ".tools/uv").exists()


def test_an_active_environment_does_not_get_the_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX", "UV_SYSTEM_PYTHON", "PYTHONPATH"):
        monkeypatch.setenv(name, "made-up")
    monkeypatch.setenv("UV_CACHE_DIR", "kept")
    log = tmp_path / "log"
    uv_tool.run([sys.executable, "-c", "import os; print(*sorted(os.environ))"], log, tmp_path)

    names = set(log.read_text().split())
    assert names.isdisjoint({"VIRTUAL_ENV", "CONDA_PREFIX", "UV_SYSTEM_PYTHON", "PYTHONPATH"})
    assert {"UV_CACHE_DIR", "UV_PYTHON_DOWNLOADS"} <= names
