"""Trains the project in the working directory without and with examples of the FG, and reads sentences with both.

In one process, because importing Rasa takes most of the time of a training.  Takes a file with the
examples, and prints the meaning of each sentence before and after as JSON.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import sys
from pathlib import Path
from typing import Any

from bot.guard import Guard
from bot.review.training import Folders, Training
from nlu import train
from nlu.fingerprint import newest_model

MODELS = Path("models").resolve()


def trained() -> Path:
    """Run the command that trains; the file of the model."""
    with contextlib.redirect_stderr(io.StringIO()) as said:
        code = train.main([])
    found = newest_model(MODELS)
    if code or found is None:
        raise SystemExit(said.getvalue())
    return found


def read(model: Path, sentences: list[str]) -> list[str]:
    """What a model takes each sentence to mean."""
    from rasa.core.agent import Agent

    agent = Agent.load(str(model))

    async def parsed() -> list[dict[str, Any]]:
        return [await agent.parse_message(one) for one in sentences]

    return [one["intent"]["name"] for one in asyncio.run(parsed())]


def main() -> None:
    """Train, let the FG make the examples, train again."""
    asked = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    sentences = [*(one["text"] for one in asked["examples"]), *asked["others"]]
    before = read(trained(), sentences)
    data = Path("nlu/data")
    # The measuring sets stay where they are: nothing here needs them.
    training = Training(Folders(data, data / "reviewed", Path("cases.yaml"), Path("nowhere")), Guard())
    for one in asked["examples"]:
        training.add(one["text"], one["intent"], {})
    print(json.dumps({"before": before, "after": read(trained(), sentences)}))


if __name__ == "__main__":
    main()
