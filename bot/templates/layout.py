"""How an answer is laid out as HTML: named parts become blocks, article labels become links.

Only presentation is decided here.  Text is escaped first and linked after that, so nothing that
a person typed, or that stands in a knowledge table, can become markup.
"""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup, escape

from bot.messages import Button, Citation, Message

# The heading a kind of part gets. A kind that is not listed is shown without one.
BLOCK_LABELS: dict[str, str] = {
    "why": "Waarom",
    "share": "Wel delen",
    "withhold": "Niet delen",
    "now": "Nu doen",
    "consent": "Toestemming",
    "policy": "Lokaal beleid",
    "record": "Vastleggen",
    "copy": "Tekst om te gebruiken",
}
# How the text of a part may begin that says the same as its heading.
_OPENINGS: dict[str, tuple[str, ...]] = {
    "why": ("Waarom",),
    "share": ("Wel delen", "Wel"),
    "withhold": ("Niet delen", "Niet"),
    "now": ("Nu doen",),
    "consent": ("Toestemming",),
    "record": ("Vastleggen",),
}
# How the text of a part may begin that is a heading by itself, better than the general one.
_HEADS: dict[str, re.Pattern[str]] = {
    "branch": re.compile(r"^(?:[-•] )?(?P<head>[^:\n]{2,90}):\s+(?P<body>\S.*)$", re.DOTALL),
    "policy": re.compile(r"^(?P<head>[^:\n]{2,160}):\s+(?P<body>\S.*)$", re.DOTALL),
    "consent": re.compile(r"^(?P<head>[^.?!\n]{3,40}\?)\s+(?P<body>\S.*)$", re.DOTALL),
    "copy": re.compile(r"^(?P<head>[^\n]{2,90}):\n(?P<body>\S.*)$", re.DOTALL),
    # "2. Over de huisarts:" above the answer to the second question of a message.
    "plain": re.compile(r"^(?P<head>\d{1,2}\. [^\n]{2,90}):(?P<body>)$"),
}
# Kinds that stand together in one group when they follow each other.
# How a branch begins when its label says the same.
_SAID_BY_LABEL = {
    "allowed_with_consent": "alleen met toestemming",
    "allowed_without_consent": "mag zonder toestemming",
}
_GROUPS: dict[str, str] = {"branch": "branches", "share": "limits", "withhold": "limits"}

_BULLET = re.compile(r"^\s*[-*•\u2013]\s+(?P<item>.+)$")
_NUMBER = re.compile(r"^\s*\d{1,2}[.)]\s+(?P<item>.+)$")
_EMERGENCY_NUMBER = r"(?<![\w.,:/-])112(?![\w:/-]|[.,]\d)"
_FREE_NUMBER = r"(?<![\w.-])0[89]00[- ]\d{4}(?!\w)"
_PHONE = r"(?<![\w.-])0\d{1,3}[- ]\d{6,8}(?!\w)"
_MAIL = r"(?<![\w.@-])[a-z0-9][a-z0-9._-]*@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}(?!\w)"

_NUMBERED = re.compile(r"\b(art\.|artikel|lid|onder) ", re.IGNORECASE)

NEW_TAB = Markup('<span class="sr-only"> (opent in nieuw tabblad)</span>')


@dataclass(frozen=True)
class Flow:
    """A paragraph (`p`, one item) or a list (`ul`, `ol`)."""

    tag: str
    items: tuple[Markup, ...]


@dataclass(frozen=True)
class Block:
    """One part of an answer under its heading.

    `verdict` is set when the part carries an outcome of its own; `copy` is what its button copies.
    """

    kind: str
    head: str | None
    flow: tuple[Flow, ...]
    copy: str | None = None
    verdict: str | None = None
    obligation: str | None = None


@dataclass(frozen=True)
class Group:
    """Blocks that are shown side by side (`limits`), as cards (`branches`) or alone (`single`)."""

    kind: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Call:
    """A telephone number a person can press."""

    label: str
    href: str


@dataclass(frozen=True)
class View:
    """Everything the template needs of one message.

    What was `masked` is about the person's own message and stands under that, before the answer.
    """

    id: str
    verdict: str | None
    obligation: str | None
    masked: tuple[Block, ...]
    groups: tuple[Group, ...]
    options: tuple[Button, ...]
    actions: tuple[Button, ...]
    sources: tuple[Citation, ...]
    calls: tuple[Call, ...]
    copy: str
    state: str = "idle"
    files: tuple[Download, ...] = ()


@dataclass(frozen=True)
class Download:
    """A file that goes with a message, in the link itself: no page serves it to anyone else."""

    name: str
    href: str


def view(message: Message) -> View:
    """Prepare one message for the template."""
    emergency = message.verdict == "emergency"
    linker = _Linker(message.citations, emergency=emergency)
    blocks = _blocks(message, linker)
    return View(
        id=f"a{secrets.token_hex(6)}",
        verdict=message.verdict,
        obligation=message.obligation,
        groups=tuple(
            Group(kind, tuple(members))
            for kind, members in groupby(
                (block for block in blocks if block.kind != "masked"),
                key=lambda block: _GROUPS.get(block.kind, "single"),
            )
        ),
        masked=tuple(block for block in blocks if block.kind == "masked"),
        options=tuple(button for button in message.buttons if button.kind == "option"),
        actions=tuple(button for button in message.buttons if button.kind != "option"),
        sources=tuple(_unique(citation for citation in message.citations if _is_web_address(citation.url))),
        calls=_calls(message.text) if emergency else (),
        copy=_copy_text(message),
        state=message.state,
        files=tuple(
            Download(file.name, f"data:{file.media_type};base64,{base64.b64encode(file.content).decode()}")
            for file in message.files
        ),
    )


def _blocks(message: Message, linker: _Linker) -> list[Block]:
    parts = message.parts or (("plain", message.text),)
    kinds = [kind for kind, _ in parts]
    answers = list(message.answers)
    branches = list(answers[0].get("branches") or ()) if len(answers) == 1 else []
    # Outcomes are matched to parts by their order, and only when there is one for each:
    # a wrong label on an answer is worse than none.
    outcomes = {
        "verdict": answers if len(answers) == kinds.count("verdict") > 1 else [],
        "branch": branches if len(branches) == kinds.count("branch") else [],
    }
    blocks: list[Block] = []
    for kind, text in parts:
        outcome = outcomes[kind].pop(0) if outcomes.get(kind) else {}
        head, body = _headed(kind, text)
        if kind == "branch":
            body = _without_label(body, outcome.get("verdict"))
        blocks.append(
            Block(
                kind,
                head,
                _flow(body, linker),
                copy=body if kind == "copy" else None,
                verdict=outcome.get("verdict"),
                obligation=outcome.get("obligation"),
            )
        )
    return blocks


def _headed(kind: str, text: str) -> tuple[str | None, str]:
    """The heading of a part, and its text without what the heading says already."""
    if (pattern := _HEADS.get(kind)) and (match := pattern.match(text)):
        return match["head"], _capitalised(match["body"])
    for opening in _OPENINGS.get(kind, ()):
        if text.casefold().startswith(f"{opening.casefold()}:"):
            return BLOCK_LABELS.get(kind), _capitalised(text[len(opening) + 1 :].strip())
    return BLOCK_LABELS.get(kind), text


def _without_label(body: str, verdict: object) -> str:
    """A branch without the words that its coloured label already says; the articles stay."""
    said = _SAID_BY_LABEL.get(str(verdict))
    rest = body[len(said) :].lstrip(" ;") if said and body.casefold().startswith(said) else ""
    if rest.startswith("(") and rest.endswith(")."):
        rest = rest[1:-2]
    return _capitalised(rest) if any(char.isalnum() for char in rest) else body


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def _flow(text: str, linker: _Linker) -> tuple[Flow, ...]:
    flows: list[Flow] = []
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        for tag, grouped in groupby(paragraph.splitlines(), key=_line_tag):
            lines = list(grouped)
            if tag == "p" or (tag == "ol" and len(lines) == 1):
                # One numbered line is no list; a browser would number it anew.
                flows.append(Flow("p", (Markup("<br>").join(linker.link(line.strip()) for line in lines),)))
            else:
                pattern = _BULLET if tag == "ul" else _NUMBER
                items = [match["item"].strip() for line in lines if (match := pattern.match(line))]
                flows.append(Flow(tag, tuple(linker.link(item) for item in items)))
    return tuple(flows)


def _line_tag(line: str) -> str:
    if _BULLET.match(line):
        return "ul"
    return "ol" if _NUMBER.match(line) else "p"


class _Linker:
    """Turns article labels, telephone numbers and mail addresses in a text into links."""

    def __init__(self, citations: Iterable[Citation], *, emergency: bool) -> None:
        self._urls = {
            str(escape(citation.label)).casefold(): citation.url
            for citation in citations
            if citation.label and _is_web_address(citation.url)
        }
        # The longest label first, or "art. 7.3.11 Jeugdwet" would cut "art. 7.3.11 Jeugdwet 2015" in two.
        labels = "|".join(re.escape(label) for label in sorted(self._urls, key=len, reverse=True))
        kinds = {
            "cite": rf"(?<!\w)(?:{labels})(?!\w)" if labels else "",
            "mail": _MAIL,
            "tel": "|".join([_FREE_NUMBER, _PHONE, *([_EMERGENCY_NUMBER] if emergency else [])]),
        }
        self._pattern = re.compile(
            "|".join(f"(?P<{name}>{pattern})" for name, pattern in kinds.items() if pattern), re.IGNORECASE
        )

    def link(self, text: str) -> Markup:
        """Escape `text` and put its links in."""
        return Markup(self._pattern.sub(self._anchor, str(escape(text))))  # noqa: S704

    def _anchor(self, match: re.Match[str]) -> str:
        found = match[0]
        if match.lastgroup == "mail":
            return f'<a href="mailto:{found}">{found}</a>'
        if match.lastgroup == "tel":
            return f'<a class="tel" href="tel:{_digits(found)}">{found}</a>'
        url = escape(self._urls[found.casefold()])
        # "art." and "lid" stay with their number at the end of a line.
        shown = _NUMBERED.sub("\\1\N{NO-BREAK SPACE}", found)
        return f'<a class="cite" href="{url}" target="_blank" rel="noopener noreferrer">{shown}{NEW_TAB}</a>'


def _calls(text: str) -> tuple[Call, ...]:
    numbers = dict.fromkeys(re.findall(f"{_EMERGENCY_NUMBER}|{_FREE_NUMBER}", text))
    return tuple(Call(number, f"tel:{_digits(number)}") for number in numbers)


def _digits(number: str) -> str:
    return "".join(character for character in number if character.isdigit())


def _is_web_address(url: str) -> bool:
    return url.startswith(("https://", "http://"))


def _unique(citations: Iterable[Citation]) -> Iterable[Citation]:
    return {(citation.label, citation.url): citation for citation in citations}.values()


def _copy_text(message: Message) -> str:
    """The answer as it is put on the clipboard: its text, then the addresses of its articles."""
    lines = [f"{citation.label}: {citation.url}" for citation in _unique(message.citations) if citation.url]
    return "\n\n".join([message.text, "\n".join(lines)]) if lines else message.text
