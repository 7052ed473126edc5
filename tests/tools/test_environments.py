"""An environment is built once, whole or not at all, and again when its lock file changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tools.conftest import Project
from tools.environments import ENVIRONMENTS, ensure
from tools.report import SetupError

APP = ENVIRONMENTS["app"]
PLENTY = 10**12  # bytes


def build(project: Project, *names: str, free: int = PLENTY) -> None:
    ensure(names, project.root, project.find, project.get_uv, lambda _: free)


def test_a_new_copy_is_not_ready(project: Project) -> None:
    assert not APP.is_ready(project.root)


def test_a_built_environment_is_ready(project: Project) -> None:
    build(project, "app")

    assert APP.is_ready(project.root)
    assert not ENVIRONMENTS["nlu"].is_ready(project.root)


def test_packages_are_installed_only_with_their_hashes(project: Project) -> None:
    build(project, "app")

    venv, sync = project.calls()
    assert venv.startswith("venv ")
    assert sync.startswith("pip sync --require-hashes ")
    assert sync.endswith("requirements/app.txt")


def test_the_second_time_uv_is_not_called(project: Project) -> None:
    build(project, "app", "nlu")
    calls = project.calls()
    build(project, "app", "nlu")

    assert project.calls() == calls


def test_only_what_is_not_ready_is_built(project: Project) -> None:
    build(project, "app")
    build(project, "app", "dev")

    assert [call.rsplit("/", 1)[1] for call in project.calls()] == ["app", "app.txt", "dev", "dev.txt"]


def test_a_changed_lock_file_means_a_build_from_nothing(project: Project) -> None:
    build(project, "app")
    left_over = APP.folder(project.root) / "left-over"
    left_over.touch()
    APP.lock(project.root).write_text("fictitious-app==2.0\n")

    assert not APP.is_ready(project.root)
    build(project, "app")
    assert APP.is_ready(project.root)
    assert not left_over.exists()


def test_an_environment_whose_python_is_gone_is_built_again(project: Project) -> None:
    build(project, "app")
    python = APP.python(project.root)
    python.unlink()
    python.symlink_to(project.root / "removed-by-an-upgrade")

    assert not APP.is_ready(project.root)
    build(project, "app")
    assert APP.is_ready(project.root)


def test_a_failed_build_leaves_nothing_and_is_repeated(project: Project) -> None:
    project.uv_fails_on("sync", "error: hash mismatch for fictitious-app")
    with pytest.raises(SetupError, match="hash klopt niet"):
        build(project, "app")
    assert not APP.folder(project.root).exists()

    project.uv_works_again()
    build(project, "app")
    assert APP.is_ready(project.root)


def test_an_interrupted_build_leaves_nothing(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        (APP.folder(project.root) / "bin").mkdir(parents=True)
        raise KeyboardInterrupt

    monkeypatch.setattr("tools.uv.run", interrupted)
    with pytest.raises(KeyboardInterrupt):
        build(project, "app")

    assert not APP.folder(project.root).exists()


def test_a_full_disk_is_noticed_before_anything_is_fetched(project: Project) -> None:
    with pytest.raises(SetupError) as caught:
        build(project, "app", "nlu", free=1_200_000_000)

    assert "1,2 GB vrij, 3,4 GB nodig" in str(caught.value)
    assert project.calls() == []


def test_a_missing_python_is_noticed_before_anything_is_fetched(project: Project) -> None:
    def nothing(*_: object) -> None:
        raise SetupError("geen Python")

    with pytest.raises(SetupError, match="geen Python"):
        ensure(["nlu"], project.root, nothing, project.get_uv, lambda _: PLENTY)  # type: ignore[arg-type]
    assert project.calls() == []


def test_a_model_that_a_rebuild_removes_is_named(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    build(project, "app")
    APP.model_note(project.root).write_text("nl_core_news_sm-3.8.0-py3-none-any.whl")
    APP.lock(project.root).write_text("fictitious-app==2.0\n")
    capsys.readouterr()

    build(project, "app")
    told = capsys.readouterr().err
    assert "nl_core_news_sm-3.8.0-py3-none-any.whl" in told
    assert "make model" in told
    build(project, "app")
    assert capsys.readouterr().err == ""


def test_standard_output_stays_empty(project: Project, capfd: pytest.CaptureFixture[str]) -> None:
    build(project, "app")

    assert capfd.readouterr().out == ""


def test_what_uv_said_is_kept_in_a_log(project: Project) -> None:
    project.uv_fails_on("venv", "error: something nobody has seen before")
    with pytest.raises(SetupError, match="something nobody has seen before") as caught:
        build(project, "app")

    log = project.root / ".venv/app.log"
    assert str(log) in str(caught.value)
    assert "something nobody has seen before" in log.read_text()


@pytest.mark.parametrize("environment", ENVIRONMENTS.values(), ids=lambda e: e.name)
def test_every_environment_has_a_lock_file(environment: object) -> None:
    root = Path(__file__).resolve().parents[2]
    assert ENVIRONMENTS[environment.name].lock(root).is_file()  # type: ignore[attr-defined]
