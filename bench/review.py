"""How fast the pages of the FG stay: `python -m bench.review [--questions N] [--postgres]`.

Fills a store that is gone afterwards with made-up questions, asks of it what each page asks, and prints a
table.  Runs on SQLite, and on PostgreSQL as well when DATABASE_URL names a server (in a database of its own
there) or with `--postgres` (on a server of its own).
"""

from __future__ import annotations

import argparse
import os
import random
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, func, make_url, select, text

from bot.clock import AMSTERDAM
from bot.insight.charts import Charts
from bot.insight.counts import Chosen, Counts
from bot.insight.period import Period
from bot.records.register import Filter as RecordFilter
from bot.records.register import Register
from bot.review.signals import ASKED, NEW_KIND, THUMBS_DOWN, priority, signals
from bot.store import Store
from bot.store.boundary import Boundary
from bot.store.models import Answer, Conversation, Decision, DpoAnswer, Judgement, Question
from bot.store.reviews import Filter, Reviews
from knowledge.knowledge import Knowledge
from knowledge.schema import Verdict
from tools.postgres import throw_away_server
from tools.report import say, step

AIM = 0.3  # seconds
TIMES = 7  # each is asked so often; the quickest counts, which other programs disturbed the least
NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)  # a made-up today: the figures do not depend on the day of measuring
DAYS = 330  # over which the questions are spread
AT_ONCE = 5000  # rows in one statement

TEXT = (
    "mag ik gegevens van mijn cliënt delen met de school toestemming ouders gezag verslag dossier huisarts "
    "wijkteam inzage kind veilig thuis melding politie vraagt informatie over schulden en hoe lang bewaren"
)
WORDS = TEXT.split()


@dataclass(frozen=True)
class Asked:
    """One thing a page asks, and how long that took in seconds."""

    name: str
    seconds: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Fill, measure and print; 0 when every answer came within the aim, else 1."""
    parser = argparse.ArgumentParser("python -m bench.review", description="Meet de pagina's van de FG.")
    parser.add_argument("--questions", type=int, default=100_000, metavar="N", help="aantal vragen (100000)")
    parser.add_argument("--postgres", action="store_true", help="meet ook op een eigen PostgreSQL-server")
    given = parser.parse_args(arguments)
    knowledge = Knowledge.read()
    found: dict[str, list[Asked]] = {}
    with tempfile.TemporaryDirectory(prefix="deelwijzer-bench-") as folder:
        found["SQLite"] = measured(f"sqlite:///{Path(folder) / 'store.db'}", given.questions, knowledge)
    address = os.environ.get("DATABASE_URL", "")
    if address.startswith("postgres"):
        with _own_database(address) as url:
            found["PostgreSQL"] = measured(url, given.questions, knowledge)
    elif given.postgres:
        with throw_away_server() as server, _own_database(server) as url:
            found["PostgreSQL"] = measured(url, given.questions, knowledge)
    print(_heading(given.questions))
    print(rendered(found))
    return 0 if all(one.seconds <= AIM for asked in found.values() for one in asked) else 1


def measured(url: str, questions: int, knowledge: Knowledge) -> list[Asked]:
    """Fill one database and measure it."""
    store = Store(url)
    try:
        with step(f"{questions} vragen in {store.engine.dialect.name}"):
            fill(store.engine, questions, knowledge)
        return [Asked(name, _quickest(ask)) for name, ask in _asks(store.engine, knowledge)]
    finally:
        store.close()


def _asks(engine: Engine, knowledge: Knowledge) -> Iterator[tuple[str, Callable[[], object]]]:
    """What the pages ask, with the name it has in the table."""
    reviews = Reviews(engine)
    town = next(iter(knowledge.municipalities))
    since = NOW - timedelta(days=30)
    filters = {
        "wachtrij, eerste pagina": (Filter(), 1),
        "wachtrij, alleen met een reden": (Filter(needed=True), 1),
        "wachtrij, pagina 100": (Filter(), 100),
        "wachtrij, per signaal": (Filter(signal=THUMBS_DOWN), 1),
        "wachtrij, gemeente en onderwerp": (Filter(municipality=town, act="share"), 1),
        "wachtrij, laatste 30 dagen": (Filter(since=since), 1),
        "wachtrij, zoeken op een woord": (Filter(words="politie"), 1),
        "wachtrij, zoeken zonder uitkomst": (Filter(words="xylofoon"), 1),
        "gesloten vragen": (Filter(closed=True), 1),
    }
    for name, (wanted, page) in filters.items():
        yield name, partial(reviews.queue, wanted, page)
    with engine.connect() as connection:
        some = (connection.execute(select(func.max(Question.id))).scalar() or 0) // 2
    bound = Boundary((town, *islice(knowledge.municipalities, 1, 2)))
    limited = Reviews(engine, bound)
    for name in ("wachtrij, eerste pagina", "wachtrij, alleen met een reden", "wachtrij, zoeken op een woord"):
        yield f"{name} (grens: twee gemeenten)", partial(limited.queue, *filters[name])
    yield "aantallen per signaal (grens: twee gemeenten)", limited.counts
    yield "één vraag", partial(reviews.item, some)
    yield "aantallen per signaal", reviews.counts
    yield "wensenlijst", reviews.wishes
    register = Register(engine, DAYS + 30)
    yield "besluiten", partial(register.search, RecordFilter(), NOW)
    yield "besluiten, soort en gemeente", partial(register.search, RecordFilter(flow="breach", municipality=town), NOW)
    yield "besluiten, op nummer", partial(register.search, RecordFilter(reference="DW-2026-0000"), NOW)
    yield "datalekken", partial(register.entries, NOW)
    yield "datalekken die lopen", partial(register.running, NOW)
    yield "datalekken die dringen", partial(register.pressing, NOW)
    counts = Counts(engine, _today())
    choices = {"jaar": Chosen(Period(2026)), "kwartaal en gemeente": Chosen(Period(2026, 2), town)}
    for label, chosen in choices.items():
        yield f"inzicht, totaal ({label})", partial(counts.total, chosen)
        charts = Charts(counts, knowledge, chosen)
        for chart in charts.ids:
            yield f"inzicht, {chart} ({label})", partial(charts.one, chart)
    within = Charts(Counts(engine, _today(), bound), knowledge, choices["jaar"])
    for chart in within.ids:
        yield f"inzicht, {chart} (jaar; grens: twee gemeenten)", partial(within.one, chart)


def _quickest(ask: Callable[[], object]) -> float:
    def timed() -> float:
        start = time.perf_counter()
        ask()
        return time.perf_counter() - start

    return min(timed() for _ in range(TIMES))


# -- made-up rows ------------------------------------------------------------------------


def fill(engine: Engine, questions: int, knowledge: Knowledge) -> None:
    """Questions with all that hangs on them, the same at every run; all of it is made up."""
    chance = random.Random(2026)
    conversations = max(1, questions // 3)
    tables: dict[Any, Iterator[dict[str, Any]]] = {
        Conversation: _conversations(conversations),
        Question: _questions(chance, questions, conversations, knowledge),
        Answer: _answers(chance, questions, knowledge),
        Judgement: _judgements(chance, questions),
        DpoAnswer: _dpo_answers(chance, questions, knowledge),
        Decision: _decisions(chance, questions // 10, knowledge),
    }
    with engine.begin() as connection:
        for table, rows in tables.items():
            while some := list(islice(rows, AT_ONCE)):
                connection.execute(table.__table__.insert(), some)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "postgresql":
            # A server of tests does not wait until a commit is on the disk, and until it is, VACUUM marks no page as
            # seen by all: every count would then read the table beside the index.
            connection.execute(text("SET synchronous_commit = on"))
        # What a server in use does by itself; this one has just been filled.
        connection.execute(text("ANALYZE" if engine.dialect.name == "sqlite" else "VACUUM ANALYZE"))


def _moment(chance: random.Random) -> datetime:
    return NOW - timedelta(seconds=chance.randrange(DAYS * 86_400))


def _conversations(number: int) -> Iterator[dict[str, Any]]:
    for one in range(number):
        yield {
            "id": f"verzonnen-{one}", "channel": "web", "owner": f"verzonnen-{one % 2000}", "case": {}, "flows": [],
            "reacts_to": None, "started_at": NOW, "updated_at": NOW,
        }  # fmt: skip


def _questions(
    chance: random.Random, number: int, conversations: int, knowledge: Knowledge
) -> Iterator[dict[str, Any]]:
    acts, parties = list(knowledge.acts), ["", *knowledge.parties]
    towns, verdicts = [None, *knowledge.municipalities], [str(one) for one in Verdict]
    for one in range(1, number + 1):
        verdict, confidence = chance.choice(verdicts), chance.random()
        found = signals(verdict, confidence)
        found += [signal for signal, share in ((THUMBS_DOWN, 0.03), (ASKED, 0.02)) if chance.random() < share]
        found += [NEW_KIND] if chance.random() < 0.01 else []
        asked = _moment(chance)
        yield {
            "id": one,
            "conversation_id": f"verzonnen-{chance.randrange(conversations)}",
            "text": " ".join(chance.choices(WORDS, k=18)),
            "masked": ["person"],
            "intent": "share",
            "confidence": confidence,
            "entities": [{"entity": "party", "value": "school", "start": 10, "end": 16}] * 3,
            "municipality": chance.choice(towns),
            # A few kinds of question make up most of them.
            "act": acts[min(int(chance.expovariate(0.2)), len(acts) - 1)],
            "party": parties[min(int(chance.expovariate(0.05)), len(parties) - 1)],
            "verdict": verdict,
            "signals": found,
            "priority": priority(found),
            "asked_at": asked,
            "closed_at": asked + timedelta(days=1) if chance.random() < 0.5 else None,
        }


def _answers(chance: random.Random, number: int, knowledge: Knowledge) -> Iterator[dict[str, Any]]:
    rules = list(knowledge.rules)
    for one in range(1, number + 1):
        yield {
            "question_id": one,
            "text": " ".join(chance.choices(WORDS, k=120)),
            "verdict": "info",
            "obligation": None,
            "rules": chance.sample(rules, 2),
            "citations": [{"law": "AVG", "article": "6", "paragraph": "lid 1", "url": "", "source": "national"}] * 2,
            "advices": [{"act": "share", "facts": {"party": ["school"]}, "why": " ".join(WORDS)}] * 2,
            "knowledge_version": "verzonnen",
            "law_on": "2026-11-22",
            "wants_dpo": False,
            "rating": None,
            "answered_at": NOW,
        }


def _judgements(chance: random.Random, questions: int) -> Iterator[dict[str, Any]]:
    for one in range(1, questions + 1, 5):
        yield {
            "question_id": one, "what": chance.choices(("correct", "wrong", "closed", "wish"), (60, 20, 19, 1))[0],
            "intent": "", "facts": {}, "rule": "", "note": "", "by": "verzonnen", "made_at": NOW,
        }  # fmt: skip


def _dpo_answers(chance: random.Random, questions: int, knowledge: Knowledge) -> Iterator[dict[str, Any]]:
    rules = list(knowledge.rules)
    for one in range(1, questions + 1, 40):
        yield {
            "question_id": one, "owner": "verzonnen", "channel": "web", "municipality": None, "question_text": "",
            "text": " ".join(WORDS), "rules": chance.choice(rules), "shared": False, "by": "verzonnen",
            "written_at": _moment(chance), "delivered_at": None, "reaction": "", "reacted_at": None,
        }  # fmt: skip


def _decisions(chance: random.Random, number: int, knowledge: Knowledge) -> Iterator[dict[str, Any]]:
    flows = [row for row in knowledge.flows.values() if row.valid_on(date(2026, 12, 1))]
    towns = [None, *knowledge.municipalities]
    for one in range(number):
        flow, made = chance.choice(flows), _moment(chance)
        outcomes = [ending.label[:120] for ending in flow.endings] or [""]
        yield {
            "reference": f"DW-2026-{one:08}", "owner": "verzonnen", "flow": flow.id,
            "outcome": chance.choice(outcomes), "in_register": flow.register_entry,
            "deadline": made + timedelta(hours=72) if flow.clock else None, "municipality": chance.choice(towns),
            "entries": {"what": " ".join(chance.choices(WORDS, k=40))}, "rules": [], "citations": [],
            "knowledge_version": "verzonnen", "law_on": "2026-11-22", "version": 1, "created_at": made,
            "updated_at": made, "withdrawn_at": None, "settled_as": None, "settled_by": None, "settled_at": None,
        }  # fmt: skip


# -- around it ---------------------------------------------------------------------------


@contextmanager
def _own_database(server: str) -> Iterator[str]:
    """A new database on a server, gone afterwards."""
    name = f"deelwijzer_bench_{secrets.token_hex(4)}"
    address = make_url(server).set(drivername="postgresql+psycopg")
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        try:
            yield address.set(database=name).render_as_string(hide_password=False)
        finally:
            with engine.connect() as connection:
                connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    finally:
        engine.dispose()


def _heading(questions: int) -> str:
    load = f"{os.getloadavg()[0]:.1f}".replace(".", ",")
    return (
        f"Pagina's van de FG met {questions} verzonnen vragen, {datetime.now(AMSTERDAM):%Y-%m-%d %H:%M}; "
        f"{os.cpu_count()} kernen, drukte (load) {load}.\n"
        f"Milliseconden, de snelste van {TIMES} keer; het doel is {round(AIM * 1000)}.\n"
    )


def rendered(found: dict[str, list[Asked]]) -> str:
    """The table: what was asked by how long it took on each kind of database."""
    kinds = list(found)
    lines = [f"| wat | {' | '.join(kinds)} |", f"|---|{'---:|' * len(kinds)}"]
    for asked in zip(*found.values(), strict=True):
        times = [f"{round(one.seconds * 1000)}{'' if one.seconds <= AIM else ' (te lang)'}" for one in asked]
        lines.append(f"| {asked[0].name} | {' | '.join(times)} |")
    return "\n".join(lines)


def _today() -> date:
    return NOW.astimezone(AMSTERDAM).date()


if __name__ == "__main__":
    try:
        raise SystemExit(main())
    except KeyboardInterrupt:
        say("\nAfgebroken.")
        raise SystemExit(130) from None
