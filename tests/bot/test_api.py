"""`POST /api/chat`: the form of the contract, and kind refusals that hold no text."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from bot.app import _Open
from bot.assistant import Assistant
from bot.channels import api

MESSAGE_FIELDS = {"text", "buttons", "verdict", "obligation", "asks", "citations", "answers", "rules", "state", "files"}
ANSWER_FIELDS = {"question", "verdict", "obligation", "assumed", "branches", "asks", "citations", "rules"}


@pytest.fixture
async def client(assistant: Assistant) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.include_router(api.router(assistant, _Open()))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as made:
        yield made


async def post(client: httpx.AsyncClient, **body: Any) -> dict[str, Any]:
    response = await client.post("/api/chat", json=body)
    assert response.status_code == 200, response.text
    [message] = response.json()["messages"]
    return dict(message)


async def test_an_answer_has_the_fields_of_the_contract(client: httpx.AsyncClient) -> None:
    message = await post(client, conversation="een", text="mag ik iets delen met school")

    assert set(message) == MESSAGE_FIELDS
    assert set(message["answers"][0]) == ANSWER_FIELDS
    assert set(message["citations"][0]) == {"law", "article", "paragraph", "url", "source"}
    assert set(message["buttons"][0]) == {"title", "payload"}
    assert set(message["asks"]) == {"slot", "options"}
    assert message["state"] == "idle"


async def test_a_payload_continues_the_conversation(client: httpx.AsyncClient) -> None:
    asked = await post(client, conversation="een", text="mag ik iets delen met school")
    wmo = next(one["payload"] for one in asked["buttons"] if one["title"] == "Wmo")

    answered = await post(client, conversation="een", payload=wmo)

    assert answered["verdict"] == "allowed_with_consent"


async def test_a_payload_means_nothing_by_itself(client: httpx.AsyncClient) -> None:
    asked = await post(client, conversation="een", text="mag ik iets delen met school")

    assert not any("school" in one["payload"] or "role" in one["payload"] for one in asked["buttons"])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"geen json geheimwoord",
        b"[]",
        json.dumps({"conversation": "een"}).encode(),
        json.dumps({"conversation": "een", "text": "geheimwoord", "payload": "x"}).encode(),
        json.dumps({"conversation": "", "text": "geheimwoord"}).encode(),
        json.dumps({"text": "geheimwoord"}).encode(),
        json.dumps({"conversation": "een", "text": {"geheimwoord": 1}}).encode(),
        json.dumps({"conversation": "een", "text": "geheimwoord", "extra": 1}).encode(),
    ],
)
async def test_a_wrong_body_gets_a_clear_refusal_without_its_text(client: httpx.AsyncClient, body: bytes) -> None:
    response = await client.post("/api/chat", content=body, headers={"content-type": "application/json"})

    assert response.status_code == 422
    assert "klopt niet" in response.json()["error"]
    assert "geheimwoord" not in response.text


async def test_an_enormous_body_is_refused(client: httpx.AsyncClient) -> None:
    response = await client.post("/api/chat", content=b"x" * 70_000)

    assert response.status_code == 413


async def test_a_long_text_is_answered_kindly(client: httpx.AsyncClient) -> None:
    message = await post(client, conversation="een", text="woord " * 1000)

    assert "te lang" in message["text"]
