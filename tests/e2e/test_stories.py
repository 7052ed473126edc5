"""Rasa's own test stories: every rule with one sentence, on the model that serves."""

from __future__ import annotations

import asyncio
import os
import subprocess
from pathlib import Path

import pytest
import yaml

from bot.messages import Incoming
from bot.program import throw_away
from bot.supervise import nlu_python
from nlu.fingerprint import ROOT, models_directory, newest_model

STORIES = Path(__file__).with_name("stories")
TOLD = yaml.safe_load((STORIES / "test_rules.yml").read_text(encoding="utf-8"))["stories"]

pytestmark = pytest.mark.skipif(not nlu_python().exists(), reason="de omgeving voor het taalproces ontbreekt")


def test_every_rule_has_a_story() -> None:
    rules = yaml.safe_load((ROOT / "nlu" / "data" / "rules.yml").read_text(encoding="utf-8"))["rules"]

    assert {story["steps"][0]["intent"] for story in TOLD} == {rule["steps"][0]["intent"] for rule in rules}


def test_every_sentence_is_read_as_its_intent() -> None:
    async def read() -> dict[str, str]:
        async with throw_away() as service:
            handled = [
                await service.assistant.handle_with_details(
                    Incoming("test", story["story"], text=story["steps"][0]["user"].strip())
                )
                for story in TOLD
            ]
        return {story["story"]: one.intent for story, one in zip(TOLD, handled, strict=True)}

    assert asyncio.run(read()) == {story["story"]: story["steps"][0]["intent"] for story in TOLD}


def test_rasa_predicts_the_action_of_every_rule(tmp_path: Path) -> None:
    model = newest_model(models_directory())
    assert model is not None
    rasa = nlu_python().with_name("rasa")
    run = subprocess.run(  # fixed command, no shell
        [
            *(str(rasa), "test", "core", "--stories", str(STORIES), "--model", str(model), "--out", str(tmp_path)),
            *("--no-plot", "--fail-on-prediction-errors"),
        ],
        cwd=ROOT,
        env={**os.environ, "RASA_TELEMETRY_ENABLED": "false", "LOG_LEVEL": "ERROR", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-2000:]
