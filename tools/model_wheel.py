"""Adds the Dutch spaCy model to the environments: `python3 -m tools.model_wheel WHEEL [SHA256]`.

The model is on no package index, so its bare name in a requirements file would fetch
whatever somebody else puts there under that name.  The administrator brings the file; it
is installed only when its hash is the expected one, given or in `requirements/model.sha256`.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from tools import uv as uv_tool
from tools.bootstrap import ROOT, only_one
from tools.environments import ENVIRONMENTS, ensure
from tools.interpreters import running
from tools.report import SetupError, say, step

PACKAGE = "nl_core_news_sm"
_FILE_NAME = re.compile(rf"{PACKAGE}-(?P<series>\d+\.\d+)\.\d+-py3-none-any\.whl")

# A model goes with one series of spaCy; Rasa keeps its environment at an older one.
_SERIES = {"3.7": ("nlu",), "3.8": ("app", "dev")}


def target_environments(wheel: Path) -> tuple[str, ...]:
    """The environments whose spaCy can load this model, by the version in the file name.

    Raises `SetupError` for another file or another version.
    """
    match = _FILE_NAME.fullmatch(wheel.name)
    if match is None:
        raise SetupError(
            f"{wheel.name} is niet het Nederlandse model. Verwacht wordt een bestand met de naam "
            f"{PACKAGE}-3.7.<n>-py3-none-any.whl of {PACKAGE}-3.8.<n>-py3-none-any.whl."
        )
    names = _SERIES.get(match["series"])
    if names is None:
        raise SetupError(
            f"{wheel.name} past bij geen spaCy van dit project. Gebruik versie 3.7 (taalherkenning) of 3.8 (app)."
        )
    return names


def known_hash(name: str, listing: Path) -> str | None:
    """The hash listed for file `name`, in the format of `sha256sum`; None when it is not listed."""
    if listing.is_file():
        for line in listing.read_text(encoding="utf-8").splitlines():
            digest, _, listed = line.partition(" ")
            if listed.strip().lstrip("*") == name:
                return digest.lower()
    return None


def verify(wheel: Path, expected: str | None, listing: Path) -> None:
    """Raise `SetupError` unless the file is the one that `expected` or `listing` names."""
    if not wheel.is_file():
        raise SetupError(f"{wheel} bestaat niet. Geef het pad van het model: make model WHEEL=<bestand>")
    listed = known_hash(wheel.name, listing)
    wanted = (expected or listed or "").strip().lower()
    if not re.fullmatch(r"[0-9a-f]{64}", wanted):
        raise SetupError(
            f"Van {wheel.name} is de juiste SHA256 niet bekend. Neem die (64 tekens) over van de plek "
            f"waar het model is uitgegeven en geef hem mee: make model WHEEL={wheel} SHA256=<hash>"
        )
    if listed is not None and wanted != listed:
        raise SetupError(f"De opgegeven SHA256 is een andere dan die in {listing.name}. Er is niets geïnstalleerd.")
    if hashlib.sha256(wheel.read_bytes()).hexdigest() != wanted:
        raise SetupError(
            f"{wheel.name} is niet het bestand dat het hoort te zijn: de SHA256 klopt niet. Er is niets "
            "geïnstalleerd. Haal het bestand opnieuw op."
        )


def install(
    wheel: Path,
    expected: str | None,
    root: Path = ROOT,
    make_ready: Callable[[Sequence[str], Path], None] = ensure,
    get_uv: Callable[[Path, str], Path] = uv_tool.ensure_uv,
) -> None:
    """Check the file and install it where its version belongs. Raises `SetupError`."""
    names = target_environments(wheel)
    verify(wheel, expected, root / "requirements/model.sha256")
    make_ready(names, root)
    uv = get_uv(root, running().path)
    for name in names:
        environment = ENVIRONMENTS[name]
        log = root / ".venv" / f"{name}.log"
        with step(f"{wheel.name} toevoegen aan {environment.title}"):
            command = ("pip", "install", "--no-deps", "--no-index", "--python")
            uv_tool.run([uv, *command, environment.python(root), wheel.resolve()], log, root)
        environment.model_note(root).write_text(wheel.name, encoding="utf-8")


def main(arguments: Sequence[str]) -> int:
    """Run the command; the exit code."""
    if not 1 <= len(arguments) <= 2 or not arguments[0]:
        say("Gebruik: make model WHEEL=<bestand> SHA256=<hash>")
        return 2
    expected = arguments[1] if len(arguments) == 2 else None
    try:
        with only_one(ROOT):
            install(Path(arguments[0]).expanduser(), expected)
    except SetupError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("Afgebroken.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
