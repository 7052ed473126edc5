"""The pages for lawyers: every step, ending and way is on them, and the pages in the project are current."""

from __future__ import annotations

from bot.generated import charts, stale
from knowledge.chart import chart
from knowledge.knowledge import Knowledge


def test_every_step_option_and_ending_is_on_the_page(knowledge: Knowledge) -> None:
    for flow in knowledge.flows.values():
        page = chart(flow, knowledge)
        for step in flow.steps:
            assert step.ask in page
            assert all(f"Keuze: {option.label}" in page for option in step.options)
        for ending in flow.endings:
            assert f"**{ending.label}**" in page


def test_an_arrow_leads_to_every_ending(knowledge: Knowledge) -> None:
    for flow in knowledge.flows.values():
        page = chart(flow, knowledge)
        for ending in flow.endings:
            assert f" n_{ending.id.replace('-', '_')}\n" in page, (flow.id, ending.id)


def test_the_pages_in_the_project_are_current(knowledge: Knowledge) -> None:
    assert stale(charts(knowledge)) == [], "maak ze opnieuw: ./deelwijzer kennis kaart"
