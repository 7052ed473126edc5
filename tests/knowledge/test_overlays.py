"""Local policy beside the law: every row on a case of overlays.yaml, every contradiction on contradictions.yaml.

A stricter policy is a step more, one against the law is shown as outdated, and none changes what the law says.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from bench.rule_cases import Case, failures, read_cases
from knowledge.advise import advise
from knowledge.answer import Answerer, Part
from knowledge.knowledge import Knowledge
from knowledge.question import Question, told
from knowledge.schema import Policy

HERE = Path(__file__).parent
TODAY = date(2026, 11, 22)
ROWS = read_cases((HERE / "overlays.yaml",))
CONTRADICTIONS: dict[str, dict[str, Any]] = yaml.safe_load((HERE / "contradictions.yaml").read_text(encoding="utf-8"))[
    "contradictions"
]
SIDES = read_cases((HERE / "contradictions.yaml",))
CASES = [*ROWS, *SIDES]
# How the line begins that carries a policy, in an answer with steps.
LABELS = {"stricter": "- Extra in ", "same": "Lokaal beleid (", "contrary": "Oud beleid, niet meer toepassen ("}
NOTE = "Je gemeente kan strengere afspraken hebben."


def name_of(case: Case) -> str:
    """How a case is called in the report of a test."""
    return f"{case.expected.get('x', 'rij')}: {case.name}"


def subject(case: Case) -> str:
    """The policy that a case is about: the first it names, or the row it is called after."""
    return str(case.expected["policies"][0] if "policies" in case.expected else case.name)


def answer(question: Question, knowledge: Knowledge, on: date = TODAY) -> list[Part]:
    """The answer in parts."""
    return Answerer(knowledge, on).parts(advise(question, knowledge, on))


def lines(parts: list[Part]) -> list[str]:
    """The answer, line by line."""
    return [line for part in parts for line in part.text.split("\n")]


def wrong(case: Case, knowledge: Knowledge) -> list[str]:
    """What the answer does not do that the case asks for, its local line included."""
    found = failures(case, knowledge)
    policy = knowledge.policies.get(subject(case))
    if policy is None or policy.id not in case.advice(knowledge).policies:
        return [*found, f"{subject(case)} is missing"]
    label = LABELS[case.expected["kind"]]
    shown = lines(answer(case.question, knowledge, case.day))
    if not any(line.startswith(label) and line.endswith(policy.say) for line in shown):
        found.append(f"not said after “{label}”")
    return found


def with_policy(knowledge: Knowledge, old: str, new: Policy | None) -> Knowledge:
    """The same knowledge with one policy changed, or gone."""
    tables = knowledge.tables
    rows = {name: row for name, row in tables.rows["policies"].items() if name != old}
    if new is not None:
        rows[old] = new
    return Knowledge(replace(tables, rows={**tables.rows, "policies": rows}))


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_the_local_line_stands_where_its_kind_puts_it(case: Case, knowledge: Knowledge) -> None:
    assert wrong(case, knowledge) == []


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_the_law_stays_the_same_without_the_municipality(case: Case, knowledge: Knowledge) -> None:
    here = case.advice(knowledge)
    elsewhere = advise(replace(case.question, municipality=None), knowledge, case.day)

    assert here.policies
    assert elsewhere.policies == ()
    assert here.model_copy(update={"policies": (), "municipality": None}) == elsewhere


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_the_verdict_is_said_before_the_policy(case: Case, knowledge: Knowledge) -> None:
    kinds = [part.kind for part in answer(case.question, knowledge, case.day)]

    assert "policy" not in kinds[: kinds.index("verdict")]


def test_every_policy_has_a_case(knowledge: Knowledge) -> None:
    assert sorted(case.name for case in ROWS) == sorted(knowledge.policies)


def test_a_change_in_any_policy_is_noticed_by_its_case(knowledge: Knowledge) -> None:
    """Deleting, another kind, another municipality, no rule left."""
    for case in ROWS:
        row = knowledge.policies[case.name]
        others = sorted({other.policy for other in knowledge.policies.values()} - {row.policy})
        changed: list[Policy | None] = [
            None,
            *(row.model_copy(update={"kind": kind}) for kind in LABELS if kind != row.kind),
            row.model_copy(update={"policy": others[0]}),
            row.model_copy(update={"rules": ("begrip-onbekend",)}),
        ]
        for mutant in changed:
            assert wrong(case, with_policy(knowledge, row.id, mutant)), (row.id, mutant)


def test_no_policy_hangs_on_a_rule_that_ended(knowledge: Knowledge) -> None:
    ended = {rule.id for rule in knowledge.rules.values() if not rule.valid_on(TODAY)}

    assert {row.id: ended & set(row.rules) for row in knowledge.policies.values() if ended & set(row.rules)} == {}


def test_a_rule_carries_at_most_three_lines_of_one_municipality(knowledge: Knowledge) -> None:
    for rule in knowledge.rules:
        for key in {row.policy for row in knowledge.municipalities.values()}:
            hung = [row.id for row in knowledge.policies.values() if row.policy == key and rule in row.rules]

            assert len(hung) <= 3, (rule, hung)


# -- contradictions ----------------------------------------------------------------------


def test_all_contradictions_are_there() -> None:
    assert list(CONTRADICTIONS) == [f"X{number:02}" for number in range(1, 23)]


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_each_side_of_a_contradiction_has_rows_and_a_case(name: str, knowledge: Knowledge) -> None:
    given = CONTRADICTIONS[name]
    sides: dict[str, list[str]] = given["sides"]
    assert given["what"]
    assert len(sides) >= 2

    for side, rows in sides.items():
        cases = [case for case in SIDES if (case.expected["x"], case.expected["side"]) == (name, side)]

        assert set(rows) <= set(knowledge.policies), side
        assert cases, side
        assert {subject(case) for case in cases} <= set(rows), side
    assert {case.expected["side"] for case in SIDES if case.expected["x"] == name} == set(sides)


@pytest.mark.parametrize("case", SIDES, ids=name_of)
def test_a_case_of_a_contradiction_says_what_must_come_out(case: Case) -> None:
    assert {"verdict", "policies", "kind", "say"} <= set(case.expected)


# -- how it is said ----------------------------------------------------------------------

SCHOOL = Question(
    "share",
    {"role": told("toegang-jeugd"), "party": told("school"), "purpose": told("voorziening-treffen")},
    municipality="bladel",
)


def test_a_stricter_policy_is_the_last_step_with_municipality_year_and_place(knowledge: Knowledge) -> None:
    [now] = [part.text.split("\n") for part in answer(SCHOOL, knowledge) if part.kind == "now"]

    assert now[0] == "Nu doen:"
    assert now[-1] == (
        "- Extra in Bladel (beleid 2017, Bijlage X, deling persoonsgegevens): "
        "Vraag bij een voorziening ook voor overleg met school eerst toestemming. De wet eist dat niet."
    )
    assert all(step.startswith("- ") for step in now[1:])


def test_a_stricter_policy_without_steps_to_join_is_a_line_of_its_own(knowledge: Knowledge) -> None:
    question = Question("share", {"party": told("school")}, municipality="landsmeer")
    parts = answer(question, knowledge)

    assert advise(question, knowledge, TODAY).asked is not None
    assert "now" not in [part.kind for part in parts]
    assert next(part.text for part in parts if part.kind == "policy") == (
        "Lokaal beleid (Landsmeer, privacyprotocol 14 juni 2016, artikel 4 en 9): "
        "Vraag bij een voorziening ook voor overleg met school eerst instemming. De wet eist dat niet."
    )


def test_a_policy_on_a_rule_that_is_not_used_is_not_shown(knowledge: Knowledge) -> None:
    for case in CASES:
        advice = case.advice(knowledge)
        for policy in advice.policies:
            assert set(knowledge.policies[policy].rules) & set(advice.rules), (case.name, policy)

    police = Question("share", {"role": told("jeugdhulpverlener"), "party": told("politie")}, municipality="bladel")
    text = "\n".join(lines(answer(police, knowledge)))
    assert knowledge.policies["kempen-politie"].say in text
    assert knowledge.policies["kempen-school"].say not in text


def test_the_policy_of_another_municipality_is_not_shown(knowledge: Knowledge) -> None:
    for municipality in knowledge.municipalities.values():
        advice = advise(replace(SCHOOL, municipality=municipality.id), knowledge, TODAY)

        assert {knowledge.policies[row].policy for row in advice.policies} <= {municipality.policy}


@pytest.mark.parametrize(
    "dates", [{"valid_to": TODAY - timedelta(days=1)}, {"valid_from": TODAY + timedelta(days=1)}], ids=["oud", "later"]
)
def test_a_policy_is_said_only_while_it_holds(dates: dict[str, date], knowledge: Knowledge) -> None:
    row = knowledge.policies["kempen-school"]
    changed = with_policy(knowledge, row.id, row.model_copy(update=dates))

    assert row.say in "\n".join(lines(answer(SCHOOL, knowledge)))
    assert row.say not in "\n".join(lines(answer(SCHOOL, changed)))


# -- without a municipality --------------------------------------------------------------

NOTED = [
    replace(SCHOOL, municipality=None),
    Question("request", {"role": told("wmo-consulent"), "party": told("client")}),
    Question("record", {"role": told("toegang-jeugd")}),
    Question("consent", {"aspect": told("vorm")}),
    Question("retention", {"aspect": told("langer-bewaren")}),
    Question("access_right", {"aspect": told("termijn")}),
    Question("rectify_erase"),
]
NOT_NOTED = {
    "er is een gemeente": SCHOOL,
    "een gemeente zonder eigen beleid": replace(SCHOOL, municipality="elders"),
    "geen gemeente is hier strenger": Question("share", {"role": told("wmo-consulent"), "party": told("cak")}),
    "een uitleg": Question("case_meeting"),
    "een inwoner": Question("access_right", {"role": told("inwoner")}),
    "nog een vraag terug": Question("share", {"party": told("school")}),
}


@pytest.mark.parametrize("question", NOTED, ids=lambda question: question.act)
def test_without_a_municipality_one_short_note_says_that_it_may_be_stricter(
    question: Question, knowledge: Knowledge
) -> None:
    parts = answer(question, knowledge)

    assert [part.text for part in parts if part.kind == "policy"] == [NOTE]
    assert parts[-1].kind == "date"


@pytest.mark.parametrize("why", NOT_NOTED)
def test_the_note_is_not_there_when(why: str, knowledge: Knowledge) -> None:
    assert NOTE not in lines(answer(NOT_NOTED[why], knowledge))


def test_the_note_goes_when_no_stricter_policy_is_left(knowledge: Knowledge) -> None:
    question = Question("record", {"role": told("toegang-jeugd")})
    changed = knowledge
    for row in knowledge.policies.values():
        if row.kind == "stricter" and "vastleggen-toegang" in row.rules:
            changed = with_policy(changed, row.id, row.model_copy(update={"valid_to": TODAY - timedelta(days=1)}))

    assert NOTE in lines(answer(question, knowledge))
    assert NOTE not in lines(answer(question, changed))
