"""From an advice to the words that the person reads: Dutch, B1, verdict first.

The rules bring their own sentences; this module orders them, fills in who the other party
is, and adds what follows from the advice: what was assumed, the answer per branch, the
question back, local policy and the day of the law.  Pure: no channel is known here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from knowledge.advise import OTHER
from knowledge.knowledge import Knowledge
from knowledge.question import ACT, Advice, Asked, Branch, Outcome, unique
from knowledge.schema import AgeRule, Cite, DatedRow, Obligation, Sayings, Verdict

MONTHS = [
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
]

_Phrases = Mapping[tuple[Verdict, Obligation | None], str]

_SHORT: _Phrases = {
    (Verdict.ALLOWED_WITHOUT_CONSENT, Obligation.MUST): "moet, zonder toestemming; alleen wat noodzakelijk is",
    (Verdict.ALLOWED_WITHOUT_CONSENT, None): "mag zonder toestemming; alleen wat noodzakelijk is",
    (Verdict.ALLOWED_WITH_CONSENT, None): "alleen met toestemming",
    (Verdict.NOT_ALLOWED, None): "mag niet",
    (Verdict.WEIGH, None): "eerst afwegen",
    (Verdict.INFO, None): "zie de uitleg",
}
_DUTY: _Phrases = {
    (Verdict.ALLOWED_WITHOUT_CONSENT, Obligation.MUST): "je moet het geven",
    (Verdict.ALLOWED_WITHOUT_CONSENT, None): "je mag het geven; het is geen plicht",
}
# What rules with one verdict have in common, for when it is not known which of them applies.
_GENERAL: Mapping[Verdict, tuple[str, str]] = {
    Verdict.ALLOWED_WITHOUT_CONSENT: (
        "Dat mag zonder toestemming, maar alleen wat noodzakelijk is.",
        "De wet laat dit toe voor je taak.",
    ),
    Verdict.ALLOWED_WITH_CONSENT: (
        "Alleen met toestemming voor precies deze gegevens, dit doel en {party}.",
        "Je hebt een geheimhoudingsplicht, waar je ook werkt. Geen wet laat dit hier zonder toestemming toe.",
    ),
    Verdict.NOT_ALLOWED: ("Dat mag niet.", "Geen wet laat dit hier toe."),
    Verdict.WEIGH: ("Weeg dit eerst.", "De wet geeft hier geen vast antwoord."),
}
_POLICY = {
    "stricter": "Lokaal beleid ({source}): {say}",
    "same": "Lokaal beleid ({source}): {say}",
    "contrary": "Oud beleid, niet meer toepassen ({source}): {say}",
}
# A stricter policy is one step more, below those of the law.
_EXTRA_STEP = "\n- Extra in {municipality} (beleid {year}, {place}): {say}"
_NOT_KNOWN_LOCALLY = "Je gemeente kan strengere afspraken hebben."
# Someone to turn to. The other party does not count: a school that asks is no help.
_PERSON = re.compile(
    r"\b(?:FG|privacy officer|aandachtsfunctionaris|leidinggevende|gedragswetenschapper|jurist|112|0800)\b|"
    r"Autoriteit Persoonsgegevens|[Aa]dvies\w* (?:van|bij|aan) Veilig Thuis"
)
_ASK = "Twijfel? Vraag je leidinggevende of de FG."
_ASK_FOR_RESIDENT = "Vragen? Bel de FG van de gemeente."
# What a professional does himself, and may have local agreements about.
_LOCAL_ACTS = ("share", "request", "record", "consent", "retention", "access_right", "rectify_erase")


def _phrase(phrases: _Phrases, outcome: Outcome) -> str:
    if outcome.verdict is Verdict.NOT_ALLOWED and outcome.consent_outcome and phrases:
        return "nu niet: de toestemming is geweigerd"
    exact = phrases.get((outcome.verdict, outcome.obligation))
    return exact or phrases.get((outcome.verdict, None), "")


@dataclass(frozen=True)
class Part:
    """A named piece of an answer; `kind` tells a channel how it may lay it out."""

    kind: str
    text: str


def day(on: date) -> str:
    """A date as people write it: 22 november 2026."""
    return f"{on.day} {MONTHS[on.month - 1]} {on.year}"


def capitalised(text: str) -> str:
    """The text with a capital at the start."""
    return text[:1].upper() + text[1:]


def bare(label: str) -> str:
    """A label without its article, as an index lists it: "de school" -> "school"."""
    for article in ("de ", "het ", "een "):
        label = label.removeprefix(article)
    return label


def with_other(text: str, other: str = "de ander") -> str:
    """A sentence of a rule with the other party filled in."""
    return text.replace("{party}", other).replace("{party_cap}", capitalised(other))


class Answerer:
    """Words an advice for one state of the knowledge and one day."""

    def __init__(self, knowledge: Knowledge, on: date) -> None:
        self.knowledge = knowledge
        self.on = on

    # -- the answer itself -------------------------------------------------------------

    def parts(self, advice: Advice) -> list[Part]:
        """The answer in named pieces, in reading order."""
        if advice.asked and advice.asked.fact == ACT:
            return self._in_doubt(advice.asked)
        if advice.outcome is None and not advice.branches:
            return self._unknown(advice)
        body = self._settled(advice, advice.outcome) if advice.outcome else self._open(advice)
        before = [*self._assumed(advice), *self._unknown_fact(advice)]
        return [*before, *self._with_policies(advice, body), *self._date(advice)]

    def _settled(self, advice: Advice, outcome: Outcome) -> list[Part]:
        lead = self._lead(advice, outcome)
        parts = [Part("verdict", lead.verdict), *self._duties(advice, outcome), *self._exceptions(advice)]
        by_role = self._articles_by_role(advice, outcome)
        if by_role:
            parts.append(Part("why", f"{lead.why}\n{by_role}"))
        else:
            parts.append(Part("why", f"{lead.why} ({self._labels(outcome)})" if outcome.cites else lead.why))
        if ages := [self.knowledge.ages[row] for row in advice.ages]:
            who = ages[0].say if len(ages) == 1 else self._by_age(ages)
            labels = self.cite_labels(cite for row in ages for cite in row.cite)
            parts.append(Part("consent", f"Wie zegt ja? {who} ({labels})"))
        if share := self._with_norms(lead, outcome):
            parts.append(Part("share", f"Wel: {share}"))
        if lead.withhold:
            parts.append(Part("withhold", f"Niet: {lead.withhold}"))
        if steps := [*lead.now, *self._someone(advice, parts, lead.now)]:
            parts.append(Part("now", "Nu doen:\n" + "\n".join(f"- {step}" for step in steps)))
        if any(self.knowledge.rules[rule].record for rule in outcome.rules):
            parts.append(Part("record", "Leg je besluit vast: wat, aan wie, waarom en op welk artikel."))
        return parts

    @staticmethod
    def _someone(advice: Advice, parts: Sequence[Part], steps: Sequence[str]) -> list[str]:
        """Whom to turn to, where nothing in the answer names anyone: no answer is a dead end."""
        if _PERSON.search(" ".join((*(part.text for part in parts), *steps))):
            return []
        return [_ASK_FOR_RESIDENT if "inwoner" in advice.facts.get("role", ()) else _ASK]

    def _by_age(self, ages: Sequence[AgeRule]) -> str:
        """Who decides at which age, in one sentence: "Onder 12 de ouders; vanaf 12 de jeugdige zelf." """
        deciders: dict[str, list[str]] = {}
        for row in ages:
            deciders.setdefault(row.who, []).extend(row.bands)
        text = "; ".join(f"{self._span(held)}: {who}" for who, held in deciders.items())
        return f"{capitalised(text)}."

    def _span(self, held: Sequence[str]) -> str:
        """Bands of ages beside each other as one: "onder 16", "vanaf 12"."""
        bands = [value.id for value in self.knowledge.facts["age"].values]
        places = sorted(bands.index(band) for band in held)
        if places[-1] == len(bands) - 1:
            return f"vanaf {bands[places[0]].split('-')[1]}"
        if places[0] == 0:
            return f"onder {bands[places[-1] + 1].split('-')[1]}"
        return " en ".join(self._short("age", bands[place]) for place in places)

    def _with_norms(self, lead: Sayings, outcome: Outcome) -> str:
        """What may go along, with the open norms that the answer would otherwise leave unsaid."""
        said = " ".join((lead.verdict, lead.why, lead.share or "")).casefold()
        norms = unique(norm for rule in outcome.rules for norm in self.knowledge.rules[rule].open_norms)
        unsaid = [
            self.knowledge.open_norms[norm].say
            for norm in norms
            if (mark := self.knowledge.open_norms[norm].mark) and mark not in said
        ]
        return " ".join(piece for piece in (lead.share, *unsaid) if piece)

    def _lead(self, advice: Advice, outcome: Outcome) -> Sayings:
        """The sentences of the answer; where several rules answer, what they have in common."""
        says = self._sayings(advice, outcome)
        first = says[0]
        if len(set(says)) == 1:
            return first
        if outcome.verdict is Verdict.INFO:
            return first.model_copy(update={"verdict": "\n".join(f"- {say.verdict}" for say in says)})
        general = _GENERAL[outcome.verdict]
        return self._filled(first.model_copy(update={"verdict": general[0], "why": general[1]}), advice)

    def _exceptions(self, advice: Advice) -> list[Part]:
        """When it is otherwise: the cases that the person did not tell of."""
        if advice.general is None or not advice.branches:
            return []
        return [Part("plain", "Dit is anders:"), *self._branches(advice, _SHORT)]

    def _duties(self, advice: Advice, outcome: Outcome) -> list[Part]:
        """Who must and who may, where that differs."""
        if (
            advice.general
            or outcome.obligation is not None
            or len({branch.outcome.obligation for branch in advice.branches}) < 2
        ):
            return []
        return [Part("plain", "Of het ook moet, verschilt:"), *self._branches(advice, _DUTY)]

    def _articles_by_role(self, advice: Advice, outcome: Outcome) -> str:
        """ "Toegang: art. ...; Wmo: art. ..." where the article depends on a fact that is not told."""
        if advice.general or advice.unknown or outcome.obligation is None or not advice.branches:
            return ""
        return "\n".join(f"- {when}: {labels}." for _, labels, when in self._lines(advice, {}))

    def _open(self, advice: Advice) -> list[Part]:
        if advice.asked is None:
            raise ValueError("an advice without outcome asks for a fact")
        about = self.knowledge.facts[advice.asked.fact].label
        verdicts = {branch.outcome.verdict for branch in advice.branches}
        if verdicts <= {Verdict.ALLOWED_WITHOUT_CONSENT}:
            certain = "Zeker is: geef alleen wat noodzakelijk is."
        elif Verdict.ALLOWED_WITHOUT_CONSENT in verdicts:
            certain = "Zeker is: zonder toestemming kan hooguit een deel, en alleen wat noodzakelijk is."
        else:
            certain = "Zeker is: zonder een wet die het toelaat is toestemming nodig."
        return [
            Part("verdict", f"Dat hangt af van {about}. {certain}"),
            *self._branches(advice, _SHORT),
            Part("ask", advice.asked.text),
        ]

    @staticmethod
    def _in_doubt(asked: Asked) -> list[Part]:
        """Not sure what is asked: a "ja" would be a guess."""
        return [
            Part("verdict", "Ik weet niet zeker wat je vraagt, en ik gok niet."),
            Part("ask", f"{asked.text} Kies een knop, of zeg het in andere woorden: wat wil je doen, met wie?"),
        ]

    def _unknown(self, advice: Advice) -> list[Part]:
        contacts = self.knowledge.contacts_of(advice.municipality)
        return [
            Part(
                "verdict",
                "Dat weet ik niet: ik heb hier geen regel met een geldig wetsartikel voor. Ik gok niet.",
            ),
            Part("now", f"Nu doen:\n- Deel nog niets.\n- Vraag het aan {contacts.dpo}."),
        ]

    def _branches(self, advice: Advice, phrases: _Phrases) -> list[Part]:
        """One line for each group of branches with the same outcome."""
        return [
            Part("branch", f"- {when}: {phrase}" + (f" ({labels})" if labels else "") + ".")
            for phrase, labels, when in self._lines(advice, phrases)
        ]

    def _lines(self, advice: Advice, phrases: _Phrases) -> list[tuple[str, str, str]]:
        groups: dict[tuple[str, str], list[Branch]] = {}
        for branch in advice.branches:
            key = (_phrase(phrases, branch.outcome), self._labels(branch.outcome))
            groups.setdefault(key, []).append(branch)
        return [(phrase, labels, self._when(found)) for (phrase, labels), found in groups.items()]

    def _when(self, branches: list[Branch]) -> str:
        """The facts under which a group of branches holds, as one phrase."""
        shared = {
            fact: value
            for fact, value in branches[0].when.items()
            if all(branch.when.get(fact) == value for branch in branches)
        }
        rest = unique(
            ", ".join(self._short(fact, value) for fact, value in branch.when.items() if fact not in shared)
            for branch in branches
        )
        pieces = [
            *(self._short(fact, value) for fact, value in shared.items()),
            " of ".join(one for one in rest if one),
        ]
        text = ", ".join(piece for piece in pieces if piece)
        return capitalised(text)

    def _short(self, fact: str, value: str) -> str:
        """A value inside a sentence."""
        if value == OTHER:
            return "in andere gevallen"
        row = self.knowledge.fact_value(fact, value)
        if row:
            return row.short or row.label.lower()
        return bare(self.knowledge.label(fact, value))

    def _value(self, fact: str, value: str) -> str:
        """A value on its own, as in a list."""
        if value == OTHER:
            return "iets anders"
        row = self.knowledge.fact_value(fact, value)
        return row.label if row else self.knowledge.label(fact, value)

    def _assumed(self, advice: Advice) -> list[Part]:
        return [
            Part("assumed", f"Ik ga ervan uit dat je vraagt als {bare(self.knowledge.label('role', one.value))}.")
            for one in advice.assumed
            if one.fact == "role"
        ]

    def _unknown_fact(self, advice: Advice) -> list[Part]:
        """Says that the strictest answer was taken, since the person does not know a fact."""
        if advice.unknown is None:
            return []
        about = self.knowledge.facts[advice.unknown].label
        return [Part("assumed", f"Je weet {about} niet. Daarom geldt nu het strengste antwoord; zoek het eerst uit.")]

    def _with_policies(self, advice: Advice, body: list[Part]) -> list[Part]:
        """The answer with the local policy behind it: a stricter one as a step more, where there are steps."""
        if advice.municipality is None:
            return [*body, *self._not_known_locally(advice)]
        rows = [self.knowledge.policies[row] for row in advice.policies]
        stricter = [row for row in rows if row.kind == "stricter"] if any(part.kind == "now" for part in body) else []
        name = self.knowledge.label("municipality", advice.municipality)
        steps = "".join(
            _EXTRA_STEP.format(municipality=name, year=row.valid_from.year, place=row.place, say=row.say)
            for row in stricter
        )
        return [
            *(Part(part.kind, part.text + steps) if part.kind == "now" else part for part in body),
            *(
                Part("policy", _POLICY[row.kind].format(source=f"{row.source}, {row.place}", say=row.say))
                for row in rows
                if row not in stricter
            ),
        ]

    def _not_known_locally(self, advice: Advice) -> list[Part]:
        """A note for a professional who did not tell a municipality, where some municipality is stricter."""
        asked = advice.act in _LOCAL_ACTS and "inwoner" not in advice.facts.get("role", ())
        used = set(advice.outcome.rules) if advice.outcome and asked else set()
        stricter = any(
            row.kind == "stricter" and row.valid_on(self.on) and not used.isdisjoint(row.rules)
            for row in self.knowledge.policies.values()
        )
        return [Part("policy", _NOT_KNOWN_LOCALLY)] if stricter else []

    def _date(self, advice: Advice) -> list[Part]:
        """The day of the law, and a note when a row behind the answer was to be checked again before it."""
        law = Part("date", f"Zo geldt de wet op {day(self.on)}.")
        overdue = min((row.recheck_on for row in self._rows(advice) if row.recheck_on < self.on), default=None)
        if overdue is None:
            return [law]
        note = f"Deze regel moest op {day(overdue)} opnieuw worden nagelopen. Controleer de wet of vraag de FG."
        return [law, Part("date", note)]

    def _rows(self, advice: Advice) -> Iterator[DatedRow]:
        """The dated rows that the answer stands on: its rules, ages and consent outcomes, and the articles cited."""
        yield from (self.knowledge.rules[rule] for rule in advice.rules)
        yield from (self.knowledge.ages[row] for row in advice.ages)
        changed = unique(outcome.consent_outcome for outcome in advice.outcomes if outcome.consent_outcome)
        yield from (self.knowledge.consent_outcomes[row] for row in changed)
        yield from (reference.article for reference in self.knowledge.references(advice.cites, self.on))

    # -- ready words -------------------------------------------------------------------

    def copy_texts(self, advice: Advice) -> list[tuple[str, str]]:
        """Ready words to use: (title, text), filled in for this question."""
        titles = {
            "reply": "Antwoord aan wie vraagt",
            "client": "Uitleg aan de cliënt",
            "request": "Vraag om toestemming",
        }
        found: dict[str, str] = {}
        for outcome in advice.outcomes:
            for say in self._rule_sayings(advice, outcome):
                for field, title in titles.items():
                    text = getattr(say, field)
                    if text and text not in found.values():
                        found.setdefault(title, text)
        return list(found.items())

    def explanation(self, advice: Advice) -> list[Part]:
        """Which rules gave the answer and which did not apply, with the reason."""
        used = [self.knowledge.rules[rule] for rule in advice.rules]
        lines = [f"- {self.cite_labels(rule.cite)}: {self._paraphrases(rule.cite)}" for rule in used if rule.cite]
        parts = [Part("why", "Ik gebruikte deze artikelen:\n" + "\n".join(unique(lines)))] if lines else []
        facts = [
            f"- {self.knowledge.facts[name].label}: {', '.join(self._value(name, value) for value in values)}"
            for name, values in advice.facts.items()
            if name in self.knowledge.facts and name not in ("modality", "term")
        ]
        if facts:
            parts.append(Part("plain", "Dit begreep ik van je vraag:\n" + "\n".join(facts)))
        reasons: dict[str, list[str]] = {}
        for ruled in advice.ruled_out:
            rule = self.knowledge.rules[ruled.rule]
            if rule.cite and rule.id not in advice.rules:
                about = self.knowledge.facts[ruled.fact].label
                reasons.setdefault(f"{about} is {ruled.why}", []).append(self.cite_labels(rule.cite[:1]))
        if reasons:
            listed = [f"- Omdat {why}: {', '.join(unique(labels)[:6])}." for why, labels in reasons.items()]
            parts.append(Part("plain", "Dit gold niet:\n" + "\n".join(listed)))
        return parts or [Part("plain", "Hier hoort geen regel bij.")]

    def known(self, advice: Advice) -> dict[str, str]:
        """What is known of the case, by fact, as it stands in a list."""
        return {name: ", ".join(self._value(name, value) for value in values) for name, values in advice.facts.items()}

    # -- helpers -----------------------------------------------------------------------

    def cite_labels(self, cites: Iterable[Cite]) -> str:
        """Articles as they stand in a sentence, those that hold on the day."""
        references = self.knowledge.references(cites, self.on)
        return "; ".join(reference.label for reference in references)

    def _labels(self, outcome: Outcome) -> str:
        return self.cite_labels(outcome.cites)

    def _paraphrases(self, cites: Iterable[Cite]) -> str:
        references = self.knowledge.references(cites, self.on)
        return " ".join(unique(reference.article.paraphrase for reference in references))

    def _sayings(self, advice: Advice, outcome: Outcome) -> list[Sayings]:
        if outcome.consent_outcome:
            return [self._filled(self.knowledge.consent_outcomes[outcome.consent_outcome].say, advice)]
        return self._rule_sayings(advice, outcome)

    def _rule_sayings(self, advice: Advice, outcome: Outcome) -> list[Sayings]:
        return [self._filled(self.knowledge.rules[rule].say, advice) for rule in outcome.rules]

    def _filled(self, say: Sayings, advice: Advice) -> Sayings:
        """The sentences with the other party in them."""
        values = advice.facts.get("party")
        other = self.knowledge.label("party", values[0]) if values else "de ander"
        return say.model_copy(
            update={
                name: tuple(with_other(line, other) for line in value)
                if isinstance(value, tuple)
                else with_other(value, other)
                for name, value in say
                if value
            }
        )
