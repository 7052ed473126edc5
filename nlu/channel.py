"""The one way into Rasa: a channel on loopback for the app process.

`POST /webhooks/deelwijzer/turn` handles one message and answers with how it was read and what the
action said; `GET /webhooks/deelwijzer/ready` tells whether a model is loaded.  Answers never hold
the text of a message or of an exception.
"""

from __future__ import annotations

import hmac
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as answer

logger = logging.getLogger(__name__)

MAX_TEXT = 4_000  # characters; a longer text would hold up the server
MAX_SENDER = 200
RANKING = 3


class NoAnswer(Exception):
    """The action said nothing: it failed, was refused, or could not be reached."""


class NotKept(Exception):
    """The tracker store does not hold the turn that was just handled."""


class BadTurn(ValueError):
    """The body of a request is not a turn; the message tells the developer what is wrong with it."""


@dataclass(frozen=True)
class Turn:
    """One message of a conversation, with what the app knows of the case."""

    sender: str
    text: str
    metadata: dict[str, Any]

    @classmethod
    def from_body(cls, body: bytes) -> Turn:
        """Read the JSON body of a request; raises `BadTurn`, which does not quote the body."""
        try:
            data = json.loads(body)
        except (ValueError, RecursionError):
            raise BadTurn("body is not JSON") from None
        if not isinstance(data, dict):
            raise BadTurn("body is not a JSON object")
        sender, text, metadata = data.get("sender"), data.get("text"), data.get("metadata", {})
        if not isinstance(sender, str) or not 0 < len(sender) <= MAX_SENDER:
            raise BadTurn(f"sender must be text of 1 to {MAX_SENDER} characters")
        if not isinstance(text, str) or not text.strip() or len(text) > MAX_TEXT:
            raise BadTurn(f"text must be text of 1 to {MAX_TEXT} characters and not blank")
        if text.lstrip().startswith("/"):
            # Rasa would take it for a command that sets the intent and the entities.
            raise BadTurn("text must not start with a slash")
        if not isinstance(metadata, dict):
            raise BadTurn("metadata must be an object")
        return cls(sender, text, metadata)


class LoopbackInput(InputChannel):
    """Takes turns from the app process, which proves itself with a token."""

    def __init__(self, token: str) -> None:
        """Keep the token; an empty one raises `ValueError`."""
        if not token.strip():
            raise ValueError("credentials.yml: the token of the channel is empty; set DEELWIJZER_TOKEN")
        self._expected = f"Bearer {token}".encode()

    @classmethod
    def name(cls) -> str:
        """The name of the channel, which is also its place in the URL."""
        return "deelwijzer"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> LoopbackInput:
        """Make the channel from its section of credentials.yml."""
        return cls(str((credentials or {}).get("token") or ""))

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The two routes of the channel."""
        routes = Blueprint("deelwijzer")

        @routes.get("/ready")
        async def ready(request: Request) -> HTTPResponse:
            agent = _agent(request)
            if agent is None or agent.processor is None:
                return answer({"ready": False}, status=503)
            model: str = agent.processor.model_filename
            return answer({"ready": True, "model": model.removesuffix(".tar.gz")})

        @routes.post("/turn")
        async def turn(request: Request) -> HTTPResponse:
            if not self._knows(request):
                return answer({"error": "unauthorized"}, status=401)
            try:
                asked = Turn.from_body(request.body)
            except BadTurn as error:
                return answer({"error": str(error)}, status=400)
            agent = _agent(request)
            if agent is None or not agent.is_ready():
                return answer({"error": "no model loaded"}, status=503)
            try:
                return answer(await _handle(asked, agent, on_new_message))
            except Exception as error:
                logger.exception("turn failed")
                return answer({"error": type(error).__name__}, status=500)

        return routes

    def _knows(self, request: Request) -> bool:
        given = request.headers.get("authorization", "")
        return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), self._expected)


def _agent(request: Request) -> Agent | None:
    agent: Agent | None = getattr(request.app.ctx, "agent", None)
    return agent


async def _handle(asked: Turn, agent: Agent, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> dict[str, Any]:
    collected = CollectingOutputChannel()
    message = UserMessage(
        asked.text, collected, asked.sender, input_channel=LoopbackInput.name(), metadata=asked.metadata
    )
    await on_new_message(message)
    parse = await _parse_of(message, agent)
    if not collected.messages:
        raise NoAnswer
    messages = [{k: v for k, v in m.items() if k != "recipient_id"} for m in collected.messages]
    return {"parse": parse, "messages": messages}


async def _parse_of(message: UserMessage, agent: Agent) -> dict[str, Any]:
    """How the message was read, from the tracker that was saved a moment ago."""
    tracker = await agent.tracker_store.retrieve(message.sender_id)
    latest = tracker.latest_message if tracker else None
    if latest is None or latest.message_id != message.message_id:
        raise NotKept
    return {
        "intent": _named(latest.intent),
        "intent_ranking": [_named(i) for i in latest.parse_data.get("intent_ranking", [])[:RANKING]],
        "entities": latest.entities,
    }


def _named(intent: dict[str, Any]) -> dict[str, Any]:
    return {"name": intent.get("name"), "confidence": float(intent.get("confidence") or 0.0)}
