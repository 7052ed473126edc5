"""The stand-ins fit the Rasa that is installed."""

from __future__ import annotations

import ast
import importlib.metadata
from pathlib import Path

import pytest

from nlu import lean_import

SITE = Path(str(importlib.metadata.distribution("rasa").locate_file("")))


def names_in(module: str) -> set[str]:
    tree = ast.parse((SITE / (module.replace(".", "/") + ".py")).read_text(encoding="utf-8"))
    classes = {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
    assigned = {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return classes | assigned


@pytest.mark.parametrize("module", lean_import.CLASSES)
def test_every_stand_in_stands_for_a_class_of_rasa(module: str) -> None:
    assert set(lean_import.CLASSES[module]) <= names_in(module)


def test_the_trusted_types_are_all_that_skops_asks_for() -> None:
    assert set(lean_import.TRUSTED) == names_in(lean_import.TRUSTED_MODULE)


def test_tensorflow_is_refused_with_the_reason() -> None:
    with pytest.raises(ImportError, match=r"see nlu/lean_import\.py"):
        import tensorflow  # noqa: F401


def test_a_stand_in_that_is_used_says_so() -> None:
    from rasa.utils.tensorflow.data_generator import RasaBatchDataGenerator

    with pytest.raises(ImportError, match="RasaBatchDataGenerator is not available"):
        RasaBatchDataGenerator()
