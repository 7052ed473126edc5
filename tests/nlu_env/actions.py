"""An action server whose manners the test chooses."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

Manner = Callable[[dict[str, Any]], tuple[int, dict[str, Any]]]
"""What an action makes of a call: the status and the body of its answer."""


def polite(call: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Answer with the name of the action."""
    return 200, {"events": [], "responses": [{"custom": {"action": call["next_action"]}}]}


def silent(call: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Answer without a message."""
    return 200, {"events": [], "responses": []}


def crashing(call: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Crash, and repeat the message in the error, as a careless server would."""
    return 500, {"error": call["tracker"]["latest_message"]["text"]}


def refusing(call: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Refuse to run, as the SDK of Rasa does."""
    text = call["tracker"]["latest_message"]["text"]
    return 400, {"action_name": call["next_action"], "error": text}


def babbling(call: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Answer with something that is not an answer."""
    return 200, {"events": call["tracker"]["latest_message"]["text"], "responses": []}


def vanishing(call: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Hang up without an answer, as a server does that dies halfway."""
    return 0, {}


class ActionServer:
    """Runs in a thread; `manner` may be set between calls, `calls` holds what came in."""

    def __init__(self, token: str) -> None:
        self.manner: Manner = polite
        self.calls: list[dict[str, Any]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                call = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.calls.append(call)
                known = self.headers.get("Authorization") == f"Bearer {token}"
                status, body = outer.manner(call) if known else (401, {})
                if not status:
                    self.close_connection = True
                    return
                content = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: Any) -> None:
                """Print nothing."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._http.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """Where to call it."""
        return f"http://127.0.0.1:{self._http.server_port}/webhook"

    def __enter__(self) -> ActionServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()
