"""The right Python is found, and a missing one is named with the way to get it."""

from __future__ import annotations

import sys

import pytest

from tools.interpreters import Interpreter, find_python, probe, running
from tools.report import SetupError

NLU = ((3, 11),)
APP = ((3, 11), (3, 12), (3, 13))
OLD, NEW, RIGHT = (Interpreter(version, f"/made-up/{version}") for version in ((3, 9), (3, 14), (3, 11)))


def nowhere(_: str) -> None:
    return None


def test_the_running_python_is_used_when_it_fits() -> None:
    assert find_python(NLU, "de test", RIGHT, which=nowhere) is RIGHT


def test_another_python_on_the_path_is_used_when_the_running_one_does_not_fit() -> None:
    found = find_python(NLU, "de test", NEW, which=lambda name: f"/bin/{name}", ask=lambda _: RIGHT)

    assert found is RIGHT


@pytest.mark.parametrize("answer", [None, NEW], ids=["does not run", "is another version"])
def test_a_command_on_the_path_counts_only_when_it_runs_as_that_version(answer: Interpreter | None) -> None:
    with pytest.raises(SetupError):
        find_python(NLU, "de test", OLD, which=lambda name: f"/bin/{name}", ask=lambda _: answer)


def test_a_missing_python_is_named_with_the_way_to_get_it() -> None:
    with pytest.raises(SetupError) as caught:
        find_python(NLU, "de taalherkenning", NEW, which=nowhere)

    sentence = str(caught.value)
    assert "de taalherkenning is Python 3.11 nodig" in sentence
    assert "3.14" in sentence
    assert "apt install python3.11" in sentence


def test_every_version_that_would_do_is_named() -> None:
    with pytest.raises(SetupError, match=r"Python 3\.11, 3\.12 of 3\.13 nodig"):
        find_python(APP, "de app", OLD, which=nowhere)


def test_a_python_tells_what_it_is() -> None:
    assert probe(sys.executable) == running()


def test_a_command_that_is_no_python_is_no_interpreter() -> None:
    assert probe("/bin/false") is None
    assert probe("/does/not/exist") is None
