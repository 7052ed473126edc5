"""Training: what it takes along, what it leaves alone, and what it refuses."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from nlu.fingerprint import is_current, newest_model

from .conftest import PATIENCE, Server, Trained, environment


def test_a_changed_phrase_changes_the_reading(server: Server) -> None:
    _, new = server.turn("gaat dit naar het klaslokaal")
    _, old = server.turn("gaat dit naar het leerhuis")
    assert [(e["entity"], e["value"]) for e in new["parse"]["entities"]] == [("party", "school")]
    assert old["parse"]["entities"] == []


def test_the_cache_is_used_for_what_did_not_change(trained: Trained) -> None:
    fresh, changed, _ = trained.trainings
    assert "Trainen: DispatchPolicy" in fresh.said
    assert "Ongewijzigd: DispatchPolicy" in changed.said
    assert "Trainen: CaseReader" in changed.said


def test_the_model_before_the_last_is_kept(trained: Trained) -> None:
    assert [training.models for training in trained.trainings] == [1, 2, 2]


def test_nothing_of_the_training_is_left_behind(trained: Trained) -> None:
    names = {path.name for path in trained.models.iterdir() if not path.name.endswith(".tar.gz")}
    assert names == {".cache", ".lock", "fingerprint.json"}
    assert not (trained.root / ".rasa").exists()


def test_wrong_data_end_in_an_explanation(trained: Trained) -> None:
    wrong = trained.trainings[-1]
    assert wrong.code == 1
    _, _, told = wrong.said.partition("De trainingsdata kloppen niet:\n")
    assert "'dezelfde zin' was found labeled with multiple" in told
    assert "intent 'nowhere'" in told
    assert "Er zijn opzoektabellen voor “planet”, dat niet in domain/ staat." in told
    assert "Traceback" not in told


def test_the_model_is_current_until_an_input_changes(trained: Trained, tmp_path: Path) -> None:
    assert is_current(trained.root, trained.models)
    changed = shutil.copytree(trained.root, tmp_path / "changed", ignore=shutil.ignore_patterns("models"))
    with (changed / "domain/intents.yml").open("a", encoding="utf-8") as domain:
        domain.write("# changed\n")
    assert not is_current(changed, trained.models)


def test_a_current_model_is_not_trained_again(trained: Trained) -> None:
    before = newest_model(trained.models)
    done = subprocess.run(
        [sys.executable, "-m", "nlu.train"],
        cwd=trained.root,
        env=environment(DEELWIJZER_MODELS=str(trained.models)),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "Het taalmodel is actueel.\n")
    assert newest_model(trained.models) == before
