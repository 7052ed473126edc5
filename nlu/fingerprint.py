"""Tells whether the model is up to date, without importing Rasa (which takes long).

`python -m nlu.fingerprint` prints the answer and exits with 0 when the model is up to date and with
1 when it must be trained.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from nlu.spacy_model import model_version

ROOT = Path(__file__).resolve().parent.parent
FILE = "fingerprint.json"
SUFFIX = ".tar.gz"


def models_directory() -> Path:
    """Where models are kept: DEELWIJZER_MODELS, or var/models in the project."""
    return ROOT / os.environ.get("DEELWIJZER_MODELS", "var/models")


def fingerprint(root: Path = ROOT) -> str:
    """A hash over the names and the contents of everything a model is made of."""
    digest = hashlib.sha256(model_version().encode())
    for path in sorted(_inputs(root), key=lambda p: p.relative_to(root).as_posix()):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(root).as_posix()}\n{len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def _inputs(root: Path) -> Iterator[Path]:
    yield from (path for path in (root / "config.yml", root / "requirements/nlu.txt") if path.is_file())
    yield from (root / "nlu").glob("*.py")
    for directory in ("domain", "nlu/data", "nlu/reading"):
        for path in (root / directory).rglob("*"):
            if path.is_file() and path.suffix != ".pyc" and not path.name.startswith("."):
                yield path


def newest_model(models: Path) -> Path | None:
    """The model that was trained last, or None when there is none."""
    found = sorted(models.glob(f"*{SUFFIX}"), key=lambda path: (path.stat().st_mtime_ns, path.name))
    return found[-1] if found else None


def is_current(root: Path, models: Path) -> bool:
    """True when the newest model was made from the inputs as they are now."""
    newest = newest_model(models)
    try:
        kept = json.loads((models / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return (
        newest is not None
        and isinstance(kept, dict)
        and kept.get("model") == newest.name
        and kept.get("fingerprint") == fingerprint(root)
    )


def remember(models: Path, model: Path, of: str) -> None:
    """Note that a model was made from the inputs with that fingerprint."""
    new = models / f".{FILE}.new"
    new.write_text(json.dumps({"model": model.name, "fingerprint": of}) + "\n", encoding="utf-8")
    new.replace(models / FILE)


def main() -> int:
    """Say whether the model is up to date."""
    if is_current(ROOT, models_directory()):
        print("Het model is actueel.")
        return 0
    print("Het model moet worden getraind: python -m nlu.train")
    return 1


if __name__ == "__main__":
    sys.exit(main())
