"""Stands in for the NLU server in the tests of the supervisor.

    python fake_nlu.py MODE

Modes: `ready` answers; `broken` ends at once with an error; `loading` answers that no model
is loaded; `deaf` is ready until it is asked to go deaf (POST /deaf), then says it is not;
`stubborn` ignores a request to end; `parent` answers and has a child of its own, whose
process id it tells.
"""

from __future__ import annotations

import http.server
import json
import os
import signal
import subprocess
import sys
from typing import Any

MODE = sys.argv[1]
ready = MODE != "loading"
child: int | None = None


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers as the contract between the processes says; GET /environment tells the rest."""

    def do_GET(self) -> None:
        """Readiness, or what this process knows."""
        if self.path == "/environment":
            self._answer(200, {"environment": dict(os.environ), "folder": os.getcwd(), "child": child})
        elif ready:
            self._answer(200, {"ready": True, "model": "fictitious"})
        else:
            self._answer(503, {"ready": False})

    def do_POST(self) -> None:
        """No longer ready from here on, without ending."""
        global ready
        ready = False
        self._answer(200, {})

    def log_message(self, format: str, *args: Any) -> None:
        """Keep the log for what matters."""

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


if __name__ == "__main__":
    print("NLU starts")
    if MODE == "broken":
        sys.exit("no model")
    if MODE == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if MODE == "parent":
        child = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"]).pid
    http.server.HTTPServer(("127.0.0.1", int(os.environ["DEELWIJZER_NLU_PORT"])), Handler).serve_forever()
