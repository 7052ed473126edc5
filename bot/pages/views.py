"""What stands on each page of the knowledge, in words and links: the templates write it down as it is."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.schema import Obligation, Verdict
from knowledge.search import Near


@dataclass(frozen=True)
class Link:
    """A name that leads to a page, with a number or a remark beside it."""

    title: str
    href: str | None
    note: str = ""
    current: bool = False  # it is what the reader sees now


@dataclass(frozen=True)
class Entry:
    """A row in a list: its title, its outcome, its first sentence."""

    title: str
    href: str
    text: str
    verdict: Verdict | None = None
    obligation: Obligation | None = None
    note: str = ""


@dataclass(frozen=True)
class Source:
    """An article under a row. `url` is its official text, `href` its place in our own pages."""

    label: str
    url: str
    href: str
    paraphrase: str
    holds: bool


@dataclass(frozen=True)
class Group:
    """Things under one heading."""

    title: str
    entries: tuple[Entry, ...]
    anchor: str = ""


@dataclass(frozen=True)
class Condition:
    """A fact with the values that count."""

    fact: str
    values: tuple[Link, ...]


@dataclass(frozen=True)
class Overlay:
    """Local policy beside a rule."""

    id: str
    say: str
    source: str
    period: str
    holds: bool
    kind: str
    heading: str
    municipalities: tuple[Link, ...]
    rules: tuple[Link, ...]
    origin: Origin


@dataclass(frozen=True)
class Origin:
    """Where a row comes from and when it was checked."""

    id: str
    source: str
    period: str
    verified_on: str
    recheck_on: str
    due: bool
    checked: str  # who with legal training looked at it, or that nobody did
    place: str


@dataclass(frozen=True)
class Passage:
    """One kind of sentences of a row, as the chat heads it too."""

    kind: str
    head: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class RulePage:
    """Everything of one rule."""

    title: str
    holds: bool
    verdict: Verdict
    obligation: Obligation | None
    lead: str
    topics: tuple[Link, ...]
    conditions: tuple[Condition, ...]
    exceptions: tuple[Condition, ...]
    residual: bool
    told: tuple[str, ...]
    duty: str
    consent: str
    passages: tuple[Passage, ...]
    ready: tuple[Passage, ...]
    norms: tuple[tuple[str, str], ...]
    sources: tuple[Source, ...]
    overlays: tuple[Overlay, ...]
    history: str
    versions: tuple[Link, ...]
    origin: Origin


@dataclass(frozen=True)
class ArticleView:
    """One version of an article, with the rules that stand on it."""

    id: str
    number: str
    label: str
    url: str
    paraphrase: str
    origin: Origin
    rules: tuple[Entry, ...]


@dataclass(frozen=True)
class LawPage:
    """The articles of one law: those that hold on the day, and other versions."""

    title: str
    full_title: str
    articles: tuple[ArticleView, ...]
    others: tuple[ArticleView, ...]


@dataclass(frozen=True)
class PartyPage:
    """The rules for who works somewhere, and those about sharing with that party."""

    title: str
    kinds: tuple[Link, ...]
    members: tuple[Link, ...]
    as_role: tuple[Group, ...]
    as_other: tuple[Group, ...]


@dataclass(frozen=True)
class MunicipalityPage:
    """Whom to turn to in a municipality, and its own policy beside the law."""

    title: str
    contacts: tuple[tuple[str, str], ...]
    overlays: tuple[tuple[str, str, tuple[Overlay, ...]], ...]
    others: tuple[Overlay, ...]
    flows: tuple[Link, ...]


@dataclass(frozen=True)
class AgeLine:
    """Who decides at one age."""

    id: str
    ages: str
    who: str
    say: str
    roles: tuple[Link, ...]
    sources: tuple[Source, ...]
    holds: bool
    origin: Origin


@dataclass(frozen=True)
class Definition:
    """A word with what it means."""

    id: str
    title: str
    href: str
    lead: str
    why: str
    sources: tuple[Source, ...]
    origin: Origin


@dataclass(frozen=True)
class ConsentLine:
    """What holds for one state of the consent."""

    id: str
    title: str
    verdict: Verdict
    obligation: Obligation | None
    lead: str
    passages: tuple[Passage, ...]
    sources: tuple[Source, ...]
    origin: Origin


@dataclass(frozen=True)
class Choice:
    """A way to answer a step: what is asked after it, and where it leads."""

    label: str
    more: str
    to: Link


@dataclass(frozen=True)
class Step:
    """One question of a guided conversation."""

    anchor: str
    number: int
    label: str
    ask: str
    why: str
    is_moment: bool
    required: bool
    decides: bool
    choices: tuple[Choice, ...]
    to: Link
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Ending:
    """Where a guided conversation may end."""

    anchor: str
    label: str
    verdict: Verdict
    obligation: Obligation | None
    lead: str
    passages: tuple[Passage, ...]
    ready: tuple[Passage, ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class FlowPage:
    """A guided conversation from its first question to its endings."""

    title: str
    holds: bool
    intro: str
    hours: int
    clock_step: Link | None
    municipalities: tuple[Link, ...]
    others: tuple[Link, ...]
    steps: tuple[Step, ...]
    endings: tuple[Ending, ...]
    history: str
    origin: Origin


@dataclass(frozen=True)
class Hit:
    """A row that was found."""

    kind: str
    title: str
    href: str
    text: str
    note: str


@dataclass(frozen=True)
class SearchPage:
    """One page of results, with a way to see one kind only."""

    total: int
    hits: tuple[Hit, ...]
    kinds: tuple[Link, ...]
    kind: str
    first: int
    earlier: str
    later: str
    near: tuple[Near, ...]
    instead: tuple[Link, ...]


@dataclass(frozen=True)
class Recheck:
    """The rows that have to be checked again on one day."""

    on: str
    due: bool
    total: int
    tables: tuple[tuple[str, tuple[Link, ...]], ...]
