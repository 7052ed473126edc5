"""The fingerprint: what makes a model out of date, without Rasa."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from nlu.fingerprint import fingerprint, is_current, newest_model, remember

from .conftest import ROOT, environment

INPUTS = (
    "config.yml",
    "domain/intents.yml",
    "nlu/component.py",
    "nlu/reading/grammar.py",
    "nlu/data/rules.yml",
    "nlu/data/intents/share.yml",
    "requirements/nlu.txt",
)
OTHERS = ("README.md", "knowledge/content/laws.yaml", "nlu/data/.share.yml.swp", "nlu/reading/__pycache__/a.pyc")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in (*INPUTS, *OTHERS):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("name", INPUTS)
def test_a_changed_input_changes_it(root: Path, name: str) -> None:
    before = fingerprint(root)
    (root / name).write_text("changed", encoding="utf-8")
    assert fingerprint(root) != before


@pytest.mark.parametrize("name", OTHERS)
def test_another_file_does_not_change_it(root: Path, name: str) -> None:
    before = fingerprint(root)
    (root / name).write_text("changed", encoding="utf-8")
    assert fingerprint(root) == before


def test_a_renamed_input_changes_it(root: Path) -> None:
    before = fingerprint(root)
    (root / "nlu/data/intents/share.yml").rename(root / "nlu/data/intents/other.yml")
    assert fingerprint(root) != before


def test_a_model_is_current_when_it_was_made_from_these_inputs(root: Path) -> None:
    models = root / "models"
    models.mkdir()
    assert not is_current(root, models)
    (models / "one.tar.gz").write_bytes(b"")
    assert not is_current(root, models), "nobody knows what this model was made from"
    remember(models, models / "one.tar.gz", fingerprint(root))
    assert is_current(root, models)
    (root / "config.yml").write_text("changed", encoding="utf-8")
    assert not is_current(root, models)


def test_a_lost_model_is_not_current(root: Path) -> None:
    models = root / "models"
    models.mkdir()
    remember(models, models / "one.tar.gz", fingerprint(root))
    assert not is_current(root, models)


def test_a_damaged_note_is_not_current(root: Path) -> None:
    models = root / "models"
    models.mkdir()
    (models / "one.tar.gz").write_bytes(b"")
    (models / "fingerprint.json").write_text("[", encoding="utf-8")
    assert not is_current(root, models)


def test_the_newest_model_is_the_one_made_last(tmp_path: Path) -> None:
    for name, second in (("b.tar.gz", 10), ("a.tar.gz", 20), ("c.txt", 30)):
        (tmp_path / name).write_bytes(b"")
        os.utime(tmp_path / name, (second, second))
    assert newest_model(tmp_path) == tmp_path / "a.tar.gz"
    assert newest_model(tmp_path / "nowhere") is None


def test_asking_does_not_import_rasa() -> None:
    code = "import sys, nlu.fingerprint; sys.exit(any(m.partition('.')[0] == 'rasa' for m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment(), check=False)
    assert done.returncode == 0
