"""Trains the project in the working directory: as it is, with one phrase changed, with mistakes.

In one process, because importing Rasa takes most of the time of a training.  Prints what came of
each as JSON.
"""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path

from nlu import train

HERE = Path(__file__).parent
DATA = Path("nlu/data").resolve()
MODELS = Path("models").resolve()


def run() -> dict[str, object]:
    """Run the command; its exit code, what it printed, and how many models there are now."""
    with contextlib.redirect_stderr(io.StringIO()) as said:
        code = train.main([])
    return {"code": code, "said": said.getvalue(), "models": len(list(MODELS.glob("*.tar.gz")))}


def main() -> None:
    """Train, change, train, make mistakes, train, and take the mistakes back."""
    fresh = run()
    words = DATA / "words.yml"
    words.write_text(words.read_text(encoding="utf-8").replace("leerhuis", "klaslokaal"), encoding="utf-8")
    changed = run()
    mistakes = DATA / "mistakes.yml"
    mistakes.write_text((HERE / "mistakes.yml").read_text(encoding="utf-8"), encoding="utf-8")
    wrong = run()
    mistakes.unlink()
    print(json.dumps([fresh, changed, wrong]))


if __name__ == "__main__":
    main()
