"""Which questions come in a round, and when they come back. Pure: days are given, the seed decides the rest."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest

from knowledge.knowledge import Knowledge
from knowledge.quiz import (
    BOX_DAYS,
    MIX,
    Card,
    QuizState,
    Result,
    answered,
    bar,
    choose,
    coming_back,
    meant_for,
    missed_before,
    open_questions,
    progress,
    read_answer,
)
from tests.knowledge.tables import changed

TODAY = date(2026, 11, 22)
SUBJECT = "datalek"


def days(number: int) -> date:
    return TODAY + timedelta(days=number)


def card(item: str, due: int, *, right: bool = True, box: int = 2) -> Card:
    return Card(item=item, box=box, due=days(due), right=right, asked=1, known=int(right))


def deck(*cards: Card) -> dict[str, Card]:
    return {one.item: one for one in cards}


@pytest.fixture(scope="module")
def items(knowledge: Knowledge) -> list[str]:
    return [row.id for row in knowledge.quiz.values() if row.subject == SUBJECT]


# -- boxes ---------------------------------------------------------------------------------


def test_a_right_answer_moves_a_question_up_until_the_last_box() -> None:
    kept, on, waited = None, TODAY, []
    for _ in range(6):
        kept = answered(kept, "x", True, on)
        waited.append((kept.due - on).days)
        on = kept.due

    assert waited == [3, 7, 21, 60, 60, 60]
    assert kept is not None
    assert (kept.asked, kept.known) == (6, 6)


def test_a_wrong_answer_brings_it_back_tomorrow_from_any_box() -> None:
    for box in range(1, len(BOX_DAYS) + 1):
        kept = answered(card("x", due=-3, box=box), "x", False, TODAY)

        assert (kept.box, kept.due, kept.right) == (1, days(1), False)


def test_a_right_answer_before_its_day_moves_nothing() -> None:
    kept = answered(card("x", due=5, box=3), "x", True, TODAY)

    assert (kept.box, kept.due, kept.asked) == (3, days(5), 2)


def test_what_was_missed_and_practised_at_once_still_comes_back_tomorrow() -> None:
    missed = answered(None, "x", False, TODAY)
    practised = answered(missed, "x", True, TODAY)

    assert (practised.due, practised.right) == (days(1), True)


# -- a round -------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_round_and_another_one_another(knowledge: Knowledge) -> None:
    rounds = {seed: choose(knowledge, {}, TODAY, seed=seed) for seed in "abcdef"}

    assert rounds["a"] == choose(knowledge, {}, TODAY, seed="a")
    assert len(set(rounds.values())) == len(rounds)


def test_a_round_stays_within_its_subject(knowledge: Knowledge, items: list[str]) -> None:
    assert set(choose(knowledge, {}, TODAY, seed="a", subject=SUBJECT)) <= set(items)


@pytest.mark.parametrize(("size", "got"), [(1, 1), (5, 5), (10, 10), (50, 10)])
def test_a_round_has_at_most_ten_questions(knowledge: Knowledge, size: int, got: int) -> None:
    assert len(choose(knowledge, {}, TODAY, seed="a", size=size)) == got


def test_a_mix_takes_turns_between_subjects(knowledge: Knowledge) -> None:
    for seed in "abcde":
        chosen = choose(knowledge, {}, TODAY, seed=seed, subject=MIX, size=10)

        assert len({knowledge.quiz[item].subject for item in chosen}) == 10


def test_what_was_missed_comes_first_then_what_is_due_then_what_is_new(knowledge: Knowledge, items: list[str]) -> None:
    known = deck(
        card(items[0], due=-1),
        card(items[1], due=0, right=False, box=1),
        card(items[2], due=-9),
        card(items[3], due=4),
    )

    chosen = choose(knowledge, known, TODAY, seed="a", subject=SUBJECT, size=10)

    assert chosen[:3] == (items[1], items[2], items[0])
    assert not set(chosen[3:]) & set(known)


def test_now_and_then_a_new_question_goes_before_one_that_was_known(knowledge: Knowledge, items: list[str]) -> None:
    known = deck(card(items[0], due=-9), card(items[1], due=0, right=False))

    chosen = choose(knowledge, known, TODAY, seed="a", subject=SUBJECT, size=2, new_first=True)

    assert chosen[0] == items[1]
    assert chosen[1] not in known


def test_what_is_not_due_comes_only_when_nothing_else_is_left(knowledge: Knowledge, items: list[str]) -> None:
    known = deck(*(card(item, due=place + 1) for place, item in enumerate(items)))

    assert choose(knowledge, known, TODAY, seed="a", subject=SUBJECT) == tuple(items[:5])


def test_questions_for_another_role_only_fill_a_short_round(knowledge: Knowledge) -> None:
    own = [
        row.id
        for row in open_questions(knowledge, TODAY)
        if row.subject == "delen" and meant_for(knowledge, row, "leerplicht")
    ]
    chosen = choose(knowledge, {}, TODAY, seed="a", subject="delen", role="leerplicht", size=10)

    assert set(chosen[: len(own)]) == set(own)


@pytest.mark.parametrize(
    ("role", "fits"),
    [(None, True), ("jeugdhulpverlener", True), ("jeugdhulpaanbieder", True), ("wmo-consulent", False)],
)
def test_a_question_is_for_its_role_and_for_who_is_a_kind_of_it(
    knowledge: Knowledge, role: str | None, fits: bool
) -> None:
    assert meant_for(knowledge, knowledge.quiz["delen-hulpverlener-school"], role) is fits


def test_a_question_that_ended_is_not_asked(knowledge: Knowledge, items: list[str]) -> None:
    ended = changed(knowledge, {"quiz": {item: {"valid_to": days(-1)} for item in items[:-1]}})

    assert choose(ended, {}, TODAY, seed="a", subject=SUBJECT) == (items[-1],)


# -- score and progress --------------------------------------------------------------------


def test_a_round_counts_what_was_right_and_names_what_was_missed() -> None:
    state = QuizState(round="r", items=("a", "b", "c"))
    assert (state.item, state.finished) == ("a", False)

    for result in (Result.RIGHT, Result.WRONG, Result.SKIPPED):
        state = state.after(result)

    assert (state.item, state.finished, state.score, state.missed) == (None, True, 1, ("b", "c"))


def test_without_items_a_round_has_not_begun() -> None:
    state = QuizState(round="r")

    assert (state.item, state.finished) == (None, False)


def test_progress_counts_only_questions_of_today(knowledge: Knowledge, items: list[str]) -> None:
    known = deck(card(items[0], due=1), card(items[1], due=1, right=False), card("is-er-niet-meer", due=1))
    so_far = progress(knowledge, known, TODAY)

    assert (so_far.total, so_far.asked, so_far.known) == (len(knowledge.quiz), 2, 1)


def test_what_was_missed_before_is_found_again(knowledge: Knowledge, items: list[str]) -> None:
    known = deck(
        card(items[0], due=1, right=False),
        card(items[1], due=-2, right=False),
        card(items[2], due=-2),
        card("is-er-niet-meer", due=-5, right=False),
    )

    assert missed_before(knowledge, known, TODAY) == (items[1], items[0])


def test_it_is_told_on_which_days_questions_come_back() -> None:
    known = deck(card("a", due=3), card("b", due=1, right=False), card("c", due=3), card("d", due=9))

    assert coming_back(known, ("a", "b", "c")) == [(days(1), 1), (days(3), 2)]


@pytest.mark.parametrize(("done", "drawn"), [(0, "▯▯▯▯▯"), (2, "▮▮▯▯▯"), (5, "▮▮▮▮▮")])
def test_the_bar_shows_how_far_it_is(done: int, drawn: str) -> None:
    assert bar(done, 5) == drawn


# -- typed answers -------------------------------------------------------------------------

OPTIONS = ("Ja, met toestemming", "Nee, dat mag niet", "Nee, nooit")


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("a", 0),
        ("B", 1),
        ("c.", 2),
        ("b)", 1),
        ("antwoord c", 2),
        ("2", 1),
        ("optie 3", 2),
        ("ja", 0),
        ("Ja!", 0),
        ("nee, dat mag niet", 1),
        ("nee, nooit", 2),
        ("nee", None),
        ("d", None),
        ("4", None),
        ("0", None),
        ("12", None),
        ("jazeker", None),
        ("", None),
        ("mag dit met toestemming", None),
    ],
)
def test_a_typed_answer_is_read_by_letter_number_or_words(typed: str, place: int | None) -> None:
    assert read_answer(OPTIONS, typed) == place


def test_over_many_seeds_every_question_comes_about_as_often(knowledge: Knowledge) -> None:
    seen = Counter(item for seed in range(300) for item in choose(knowledge, {}, TODAY, seed=str(seed), size=10))

    assert set(seen) == set(knowledge.quiz)
