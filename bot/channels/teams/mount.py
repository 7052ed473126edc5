"""Hangs `/api/messages` in the public application, with the adapter of the library; bounded in size."""

from __future__ import annotations

import json
import logging
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from microsoft_teams.apps.http import FastAPIAdapter, HttpMethod, HttpRequest, HttpRouteHandler

log = logging.getLogger(__name__)

PATH: Final = "/api/messages"
# Far more than Teams ever sends: one message is at most 28 KB there.
MAX_BYTES = 256 * 1024


class Mount(FastAPIAdapter):
    """The library's adapter on an application of ours; what cannot be read never reaches the handler."""

    def __init__(self, app: FastAPI) -> None:
        super().__init__(app=app)
        self._paths: set[str] = set()

    def register_route(self, method: HttpMethod, path: str, handler: HttpRouteHandler) -> None:
        """Answer on `path`."""

        async def receive(request: Request) -> Response:
            body = await _body(request)
            if body is None:
                return Response(status_code=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            try:
                given = json.loads(body)
            except (ValueError, RecursionError):
                return Response(status_code=HTTPStatus.BAD_REQUEST)
            if not isinstance(given, dict):
                return Response(status_code=HTTPStatus.BAD_REQUEST)
            try:
                answer = await handler(HttpRequest(body=given, headers=dict(request.headers)))
            except Exception as error:
                # Not its text, and no trace: both can hold what a person typed.
                log.error("Teams: %s bij het aannemen", type(error).__name__)
                return Response(status_code=HTTPStatus.SERVICE_UNAVAILABLE)
            content: Any = answer["body"]
            if content is None:
                return Response(status_code=answer["status"])
            return JSONResponse(content, status_code=answer["status"])

        self.app.add_api_route(path, receive, methods=[method], include_in_schema=False, response_model=None)
        self._paths.add(path)

    def take_away(self) -> None:
        """Let the application answer here no more."""
        routes = self.app.router.routes
        routes[:] = [route for route in routes if getattr(route, "path", None) not in self._paths]


async def _body(request: Request) -> bytes | None:
    """The body, or None when it is too large."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_BYTES:
            return None
    return bytes(body)
