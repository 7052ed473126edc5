"""Brings uv into the project and runs it.

uv installs far faster than pip and can install the Rasa set, which pip refuses.  It comes
from the package index through pip, pinned by version and hash, and stays in `.tools/uv`:
nothing of the machine itself changes.
"""

from __future__ import annotations

import filecmp
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tools.installer_errors import explain
from tools.report import SetupError, step

# Settings of a shell that would send an installation to another place than asked for.
_STRAY = (
    *("VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONHOME", "PYTHONPATH"),
    *("UV_SYSTEM_PYTHON", "UV_PROJECT_ENVIRONMENT"),
)

_SETTINGS = {"UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def clean_environment() -> dict[str, str]:
    """The caller's environment without what would redirect an installation.

    Proxies, certificates, mirrors and `UV_CACHE_DIR` stay as the machine has them.
    """
    kept = {name: value for name, value in os.environ.items() if name not in _STRAY}
    return {**kept, **_SETTINGS}


def run(command: Sequence[str | Path], log: Path, cwd: Path) -> None:
    """Run an installer with its output in `log`.

    Raises `SetupError` with a Dutch sentence when it fails.  When this program is
    interrupted, the installer is ended before the interruption goes on.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        start = output.tell()
        # close_fds=False: the lock on the environments lives as long as the installer does.
        code = subprocess.run(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=clean_environment(),
            cwd=str(cwd),
            close_fds=False,
        ).returncode
    if code != 0:
        raise SetupError(explain(log.read_bytes()[start:].decode("utf-8", "replace"), log))


def ensure_uv(root: Path, python: str) -> Path:
    """The project's own uv, installed with `python` when it is not there in the pinned version."""
    folder, lock, log = root / ".tools/uv", root / "requirements/uv.txt", root / ".tools/uv.log"
    uv, stamp = folder / "bin/uv", folder / "lock.txt"
    if stamp.is_file() and filecmp.cmp(stamp, lock, shallow=False) and os.access(uv, os.X_OK):
        return uv
    shutil.rmtree(folder, ignore_errors=True)
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_bytes(b"")
    with step("uv ophalen, het programma dat de pakketten installeert"):
        try:
            _install_uv(python, folder, lock, log, root)
            if not os.access(uv, os.X_OK):
                raise SetupError(f"uv is geïnstalleerd maar staat niet waar het hoort. Kijk in {log}.")
            shutil.copyfile(lock, stamp)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
    return uv


_ONLY_PINNED = ("--no-deps", "--only-binary", ":all:", "--require-hashes")


def _install_uv(python: str, folder: Path, lock: Path, log: Path, root: Path) -> None:
    """Install uv into `folder` with the machine's pip, which stays as it is, else with one of its own."""
    pip = ("install", "--quiet", "--no-input", *_ONLY_PINNED, "-r", str(lock))
    if _works(python, "import pip"):
        # --no-user: a machine set to install for the user refuses a folder otherwise.
        run([python, "-m", "pip", *pip, "--no-user", "--target", folder], log, root)
    elif _works(python, "import ensurepip, venv"):
        run([python, "-m", "venv", folder], log, root)
        run([folder / "bin/python", "-m", "pip", *pip], log, root)
    else:
        raise SetupError(
            "Deze Python kan geen pakketten installeren: venv en pip ontbreken. "
            "Op Debian of Ubuntu: apt install python3-venv. Probeer het daarna opnieuw."
        )


def _works(python: str, code: str) -> bool:
    return subprocess.run([python, "-c", code], capture_output=True, check=False).returncode == 0
