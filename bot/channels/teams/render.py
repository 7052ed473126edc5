"""How a message of the assistant looks in Teams: one card or more, or plain text when it is that short.

The answer stays as it is; a question under it with choices is a card of its own, which is changed
in place once a choice is made.  What that card needs for it travels in its own buttons, sealed:
nothing has to be remembered here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.channels.teams import texts
from bot.channels.teams.choices import NAMES, Choices
from bot.channels.teams.elements import (
    CONTENT_TYPE,
    MAX_BYTES,
    Element,
    Linker,
    Run,
    card,
    container,
    execute,
    heading,
    lines,
    paragraph,
    portions,
    rows,
    say,
    size,
    submit,
)
from bot.channels.teams.seal import Seal
from bot.delivery.channel import Unit
from bot.messages import Button, Message
from bot.outcomes import OUTCOME_WORDS

# As many choices as fit a phone as buttons, and how long the words on one may be; else they are a list.
MAX_BUTTONS = 6
MAX_TITLE = 40
ACTIONS_IN_A_ROW = 3
RATE = "rate"  # the kind of button that says what a person thinks of an answer
# What goes back and forth with a question; the rest of it is in the answer above.
MAX_QUESTION = 700
MAX_SUMMARY = 180
INPUT, LIST = "answer", "choice"
MAX_INPUT = 4000
_ANSWERS = frozenset({"verdict", "branch"})
_LED = re.compile(r"(?:[-•] )?[^:\n.?!]{2,90}:(?=\s|$)|\d{1,2}\. [^:\n]{2,90}:$")
_LED_KINDS = frozenset(
    {"why", "share", "withhold", "now", "consent", "branch", "policy", "record", "plain", "assumed", "date"}
)
_CHUNK = 3000


@dataclass(frozen=True)
class Renderer:
    """Makes units.  `owner` is whose buttons they are, where more people see them."""

    seal: Seal
    owner: str = ""

    def for_person(self, person: str) -> Renderer:
        """The same, for a card that others see too."""
        return replace(self, owner=person[:16])

    # -- messages ----------------------------------------------------------------------

    def units(self, message: Message) -> list[Unit]:
        """All that is sent for a message, without its files."""
        if not message.buttons and not message.citations and _is_short(message):
            return [text_unit(message.text)] if message.text.strip() else []
        told, asked = _split(message)
        options = [button for button in message.buttons if button.kind == "option"]
        actions = [button for button in message.buttons if button.kind != "option"]
        takes_text = not options and message.state != "idle" and any(kind == "ask" for kind, _ in message.parts)
        question = "\n\n".join(text for _, text in asked)
        if message.poll:
            question = message.poll.question
        if not (options or takes_text):
            return self._cards(message, message.parts or (("plain", message.text),), self._actions(actions))
        answering = self._options(options, question) if options else self._input(question)
        if told:
            return [
                *self._cards(message, told, self._actions(actions)),
                *self._cards(replace(message, verdict=None), asked or (("ask", texts.CHOOSE),), answering),
            ]
        if message.state == "idle":
            return self._cards(message, asked, [*answering, *self._actions(actions)])
        # Skipping a step, going back and stopping answer its question too.
        other = rows([self._button(one, question) for one in actions], ACTIONS_IN_A_ROW)
        return self._cards(message, asked, [*answering, *other])

    def offer(self, name: str, content: bytes, about: Any) -> Unit:
        """Asks whether a file may be put in the OneDrive of the person."""
        return _message(
            texts.FILE_OFFER,
            {
                "contentType": "application/vnd.microsoft.teams.card.file.consent",
                "name": name,
                "content": {
                    "description": texts.FILE_OFFER,
                    "sizeInBytes": len(content),
                    "acceptContext": about,
                    "declineContext": about,
                },
            },
        )

    def profile_question(self, choices: Choices, profile: dict[str, str], first: str = "") -> Unit:
        """Two lists to choose from, with what is known already filled in."""
        body = [part for line in (first, texts.ASK_PROFILE) if (part := paragraph([Run(line)]))]
        for name in NAMES:
            titles = [("", texts.NO_PROFILE[name]), *choices.labels[name].items()]
            body.append(
                {
                    "type": "Input.ChoiceSet",
                    "id": name,
                    "label": texts.PROFILE_NAMES[name],
                    "style": "compact",
                    "value": profile.get(name, ""),
                    "choices": [{"title": title, "value": key or "-"} for key, title in titles],
                }
            )
            if not profile.get(name):
                body[-1]["value"] = "-"
        save = execute(texts.SAVE_PROFILE, self._sealed({"do": "profile"}), takes_input=True, primary=True)
        return card_unit([*body, *rows([save], 1)], "\n\n".join(line for line in (first, texts.ASK_PROFILE) if line))

    def prompts(self) -> Unit:
        """Questions to begin with, each a button."""
        body = [part for part in (paragraph([Run(texts.PROMPTS_LEAD)]),) if part]
        actions = [say(title, question) for title, question in texts.PROMPTS]
        words = "\n".join((texts.PROMPTS_LEAD, *(question for _, question in texts.PROMPTS)))
        return card_unit([*body, *rows(actions, 1)], words)

    # -- pieces ------------------------------------------------------------------------

    def _cards(self, message: Message, parts: Sequence[tuple[str, str]], under: Sequence[Element]) -> list[Unit]:
        linker = Linker(message.citations)
        cut = [(kind, piece) for kind, text in parts for piece in _pieces(text)]
        body = [*_head(message, cut), *(one for kind, text in cut for one in _part(kind, text, linker))]
        if sources := [one for one in linker.unused() if any(kind in _ANSWERS for kind, _ in parts)]:
            body.append({**heading(f"{texts.SOURCES}:", "Default"), "spacing": "Medium"})
            body.extend(
                line for one in sources if (line := paragraph([Run("• "), Run(one.label, href=one.url)], close=True))
            )
        # The words are in a card twice: once to see, once where no card can be seen.
        cards = portions(body, (MAX_BYTES - 2048) // 2)
        if size(cards[-1]) + size(list(under)) > (MAX_BYTES - 2048) // 2 and under:
            cards.append([])
        cards[-1] = [*cards[-1], *under]
        return [card_unit(one, words(one) or message.text[:MAX_SUMMARY]) for one in cards]

    def _options(self, options: Sequence[Button], question: str) -> list[Element]:
        if len(options) <= MAX_BUTTONS and all(len(option.title) <= MAX_TITLE for option in options):
            return rows([self._button(option, question) for option in options], 1)
        data = {"do": "choose", "q": _short(question), "o": {option.payload: option.title for option in options}}
        chosen = {
            "type": "Input.ChoiceSet",
            "id": LIST,
            "label": texts.CHOOSE,
            "style": "expanded",
            "wrap": True,
            "isRequired": True,
            "errorMessage": texts.CHOICE_MISSING,
            "choices": [{"title": option.title, "value": option.payload} for option in options],
        }
        return [chosen, *rows([execute(texts.PICK, self._sealed(data), takes_input=True, primary=True)], 1)]

    def _button(self, option: Button, question: str) -> Element:
        data = {"do": "press", "p": option.payload, "t": option.title, "q": _short(question)}
        return execute(option.title, self._sealed(data))

    def _input(self, question: str) -> list[Element]:
        field = {
            "type": "Input.Text",
            "id": INPUT,
            "label": texts.YOUR_ANSWER,
            "placeholder": texts.ANSWER_HINT,
            "isMultiline": True,
            "maxLength": MAX_INPUT,
            "isRequired": True,
            "errorMessage": texts.ANSWER_MISSING,
        }
        data = self._sealed({"do": "send", "q": _short(question)})
        return [field, *rows([execute(texts.SEND, data, takes_input=True, primary=True)], 1)]

    def _actions(self, actions: Sequence[Button]) -> list[Element]:
        """What can be done with an answer, again and again; the thumbs stand together under the words."""
        rates = [one for one in actions if one.kind == RATE]
        return [
            row
            for several in ([one for one in actions if one.kind != RATE], rates)
            for row in rows(
                [submit(one.title, self._sealed({"do": "act", "p": one.payload})) for one in several],
                ACTIONS_IN_A_ROW,
            )
        ]

    def _sealed(self, data: dict[str, Any]) -> dict[str, Any]:
        return self.seal.sealed({**data, "w": self.owner})


def text_unit(text: str) -> Unit:
    """A few words without a card."""
    return {"do": "post", "activity": {"type": "message", "locale": "nl-NL", "textFormat": "plain", "text": text}}


def card_unit(body: Sequence[Element], alternative: str) -> Unit:
    """A message that is one card."""
    return _message(alternative, {"contentType": CONTENT_TYPE, "content": card(body, alternative)})


def changed(unit: Unit, place: str) -> Unit:
    """A unit that takes the place of a message that was sent before."""
    return {**unit, "do": "change", "id": place}


def settled(question: str, choice: str, own_words: str = "") -> Unit:
    """A question that was answered, with the choice under it and its buttons gone."""
    told = [lines(piece) for piece in question.split("\n\n")]
    parts = [paragraph([Run(line)], close=number > 0) for piece in told for number, line in enumerate(piece)]
    parts.append(paragraph([Run(f"✓ {choice}", bold=True)]))
    if own_words:
        parts.append(paragraph([Run(own_words, quiet=True)], close=True))
    body = [part for part in parts if part]
    return card_unit(body, words(body))


def again(unit: Unit) -> Unit:
    """The same, saying first that it may have come before."""
    if unit["do"] != "post":
        return unit
    activity = dict(unit["activity"])
    if "text" in activity:
        activity["text"] = f"{texts.AGAIN}\n\n{activity['text']}"
    else:
        first = activity["attachments"][0]
        if first["contentType"] == CONTENT_TYPE:
            note = paragraph([Run(texts.AGAIN, quiet=True)])
            content = {**first["content"], "body": [note, *first["content"]["body"]]}
            content["fallbackText"] = f"{texts.AGAIN}\n\n{content['fallbackText']}"
            activity["attachments"] = [{**first, "content": content}]
    return {**unit, "activity": activity}


def words(body: Iterable[Element]) -> str:
    """What the pieces of a card say, as text."""
    said: list[str] = []
    for element in body:
        if element["type"] == "RichTextBlock":
            said.append("".join(inline["text"] for inline in element["inlines"]))
        elif element["type"] == "TextBlock":
            said.append(element["text"])
        elif element["type"] == "Container":
            said.append(words(element["items"]))
        elif element["type"] == "Input.ChoiceSet":
            said.extend(f"- {choice['title']}" for choice in element["choices"])
    return "\n".join(said)


def _message(summary: str, attachment: Element) -> Unit:
    short = " ".join(summary.split())
    if len(short) > MAX_SUMMARY:
        short = f"{short[:MAX_SUMMARY]}…"
    activity = {"type": "message", "locale": "nl-NL", "summary": short or texts.UNTITLED, "attachments": [attachment]}
    return {"do": "post", "activity": activity}


def _split(message: Message) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
    """What is told, and what is asked about it; a message without an outcome is one whole."""
    parts = message.parts or (("plain", message.text),)
    if not any(kind in _ANSWERS for kind, _ in parts):
        return (), parts
    last = len(parts) - 1
    asks = {
        number
        for number, (kind, _) in enumerate(parts)
        if kind == "ask" or (number == last and kind == "plain" and message.state != "idle")
    }
    told = tuple(part for number, part in enumerate(parts) if number not in asks)
    return told, tuple(part for number, part in enumerate(parts) if number in asks)


def _is_short(message: Message) -> bool:
    return (
        message.verdict in (None, "info")
        and all(kind == "plain" for kind, _ in message.parts)
        and (len(message.text) <= _CHUNK)
    )


def _head(message: Message, parts: Sequence[tuple[str, str]]) -> list[Element]:
    """The outcome in one line, above everything."""
    if message.verdict not in texts.OUTCOMES:
        return []
    label, (sign, style) = OUTCOME_WORDS[message.verdict], texts.OUTCOMES[message.verdict]
    duty = ""
    if message.obligation == "must":
        duty = f" ({texts.MUST.lower()})"
    elif message.obligation == "may_not" and message.verdict != "not_allowed":
        duty = f" ({texts.MAY_NOT.lower()})"
    return [container([heading(f"{sign} {label}{duty}", "Large")], style, bleed=True)]


def _part(kind: str, text: str, linker: Linker) -> list[Element]:
    if kind == "copy":
        head, mark, body = text.partition(":\n")
        if not mark or "\n" in head:
            head, body = "", text
        inside = [paragraph([Run(line, fixed=True)], close=True) for line in lines(body)]
        box = container([one for one in inside if one], "emphasis")
        return [heading(f"{head}:", "Default"), box] if head else [box]
    if kind == "masked":
        quiet = paragraph([Run(f"{text} {texts.MASKED}", quiet=True)])
        return [quiet] if quiet else []
    bold = kind in ("verdict", "ask")
    made: list[Element] = []
    for number, line in enumerate(lines(text)):
        led = _LED.match(line) if kind in _LED_KINDS and number == 0 else None
        runs = [Run(led[0], bold=True)] if led else []
        # Of an outcome or a question the first line weighs most; what follows explains it.
        runs.extend(linker.runs(line[led.end() :] if led else line, bold=bold and number == 0))
        if one := paragraph(runs, close=number > 0):
            made.append(one)
    return [container(made, "emphasis")] if kind == "policy" and made else made


def _pieces(text: str) -> list[str]:
    """A text in pieces that each fit a card."""
    cut = []
    rest = text.strip()
    while len(rest) > _CHUNK:
        place = max(rest.rfind("\n", 0, _CHUNK), rest.rfind(". ", 0, _CHUNK) + 1)
        place = place if place > _CHUNK // 2 else max(rest.rfind(" ", 0, _CHUNK), 0) or _CHUNK
        cut.append(rest[:place].strip())
        rest = rest[place:].strip()
    return [*cut, rest] if rest else cut


def _short(question: str) -> str:
    if len(question) <= MAX_QUESTION:
        return question
    return f"{question[:MAX_QUESTION].rsplit(' ', 1)[0]} …"
