"""The tables of the knowledge, one pydantic model a row.

Every row that states a rule is dated (`valid_from`, `valid_to`), names its source and
says when it was checked and when it must be checked again.  The models hold no law of
their own: they say what a lawyer has to fill in and refuse what does not hang together
within one row.  What must hold between rows is checked in `knowledge.check`.
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:[._\-][a-z0-9]+)*$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
# How a role begins: "de jurist van de gemeente", "een advocaat". No digits or @: no number or address of a person.
_ROLE = re.compile(r"(?:de|het|een) [^\d@]+$")


class Verdict(StrEnum):
    """The outcome of a question; the values are a contract (see docs/contract.md)."""

    ALLOWED_WITHOUT_CONSENT = "allowed_without_consent"
    ALLOWED_WITH_CONSENT = "allowed_with_consent"
    NOT_ALLOWED = "not_allowed"
    NEEDS_INFO = "needs_info"
    WEIGH = "weigh"
    EMERGENCY = "emergency"
    INFO = "info"
    OUT_OF_SCOPE = "out_of_scope"
    NOT_UNDERSTOOD = "not_understood"


class Obligation(StrEnum):
    """Whether the law orders, permits or forbids; answered apart from the verdict."""

    MUST = "must"
    MAY = "may"
    MAY_NOT = "may_not"


class Consent(StrEnum):
    """The part consent plays in a rule."""

    NONE = "none"  # not needed: the law itself is the basis
    SPECIFIC = "specific"  # needed, for this recipient and this purpose
    EXPLICIT = "explicit"  # needed, and the statute says "uitdrukkelijk"


class Row(BaseModel):
    """What every row has: a stable id. Unknown keys are refused, so that a typo shows."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Slug


class Checked(BaseModel):
    """Who, besides the team, laid a row beside the law, and on which day. The team itself has `verified_on`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    by: Text  # a role, never a name: "de jurist van de gemeente"
    on: date

    @model_validator(mode="before")
    @classmethod
    def _on_is_a_word(cls, value: object) -> object:
        """YAML reads a bare `on` as true."""
        return {"on" if key is True else key: one for key, one in value.items()} if isinstance(value, dict) else value

    @field_validator("by")
    @classmethod
    def _is_a_role(cls, by: str) -> str:
        if not _ROLE.match(by):
            raise ValueError("schrijf een functie, geen naam of nummer, zoals “de jurist van de gemeente”")
        return by


class DatedRow(Row):
    """A row that states a rule: where it comes from and when it holds.

    Without `checked` nobody with legal training has confirmed it; who fills it in, for a row or under `defaults`
    for a file, says who did.
    """

    source: Text
    valid_from: date
    valid_to: date | None = None  # the last day on which the row holds
    verified_on: date
    recheck_on: date
    checked: Checked | None = None

    def valid_on(self, day: date) -> bool:
        """True when the row holds on that day (both ends included)."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    @model_validator(mode="after")
    def _dates_in_order(self) -> DatedRow:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError("valid_to ligt voor valid_from")
        if self.recheck_on <= self.verified_on:
            raise ValueError("recheck_on moet na verified_on liggen")
        return self


class Law(Row):
    """A statute or regulation, under the short title by which answers cite it."""

    title: Text
    full_title: Text
    identifier: Text  # BWB id, or CELEX number for Union law
    url: Text  # with {article}
    number_prefix: str = ""  # "1:" for Book 1 of the Burgerlijk Wetboek

    def article_url(self, number: str) -> str:
        """The web address of an article, given the number as it is cited."""
        return self.url.format(article=number.removeprefix(self.number_prefix))


class Article(DatedRow):
    """One article of a law: what it says in one sentence of our own."""

    law: Slug
    number: Text
    paraphrase: Text


_CITE = re.compile(r"^(?P<law>[a-z0-9.\-]+) (?P<number>\S+)(?: (?P<paragraph>.+))?$")


class Cite(BaseModel):
    """A pointer to an article, written in YAML as `jeugdwet 7.3.11 lid 4`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    law: Slug
    number: Text
    paragraph: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        found = _CITE.match(value)
        if not found:
            raise ValueError(f"“{value}” is geen verwijzing; schrijf bijvoorbeeld “jeugdwet 7.3.11 lid 4”")
        return found.groupdict()

    @property
    def article_id(self) -> str:
        """The id of the row in the articles table."""
        return f"{self.law}-{self.number.replace(':', '.')}"


class Party(Row):
    """A role that asks, receives or holds data, with the words people type for it."""

    label: Text  # as it stands in a sentence: "de school"
    is_a: tuple[Slug, ...] = ()  # a docent is a school, a gezinsvoogd is a GI
    words: tuple[Text, ...] = ()  # as typed: lower case, abbreviations, common typos
    asks: bool = False  # may be the one who puts the question: an option for "role"
    asks_as: Slug | None = None  # who it is that asks on its behalf: for a school someone who works there
    asked_by: tuple[Slug, ...] = ()  # who plausibly deals with this party (role ids)
    implies: dict[Slug, Slug] = {}  # a gezinsvoogd exists only under an OTS


class Person(Row):
    """Someone in the case whose own consent and authority count, with the words people type."""

    label: Text
    words: tuple[Text, ...] = Field(min_length=1)


class DataCategory(Row):
    """A kind of data: ordinary, special, criminal, BSN, financial, the whole file..."""

    label: Text
    is_a: tuple[Slug, ...] = ()
    words: tuple[Text, ...] = ()
    cite: tuple[Cite, ...] = ()


class FactValue(Row):
    """One value of a fact, with the words that tell it."""

    label: Text  # as an option under the question
    short: str | None = None  # inside a sentence: "bij een OTS"
    is_a: tuple[Slug, ...] = ()
    words: tuple[Text, ...] = ()
    implies: dict[Slug, Slug] = {}  # "de toekenning" tells that the asker is the college


class FactKind(Row):
    """A fact on which rows turn, and how the bot asks for it."""

    label: Text
    ask: Text  # the question as the user reads it
    options: Literal["values", "parties"] = "values"
    values: tuple[FactValue, ...] = ()
    multiple: bool = False  # a message may hold several (data categories)
    # Who does not tell it means the general case; the exceptions are named beside the answer. Only
    # where the general case is the strictest, so that nothing is assumed towards sharing.
    general: bool = False


class Sayings(BaseModel):
    """The sentences of a rule: Dutch, B1, written by us, without the verdict's opener."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    verdict: Text  # the first line: the answer, with its open norm in it
    why: Text  # one or two sentences; the article is linked by the renderer
    share: Text | None = None  # what may go along
    withhold: Text | None = None  # what may not
    now: tuple[Text, ...] = ()  # next steps
    reply: Text | None = None  # ready words for who asks
    client: Text | None = None  # ready words for the client
    request: Text | None = None  # ready words for a consent request


class Rule(DatedRow):
    """A sharing, request, recording or explanation rule.

    `when` lists facts that must be known to have one of the values; `unless` lists values
    that rule the row out once they are known (an unknown fact does not).  A `residual` row
    is the main rule behind the exceptions: it gives way to any row that fits fully.  A row with
    `told` holds only when those facts of `when` were told, goes before all rows without, and
    never makes the bot ask for them: nobody is asked whether he looks out of curiosity.
    """

    acts: tuple[Slug, ...] = Field(min_length=1)
    when: dict[Slug, tuple[Slug, ...]] = {}
    unless: dict[Slug, tuple[Slug, ...]] = {}
    residual: bool = False
    told: tuple[Slug, ...] = ()
    verdict: Verdict
    obligation: Obligation | None = None
    consent: Consent = Consent.NONE
    open_norms: tuple[Slug, ...] = ()
    cite: tuple[Cite, ...] = ()
    say: Sayings
    record: bool = True
    history: Text | None = None  # what an older reading said, for a superseded row

    @model_validator(mode="after")
    def _hangs_together(self) -> Rule:
        allowed = {Verdict.ALLOWED_WITH_CONSENT, Verdict.ALLOWED_WITHOUT_CONSENT}
        if self.verdict in allowed | {Verdict.NOT_ALLOWED, Verdict.WEIGH} and not self.cite:
            raise ValueError("zonder artikel geen antwoord: vul cite in")
        if self.verdict is Verdict.ALLOWED_WITHOUT_CONSENT and self.consent is not Consent.NONE:
            raise ValueError("allowed_without_consent kan niet met consent samengaan")
        if self.verdict is Verdict.ALLOWED_WITH_CONSENT and self.consent is Consent.NONE:
            raise ValueError("allowed_with_consent vraagt consent: specific of explicit")
        if self.verdict is Verdict.ALLOWED_WITHOUT_CONSENT and not self.open_norms:
            raise ValueError("noem de open norm (open_norms), zoals noodzaak: een kaal ja bestaat niet")
        if not set(self.told) <= set(self.when) or (self.told and self.residual):
            raise ValueError("told noemt feiten uit when, en gaat niet samen met residual")
        return self


class AgeRule(DatedRow):
    """Who decides or signs, by subject and age (whole years, both ends included)."""

    subject: Slug  # the consent or right concerned: jeugdhulp-informatie, wmo-verstrekken...
    # The askers for whom it decides who says yes to sharing; none, where the row only stands in the matrix.
    roles: tuple[Slug, ...] = ()
    bands: tuple[Slug, ...] = Field(min_length=1)  # values of the fact "age"
    decides: tuple[Literal["parents", "subject"], ...] = Field(min_length=1)
    who: Text
    say: Text
    cite: tuple[Cite, ...] = Field(min_length=1)


class ConsentOutcome(DatedRow):
    """What holds when a rule needs consent and the consent is refused, missing or given."""

    when: dict[Slug, tuple[Slug, ...]]
    verdict: Verdict
    obligation: Obligation | None = None
    say: Sayings
    cite: tuple[Cite, ...] = ()


class OpenNorm(Row):
    """An open norm that a professional has to fill in: noodzaak, zo nodig..."""

    label: Text
    say: Text
    mark: str | None = None  # a word stem by which an answer already says it; without it, it is never added
    question: Text  # as it is asked in the record of the decision


class Municipality(Row):
    """A municipality and the policy key under which its documents are known."""

    name: Text
    words: tuple[Text, ...] = ()
    policy: Slug | None = None


class Policy(DatedRow):
    """A dated local overlay on rules: stricter, the same, or against the law."""

    policy: Slug  # kempen, doetinchem, landsmeer, heumen, steenbergen
    rules: tuple[Slug, ...] = Field(min_length=1)
    kind: Literal["stricter", "same", "contrary"]
    say: Text
    place: Text


class DocumentPart(BaseModel):
    """One part of a source document: what it says, the rows made of it, and what was left out and why."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    place: Text
    what: Text
    policies: tuple[Slug, ...] = ()
    rules: tuple[Slug, ...] = ()
    flows: tuple[Slug, ...] = ()
    quiz: tuple[Slug, ...] = ()
    left: Text | None = None

    @model_validator(mode="after")
    def _ends_somewhere(self) -> DocumentPart:
        if not (self.policies or self.rules or self.flows or self.quiz or self.left):
            raise ValueError("noem de rijen die ervan gemaakt zijn, of zeg bij left waarom niet")
        return self


class Document(Row):
    """A municipal document that was read whole: where each of its parts ended up. Its text is not ours to keep."""

    title: Text
    dated: Text
    policy: Slug
    scope: Text
    parts: tuple[DocumentPart, ...] = Field(min_length=1)


class Contacts(Row):
    """Whom to turn to. The id is a municipality, or `default`."""

    dpo: Text
    privacy_officer: Text
    child_abuse_lead: Text  # aandachtsfunctionaris
    veilig_thuis: Text
    crisis: Text


class FixedQuestion(Row):
    """A question of the menu that is offered when free text cannot be read."""

    title: Text
    act: Slug
    facts: dict[Slug, Slug]


class Act(Row):
    """What a question may be about, as it stands on a button when the bot is not sure. The id is the intent."""

    label: Text


class SmallTalk(Row):
    """An answer without law: greeting, thanks, help, off-topic. The id is the intent."""

    verdict: Verdict
    text: Text


class FlowOption(BaseModel):
    """One choice in a step; `more` asks for a reason after it, `to` names where it leads."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    value: Slug
    label: Text
    more: Text | None = None
    to: Slug | None = None  # a later step or an ending; without it, where the step leads
    words: tuple[Text, ...] = ()  # other words for it, lower case: ja, nee


class FlowStep(Row):
    """One question of a flow: free text, a moment, or one of a few options.

    Where every option leads to the same place, own words are as good as an option.  Where they
    lead apart, the step decides: it takes only what can be read as an option, and is never skipped.
    """

    label: Text  # as it stands in the record
    ask: Text
    why: Text | None = None  # what the question is for, or how to judge it
    kind: Literal["text", "moment"] = "text"  # a moment: a day and a time in the past
    options: tuple[FlowOption, ...] = ()
    prefill: str | None = None  # what of the advice answers it already
    required: bool = False  # may not be skipped
    to: Slug | None = None  # a later step or an ending; without it, the next step
    cite: tuple[Cite, ...] = ()

    @property
    def decides(self) -> bool:
        """True when the way on depends on the option."""
        return any(option.to for option in self.options)


class FlowEnding(Row):
    """Where a way through a flow ends: what holds, what to do now, whom to turn to.

    The sentences may name people by their place in the contacts: {dpo}, {privacy_officer},
    {child_abuse_lead}, {veilig_thuis}, {crisis}; {deadline}, where the flow has a clock; and in a text
    that is ready to be sent {told}, the answers one a line, and {outcome}, the label of the ending.
    """

    label: Text  # the outcome in a few words, as it stands in the record
    goes_on: Slug | None = None  # the flow that helps on from here, offered by a button
    verdict: Verdict
    obligation: Obligation | None = None
    say: Sayings
    cite: tuple[Cite, ...] = ()


class FlowClock(BaseModel):
    """A legal term in hours that runs from a moment told in a step."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    step: Slug
    hours: int = Field(gt=0)


class Flow(DatedRow):
    """A guided conversation, run by plain code (`knowledge.flow`).

    Every way leads forward, through `to` or to the next step, so that each conversation ends: in
    one of the endings, or in the overview of what was told.
    """

    title: Text
    intro: Text
    confirm: Text
    done: Text
    state: Slug  # the phase, as the contract names it: record, triage, breach
    button: Text  # on the button that begins it
    going_on: Text  # what is going on, after "We waren bezig met"
    offered: tuple[Slug, ...] = ()  # the acts under whose answers it is offered
    weighs: bool = False  # offered under every answer that tells to weigh, or that a refusal made a "nee"
    starts: tuple[Slug, ...] = ()  # the acts that begin it at once
    begin: tuple[Text, ...] = ()  # whole messages that begin it, lower case
    policy: Slug | None = None  # the way of one municipality
    instead_of: Slug | None = None  # the flow whose place it takes there
    clock: FlowClock | None = None
    register_entry: bool = False  # what is kept is an entry in a register of the organisation
    steps: tuple[FlowStep, ...] = Field(min_length=1)
    endings: tuple[FlowEnding, ...] = ()
    history: Text | None = None  # what was done before, for who knows the old way

    def onward(self, step: FlowStep) -> str | None:
        """Where a step leads by itself: to what it names, or to the next step; None after the last."""
        place = self.steps.index(step) + 1
        return step.to or (self.steps[place].id if place < len(self.steps) else None)

    @property
    def cites(self) -> tuple[Cite, ...]:
        """The articles of all steps and endings, in reading order."""
        return (
            *(cite for one in self.steps for cite in one.cite),
            *(cite for one in self.endings for cite in one.cite),
        )

    @model_validator(mode="after")
    def _leads_forward(self) -> Flow:
        ids = [step.id for step in self.steps]
        ends = [ending.id for ending in self.endings]
        if len(set(ids + ends)) < len(ids + ends):
            raise ValueError("twee stappen of eindes hebben hetzelfde id")
        for place, step in enumerate(self.steps):
            for target in (step.to, *(option.to for option in step.options)):
                if target is not None and target not in ids[place + 1 :] and target not in ends:
                    raise ValueError(f"stap “{step.id}” leidt naar “{target}”: geen latere stap en geen einde")
            if step.kind == "moment" and step.options:
                raise ValueError(f"stap “{step.id}” vraagt een moment en kan geen keuzes hebben")
            labels = [option.label for option in step.options]
            if len(set(labels)) < len(labels) or any(". " in label for label in labels):
                raise ValueError(f"keuzes van stap “{step.id}” moeten verschillen en één zin zijn")
        if bool(self.policy) != bool(self.instead_of):
            raise ValueError("policy en instead_of horen bij elkaar")
        if self.clock and self.clock.step not in {step.id for step in self.steps if step.kind == "moment"}:
            raise ValueError(f"de klok loopt vanaf “{self.clock.step}”, en dat is geen stap met kind: moment")
        return self


class FlowWords(Row):
    """What someone types instead of pressing a button of a flow. The id is the move."""

    id: Literal["go_on", "change", "back", "skip", "cancel", "resume"]
    words: tuple[Text, ...] = Field(min_length=1)


class CommandWords(Row):
    """The words with which someone asks something of the bot itself. The id is the command."""

    id: str
    words: tuple[Text, ...] = Field(min_length=1)


class DangerAnswer(DatedRow):
    """What the bot says first when a message speaks of acute danger, by kind of danger."""

    text: Text
    cite: tuple[Cite, ...] = Field(min_length=1)


class QuizSubject(Row):
    """A subject that a round of the quiz may be about."""

    label: Text  # as on a button


class QuizWords(Row):
    """What someone types instead of pressing a button of the quiz. The id is the wish."""

    id: Literal["again", "missed", "stop", "weekly", "not_weekly"]
    words: tuple[Text, ...] = Field(min_length=1)


class QuizOption(BaseModel):
    """One answer of a quiz question, with what it claims where that is a verdict or a duty."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: Annotated[Text, StringConstraints(max_length=100)]
    verdict: Verdict | None = None
    obligation: Obligation | None = None

    @property
    def claims(self) -> bool:
        """True when the answer can be laid beside a decision."""
        return self.verdict is not None or self.obligation is not None


class QuizCase(BaseModel):
    """The question of a quiz in facts, so that it can be decided like any other."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    act: Slug
    facts: dict[Slug, tuple[Slug, ...]] = {}
    modality: Literal["may", "must", "what"] = "may"


class Baseline(BaseModel):
    """A question of the privacy test of 2017: its number there, and how many of a hundred knew it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    number: int = Field(ge=1)
    right: float | None = Field(default=None, ge=0, le=100)  # None: the test had no right answer
    open: bool = False  # asked there in own words, so that the share does not compare one to one


class QuizQuestion(DatedRow):
    """A question with two to four answers, of which one is right.

    What is right does not stand here alone.  A question on what may or must has `decides`: the answer
    that the decision gives must be what the right option claims, and no other option.  A question of
    knowledge has `rests_on`, the rule that tells it, and `proof`: words of that rule that stand in the
    right option and not in another.  The lengths are those of a native poll in Telegram.
    """

    subject: Slug
    ask: Annotated[Text, StringConstraints(max_length=300)]
    options: tuple[QuizOption, ...] = Field(min_length=2, max_length=4)
    right: Literal["a", "b", "c", "d"]
    explain: Annotated[Text, StringConstraints(max_length=200)]
    cite: tuple[Cite, ...] = Field(min_length=1)
    roles: tuple[Slug, ...] = ()  # whom it is for; none: everyone
    decides: QuizCase | None = None
    rests_on: Slug | None = None
    proof: tuple[Text, ...] = ()
    baseline: Baseline | None = None

    @property
    def right_place(self) -> int:
        """The place of the right option, from 0."""
        return "abcd".index(self.right)

    @model_validator(mode="after")
    def _hangs_together(self) -> QuizQuestion:
        if self.right_place >= len(self.options):
            raise ValueError(f"antwoord “{self.right}” bestaat niet")
        texts = [option.text.casefold() for option in self.options]
        if len(set(texts)) < len(texts):
            raise ValueError("twee antwoorden zijn gelijk")
        if (self.decides is None) == (self.rests_on is None):
            raise ValueError("vul decides in (mag of moet) of rests_on (kennis), een van beide")
        if bool(self.rests_on) != bool(self.proof):
            raise ValueError("rests_on en proof horen bij elkaar")
        return self
