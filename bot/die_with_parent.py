"""Runs a command that ends when the process that started it ends, however that ended.

    python die_with_parent.py PARENT_PID COMMAND [ARGUMENT ...]

A parent that is killed hard cannot stop its children.  On Linux the kernel can: the mark
set here stays when this process becomes the command.  Elsewhere it just runs the command.
Standard library only, no imports of the project: it starts in a few hundredths of a second.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1  # from linux/prctl.h


def main(parent: int, command: list[str]) -> None:
    """Become `command`, to be ended together with process `parent`. Does not return."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        # The parent may have ended before the mark was set; then no signal will come.
        if os.getppid() != parent:
            sys.exit(1)
    os.execv(command[0], command)  # noqa: S606 (becoming the command is the purpose)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
