"""The Dutch spaCy model is installed only as the file it should be, where it belongs."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.tools.conftest import Project
from tools.environments import ENVIRONMENTS, ensure
from tools.model_wheel import install, target_environments
from tools.report import SetupError

NAME = "nl_core_news_sm-3.8.0-py3-none-any.whl"
CONTENT = b"not a real model"
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """A file with the name of the model and a made-up content."""
    path = tmp_path / NAME
    path.write_bytes(CONTENT)
    return path


def add(project: Project, wheel: Path, expected: str | None = None) -> None:
    def make_ready(names: Sequence[str], root: Path) -> None:
        ensure(names, root, project.find, project.get_uv, lambda _: 10**12)

    install(wheel, expected, project.root, make_ready, project.get_uv)


def installs(project: Project) -> list[str]:
    return [call for call in project.calls() if call.startswith("pip install")]


@pytest.mark.parametrize(
    ("file", "names"),
    [
        ("nl_core_news_sm-3.7.0-py3-none-any.whl", ("nlu",)),
        ("nl_core_news_sm-3.8.0-py3-none-any.whl", ("app", "dev")),
    ],
)
def test_the_version_says_where_the_model_belongs(file: str, names: tuple[str, ...]) -> None:
    assert target_environments(Path(file)) == names


@pytest.mark.parametrize(
    ("file", "told"),
    [
        ("nl_core_news_sm-3.6.0-py3-none-any.whl", "past bij geen spaCy"),
        ("nl_core_news_lg-3.8.0-py3-none-any.whl", "niet het Nederlandse model"),
        ("nl_core_news_sm-3.8.0.tar.gz", "niet het Nederlandse model"),
    ],
)
def test_another_file_is_refused(file: str, told: str) -> None:
    with pytest.raises(SetupError, match=told):
        target_environments(Path(file))


def test_the_right_file_is_installed_without_asking_an_index(project: Project, wheel: Path) -> None:
    add(project, wheel, DIGEST.upper())

    calls = installs(project)
    assert len(calls) == 2
    assert all("--no-deps --no-index" in call and call.endswith(NAME) for call in calls)
    assert ENVIRONMENTS["app"].is_ready(project.root)
    assert ENVIRONMENTS["app"].model_note(project.root).read_text() == NAME


def test_a_listed_hash_need_not_be_given(project: Project, wheel: Path) -> None:
    (project.root / "requirements/model.sha256").write_text(f"{DIGEST}  {NAME}\n")
    add(project, wheel)

    assert len(installs(project)) == 2


def test_a_hash_that_differs_from_the_listed_one_is_refused(project: Project, wheel: Path) -> None:
    (project.root / "requirements/model.sha256").write_text(f"{'0' * 64}  {NAME}\n")
    with pytest.raises(SetupError, match="een andere dan die in"):
        add(project, wheel, DIGEST)
    assert installs(project) == []


@pytest.mark.parametrize("expected", [None, "", "abc"])
def test_without_a_known_hash_the_user_is_asked_for_it(project: Project, wheel: Path, expected: str | None) -> None:
    with pytest.raises(SetupError, match="SHA256=<hash>") as caught:
        add(project, wheel, expected)
    assert DIGEST not in str(caught.value)  # to be copied from the source, not from the file
    assert installs(project) == []


def test_another_content_is_refused(project: Project, wheel: Path) -> None:
    with pytest.raises(SetupError, match="SHA256 klopt niet"):
        add(project, wheel, "0" * 64)
    assert installs(project) == []


def test_a_missing_file_is_named(project: Project, tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="bestaat niet"):
        add(project, tmp_path / "elsewhere" / NAME, DIGEST)
