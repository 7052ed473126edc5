"""The set-up command: silent when ready, one sentence when not, one at a time, any Python."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tools.conftest import Project
from tools import bootstrap
from tools.environments import ENVIRONMENTS, ensure
from tools.report import SetupError

ROOT = Path(__file__).resolve().parents[2]
BEFORE_THE_ENVIRONMENTS = (
    *("__init__", "bootstrap", "environments", "installer_errors", "interpreters"),
    *("lock", "model_wheel", "report", "uv"),
)


@pytest.fixture
def builds(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """The command, with the stand-ins of the project in place of what needs a network."""

    def with_stand_ins(names: list[str], root: Path) -> None:
        ensure(names, root, project.find, project.get_uv, lambda _: 10**12)

    monkeypatch.setattr(bootstrap, "ensure", with_stand_ins)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    return project


def test_what_is_not_there_is_built(builds: Project) -> None:
    assert bootstrap.main(["app", "nlu"], builds.root) == 0
    assert all(ENVIRONMENTS[name].is_ready(builds.root) for name in ("app", "nlu"))


def test_what_is_ready_costs_no_word(builds: Project, capfd: pytest.CaptureFixture[str]) -> None:
    bootstrap.main(["app"], builds.root)
    calls = builds.calls()
    capfd.readouterr()

    assert bootstrap.main(["app"], builds.root) == 0
    assert capfd.readouterr() == ("", "")
    assert builds.calls() == calls


@pytest.mark.parametrize("names", [[], ["elsewhere"]])
def test_a_wrong_call_shows_the_right_one(
    names: list[str], project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bootstrap.main(names, project.root) == 2
    assert "{app,dev,nlu}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (SetupError("Er is iets."), 1, "Er is iets."),
        (PermissionError(13, "Permission denied", "een-map"), 1, "een-map"),
        (KeyboardInterrupt(), 130, "Afgebroken"),
    ],
)
def test_a_failure_is_one_sentence_and_an_exit_code(
    error: BaseException,
    code: int,
    told: str,
    project: Project,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr(bootstrap, "ensure", fails)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    assert bootstrap.main(["app"], project.root) == code
    captured = capsys.readouterr()
    assert told in captured.err
    assert captured.err.count("\n") == 1
    assert captured.out == ""


def test_a_second_set_up_waits_for_the_first(project: Project) -> None:
    script = (
        "import sys; from pathlib import Path; from tools.bootstrap import only_one\n"
        "with only_one(Path(sys.argv[1])): print('inside', flush=True)"
    )
    with bootstrap.only_one(project.root):
        other = subprocess.Popen(
            [sys.executable, "-c", script, project.root],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert other.stderr is not None
        assert "even wachten" in other.stderr.readline()
        assert other.poll() is None
    out, _ = other.communicate(timeout=60)
    assert out == "inside\n"


@pytest.mark.parametrize("name", BEFORE_THE_ENVIRONMENTS)
def test_what_runs_first_needs_no_package_and_no_new_python(name: str) -> None:
    tree = ast.parse((ROOT / "tools" / f"{name}.py").read_text(), feature_version=(3, 8))
    imported = {
        module.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for module in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [n.name for n in node.names])
    }

    assert imported - set(sys.stdlib_module_names) <= {"tools"}
