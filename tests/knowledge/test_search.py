"""Searching the knowledge: the cases stand in search.yaml."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.knowledge import Knowledge
from knowledge.load import CONTENT
from knowledge.search import TABLES, Search

CASES: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("search.yaml").read_text(encoding="utf-8"))
TODAY = date(2026, 11, 22)
BEFORE_AVG = date(2016, 5, 1)


@pytest.fixture(scope="module")
def search(knowledge: Knowledge) -> Search:
    return Search(knowledge)


def found(search: Search, query: str, on: date = TODAY) -> list[str]:
    """What a query finds, as kind and id, the best first."""
    return [f"{result.kind} {result.id}" for result in search.find(query, on).results]


@pytest.mark.parametrize("case", CASES, ids=[case["query"] for case in CASES])
def test_a_query_finds_what_it_is_about(search: Search, case: dict[str, Any]) -> None:
    results = found(search, case["query"])
    if "first" in case:
        assert results[0] == case["first"]
    assert set(case.get("finds", ())) <= set(results)
    assert not set(case.get("not", ())) & set(results)


@pytest.mark.parametrize("query", ["cliënt één", "Client een", "CLIËNT, EEN.", "  client   een "])
def test_accents_capitals_and_signs_do_not_count(search: Search, query: str) -> None:
    assert found(search, query) == found(search, "client een") != []


def test_every_word_must_occur(search: Search) -> None:
    school, both = found(search, "school"), found(search, "school politie")
    assert set(both) < set(school)
    assert found(search, "school zebrapad") == []


def test_the_order_of_the_words_does_not_count(search: Search) -> None:
    assert found(search, "politie school") == found(search, "school politie")


def test_a_title_goes_before_a_text(search: Search) -> None:
    titles = [result.title.casefold() + result.snippet.casefold() for result in search.find("noodzaak", TODAY).results]
    tops = ["noodzaak" in title for title in titles]
    assert tops[0]
    assert False in tops


def test_what_holds_on_the_day_goes_before_what_does_not(search: Search) -> None:
    for on in (TODAY, BEFORE_AVG):
        valid = [result.valid for result in search.find("schuldhulp", on).results]
        assert valid == sorted(valid, reverse=True)
        assert set(valid) == {True, False}


@pytest.mark.parametrize(("on", "first", "second"), [(TODAY, "", "-2015"), (BEFORE_AVG, "-2015", "")])
def test_of_two_rules_on_one_question_the_one_of_that_day_goes_first(
    search: Search, on: date, first: str, second: str
) -> None:
    outcome = search.find("toegang jeugd in andere gevallen", on).results
    rules = {result.id: result for result in outcome if result.id.startswith("jeugd-toegang-rest")}
    assert list(rules) == [f"jeugd-toegang-rest{first}", f"jeugd-toegang-rest{second}"]
    assert [result.valid for result in rules.values()] == [True, False]
    assert rules["jeugd-toegang-rest"].valid_from == date(2018, 5, 25)
    assert rules["jeugd-toegang-rest-2015"].valid_to == date(2018, 5, 24)


@pytest.mark.parametrize(
    ("query", "word", "suggestion"),
    [
        ("tostemming", "tostemming", "toestemming"),
        ("school privcay", "privcay", "privacy"),
        ("grondslach", "grondslach", "grondslag"),
    ],
)
def test_a_typing_error_gets_a_word_that_looks_like_it(search: Search, query: str, word: str, suggestion: str) -> None:
    outcome = search.find(query, TODAY)
    assert outcome.results == ()
    (near,) = outcome.near
    assert near.word == word
    assert near.suggestions[0] == suggestion
    assert found(search, suggestion)


def test_a_word_like_no_other_gets_no_suggestion(search: Search) -> None:
    (near,) = search.find("xyzzyq", TODAY).near
    assert near.suggestions == ()


def test_words_that_stand_apart_get_no_suggestion(search: Search) -> None:
    outcome = search.find("verwijsindex huwelijk quiz", TODAY)
    assert outcome.results == ()
    assert [near.word for near in outcome.near if near.word != "huwelijk"] == []


@pytest.mark.parametrize("query", ["", "   ", "?!", "…"])
def test_nothing_finds_nothing(search: Search, query: str) -> None:
    outcome = search.find(query, TODAY)
    assert (outcome.results, outcome.near) == ((), ())


def test_every_party_and_municipality_is_found_by_each_of_its_words(search: Search, knowledge: Knowledge) -> None:
    missed = [
        f"{row.id}: {words[0]}"
        for kind, rows in (("party", knowledge.parties), ("municipality", knowledge.municipalities))
        for row in rows.values()
        if (words := [word for word in row.words if "*" not in word][:1])
        and f"{kind} {row.id}" not in found(search, words[0])
    ]
    assert missed == []


def test_a_result_names_the_file_and_line_of_its_row(search: Search) -> None:
    for result in search.find("veilig thuis", TODAY).results:
        file, _, line = result.place.partition(":")
        row = (CONTENT / file).read_text(encoding="utf-8").splitlines()[int(line) - 1 :][:2]
        assert f"id: {result.id}" in "\n".join(row), result.place


def test_a_snippet_shows_where_the_word_stands_and_stays_short(search: Search) -> None:
    results = search.find("gezagsregister", TODAY).results
    assert len(results) > 5
    assert all("gezagsregister" in result.snippet for result in results)
    assert all(len(result.snippet) <= 241 for result in search.find("delen", TODAY).results)


def test_every_kind_has_a_table(knowledge: Knowledge) -> None:
    assert set(TABLES.values()) <= set(knowledge.tables.rows)
