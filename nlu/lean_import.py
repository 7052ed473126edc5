"""Keeps out of the serving process what Rasa imports and our pipeline never calls.

Importing Rasa imports TensorFlow, the connectors of a dozen chat services and, to read one
classifier, all of scikit-learn.  That is over twenty seconds at every start and 400 MB, for nothing:
no component of config.yml uses it.  `install` puts stand-ins in place of the few modules that drag
it in.  What calls one of them, or imports TensorFlow after all, fails at once and says why.

Training uses `trust_few` only.  The stand-ins fit Rasa 3.6.21; a test compares them with what is
installed.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Mapping, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

CLASSES: Mapping[str, tuple[str, ...]] = {
    # imported by rasa.utils.train_utils, for training with Keras
    "rasa.utils.tensorflow.callback": ("RasaTrainingLogger", "RasaModelCheckpoint"),
    "rasa.utils.tensorflow.data_generator": ("RasaBatchDataGenerator",),
    # a node of the training graph, which the metadata of a model names
    "rasa.graph_components.validators.default_recipe_validator": ("DefaultV1RecipeValidator",),
}

TRUSTED: Mapping[str, list[Any]] = {
    # What skops accepts in the file of a classifier. Its own list takes five seconds to draw up.
    "PRIMITIVES_TYPES": [int, float, str, bool],
    "PRIMITIVE_TYPE_NAMES": ["builtins.int", "builtins.float", "builtins.str", "builtins.bool"],
    "SKLEARN_ESTIMATOR_TYPE_NAMES": ["sklearn.linear_model._logistic.LogisticRegression"],
    "SCIPY_UFUNC_TYPE_NAMES": [],
    "NUMPY_UFUNC_TYPE_NAMES": [],
    "NUMPY_DTYPE_TYPE_NAMES": ["numpy.float64", "numpy.int64", "numpy.str_"],
}
TRUSTED_MODULE = "skops.io._trusted_types"

CHANNELS = "rasa.core.channels"
REFUSED = frozenset({"tensorflow", "keras", "tensorflow_hub", "tensorflow_text", "jax"})


class _Unavailable:
    """Stands for a class of the training side of Rasa."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        _refuse(type(self).__name__)


class _Refuse(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] in REFUSED:
            _refuse(fullname)
        return None


def _refuse(name: str) -> NoReturn:
    raise ImportError(
        f"{name} is not available in the serving process, see nlu/lean_import.py. "
        "If a component of config.yml needs it, leave lean_import.install out of nlu/serve.py."
    )


def install() -> None:
    """Put the stand-ins in place; call it before Rasa is imported."""
    for module, names in CLASSES.items():
        _stand_in(module, {name: type(name, (_Unavailable,), {"__module__": module}) for name in names})
    trust_few()
    _channels_without_connectors()
    sys.meta_path.insert(0, _Refuse())


def trust_few() -> None:
    """Spare skops the search for all it might trust; for training too."""
    _stand_in(TRUSTED_MODULE, TRUSTED)


def _stand_in(name: str, contents: Mapping[str, Any]) -> None:
    module = ModuleType(name)
    vars(module).update(contents)
    sys.modules[name] = module


def _channels_without_connectors() -> None:
    """Make Rasa's package of channels one that does not import each of them."""
    core = importlib.util.find_spec("rasa.core")
    if core is None or core.origin is None:
        return  # without Rasa the import that follows says so better
    package = ModuleType(CHANNELS)
    package.__path__ = [str(Path(core.origin).parent / "channels")]

    def base_class(name: str) -> Any:
        return getattr(importlib.import_module(f"{CHANNELS}.channel"), name)

    vars(package)["__getattr__"] = base_class
    sys.modules[CHANNELS] = package
