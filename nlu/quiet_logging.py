"""Logging that cannot tell what people typed.

Rasa and Sanic put messages, tracker contents and local variables in their log lines, many of them
through f-strings, so that no filter on the arguments is enough.  `install` therefore empties every
log record at its birth, whoever handles it: what remains is the level, the logger, the place in the
code and, for an exception, the classes and the places it passed.  The same holds for structlog,
warnings and exceptions that nobody catches.
"""

from __future__ import annotations

import itertools
import logging
import os
import sys
import threading
import time
import traceback
import types
import warnings
from collections.abc import Iterator
from typing import Any, TextIO

FRAMES = 4  # places of an exception that are printed, the innermost ones
LEVELS = ("debug", "info", "warning", "error")


def install(level: str = "warning") -> None:
    """Replace all logging of this process by lines without text; idempotent.

    `level` is one of `LEVELS`; another raises `ValueError`.  Call it before Rasa is imported.
    """
    if level not in LEVELS:
        raise ValueError(f"DEELWIJZER_LOG_LEVEL is “{level}”; kies uit: {', '.join(LEVELS)}")
    logging.raiseExceptions = False  # else a broken log call prints its own arguments
    logging.setLogRecordFactory(_empty_record)
    handler = logging.StreamHandler()
    line = _Line()
    line.converter = time.gmtime
    handler.setFormatter(line)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    _empty_structlog()
    warnings.showwarning = _show_warning
    sys.excepthook = _excepthook
    sys.unraisablehook = lambda args: _report("unraisable", args.exc_value)
    threading.excepthook = lambda args: _report("thread", args.exc_value)


def describe(error: BaseException | None) -> str:
    """The classes of an exception and its causes, and where it passed; never its words."""
    return " < ".join(_one(e) for e in itertools.islice(_causes(error), 5))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _one(error: BaseException) -> str:
    places = [
        f"{os.path.basename(frame.f_code.co_filename)}:{frame.f_code.co_name}:{line}"
        for frame, line in traceback.walk_tb(error.__traceback__)
    ]
    return type(error).__name__ + (f" at {' > '.join(places[-FRAMES:])}" if places else "")


class _Line(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        parts = (
            self.formatTime(record, "%Y-%m-%dT%H:%M:%SZ"),
            record.levelname,
            record.name,
            f"{record.funcName}:{record.lineno}",
            getattr(record, "error", ""),
        )
        return " ".join(part for part in parts if part)


def _empty_record(
    name: str,
    level: int,
    pathname: str,
    lineno: int,
    msg: object,
    args: object,
    exc_info: Any,
    func: str | None = None,
    sinfo: str | None = None,
    **kwargs: Any,
) -> logging.LogRecord:
    record = logging.LogRecord(name, level, pathname, lineno, "", None, None, func, None)
    error = exc_info[1] if isinstance(exc_info, tuple) else None
    record.error = describe(error)
    return record


def _empty_structlog() -> None:
    import structlog

    def drop(logger: Any, method: str, event: dict[str, Any]) -> tuple[tuple[str], dict[str, Any]]:
        return ("",), {"exc_info": bool(event.get("exc_info"))}

    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, drop],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def _show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    logger = logging.getLogger("warnings")
    if logger.isEnabledFor(logging.INFO):
        record = logger.makeRecord(
            category.__name__, logging.INFO, filename, lineno, "", (), None, os.path.basename(filename)
        )
        logger.handle(record)


def _excepthook(kind: type[BaseException], error: BaseException, trace: types.TracebackType | None) -> None:
    _report("uncaught", error)


def _report(where: str, error: BaseException | None) -> None:
    print(f"{where} {describe(error)}", file=sys.stderr, flush=True)
