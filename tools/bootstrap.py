"""Makes the named environments ready: `python3 -m tools.bootstrap app nlu`.

Instant and silent when they are.  Exit code 0 when they are ready, 1 with one Dutch
sentence when that failed, 130 or 143 when it was interrupted.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from tools.environments import ENVIRONMENTS, ensure
from tools.report import SetupError, say

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def only_one(root: Path) -> Iterator[None]:
    """Wait until no other set-up works in this copy, and keep others out meanwhile."""
    import fcntl  # not on Windows, where the message below is the better answer

    path = root / ".venv/.lock"
    path.parent.mkdir(exist_ok=True)
    with path.open("w") as handle:
        # The installer inherits it, so that a set-up killed hard leaves nobody to build
        # beside the installer that is still at work.
        handle_number = handle.fileno()
        try:
            fcntl.flock(handle_number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Een andere opdracht zet Deelwijzer al klaar; even wachten tot die klaar is …")
            fcntl.flock(handle_number, fcntl.LOCK_EX)
        os.set_inheritable(handle_number, True)
        yield


def _terminated(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def main(names: Sequence[str], root: Path = ROOT) -> int:
    """Make the named environments ready; the exit code."""
    unknown = [name for name in names if name not in ENVIRONMENTS]
    if unknown or not names:
        say(f"Gebruik: python3 -m tools.bootstrap {{{','.join(ENVIRONMENTS)}}} ...")
        return 2
    if all(ENVIRONMENTS[name].is_ready(root) for name in names):
        return 0
    if sys.platform == "win32":
        say("Deelwijzer draait op Linux en macOS. Gebruik op Windows WSL (Windows Subsystem for Linux).")
        return 1
    signal.signal(signal.SIGTERM, _terminated)
    try:
        with only_one(root):
            ensure(names, root)
    except SetupError as error:
        say(str(error))
        return 1
    except OSError as error:
        say(f"Klaarzetten is niet gelukt: {error.strerror} ({error.filename}). Los dit op en probeer het opnieuw.")
        return 1
    except KeyboardInterrupt:
        say("Afgebroken. De volgende keer begint het klaarzetten opnieuw.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
