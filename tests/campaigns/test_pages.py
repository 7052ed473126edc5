"""Planning a campaign, and what the awareness lead sees of it. Everything here is made up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.campaigns.joining import written
from bot.campaigns.store import Campaigns, Planned
from bot.signin.roles import Role
from knowledge.knowledge import Knowledge
from tests.bot.fakes import Clock
from tests.campaigns.conftest import TODAY, Say, take
from tests.signin.house import House
from tests.web.web_app import Browser

Plan = Callable[..., Planned]
FORM = {
    "naam": "Nulmeting",
    "vragen": "2017",
    "van": "2026-11-22",
    "tot": "2026-11-29",
    "teams": "Wmo\r\n\r\n Jeugd  en gezin \r\n",
}
NASTY = "<script>alert(1)</script>"


async def sent(lead: Browser, address: str, **fields: str) -> str:
    """Send a form; where it leads."""
    page = await lead.open("/fg/campagnes")
    response = await lead.post(page, fields, address=address, htmx=False)
    assert response.status_code == 303, response.text
    return response.headers["location"]


async def finish(say: Say, code: str, right: int, wrong: int, name: str = "p") -> None:
    """So many people finish the round."""
    for number in range(right + wrong):
        await take(say, f"{name}{number}", code, right=number < right)


async def test_a_baseline_with_the_test_of_2017_is_planned(
    lead: Browser, house: House, campaigns: Campaigns, knowledge: Knowledge
) -> None:
    address = await sent(lead, "/fg/campagnes", **FORM)

    [made] = campaigns.all()
    assert [knowledge.quiz[item].baseline.number for item in made.items] == list(range(1, 13))  # type: ignore[union-attr]
    assert [team.name for team in made.teams] == ["Wmo", "Jeugd en gezin"]
    page = await lead.open(address)
    assert f"quiz {written(made.teams[0].code)}" in page.text
    assert house.audit()[-2][:2] == ("campaign.new", f"campaign {made.id}")


async def test_a_repeat_has_the_questions_and_teams_of_the_baseline_and_codes_of_its_own(
    lead: Browser, plan: Plan, campaigns: Campaigns
) -> None:
    first = plan()

    await sent(lead, "/fg/campagnes", **{**FORM, "naam": "Weer", "vragen": f"herhaling-{first.id}", "teams": ""})

    repeat = campaigns.all()[0]
    assert (repeat.repeats, repeat.items) == (first.id, first.items)
    assert [team.name for team in repeat.teams] == [team.name for team in first.teams]
    assert not {team.code for team in repeat.teams} & {team.code for team in first.teams}


async def test_a_campaign_may_be_on_one_subject(lead: Browser, campaigns: Campaigns, knowledge: Knowledge) -> None:
    await sent(lead, "/fg/campagnes", **{**FORM, "vragen": "datalek"})

    assert {knowledge.quiz[item].subject for item in campaigns.all()[0].items} == {"datalek"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"naam": " "},
        {"naam": "x" * 101},
        {"vragen": "verzonnen"},
        {"vragen": "herhaling-4711"},
        {"van": "morgen"},
        {"van": "2026-11-30"},
        {"van": "2026-11-01", "tot": "2026-11-21"},
        {"teams": " \r\n"},
        {"teams": "x" * 61},
        {"teams": "Wmo\nwmo"},
        {"teams": "\n".join(f"team {number}" for number in range(41))},
    ],
)
async def test_what_cannot_be_planned_is_refused_kindly(
    lead: Browser, campaigns: Campaigns, wrong: dict[str, str]
) -> None:
    page = await lead.open("/fg/campagnes")

    response = await lead.post(page, {**FORM, **wrong}, address="/fg/campagnes", htmx=False)

    assert response.status_code == 400
    assert "Deze campagne kan niet" in response.text
    assert campaigns.all() == []


async def test_no_figure_shows_while_people_can_still_take_part(lead: Browser, plan: Plan, say: Say) -> None:
    campaign = plan()
    await finish(say, campaign.teams[0].code, 5, 0)

    page = await lead.open(f"/fg/campagnes/{campaign.id}")

    assert "%" not in page.text
    assert page.all("section", **{"class": "figure"}) == []
    assert (await lead.client.get(f"/fg/campagnes/{campaign.id}/uitslag.csv")).status_code == 404


async def test_results_show_of_teams_of_five_or_more_beside_2017(
    lead: Browser, house: House, plan: Plan, say: Say
) -> None:
    campaign = plan("Wmo", "Jeugd", "Leeg")
    await finish(say, campaign.teams[0].code, 3, 2)
    await finish(say, campaign.teams[1].code, 4, 0, name="q")
    await sent(lead, f"/fg/campagnes/{campaign.id}/sluit")

    page = await lead.open(f"/fg/campagnes/{campaign.id}")
    download = await lead.client.get(f"/fg/campagnes/{campaign.id}/uitslag.csv")

    assert "60 %" in page.text
    assert "28,6 %" in page.text
    assert "95,2 %" in page.text
    assert "100 %" not in page.text
    assert page.text.count("De uitslag van dit team blijft verborgen.") == 2
    rows = [line.split('";"') for line in download.text.lstrip("\ufeff").splitlines()]
    # All shown teams together are only the shown ones: the hidden team cannot be worked out.
    assert [row[:2] for row in rows[1:3]] == [['"Alle getoonde teams', "5"]] * 2
    assert [row[3:] for row in rows[1:3]] == [["28,6 %", "60 %", '–"'], ["95,2 %", "60 %", '–"']]
    assert [row[:3] for row in rows[5:]] == [[f'"{name}', "minder dan 5", "minder dan 5"] for name in ("Jeugd", "Leeg")]
    assert ("export", f"campaign {campaign.id}") in [row[:2] for row in house.audit()]
    assert ("campaign.closed", f"campaign {campaign.id}") in [row[:2] for row in house.audit()]


async def test_a_repeat_stands_beside_its_baseline(house: House, plan: Plan, say: Say, clock: Clock) -> None:
    first = plan("Wmo", ends=TODAY)
    await finish(say, first.teams[0].code, 1, 4)
    clock.forward(days=2)
    repeat = plan("Wmo", starts=TODAY + timedelta(days=2), ends=TODAY + timedelta(days=2), repeats=first.id)
    await finish(say, repeat.teams[0].code, 4, 1)
    clock.forward(days=1)
    lead = await house.signed_in(Role.AWARENESS)

    page = await lead.open(f"/fg/campagnes/{repeat.id}")

    shares = [text.strip() for text in page.texts if "%" in text]
    assert shares == ["28,6 %", "20 %", "80 %", "95,2 %", "20 %", "80 %"] * 2  # all teams, and the only one


async def test_erasing_takes_the_figures_and_leaves_the_repeat(
    lead: Browser, house: House, plan: Plan, say: Say, campaigns: Campaigns
) -> None:
    first = plan()
    repeat = plan(repeats=first.id)
    await finish(say, first.teams[0].code, 1, 0)

    assert await sent(lead, f"/fg/campagnes/{first.id}/wis", zeker="1") == "/fg/campagnes"

    assert [(one.id, one.repeats) for one in campaigns.all()] == [(repeat.id, None)]
    assert house.audit()[-1][:2] == ("campaign.erased", f"campaign {first.id}")


async def test_erasing_asks_whether_one_is_sure(lead: Browser, plan: Plan, campaigns: Campaigns) -> None:
    campaign = plan()
    page = await lead.open(f"/fg/campagnes/{campaign.id}")

    response = await lead.post(page, {}, address=f"/fg/campagnes/{campaign.id}/wis", htmx=False)

    assert response.status_code == 400
    assert len(campaigns.all()) == 1


@pytest.mark.parametrize("address", ["", "/{}/sluit", "/{}/wis"])
async def test_a_form_that_is_not_ours_changes_nothing(
    lead: Browser, plan: Plan, campaigns: Campaigns, address: str
) -> None:
    campaign = plan()
    page = await lead.open("/fg/campagnes")

    to = f"/fg/campagnes{address}".format(campaign.id)
    response = await lead.post(page, {**FORM, "zeker": "1"}, address=to, htmx=False, csrf="geraden")

    assert response.status_code == 403
    assert [(one.id, one.closed) for one in campaigns.all()] == [(campaign.id, False)]


@pytest.mark.parametrize("number", ["4711", "x", "-1", "99999999999999999999", "٣"])
async def test_a_campaign_that_is_not_there_is_said_kindly(lead: Browser, number: str) -> None:
    assert (await lead.client.get(f"/fg/campagnes/{number}")).status_code == 404


async def test_what_somebody_typed_shows_as_text(lead: Browser, campaigns: Campaigns) -> None:
    address = await sent(lead, "/fg/campagnes", **{**FORM, "naam": NASTY, "teams": f"{NASTY[:50]}\n=1+1"})
    await sent(lead, f"{address}/sluit")

    for page in (await lead.open("/fg/campagnes"), await lead.open(address)):
        assert NASTY not in page.html
        assert "&lt;script&gt;" in page.html
    assert '"\'=1+1"' in (await lead.client.get(f"{address}/uitslag.csv")).text
