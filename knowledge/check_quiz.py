"""Checks the quiz: the right answer of each question is what the decision, or the rule it rests on, says.

An answer marked wrong by mistake is noticed: only one option may agree with the decision, and only
the right one may hold the words of the rule.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import date

from knowledge.advise import advise
from knowledge.knowledge import Knowledge
from knowledge.load import Problem
from knowledge.question import Advice, Question, told
from knowledge.schema import Cite, QuizCase, QuizOption, QuizQuestion, Rule


def check_quiz(k: Knowledge, on: date) -> Iterator[Problem]:
    """All that is wrong in the questions that are asked on a day."""
    for row in k.quiz.values():
        found = [*_pointers(k, row)]
        if not found and row.valid_on(on):
            found = [
                *_articles(k, row, on),
                *(_decided(k, row, row.decides, on) if row.decides else _known(k, row, on)),
            ]
        for message in found:
            yield k.tables.problem("quiz", row.id, message)


def question_of(case: QuizCase) -> Question:
    """The question of a quiz as the decision code reads it."""
    return Question(case.act, {fact: told(*values) for fact, values in case.facts.items()}, case.modality)


def _pointers(k: Knowledge, row: QuizQuestion) -> Iterator[str]:
    if row.subject not in k.quiz_subjects:
        yield f"onderwerp “{row.subject}” bestaat niet"
    for cite in row.cite:
        if not k.versions_of(cite):
            yield f"artikel “{cite.law} {cite.number}” staat niet in articles/"
    for role in row.roles:
        if not k.known_value("role", role) or not k.may_ask(role):
            yield f"“{role}” is geen rol die vragen stelt"
    if row.rests_on and row.rests_on not in k.rules:
        yield f"regel “{row.rests_on}” bestaat niet"
    if row.decides and row.decides.act not in k.acts:
        yield f"“{row.decides.act}” staat niet in acts.yaml"
    for fact, values in (row.decides.facts if row.decides else {}).items():
        for value in values:
            if not k.known_value(fact, value):
                yield f"waarde “{value}” van feit “{fact}” bestaat niet"


def _articles(k: Knowledge, row: QuizQuestion, on: date) -> Iterator[str]:
    for cite in row.cite:
        if k.reference(cite, on) is None:
            yield f"artikel “{cite.law} {cite.number}” geldt niet op {on}"


def _decided(k: Knowledge, row: QuizQuestion, case: QuizCase, on: date) -> Iterator[str]:
    """The right option claims what the decision says; no other option does."""
    advice = advise(question_of(case), k, on)
    said = f"{advice.verdict}" + (f", {advice.obligation}" if advice.obligation else "")
    right = row.options[row.right_place]
    if not right.claims:
        yield f"antwoord {row.right} is goed gerekend, maar zegt niet welk oordeel het is; het besluit is: {said}"
    elif not _agrees(right, advice):
        yield f"antwoord {row.right} is goed gerekend, maar het besluit is: {said}"
    for letter, option in zip("abcd", row.options, strict=False):
        if option is not right and option.claims and _agrees(option, advice):
            yield f"antwoord {letter} is fout gerekend, maar het besluit is: {said}"
    yield from _same_article(row, advice.cites)


def _agrees(option: QuizOption, advice: Advice) -> bool:
    """True when all that the option claims is what was decided."""
    return option.verdict in (None, advice.verdict) and option.obligation in (None, advice.obligation)


def _known(k: Knowledge, row: QuizQuestion, on: date) -> Iterator[str]:
    """The words of the proof stand in the rule and in the right option alone."""
    rule = k.rules[row.rests_on or ""]
    if not rule.valid_on(on):
        yield f"regel “{rule.id}” geldt niet op {on}"
    told_by_rule = _plain(" ".join(_sentences(rule)))
    for words in row.proof:
        if _plain(words) not in told_by_rule:
            yield f"“{words}” staat niet in regel “{rule.id}”"
    for letter, option in zip("abcd", row.options, strict=False):
        holds = all(_plain(words) in _plain(option.text) for words in row.proof)
        if letter == row.right and not holds:
            yield f"antwoord {letter} is goed gerekend, maar de woorden van de regel staan er niet in"
        elif letter != row.right and holds:
            yield f"antwoord {letter} is fout gerekend, maar de woorden van de regel staan erin"
    yield from _same_article(row, rule.cite)


def _same_article(row: QuizQuestion, cites: tuple[Cite, ...]) -> Iterator[str]:
    """The question names an article on which its answer rests."""
    if cites and {one.article_id for one in row.cite}.isdisjoint(one.article_id for one in cites):
        yield "geen van de artikelen draagt het antwoord; neem er een van: " + ", ".join(
            f"{one.law} {one.number}" for one in cites
        )


def _sentences(rule: Rule) -> Iterator[str]:
    for _, value in rule.say:
        if value:
            yield from (value if isinstance(value, tuple) else (value,))


def _plain(text: str) -> str:
    """Lower case, without accents and double spaces."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(char for char in decomposed if not unicodedata.combining(char)).split())
