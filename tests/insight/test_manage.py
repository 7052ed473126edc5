"""Management: accounts, invitations, periods, and the log of who did what."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.manage import words
from bot.signin.roles import Role
from bot.store.access import Access
from bot.store.retention import Periods, Retention
from tests.bot.fakes import Clock
from tests.insight.conftest import Ask
from tests.signin.house import House, enter
from tests.web.web_app import Browser

PEOPLE, INVITATIONS, LOG = "/fg/beheer/mensen", "/fg/beheer/uitnodigingen", "/fg/beheer/logboek"


def secret(html: str) -> str:
    found = re.search(r'class="secret">([^<]+)<', html)
    assert found
    return found[1]


async def test_the_overview_tells_the_version_the_periods_and_what_was_not_erased(
    house: House, admin: Browser, ask: Ask, clock: Clock
) -> None:
    ask(1, clock() - timedelta(days=400))

    page = await admin.open("/fg/beheer")

    assert house.knowledge.version in page.text
    assert "365" in page.text
    assert "nee: 1 te oud" in page.text
    assert "Heumen" in page.text


async def test_the_overview_tells_when_was_erased_and_what(
    house: House, admin: Browser, ask: Ask, clock: Clock
) -> None:
    ask(3, clock() - timedelta(days=400))
    Retention(house.store.engine).purge(Periods(), clock() - timedelta(days=1))
    Retention(house.store.engine).purge(Periods(), clock())

    page = await admin.open("/fg/beheer")

    assert "Laatst gewist: zondag 22 november" in page.text
    assert "Vragen 0 3" in page.text
    assert "nee:" not in page.text


@pytest.mark.parametrize(
    ("hours", "said"),
    [(None, "Er is nog nooit gewist."), (49, "Wissen gebeurde voor het laatst op vrijdag 20 november"), (47, "")],
)
async def test_the_overview_warns_when_nothing_is_erased_any_more(
    house: House, admin: Browser, clock: Clock, hours: int | None, said: str
) -> None:
    if hours:
        Retention(house.store.engine).purge(Periods(), clock() - timedelta(hours=hours))

    page = await admin.open("/fg/beheer")

    assert said in page.text
    assert ("./deelwijzer opschonen" in page.text) == bool(said)


async def test_the_fg_reads_how_it_stands_and_changes_nothing(house: House, fg: Browser) -> None:
    page = await fg.open("/fg/beheer")

    assert house.knowledge.version in page.text
    assert "Bewaartermijnen" in page.text
    assert PEOPLE not in page.html
    assert INVITATIONS not in page.html
    assert [one.attributes["action"] for one in page.all("form")] == ["/uitloggen"]
    assert (await fg.client.get(PEOPLE)).status_code == 403


async def test_an_account_sees_the_municipalities_that_were_ticked(house: House, admin: Browser) -> None:
    account = house.account("Tess Verzonnen", Role.DPO)
    address = f"{PEOPLE}/{account.id}"
    page = await admin.open(address)

    await admin.post(
        page, {"gemeente-heumen": "1", "gemeente-verzonnen": "1"}, address=f"{address}/gemeenten", htmx=False
    )

    assert house.signin.accounts.called("Tess Verzonnen")[0].municipalities == ("heumen",)
    assert "Heumen" in (await admin.open(PEOPLE)).text
    ticked = [
        one for one in (await admin.open(address)).all("input", name="gemeente-heumen") if "checked" in one.attributes
    ]
    assert len(ticked) == 1
    await admin.post(page, {}, address=f"{address}/gemeenten", htmx=False)
    assert house.signin.accounts.called("Tess Verzonnen")[0].municipalities == ()
    assert [row[:2] for row in house.audit()][-2:] == [("account.municipalities", account.id)] * 2


async def test_nobody_moves_their_own_boundary(house: House, admin: Browser) -> None:
    own = house.signin.accounts.called("Bas Verzonnen")[0]
    page = await admin.open(PEOPLE)

    answer = await admin.post(page, {}, address=f"{PEOPLE}/{own.id}/gemeenten", htmx=False)

    assert answer.status_code == 409


async def test_a_new_account_gets_a_link_that_is_shown_once_and_works(house: House, admin: Browser) -> None:
    page = await admin.open(PEOPLE)

    shown = await admin.post(page, {"naam": "Tess Verzonnen", "rol-fg": "1"}, address=PEOPLE, htmx=False)

    link = secret(shown.text)
    assert link not in (await admin.open(PEOPLE)).html
    assert "Tess Verzonnen" in (await house.browser().open(link.removeprefix(house.base))).text
    assert shown.headers["cache-control"] == "no-store"
    assert [row[0] for row in house.audit()][-2:] == ["account.new", "account.link"]


@pytest.mark.parametrize(
    "fields", [{"naam": "Zonder Rol"}, {"naam": "", "rol-fg": "1"}, {"naam": "Bas Verzonnen", "rol-fg": "1"}]
)
async def test_an_account_without_a_role_or_a_name_of_its_own_is_refused(
    admin: Browser, fields: dict[str, str]
) -> None:
    page = await admin.open(PEOPLE)

    answer = await admin.post(page, fields, address=PEOPLE, htmx=False)

    assert answer.status_code == 400


async def test_other_roles_hold_at_once(house: House, admin: Browser) -> None:
    account = house.account("Tess Verzonnen", Role.DPO)
    browser = house.browser()
    await enter(browser, "Tess Verzonnen")
    page = await admin.open(f"{PEOPLE}/{account.id}")

    await admin.post(page, {"rol-medewerker": "1"}, address=f"{PEOPLE}/{account.id}/rollen", htmx=False)

    assert (await browser.client.get("/fg/datalekken")).status_code == 303
    await enter(browser, "Tess Verzonnen")
    assert (await browser.client.get("/fg/datalekken")).status_code == 403


async def test_a_withdrawn_account_is_out_until_it_is_given_back(house: House, admin: Browser) -> None:
    account = house.account("Tess Verzonnen", Role.DPO)
    page = await admin.open(f"{PEOPLE}/{account.id}")

    await admin.post(page, {}, address=f"{PEOPLE}/{account.id}/intrekken", htmx=False)
    out = await enter(house.browser(), "Tess Verzonnen")
    await admin.post(page, {"ongedaan": "1"}, address=f"{PEOPLE}/{account.id}/intrekken", htmx=False)
    back = await enter(house.browser(), "Tess Verzonnen")

    assert (out.status_code, back.status_code) == (403, 303)


@pytest.mark.parametrize(("action", "fields"), [("intrekken", {}), ("rollen", {"rol-fg": "1"})])
async def test_nobody_shuts_themselves_out(house: House, admin: Browser, action: str, fields: dict[str, str]) -> None:
    own = house.signin.accounts.called("Bas Verzonnen")[0]
    page = await admin.open(f"{PEOPLE}/{own.id}")

    answer = await admin.post(page, fields, address=f"{PEOPLE}/{own.id}/{action}", htmx=False)

    assert answer.status_code == 409
    assert (await admin.client.get(PEOPLE)).status_code == 200


async def test_an_account_of_the_organisation_keeps_its_roles_there(house: House, admin: Browser, clock: Clock) -> None:
    account, _ = house.signin.accounts.from_organisation("s" * 64, "Van Elders", [Role.DPO], clock())
    page = await admin.open(f"{PEOPLE}/{account.id}")

    for action in ("rollen", "link"):
        answer = await admin.post(page, {"rol-beheer": "1"}, address=f"{PEOPLE}/{account.id}/{action}", htmx=False)
        assert answer.status_code == 409


async def test_a_name_is_text_and_no_markup(house: House, admin: Browser) -> None:
    house.account("<img src=x onerror=alert(1)>", Role.DPO)

    for address in (PEOPLE, LOG):
        assert "<img" not in (await admin.open(address)).html


async def test_an_invitation_is_shown_once_and_lets_one_person_in(house: House, admin: Browser, clock: Clock) -> None:
    page = await admin.open(INVITATIONS)

    shown = await admin.post(page, {"dagen": "7"}, address=INVITATIONS, htmx=False)

    code = secret(shown.text).removeprefix("/start ")
    assert code not in (await admin.open(INVITATIONS)).html
    access = Access(house.store.engine, "telegram")
    assert access.redeem(code, "p" * 64, clock())
    assert not access.redeem(code, "q" * 64, clock())
    assert ("invite", "telegram 1") in [row[:2] for row in house.audit()]


async def test_an_invitation_can_be_withdrawn(house: House, admin: Browser, clock: Clock) -> None:
    made = Access(house.store.engine, "telegram").invite(7, clock())
    page = await admin.open(INVITATIONS)

    await admin.post(page, {"nummer": str(made.number)}, address=f"{INVITATIONS}/intrekken", htmx=False)

    assert not Access(house.store.engine, "telegram").redeem(made.code, "p" * 64, clock())


@pytest.mark.parametrize("days", ["0", "91", "-1", "x", "", "7.5"])
async def test_an_invitation_is_for_one_to_ninety_days(admin: Browser, days: str) -> None:
    page = await admin.open(INVITATIONS)

    assert (await admin.post(page, {"dagen": days}, address=INVITATIONS, htmx=False)).status_code == 400


async def test_the_log_is_filtered_and_turned_by_page(house: House, fg: Browser) -> None:
    for number in range(120):
        house.signin.audit.note("export" if number % 2 else "judge", f"verzonnen {number}", actor="x", origin="web")

    newest = await fg.open(LOG)
    exported = await fg.open(f"{LOG}?wat=export&wie=x")

    assert "verzonnen 119" in newest.text
    assert "verzonnen 60" not in newest.text
    assert "verzonnen 118" not in exported.text
    older = next(link.attributes["href"] for link in exported.all("a") if "voor=" in link.attributes["href"])
    assert "verzonnen 19" in (await fg.open(older)).text
    assert "wat=export" in older


async def test_the_check_of_the_log_names_a_row_that_was_changed(house: House, fg: Browser) -> None:
    page = await fg.open(LOG)
    right = await fg.post(page, {}, address=f"{LOG}/controle", htmx=False)
    with house.store.engine.begin() as connection:
        connection.execute(text("UPDATE audit SET object = 'iets anders' WHERE id = 1"))

    wrong = await fg.post(page, {}, address=f"{LOG}/controle", htmx=False)

    assert "Het logboek klopt" in right.text
    assert "Regel 1 is veranderd." in wrong.text
    assert house.audit()[-1][3] == "broken"


async def test_the_check_finds_an_end_that_was_cut_off(house: House, fg: Browser) -> None:
    page = await fg.open(LOG)
    last = secret((await fg.post(page, {}, address=f"{LOG}/controle", htmx=False)).text)
    with house.store.engine.begin() as connection:
        connection.execute(text("DELETE FROM audit WHERE id > 1"))

    found = await fg.post(page, {"laatste": last}, address=f"{LOG}/controle", htmx=False)

    assert "ontbreekt" in found.text


@pytest.mark.parametrize(
    "address",
    [
        PEOPLE,
        *(f"{PEOPLE}/x/{action}" for action in ("rollen", "gemeenten", "intrekken", "wissen", "link")),
        INVITATIONS,
        f"{LOG}/controle",
    ],
)
async def test_a_form_without_the_token_of_the_session_changes_nothing(
    house: House, admin: Browser, address: str
) -> None:
    page = await admin.open(PEOPLE)
    before = len(house.audit())

    answer = await admin.post(
        page, {"naam": "x", "rol-fg": "1", "dagen": "7"}, address=address, htmx=False, csrf="fout"
    )

    assert answer.status_code == 403
    assert len(house.audit()) == before


async def test_the_log_speaks_dutch_about_the_day_of_the_fg(house: House, admin: Browser, ask: Ask) -> None:
    fg = await house.signed_in(Role.DPO, name="Fenna Verzonnen")
    ask(1, house.clock())
    item = await fg.open("/fg/vraag/1")
    for press, fields in (
        ("klopt", {}),
        ("heropen", {}),
        ("klopt-niet", {"notitie": "een verzonnen notitie"}),
        ("wens", {"notitie": "een verzonnen wens"}),
        ("antwoord", {"antwoord": "een verzonnen antwoord"}),
        ("sluit", {}),
    ):
        sent = await fg.post(item, fields, address=f"/fg/vraag/1/{press}", htmx=False)
        assert sent.status_code == 303, press
    await fg.post(item, {}, address="/fg/wensen/4/klaar", htmx=False)
    await fg.post(item, {}, address="/fg/antwoorden/1/stop", htmx=False)
    await admin.post(await admin.open(PEOPLE), {"naam": "Nieuw Verzonnen", "rol-fg": "1"}, address=PEOPLE, htmx=False)

    page = await admin.open(LOG)

    codes = {code for row in house.signin.audit.rows() for code in (row["action"], row["object"], row["origin"])}
    shown = {text.strip() for text in page.texts}
    assert len(codes) > 15
    assert codes & shown == set()
    for said in ("Nagekeken: klopt niet", "Vraag beantwoord", "staat klaar", "vraag 1", "Nieuw Verzonnen", "werkplek"):
        assert said in shown, said


def test_what_has_no_words_yet_is_shown_as_it_stands() -> None:
    assert words.thing("iets nieuws", {}) == "iets nieuws"
    assert words.thing("", {}) == "–"
    assert words.thing("question 12", {}) == "vraag 12"
    assert words.result("anders") == words.origin("anders") == "anders"
    assert (words.result("1"), words.result("2")) == ("1 persoon", "2 mensen")
