"""The questions of the quiz: what the check notices, and what must hold for every one of them."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from bot.guard import Guard
from knowledge.check_quiz import check_quiz
from knowledge.knowledge import Knowledge
from knowledge.quiz import LETTERS, MOST, SIZE, choose, meant_for, open_questions
from tests.knowledge.tables import changed

TODAY = date(2026, 11, 22)
CASES: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("quiz.yaml").read_text(encoding="utf-8"))["cases"]
# What a native poll of Telegram takes, in characters.
POLL = {"question": 300, "option": 100, "explanation": 200}
# Of this many questions a guess by place or length may be right.
MOST_BY_A_TRICK = 0.45


def problems(knowledge: Knowledge, row: str) -> list[str]:
    return [problem.message for problem in check_quiz(knowledge, TODAY) if problem.row == row]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_check_says_what_is_wrong_with_a_question(case: dict[str, Any], knowledge: Knowledge) -> None:
    broken = changed(knowledge, {"quiz": {case["row"]: case["change"]}})

    found = problems(broken, case["row"])

    assert bool(found) == ("says" in case), found
    assert all(any(part in message for message in found) for part in case.get("says", ())), found


def test_all_questions_are_right_today(knowledge: Knowledge) -> None:
    assert list(check_quiz(knowledge, TODAY)) == []


def test_every_answer_that_is_flipped_is_noticed(knowledge: Knowledge) -> None:
    """Each wrong option in its turn marked as the right one, for all questions at once."""
    for step in range(1, len(LETTERS)):
        flips = {
            row.id: {"right": LETTERS[(row.right_place + step) % len(row.options)]}
            for row in knowledge.quiz.values()
            if step < len(row.options)
        }
        noticed = {problem.row for problem in check_quiz(changed(knowledge, {"quiz": flips}), TODAY)}

        assert set(flips) - noticed == set()


def test_a_rule_that_changes_makes_its_question_fail(knowledge: Knowledge) -> None:
    other = {"rules": {"wmo-cak": {"verdict": "not_allowed", "obligation": "may_not"}}}

    assert problems(changed(knowledge, other), "delen-wmo-cak")


def test_every_question_fits_in_a_poll(knowledge: Knowledge) -> None:
    for row in knowledge.quiz.values():
        assert len(row.ask) <= POLL["question"], row.id
        assert len(row.explain) <= POLL["explanation"], row.id
        assert all(len(option.text) <= POLL["option"] for option in row.options), row.id


@pytest.mark.parametrize(
    "change",
    [
        {"ask": "x" * 301},
        {"explain": "x" * 201},
        {"options": [{"text": "x" * 101}, {"text": "nee"}]},
        {"options": [{"text": "ja"}]},
        {"options": [{"text": "ja"}, {"text": "Ja"}]},
        {"right": "d"},
        {"cite": []},
        {"proof": []},
        {"rests_on": None, "proof": []},
        {"decides": {"act": "retention"}},
    ],
    ids=str,
)
def test_a_question_that_does_not_hang_together_is_refused(knowledge: Knowledge, change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        changed(knowledge, {"quiz": {"bewaren-wmo": change}})


def test_a_question_asks_and_its_options_do_not(knowledge: Knowledge) -> None:
    for row in knowledge.quiz.values():
        assert "?" in row.ask, row.id
        assert not any(option.text.endswith((".", "?")) for option in row.options), row.id


def test_the_right_option_cannot_be_guessed_by_its_place_or_length(knowledge: Knowledge) -> None:
    rows = list(knowledge.quiz.values())
    places = Counter(row.right for row in rows)
    longest = sum(len(row.options[row.right_place].text) == max(len(one.text) for one in row.options) for row in rows)

    assert max(places.values()) <= MOST_BY_A_TRICK * len(rows)
    assert longest <= MOST_BY_A_TRICK * len(rows)


def test_the_test_of_2017_is_in_it_in_full(knowledge: Knowledge) -> None:
    asked = {row.baseline.number: row for row in knowledge.quiz.values() if row.baseline}
    shares = {number: row.baseline.right for number, row in asked.items() if row.baseline}

    assert sorted(asked) == list(range(1, 13))
    assert (shares[4], shares[8], shares[12]) == (28.6, 28.6, 95.2)
    assert [number for number, share in shares.items() if share is None] == [7]


def test_every_subject_fills_a_round_for_every_role(knowledge: Knowledge) -> None:
    for subject in knowledge.quiz_subjects:
        rows = [row for row in open_questions(knowledge, TODAY) if row.subject == subject]
        assert len(rows) >= MOST, subject
        for role in (one for one in knowledge.parties if knowledge.may_ask(one)):
            for_role = [row for row in rows if meant_for(knowledge, row, role)]
            chosen = choose(knowledge, {}, TODAY, seed="x", subject=subject, role=role)
            assert len(chosen) == SIZE, (subject, role)
            assert set(chosen) <= {row.id for row in for_role} or len(for_role) < SIZE, (subject, role)


def test_every_role_that_asks_has_questions_of_its_own(knowledge: Knowledge) -> None:
    named = {role for row in knowledge.quiz.values() for role in row.roles}
    asks = {role for role in knowledge.parties if knowledge.may_ask(role)}

    # A resident is no professional; "the college" is every role of the college.
    assert {one for one in asks if not named & knowledge.lineage("role", one)} == {"inwoner", "college"}


def test_no_question_names_a_person(knowledge: Knowledge) -> None:
    guard = Guard(vocabulary=(word for party in knowledge.parties.values() for word in party.words))
    texts = (
        text for row in knowledge.quiz.values() for text in (row.ask, row.explain, *(one.text for one in row.options))
    )

    assert [text for text in texts if guard.mask(text).kinds] == []
