"""`POST /api/chat`: a conversation as JSON, for measuring and for other programs."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Sequence
from typing import Any, Protocol

from fastapi import APIRouter, Request
from fastapi.params import Depends
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.contract import citation_json
from bot.messages import Incoming, Message, Reply

MAX_BODY = 64 * 1024


class Assistant(Protocol):
    """What this channel needs of the assistant."""

    async def handle(self, incoming: Incoming) -> Reply:
        """Answer one message."""


class Conversations(Protocol):
    """Who may use a conversation; in open access everyone on this machine may."""

    def allows(self, request: Request, conversation: str) -> bool:
        """True when the conversation may be used by whoever sends this request.  May wait for the database."""

    def person(self, request: Request) -> str | None:
        """Who sends this request, the same in every conversation; None when nobody is signed in."""


class ChatRequest(BaseModel):
    """The body: a conversation of the caller's choice with a text or a button's payload."""

    model_config = ConfigDict(extra="forbid")

    conversation: str = Field(min_length=1, max_length=200)
    text: str | None = None
    payload: str | None = Field(None, max_length=200)
    municipality: str | None = Field(None, max_length=60)
    role: str | None = Field(None, max_length=60)

    @model_validator(mode="after")
    def _one_of_two(self) -> ChatRequest:
        if (self.text is None) == (self.payload is None):
            raise ValueError("geef of text, of payload")
        return self


def router(assistant: Assistant, conversations: Conversations, *, access: Sequence[Depends] = ()) -> APIRouter:
    """The JSON channel; `access` decides who may use it."""
    routes = APIRouter()

    @routes.post("/api/chat", dependencies=access)
    async def chat(request: Request) -> JSONResponse:
        body = await request.body()
        if len(body) > MAX_BODY:
            return _refused(413, "Het verzoek is te groot (hooguit 64 kB).")
        try:
            asked = ChatRequest.model_validate_json(body)
        except ValidationError as error:
            # Name the fields only: the values may hold personal data.
            fields = ", ".join(sorted({".".join(map(str, one["loc"])) or "body" for one in error.errors()}))
            return _refused(
                422,
                f"Dit verzoek klopt niet ({fields}). Stuur JSON met conversation en text, of conversation en payload.",
            )
        if not await asyncio.to_thread(conversations.allows, request, asked.conversation):
            return _refused(404, "Dit gesprek bestaat niet.")
        profile = {key: value for key in ("municipality", "role") if (value := getattr(asked, key))}
        reply = await assistant.handle(
            Incoming(
                "api",
                asked.conversation,
                text=asked.text,
                payload=asked.payload,
                profile=profile,
                person=conversations.person(request),
            )
        )
        return JSONResponse({"messages": [message_json(message) for message in reply.messages]})

    return routes


def message_json(message: Message) -> dict[str, Any]:
    """One message in the form of the contract."""
    return {
        "text": message.text,
        "buttons": [{"title": button.title, "payload": button.payload} for button in message.buttons],
        "verdict": message.verdict,
        "obligation": message.obligation,
        "asks": message.asks,
        "citations": [citation_json(one) for one in message.citations],
        "answers": list(message.answers),
        "rules": list(message.rules),
        "state": message.state,
        "files": [
            {"name": one.name, "media_type": one.media_type, "content": base64.b64encode(one.content).decode()}
            for one in message.files
        ],
    }


def _refused(status: int, text: str) -> JSONResponse:
    return JSONResponse({"error": text}, status_code=status)
