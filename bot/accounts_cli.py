"""The commands `./deelwijzer gebruiker ...` and `./deelwijzer audit ...`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from getpass import getpass
from typing import TYPE_CHECKING

from bot.clock import AMSTERDAM, utc_now
from bot.signin.roles import WORDS, Role, spoken

if TYPE_CHECKING:
    from bot.settings import Settings
    from bot.signin.pages import SignIn
    from bot.signin.passwords import Passwords
    from bot.store.accounts import Known

    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

TRIES = 3
_OF_ORGANISATION = "Dit account is van je organisatie: {what} regel je daar."


def add_account_commands(subparsers: Commands) -> None:
    """Add every `gebruiker` command; each sets `run`, which takes the arguments and returns the exit code."""
    adding = subparsers.add_parser("toevoegen", help="maak een account")
    adding.add_argument("naam", help="naam waarmee iemand inlogt")
    _with_roles(adding)
    _with_municipalities(adding)
    _with_link(adding)
    adding.set_defaults(run=lambda given: _add(given.naam, given.rol, given.gemeente or [], given.link))
    listing = subparsers.add_parser("lijst", help="toon alle accounts")
    listing.set_defaults(run=lambda given: _list())
    revoking = subparsers.add_parser("intrekken", help="laat een account niet meer toe")
    revoking.add_argument("naam", help="naam of nummer van het account")
    revoking.add_argument("--ongedaan", action="store_true", help="laat het account weer toe")
    revoking.set_defaults(run=lambda given: _revoke(given.naam, given.ongedaan))
    password = subparsers.add_parser("wachtwoord", help="geef een account een nieuw wachtwoord")
    password.add_argument("naam", help="naam of nummer van het account")
    _with_link(password)
    password.set_defaults(run=lambda given: _password(given.naam, given.link))
    roles = subparsers.add_parser("rol", help="geef een account andere rollen")
    roles.add_argument("naam", help="naam of nummer van het account")
    _with_roles(roles)
    roles.set_defaults(run=lambda given: _roles(given.naam, given.rol))
    towns = subparsers.add_parser("gemeente", help="laat een account alleen bepaalde gemeenten zien")
    towns.add_argument("naam", help="naam of nummer van het account")
    which = towns.add_mutually_exclusive_group(required=True)
    _with_municipalities(which)
    which.add_argument("--alle", action="store_true", help="geen grens: alles, ook wat bij geen gemeente hoort")
    towns.set_defaults(run=lambda given: _municipalities(given.naam, given.gemeente or []))
    erasing = subparsers.add_parser("verwijderen", help="wis een account met naam en wachtwoord")
    erasing.add_argument("naam", help="naam of nummer van het account")
    erasing.set_defaults(run=lambda given: _erase(given.naam))


def add_audit_commands(subparsers: Commands) -> None:
    """Add every `audit` command."""
    checking = subparsers.add_parser("controleer", help="loop het auditlog na")
    checking.add_argument("--laatste", metavar="HASH", help="een hash die deze opdracht eerder noemde")
    checking.set_defaults(run=lambda given: _check_audit(given.laatste))


def _with_roles(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--rol", action="append", required=True, choices=list(WORDS), help="mag vaker, voor meer dan een rol"
    )


def _with_municipalities(parser: argparse._ActionsContainer) -> None:
    parser.add_argument(
        "--gemeente", action="append", help="ziet alleen deze gemeente, zoals heumen; mag vaker. Zonder: alles"
    )


def _with_link(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--link", action="store_true", help="geef een link om zelf een wachtwoord te kiezen")


# -- accounts ----------------------------------------------------------------------------


def _add(name: str, words: Sequence[str], towns: Sequence[str], link: bool) -> int:
    from bot.signin.passwords import Passwords
    from bot.store.accounts import NameRefused

    if refused := _unknown(towns):
        return _no(refused)
    with _opened() as (settings, signin):
        # Asked before anything is made: who stops here leaves no account behind.
        passwords = Passwords()
        password = None if link or not sys.stdin.isatty() else _asked(name)
        if password == "":
            return 1
        try:
            account = signin.accounts.add(name, _named(words), utc_now())
        except NameRefused as refused:
            return _no(str(refused))
        _note(signin, "account.new", account)
        if towns:
            signin.accounts.set_municipalities(account.id, towns)
            _note(signin, "account.municipalities", account)
        print(f"Account gemaakt: {account.name} ({spoken(account.roles)}). {_may_see(towns)}")
        return _with_password(settings, signin, account, passwords, password)


def _password(name: str, link: bool) -> int:
    from bot.signin.passwords import Passwords

    with _opened() as (settings, signin):
        account = _one(signin, name)
        if account is None:
            return 1
        if not account.local:
            return _no(_OF_ORGANISATION.format(what="het wachtwoord"))
        password = None if link or not sys.stdin.isatty() else _asked(account.name)
        if password == "":
            return 1
        return _with_password(settings, signin, account, Passwords(), password)


def _with_password(
    settings: Settings, signin: SignIn, account: Known, passwords: Passwords, password: str | None
) -> int:
    """Set the password that was typed, or print a link to choose one."""
    if password is not None:
        signin.accounts.set_password(account.id, passwords.kept(password))
        _note(signin, "account.password", account)
        print("Het wachtwoord is bewaard. Wie al ingelogd was, logt opnieuw in.")
        return 0
    token = signin.local.offered(account)
    _note(signin, "account.link", account)
    home = settings.public_url or f"http://{settings.host}:{settings.port}"
    print("Met deze link kiest de gebruiker een wachtwoord. Hij werkt één keer en 24 uur lang:")
    print(f"{home}/inloggen/wachtwoord/{token}")
    return 0


def _roles(name: str, words: Sequence[str]) -> int:
    with _opened() as (_, signin):
        account = _one(signin, name)
        if account is None:
            return 1
        if not account.local:
            return _no(_OF_ORGANISATION.format(what="de rollen"))
        roles = _named(words)
        signin.accounts.set_roles(account.id, roles)
        _note(signin, "account.roles", account)
        print(f"{account.name}: {spoken(roles)}. Wie al ingelogd was, logt opnieuw in.")
        return 0


def _municipalities(name: str, towns: Sequence[str]) -> int:
    if refused := _unknown(towns):
        return _no(refused)
    with _opened() as (_, signin):
        account = _one(signin, name)
        if account is None:
            return 1
        signin.accounts.set_municipalities(account.id, towns)
        _note(signin, "account.municipalities", account)
        print(f"{account.name}: {_may_see(towns)} Dit geldt meteen.")
        return 0


def _erase(name: str) -> int:
    from bot.store.accounts import LastAdministrator

    with _opened() as (_, signin):
        account = _one(signin, name)
        if account is None:
            return 1
        try:
            signin.accounts.erase(account.id)
        except LastAdministrator:
            return _no("Dit is de laatste beheerder. Geef eerst iemand anders de rol beheer.")
        _note(signin, "account.erased", account)
        print(f"Gewist: naam, wachtwoord en sessies. In het logboek blijft alleen het nummer {account.id} staan.")
        if not account.local:
            print("Neem bij je organisatie de rol weg: anders ontstaat bij het inloggen een nieuw account.")
        return 0


def _unknown(towns: Sequence[str]) -> str:
    """What is wrong with names of municipalities; empty when nothing is."""
    from knowledge.knowledge import Knowledge

    if not towns:
        return ""
    known = Knowledge.read().municipalities
    wrong = [one for one in towns if one not in known]
    return f"Deze gemeente is er niet: {', '.join(wrong)}. Kies uit: {', '.join(known)}." if wrong else ""


def _may_see(towns: Sequence[str]) -> str:
    return f"Ziet alleen: {', '.join(sorted(set(towns)))}." if towns else "Ziet alle gemeenten."


def _revoke(name: str, undo: bool) -> int:
    with _opened() as (_, signin):
        account = _one(signin, name)
        if account is None:
            return 1
        signin.accounts.revoke(account.id, None if undo else utc_now())
        _note(signin, "account.restored" if undo else "account.revoked", account)
        print(
            f"{account.name} mag weer inloggen." if undo else f"{account.name} mag niet meer inloggen, en is uitgelogd."
        )
        return 0


def _list() -> int:
    with _opened() as (_, signin):
        everyone = signin.accounts.everyone()
        if not everyone:
            print("Er is nog geen account. Maak er een: ./deelwijzer gebruiker toevoegen NAAM --rol fg")
        for one in everyone:
            kind = "eigen wachtwoord" if one.local else "via je organisatie"
            if one.local and not one.has_password:
                kind = "nog geen wachtwoord"
            last = one.signed_in_at.astimezone(AMSTERDAM).strftime("%Y-%m-%d") if one.signed_in_at else "nooit"
            state = "ingetrokken" if one.revoked_at else kind
            towns = f", alleen {', '.join(one.municipalities)}" if one.municipalities else ""
            print(f"{one.id}  {one.name}  ({spoken(one.roles) or 'geen rol'}{towns})  {state}, laatst ingelogd: {last}")
        return 0


def _one(signin: SignIn, name: str) -> Known | None:
    found = signin.accounts.called(name)
    if len(found) == 1:
        return found[0]
    if found:
        numbers = ", ".join(one.id for one in found)
        _no(f"Er zijn er {len(found)} met die naam. Noem het nummer: {numbers}.")
    else:
        _no("Dit account is er niet. Bekijk ze met: ./deelwijzer gebruiker lijst")
    return None


def _asked(name: str, ask: Callable[[str], str] | None = None) -> str:
    """A password, typed twice without showing; empty when that did not work."""
    from bot.signin.passwords import WeakPassword, check_strength

    ask = ask or getpass
    for _ in range(TRIES):
        password = ask("Wachtwoord: ")
        try:
            check_strength(password, name)
        except WeakPassword as weak:
            _no(str(weak))
            continue
        if password == ask("Nog een keer: "):
            return password
        _no("Die twee zijn niet gelijk.")
    return ""


def _named(words: Sequence[str]) -> tuple[Role, ...]:
    given = {WORDS[word] for word in words}
    return tuple(role for role in Role if role in given)


# -- the audit log -----------------------------------------------------------------------


def _check_audit(last: str | None) -> int:
    with _opened() as (_, signin):
        found = signin.audit.check(last)
        if found.fault:
            print(f"Het auditlog klopt niet. {found.fault} De {found.rows} regels ervoor kloppen.", file=sys.stderr)
            return 1
        print(f"Het auditlog klopt: {found.rows} regels. De laatste hash: {found.last}")
        if found.erased:
            print(f"Regel 1 tot en met {found.erased} zijn na de bewaartermijn gewist; dat staat in het log.")
        print("Bewaar die hash op een andere plek en geef hem de volgende keer mee met --laatste.")
        return 0


def _note(signin: SignIn, action: str, account: Known) -> None:
    from bot.store.audit import COMMAND

    signin.audit.note(action, account.id, actor=COMMAND, origin=COMMAND)


def _no(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


@contextmanager
def _opened() -> Iterator[tuple[Settings, SignIn]]:
    """The settings and the accounts of the database that they name."""
    from bot.pages.page import WebSettings
    from bot.settings import Settings
    from bot.signin.parts import sign_in
    from bot.store import Store

    settings = Settings()  # type: ignore[call-arg]
    store = Store(settings.database_url)
    try:
        yield settings, sign_in(settings, WebSettings(), store.engine, utc_now)
    finally:
        store.close()
