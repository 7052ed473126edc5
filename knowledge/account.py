"""The legal account: every rule with its article, source, dates and what was not verified, as a page for lawyers.

Made from the tables alone, so that it says on any day what the tables say.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from knowledge.answer import capitalised, day, with_other
from knowledge.difference import TABLES, follows
from knowledge.knowledge import Knowledge
from knowledge.markdown import markdown_table
from knowledge.question import unique
from knowledge.schema import Cite, DatedRow, Obligation, Rule, Verdict
from knowledge.titles import checked_by, listed, period
from knowledge.wording import POLICY_KINDS, RowWords, verdict_in_words

AVG = "avg"
YEAR = timedelta(days=365)
# What a source says when its writer was not sure.
DOUBT = re.compile(r"twijfel|onzeker|voorzichtig|niet (?:na)?ge(?:lopen|lezen|opend)", re.IGNORECASE)
# A statute text of a known day: "Jeugdwet, tekst 2026-01-01", "UAVG, tekst geldend op 2026-09-01".
TEXT = re.compile(r"^(?P<law>[^,;]+), .*?tekst (?:geldend (?:op|vanaf) )?(?P<day>\d{4}-\d\d-\d\d)")
WITHOUT_ARTICLE = "Zonder artikel"
NO_DATE = re.compile(r", (?:van toepassing sinds|tekst|lid|selectie).*$| \(Verordening.*$| \(begindatum.*$")


class Confidence(StrEnum):
    """How sure the basis of a row is; derived, see `confidence`."""

    HIGH = "hoog"
    MIDDLE = "middel"
    LOW = "laag"


@dataclass(frozen=True)
class Doubt:
    """A question for the lawyer that the tables cannot tell by themselves, and the rules that depend on it."""

    title: str
    text: str
    about: tuple[str, ...] = ()  # as in `cite`: "wgs 8 lid 2"; without a paragraph every rule on the article
    party: str | None = None  # only the rules about this party
    lowers: bool = True  # these rules are not sure today; False where only a change to come is meant

    def covers(self, rule: Rule) -> bool:
        """True when the rule depends on the answer."""
        about = (Cite.model_validate(one) for one in self.about)
        named = self.party is None or self.party in rule.when.get("party", ())
        return named and any(_within(cite, one) for one in about for cite in rule.cite)


DOUBTS = (
    Doubt(
        "Wie geeft en krijgt gegevens bij schuldhulp (Wgs 8)",
        "Lid 1 en 2 laten aan een besluit over welke instanties gegevens geven en krijgen, en onder welke voorwaarden. "
        "Dat besluit is niet gelezen. Daarom vragen de regels toestemming om iets te geven aan een instantie of "
        "bestuursorgaan; alleen naar een schuldeiser in een schuldregeling en om iets op te vragen doen ze dat niet. "
        "Klopt dat, en wie wijst het besluit aan?",
        ("wgs 8 lid 1", "wgs 8 lid 2"),
    ),
    Doubt(
        "Wie een betaalachterstand mag melden (Wgs 3 en 8b)",
        "Welke schuldeisers een signaal sturen, staat in hetzelfde besluit. De regels noemen verhuurders, energie, "
        "water en zorgverzekering; dat komt uit voorlichting en niet uit de tekst.",
        ("wgs 3", "wgs 8b"),
    ),
    Doubt(
        "De uitkomst van een melding over verplichte zorg (Wvggz 5:2 lid 3 tot en met 5)",
        "Het college bericht de melder alleen als die vertegenwoordiger, partner, ouder of essentiële naaste is. Of "
        "een andere melder, zoals een hulpverlener, de uitkomst mag horen, zegt het artikel niet. De regels gaan uit "
        "van niet.",
        ("wvggz 5:2 lid 3", "wvggz 5:2 lid 4", "wvggz 5:2 lid 5"),
    ),
    Doubt(
        "Wzd en strafvordering",
        "De Wet zorg en dwang en het Wetboek van Strafvordering staan niet in de tabellen. Bij een vordering of bevel "
        "zegt de bot: geef nu niets en laat de jurist of FG kijken. Van de Wzd legt hij alleen uit dat zij bestaat.",
    ),
    Doubt(
        "Verzoeken bij de verwijsindex van 12 tot en met 15 (Jeugdwet 7.1.5.1)",
        "Lid 2 vraagt dat jeugdige en vertegenwoordiger het verzoek samen doen. UAVG 5 lid 4 laat sinds 1 september "
        "2026 ieder van hen het alleen doen. De bot houdt voor de verwijsindex de bijzondere wet aan. Klopt dat?",
        ("jeugdwet 7.1.5.1",),
    ),
    Doubt(
        "Een jeugdige van 12 tot en met 15 weigert, en een ouder met gezag vraagt",
        "Jeugdwet 7.3.11 lid 2 onder b telt de ouder niet als een ander. De bot zegt: vertellen mag zonder "
        "toestemming, tenzij een goed hulpverlener dat niet zou doen. Hoe zwaar weegt het nee van de jeugdige?",
        ("jeugdwet 7.3.11 lid 2 onder b",),
    ),
    Doubt(
        "Een ouder van wie het gezag niet bekend is (BW 1:377c)",
        "De bot geeft dan meteen antwoord, met de grens voor een ouder zonder gezag erbij, en laat het gezag nakijken. "
        "Is dat verantwoord, of moet de bot eerst naar het gezag vragen?",
        ("bw1 1:377c",),
        party="ouder",
    ),
    Doubt(
        "De tekst van de AVG",
        "De verordening zelf is niet geopend. De nummers zijn algemeen bekend, en een deel is bevestigd doordat de "
        "UAVG, de Jeugdwet en de Wmo ernaar verwijzen. De Europese wijziging (Digital Omnibus) gold nog niet.",
    ),
    Doubt(
        "De wijziging van de UAVG per 1 september 2026",
        "De nieuwe tekst van onder meer artikel 5 is in een kopie gelezen. Welke wet haar wijzigde en of er "
        "overgangsrecht is, is niet nagekeken.",
        ("uavg 5", "uavg 46"),
        lowers=False,
    ),
    Doubt(
        "Regeling Jeugdwet, paragraaf 6a",
        "De lijst van gegevens op een rekening is niet in de tekst van nu gelezen. De bot noemt de paragraaf zonder "
        "onderdeel.",
        ("jeugdwet 7.4.0 lid 4",),
    ),
    Doubt(
        "Toestemming van 12 tot en met 15: AVG en Wmo",
        "UAVG 5 lid 1 vraagt onder de 16 de vertegenwoordiger. Wmo 5.3.3 laat vanaf 12 de cliënt zelf beslissen. Bij "
        "de Wmo houdt de bot de Wmo aan. Klopt dat?",
        ("wmo-2015 5.3.3 lid 2",),
    ),
    Doubt(
        "Jeugdwet 7.3.11 vanaf 1 januari 2027",
        "Er is een wijziging aangekondigd. De inhoud is niet bekend; alle regels op dit artikel moeten dan opnieuw.",
        ("jeugdwet 7.3.11",),
        lowers=False,
    ),
    Doubt(
        "Wetten die er misschien komen",
        "De Wams, de nieuwe Archiefwet en de Cyberbeveiligingswet zijn nergens een grondslag. Geldt een ervan al?",
    ),
)

INTRO = """# Juridische verantwoording

Gemaakt uit de tabellen met `./deelwijzer kennis verantwoording`; verander dit bestand niet met de hand.
Stand van de tabellen: {verified}.

{signed} Alle regels zijn geschreven en nagelopen door het team dat de bot bouwt. Een
jurist moet ze lezen voordat een gemeente erop vertrouwt. Wie dat doet, zet bij een rij of een heel bestand `checked`,
met functie en dag; staat dat er niet, dan is de rij nog niet door een jurist nagekeken.

Hoe je dit leest:

- **Zekerheid** is afgeleid, niet ingevuld. *Laag*: de bron noemt zelf een twijfel, of de regel hangt af van een twijfel
  uit deel 2. *Hoog*: de bron noemt de tekst van een wet van een bepaalde dag, en het eerste artikel komt niet uit de
  AVG. *Middel*: al het andere, zoals een regel die op de AVG rust of op de tekst van toen.
- **Niet nagelopen** is ook afgeleid: de AVG, een begindatum die voorzichtig gekozen is, een tekst die bij het nalopen
  ouder was dan een jaar, en het recht van voor het eerste artikel.
- Alles is nagelopen op {verified}, behalve waar een andere dag staat.
- Een regel staat bij de wet van zijn eerste artikel. “De ander” staat waar de bot de partij uit de vraag invult.
"""


def confidence(row: DatedRow, cites: Sequence[Cite]) -> Confidence:
    """How sure a row is: from its source, the doubts with a name, and the law of the first article that it cites."""
    doubted = isinstance(row, Rule) and any(doubt.lowers and doubt.covers(row) for doubt in DOUBTS)
    if doubted or DOUBT.search(row.source):
        return Confidence.LOW
    dated = any(TEXT.match(piece) for piece in _pieces(row.source))
    return Confidence.HIGH if dated and cites and cites[0].law != AVG else Confidence.MIDDLE


def account(knowledge: Knowledge) -> str:
    """The whole page, in Markdown."""
    return _Account(knowledge).text()


class _Account:
    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.words = RowWords(knowledge)
        self.dated = [
            (table, row)
            for table, rows in knowledge.tables.rows.items()
            for row in rows.values()
            if isinstance(row, DatedRow)
        ]
        self.verified = max(row.verified_on for _, row in self.dated)
        self.rules = [rule for rule in knowledge.rules.values() if rule.valid_to is None]
        self.past = [(table, row) for table, row in self.dated if row.valid_to is not None and table != "policies"]

    def text(self) -> str:
        sections = (
            [INTRO.format(verified=day(self.verified), signed=self._signed())],
            self._first(),
            self._doubts(),
            self._by_law(),
            self._ages(),
            self._consent(),
            self._flows(),
            self._history(),
            self._policies(),
            self._counts(),
        )
        return "\n".join(line for section in sections for line in section)

    def _signed(self) -> str:
        """Whether a lawyer looked at the rows that hold."""
        held = [row for _, row in self.dated if row.valid_to is None]
        signed = sum(row.checked is not None for row in held)
        if not signed:
            return f"**Nog geen jurist heeft dit getekend: van de {len(held)} rijen is er geen nagekeken.**"
        return f"**Een jurist keek {signed} van de {len(held)} rijen na; bij die rijen staat wie en wanneer.**"

    # -- what to look at first ---------------------------------------------------------

    def _first(self) -> Iterator[str]:
        yield "## 1. Wat eerst nakijken\n"
        yield "In deze volgorde. Een onterecht ja is erger dan een onterecht nee.\n"
        without = [rule for rule in self.rules if rule.verdict is Verdict.ALLOWED_WITHOUT_CONSENT]
        must = [rule for rule in self.rules if rule.obligation is Obligation.MUST]
        low = [rule for rule in self.rules if confidence(rule, rule.cite) is Confidence.LOW]
        unsure = [row for row in self.knowledge.articles.values() if DOUBT.search(row.source)]
        yield f"1. [De regels die delen zonder toestemming toelaten](#zonder-toestemming): {len(without)}."
        yield f"2. [De regels die iets verplicht noemen](#plichten): {len(must)}."
        yield f"3. [De twijfels die een naam hebben](#2-twijfels-met-een-naam): {len(DOUBTS)}."
        yield f"4. [De regels met een lage zekerheid](#lage-zekerheid): {len(low)}. Daarnaast {len(unsure)} artikelen."
        yield "5. [Wat binnen een jaar opnieuw nagelopen moet worden](#opnieuw-nalopen).\n"
        yield "### Zonder toestemming\n"
        yield from self._listed(without)
        yield "### Plichten\n"
        yield from self._listed(must)
        yield "### Lage zekerheid\n"
        yield from self._listed(low)
        yield "Bij deze artikelen noemt de bron een twijfel, meestal over de begindatum:\n"
        yield f"{', '.join(self.words.titles.article(row) for row in unsure)}.\n"
        yield "### Opnieuw nalopen\n"
        yield from self._rechecks()

    def _listed(self, rules: Sequence[Rule]) -> Iterator[str]:
        """The ids of rules per law, in one line a law."""
        if not rules:
            yield "Geen.\n"
            return
        for law, found in self._grouped(rules).items():
            yield f"- {law}: {', '.join(f'`{rule.id}`' for rule in found)}"
        yield ""

    def _rechecks(self) -> Iterator[str]:
        until = self.verified + YEAR
        due = Counter((row.recheck_on, table) for table, row in self.dated if row.valid_to is None)
        dates = sorted({on for on, _ in due if on <= until})
        tables = [table for table in self._tables() if any((on, table) in due for on in dates)]
        yield from markdown_table(
            ("Voor", *(TABLES.get(table, capitalised(table)) for table in tables)),
            ((day(on), *(str(due[on, table] or "–") for table in tables)) for on in dates),
        )

    # -- doubts ------------------------------------------------------------------------

    def _doubts(self) -> Iterator[str]:
        yield "## 2. Twijfels met een naam\n"
        yield "Met de hand geschreven. Eronder staan de regels die van het antwoord afhangen.\n"
        for doubt in DOUBTS:
            yield f"### {doubt.title}\n"
            yield f"{doubt.text}\n"
            if found := [rule for rule in self.rules if doubt.covers(rule)]:
                yield f"Regels: {', '.join(f'`{rule.id}`' for rule in found)}.\n"

    # -- rules -------------------------------------------------------------------------

    def _by_law(self) -> Iterator[str]:
        yield "## 3. De regels per wet\n"
        for law, rules in self._grouped(self.rules).items():
            judged = [rule for rule in rules if rule.verdict is not Verdict.INFO]
            explained = [rule for rule in rules if rule.verdict is Verdict.INFO]
            for heading, found in ((law, judged), (f"{law}: uitleg", explained)):
                if found:
                    yield f"### {heading}\n"
                    yield from self._rules(found)

    def _rules(self, rules: Iterable[Rule]) -> Iterator[str]:
        yield from markdown_table(
            ("Regel", "Oordeel", "Artikel", "Bron en dagen", "Zekerheid en wat niet is nagelopen"),
            (
                (
                    f"{self.words.title(rule)}<br>`{rule.id}`",
                    self._judgement(rule),
                    self._cites(rule.cite),
                    self._dates(rule),
                    self._sure(rule, rule.cite),
                )
                for rule in rules
            ),
        )

    def _judgement(self, rule: Rule) -> str:
        words = verdict_in_words(rule.verdict, rule.obligation, rule.consent)
        norms = [self.knowledge.open_norms[norm].label for norm in rule.open_norms]
        weighed = f" Open norm: {listed(norms, 'en')}." if norms else ""
        said = with_other(rule.say.verdict)
        return said if rule.verdict is Verdict.INFO else f"**{capitalised(words)}.** {said}{weighed}"

    def _sure(self, row: DatedRow, cites: Sequence[Cite]) -> str:
        missing = "; ".join(self._not_verified(row, cites))
        return f"{confidence(row, cites)}{f': {missing}' if missing else ''}"

    def _not_verified(self, row: DatedRow, cites: Sequence[Cite]) -> Iterator[str]:
        if any(cite.law == AVG for cite in cites):
            yield "tekst van de AVG"
        begins = unique(
            self.words.titles.cite(cite.model_copy(update={"paragraph": None}))
            for cite in cites
            if any(DOUBT.search(article.source) for article in self.knowledge.versions_of(cite))
        )
        if begins:
            yield f"begindatum van {listed(begins, 'en')}"
        for piece in _pieces(row.source):
            if (text := TEXT.match(piece)) and date.fromisoformat(text["day"]) < row.verified_on - YEAR:
                yield f"tekst van de {text['law']} na {day(date.fromisoformat(text['day']))}"
        starts = [article.valid_from for cite in cites for article in self.knowledge.versions_of(cite)]
        if starts and min(starts) > row.valid_from:
            yield f"het recht van voor {day(min(starts))}"

    def _dates(self, row: DatedRow) -> str:
        held = capitalised(period(row.valid_from, row.valid_to))
        verified = "" if row.verified_on == self.verified else f" Nagelopen {day(row.verified_on)}."
        checked = f" {capitalised(checked_by(row))}." if row.checked else ""
        return f"{row.source}. {held}.{verified} Opnieuw voor {day(row.recheck_on)}.{checked}"

    def _grouped(self, rules: Iterable[Rule]) -> Mapping[str, list[Rule]]:
        """Rules by the law of their first article, in the order of the laws table."""
        names = {law.id: law.full_title for law in self.knowledge.laws.values()}
        groups: dict[str, list[Rule]] = {name: [] for name in (*names.values(), WITHOUT_ARTICLE)}
        for rule in rules:
            groups[names[rule.cite[0].law] if rule.cite else WITHOUT_ARTICLE].append(rule)
        return {law: found for law, found in groups.items() if found}

    def _cites(self, cites: Iterable[Cite]) -> str:
        """Articles by law, shorter than in an answer: "Jeugdwet 7.3.11 lid 1, 7.3.1 lid 1; UAVG 22"."""
        by_law: dict[str, list[str]] = {}
        for cite in cites:
            paragraph = f" {cite.paragraph}" if cite.paragraph else ""
            by_law.setdefault(self.knowledge.laws[cite.law].title, []).append(f"{cite.number}{paragraph}")
        return "; ".join(f"{law} {', '.join(unique(numbers))}" for law, numbers in by_law.items())

    # -- the other tables --------------------------------------------------------------

    def _ages(self) -> Iterator[str]:
        yield "## 4. Wie beslist op welke leeftijd\n"
        bands = [value.id for value in self.knowledge.facts["age"].values]
        now = [row for row in self.knowledge.ages.values() if row.valid_to is None]
        subjects = unique((row.subject, row.roles) for row in now)
        heads = ("Onderwerp", "Voor", *(self.knowledge.label("age", band) for band in bands))

        def cell(subject: str, role: str, band: str) -> str:
            found = [row for row in now if row.subject == subject and role in row.roles and band in row.bands]
            return "; ".join(f"{row.who} ({self._cites(row.cite)})" for row in found) or "–"

        by_role = unique((subject, role) for subject, roles in subjects for role in roles)
        yield from markdown_table(
            heads,
            (
                (
                    self.words.titles.subject(subject),
                    self.knowledge.label("role", role),
                    *(cell(subject, role, band) for band in bands),
                )
                for subject, role in by_role
            ),
        )
        yield from self._basis((self.words.titles.age(row), row, row.cite) for row in now)

    def _consent(self) -> Iterator[str]:
        yield "## 5. Wat toestemming verandert\n"
        rows = [row for row in self.knowledge.consent_outcomes.values() if row.valid_to is None]
        yield from markdown_table(
            ("Toestand", "Gevolg voor een regel die toestemming vraagt", "Artikel"),
            (
                (
                    f"{self.words.titles.consent_outcome(row)}<br>`{row.id}`",
                    f"**{capitalised(verdict_in_words(row.verdict, row.obligation))}.** {with_other(row.say.verdict)}",
                    self._cites(row.cite) or "Die van de regel zelf",
                )
                for row in rows
            ),
        )
        yield from self._basis((self.words.titles.consent_outcome(row), row, row.cite) for row in rows)

    def _flows(self) -> Iterator[str]:
        yield "## 6. Gesprekken en gevaar\n"
        yield "Elk gesprek staat stap voor stap in een eigen pagina onder [gesprekken](gesprekken/).\n"
        endings = [
            (flow, ending) for flow in self.knowledge.flows.values() if flow.valid_to is None for ending in flow.endings
        ]
        yield from markdown_table(
            ("Gesprek", "Uitkomst", "Oordeel", "Artikel"),
            (
                (
                    flow.title,
                    ending.label,
                    capitalised(verdict_in_words(ending.verdict, ending.obligation)),
                    self._cites(ending.cite),
                )
                for flow, ending in endings
            ),
        )
        steps = [(flow, step) for flow in self.knowledge.flows.values() for step in flow.steps if step.cite]
        yield from markdown_table(
            ("Gesprek", "Stap", "Artikel"),
            ((flow.title, step.label, self._cites(step.cite)) for flow, step in steps),
        )
        danger = self.knowledge.danger.values()
        yield from markdown_table(
            ("Gevaar", "Wat de bot als eerste zegt", "Artikel", "Bron en dagen"),
            ((f"`{row.id}`", row.text.split("\n")[0], self._cites(row.cite), self._dates(row)) for row in danger),
        )

    def _basis(self, rows: Iterable[tuple[str, DatedRow, Sequence[Cite]]]) -> Iterator[str]:
        yield from markdown_table(
            ("Rij", "Bron en dagen", "Zekerheid en wat niet is nagelopen"),
            ((f"{title}<br>`{row.id}`", self._dates(row), self._sure(row, cites)) for title, row, cites in rows),
        )

    def _history(self) -> Iterator[str]:
        yield "## 7. Wat vroeger gold\n"
        for table in self._tables():
            rows = [row for name, row in self.past if name == table]
            if rows:
                yield f"### {TABLES.get(table, capitalised(table))}\n"
                yield from markdown_table(
                    ("Rij", "Wat het zei", "Gold", "Wat ervoor in de plaats kwam", "Bron"),
                    (
                        (
                            f"{self.words.title(row)}<br>`{row.id}`",
                            capitalised(self.words.summary(row)),
                            period(row.valid_from, row.valid_to),
                            self._after(table, row),
                            row.source,
                        )
                        for row in rows
                    ),
                )

    def _after(self, table: str, row: DatedRow) -> str:
        """What took its place: the row that follows, or what the row itself says of it."""
        rows = (one for name, one in self.dated if name == table)
        newer = [f"`{one.id}`" for one in rows if follows(self.knowledge, one, row)]
        told = getattr(row, "history", None)
        return " ".join([*([", ".join(newer)] if newer else []), *([told] if told else [])]) or "Niets: vervallen"

    def _policies(self) -> Iterator[str]:
        yield "## 8. Beleid van gemeenten\n"
        yield "Beleid komt na de wet en verandert haar nooit.\n"
        for policy in unique(row.policy for row in self.knowledge.policies.values()):
            yield f"### {self.words.places(policy)}\n"
            yield from markdown_table(
                ("Beleid", "Verhouding", "Wat het zegt", "Bij de regels", "Bron en dagen"),
                (
                    (
                        f"`{row.id}`",
                        POLICY_KINDS[row.kind],
                        row.say,
                        ", ".join(f"`{rule}`" for rule in row.rules),
                        f"{row.place}. {self._dates(row)}",
                    )
                    for row in self.knowledge.policies.values()
                    if row.policy == policy
                ),
            )

    def _counts(self) -> Iterator[str]:
        yield "## 9. Tellingen\n"
        yield "### Regels per wet\n"
        cited = Counter(law for rule in self.rules for law in {cite.law for cite in rule.cite})
        first = Counter((rule.cite[0].law, confidence(rule, rule.cite)) for rule in self.rules if rule.cite)
        articles = Counter(article.law for article in self.knowledge.articles.values())
        yield from markdown_table(
            ("Wet", "Artikelen", "Regels die haar noemen", "Regels die op haar rusten", *Confidence),
            (
                (
                    f"{law.title}: {law.full_title} ({law.identifier})" if law.title != law.full_title else law.title,
                    str(articles[law.id]),
                    str(cited[law.id]),
                    str(sum(first[law.id, sure] for sure in Confidence)),
                    *(str(first[law.id, sure]) for sure in Confidence),
                )
                for law in self.knowledge.laws.values()
            ),
        )
        yield "### Rijen per bron\n"
        yield "De dag van een tekst telt hier niet mee; een rij met twee bronnen telt bij elk.\n"
        sources = Counter(name for _, row in self.dated for name in unique(map(_document, _pieces(row.source))))
        yield from markdown_table(
            ("Bron", "Rijen"), ((name, str(count)) for name, count in sorted(sources.items(), key=_most_first))
        )
        yield "### Rijen per tabel\n"
        held = Counter(table for table, row in self.dated if row.valid_to is None)
        ended = Counter(table for table, row in self.dated if row.valid_to is not None)
        signed = Counter(table for table, row in self.dated if row.valid_to is None and row.checked)
        yield from markdown_table(
            ("Tabel", "Gelden", "Door een jurist nagekeken", "Golden vroeger"),
            (
                (TABLES.get(table, capitalised(table)), str(held[table]), str(signed[table]), str(ended[table]))
                for table in self._tables()
            ),
        )

    def _tables(self) -> list[str]:
        """The dated tables that have rows, in the order of a reader."""
        found = {table for table, _ in self.dated}
        return [*(table for table in TABLES if table in found), *sorted(found - set(TABLES))]


def _pieces(source: str) -> list[str]:
    """The documents in a source: they stand behind each other with a semicolon between them."""
    return [piece.strip() for piece in source.split(";")]


def _document(piece: str) -> str:
    """A document without the day of its text: "Jeugdwet, tekst 2026-01-01" -> "Jeugdwet"."""
    return NO_DATE.sub("", piece)


def _most_first(counted: tuple[str, int]) -> tuple[int, str]:
    return -counted[1], counted[0]


def _within(cite: Cite, about: Cite) -> bool:
    """True when a citation is of the article, and of the paragraph where one is named or of the whole article."""
    whole = about.paragraph is None or cite.paragraph is None
    return cite.article_id == about.article_id and (whole or f"{cite.paragraph} ".startswith(f"{about.paragraph} "))
