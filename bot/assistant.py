"""The way of one message: screen, guard, danger, Rasa, reply, store. Read it from the top.

A channel hands over an `Incoming` and gets a `Reply`.  Messages of one conversation wait for
each other; messages of different conversations do not.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.compose import STALE_BUTTON, Composed, Composer
from bot.contract import citation_json
from bot.danger import DangerDetector
from bot.guard import Guard, Masked
from bot.messages import Incoming, Reply
from bot.nlu_client import NluClient, NluUnavailable, Understood
from bot.screen import plain, screen
from bot.split import split_questions
from bot.store import Store
from bot.store.store import Turn
from knowledge.advise import advise
from knowledge.answer import Part
from knowledge.case import Case
from knowledge.knowledge import Knowledge
from knowledge.question import ACT, Advice, Question, told, unique
from knowledge.schema import Verdict

log = logging.getLogger(__name__)
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
# Conversations whose turn-taking is remembered; the longest silent go first.
MAX_LOCKS = 10_000
RECORD_INTRO = "Zet dit in je dossier en vul de puntjes in. Zet er geen gegevens in die niet nodig zijn."


def utc_now() -> datetime:
    """The clock; tests give their own."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Handled:
    """A reply with what only the measuring commands report."""

    reply: Reply
    text: str = ""
    intent: str = ""
    confidence: float = 0.0
    entities: tuple[Mapping[str, Any], ...] = ()
    personal_data: tuple[str, ...] = ()
    record_prompt: bool = False
    elapsed_ms: int = 0


class Assistant:
    """Answers messages of every channel from one knowledge and one store."""

    def __init__(
        self,
        knowledge: Knowledge,
        guard: Guard,
        danger: DangerDetector,
        nlu: NluClient,
        store: Store,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.knowledge = knowledge
        self._guard = guard
        self._danger = danger
        self._nlu = nlu
        self._store = store
        self._clock = clock
        self._locks: OrderedDict[str, asyncio.Lock] = OrderedDict()

    async def handle(self, incoming: Incoming) -> Reply:
        """Answer one message or one press of a button."""
        return (await self.handle_with_details(incoming)).reply

    async def handle_with_details(self, incoming: Incoming) -> Handled:
        """As `handle`, with what the guard and Rasa made of the message."""
        started = time.perf_counter()
        key = conversation_key(incoming.channel, incoming.conversation)
        async with self._turn_of(key):
            turn = _Turn(self, incoming, key)
            handled = await (turn.press() if incoming.payload is not None else turn.text())
        elapsed = round((time.perf_counter() - started) * 1000)
        return Handled(**{**handled.__dict__, "elapsed_ms": elapsed})

    async def welcome(self, conversation: str, channel: str) -> Reply:
        """The first message of a conversation."""
        return Reply((self.composer().welcome().message,))

    def composer(self) -> Composer:
        """Makes messages for the law of today, Dutch time."""
        return Composer(self.knowledge, self._clock().astimezone(AMSTERDAM).date())

    @asynccontextmanager
    async def _turn_of(self, key: str) -> AsyncIterator[None]:
        lock = self._locks.setdefault(key, asyncio.Lock())
        self._locks.move_to_end(key)
        while len(self._locks) > MAX_LOCKS:
            oldest, candidate = next(iter(self._locks.items()))
            if candidate.locked():
                break
            del self._locks[oldest]
        async with lock:
            yield


@dataclass(frozen=True)
class _Read:
    """One question of a message: its text, what Rasa made of it, the advice it led to."""

    text: str
    understood: Understood
    advices: tuple[Advice, ...]


def conversation_key(channel: str, conversation: str) -> str:
    """The hash under which a conversation is kept; the address itself is not stored."""
    return hashlib.sha256(f"{channel}\0{conversation}".encode()).hexdigest()


class _Turn:
    """One message on its way."""

    def __init__(self, assistant: Assistant, incoming: Incoming, key: str) -> None:
        self._assistant = assistant
        self._incoming = incoming
        self._key = key
        self._now = assistant._clock()
        self._composer = assistant.composer()
        self._knowledge = assistant.knowledge
        self._store = assistant._store

    # -- typed text --------------------------------------------------------------------

    async def text(self) -> Handled:
        """Screen, guard, danger; then Rasa, unless one of these has answered."""
        typed = self._incoming.text or ""
        if refused := screen(typed):
            return self._reply(self._composer.plain(refused, Verdict.NOT_UNDERSTOOD))
        masked = self._assistant._guard.mask(typed)
        if danger := self._assistant._danger.find(masked.text):
            row = self._knowledge.danger[danger.kind]
            composed = self._composer.emergency(row, masked.text, masked.kinds)
            return await self._answered(composed, masked, intent="danger", case=await self._case())
        return await self._understand(masked)

    async def _understand(self, masked: Masked) -> Handled:
        case = await self._case()
        pieces = split_questions(plain(masked.text))
        if not pieces:
            return self._reply(self._composer.not_understood(self._municipality, masked.kinds))
        read: list[_Read] = []
        for piece in pieces:
            try:
                understood = await self._ask_rasa(piece, case)
            except NluUnavailable as error:
                log.warning("Het taalproces antwoordt niet (%s)", error)
                return await self._kept(self._composer.nlu_down(masked.kinds), case, text=masked.text)
            advices = tuple(Advice.model_validate(one) for one in understood.answer.get("advices", ()))
            read.append(_Read(piece, understood, advices))
            case = case.after(advices) if advices else case
        return await self._answer(masked, read, case)

    async def _ask_rasa(self, text: str, case: Case) -> Understood:
        sender = hashlib.sha256(f"{self._key}\0{case.number}".encode()).hexdigest()
        metadata = {
            "case": case.model_dump(mode="json"),
            "on": self._composer.on.isoformat(),
            **{name: self._incoming.profile.get(name) for name in ("role", "municipality")},
        }
        return await self._assistant._nlu.turn(sender, text, metadata)

    async def _answer(self, masked: Masked, read: Sequence[_Read], case: Case) -> Handled:
        advices = [advice for one in read for advice in one.advices]
        texts = [one.text for one in read for _ in one.advices]
        first = read[0].understood
        if advices:
            composed = self._composer.advices(advices, texts, masked.kinds)
        elif row := self._knowledge.small_talk.get(str(first.answer.get("id"))):
            composed = self._composer.small_talk(row, self._municipality, masked.kinds)
            case = case.anew() if row.id == "restart" else case
        else:
            composed = self._composer.not_understood(self._municipality, masked.kinds)
        return await self._answered(
            composed,
            masked,
            intent=first.intent,
            confidence=first.confidence,
            entities=tuple(
                _plain_entity(entity)
                for one in read
                for entity in one.understood.entities
                if entity.get("entity") != "turn"  # tells of the conversation, not of the case
            ),
            case=case,
            advices=advices,
        )

    # -- buttons -----------------------------------------------------------------------

    async def press(self) -> Handled:
        """Do what the button of this conversation stands for."""
        found = await asyncio.to_thread(self._store.button, self._key, self._incoming.payload or "", self._now)
        case = await self._case()
        if found is None:
            return self._reply(self._composer.plain(STALE_BUTTON))
        number, action = found
        what = action["do"]
        if what == "new":
            row = self._knowledge.small_talk["restart"]
            return await self._kept(self._composer.small_talk(row, self._municipality), case.anew())
        if what == "go_on":
            return await self._understand(Masked(text=action["text"], kinds=(), ages=()))
        if what == "dpo":
            return await self._to_dpo(action, case)
        if what == "fact":
            if number != case.number:
                return self._reply(self._composer.plain(STALE_BUTTON))
            return await self._with_fact(action, case)
        return await self._about_answer(what, action, case)

    async def _with_fact(self, action: Mapping[str, Any], case: Case) -> Handled:
        facts = {name: told(*values) for name, values in action["facts"].items()}
        facts.update({name: told(value) for name, value in action["set"].items() if name != ACT})
        act = action["set"].get(ACT, action["act"])
        municipality = action.get("municipality") or self._municipality
        question = Question(act, facts, action["modality"], municipality, action.get("persons", {}))
        advice = advise(question, self._knowledge, self._composer.on)
        label = ", ".join(self._knowledge.label(name, value) for name, value in action["set"].items())
        return await self._answered(
            self._composer.advices([advice], [label]),
            Masked(text=label, kinds=(), ages=()),
            intent="button",
            confidence=1.0,
            case=case.after([advice]),
            advices=[advice],
        )

    async def _about_answer(self, what: str, action: Mapping[str, Any], case: Case) -> Handled:
        stored = await asyncio.to_thread(self._store.advices, action.get("answer"))
        advices = [Advice.model_validate(one) for one in stored]
        words = self._composer.words
        if what == "why":
            parts = [part for advice in advices for part in words.explanation(advice)]
        elif what == "copy":
            texts = unique(pair for advice in advices for pair in words.copy_texts(advice))
            parts = [Part("copy", f"{title}:\n{text}") for title, text in texts]
        else:
            parts = [Part("plain", RECORD_INTRO), *(Part("copy", words.record_text(advice)) for advice in advices)]
        return self._reply(self._composer.parts(parts, advices if what == "why" else ()))

    async def _to_dpo(self, action: Mapping[str, Any], case: Case) -> Handled:
        if action.get("answer"):
            await asyncio.to_thread(self._store.ask_dpo, action["answer"])
        contacts = self._knowledge.contacts_of(self._municipality)
        text = (
            "Ik heb je vraag voor de FG gemarkeerd, zonder je naam. "
            f"Wil je zelf antwoord? Neem contact op met {contacts.dpo}. "
            f"Haast? Overleg met je leidinggevende of {contacts.privacy_officer}."
        )
        return self._reply(self._composer.plain(text, Verdict.INFO))

    # -- keeping -----------------------------------------------------------------------

    @property
    def _municipality(self) -> str | None:
        return self._incoming.profile.get("municipality")

    async def _case(self) -> Case:
        return await asyncio.to_thread(self._store.case, self._key, self._incoming.channel, self._now)

    @staticmethod
    def _reply(composed: Composed, **details: Any) -> Handled:
        return Handled(Reply((composed.message,)), record_prompt=composed.record_prompt, **details)

    async def _kept(self, composed: Composed, case: Case, turn: Turn | None = None, **details: Any) -> Handled:
        await asyncio.to_thread(self._store.save, self._key, case, turn, composed.buttons, self._now)
        return self._reply(composed, **details)

    async def _answered(
        self,
        composed: Composed,
        masked: Masked,
        *,
        case: Case,
        intent: str,
        confidence: float = 0.0,
        entities: tuple[Mapping[str, Any], ...] = (),
        advices: Sequence[Advice] = (),
    ) -> Handled:
        message = composed.message
        turn = Turn(
            question={
                "text": masked.text,
                "masked": list(masked.kinds),
                "intent": intent,
                "confidence": confidence,
                "entities": [dict(entity) for entity in entities],
                "municipality": self._municipality,
            },
            answer={
                "text": message.text,
                "verdict": message.verdict or "",
                "obligation": message.obligation,
                "rules": list(message.rules),
                "citations": [citation_json(one) for one in message.citations],
                "advices": [advice.model_dump(mode="json") for advice in advices],
                "knowledge_version": self._knowledge.version,
                "law_on": self._composer.on.isoformat(),
            },
        )
        return await self._kept(
            composed,
            case,
            turn,
            text=masked.text,
            intent=intent,
            confidence=confidence,
            entities=entities,
            personal_data=masked.kinds,
        )


def _plain_entity(entity: Mapping[str, Any]) -> dict[str, Any]:
    return {name: entity.get(name) for name in ("entity", "value", "role", "group") if entity.get(name) is not None}
