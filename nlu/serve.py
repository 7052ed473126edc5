"""Starts Rasa for the app process: `python -m nlu.serve` in the NLU environment.

Listens on 127.0.0.1 only, without Rasa's own HTTP API, telemetry or access log.  It reads
credentials.yml and endpoints.yml of the project and these environment variables:

- DEELWIJZER_TOKEN: shared with the app process; required
- DEELWIJZER_NLU_PORT: where to listen; 8082
- DEELWIJZER_ACTION_URL: where the actions are; http://127.0.0.1:8081/webhook
- DEELWIJZER_MODELS: where the models are; var/models
- DEELWIJZER_LOG_LEVEL: debug, info, warning or error; warning

Ends with 0 after SIGTERM or SIGINT, and with 2 and one sentence when it cannot start.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nlu import lean_import, quiet_logging
from nlu.fingerprint import ROOT, models_directory, newest_model

if TYPE_CHECKING:
    from rasa.core.agent import Agent
    from sanic import Sanic

HOST = "127.0.0.1"
BODY_BYTES = 64 * 1024
TURN_SECONDS = 30
KEEP_ALIVE_SECONDS = 75  # longer than any client keeps a connection, so that none is closed in its hands


class CannotStart(Exception):
    """The server cannot start; the message is a sentence for whoever starts it."""


@dataclass(frozen=True)
class Settings:
    """What the environment says; see the module for the names."""

    port: int
    model: Path
    log_level: str

    @classmethod
    def from_environment(cls) -> Settings:
        """Read the environment; raises `CannotStart`."""
        if not os.environ.get("DEELWIJZER_TOKEN", "").strip():
            raise CannotStart("DEELWIJZER_TOKEN is leeg. Geef hem dezelfde waarde als in het app-proces.")
        os.environ.setdefault("DEELWIJZER_ACTION_URL", "http://127.0.0.1:8081/webhook")
        port = os.environ.get("DEELWIJZER_NLU_PORT", "8082")
        if not port.isdecimal() or not 0 < int(port) < 65536:
            raise CannotStart(f"DEELWIJZER_NLU_PORT is “{port}”. Kies een getal van 1 tot en met 65535.")
        level = os.environ.get("DEELWIJZER_LOG_LEVEL", "warning").lower()
        if level not in quiet_logging.LEVELS:
            raise CannotStart(f"DEELWIJZER_LOG_LEVEL is “{level}”. Kies uit: {', '.join(quiet_logging.LEVELS)}.")
        models = models_directory()
        model = newest_model(models)
        if model is None:
            raise CannotStart(f"Er is geen taalmodel in {models}. Maak er een met: python -m nlu.train")
        return cls(int(port), model, level)


def main() -> int:
    """Serve until a signal; returns the exit code."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))  # until the server handles them itself
    try:
        settings = Settings.from_environment()
        with _bind(settings.port) as listening:
            print("Taalherkenning start …", file=sys.stderr, flush=True)
            _prepare(settings.log_level)
            _serve(settings, listening)
    except CannotStart as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _bind(port: int) -> socket.socket:
    """Take the port before the slow part of the start."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
    except OSError as error:
        listening.close()
        raise CannotStart(_port_sentence(port, str(error.strerror))) from None
    return listening


def _port_sentence(port: int, reason: str) -> str:
    return (
        f"Poort {port} op {HOST} is al in gebruik of niet toegestaan ({reason}). "
        "Stop het andere programma of kies een andere DEELWIJZER_NLU_PORT."
    )


def _prepare(log_level: str) -> None:
    os.chdir(ROOT)  # Rasa looks up our classes and files from here
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    # One small matrix a turn: threads would only take memory and wait for each other.
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(variable, "1")
    quiet_logging.install(log_level)
    lean_import.install()


def _serve(settings: Settings, listening: socket.socket) -> None:
    from rasa.core.channels.channel import register
    from rasa.shared.utils.io import read_config_file

    from nlu import action_check
    from nlu.channel import LoopbackInput

    credentials = read_config_file(ROOT / "credentials.yml")
    channel = LoopbackInput.from_credentials(credentials.get(f"{LoopbackInput.__module__}.{LoopbackInput.__name__}"))
    action_check.install()
    app = _new_app()
    register([channel], app, route="/webhooks/")
    app.ctx.agent = asyncio.run(_load(settings.model))
    app.register_listener(_tell_ready, "after_server_start")
    app.run(sock=listening, access_log=False, debug=False, motd=False, workers=1)
    if not getattr(app.ctx, "has_served", False):  # Sanic only logs it and comes back
        raise CannotStart(_port_sentence(settings.port, "een ander programma was net voor"))


async def _load(model: Path) -> Agent:
    """Load the model and read a word with it: a component that cannot be loaded only says so then."""
    from rasa.core.agent import load_agent
    from rasa.core.utils import AvailableEndpoints

    endpoints = AvailableEndpoints.read_endpoints(str(ROOT / "endpoints.yml"))
    try:
        agent = await load_agent(model_path=str(model), endpoints=endpoints)
        await agent.parse_message("hallo")
    except Exception as error:
        logging.getLogger(__name__).exception("model cannot be loaded")
        raise CannotStart(
            f"Het taalmodel {model} kan niet worden geladen ({type(error).__name__}). "
            "Maak een nieuw met: python -m nlu.train --force"
        ) from None
    return agent


def _tell_ready(app: Sanic[Any, Any], loop: asyncio.AbstractEventLoop) -> None:
    app.ctx.has_served = True
    print("Taalherkenning klaar.", file=sys.stderr, flush=True)


def _new_app() -> Sanic[Any, Any]:
    from sanic import Sanic
    from sanic.request import Request
    from sanic.response import HTTPResponse
    from sanic.response import json as answer

    app: Sanic[Any, Any] = Sanic("deelwijzer_nlu", configure_logging=False)
    app.config.ACCESS_LOG = False
    app.config.REQUEST_MAX_SIZE = BODY_BYTES
    app.config.RESPONSE_TIMEOUT = TURN_SECONDS
    app.config.KEEP_ALIVE_TIMEOUT = KEEP_ALIVE_SECONDS
    app.config.GRACEFUL_SHUTDOWN_TIMEOUT = 3

    def refuse(request: Request, error: Exception) -> HTTPResponse:
        status: Any = getattr(error, "status_code", 500)
        return answer({"error": type(error).__name__}, status=status)

    app.error_handler.add(Exception, refuse)
    return app


if __name__ == "__main__":
    sys.exit(main())
