"""Trains the language model: `python -m nlu.train [--force]` in the NLU environment.

Trains from config.yml, domain/ and nlu/data/ when one of the inputs changed since the last model
(see `nlu.fingerprint`), or with --force.  The data are checked first, and every warning of Rasa
about them counts as a mistake.  The model goes to DEELWIJZER_MODELS; the last two are kept.

Ends with 0 when the model is up to date, and with 1 and an explanation when the data are wrong.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import io
import logging
import os
import re
import shutil
import sys
import time
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nlu.fingerprint import ROOT, SUFFIX, fingerprint, is_current, models_directory, newest_model, remember
from nlu.lean_import import trust_few

KEPT = 2  # models: the new one, and the one before it to go back to


class BadData(Exception):
    """The training data cannot be used; the message says what is wrong and where, a line each."""


def main(arguments: list[str] | None = None) -> int:
    """Train when needed; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m nlu.train", description="Train het taalmodel.")
    parser.add_argument("--force", action="store_true", help="train ook als er niets is veranderd")
    force: bool = parser.parse_args(arguments).force
    models = models_directory()
    if not force and is_current(ROOT, models):
        _say("Het taalmodel is actueel.")
        return 0
    models.mkdir(parents=True, exist_ok=True)
    with _alone(models):
        if not force and is_current(ROOT, models):  # trained by another process while we waited
            _say("Het taalmodel is actueel.")
            return 0
        try:
            train(models)
        except BadData as error:
            _say(f"De trainingsdata kloppen niet:\n{error}")
            return 1
    return 0


def train(models: Path) -> Path:
    """Train a model from the inputs as they are now and return its file; raises `BadData`."""
    began = time.monotonic()
    inputs = fingerprint(ROOT)
    _prepare(models)
    _say("Rasa laden …")
    with _explained():
        problems = _problems()
    if problems:
        raise BadData("\n".join(f"- {problem}" for problem in problems))
    workplace = models / ".training"
    shutil.rmtree(workplace, ignore_errors=True)
    try:
        with _explained():
            made = _train_in(workplace)
        model = models / made.name
        made.replace(model)  # at once: a half-written model is never the newest
    finally:
        shutil.rmtree(workplace, ignore_errors=True)
    remember(models, model, inputs)
    _drop_old(models)
    _say(f"Taalmodel {model.name} getraind in {time.monotonic() - began:.0f} s.")
    return model


def _prepare(models: Path) -> None:
    os.chdir(ROOT)
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ.setdefault("RASA_CACHE_DIRECTORY", str(models / ".cache"))
    os.environ["LOG_LEVEL"] = "ERROR"  # no progress bars
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
    trust_few()
    warnings.showwarning = _ignore  # libraries about themselves; those about the data are caught
    steps = logging.getLogger("rasa.engine.training.hooks")
    steps.setLevel(logging.INFO)
    steps.handlers[:] = [_Progress()]
    steps.propagate = False


class _Progress(logging.Handler):
    """Tells which component is being trained."""

    def emit(self, record: logging.LogRecord) -> None:
        found = re.match(r"(Starting to train|Restored) component '(\w+)'", record.getMessage())
        if found:
            _say(f"{'Trainen' if found[1] != 'Restored' else 'Ongewijzigd'}: {found[2]}")


def _problems() -> list[str]:
    """What is wrong with the domain, the examples, the rules and the vocabulary."""
    from rasa.shared.importers.importer import TrainingDataImporter
    from rasa.validator import Validator

    from nlu.component import CaseReader

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        importer = TrainingDataImporter.load_from_config("config.yml", "domain", ["nlu/data"])
        _say("Trainingsdata controleren …")
        validator = Validator.from_importer(importer)
        sound = {
            "Het domein in domain/ is leeg of verouderd.": validator.verify_domain_validity(),
            "Een regel noemt een actie die niet in domain/ staat.": validator.verify_actions_in_stories_rules(),
            "De intents of voorbeelden kloppen niet.": validator.verify_nlu(ignore_warnings=False),
            "De verhalen spreken elkaar tegen.": validator.verify_story_structure(ignore_warnings=False),
        }
        validator.warn_if_config_mandatory_keys_are_not_set()
    told = [str(warning.message).strip() for warning in caught if warning.category is UserWarning]
    unknown = CaseReader.vocabulary(importer.get_nlu_data()).keys() - set(importer.get_domain().entities)
    told += [f"Er zijn opzoektabellen voor “{entity}”, dat niet in domain/ staat." for entity in sorted(unknown)]
    return list(dict.fromkeys(told)) or [problem for problem, is_sound in sound.items() if not is_sound]


def _train_in(workplace: Path) -> Path:
    from rasa.model_training import train as rasa_train

    with contextlib.redirect_stdout(io.StringIO()):
        result = rasa_train(
            domain="domain",
            config="config.yml",
            training_files=["nlu/data"],
            output=str(workplace),
            fixed_model_name=f"deelwijzer-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}{SUFFIX}",
        )
    if result.code != 0 or result.model is None:
        raise BadData("- Rasa vond geen voorbeelden of regels in nlu/data.")
    return Path(result.model)


@contextlib.contextmanager
def _explained() -> Iterator[None]:
    """Turn the ways in which Rasa refuses data into `BadData`."""
    from rasa.shared.exceptions import RasaException

    try:
        yield
    except RasaException as error:
        raise BadData(f"- {str(error).strip() or type(error).__name__}") from error
    except SystemExit as error:  # how Rasa ends on a slot that is not in the domain
        raise BadData("- Rasa is gestopt; de melding staat hierboven.") from error


@contextlib.contextmanager
def _alone(models: Path) -> Iterator[None]:
    """Wait until no other process trains into the same directory."""
    with (models / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say("Er loopt al een training; daar wordt op gewacht …")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _drop_old(models: Path) -> None:
    newest = newest_model(models)
    others = [path for path in models.glob(f"*{SUFFIX}") if path != newest]
    for path in sorted(others, key=lambda p: p.stat().st_mtime_ns, reverse=True)[KEPT - 1 :]:
        path.unlink(missing_ok=True)


def _ignore(*args: Any, **kwargs: Any) -> None:
    """Print nothing."""


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
