"""An account that is erased: nothing of the person is left but a number in the audit log.  All names are made up."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from bot.cli import main
from bot.signin.roles import Role
from bot.store.accounts import Accounts, LastAdministrator
from bot.store.audit import Audit
from tests.bot.fakes import Clock
from tests.signin.house import House, enter, is_in
from tests.store.databases import everything_in
from tests.web.web_app import Browser

PEOPLE = "/fg/beheer/mensen"
NAME = "tess.verzonnen@gemeente.example"


@pytest.fixture
async def admin(house: House) -> Browser:
    """A browser in which an administrator has signed in."""
    return await house.signed_in(Role.ADMIN, name="Bas Verzonnen")


async def erase(admin: Browser, account: str, **fields: str) -> int:
    page = await admin.open(PEOPLE)
    sent = {"zeker": "1", **fields}
    return (await admin.post(page, sent, address=f"{PEOPLE}/{account}/wissen", htmx=False)).status_code


async def test_the_name_the_password_and_the_sessions_go_and_the_number_stays_in_the_log(
    house: House, admin: Browser, clock: Clock
) -> None:
    account = house.account(NAME, Role.DPO)
    house.signin.local.offered(account)
    browser = house.browser()
    await enter(browser, NAME)
    assert await is_in(browser)

    assert await erase(admin, account.id) == 303

    assert not await is_in(browser)
    assert (await enter(house.browser(), NAME)).status_code == 403
    assert account.id in [row["actor"] for row in house.signin.audit.rows()]
    assert house.audit()[-2][:2] == ("account.erased", account.id)
    assert house.signin.audit.check().fault is None
    # The page shows the number where the name stood.
    log = await admin.open("/fg/beheer/logboek")
    assert account.id in log.text
    url = house.store.engine.url.render_as_string(hide_password=False)
    house.store.close()
    left = everything_in(url)
    assert NAME not in left
    assert account.key.hex() not in left


async def test_who_is_erased_can_be_added_anew_as_somebody_else(house: House, admin: Browser, clock: Clock) -> None:
    account = house.account(NAME, Role.DPO)
    await erase(admin, account.id)

    assert house.account(NAME, Role.CASEWORKER).id != account.id


@pytest.mark.parametrize("fields", [{"zeker": ""}, {"zeker": "ja"}])
async def test_it_is_asked_whether_it_is_sure(house: House, admin: Browser, fields: dict[str, str]) -> None:
    account = house.account(NAME, Role.DPO)

    assert await erase(admin, account.id, **fields) == 400
    assert house.signin.accounts.called(NAME)


async def test_nobody_erases_themselves_and_nobody_who_is_not_there(house: House, admin: Browser) -> None:
    own = house.signin.accounts.called("Bas Verzonnen")[0]

    assert await erase(admin, own.id) == 409
    assert await erase(admin, "4711") == 404
    assert (await admin.client.get(PEOPLE)).status_code == 200


def manager(accounts: Accounts, name: str, clock: Clock, *, password: bool = True) -> str:
    made = accounts.add(name, [Role.ADMIN], clock())
    if password:
        accounts.set_password(made.id, "verzonnen hash")
    return made.id


def test_the_last_administrator_stays(house: House, clock: Clock) -> None:
    accounts = house.signin.accounts
    one = manager(accounts, "een", clock)
    manager(accounts, "zonder wachtwoord", clock, password=False)
    gone = manager(accounts, "ingetrokken", clock)
    accounts.revoke(gone, clock())
    house.account("FG", Role.DPO)

    with pytest.raises(LastAdministrator):
        accounts.erase(one)
    accounts.erase(gone)
    manager(accounts, "twee", clock)
    accounts.erase(one)

    assert [account.name for account in accounts.everyone()] == ["FG", "twee", "zonder wachtwoord"]


@pytest.mark.parametrize("time", range(8))
def test_of_two_administrators_who_are_erased_at_once_one_stays(house: House, clock: Clock, time: int) -> None:
    pairs = [house.signin.accounts, Accounts(house.store.engine)]
    managers = [manager(pairs[0], name, clock) for name in ("een", "twee")]
    start, kept = threading.Barrier(2), []

    def erase_one(accounts: Accounts, account: str) -> None:
        start.wait()
        try:
            accounts.erase(account)
        except LastAdministrator:
            kept.append(account)

    threads = [threading.Thread(target=erase_one, args=pair) for pair in zip(pairs, managers, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(kept) == 1
    assert [account.id for account in pairs[0].everyone()] == kept


# -- as a command ------------------------------------------------------------------------


def test_the_command_erases_and_says_what_is_left(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", house.database_url)
    account = house.account(NAME, Role.DPO)

    assert main(["gebruiker", "verwijderen", NAME]) == 0

    assert f"blijft alleen het nummer {account.id} staan" in capsys.readouterr().out
    assert house.signin.accounts.everyone() == []
    assert [(row["action"], row["object"]) for row in Audit(house.store.engine).rows()] == [
        ("account.erased", account.id)
    ]
    assert main(["gebruiker", "verwijderen", NAME]) == 1


def test_the_command_keeps_the_last_administrator(
    house: House, clock: Clock, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", house.database_url)
    manager(house.signin.accounts, "een", clock)

    assert main(["gebruiker", "verwijderen", "een"]) == 1

    assert "laatste beheerder" in capsys.readouterr().err
    assert house.signin.accounts.called("een")


def test_of_an_account_of_the_organisation_it_is_said_where_the_role_comes_from(
    house: House, clock: Clock, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", house.database_url)
    house.signin.accounts.from_organisation("s" * 64, NAME, [Role.DPO], clock() - timedelta(days=1))

    assert main(["gebruiker", "verwijderen", NAME]) == 0
    assert "Neem bij je organisatie de rol weg" in capsys.readouterr().out
