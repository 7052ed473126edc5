"""`vraag --jsonl` with the real NLU process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.supervise import ROOT, nlu_python
from tests.bot.test_batch import FIELDS

VERDICTS = {
    "allowed_without_consent", "allowed_with_consent", "not_allowed", "needs_info", "weigh", "emergency",
    "info", "out_of_scope", "not_understood",
}  # fmt: skip
EXAMPLES = ROOT.parent / "shared" / "examples" / "questions.jsonl"

pytestmark = pytest.mark.skipif(not nlu_python().exists(), reason="de omgeving voor het taalproces ontbreekt")


def ask(source: Path) -> tuple[int, list[dict[str, object]]]:
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli", "vraag", "--jsonl", str(source)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def test_only_json_lines_come_out(tmp_path: Path) -> None:
    questions = tmp_path / "vragen.jsonl"
    texts = ["mag ik iets delen met de politie", "hoe laat gaat de kantine open", ""]
    questions.write_text("".join(json.dumps({"id": str(n), "text": text}) + "\n" for n, text in enumerate(texts)))

    code, answers = ask(questions)

    assert code == 0
    assert [one["id"] for one in answers] == ["0", "1", "2"]
    assert all(set(one) == FIELDS for one in answers)
    assert answers[0]["verdict"] == "allowed_with_consent"
    assert answers[1]["verdict"] == "out_of_scope"
    assert answers[2]["verdict"] == "not_understood"


@pytest.mark.skipif(not EXAMPLES.exists(), reason="de voorbeeldvragen staan niet naast het project")
def test_the_examples_are_all_answered_in_the_form_of_the_contract() -> None:
    code, answers = ask(EXAMPLES)

    assert code == 0
    assert len(answers) == len(EXAMPLES.read_text(encoding="utf-8").splitlines())
    for one in answers:
        assert set(one) == FIELDS
        assert one["verdict"] in VERDICTS
        assert one["obligation"] in ("must", "may", "may_not", None)
        if one["verdict"] in ("allowed_without_consent", "allowed_with_consent", "not_allowed", "weigh", "needs_info"):
            assert one["citations"], one["id"]
