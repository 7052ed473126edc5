"""An example of the FG lands in the training data, and the model that is trained then reads the sentence right.

Small: of each intent a few of the real sentences, and no measuring sets.  The rest is the real thing: what
writes the example, the command that trains with its checks, the configuration, the reader and its vocabulary.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.review.alike import sentences

from .conftest import HERE, PATIENCE, ROOT, environment

EXAMPLES: list[dict[str, str]] = yaml.safe_load((HERE / "reviewed.yml").read_text(encoding="utf-8"))["examples"]
OF_EACH = 8  # sentences of an intent


@dataclass(frozen=True)
class Learned:
    """The small project, and what each sentence meant to it before and after the examples."""

    root: Path
    others: dict[str, str]  # the first sentence of each intent, and that intent
    before: dict[str, str]
    after: dict[str, str]


def small(examples: str) -> str:
    """The first few of the sentences of an intent."""
    return "".join(examples.splitlines(keepends=True)[:OF_EACH])


def copy_project(to: Path) -> None:
    """Copy what a model is made of, with a few sentences an intent."""
    for name in ("config.yml", "credentials.yml", "endpoints.yml"):
        shutil.copy(ROOT / name, to / name)
    for name in ("domain", "nlu", "requirements"):
        shutil.copytree(ROOT / name, to / name, ignore=shutil.ignore_patterns("aspects", "reviewed", "__pycache__"))
    for path in (to / "nlu/data/intents").glob("*.yml"):
        data: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
        for block in data["nlu"]:
            block["examples"] = small(block["examples"])
        path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=1000), encoding="utf-8")


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> Learned:
    root = tmp_path_factory.mktemp("reviewed")
    copy_project(root)
    others = {text: intent for path in (root / "nlu/data/intents").glob("*.yml") for intent, text in first(path)}
    asked = root / "asked.json"
    asked.write_text(json.dumps({"examples": EXAMPLES, "others": list(others)}), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(HERE / "learning.py"), str(asked)],
        cwd=root,
        # First the copy with the data, then the project with what writes an example.
        env=environment(DEELWIJZER_MODELS=str(root / "models"), PYTHONPATH=f"{root}:{ROOT}"),
        capture_output=True,
        text=True,
        timeout=2 * PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    texts = [*(one["text"] for one in EXAMPLES), *others]
    read = {name: dict(zip(texts, said[name], strict=True)) for name in ("before", "after")}
    return Learned(root, others, **read)


def first(path: Path) -> list[tuple[str, str]]:
    """The first sentence of each intent in a file."""
    return list(dict(reversed(list(sentences(path)))).items())


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: one["intent"])
def test_a_sentence_that_was_read_wrong_is_read_right_once_it_is_an_example(
    learned: Learned, example: dict[str, str]
) -> None:
    assert learned.before[example["text"]] != example["intent"]
    assert learned.after[example["text"]] == example["intent"]


def test_the_examples_stand_among_the_training_data(learned: Learned) -> None:
    written = {one for path in (learned.root / "nlu/data/reviewed").glob("*.yml") for one in sentences(path)}
    assert written == {(one["intent"], one["text"]) for one in EXAMPLES}


def test_what_was_read_right_before_is_read_right_after(learned: Learned) -> None:
    right = [text for text, intent in learned.others.items() if learned.before[text] == intent]
    assert len(right) > 0.9 * len(learned.others)
    assert {text: learned.after[text] for text in right} == {text: learned.others[text] for text in right}
