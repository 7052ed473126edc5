"""`./deelwijzer vraag --jsonl`: only JSON lines out, one for each line in."""

from __future__ import annotations

import io
import json

import pytest

from bot.assistant import Assistant
from bot.batch import answer_lines

FIELDS = {
    "id", "text", "intent", "confidence", "entities", "verdict", "obligation", "asks", "citations",
    "answers", "answer", "rules", "record_prompt", "personal_data", "elapsed_ms",
}  # fmt: skip


async def run(assistant: Assistant, *lines: str) -> tuple[int, list[dict[str, object]]]:
    out = io.StringIO()
    code = await answer_lines(assistant, lines, out)
    return code, [json.loads(line) for line in out.getvalue().splitlines()]


async def test_each_line_is_a_fresh_conversation_in_the_form_of_the_contract(assistant: Assistant) -> None:
    code, answers = await run(
        assistant,
        '{"id": "a", "text": "ik werk bij de wmo, mag ik delen met Jolanda van de politie"}',
        '{"id": "b", "text": "mag ik delen met school", "anders": 1}',
    )

    assert code == 0
    assert [set(one) for one in answers] == [FIELDS, FIELDS]
    assert answers[0]["entities"]["recipient"] == "politie"  # type: ignore[index]
    assert answers[0]["personal_data"]
    assert answers[1]["verdict"] == "needs_info"


async def test_the_municipality_of_a_line_counts(assistant: Assistant) -> None:
    _, [answer] = await run(
        assistant,
        '{"id": "a", "text": "veilig thuis vraagt mij om informatie", "municipality": "Doetinchem"}',
    )

    assert "Doetinchem" in str(answer["answer"])


@pytest.mark.parametrize("line", ["geen json", "[]", '{"id": "a"}', '{"text": "hallo"}', '{"id": 1, "text": 2}'])
async def test_a_wrong_line_is_named_and_the_others_are_answered(
    assistant: Assistant, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    code, answers = await run(assistant, line, '{"id": "b", "text": "mag ik delen met school"}')

    assert code == 1
    assert [one["id"] for one in answers] == ["b"]
    assert "regel 1" in capsys.readouterr().err
