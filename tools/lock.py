"""Compiles the lock files in `requirements/`: `python3 -m tools.lock [--upgrade]`.

Without `--upgrade` only what the `.in` files ask for changes; the other versions stay.
A lock file names packages, versions and hashes, and nothing of the machine or the index
it was made with: `strangers` looks for those, and a test looks again.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path

from tools import uv as uv_tool
from tools.bootstrap import ROOT
from tools.interpreters import running
from tools.report import SetupError, say, step

# Compiled for the oldest Python: a set solved for 3.13 does not install on 3.11.
_COMMON = ("--python-version", "3.11", "--generate-hashes", "--no-header", "--quiet")

# In this order: the test tools keep to the versions that the app runs with.
LOCKS: dict[str, tuple[str, ...]] = {
    "uv": ("--universal",),
    "app": ("--universal",),
    "dev": ("--universal", "-c", "app.txt"),
    # One platform: Rasa's TensorFlow differs per machine type and is run on Linux only.
    "nlu": ("--override", "nlu.overrides.txt"),
}

# A requirement, a hash, and a comment that says which input asked for it.
_LINES = (
    re.compile(r"[a-z0-9][a-z0-9._-]*(\[[a-z0-9,._-]+\])?==[A-Za-z0-9.!+]+( ; [^/\\:@]+)? \\"),
    re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?"),
    re.compile(r"    # via"),
    re.compile(r"    #( via| {2}) (-[rc] |--override )?[A-Za-z0-9._-]+(\[[a-z0-9,._-]+\])?"),
)


def strangers(text: str) -> list[str]:
    """The lines of a lock file that are not a pinned package, a hash or the name of an input."""
    return [line for line in text.splitlines() if line and not any(form.fullmatch(line) for form in _LINES)]


def main(arguments: Sequence[str], root: Path = ROOT) -> int:
    """Compile every lock file; the exit code."""
    folder = root / "requirements"
    try:
        uv = uv_tool.ensure_uv(root, running().path)
        for name, options in LOCKS.items():
            with step(f"requirements/{name}.txt"):
                files = (f"{name}.in", "-o", f"{name}.txt")
                command: list[str | Path] = [uv, "pip", "compile", *files, *_COMMON, *options, *arguments]
                uv_tool.run(command, root / ".tools/lock.log", folder)
                odd = strangers((folder / f"{name}.txt").read_text(encoding="utf-8"))
                if odd:
                    raise SetupError(f"In requirements/{name}.txt staat een regel die er niet hoort: {odd[0]}")
    except SetupError as error:
        say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
