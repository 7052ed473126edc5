"""Logging of the app process: what happened and where, never what was typed."""

from __future__ import annotations

import logging
import sys

# Libraries that put addresses, parameters or bodies into their messages.
TALKATIVE = (
    "alembic",
    "asyncio",
    "httpcore",
    "httpx",
    "multipart",
    "python_multipart",
    "rasa_sdk",
    "sqlalchemy",
    "uvicorn",
)


class _WhereNotWhat(logging.Formatter):
    """A formatter that shows our own messages, and of others only who spoke and what broke."""

    def format(self, record: logging.LogRecord) -> str:
        own = record.name.split(".")[0] in ("bot", "actions", "knowledge")
        text = record.getMessage() if own else f"{record.funcName}:{record.lineno}"
        kind = f" ({record.exc_info[0].__name__})" if record.exc_info and record.exc_info[0] else ""
        return f"{record.levelname.lower()} {record.name}: {text}{kind}"


def configure(level: str) -> None:
    """Send all logging to standard error in the form above."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_WhereNotWhat())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in TALKATIVE:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
        logger.setLevel(max(logging.WARNING, root.level))
    # When writing fails, the traceback would show the error that was being told of, with what was typed.
    logging.raiseExceptions = False
    logging.captureWarnings(True)
