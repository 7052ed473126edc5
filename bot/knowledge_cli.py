"""The commands `./deelwijzer kennis ...`: check, words, and what helps to read the knowledge."""

from __future__ import annotations

import argparse
import sys
import textwrap
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from bot.clock import AMSTERDAM, utc_now
from knowledge.answer import day as spoken_day
from knowledge.check import check, due
from knowledge.knowledge import Knowledge
from knowledge.load import CONTENT
from knowledge.search import Search
from knowledge.titles import KIND_LABELS, period

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

ACCOUNT = "juridische-verantwoording.md"
SOURCES = "bronnen.md"
MAX_RESULTS = 20
WIDTH = 100  # characters of a printed line


def add_commands(subparsers: Commands) -> None:
    """Add every `kennis` command; each sets `run`, which takes the arguments and returns the exit code."""
    checking = subparsers.add_parser("check", help="controleer alle tabellen")
    checking.add_argument("--map", type=Path, default=CONTENT, help="map met de tabellen")
    checking.add_argument("--dag", type=date.fromisoformat, default=None, help="dag waarop de wet gelezen wordt")
    checking.set_defaults(run=lambda given: _check(given.map, given.dag))
    searching = subparsers.add_parser("zoek", help="zoek in regels, artikelen, begrippen en beleid")
    searching.add_argument("woorden", nargs="+", help="woorden die er allemaal in moeten staan")
    searching.add_argument("--dag", type=date.fromisoformat, default=None, help="dag waarop het moet gelden")
    searching.set_defaults(run=lambda given: _search(" ".join(given.woorden), given.dag))
    differing = subparsers.add_parser("verschil", help="laat zien wat er tussen twee dagen veranderde")
    differing.add_argument("dagen", nargs=2, type=_date, metavar="DAG", help="zoals 2018-05-24")
    differing.set_defaults(run=lambda given: _difference(*sorted(given.dagen)))
    accounting = subparsers.add_parser(
        "verantwoording", help="maak de juridische verantwoording en het overzicht van de bronnen opnieuw"
    )
    accounting.add_argument("--check", action="store_true", help="schrijf niets; meld of zij verouderd is")
    accounting.set_defaults(run=lambda given: _account(given.check))
    words = subparsers.add_parser("woorden", help="maak de woordenlijsten voor het taalproces opnieuw")
    words.add_argument("--check", action="store_true", help="schrijf niets; meld of ze verouderd zijn")
    words.set_defaults(run=lambda given: _words(given.check))
    charting = subparsers.add_parser("kaart", help="teken de stap-voor-stapgesprekken als pagina's voor juristen")
    charting.add_argument("--check", action="store_true", help="schrijf niets; meld welke pagina's verouderd zijn")
    charting.set_defaults(run=lambda given: _charts(given.check))


def _today() -> date:
    return utc_now().astimezone(AMSTERDAM).date()


def _check(content: Path, on: date | None) -> int:
    knowledge = Knowledge.read(content)
    day = on or _today()
    problems = check(knowledge, day)
    for problem in problems:
        print(problem, file=sys.stderr)
    for reminder in due(knowledge, day):
        print(f"let op: {reminder}", file=sys.stderr)
    counted = ", ".join(f"{len(rows)} {table}" for table, rows in knowledge.tables.rows.items())
    if problems:
        print(f"{len(problems)} fout(en) in de kennis.", file=sys.stderr)
        return 1
    print(f"De kennis klopt (versie {knowledge.version}): {counted}.")
    return 0


def _search(query: str, on: date | None) -> int:
    day = on or _today()
    found = Search(Knowledge.read()).find(query, day)
    if not found.results:
        print(f"Niets gevonden voor “{query}”.", file=sys.stderr)
        for near in found.near:
            print(f"“{near.word}” staat nergens in de kennis.", file=sys.stderr)
            if near.suggestions:
                print(f"Bedoel je: {', '.join(near.suggestions)}?", file=sys.stderr)
        if not found.near:
            print("Alle woorden moeten in één rij staan. Probeer er minder.", file=sys.stderr)
        return 1
    print(f"{len(found.results)} gevonden voor “{query}” op {spoken_day(day)}.")
    for number, result in enumerate(found.results[:MAX_RESULTS], start=1):
        print(f"\n{number}. {KIND_LABELS[result.kind]}: {result.title}")
        if not result.valid:
            print(f"   Let op: geldt niet op deze dag ({period(result.valid_from, result.valid_to)}).")
        if result.snippet:
            print(textwrap.fill(result.snippet, WIDTH, initial_indent="   ", subsequent_indent="   "))
        print(f"   {result.id} · {result.place}")
    if len(found.results) > MAX_RESULTS:
        print(f"\nEn nog {len(found.results) - MAX_RESULTS}. Voeg een woord toe om minder te vinden.")
    return 0


def _words(only_check: bool) -> int:
    from bot.wordlists import TARGET, current, write

    knowledge = Knowledge.read()
    if only_check:
        if current(knowledge):
            print("De woordenlijsten zijn bij.")
            return 0
        print("De woordenlijsten zijn verouderd. Maak ze opnieuw met: ./deelwijzer kennis woorden", file=sys.stderr)
        return 1
    write(knowledge)
    print(f"Woordenlijsten geschreven in {TARGET}.")
    return 0


def _charts(only_check: bool) -> int:
    from bot.generated import charts, stale, write

    pages = charts(Knowledge.read())
    if only_check:
        for page in stale(pages):
            print(f"Verouderd: {page.name}. Maak opnieuw met: ./deelwijzer kennis kaart", file=sys.stderr)
        return 1 if stale(pages) else 0
    write(pages)
    print(f"{len(pages)} pagina's geschreven in {next(iter(pages)).parent}.")
    return 0


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}” is geen dag; schrijf bijvoorbeeld 2018-05-24") from None


def _difference(first: date, second: date) -> int:
    from knowledge.difference import in_words

    print(in_words(Knowledge.read(), first, second))
    return 0


def _account(only_check: bool) -> int:
    from bot.generated import DOCS, stale, write
    from knowledge.account import account
    from knowledge.documents import documents

    knowledge = Knowledge.read()
    pages = {DOCS / ACCOUNT: account(knowledge), DOCS / SOURCES: documents(knowledge)}
    if only_check:
        for page in stale(pages):
            print(f"{page.name} is verouderd. Maak opnieuw met: ./deelwijzer kennis verantwoording", file=sys.stderr)
        if stale(pages):
            return 1
        print("De juridische verantwoording en de bronnen zijn bij.")
        return 0
    write(pages)
    print(f"Geschreven: {', '.join(str(page) for page in pages)}.")
    return 0
