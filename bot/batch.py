"""`./deelwijzer vraag`: questions from a file, answers as JSON lines in the form of the contract."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import Any, TextIO

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.assistant import Assistant, Handled
from bot.contract import citation_json
from bot.messages import Incoming


class Line(BaseModel):
    """One line of the input. Unknown fields are passed over: a file may hold more."""

    model_config = ConfigDict(extra="ignore")

    id: str
    text: str
    municipality: str | None = None
    role: str | None = None


async def answer_lines(assistant: Assistant, lines: Iterable[str], out: TextIO) -> int:
    """Answer each line as a fresh conversation; 1 when a line has no answer, else 0."""
    failed = 0
    for number, raw in enumerate(lines, start=1):
        if not raw.strip():
            continue
        try:
            line = Line.model_validate_json(raw)
        except ValidationError as error:
            fields = ", ".join(sorted({".".join(map(str, one["loc"])) or "regel" for one in error.errors()}))
            print(f"regel {number}: klopt niet ({fields}); verwacht een object met id en text", file=sys.stderr)
            failed += 1
            continue
        handled = await _handled(assistant, line, number)
        result = result_json(line.id, handled)
        if not result["answer"]:
            print(f"regel {number}: geen antwoord", file=sys.stderr)
            failed += 1
        print(json.dumps(result, ensure_ascii=False), file=out, flush=True)
    return 1 if failed else 0


async def answer_one(assistant: Assistant, text: str, out: TextIO) -> int:
    """Answer one question as readable text."""
    handled = await _handled(assistant, Line(id="1", text=text), 1)
    for message in handled.reply.messages:
        print(message.text, file=out)
        for one in message.citations:
            print(f"  {one.label}: {one.url}", file=out)
    return 0


async def _handled(assistant: Assistant, line: Line, number: int) -> Handled:
    profile = {key: value for key in ("municipality", "role") if (value := getattr(line, key))}
    if "municipality" in profile:
        profile["municipality"] = municipality_id(assistant, profile["municipality"])
    return await assistant.handle_with_details(
        Incoming("batch", f"{number}:{line.id}", text=line.text, profile=profile)
    )


def municipality_id(assistant: Assistant, name: str) -> str:
    """The id of a municipality given by its id or its name; a name we do not know stays as it is."""
    for row in assistant.knowledge.municipalities.values():
        if name.casefold() in (row.id, row.name.casefold()):
            return row.id
    return name


def result_json(line_id: str, handled: Handled) -> dict[str, Any]:
    """One line of the output."""
    message = handled.reply.messages[0]
    return {
        "id": line_id,
        "text": handled.text,
        "intent": handled.intent,
        "confidence": round(handled.confidence, 4),
        "entities": _entities(handled),
        "verdict": message.verdict,
        "obligation": message.obligation,
        "asks": message.asks,
        "citations": [citation_json(one) for one in message.citations],
        "answers": list(message.answers),
        "answer": "\n\n".join(one.text for one in handled.reply.messages),
        "rules": list(message.rules),
        "record_prompt": handled.record_prompt,
        "personal_data": list(handled.personal_data),
        "elapsed_ms": handled.elapsed_ms,
    }


def _entities(handled: Handled) -> dict[str, Any]:
    """Entities by name; a party under the part it plays (recipient, source)."""
    found: dict[str, Any] = {}
    for entity in handled.entities:
        name = str(entity["entity"])
        if name == "party":
            name = {"recipient": "recipient", "source": "source_party"}.get(str(entity.get("role")), "party")
        value = entity["value"]
        if name in found and found[name] != value:
            earlier = found[name] if isinstance(found[name], list) else [found[name]]
            found[name] = earlier if value in earlier else [*earlier, value]
        else:
            found[name] = value
    return found
