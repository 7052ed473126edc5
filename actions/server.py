"""The endpoint that Rasa calls for a custom action, mounted in the app on its own listener.

It listens on loopback only and wants the token that the app gave the NLU process, so that
nothing but that process can make the app answer.
"""

from __future__ import annotations

import hmac
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from rasa_sdk.executor import ActionExecutor

from actions.base import KnowledgeAction
from actions.danger import DangerAction
from actions.inform import InformAction
from actions.record import RecordAction
from actions.request import RequestAction
from actions.share import ShareAction
from actions.small_talk import SmallTalkAction
from actions.topic import TopicAction
from knowledge.knowledge import Knowledge

ACTIONS: tuple[type[KnowledgeAction], ...] = (
    ShareAction,
    RequestAction,
    RecordAction,
    InformAction,
    TopicAction,
    SmallTalkAction,
    DangerAction,
)


def action_app(knowledge: Knowledge, token: str) -> FastAPI:
    """The internal application with the one route that Rasa calls.

    Raises:
        ValueError: when the token is empty, which would let anyone in.
    """
    if not token:
        raise ValueError("De actieserver start niet zonder token (DEELWIJZER_TOKEN).")
    executor = ActionExecutor()
    for action in ACTIONS:
        executor.register_action(action(knowledge))
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    expected = f"Bearer {token}"

    @app.post("/webhook")
    async def webhook(request: Request) -> dict[str, Any]:
        if not hmac.compare_digest(request.headers.get("authorization", ""), expected):
            raise HTTPException(status_code=401)
        # Rasa sends only a digest of the domain; no action of ours looks at the domain, so the
        # second call in which Rasa would send it whole is spared.
        result = await executor.run({"domain": {}, **await request.json()})
        if result is None:
            raise HTTPException(status_code=404)
        return dict(result) if isinstance(result, dict) else dict(result.model_dump())

    return app
