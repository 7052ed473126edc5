"""A guided conversation as a page for lawyers: the tree in Mermaid, and each step and ending with its articles."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from knowledge.answer import Answerer, day
from knowledge.knowledge import Knowledge
from knowledge.schema import Flow, FlowEnding, FlowStep

LINE = 28  # characters of a line inside a box
HEAD = """# {title}

Gemaakt uit de tabellen met `./deelwijzer kennis kaart`; verander dit bestand niet met de hand.
Bron: {source}. Geldt vanaf {since}{until}. Nagelopen op {verified}; opnieuw nalopen voor {recheck}.

```mermaid
{tree}
```
"""


def chart(flow: Flow, knowledge: Knowledge) -> str:
    """The page of one flow, in Markdown; the articles as on the day it was last checked, or on its last day."""
    words = Answerer(knowledge, flow.valid_to or flow.verified_on)
    head = HEAD.format(
        title=flow.title,
        source=flow.source,
        since=day(flow.valid_from),
        until=f" tot en met {day(flow.valid_to)}" if flow.valid_to else "",
        verified=day(flow.verified_on),
        recheck=day(flow.recheck_on),
        tree="\n".join(_tree(flow)),
    )
    history = [f"## Wat er eerder gold\n\n{flow.history}\n"] if flow.history else []
    steps = ["## Stappen\n", *(_step(step, words) for step in flow.steps)]
    endings = ["\n## Uitkomsten\n", *(_ending(ending, words) for ending in flow.endings)] if flow.endings else []
    return "\n".join([head, *history, *steps, *endings])


def _tree(flow: Flow) -> Iterator[str]:
    yield "flowchart TD"
    for step in flow.steps:
        shape = ("{", "}") if step.decides else ("[", "]")
        yield f"  {_id(step.id)}{shape[0]}{_box(step.ask)}{shape[1]}"
    for ending in flow.endings:
        yield f"  {_id(ending.id)}([{_box(ending.label)}])"
    for step in flow.steps:
        onward = flow.onward(step)
        for option in step.options if step.decides else ():
            yield f"  {_id(step.id)} -->|{_box(option.label)}| {_id(option.to or onward or '')}"
        if onward and not step.decides:
            yield f"  {_id(step.id)} --> {_id(onward)}"


def _id(name: str) -> str:
    """A name that Mermaid takes as one word; a bare `end` would close the chart."""
    return "n_" + name.replace("-", "_").replace(".", "_")


def _box(text: str) -> str:
    lines = textwrap.wrap(text.replace('"', "'"), LINE)
    return '"' + "<br>".join(lines) + '"'


def _step(step: FlowStep, words: Answerer) -> str:
    lines = [f"- **{step.label}**: {step.ask}"]
    if step.why:
        lines.append(f"  - Toelichting: {step.why}")
    lines += [f"  - Keuze: {option.label}" for option in step.options]
    if step.cite:
        lines.append(f"  - {words.cite_labels(step.cite)}")
    return "\n".join(lines)


def _ending(ending: FlowEnding, words: Answerer) -> str:
    lines = [f"- **{ending.label}**: {ending.say.verdict} {ending.say.why}"]
    if ending.cite:
        lines.append(f"  - {words.cite_labels(ending.cite)}")
    lines += [f"  - Nu doen: {step}" for step in ending.say.now]
    return "\n".join(lines)
