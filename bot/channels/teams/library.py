"""Brings in Microsoft's library without what it does beside that.

On import it reads a file `.env` into the environment and warns about a part of its own that is not
finished; later it logs ids, addresses and errors with text in them.
"""

from __future__ import annotations

import importlib
import logging
import os
import warnings

# Silent at every level: what they say holds ids, addresses of people, or parts of a token.
LOGGERS = ("microsoft_teams", "msal", "httpx", "httpcore", "urllib3", "jwt")
_NO_ENV_FILE = "PYTHON_DOTENV_DISABLED"


def load() -> None:
    """Import the library; takes seconds the first time."""
    before = os.environ.get(_NO_ENV_FILE)
    os.environ[_NO_ENV_FILE] = "true"
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "HtmlWidgetSecurityPolicy is in preview", FutureWarning)
            importlib.import_module("microsoft_teams.apps")
    finally:
        if before is None:
            del os.environ[_NO_ENV_FILE]
        else:
            os.environ[_NO_ENV_FILE] = before


def silence() -> None:
    """Let the libraries log nothing, whatever level is asked for and whoever listens."""
    names = [name for name in logging.root.manager.loggerDict if name.split(".")[0] in LOGGERS]
    for name in {*LOGGERS, *names}:
        logger = logging.getLogger(name)
        logger.handlers[:] = [logging.NullHandler()]
        logger.propagate = False
        logger.setLevel(logging.CRITICAL + 1)
