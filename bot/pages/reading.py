"""What the pages of the knowledge show: rows as they hold on one day, with their names and links.

Nothing is decided about law here and nothing is laid out: rows are chosen, named, grouped and
linked, so that the templates only have to write them down.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import groupby
from typing import TypeVar
from urllib.parse import quote, urlencode

from bot.pages.views import (
    AgeLine,
    ArticleView,
    Choice,
    Condition,
    ConsentLine,
    Definition,
    Ending,
    Entry,
    FlowPage,
    Group,
    Hit,
    LawPage,
    Link,
    MunicipalityPage,
    Origin,
    Overlay,
    PartyPage,
    Passage,
    Recheck,
    RulePage,
    SearchPage,
    Source,
    Step,
)
from knowledge.answer import bare, capitalised, with_other
from knowledge.answer import day as spoken_day
from knowledge.check import fold
from knowledge.knowledge import PARTY_FACTS, Knowledge
from knowledge.question import unique
from knowledge.schema import (
    AgeRule,
    Article,
    Cite,
    Consent,
    ConsentOutcome,
    DatedRow,
    Flow,
    FlowEnding,
    Law,
    Municipality,
    Obligation,
    Party,
    Policy,
    Row,
    Rule,
    Sayings,
    Verdict,
)
from knowledge.search import KINDS, TABLES, Near, Result, Search, holds
from knowledge.titles import DEFINITION, KIND_LABELS, Titles, checked_by, period, with_people

HOME = "/kennis"
AGE = "age"  # both the act of asking about ages and the fact
PAGE_SIZE = 25
# Below which folder the places of the tables lie.
CONTENT_FOLDER = "knowledge/content"

CONTACTS = {
    "dpo": "Functionaris gegevensbescherming (FG)",
    "privacy_officer": "Privacy officer",
    "child_abuse_lead": "Aandachtsfunctionaris",
    "veilig_thuis": "Veilig Thuis",
    "crisis": "Bij gevaar of crisis",
}
POLICY_KINDS = {
    "stricter": ("Strenger dan de wet", "Een extra stap van deze gemeente, naast de wet."),
    "same": ("Gelijk aan de wet", "Dit zegt het beleid ook."),
    "contrary": ("Achterhaald", "Dit beleid is in strijd met de wet van nu. Pas het niet meer toe."),
}
DUTIES = {
    Obligation.MUST: "Verplicht",
    Obligation.MAY: "Mag, hoeft niet",
    Obligation.MAY_NOT: "Mag niet",
}
CONSENTS = {
    Consent.NONE: "Niet nodig: de wet zelf is de basis",
    Consent.SPECIFIC: "Nodig, voor deze gegevens, deze ontvanger en dit doel",
    Consent.EXPLICIT: "Nodig, en uitdrukkelijk gegeven",
}
_TABLE_LABELS = {
    "rules": "Regels en begrippen",
    "articles": "Artikelen",
    "ages": "Leeftijden",
    "consent_outcomes": "Gevolgen van toestemming",
    "policies": "Beleid van gemeenten",
    "flows": "Gesprekken",
    "danger": "Antwoorden bij gevaar",
}
# The heads of the chat, in its order.
_PASSAGES = {"why": "Waarom", "share": "Wel", "withhold": "Niet", "now": "Nu doen"}
_READY = {"reply": "Antwoord aan wie vraagt", "client": "Uitleg aan de cliënt", "request": "Vraag om toestemming"}
# The outcomes in which consent has a part, even when that is none.
_SHARES = {Verdict.ALLOWED_WITH_CONSENT, Verdict.ALLOWED_WITHOUT_CONSENT, Verdict.NOT_ALLOWED, Verdict.WEIGH}

_NUMBER = re.compile(r"(\d+)?([a-z]*)[.:]?")
_SIGNS = "\"'.,;:!?()"

T = TypeVar("T")


class Unknown(LookupError):
    """There is no such row."""


@dataclass(frozen=True)
class Address:
    """Makes links that stay on the day that is being read; today needs no mention."""

    on: date
    today: date

    def __call__(self, path: str, anchor: str = "", **fields: str) -> str:
        """The address of a page of ours, with the fields that are not empty."""
        named = {name: value for name, value in fields.items() if value}
        if self.on != self.today:
            named["dag"] = self.on.isoformat()
        query = f"?{urlencode(named)}" if named else ""
        return f"{quote(path)}{query}{f'#{quote(anchor)}' if anchor else ''}"


class Library:
    """The knowledge with what every page needs of it, made once."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.titles = Titles(knowledge)
        self.search = Search(knowledge)

    @cached_property
    def citing(self) -> dict[tuple[str, str], tuple[Rule, ...]]:
        """The rules that cite an article, by law and number."""
        found: dict[tuple[str, str], list[Rule]] = {}
        for rule in self.knowledge.rules.values():
            for law, number in unique((cite.law, cite.number) for cite in rule.cite):
                found.setdefault((law, number), []).append(rule)
        return {key: tuple(rules) for key, rules in found.items()}

    @cached_property
    def overlays(self) -> dict[str, tuple[Policy, ...]]:
        """The local policies beside a rule."""
        found: dict[str, list[Policy]] = {}
        for policy in self.knowledge.policies.values():
            for rule in policy.rules:
                found.setdefault(rule, []).append(policy)
        return {rule: tuple(policies) for rule, policies in found.items()}

    @cached_property
    def versions(self) -> dict[str, tuple[Rule, ...]]:
        """Rules that answer the same question at other times."""
        same: dict[object, list[Rule]] = {}
        for rule in self.knowledge.rules.values():
            same.setdefault((rule.acts, tuple(sorted(rule.when.items())), rule.residual), []).append(rule)
        return {
            rule.id: tuple(
                other for other in rules if other.valid_from > (rule.valid_to or date.max) or _ended(other, rule)
            )
            for rules in same.values()
            for rule in rules
        }


def _ended(other: Rule, rule: Rule) -> bool:
    return other.valid_to is not None and other.valid_to < rule.valid_from


class Reading:
    """The pages for one day."""

    def __init__(self, library: Library, on: date, to: Address) -> None:
        self._library = library
        self._knowledge = library.knowledge
        self._titles = library.titles
        self._on = on
        self._to = to

    # -- ways in -----------------------------------------------------------------------

    def counts(self) -> dict[str, int]:
        """How many rows of each kind hold on the day."""
        k = self._knowledge
        rules = [rule for rule in k.rules.values() if self._holds(rule)]
        definitions = sum(DEFINITION in rule.acts for rule in rules)
        return {
            "regels": len(rules) - definitions,
            "begrippen": definitions,
            "artikelen": sum(self._holds(article) for article in k.articles.values()),
            "wetten": len(k.laws),
            "aanvullingen van gemeenten": sum(self._holds(policy) for policy in k.policies.values()),
        }

    def checked(self) -> tuple[int, int]:
        """How many of the dated rows that hold on the day somebody with legal training looked at, and how many hold."""
        rows = [
            row
            for table in self._knowledge.tables.rows.values()
            for row in table.values()
            if isinstance(row, DatedRow) and row.valid_on(self._on)
        ]
        return sum(row.checked is not None for row in rows), len(rows)

    def laws(self) -> tuple[Link, ...]:
        """Every law, with the number of its articles that hold on the day."""
        number = Counter(article.law for article in self._knowledge.articles.values() if self._holds(article))
        return tuple(
            Link(
                f"{law.title}: {law.full_title}" if law.title != law.full_title else law.title, self._law(law.id), note
            )
            for law in sorted(self._knowledge.laws.values(), key=lambda law: fold(law.title + law.full_title))
            for note in [_amount(number[law.id], "artikel", "artikelen")]
        )

    def roles(self) -> tuple[Link, ...]:
        """Who may put a question."""
        return tuple(self._party(row) for row in self._by_label(self._knowledge.parties.values()) if row.asks)

    def parties(self) -> tuple[tuple[str, tuple[Link, ...]], ...]:
        """Every party under its letter."""
        rows = self._by_label(self._knowledge.parties.values())
        return tuple(
            (letter, tuple(self._party(row) for row in found))
            for letter, found in groupby(rows, key=lambda row: _letter(bare(row.label)))
        )

    def municipalities(self) -> tuple[Link, ...]:
        """Every municipality."""
        return tuple(
            Link(capitalised(bare(row.name)), self._municipality(row.id))
            for row in sorted(self._knowledge.municipalities.values(), key=lambda row: fold(bare(row.name)))
        )

    def topics(self) -> tuple[Link, ...]:
        """What a question may be about, with the number of rules."""
        number = Counter(act for rule in self._knowledge.rules.values() if self._holds(rule) for act in rule.acts)
        return tuple(
            Link(act.label, self._topic(act.id), _amount(number[act.id], "regel", "regels"))
            for act in self._knowledge.acts.values()
        )

    def flows(self) -> tuple[Link, ...]:
        """The guided conversations that hold on the day, those of one municipality with its name."""
        rows = [row for row in self._knowledge.flows.values() if self._holds(row)]
        return tuple(self._flow_link(row) for row in sorted(rows, key=lambda row: (bool(row.policy), fold(row.title))))

    # -- pages -------------------------------------------------------------------------

    def law(self, law_id: str) -> LawPage:
        """The articles of a law."""
        law = _known(self._knowledge.laws, law_id)
        articles = [row for row in self._knowledge.articles.values() if row.law == law_id]
        articles.sort(key=lambda row: (_natural(row.number), row.valid_from))
        return LawPage(
            law.title,
            law.full_title,
            tuple(self._article(law, row) for row in articles if self._holds(row)),
            tuple(self._article(law, row) for row in articles if not self._holds(row)),
        )

    def party(self, party_id: str) -> PartyPage:
        """The rules with a party, also those for what it is a kind of."""
        row = _known(self._knowledge.parties, party_id)
        parties = self._knowledge.parties
        return PartyPage(
            capitalised(bare(row.label)),
            tuple(self._party(parties[kind]) for kind in row.is_a),
            tuple(self._party(other) for other in self._by_label(parties.values()) if party_id in other.is_a),
            self._rules_with("role", party_id),
            self._rules_with("party", party_id),
        )

    def municipality(self, municipality_id: str) -> MunicipalityPage:
        """The contacts and the local policy of a municipality."""
        row = _known(self._knowledge.municipalities, municipality_id)
        contacts = self._knowledge.contacts_of(municipality_id)
        policies = [one for one in self._knowledge.policies.values() if row.policy and one.policy == row.policy]
        shown = [self._overlay(one) for one in policies]
        return MunicipalityPage(
            capitalised(bare(row.name)),
            tuple((label, str(getattr(contacts, field))) for field, label in CONTACTS.items()),
            tuple(
                (heading, meaning, tuple(one for one in shown if one.holds and one.kind == kind))
                for kind, (heading, meaning) in POLICY_KINDS.items()
            ),
            tuple(one for one in shown if not one.holds),
            tuple(
                Link(flow.title, self._flow(flow.id))
                for flow in self._knowledge.flows.values()
                if row.policy and flow.policy == row.policy and self._holds(flow)
            ),
        )

    def topic(self, act: str) -> tuple[str, tuple[Entry, ...]]:
        """The label of an act, and its rules that hold on the day."""
        row = _known(self._knowledge.acts, act)
        rules = [rule for rule in self._knowledge.rules.values() if act in rule.acts and self._holds(rule)]
        return row.label, self._entries(rules)

    def rule(self, rule_id: str) -> RulePage:
        """One rule."""
        rule = _known(self._knowledge.rules, rule_id)
        say = self._filled(rule)
        return RulePage(
            title=self._titles.rule(rule),
            holds=self._holds(rule),
            verdict=rule.verdict,
            obligation=rule.obligation,
            lead=say("verdict")[0],
            topics=tuple(Link(self._knowledge.label("act", act), self._topic(act)) for act in rule.acts),
            conditions=self._conditions(rule.when),
            exceptions=self._conditions(rule.unless),
            residual=rule.residual,
            told=tuple(self._knowledge.facts[fact].label for fact in rule.told),
            duty=DUTIES[rule.obligation] if rule.obligation else "",
            consent=CONSENTS[rule.consent] if rule.verdict in _SHARES else "",
            passages=_passages(say, _PASSAGES),
            ready=_passages(say, _READY),
            norms=tuple(
                (norm.label, norm.say) for norm in (self._knowledge.open_norms[one] for one in rule.open_norms)
            ),
            sources=self._sources(rule.cite),
            overlays=tuple(self._overlay(policy) for policy in self._library.overlays.get(rule_id, ())),
            history=rule.history or "",
            versions=tuple(
                Link(
                    self._titles.rule(other),
                    self._rule(other.id),
                    capitalised(period(other.valid_from, other.valid_to)),
                )
                for other in self._library.versions[rule_id]
            ),
            origin=self._origin("rules", rule),
        )

    def flow(self, flow_id: str) -> FlowPage:
        """One guided conversation."""
        row = _known(self._knowledge.flows, flow_id)
        labels = {step.id: step.label for step in row.steps}
        variants = [
            other
            for other in self._knowledge.flows.values()
            if other.id == row.instead_of or other.instead_of == row.id or (other.state == row.state and other != row)
        ]
        return FlowPage(
            title=row.title,
            holds=self._holds(row),
            intro=row.intro,
            hours=row.clock.hours if row.clock else 0,
            clock_step=Link(labels[row.clock.step], f"#{_step_anchor(row.clock.step)}") if row.clock else None,
            municipalities=self._places(row.policy),
            others=tuple(self._flow_link(other) for other in variants),
            steps=tuple(self._step(row, place) for place in range(len(row.steps))),
            endings=tuple(self._ending(ending) for ending in row.endings),
            history=row.history or "",
            origin=self._origin("flows", row),
        )

    def ages(self) -> tuple[tuple[str, str, tuple[AgeLine, ...], tuple[AgeLine, ...]], ...]:
        """Who decides at which age: by subject (id, name) the lines that hold on the day, and the others."""
        bands = [value.id for value in self._knowledge.facts["age"].values]
        rows = sorted(self._knowledge.ages.values(), key=lambda row: (row.subject, bands.index(row.bands[0])))
        found = []
        for subject, group in groupby(rows, key=lambda row: row.subject):
            lines = [self._age(row) for row in group]
            held, others = ([line for line in lines if line.holds is wanted] for wanted in (True, False))
            found.append((subject, self._titles.subject(subject), tuple(held), tuple(others)))
        return tuple(found)

    def beside_age(self) -> tuple[Entry, ...]:
        """What counts besides the age: who has authority, one parent of two, who cannot oversee it, the exceptions."""
        rules = self._knowledge.rules.values()
        return self._entries(
            rule for rule in rules if AGE in rule.acts and rule.when and AGE not in rule.when and self._holds(rule)
        )

    def definitions(self) -> tuple[tuple[str, tuple[Definition, ...]], ...]:
        """The words of which the knowledge tells the meaning, under their letters."""
        rules = [
            rule
            for rule in self._knowledge.rules.values()
            if DEFINITION in rule.acts and "term" in rule.when and self._holds(rule)
        ]
        named = sorted(((self._titles.rule(rule), rule) for rule in rules), key=lambda one: (fold(one[0]), one[1].id))
        return tuple(
            (
                letter,
                tuple(
                    Definition(
                        rule.id,
                        title,
                        self._rule(rule.id),
                        with_other(rule.say.verdict),
                        with_other(rule.say.why),
                        self._sources(rule.cite),
                        self._origin("rules", rule),
                    )
                    for title, rule in found
                ),
            )
            for letter, found in groupby(named, key=lambda one: _letter(one[0]))
        )

    def consent(self) -> tuple[tuple[ConsentLine, ...], tuple[ConsentLine, ...]]:
        """What follows from the state of the consent: what holds on the day, and what does not."""
        rows = self._knowledge.consent_outcomes.values()
        return (
            tuple(self._consent(row) for row in rows if self._holds(row)),
            tuple(self._consent(row) for row in rows if not self._holds(row)),
        )

    def rechecks(self) -> tuple[Recheck, ...]:
        """The rows that hold on the day, by the date on which they have to be checked again."""
        by_date: dict[date, dict[str, list[Link]]] = {}
        for table, rows in self._knowledge.tables.rows.items():
            for row in rows.values():
                if isinstance(row, DatedRow) and row.valid_on(self._on):
                    tables = by_date.setdefault(row.recheck_on, {})
                    tables.setdefault(table, []).append(self._row_link(table, row))
        return tuple(
            Recheck(
                spoken_day(on),
                on <= self._on,
                sum(len(links) for links in tables.values()),
                tuple(
                    (_TABLE_LABELS.get(table, table), tuple(sorted(links, key=lambda link: fold(link.title))))
                    for table, links in tables.items()
                ),
            )
            for on, tables in sorted(by_date.items())
        )

    def history(self) -> tuple[Group, ...]:
        """What was otherwise before: remarks beside rules that hold, rules and articles that ended."""
        k = self._knowledge
        remarks = [
            Entry(self._titles.rule(rule), self._rule(rule.id), rule.history or "")
            for rule in k.rules.values()
            if rule.history and not rule.valid_to
        ]
        remarks += [
            Entry(row.title, self._flow(row.id), row.history)
            for row in k.flows.values()
            if row.history and not row.valid_to
        ]
        talks = [row for row in k.flows.values() if row.valid_to]
        ended = sorted((rule for rule in k.rules.values() if rule.valid_to), key=lambda rule: rule.valid_to or date.max)
        articles = sorted(
            (row for row in k.articles.values() if row.valid_to), key=lambda row: row.valid_to or date.max
        )
        return (
            Group("Bij regels die nu gelden", tuple(remarks), "anders"),
            Group("Regels die zijn vervallen", tuple(self._entry(rule) for rule in reversed(ended)), "regels"),
            Group(
                "Gesprekken die zijn vervallen",
                tuple(Entry(row.title, self._flow(row.id), row.intro) for row in talks),
                "gesprekken",
            ),
            Group(
                "Artikelen die zijn vervallen of veranderd",
                tuple(
                    Entry(self._titles.article(row), self._law(row.law, row.id), row.paraphrase)
                    for row in reversed(articles)
                ),
                "artikelen",
            ),
        )

    def search(self, query: str, kind: str, page: int) -> SearchPage:
        """The rows with all words of a query: one page of them, of one kind when that is named."""
        found = self._library.search.find(query, self._on)
        number = Counter(result.kind for result in found.results)
        chosen = [result for result in found.results if kind in ("", result.kind)]
        page = max(1, min(page, math.ceil(len(chosen) / PAGE_SIZE)))
        first = (page - 1) * PAGE_SIZE
        hits = chosen[first : first + PAGE_SIZE]

        def at(number: int) -> str:
            return self._to(f"{HOME}/zoek", q=query, soort=kind, pagina=str(number) if number > 1 else "")

        return SearchPage(
            total=len(chosen),
            hits=tuple(self._hit(result) for result in hits),
            kinds=tuple(
                Link(KIND_LABELS[one], self._to(f"{HOME}/zoek", q=query, soort=one), str(number[one]), one == kind)
                for one in KINDS
                if number[one]
            ),
            kind=kind,
            first=first + 1,
            earlier=at(page - 1) if page > 1 else "",
            later=at(page + 1) if first + PAGE_SIZE < len(chosen) else "",
            near=found.near,
            instead=() if found.results else self._instead(query, found.near),
        )

    def _instead(self, query: str, near: Sequence[Near]) -> tuple[Link, ...]:
        """Other searches for a query that finds nothing: likely words, or each word by itself."""
        words = query.split()
        if near:
            others = [
                " ".join(other if fold(word).strip(_SIGNS) == one.word else word for word in words)
                for one in near
                for other in one.suggestions
            ]
        else:
            others = words if len(words) > 1 else []
        return tuple(Link(other, self._to(f"{HOME}/zoek", q=other)) for other in unique(others))

    # -- one row -----------------------------------------------------------------------

    def _holds(self, row: Row) -> bool:
        return holds(self._knowledge, row, self._on)

    def _filled(self, row: Rule | ConsentOutcome) -> Callable[[str], tuple[str, ...]]:
        """Reads a field of the sentences of a row, as lines, with the other party in them."""
        parties = row.when.get("party", ())
        other = self._knowledge.label("party", parties[0]) if len(parties) == 1 else "de ander"

        return lambda field: tuple(with_other(line, other) for line in _lines(row.say, field))

    def _entry(self, rule: Rule, note: str = "") -> Entry:
        lead = self._filled(rule)("verdict")[0]
        return Entry(self._titles.rule(rule), self._rule(rule.id), lead, rule.verdict, rule.obligation, note)

    def _entries(self, rules: Iterable[Rule]) -> tuple[Entry, ...]:
        """Rules by title, the general ones first."""
        ordered = sorted(rules, key=lambda rule: (bool(rule.when), fold(self._titles.rule(rule)), rule.id))
        return tuple(self._entry(rule) for rule in ordered)

    def _rules_with(self, fact: str, party: str) -> tuple[Group, ...]:
        """The rules for a party under a fact, by act; those for a wider group say so."""
        lineage = self._knowledge.lineage(fact, party)
        found: dict[str, list[tuple[tuple[bool, int, str], Entry]]] = {}
        for rule in self._knowledge.rules.values():
            named = lineage.intersection(rule.when.get(fact, ()))
            if not named or not lineage.isdisjoint(rule.unless.get(fact, ())) or not self._holds(rule):
                continue
            kin = sorted(self._knowledge.label(fact, one) for one in named)
            entry = self._entry(rule, "" if party in named else f"Geldt voor {', '.join(kin)}")
            # What is about this party alone goes before what it shares with many others.
            rank = (party not in named, len(rule.when[fact]), fold(entry.title))
            found.setdefault(rule.acts[0], []).append((rank, entry))
        return tuple(
            Group(
                act.label,
                tuple(entry for _, entry in sorted(found[act.id], key=lambda one: one[0])),
                f"{fact}-{act.id}",
            )
            for act in self._knowledge.acts.values()
            if act.id in found
        )

    def _conditions(self, named: Mapping[str, Sequence[str]]) -> tuple[Condition, ...]:
        return tuple(
            Condition(
                capitalised(self._knowledge.facts[fact].label),
                tuple(
                    Link(
                        self._knowledge.label(fact, value),
                        self._to(f"{HOME}/partij/{value}") if fact in PARTY_FACTS else None,
                    )
                    for value in values
                ),
            )
            for fact, values in named.items()
        )

    def _article(self, law: Law, row: Article) -> ArticleView:
        rules = self._library.citing.get((row.law, row.number), ()) if self._holds(row) else ()
        return ArticleView(
            row.id,
            row.number,
            f"Artikel {row.number}",
            law.article_url(row.number),
            row.paraphrase,
            self._origin("articles", row),
            self._entries(rule for rule in rules if self._holds(rule)),
        )

    def _sources(self, cites: Iterable[Cite]) -> tuple[Source, ...]:
        """The articles of a row; one that does not hold on the day is told of without its text."""
        found = []
        for cite in cites:
            law = self._knowledge.laws[cite.law]
            reference = self._knowledge.reference(cite, self._on)
            article = reference.article if reference else self._knowledge.versions_of(cite)[-1]
            found.append(
                Source(
                    self._titles.cite(cite),
                    law.article_url(cite.number),
                    self._law(law.id, article.id),
                    article.paraphrase if reference else "",
                    reference is not None,
                )
            )
        return tuple(found)

    def _step(self, flow: Flow, place: int) -> Step:
        step = flow.steps[place]
        onward = flow.onward(step) or ""
        return Step(
            _step_anchor(step.id),
            place + 1,
            step.label,
            step.ask,
            step.why or "",
            step.kind == "moment",
            step.required,
            step.decides,
            tuple(
                Choice(option.label, option.more or "", _target(flow, option.to or onward)) for option in step.options
            ),
            _target(flow, onward),
            self._sources(step.cite),
        )

    def _ending(self, ending: FlowEnding) -> Ending:
        contacts = self._knowledge.contacts_of(None)

        def read(field: str) -> tuple[str, ...]:
            return tuple(with_people(line, contacts) for line in _lines(ending.say, field))

        return Ending(
            _ending_anchor(ending.id),
            ending.label,
            ending.verdict,
            ending.obligation,
            read("verdict")[0],
            _passages(read, _PASSAGES),
            _passages(read, dict.fromkeys(_READY, "Tekst om te gebruiken")),
            self._sources(ending.cite),
        )

    def _places(self, policy: str | None, anchor: str = "") -> tuple[Link, ...]:
        """The municipalities with a policy key."""
        return tuple(
            Link(capitalised(bare(row.name)), self._municipality(row.id, anchor))
            for row in self._knowledge.municipalities.values()
            if policy and row.policy == policy
        )

    def _overlay(self, row: Policy) -> Overlay:
        k = self._knowledge
        return Overlay(
            row.id,
            row.say,
            f"{row.source}, {row.place}",
            capitalised(period(row.valid_from, row.valid_to)),
            self._holds(row),
            row.kind,
            POLICY_KINDS[row.kind][0],
            self._places(row.policy, row.id),
            tuple(Link(self._titles.rule(k.rules[rule]), self._rule(rule)) for rule in row.rules),
            self._origin("policies", row),
        )

    def _age(self, row: AgeRule) -> AgeLine:
        return AgeLine(
            row.id,
            capitalised(self._titles.ages(row.bands)),
            capitalised(row.who),
            row.say,
            tuple(self._party(self._knowledge.parties[role]) for role in row.roles),
            self._sources(row.cite),
            self._holds(row),
            self._origin("ages", row),
        )

    def _consent(self, row: ConsentOutcome) -> ConsentLine:
        say = self._filled(row)
        return ConsentLine(
            row.id,
            self._titles.consent_outcome(row),
            row.verdict,
            row.obligation,
            say("verdict")[0],
            _passages(say, _PASSAGES),
            self._sources(row.cite),
            self._origin("consent_outcomes", row),
        )

    def _origin(self, table: str, row: DatedRow) -> Origin:
        file, line = self._knowledge.tables.places[table, row.id]
        return Origin(
            row.id,
            row.source,
            capitalised(period(row.valid_from, row.valid_to)),
            spoken_day(row.verified_on),
            spoken_day(row.recheck_on),
            row.recheck_on <= self._on,
            capitalised(checked_by(row)),
            f"{CONTENT_FOLDER}/{file}, regel {line}",
        )

    def _hit(self, result: Result) -> Hit:
        rows = self._knowledge.tables.rows[TABLES[result.kind]]
        href = self._row_link(TABLES[result.kind], rows[result.id]).href or ""
        note = "" if result.valid else f"Geldt niet op deze dag: {period(result.valid_from, result.valid_to)}"
        return Hit(KIND_LABELS[result.kind], result.title, href, result.snippet, note)

    # -- links -------------------------------------------------------------------------

    def _row_link(self, table: str, row: Row) -> Link:
        """The name of a row and the page on which it stands."""
        match row:
            case Rule():
                return Link(self._titles.rule(row), self._rule(row.id))
            case Article():
                return Link(self._titles.article(row), self._law(row.law, row.id))
            case AgeRule():
                return Link(self._titles.age(row), self._to(f"{HOME}/leeftijd", row.id))
            case ConsentOutcome():
                return Link(self._titles.consent_outcome(row), self._to(f"{HOME}/toestemming", row.id))
            case Policy():
                places = self._places(row.policy, row.id)
                return Link(f"{row.source}, {row.place}", places[0].href if places else None)
            case Flow():
                return self._flow_link(row)
            case Law():
                return Link(row.title, self._law(row.id))
            case Party():
                return self._party(row)
            case Municipality():
                return Link(capitalised(bare(row.name)), self._municipality(row.id))
            case _:
                return Link(row.id, None)

    def _party(self, row: Party) -> Link:
        return Link(capitalised(bare(row.label)), self._to(f"{HOME}/partij/{row.id}"))

    def _flow_link(self, row: Flow) -> Link:
        """The title of a flow, with the municipalities that it is for where it does not name them."""
        places = (place.title for place in self._places(row.policy))
        return Link(row.title, self._flow(row.id), ", ".join(place for place in places if place not in row.title))

    def _law(self, law: str, anchor: str = "") -> str:
        return self._to(f"{HOME}/wet/{law}", anchor)

    def _municipality(self, municipality: str, anchor: str = "") -> str:
        return self._to(f"{HOME}/gemeente/{municipality}", anchor)

    def _rule(self, rule: str) -> str:
        return self._to(f"{HOME}/regel/{rule}")

    def _topic(self, act: str) -> str:
        return self._to(f"{HOME}/onderwerp/{act}")

    def _flow(self, flow: str) -> str:
        return self._to(f"{HOME}/gesprek/{flow}")

    @staticmethod
    def _by_label(rows: Iterable[Party]) -> list[Party]:
        return sorted(rows, key=lambda row: (fold(bare(row.label)), row.id))


def _known(rows: Mapping[str, T], key: str) -> T:
    """The row with an id.

    Raises:
        Unknown: when there is none.
    """
    try:
        return rows[key]
    except KeyError:
        raise Unknown(key) from None


def _lines(say: Sayings, field: str) -> tuple[str, ...]:
    """The sentences under one field, none when it is absent."""
    value = getattr(say, field)
    return value if isinstance(value, tuple) else (value,) if value else ()


def _step_anchor(step: str) -> str:
    return f"stap-{step}"


def _ending_anchor(ending: str) -> str:
    return f"einde-{ending}"


def _target(flow: Flow, place: str) -> Link:
    """Where an answer leads: a later step, an ending, or the overview of what was told."""
    for number, step in enumerate(flow.steps, start=1):
        if step.id == place:
            return Link(f"vraag {number}: {step.label}", f"#{_step_anchor(place)}")
    for ending in flow.endings:
        if ending.id == place:
            return Link(f"einde: {ending.label}", f"#{_ending_anchor(place)}")
    return Link("het overzicht van wat je vertelde", None)


def _passages(say: Callable[[str], tuple[str, ...]], heads: Mapping[str, str]) -> tuple[Passage, ...]:
    return tuple(Passage(field, head, lines) for field, head in heads.items() if (lines := say(field)))


def _amount(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}"


def _natural(number: str) -> list[tuple[int, str]]:
    """Sorts "7.3.9" before "7.3.10"."""
    return [(int(digits or 0), letters) for digits, letters in _NUMBER.findall(number)]


def _letter(title: str) -> str:
    return fold(title)[:1].upper()
