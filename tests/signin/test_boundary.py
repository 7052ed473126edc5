"""An account that is bound to municipalities sees nothing of another: every page, every export, every button.

Everything in it is made up.  Heumen is the own municipality, Landsmeer another, and `None` stands for what
belongs to no municipality.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
import yaml
from docx import Document
from sqlmodel import Session, SQLModel, col, select

from bot.campaigns.store import Campaigns
from bot.insight.charts import Charts
from bot.insight.counts import Chosen, Counts
from bot.insight.period import Period
from bot.signin.gate import permissions
from bot.signin.roles import Permission, Role
from bot.store.boundary import Boundary
from bot.store.models import (
    Answer,
    CampaignTeam,
    CampaignTotal,
    Conversation,
    Decision,
    DecisionVersion,
    DpoAnswer,
    Judgement,
    Question,
    QuizCard,
)
from knowledge.advise import advise
from knowledge.knowledge import Knowledge
from knowledge.question import Question as Asked
from knowledge.question import told
from tests.bot.fakes import Clock
from tests.signin.house import House, enter
from tests.web.web_app import Browser

TABLE: dict[str, dict[str, str]] = yaml.safe_load(Path(__file__).with_name("boundary.yaml").read_text(encoding="utf-8"))
OWN, OTHER = "heumen", "landsmeer"
# How many questions, decisions and so on there are of each; never so few that figures hide.
NUMBERS: dict[str | None, int] = {OWN: 7, OTHER: 11, None: 6}
PARTIES = {OWN: "school", OTHER: "huisarts", None: "politie"}
BEYOND = [OTHER, None]
SEEN = {Permission.REVIEW, Permission.ANSWER, Permission.INSIGHT, Permission.RECORDS, Permission.CAMPAIGNS}
DAY = date(2026, 11, 22)
Row = TypeVar("Row", bound=SQLModel)
WEEKS_AGO = datetime(2026, 11, 3, 12, tzinfo=UTC)


@dataclass
class Town:
    """What there is of a municipality: the ids by which a page is asked for one of them."""

    ids: dict[str, str] = field(default_factory=dict)


def marked(what: str, municipality: str | None) -> str:
    """A text that tells whose it is."""
    return f"{what} uit {municipality or 'nergens'}"


@pytest.fixture
def towns(house: House, clock: Clock, knowledge: Knowledge) -> dict[str | None, Town]:
    return {one: fill(house, one, clock(), knowledge) for one in NUMBERS}


def fill(house: House, municipality: str | None, now: datetime, knowledge: Knowledge) -> Town:
    """One open question, one closed, and so on, all of a municipality."""
    made = Town()
    facts = {"party": told(PARTIES[municipality]), "role": told("jeugdhulpverlener")}
    kept = advise(Asked("share", facts, municipality=municipality), knowledge, DAY).model_dump(mode="json")
    with Session(house.store.engine, expire_on_commit=False) as session:

        def add(row: Row) -> Row:
            session.add(row)
            session.flush()
            return row

        for number in range(NUMBERS[municipality]):
            key = f"{municipality} {number}"
            add(Conversation(id=key, channel="web", owner=key, started_at=WEEKS_AGO, updated_at=WEEKS_AGO))
            question = add(
                Question(
                    conversation_id=key,
                    text=marked("vraag", municipality),
                    municipality=municipality,
                    intent="share",
                    act="share",
                    party=PARTIES[municipality],
                    verdict=kept["verdict"],
                    confidence=0.9,
                    asked_at=WEEKS_AGO,
                    closed_at=now if number % 2 else None,
                )
            )
            add(
                Answer(
                    question_id=question.id or 0,
                    text=marked("antwoord", municipality),
                    verdict=kept["verdict"],
                    advices=[{**kept, "verdict": "emergency", "obligation": None}],
                    knowledge_version="vroeger",
                    law_on="2026-11-03",
                    answered_at=WEEKS_AGO,
                )
            )
            wish = add(
                Judgement(
                    question_id=question.id or 0, what="wish", note=marked("wens", municipality), by="x", made_at=now
                )
            )
            answer = add(
                DpoAnswer(
                    question_id=question.id or 0,
                    channel="web",
                    municipality=municipality,
                    text=marked("antwoord van de FG", municipality),
                    shared=True,
                    by="x",
                    written_at=WEEKS_AGO,
                )
            )
            decision = add(
                Decision(
                    reference=f"DW-2026-{municipality or 'nergens'}-{number}".upper()[:20],
                    owner=key,
                    flow="breach",
                    outcome=marked("uitkomst", municipality),
                    in_register=True,
                    deadline=now + timedelta(hours=1),
                    municipality=municipality,
                    entries={"what": marked("datalek", municipality)},
                    knowledge_version="1",
                    law_on="2026-11-03",
                    created_at=WEEKS_AGO,
                    updated_at=now,
                )
            )
            add(DecisionVersion(decision_id=decision.id or 0, version=1, saved_at=now))
        session.commit()
    campaigns = Campaigns(house.store.engine)
    yesterday = DAY - timedelta(days=1)
    name = marked("campagne", municipality)
    campaign = campaigns.plan(name, ["datalek-tas-in-trein"], ["Team"], yesterday, yesterday, now, None, municipality)
    with Session(house.store.engine) as session:
        team = session.exec(select(CampaignTeam).where(CampaignTeam.campaign_id == campaign)).one()
        session.add(CampaignTotal(team_id=team.id or 0, item="datalek-tas-in-trein", right=1))
        session.commit()
    ids = {"question": question.id, "wish": wish.id, "answer": answer.id, "campaign": campaign}
    made.ids = {name: str(value) for name, value in ids.items()} | {"reference": decision.reference}
    return made


@pytest.fixture
def bound(house: House) -> Callable[..., Any]:
    """Signs in somebody who may see these municipalities only."""

    async def signed_in(role: Role, *municipalities: str) -> Browser:
        name = f"{role} {' '.join(municipalities)}"
        account = next(iter(house.signin.accounts.called(name)), None) or house.account(name, role)
        house.signin.accounts.set_municipalities(account.id, municipalities)
        browser = house.browser()
        assert (await enter(browser, name)).status_code == 303
        return browser

    return signed_in


async def opened(browser: Browser, address: str) -> str:
    """A page, once the answers of before have been looked at."""
    while "Ik reken de antwoorden" in (text := (await browser.client.get(address)).text):
        pass
    return text


async def changes(house: House, bound: Callable[..., Any]) -> dict[str | None, str]:
    """The id of the group of changed answers of each municipality."""

    async def on_the_page(browser: Browser) -> set[str]:
        return set(re.findall(r'id="c-([0-9a-f]+)"', await opened(browser, "/fg/gewijzigd")))

    found: dict[str | None, set[str]] = {one: await on_the_page(await bound(Role.DPO, one)) for one in (OWN, OTHER)}
    all_of_them = await on_the_page(await house.signed_in(Role.DPO, name="Ziet alles"))
    found[None] = all_of_them - found[OWN] - found[OTHER]
    assert [len(ids) for ids in found.values()] == [1, 1, 1]
    return {one: ids.pop() for one, ids in found.items()}


def everything(house: House) -> list[str]:
    """All rows that a page could change."""
    tables = (Question, Judgement, DpoAnswer, Decision, CampaignTeam, CampaignTotal)
    with Session(house.store.engine) as session:
        return [str(row) for table in tables for row in session.exec(select(table)).all()]


async def press(browser: Browser, address: str, fields: dict[str, str]) -> int:
    form = await browser.open("/inloggen")
    return (await browser.post(form, fields, address=address, htmx=False)).status_code


def test_the_table_has_exactly_the_routes_on_which_something_is_seen(house: House) -> None:
    found = {
        f"{method} {re.sub(r'{.*?}', '{}', path)}"
        for path, methods, asked in permissions(house.app)
        for method in methods - {"HEAD"}
        if asked in SEEN and not path.startswith(("/proef", "/api/proef"))
    }
    written = {re.sub(r"{.*?}", "{}", route.partition("?")[0]) for routes in TABLE.values() for route in routes}

    assert written == found


@pytest.mark.parametrize("municipality", BEYOND, ids=str)
async def test_what_is_of_another_municipality_is_not_there(
    house: House, towns: dict[str | None, Town], bound: Callable[..., Any], municipality: str | None
) -> None:
    ids = {**towns[municipality].ids, "change": (await changes(house, bound))[municipality]}
    browsers = {str(role): await bound(role, OWN) for role in (Role.DPO, Role.AWARENESS)}
    before = everything(house)

    for route, role in TABLE["things"].items():
        method, path = route.split(" ")
        browser, address = browsers[role], path.format(**ids)
        if method == "GET":
            response = await browser.client.get(address)
            assert (response.status_code, marked("", municipality) in response.text) == (404, False), route
        else:
            status = await press(browser, address, {"antwoord": "ja", "notitie": "nee", "zeker": "1"})
            assert status == 404, route

    assert everything(house) == before
    assert not [row for row in house.audit() if row[0] not in ("signin", "open")]


async def test_what_is_of_the_own_municipality_is_there(
    house: House, towns: dict[str | None, Town], bound: Callable[..., Any]
) -> None:
    ids = {**towns[OWN].ids, "change": (await changes(house, bound))[OWN]}
    browsers = {str(role): await bound(role, OWN) for role in (Role.DPO, Role.AWARENESS)}
    fields = {"antwoord": "ja", "notitie": "nee", "zeker": "1"}

    # A campaign that was erased is not there any more: that goes last.
    for route, role in TABLE["things"].items():
        method, path = route.split(" ")
        address = path.format(**ids)
        found = browsers[role].client.get(address) if method == "GET" else press(browsers[role], address, fields)
        status = getattr(response := await found, "status_code", response)
        assert status != 404, route


@pytest.mark.parametrize("route", TABLE["lists"])
async def test_a_list_holds_what_is_of_the_own_municipality_only(
    house: House, towns: dict[str | None, Town], bound: Callable[..., Any], route: str
) -> None:
    role = Role(TABLE["lists"][route])
    limited, free = await bound(role, OWN), await house.signed_in(role, name="Ziet alles")
    addresses = [route.split(" ")[1].format(kind=kind) for kind in ("csv", "json")]

    for address in dict.fromkeys(addresses):
        within, all_of_it = [await opened(one, address) for one in (limited, free)]
        for one in BEYOND:
            assert marked("", one).strip() not in within, (address, one)
            assert f"DW-2026-{one or 'nergens'}".upper() not in within
        # That it is hidden counts only where it would have stood.
        assert marks(all_of_it, OTHER) or "Landsmeer" in all_of_it, address
        assert "gemeente=landsmeer" in address or marks(within, OWN), address


def marks(text: str, municipality: str | None) -> bool:
    """Whether something of a municipality stands there."""
    named = municipality or "nergens"
    topics = {OWN: "School", OTHER: "Huisarts", None: "Politie"}
    return f"uit {named}" in text or f"DW-2026-{named}".upper() in text or topics[municipality].lower() in text.lower()


async def test_many_at_once_are_those_of_the_own_municipality(
    house: House, towns: dict[str | None, Town], bound: Callable[..., Any]
) -> None:
    browser = await bound(Role.DPO, OWN)
    numbers = {one: town.ids["question"] for one, town in towns.items()}

    await press(browser, "/fg/vragen", {"doe": "klopt", **{f"v-{number}": "1" for number in numbers.values()}})

    with Session(house.store.engine) as session:
        judged = session.exec(select(Judgement.question_id).where(Judgement.what == "correct")).all()
    assert [str(one) for one in judged] == [numbers[OWN]]
    assert [row[1] for row in house.audit() if row[0] == "question.correct"] == [f"question {numbers[OWN]}"]


@pytest.mark.parametrize("municipality", ["", OTHER, "verzonnen"])
async def test_a_campaign_is_planned_for_the_own_municipality_only(
    house: House, towns: dict[str | None, Town], bound: Callable[..., Any], municipality: str
) -> None:
    lead = await bound(Role.AWARENESS, OWN)
    plan = {"naam": "Nieuw", "van": "2026-11-23", "tot": "2026-11-30", "vragen": "2017", "teams": "Wmo"}

    refused = await press(lead, "/fg/campagnes", {**plan, "gemeente": municipality})
    other = towns[OTHER].ids["campaign"]
    repeated = await press(lead, "/fg/campagnes", {**plan, "vragen": f"herhaling-{other}", "gemeente": OWN})
    planned = await press(lead, "/fg/campagnes", {**plan, "gemeente": OWN})

    assert (refused, repeated, planned) == (400, 400, 303)
    newest = Campaigns(house.store.engine).all()[0]
    assert (newest.name, newest.municipality) == ("Nieuw", OWN)


async def test_a_repeat_is_of_the_municipality_of_the_first(
    house: House, towns: dict[str | None, Town], bound: Callable[..., Any]
) -> None:
    lead = await bound(Role.AWARENESS, OWN)
    first = towns[OWN].ids["campaign"]
    plan = {"naam": "Weer", "van": "2026-11-23", "tot": "2026-11-30", "vragen": f"herhaling-{first}", "gemeente": ""}

    assert await press(lead, "/fg/campagnes", plan) == 303
    assert Campaigns(house.store.engine).all()[0].municipality == OWN


# -- figures -----------------------------------------------------------------------------


def test_every_chart_counts_what_is_of_the_own_municipality_only(
    house: House, towns: dict[str | None, Town], knowledge: Knowledge
) -> None:
    year = Period(2026)
    limited = Counts(house.store.engine, DAY, Boundary((OWN,)))
    free = Counts(house.store.engine, DAY)
    both = Counts(house.store.engine, DAY, Boundary((OTHER, OWN)))

    assert (limited.total(Chosen(year)), both.total(Chosen(year)), free.total(Chosen(year))) == (7, 18, 24)
    chosen = Charts(free, knowledge, Chosen(year, OWN))
    within = Charts(limited, knowledge, Chosen(year))
    assert within.ids == chosen.ids
    for name in chosen.ids:
        # Which parties have a column of their own is decided by all that is counted.
        assert within.one(name) == chosen.one(name) or name == "onderwerpen", name
        assert within.one(name) != Charts(free, knowledge, Chosen(year)).one(name), name
    topics = within.one("onderwerpen")
    assert topics is not None
    assert (topics.head[1:], [row[1:] for row in topics.rows]) == (("de school",), [(7,)])


async def test_the_figures_on_the_page_are_those_of_the_own_municipality(
    towns: dict[str | None, Town], bound: Callable[..., Any]
) -> None:
    for role in (Role.DPO, Role.AWARENESS):
        browser = await bound(role, OWN)

        page = await browser.open("/fg/inzicht")
        table = (await browser.client.get("/fg/inzicht/weken.csv")).text

        assert "7 vragen in 2026" in page.text
        assert OTHER not in page.html
        assert [int(one) for one in re.findall(r'";"?(\d+)"?\s', table) if one != "0"] == [7]


@pytest.mark.parametrize("municipality", [OTHER, "verzonnen"])
async def test_figures_of_another_municipality_are_as_unknown_as_those_of_none(
    towns: dict[str | None, Town], bound: Callable[..., Any], municipality: str
) -> None:
    browser = await bound(Role.DPO, OWN)

    for address in ("/fg/inzicht", "/fg/inzicht/weken.csv"):
        response = await browser.client.get(f"{address}?gemeente={municipality}")
        assert (response.status_code, "gemeente ken ik niet" in response.text) == (400, True)


async def test_the_quiz_is_not_counted_for_a_municipality(
    house: House, towns: dict[str | None, Town], bound: Callable[..., Any], clock: Clock
) -> None:
    with Session(house.store.engine) as session:
        session.add_all(
            QuizCard(
                owner=f"v{one}", item="datalek-tas-in-trein", box=1, due="2026-12-01", right=True, asked=1, known=1,
                answered_at=WEEKS_AGO,
            )
            for one in range(9)
        )  # fmt: skip
        session.commit()

    assert Counts(house.store.engine, DAY, Boundary((OWN,))).quiz(Chosen(Period(2026)), {}) == {}
    assert (await (await bound(Role.DPO, OWN)).client.get("/fg/inzicht/quiz.csv")).status_code == 404
    assert (await (await house.signed_in(Role.DPO)).client.get("/fg/inzicht/quiz.csv")).status_code == 200


async def test_the_yearly_report_is_about_the_own_municipality(
    towns: dict[str | None, Town], bound: Callable[..., Any]
) -> None:
    browser = await bound(Role.DPO, OWN)

    made = Document(io.BytesIO((await browser.client.get("/fg/jaarverslag?jaar=2026")).content))
    text = "\n".join(one.text for one in made.paragraphs)

    assert "Er zijn 7 vragen gesteld." in text
    assert "Alleen vragen en besluiten van deze gemeenten tellen mee: Heumen." in text


# -- around it ---------------------------------------------------------------------------


async def test_the_alert_about_breaches_is_about_the_own_municipality(
    house: House, towns: dict[str | None, Town], bound: Callable[..., Any]
) -> None:
    assert "7 datalekken zijn" in (await (await bound(Role.DPO, OWN)).open("/fg/wensen")).text
    assert "24 datalekken zijn" in (await (await house.signed_in(Role.DPO)).open("/fg/wensen")).text


async def test_another_boundary_holds_at_once(
    house: House, towns: dict[str | None, Town], bound: Callable[..., Any]
) -> None:
    browser = await bound(Role.DPO, OWN)
    account = house.signin.accounts.called(f"{Role.DPO} {OWN}")[0]
    address = f"/fg/vraag/{towns[OTHER].ids['question']}"

    statuses = []
    for municipalities in ([OWN], [OTHER, OWN], [], ["bestaat-niet-meer"]):
        house.signin.accounts.set_municipalities(account.id, municipalities)
        statuses.append((await browser.client.get(address)).status_code)

    assert statuses == [404, 200, 200, 404]


def test_a_statement_of_later_on_is_within_the_boundary_too(
    house: House, towns: dict[str | None, Town], clock: Clock
) -> None:
    """Not through any of the pages: whatever somebody asks of such a session."""
    tables = (Question, Answer, Judgement, DpoAnswer, Decision, DecisionVersion, CampaignTeam, CampaignTotal)
    with Boundary((OWN,)).session(house.store.engine) as session:
        for table in tables:
            expected = 1 if table in (CampaignTeam, CampaignTotal) else NUMBERS[OWN]
            assert len(session.exec(select(table)).all()) == expected, table
        beyond = int(towns[OTHER].ids["question"])
        assert session.get(Question, beyond) is None
        asked = select(Question.conversation_id).where(Question.municipality == OTHER)
        assert session.exec(select(Conversation).where(col(Conversation.id).in_(asked))).all() == []
