"""Checks what must hold between rows: every pointer points, every word means one thing.

The loader has already refused rows that do not fit their schema.  Everything found here is
an error that a lawyer can mend in the named file, except the reminders of `due`, which say
what must be checked again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import PurePosixPath

from knowledge.advise import advise
from knowledge.check_documents import check_documents
from knowledge.check_flows import check_flows
from knowledge.check_quiz import check_quiz
from knowledge.check_time import check_time
from knowledge.knowledge import Knowledge
from knowledge.load import Problem
from knowledge.question import Question, told
from knowledge.schema import Cite, DatedRow, Rule, Verdict

MAX_VERDICT_WORDS = 45
# A mobile number is of a person, and changes with that person.
MOBILE = re.compile(r"(?<!\d)(?:\+31[ -]?|0)6(?:[ -]?\d){8}(?!\d)")
# How a sentence sets a condition; "toestemming is niet nodig" sets none.
CONDITION = re.compile(
    r"noodza|(?<!niet )nodig|tenzij|alleen|uitzondering|niet (?:als|wat)|\b(?:als|mits)\b", re.IGNORECASE
)


def check(knowledge: Knowledge, on: date) -> list[Problem]:
    """All contradictions and dangling pointers in the tables.

    Args:
        knowledge: the tables.
        on: the day on which every rule in force must have an article in force.
    """
    return [
        *_articles(knowledge),
        *_taxonomies(knowledge),
        *_words(knowledge),
        *_rules(knowledge, on),
        *_conditions(knowledge),
        *_policies(knowledge),
        *_people(knowledge),
        *check_documents(knowledge),
        *_menu(knowledge, on),
        *check_flows(knowledge, on),
        *check_quiz(knowledge, on),
        *check_time(knowledge, on),
    ]


def due(knowledge: Knowledge, on: date) -> list[Problem]:
    """Rows whose re-check date has come."""
    return [
        knowledge.tables.problem(table, row.id, f"opnieuw nalopen: de controledatum {row.recheck_on} is bereikt")
        for table, rows in knowledge.tables.rows.items()
        for row in rows.values()
        if isinstance(row, DatedRow) and row.recheck_on <= on and row.valid_on(on)
    ]


def _articles(k: Knowledge) -> Iterator[Problem]:
    for article in k.articles.values():
        if article.law not in k.laws:
            yield k.tables.problem("articles", article.id, f"wet “{article.law}” staat niet in laws.yaml")


def _taxonomies(k: Knowledge) -> Iterator[Problem]:
    for table, rows in (("parties", k.parties), ("data_categories", k.data_categories)):
        for row in rows.values():
            for parent in row.is_a:
                if parent not in rows:
                    yield k.tables.problem(table, row.id, f"is_a noemt “{parent}”, maar die rij bestaat niet")
                elif row.id in k.lineage("party" if table == "parties" else "data", parent):
                    yield k.tables.problem(table, row.id, f"is_a loopt in een kring via “{parent}”")
    for party in k.parties.values():
        for role in party.asked_by:
            if role not in k.parties:
                yield k.tables.problem("parties", party.id, f"asked_by noemt “{role}”, maar die rij bestaat niet")
        if party.asks_as and not (party.asks_as in k.parties and k.may_ask(party.asks_as)):
            yield k.tables.problem("parties", party.id, f"asks_as noemt “{party.asks_as}”, maar die stelt geen vragen")
        yield from _implied(k, "parties", party.id, party.implies)
    for data in k.data_categories.values():
        yield from _cites(k, "data_categories", data.id, data.cite)
    for kind in k.facts.values():
        for value in kind.values:
            yield from _implied(k, "facts", kind.id, value.implies)


def _implied(k: Knowledge, table: str, row: str, implies: Mapping[str, str]) -> Iterator[Problem]:
    for fact, value in implies.items():
        if not k.known_value(fact, value):
            yield k.tables.problem(table, row, f"implies noemt {fact} = “{value}”, maar die waarde bestaat niet")


def fold(text: str) -> str:
    """Lower case without accents, as words are compared."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def _words(k: Knowledge) -> Iterator[Problem]:
    """Within one fact a word has one meaning; between facts it may have several."""
    groups: list[tuple[str, Iterable[tuple[str, Iterable[str]]]]] = [
        ("parties", ((row.id, row.words) for row in k.parties.values())),
        ("data_categories", ((row.id, row.words) for row in k.data_categories.values())),
        ("municipalities", ((row.id, row.words) for row in k.municipalities.values())),
    ]
    for table, rows in groups:
        seen: dict[str, str] = {}
        for row_id, words in rows:
            for word in words:
                other = seen.setdefault(fold(word), row_id)
                if other != row_id:
                    yield k.tables.problem(table, row_id, f"het woord “{word}” hoort al bij “{other}”")
    for kind in k.facts.values():
        known: dict[str, str] = {}
        for value in kind.values:
            for word in value.words:
                other = known.setdefault(fold(word), value.id)
                if other != value.id:
                    yield k.tables.problem("facts", kind.id, f"het woord “{word}” hoort bij “{other}” en “{value.id}”")


def _cites(k: Knowledge, table: str, row: str, cites: Iterable[Cite]) -> Iterator[Problem]:
    for cite in cites:
        if cite.law not in k.laws:
            yield k.tables.problem(table, row, f"wet “{cite.law}” staat niet in laws.yaml")
        elif not k.versions_of(cite):
            yield k.tables.problem(table, row, f"artikel “{cite.law} {cite.number}” staat niet in articles/")


def _rules(k: Knowledge, on: date) -> Iterator[Problem]:
    for rule in k.rules.values():
        yield from _cites(k, "rules", rule.id, rule.cite)
        if rule.valid_on(on) and rule.cite and len(k.references(rule.cite, on)) < len(set(rule.cite)):
            yield k.tables.problem("rules", rule.id, f"een aangehaald artikel geldt niet op {on}")
        for norm in rule.open_norms:
            if norm not in k.open_norms:
                yield k.tables.problem("rules", rule.id, f"open norm “{norm}” staat niet in open_norms.yaml")
        if len(rule.say.verdict.split()) > MAX_VERDICT_WORDS:
            yield k.tables.problem("rules", rule.id, f"say.verdict is langer dan {MAX_VERDICT_WORDS} woorden")
        if not rule.cite and (rule.verdict is not Verdict.INFO or rule.obligation):
            yield k.tables.problem("rules", rule.id, "zegt wat mag of moet zonder artikel; vul cite in")
        if rule.verdict is Verdict.ALLOWED_WITHOUT_CONSENT and not _limited(k, rule):
            yield k.tables.problem("rules", rule.id, "say.verdict is een kaal ja; zeg de voorwaarde erbij")
    for table, rows in (("ages", k.ages), ("consent_outcomes", k.consent_outcomes), ("danger", k.danger)):
        for row in rows.values():
            yield from _cites(k, table, row.id, row.cite)


def _limited(k: Knowledge, rule: Rule) -> bool:
    """True when a yes says its condition, or has an open norm that every answer with it says."""
    marked = any(k.open_norms[norm].mark for norm in rule.open_norms if norm in k.open_norms)
    return marked or bool(CONDITION.search(rule.say.verdict))


def _conditions(k: Knowledge) -> Iterator[Problem]:
    conditions: list[tuple[str, str, Mapping[str, tuple[str, ...]]]] = [
        *(("rules", rule.id, rule.when) for rule in k.rules.values()),
        *(("rules", rule.id, rule.unless) for rule in k.rules.values()),
        *(("consent_outcomes", row.id, row.when) for row in k.consent_outcomes.values()),
        *(("ages", row.id, {"role": row.roles, "age": row.bands}) for row in k.ages.values()),
        *(("menu", row.id, {fact: (value,) for fact, value in row.facts.items()}) for row in k.menu.values()),
    ]
    for table, row_id, condition in conditions:
        for fact, values in condition.items():
            if fact not in k.facts:
                yield k.tables.problem(table, row_id, f"feit “{fact}” staat niet in facts.yaml")
                continue
            for value in values:
                if not k.known_value(fact, value):
                    yield k.tables.problem(table, row_id, f"waarde “{value}” van feit “{fact}” bestaat niet")


def _policies(k: Knowledge) -> Iterator[Problem]:
    keys = {row.policy for row in k.municipalities.values() if row.policy}
    for policy in k.policies.values():
        if policy.policy not in keys:
            yield k.tables.problem(
                "policies",
                policy.id,
                f"geen gemeente heeft beleid “{policy.policy}”; zet “policy: {policy.policy}” bij een gemeente",
            )
        if not policy.id.startswith(f"{policy.policy}-") and _own_key(k, "policies", policy.id) in (
            None,
            policy.policy,
        ):
            yield k.tables.problem("policies", policy.id, f"laat het id beginnen met “{policy.policy}-”")
        if len(set(policy.rules)) < len(policy.rules):
            yield k.tables.problem("policies", policy.id, "noemt een regel twee keer; laat er één staan")
        for name in policy.rules:
            rule = k.rules.get(name)
            if rule is None:
                yield k.tables.problem(
                    "policies", policy.id, f"regel “{name}” bestaat niet; zoek het id met: kennis zoek"
                )
            elif rule.valid_to is not None and rule.valid_to < policy.valid_from:
                yield k.tables.problem(
                    "policies",
                    policy.id,
                    f"regel “{name}” gold al niet meer op {policy.valid_from}; kies de regel van nu",
                )
    # Whoever copies a file and forgets a key would change the policy of another municipality.
    for table, rows in (("municipalities", k.municipalities), ("policies", k.policies)):
        for row in rows.values():
            if (own := _own_key(k, table, row.id)) and row.policy != own:
                has = f"heeft beleid “{row.policy}”" if row.policy else "heeft geen beleid"
                yield k.tables.problem(
                    table,
                    row.id,
                    f"{has} in {own}.yaml; zet hier “policy: {own}”, of geef het bestand de naam van de sleutel",
                )


def _own_key(k: Knowledge, table: str, row: str) -> str | None:
    """The policy key of the file in which a row stands; None outside the folder of municipalities."""
    file = PurePosixPath(k.tables.places[table, row][0])
    return file.stem if file.parent.name == "municipalities" else None


def _people(k: Knowledge) -> Iterator[Problem]:
    for municipality in k.municipalities.values():
        if municipality.id not in k.contacts:
            yield k.tables.problem(
                "municipalities",
                municipality.id,
                f"heeft geen contacten; voeg bij “table: contacts” een rij met “id: {municipality.id}” toe, met de FG",
            )
        if not municipality.words:
            yield k.tables.problem(
                "municipalities", municipality.id, "heeft geen words; noem minstens de naam zoals mensen die typen"
            )
    for contacts in k.contacts.values():
        for field, who in contacts.model_dump(exclude={"id"}).items():
            if MOBILE.search(who):
                yield k.tables.problem(
                    "contacts", contacts.id, f"{field} bevat een mobiel nummer; noem de functie en waar je die vindt"
                )
        if contacts.id != "default" and contacts.id not in k.municipalities:
            yield k.tables.problem(
                "contacts",
                contacts.id,
                "is geen gemeente; voeg die toe bij “table: municipalities”, of verbeter het id",
            )
    if "default" not in k.contacts:
        yield Problem("contacts.yaml", 1, "default", "ontbreekt; hier komt een gemeente zonder eigen rij terecht")


def _menu(k: Knowledge, on: date) -> Iterator[Problem]:
    for row in k.menu.values():
        facts = {fact: told(value) for fact, value in row.facts.items()}
        if advise(Question(row.act, facts), k, on).verdict is Verdict.NOT_UNDERSTOOD:
            yield k.tables.problem("menu", row.id, "geen regel geeft antwoord op deze vaste vraag")
