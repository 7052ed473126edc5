"""The command `./deelwijzer`: start, chat, vraag, kennis. Says in Dutch what is wrong."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from pydantic import ValidationError

from bot import quiet
from bot.access_cli import add_invitations
from bot.accounts_cli import add_account_commands, add_audit_commands
from bot.assistant import Assistant
from bot.channels.teams.package import add_package
from bot.knowledge_cli import add_commands
from knowledge.load import KnowledgeError

EXAMPLE = "Ik werk bij de toegang. Mag ik gegevens delen met Veilig Thuis als zij daarom vragen?"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code (0 fine, 1 wrong outcome, 2 cannot run)."""
    parser = _parser()
    given = parser.parse_args(arguments)
    try:
        return int(given.run(given))
    except KnowledgeError as error:
        print(f"De kennis klopt niet. Herstel dit en probeer het opnieuw:\n{error}", file=sys.stderr)
        return 2
    except ValidationError as error:
        print("Een instelling klopt niet:", file=sys.stderr)
        for one in error.errors():
            name = "_".join(str(part) for part in one["loc"]).upper()
            print(f"  {'DEELWIJZER_' + name if name else 'instelling'}: {one['msg']}", file=sys.stderr)
        return 2
    except (OSError, RuntimeError) as error:
        print(str(error), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("deelwijzer", description="Privacyvragen uit het sociaal domein, met wetsartikel.")
    commands = parser.add_subparsers(required=True, metavar="opdracht")
    start = commands.add_parser("start", help="start de webchat en het taalproces")
    start.set_defaults(run=lambda given: asyncio.run(_start()))
    chat = commands.add_parser("chat", help="stel vragen in de terminal")
    chat.add_argument("--gemeente", help="gemeente, bijvoorbeeld heumen")
    chat.add_argument("--rol", help="rol, bijvoorbeeld wmo-consulent")
    chat.set_defaults(run=lambda given: asyncio.run(_chat(given.gemeente, given.rol)))
    ask = commands.add_parser("vraag", help="stel één vraag, of een bestand vol vragen")
    ask.add_argument("tekst", nargs="*", help="de vraag")
    ask.add_argument(
        "--jsonl", metavar="BESTAND", help="bestand met één JSON-object per regel (- voor standaardinvoer)"
    )
    ask.set_defaults(run=lambda given: asyncio.run(_ask(given.tekst, given.jsonl)))
    cleaning = commands.add_parser("opschonen", help="wis wat lang genoeg bewaard is")
    cleaning.set_defaults(run=lambda given: asyncio.run(_clean_up()))
    reminding = commands.add_parser("herinneringen", help="tel de datalekken waarvan de termijn dringt")
    reminding.set_defaults(run=lambda given: _remind())
    add_invitations(commands)
    add_package(commands)
    accounts = commands.add_parser("gebruiker", help="wie mag inloggen")
    add_account_commands(accounts.add_subparsers(required=True, metavar="wat"))
    audit = commands.add_parser("audit", help="wie deed wat")
    add_audit_commands(audit.add_subparsers(required=True, metavar="wat"))
    knowledge = commands.add_parser("kennis", help="werk aan de kennis")
    add_commands(knowledge.add_subparsers(required=True, metavar="wat"))
    return parser


# -- the running program -----------------------------------------------------------------


async def _start() -> int:
    from bot.program import run_until_stopped

    return await run_until_stopped(EXAMPLE)


async def _clean_up() -> int:
    from bot.program import clean_up

    quiet.configure("warning")
    return await clean_up()


def _remind() -> int:
    from bot.program import remind

    quiet.configure("warning")
    return remind()


async def _chat(municipality: str | None, role: str | None) -> int:
    from bot.channels.terminal import converse

    profile = {key: value for key, value in (("municipality", municipality), ("role", role)) if value}
    async with _assistant() as assistant:
        return await converse(assistant, profile)


async def _ask(words: Sequence[str], jsonl: str | None) -> int:
    from bot.batch import answer_lines, answer_one

    if not words and not jsonl:
        print("Geef een vraag of --jsonl BESTAND.", file=sys.stderr)
        return 2
    lines = _lines(jsonl) if jsonl else None
    async with _assistant() as assistant:
        if lines is not None:
            return await answer_lines(assistant, lines, sys.stdout)
        return await answer_one(assistant, " ".join(words), sys.stdout)


def _lines(source: str) -> list[str]:
    if source == "-":
        return sys.stdin.read().splitlines()
    try:
        return Path(source).read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise OSError(f"Kan {source} niet lezen: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise OSError(f"{source} is geen UTF-8. Sla het bestand op als UTF-8 en probeer het opnieuw.") from None


@contextlib.asynccontextmanager
async def _assistant() -> AsyncIterator[Assistant]:
    from bot.program import throw_away

    quiet.configure("warning")
    async with throw_away() as service:
        yield service.assistant


if __name__ == "__main__":
    sys.exit(main())
