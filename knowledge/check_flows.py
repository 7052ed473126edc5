"""Checks the guided conversations: every way ends well, every ending can be reached, nothing points nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

from knowledge.ending import DEADLINE, OUTCOME, PEOPLE, TOLD
from knowledge.flow import way
from knowledge.knowledge import Knowledge
from knowledge.load import Problem
from knowledge.schema import Flow, FlowEnding, FlowStep, Sayings, Verdict

# What an own answer stands for while the ways are walked: any text, or any moment.
OWN_WORDS, SOME_MOMENT = "eigen woorden", "2026-01-01T09:00+01:00"
_MARK = re.compile(r"\{(\w+)\}")
# Someone to turn to without a place in the contacts.
PERSON = re.compile(r"\{(" + "|".join(PEOPLE) + r")\}|leidinggevende|112")


def check_flows(k: Knowledge, on: date) -> Iterator[Problem]:
    """All that is wrong in the flows table on a day."""
    for flow in k.flows.values():
        yield from _pointers(k, flow, on)
        reached = {ending.id for _, ending in ways(flow) if ending}
        for ending in flow.endings:
            if ending.id not in reached:
                yield k.tables.problem("flows", flow.id, f"geen weg leidt naar einde “{ending.id}”")
            yield from _ending(k, flow, ending)
        if flow.endings and any(ending is None for _, ending in ways(flow)):
            yield k.tables.problem("flows", flow.id, "een weg eindigt zonder einde; geef de laatste stap “to:”")


def ways(flow: Flow) -> Iterator[tuple[dict[str, str], FlowEnding | None]]:
    """Every way through a flow: the answers, and where they end. A step that does not decide has one way on."""
    todo: list[dict[str, str]] = [{}]
    while todo:
        entries = todo.pop()
        at = way(flow, entries)
        if at.missing is None:
            yield entries, at.ending
        else:
            todo += [{**entries, at.missing.id: answer} for answer in _answers(at.missing)]


def _answers(step: FlowStep) -> tuple[str, ...]:
    if step.decides:
        return tuple(option.label for option in step.options)
    return (SOME_MOMENT if step.kind == "moment" else OWN_WORDS,)


def _pointers(k: Knowledge, flow: Flow, on: date) -> Iterator[Problem]:
    for cite in flow.cites:
        if not k.versions_of(cite):
            yield k.tables.problem("flows", flow.id, f"artikel “{cite.law} {cite.number}” staat niet in articles/")
        elif flow.valid_on(on) and k.reference(cite, on) is None:
            yield k.tables.problem("flows", flow.id, f"artikel “{cite.law} {cite.number}” geldt niet op {on}")
    for act in (*flow.offered, *flow.starts):
        if act not in k.acts:
            yield k.tables.problem("flows", flow.id, f"“{act}” staat niet in acts.yaml")
    if flow.instead_of and flow.instead_of not in k.flows:
        yield k.tables.problem("flows", flow.id, f"instead_of noemt “{flow.instead_of}”, en dat gesprek bestaat niet")
    if flow.policy and flow.policy not in {row.policy for row in k.municipalities.values()}:
        yield k.tables.problem("flows", flow.id, f"geen gemeente heeft beleid “{flow.policy}”")


def _ending(k: Knowledge, flow: Flow, ending: FlowEnding) -> Iterator[Problem]:
    where = f"einde “{ending.id}”"
    if ending.goes_on and ending.goes_on not in k.flows:
        yield k.tables.problem("flows", flow.id, f"{where}: gesprek “{ending.goes_on}” bestaat niet")
    if not ending.cite and ending.verdict is not Verdict.INFO:
        yield k.tables.problem("flows", flow.id, f"{where}: zonder artikel geen uitkomst; vul cite in")
    if not ending.say.now:
        yield k.tables.problem("flows", flow.id, f"{where}: zeg wat er nu moet gebeuren (say.now)")
    elif not PERSON.search(" ".join(ending.say.now)):
        yield k.tables.problem("flows", flow.id, f"{where}: noem in say.now bij wie iemand terecht kan, zoals {{dpo}}")
    known: Mapping[str, bool] = {**dict.fromkeys((*PEOPLE, OUTCOME, TOLD), True), DEADLINE: flow.clock is not None}
    for mark in _MARK.findall(" ".join(_texts(ending.say))):
        if not known.get(mark):
            yield k.tables.problem("flows", flow.id, f"{where}: {{{mark}}} kan niet worden ingevuld")


def _texts(say: Sayings) -> Iterator[str]:
    for _, value in say:
        if value:
            yield from (value if isinstance(value, tuple) else (value,))
