"""The one door to the NLU process: a masked text goes in, what Rasa made of it comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx


class NluUnavailable(Exception):
    """Rasa is not there, is too slow, failed, or had no answer. Never holds message text."""


@dataclass(frozen=True)
class Understood:
    """Rasa's reading of one text, and the custom JSON of the action that it led to."""

    intent: str
    confidence: float
    entities: tuple[Mapping[str, Any], ...]
    answer: Mapping[str, Any]


class NluClient:
    """Speaks to the loopback channel of the NLU process."""

    def __init__(self, url: str, token: str, timeout: float) -> None:
        self._http = httpx.AsyncClient(
            base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=timeout, trust_env=False
        )

    async def turn(self, sender: str, text: str, metadata: Mapping[str, Any]) -> Understood:
        """Let Rasa understand a text and run its action.

        Raises:
            NluUnavailable: on any failure; an empty reply is a failure too.
        """
        body = {"sender": sender, "text": text, "metadata": dict(metadata)}
        try:
            response = await self._http.post("/webhooks/deelwijzer/turn", json=body)
            response.raise_for_status()
            data = response.json()
            parse, messages = data["parse"], data["messages"]
            answer = next(message["custom"] for message in messages if message.get("custom"))
            return Understood(
                intent=str(parse["intent"].get("name") or ""),
                confidence=float(parse["intent"].get("confidence") or 0.0),
                entities=tuple(parse.get("entities") or ()),
                answer=answer,
            )
        except (httpx.HTTPError, KeyError, TypeError, ValueError, StopIteration, AttributeError) as error:
            # Only the kind of failure: the message of an HTTP error may hold text.
            raise NluUnavailable(type(error).__name__) from None

    async def ready(self) -> bool:
        """True when the NLU process has a model and answers."""
        try:
            response = await self._http.get("/webhooks/deelwijzer/ready")
        except httpx.HTTPError:
            return False
        return response.status_code == 200

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()
