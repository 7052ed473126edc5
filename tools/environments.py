"""The project's Python environments: when one is ready, and how it is built.

An environment is ready when its copy of the lock file, written last, equals the lock file
in `requirements/` and its Python still runs from where it was.  The launcher asks the same
question with `cmp`, without starting a Python.  Anything else is built from nothing:
that takes seconds with a filled cache, and leaves no trace of an earlier or a broken build.
"""

from __future__ import annotations

import filecmp
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools import uv as uv_tool
from tools.interpreters import Interpreter, find_python
from tools.report import SetupError, decimal, say, step

_APP_PYTHONS = ((3, 11), (3, 12), (3, 13))


@dataclass(frozen=True)
class Environment:
    """One environment: `.venv/<name>`, built from `requirements/<name>.txt`.

    `megabytes` is the disk space a build needs, measured and rounded up.
    """

    name: str
    title: str
    pythons: tuple[tuple[int, int], ...]
    megabytes: int

    def folder(self, root: Path) -> Path:
        """Where the environment stands."""
        return root / ".venv" / self.name

    def python(self, root: Path) -> Path:
        """Its Python."""
        return self.folder(root) / "bin/python"

    def lock(self, root: Path) -> Path:
        """The versions and hashes it is built from."""
        return root / "requirements" / f"{self.name}.txt"

    def stamp(self, root: Path) -> Path:
        """The copy of the lock file that says the build was finished."""
        return self.folder(root) / "lock.txt"

    def model_note(self, root: Path) -> Path:
        """Names the spaCy model that was added by hand; outlives the environment."""
        return root / ".venv" / f"{self.name}.model"

    def is_ready(self, root: Path) -> bool:
        """Whether it can be used as it is."""
        stamp, lock = self.stamp(root), self.lock(root)
        return (
            os.access(self.python(root), os.X_OK)
            and stamp.is_file()
            and lock.is_file()
            and filecmp.cmp(stamp, lock, shallow=False)
        )


ENVIRONMENTS = {
    environment.name: environment
    for environment in (
        Environment("app", "de app", _APP_PYTHONS, 500),
        Environment("dev", "het testgereedschap", _APP_PYTHONS, 800),
        # TensorFlow 2.12, which Rasa pins, has no build for a later Python.
        Environment("nlu", "de taalherkenning (Rasa)", ((3, 11),), 2900),
    )
}


def ensure(
    names: Sequence[str],
    root: Path,
    find: Callable[..., Interpreter] = find_python,
    get_uv: Callable[[Path, str], Path] = uv_tool.ensure_uv,
    free_bytes: Callable[[Path], int] = lambda path: shutil.disk_usage(path).free,
) -> None:
    """Build those of the named environments that are not ready, one after the other.

    Together they are no faster: the network and the disk set the pace.  Raises `SetupError`.
    """
    todo = [ENVIRONMENTS[name] for name in names if not ENVIRONMENTS[name].is_ready(root)]
    if not todo:
        return
    # Everything that can be known beforehand is checked before the first download.
    pythons = [find(environment.pythons, environment.title) for environment in todo]
    _check_disk(todo, free_bytes(root))
    say("Deelwijzer klaarzetten; dit hoeft maar één keer.")
    uv = get_uv(root, pythons[0].path)
    for environment, python in zip(todo, pythons):  # noqa: B905 (strict= needs Python 3.10)
        build(environment, root, uv, python)


def build(environment: Environment, root: Path, uv: Path, python: Interpreter) -> None:
    """Build one environment from nothing; after a failure or an interruption none is left."""
    folder, lock = environment.folder(root), environment.lock(root)
    log = root / ".venv" / f"{environment.name}.log"
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    log.write_bytes(b"")
    installed = lock.read_bytes()
    version = ".".join(map(str, python.version))
    with step(f"pakketten voor {environment.title} installeren (Python {version})"):
        try:
            uv_tool.run([uv, "venv", "--no-project", "--python", python.path, folder], log, root)
            sync = ("pip", "sync", "--require-hashes", "--python")
            uv_tool.run([uv, *sync, environment.python(root), lock], log, root)
            environment.stamp(root).write_bytes(installed)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
    note = environment.model_note(root)
    if note.is_file():
        say(
            f"  Let op: {note.read_text(encoding='utf-8').strip()} was toegevoegd aan {environment.title} "
            "en is nu weg. Zet het terug met: make model WHEEL=<bestand> SHA256=<hash>"
        )
        note.unlink()


def _check_disk(todo: Sequence[Environment], free: int) -> None:
    """Raise `SetupError` when fewer bytes are `free` than the environments `todo` take."""
    needed = sum(environment.megabytes for environment in todo) * 1_000_000
    if free < needed:
        parts = ", ".join(f"{e.title} {decimal(e.megabytes / 1000)} GB" for e in todo)
        raise SetupError(
            f"Er is te weinig ruimte op de schijf: {decimal(free / 1e9)} GB vrij, "
            f"{decimal(needed / 1e9)} GB nodig ({parts}). Maak ruimte vrij en probeer het opnieuw."
        )
