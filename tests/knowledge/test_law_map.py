"""Where each row of the law check of November 2026 stands in the knowledge, on law_map.yaml.

The law check itself does not belong to the project, so that the numbers of its rows stand here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.advise import advise
from knowledge.answer import Answerer
from knowledge.knowledge import Knowledge
from knowledge.question import Question, told
from knowledge.schema import AgeRule, Cite, DatedRow, Rule
from knowledge.vocabulary import vocabulary

DATA: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("law_map.yaml").read_text(encoding="utf-8"))
ROWS: dict[str, dict[str, Any]] = DATA["rows"]
TODAY = date(2026, 11, 22)
# How many rows each section of the law check has.
SECTIONS = {"A": 24, "B": 10, "C": 23, "D": 18, "E": 17, "F": 11, "G": 12, "H": 7}
REFINEMENTS = ("G09", "B05", "C13", "C17", "C18", "D14", "E04", "E14", "E16", "D12", "F05", "F09", "new-1", "new-2")
SUPERSEDED = "superseded"
STATUSES = {
    "still-right",
    "right-reword",
    SUPERSEDED,
    "wrong",
    "local-policy",
    "unverified",
    "new-fact",
    "not-law",
    "too-narrow",
    "refinement",
}
KEYS = {"status", "rules", "history", "articles", "definitions", "old", "cites", "left"}


def _definition(term: str, knowledge: Knowledge) -> tuple[str, ...]:
    """The rule that explains a term today."""
    return advise(Question("definition", {"term": told(term)}), knowledge, TODAY).rules


def _explained(term: str, knowledge: Knowledge) -> str:
    """The explanation of a term as the user reads it, in lower case."""
    advice = advise(Question("definition", {"term": told(term)}), knowledge, TODAY)
    return "\n".join(part.text for part in Answerer(knowledge, TODAY).parts(advice)).lower()


def _resting_on(law: str, number: str, knowledge: Knowledge) -> Iterator[DatedRow]:
    """The rules, ages and articles in force that rest on an article; a number that ends in a dot is a beginning."""

    def same(of: str, one: str) -> bool:
        return of == law and (one == number if number and not number.endswith(".") else one.startswith(number))

    resting: list[Rule | AgeRule] = [*knowledge.rules.values(), *knowledge.ages.values()]
    for row in resting:
        if row.valid_on(TODAY) and any(same(cite.law, cite.number) for cite in row.cite):
            yield row
    for article in knowledge.articles.values():
        if article.valid_on(TODAY) and same(article.law, article.number):
            yield article


def test_every_row_of_the_law_check_is_on_the_map() -> None:
    expected = {f"{section}{number:02}" for section, count in SECTIONS.items() for number in range(1, count + 1)}

    assert set(ROWS) == expected | {f"S6-{name}" for name in REFINEMENTS}


@pytest.mark.parametrize("row", ROWS)
def test_a_row_ends_in_the_knowledge_or_says_why_not(row: str) -> None:
    mapped = ROWS[row]

    assert set(mapped) <= KEYS
    assert mapped["status"] in STATUSES
    assert any(mapped.get(key) for key in ("rules", "history", "definitions", "left"))
    assert "left" not in mapped or len(mapped["left"].split()) >= 5


@pytest.mark.parametrize("row", ROWS)
def test_what_a_row_points_to_exists_and_holds_or_held(row: str, knowledge: Knowledge) -> None:
    mapped = ROWS[row]

    for rule in mapped.get("rules", ()):
        assert knowledge.rules[rule].valid_on(TODAY), rule
    for rule in mapped.get("history", ()):
        assert (knowledge.rules[rule].valid_to or TODAY) < TODAY, rule
    for article in mapped.get("articles", ()):
        assert article in knowledge.articles
    for term in mapped.get("definitions", ()):
        assert _definition(term, knowledge) not in ((), ("begrip-onbekend",)), term


@pytest.mark.parametrize("row", [row for row, mapped in ROWS.items() if mapped.get("cites")])
def test_what_a_row_points_to_cites_its_articles(row: str, knowledge: Knowledge) -> None:
    mapped = ROWS[row]
    pointed = [*mapped.get("rules", ())]
    pointed += [rule for term in mapped.get("definitions", ()) for rule in _definition(term, knowledge)]
    cited = {f"{cite.law} {cite.number}" for rule in pointed for cite in knowledge.rules[rule].cite}

    assert set(mapped["cites"]) <= cited


@pytest.mark.parametrize("row", [row for row, mapped in ROWS.items() if mapped["status"] == SUPERSEDED])
def test_superseded_law_is_dated_history_or_an_old_word(row: str) -> None:
    words = {one["word"] for one in DATA["old_words"]}

    assert ROWS[row].get("history") or ROWS[row].get("old")
    assert set(ROWS[row].get("old", ())) <= words


@pytest.mark.parametrize("old", DATA["old_words"], ids=lambda old: old["word"])
def test_an_old_word_is_known_and_answered_in_the_words_of_today(old: dict[str, Any], knowledge: Knowledge) -> None:
    assert vocabulary(knowledge)["term"][old["word"]] == old["term"]
    explained = _explained(old["term"], knowledge)
    assert [said for said in old["says"] if said not in explained] == []


@pytest.mark.parametrize("old", DATA["old_parties"], ids=lambda old: old["word"])
def test_the_old_name_of_an_organisation_is_read_as_the_one_of_today(old: dict[str, str], knowledge: Knowledge) -> None:
    assert vocabulary(knowledge)["party"][old["word"]] == old["party"]


@pytest.mark.parametrize(
    ("law", "number"), [(law, number) for law, numbers in DATA["must_be_cited"].items() for number in numbers]
)
def test_an_article_of_the_assignment_is_cited_by_a_rule_in_force(law: str, number: str, knowledge: Knowledge) -> None:
    cite = Cite(law=law, number=number)

    assert any(
        knowledge.reference(cite, TODAY) and (one.law, one.number) == (law, number)
        for rule in knowledge.rules.values()
        if rule.valid_on(TODAY)
        for one in rule.cite
    )


def test_an_article_that_is_left_out_is_cited_nowhere_and_says_why(knowledge: Knowledge) -> None:
    cited = {
        f"{cite.law} {cite.number}" for rule in knowledge.rules.values() if rule.valid_on(TODAY) for cite in rule.cite
    }
    for article, why in DATA["not_cited"].items():
        assert article not in cited
        assert len(why.split()) >= 5


@pytest.mark.parametrize("subject", DATA["matrix"])
def test_each_cell_of_the_age_matrix_has_a_rule_for_that_age(subject: str, knowledge: Knowledge) -> None:
    cells = DATA["matrix"][subject]

    assert set(cells) == {"age-0-11", "age-12-15", "age-16-17"}
    for age, rule in cells.items():
        assert knowledge.rules[rule].valid_on(TODAY)
        assert "age" in knowledge.rules[rule].acts
        assert age in knowledge.rules[rule].when["age"]


@pytest.mark.parametrize("watch", DATA["recheck"], ids=lambda watch: f"{watch['law']} {watch['number']}")
def test_rows_on_changing_law_are_checked_again_in_time(watch: dict[str, Any], knowledge: Knowledge) -> None:
    resting = list(_resting_on(watch["law"], watch["number"], knowledge))

    assert resting
    assert [row.id for row in resting if row.recheck_on > watch["by"]] == []


@pytest.mark.parametrize("watch", DATA["recheck_terms"], ids=lambda watch: watch["term"])
def test_rows_on_a_term_in_motion_are_checked_again_in_time(watch: dict[str, Any], knowledge: Knowledge) -> None:
    rows = [rule for rule in knowledge.rules.values() if watch["term"] in rule.when.get("term", ())]

    assert rows
    assert [rule.id for rule in rows if rule.valid_on(TODAY) and rule.recheck_on > watch["by"]] == []
