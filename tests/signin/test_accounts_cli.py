"""The commands for accounts and for the audit log.  All names are made up."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from bot import accounts_cli
from bot.cli import main
from bot.signin.passwords import Passwords
from bot.signin.roles import Role
from bot.store import Store
from bot.store.accounts import Accounts
from bot.store.audit import Audit

PASSWORD = "vier verzonnen losse woorden"
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def database(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)


@pytest.fixture
def typing(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Somebody at a terminal types these, one after another; gives what was asked."""

    def type_(*lines: str) -> list[str]:
        left, asked = list(lines), []

        def answer(prompt: str) -> str:
            asked.append(prompt)
            return left.pop(0)

        monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
        monkeypatch.setattr(accounts_cli, "getpass", answer)
        return asked

    return type_


@pytest.fixture
def no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)


def account(store: Store, name: str = "Noor") -> str | None:
    found = Accounts(store.engine).to_sign_in(name)
    assert found is not None
    return found[1]


def test_a_password_is_asked_twice_and_kept_as_a_hash(
    typing: Callable[..., list[str]], store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = typing(PASSWORD, PASSWORD)

    assert main(["gebruiker", "toevoegen", "Noor", "--rol", "fg", "--rol", "beheer"]) == 0

    assert len(asked) == 2
    assert Passwords().fits(PASSWORD, account(store))
    assert Accounts(store.engine).called("noor")[0].roles == (Role.DPO, Role.ADMIN)
    told = capsys.readouterr()
    assert "Account gemaakt: Noor (FG, beheer)." in told.out
    assert PASSWORD not in told.out + told.err


def test_a_weak_password_and_two_that_differ_are_asked_again(
    typing: Callable[..., list[str]], store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    typing("kort", PASSWORD, PASSWORD + "!", PASSWORD, PASSWORD)

    assert main(["gebruiker", "toevoegen", "Noor", "--rol", "fg"]) == 0

    told = capsys.readouterr().err
    assert "te kort" in told
    assert "niet gelijk" in told


def test_after_three_wrong_ones_there_is_no_account(typing: Callable[..., list[str]], store: Store) -> None:
    typing("kort", "kort", "kort")

    assert main(["gebruiker", "toevoegen", "Noor", "--rol", "fg"]) == 1

    assert Accounts(store.engine).everyone() == []


@pytest.mark.usefixtures("no_terminal")
def test_without_a_terminal_there_is_a_link_and_no_password(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["gebruiker", "toevoegen", "Noor", "--rol", "medewerker"]) == 0

    link = re.search(r"http://127\.0\.0\.1:8080/inloggen/wachtwoord/(\S{43})$", capsys.readouterr().out, re.MULTILINE)
    assert link
    assert account(store) is None


def test_at_a_terminal_a_link_can_be_asked_for(
    typing: Callable[..., list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    asked = typing()
    assert main(["gebruiker", "toevoegen", "Noor", "--rol", "fg", "--link"]) == 0
    assert asked == []
    assert "/inloggen/wachtwoord/" in capsys.readouterr().out


@pytest.mark.usefixtures("no_terminal")
def test_the_link_has_the_address_that_people_use(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DEELWIJZER_PUBLIC_URL", "https://deelwijzer.example")
    monkeypatch.setenv("DEELWIJZER_SECURE_COOKIES", "1")

    main(["gebruiker", "toevoegen", "Noor", "--rol", "fg"])

    assert "https://deelwijzer.example/inloggen/wachtwoord/" in capsys.readouterr().out


REFUSED = {
    "a name that is there": ["toevoegen", "NOOR ", "--rol", "fg"],
    "no name": ["toevoegen", " ", "--rol", "fg"],
    "a name that nobody can see": ["toevoegen", "a\u202eb", "--rol", "fg"],
    "a name that is far too long": ["toevoegen", "x" * 101, "--rol", "fg"],
    "nobody to withdraw": ["intrekken", "Niemand"],
    "nobody to give a password": ["wachtwoord", "Niemand"],
    "nobody to give a role": ["rol", "Niemand", "--rol", "fg"],
    "nobody to bind": ["gemeente", "Niemand", "--alle"],
    "nobody to erase": ["verwijderen", "Niemand"],
}


@pytest.mark.usefixtures("no_terminal")
@pytest.mark.parametrize("words", REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_is_told_in_a_sentence(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    main(["gebruiker", "toevoegen", "Noor", "--rol", "fg"])
    capsys.readouterr()

    assert main(["gebruiker", *words]) == 1

    assert capsys.readouterr().err.strip().endswith((".", "lijst"))


def test_a_role_that_does_not_exist_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["gebruiker", "toevoegen", "Noor", "--rol", "baas"])
    assert "medewerker" in capsys.readouterr().err


@pytest.mark.usefixtures("no_terminal")
def test_an_account_gets_other_roles_is_withdrawn_and_comes_back(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    accounts = Accounts(store.engine)
    main(["gebruiker", "toevoegen", "Noor", "--rol", "fg"])
    [made] = accounts.everyone()
    accounts.start(made.id, "s" * 64, NOW)

    assert main(["gebruiker", "rol", "noor", "--rol", "bewustwording"]) == 0
    assert accounts.everyone()[0].roles == (Role.AWARENESS,)
    assert accounts.session("s" * 64) is None
    assert main(["gebruiker", "intrekken", made.id]) == 0
    assert accounts.everyone()[0].revoked_at
    main(["gebruiker", "lijst"])
    assert "ingetrokken" in capsys.readouterr().out
    assert main(["gebruiker", "intrekken", "Noor", "--ongedaan"]) == 0
    assert accounts.everyone()[0].revoked_at is None
    assert [row["action"] for row in Audit(store.engine).rows()] == [
        "account.new",
        "account.link",
        "account.roles",
        "account.revoked",
        "account.restored",
    ]
    assert {row["actor"] for row in Audit(store.engine).rows()} == {"command"}


@pytest.mark.usefixtures("no_terminal")
def test_an_account_is_bound_to_municipalities_and_set_free(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    accounts = Accounts(store.engine)

    assert main(["gebruiker", "toevoegen", "Noor", "--rol", "fg", "--gemeente", "heumen"]) == 0
    assert accounts.everyone()[0].municipalities == ("heumen",)
    assert "Ziet alleen: heumen." in capsys.readouterr().out
    assert main(["gebruiker", "gemeente", "Noor", "--gemeente", "landsmeer", "--gemeente", "heumen"]) == 0
    assert accounts.everyone()[0].municipalities == ("heumen", "landsmeer")
    main(["gebruiker", "lijst"])
    assert "(FG, alleen heumen, landsmeer)" in capsys.readouterr().out
    assert main(["gebruiker", "gemeente", "Noor", "--alle"]) == 0
    assert accounts.everyone()[0].municipalities == ()
    assert [row["action"] for row in Audit(store.engine).rows()].count("account.municipalities") == 3


@pytest.mark.usefixtures("no_terminal")
@pytest.mark.parametrize("words", [["toevoegen", "Noor", "--rol", "fg"], ["gemeente", "Noor"]], ids=["new", "known"])
def test_a_municipality_that_does_not_exist_is_refused(
    store: Store, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["gebruiker", *words, "--gemeente", "huemen"]) == 1

    assert "Deze gemeente is er niet: huemen. Kies uit:" in capsys.readouterr().err
    assert Accounts(store.engine).everyone() == []


def test_a_new_password_ends_the_sessions_of_before(typing: Callable[..., list[str]], store: Store) -> None:
    accounts = Accounts(store.engine)
    made = accounts.add("Noor", [Role.DPO], NOW)
    accounts.start(made.id, "s" * 64, NOW)
    typing(PASSWORD, PASSWORD)

    assert main(["gebruiker", "wachtwoord", "Noor"]) == 0

    assert accounts.session("s" * 64) is None
    assert Passwords().fits(PASSWORD, account(store))


@pytest.mark.parametrize("words", [["wachtwoord", "Noor"], ["rol", "Noor", "--rol", "fg"]], ids=["password", "role"])
def test_what_the_organisation_decides_is_not_changed_here(
    store: Store, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    Accounts(store.engine).from_organisation("h" * 64, "Noor", [Role.ADMIN], NOW)

    assert main(["gebruiker", *words]) == 1

    assert "van je organisatie" in capsys.readouterr().err


def test_namesakes_are_told_apart_by_their_number(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    accounts = Accounts(store.engine)
    first, _ = accounts.from_organisation("1" * 64, "Noor", [Role.DPO], NOW)
    second, _ = accounts.from_organisation("2" * 64, "Noor", [Role.DPO], NOW)

    assert main(["gebruiker", "intrekken", "Noor"]) == 1
    told = capsys.readouterr().err
    assert first.id in told
    assert second.id in told
    assert main(["gebruiker", "intrekken", second.id]) == 0
    assert accounts.everyone()[0].revoked_at != accounts.everyone()[1].revoked_at


def test_without_any_account_the_list_says_how_to_make_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["gebruiker", "lijst"]) == 0
    assert "gebruiker toevoegen" in capsys.readouterr().out


def test_the_audit_log_is_checked_with_the_hash_of_last_time(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    audit = Audit(store.engine)
    audit.note("signin", actor="iemand", origin="password")

    assert main(["audit", "controleer"]) == 0
    told = re.search(r"laatste hash: (\w{64})", capsys.readouterr().out)
    assert told
    assert main(["audit", "controleer", "--laatste", told[1]]) == 0
    assert main(["audit", "controleer", "--laatste", "f" * 64]) == 1
    assert "Na regel 1 ontbreekt er iets" in capsys.readouterr().err


def test_a_broken_audit_log_is_told_with_its_row(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    audit = Audit(store.engine)
    for _ in range(3):
        audit.note("signin", actor="iemand", origin="password")
    with store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE audit SET actor = 'een ander' WHERE id = 2")

    assert main(["audit", "controleer"]) == 1

    assert "Regel 2 is veranderd." in capsys.readouterr().err
