"""The pages of a campaign in Chromium: without faults for axe at every size, and planned by hand. All made up."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext

from bot.campaigns.store import CampaignRound, Campaigns
from knowledge.quiz import Result
from tests.campaigns.conftest import ITEMS, TODAY
from tests.insight import test_insight_browser as browser
from tests.signin.house import House
from tests.web.axe import check

pytestmark = browser.pytestmark
# The program and the browser are those of the other pages of the workspace.
listener, house, context = browser.listener, browser.house, browser.context


@pytest.mark.parametrize("size", browser.SIZES)
def test_planning_and_reading_a_campaign_is_without_faults_for_axe(
    house: House, context: BrowserContext, size: str
) -> None:
    width, height = browser.SIZES[size]
    campaigns = Campaigns(house.store.engine)
    number = campaigns.plan("Najaar", ITEMS, ["Wmo", "Jeugd"], TODAY, TODAY + timedelta(days=9), house.clock())
    for person in range(6):
        results = (Result.RIGHT, Result.WRONG)
        done = CampaignRound(round=f"ronde {person}", items=ITEMS, results=results, campaign=number, team=1)
        campaigns.start(done, f"verzonnen {person}", TODAY)
        assert campaigns.count(done, f"verzonnen {person}", TODAY)
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": height})

    page.goto(f"{house.base}/fg/campagnes")
    check(page)
    page.get_by_label("Naam").fill("Nulmeting")
    page.get_by_label("Eerste dag").fill("2026-11-22")
    page.get_by_label("Laatste dag").fill("2026-11-29")
    page.get_by_label("Teams").fill("Wmo\nJeugd")
    page.get_by_role("button", name="Plan de campagne").press("Enter")
    page.get_by_role("heading", name="Nulmeting").wait_for()
    assert page.get_by_text("quiz ").count() >= 2
    check(page)

    page.goto(f"{house.base}/fg/campagnes/{number}")
    page.get_by_role("button", name="Sluit de campagne").press("Enter")
    page.get_by_role("heading", name="Alle getoonde teams").wait_for()
    assert page.get_by_text("100 %").count() == 2
    check(page)
