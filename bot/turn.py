"""One message on its way, from the channel to the reply. Read it from the top."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.campaigns.joining import typed_code
from bot.campaigns.store import Campaigns, round_of
from bot.clock import AMSTERDAM
from bot.compose import STALE_BUTTON, Composed, Composer
from bot.contract import citation_json
from bot.danger import DangerDetector
from bot.flows import Guide, Recorder
from bot.guard import Guard, Masked
from bot.messages import Command, Incoming, Reply
from bot.nlu_client import NluClient, NluUnavailable, Understood
from bot.own_data import OwnData
from bot.quiz import Player, Quiz, Said
from bot.review.asker import ALREADY, REACTED, Asker
from bot.review.signals import signals
from bot.screen import MAX_CHARS, TOO_LONG, plain, screen
from bot.split import split_questions
from bot.store import Store
from bot.store import store as kept
from bot.store.decisions import Decisions
from bot.store.quiz import QuizCards
from bot.store.retention import Periods, Retention
from bot.store.reviews import Reviews
from knowledge.advise import advise
from knowledge.answer import Part
from knowledge.case import Case
from knowledge.flow import FlowState, Move, spoken
from knowledge.knowledge import Knowledge
from knowledge.question import ACT, Advice, Question, told, unique
from knowledge.quiz import QUIZ, QuizState
from knowledge.schema import Verdict

log = logging.getLogger(__name__)
# During a flow a text with a question mark and at least so many words is a question in between.
QUESTION_WORDS = 3
# The intent that adds to what the signals find, how sure it must be, and the answer when the kind is not known.
DANGER = "danger"
SURE_OF_DANGER = 0.45
# What takes back a reaction to the FG, and what is said then.
STOPS = frozenset({"stop", "annuleer", "laat maar", "nee"})
CANCELLED = "Goed, ik stuur de FG niets. Wat wil je nu weten?"
GENERAL = "general"


@dataclass(frozen=True)
class Parts:
    """What a turn works with: the same for every message."""

    knowledge: Knowledge
    guard: Guard
    danger: DangerDetector
    nlu: NluClient
    store: Store
    reviews: Reviews
    decisions: Decisions
    retention: Retention
    periods: Periods
    clock: Callable[[], datetime]

    def composer(self) -> Composer:
        """Makes messages for the law of today, Dutch time."""
        return Composer(self.knowledge, self.clock().astimezone(AMSTERDAM).date())


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
    answer: int | None = None  # under which the answer is stored
    nlu_away: bool = False


@dataclass(frozen=True)
class _Read:
    """One question of a message: its text, what Rasa made of it, the advice it led to."""

    text: str
    understood: Understood
    advices: tuple[Advice, ...]


class Turn:
    """One message on its way; made for one message and then forgotten."""

    def __init__(self, parts: Parts, incoming: Incoming, key: str, owner: str) -> None:
        self._parts = parts
        self._incoming = incoming
        self._key = key
        self._owner = owner
        self._now = parts.clock()
        self._composer = parts.composer()
        self._knowledge = parts.knowledge
        self._store = parts.store
        self._guide = Guide(self._composer, self._municipality, self._now)
        self._recorder = Recorder(self._composer, parts.decisions, owner, self._now, self._guide)
        self._asker = Asker(self._composer, parts.reviews, owner, self._municipality)
        self._own_data = OwnData(self._composer, parts.retention, parts.periods, owner)
        player = Player(owner, key, incoming.profile.get("role"), sends=incoming.address is not None)
        self._quiz = Quiz(
            self._composer, QuizCards(parts.store.engine), Campaigns(parts.store.engine), player, self._now
        )
        self._interrupted: FlowState | QuizState | None = None
        self._case_known: Case | None = None
        self._reacts_to: int | None = None  # an answer of the FG
        self._silent = False  # nothing was said for so long that the case began anew
        self._running: list[dict[str, Any]] | None = None
        self._went_on = False  # something was going on when the message came

    async def handle(self) -> Handled:
        """The reply to the message."""
        if self._incoming.command is not None:
            return await self._command(self._incoming.command)
        return await (self.press() if self._incoming.payload is not None else self.text())

    # -- typed text --------------------------------------------------------------------

    async def text(self) -> Handled:
        """Guard, danger, screen; then Rasa, unless one of these has answered."""
        typed = self._incoming.text or ""
        masked = self._parts.guard.mask(typed[:MAX_CHARS])  # danger goes first, also in a text that is too long
        masked = replace(masked, kinds=unique((*self._incoming.masked, *masked.kinds)))
        if danger := self._parts.danger.find(masked.text):
            return await self._in_danger(danger.kind, masked)
        if code := typed_code(typed):  # before the screen: a code is no word
            return await self._quizzed(await asyncio.to_thread(self._quiz.join, code, await self._quiz_going_on()))
        refused = TOO_LONG if self._incoming.too_long else screen(typed)
        if refused and not await self._numbers_an_answer(typed):
            return self._reply(self._composer.plain(refused, Verdict.NOT_UNDERSTOOD))
        if command := self._commanded(masked.text):
            return await self._command(command)
        if flow := self._flow_begun(masked.text):
            return await self._begin(flow)
        if wish := self._quiz.wish(masked.text):
            return await self._quizzed(await asyncio.to_thread(self._quiz.wished, wish, await self._quiz_going_on()))
        await self._case()  # tells what the message is a reaction to
        if self._reacts_to is not None:
            return await self._react(self._reacts_to, masked)
        if state := await self._flow():
            # A day later only a choice is an answer to the question of the flow; a story is a new question.
            if not _asks(masked.text) and self._takes(state, masked.text):
                return await self._in_flow(state, masked)
            self._interrupted = state
        return await self._understand(masked)

    async def _numbers_an_answer(self, typed: str) -> bool:
        """True for a bare number that chooses an answer of the quiz: "2"."""
        running = await self._flow() if typed.strip(" .)").isdigit() else None
        return isinstance(running, QuizState) and self._quiz.chooses(running, typed)

    def _takes(self, state: FlowState | QuizState, text: str) -> bool:
        """True when a text answers what is going on."""
        if isinstance(state, QuizState):
            return (self._quiz.chooses if self._silent else self._quiz.takes)(state, text)
        return (self._guide.chooses if self._silent else self._guide.takes)(state, text)

    async def _in_danger(self, kind: str, masked: Masked) -> Handled:
        """What is said first when someone is in danger; whatever was going on waits."""
        composed = self._composer.emergency(self._knowledge.danger[kind], masked.text, masked.kinds)
        self._interrupted = await self._flow()
        return await self._answered(composed, masked, intent=DANGER, case=await self._case())

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
                down = self._composer.nlu_down(masked.kinds)
                return await self._kept(down, case, text=masked.text, nlu_away=True)
            advices = tuple(Advice.model_validate(one) for one in understood.answer.get("advices", ()))
            read.append(_Read(piece, understood, advices))
            if understood.intent == DANGER and understood.confidence >= SURE_OF_DANGER:
                return await self._in_danger(GENERAL, masked)
            case = case.after(advices) if advices else case
        return await self._answer(masked, read, case)

    async def _ask_rasa(self, text: str, case: Case) -> Understood:
        sender = hashlib.sha256(f"{self._key}\0{case.number}".encode()).hexdigest()
        metadata = {
            "case": case.model_dump(mode="json"),
            "on": self._composer.on.isoformat(),
            **{name: self._incoming.profile.get(name) for name in ("role", "municipality")},
        }
        return await self._parts.nlu.turn(sender, text, metadata)

    async def _answer(self, masked: Masked, read: Sequence[_Read], case: Case) -> Handled:
        advices = [advice for one in read for advice in one.advices]
        texts = [one.text for one in read for _ in one.advices]
        first = read[0].understood
        if advices:
            local = [part for one in advices for part in await asyncio.to_thread(self._asker.shared, one)]
            composed = self._composer.advices(advices, texts, masked.kinds, local)
        elif row := self._knowledge.small_talk.get(str(first.answer.get("id"))):
            composed = self._composer.small_talk(row, self._municipality, masked.kinds)
            if row.id == "restart":
                case = case.anew()
                await self._end_flows()
        else:
            composed = self._composer.not_understood(self._municipality, masked.kinds)
        handled = await self._answered(
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
        return await self._started(handled, advices)

    async def _started(self, handled: Handled, advices: Sequence[Advice]) -> Handled:
        """The answer, and after it the first question of the guided conversation that the question asked for."""
        if len(advices) != 1 or advices[0].modality == "what" or self._interrupted is not None:
            return handled
        flow = next((one.id for one in self._knowledge.flows.values() if advices[0].act in one.starts), None)
        if advices[0].act == Command.QUIZ:
            begun = await self._command(Command.QUIZ)
        elif flow is not None:
            begun = await self._begin(flow, handled.answer)
        else:
            return handled
        return replace(handled, reply=Reply((*handled.reply.messages, *begun.reply.messages)))

    # -- buttons -----------------------------------------------------------------------

    async def press(self) -> Handled:
        """Do what the button of this conversation stands for."""
        found = await asyncio.to_thread(self._store.button, self._key, self._incoming.payload or "", self._now)
        case = await self._case()
        if found is None:
            running = await self._flow()
            if isinstance(running, QuizState):
                return await self._quizzed(await asyncio.to_thread(self._quiz.expired, running))
            return self._reply(self._composer.plain(STALE_BUTTON))
        number, action = found
        what = action["do"]
        if what == "new":
            return await self._command(Command.NEW)
        if what == "go_on":
            return await self._understand(Masked(text=action["text"], kinds=(), ages=()))
        if what == "dpo":
            return self._reply(await asyncio.to_thread(self._asker.asked, action.get("answer"), self._incoming.channel))
        if what == "rate":
            return self._reply(await asyncio.to_thread(self._asker.rated, action.get("answer"), action["value"]))
        if what == "react":
            return await self._invite(action["to"], case)
        if what == "fact":
            if number != case.number:
                return self._reply(self._composer.plain(STALE_BUTTON))
            return await self._with_fact(action, case)
        if what == "begin":
            return await self._begin(action["flow"], action.get("answer"))
        if what == "quiz":
            return await self._quizzed(await asyncio.to_thread(self._quiz.pressed, await self._quiz_going_on(), action))
        if what == "flow":
            running = await self._flow()
            if not isinstance(running, FlowState):
                return self._reply(self._composer.plain(STALE_BUTTON))
            return await self._move(running, Move(action["move"]), action.get("value", ""))
        if what == "decision":
            changed, composed = await asyncio.to_thread(self._recorder.about, action["what"], action["reference"])
            return await (self._flowing(changed, composed) if changed else self._kept(composed, case))
        if what == "forget":
            return self._reply(await asyncio.to_thread(self._own_data.forget, action["which"]))
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
        advices = await self._advices(action.get("answer"))
        words = self._composer.words
        if what == "why":
            parts = [part for advice in advices for part in words.explanation(advice)]
        else:
            texts = unique(pair for advice in advices for pair in words.copy_texts(advice))
            parts = [Part("copy", f"{title}:\n{text}") for title, text in texts]
        return self._reply(self._composer.parts(parts, advices if what == "why" else ()))

    # -- the FG ------------------------------------------------------------------------

    async def _invite(self, answer: int, case: Case) -> Handled:
        if not await asyncio.to_thread(self._asker.may_react, answer):
            return self._reply(self._composer.plain(ALREADY, Verdict.INFO))
        await asyncio.to_thread(self._store.set_reacting, self._key, answer)
        return await self._kept(self._asker.invited(), case)

    async def _react(self, answer: int, masked: Masked) -> Handled:
        """The message after "Reageer" goes to the FG."""
        await asyncio.to_thread(self._store.set_reacting, self._key, None)
        if _said(masked.text) in STOPS:
            return self._reply(self._composer.plain(CANCELLED, Verdict.INFO))
        kept = await asyncio.to_thread(self._parts.reviews.react, answer, self._owner, masked.text, self._now)
        return self._reply(self._composer.plain(REACTED if kept else ALREADY, Verdict.INFO))

    # -- the bot itself ----------------------------------------------------------------

    def _commanded(self, text: str) -> Command | None:
        """The command that a whole message stands for: "vergeet mij"."""
        said = _said(text)
        found = (row.id for row in self._knowledge.commands.values() if said in row.words)
        return next((Command(one) for one in found), None)

    async def _command(self, command: Command) -> Handled:
        case = await self._case()
        if command is Command.NEW:
            await self._end_flows()
            row = self._knowledge.small_talk["restart"]
            return await self._kept(self._composer.small_talk(row, self._municipality), case.anew())
        if command is Command.HELP:
            row = self._knowledge.small_talk["explain_bot"]
            return await self._kept(self._composer.small_talk(row, self._municipality), case)
        if command is Command.MY_RECORDS:
            return await self._kept(await asyncio.to_thread(self._recorder.listed), case)
        if command is Command.PRIVACY:
            return await self._kept(self._own_data.explained(), case)
        if command in (Command.TRIAGE, Command.BREACH):
            return await self._begin(command.value)
        if command is Command.QUIZ:
            return await self._quizzed(await asyncio.to_thread(self._quiz.opened, await self._quiz_going_on()))
        if command is Command.MY_DATA:
            return self._reply(await asyncio.to_thread(self._own_data.exported))
        if command is Command.FORGET_ME:
            return await self._kept(self._own_data.asked_to_forget(), case)
        raise NotImplementedError(command)

    # -- a guided conversation ---------------------------------------------------------

    def _flow_begun(self, text: str) -> str | None:
        """The guided conversation that a whole message begins: "triage"."""
        said = _said(text)
        return next((flow.id for flow in self._knowledge.flows.values() if said in flow.begin), None)

    async def _begin(self, flow: str, answer: int | None = None) -> Handled:
        """Start a guided conversation about an answer, or by itself."""
        state, intro = self._guide.begin(flow, await self._advices(answer), answer)
        return await self._flowing(state, self._guide.asking(state, intro))

    async def _flow(self) -> FlowState | QuizState | None:
        """The guided conversation or the quiz that is going on; others may wait beneath it."""
        running = await self._flows()
        return _state(running[-1]) if running else None

    async def _flows(self) -> list[dict[str, Any]]:
        """The flows that are going on; read once."""
        if self._running is None:
            await self._case()  # tells also whether the conversation was left for too long
            self._running = await asyncio.to_thread(self._store.flows, self._key)
            self._went_on = bool(self._running)
        return self._running

    async def _keep_flows(self, running: list[dict[str, Any]]) -> None:
        self._running = running
        await asyncio.to_thread(self._store.set_flows, self._key, running)

    async def _set_flow(self, state: FlowState | QuizState) -> None:
        """Keep where a flow is: on top of those that it interrupted."""
        beneath = [one for one in await self._flows() if one["flow"] != state.flow]
        await self._keep_flows([*beneath, state.model_dump(mode="json")])

    async def _end_flow(self, flow: str) -> None:
        """End a flow; what it had interrupted is offered again."""
        left = [one for one in await self._flows() if one["flow"] != flow]
        await self._keep_flows(left)
        self._interrupted = _state(left[-1]) if left else None

    async def _end_flows(self) -> None:
        self._interrupted = None
        await self._keep_flows([])

    async def _in_flow(self, state: FlowState | QuizState, masked: Masked) -> Handled:
        """A typed answer, or the word on a button."""
        if isinstance(state, QuizState):
            said = await asyncio.to_thread(self._quiz.typed, state, masked.text)
            return await self._quizzed(said, personal_data=masked.kinds)
        made = spoken(self._knowledge.flow_words, state, masked.text)
        if made is not None:
            return await self._move(state, made, "")
        after, composed = self._guide.typed(state, masked.text, masked.kinds)
        return await self._flowing(after, composed, personal_data=masked.kinds)

    async def _move(self, state: FlowState, made: Move, value: str) -> Handled:
        if made is Move.CANCEL:
            await self._end_flow(state.flow)
            return await self._kept(self._guide.cancelled(), await self._case())
        if made is Move.SAVE:
            advices = await self._advices(state.subject)
            composed = await asyncio.to_thread(self._recorder.save, state, advices, self._municipality)
            await self._end_flow(state.flow)
            return await self._kept(composed, await self._case())
        after, composed = self._guide.pressed(state, made, value)
        return await self._flowing(after, composed)

    async def _flowing(self, state: FlowState, composed: Composed, **details: Any) -> Handled:
        case = await self._case()
        await self._set_flow(state)
        return await self._kept(composed, case, **details)

    # -- the quiz ----------------------------------------------------------------------

    async def _quiz_going_on(self) -> QuizState | None:
        """The quiz, also where it waits beneath something else."""
        found = (one for one in await self._flows() if one["flow"] == QUIZ)
        return next((round_of(one) for one in found), None)

    async def _quizzed(self, said: Said, **details: Any) -> Handled:
        """Keep where the quiz is, and show what it says in one reply."""
        case = await self._case()
        if said.state is not None:
            await self._set_flow(said.state)
        elif said.over:
            await self._end_flow(QUIZ)
        *before, last = said.messages
        buttons = tuple(button for one in said.messages for button in one.buttons)
        handled = await self._kept(replace(last, buttons=buttons), case, **details)
        return replace(handled, reply=Reply((*(one.message for one in before), *handled.reply.messages)))

    # -- keeping -----------------------------------------------------------------------

    async def _advices(self, answer: int | None) -> list[Advice]:
        stored = await asyncio.to_thread(self._store.advices, answer)
        return [Advice.model_validate(one) for one in stored]

    @property
    def _municipality(self) -> str | None:
        return self._incoming.profile.get("municipality")

    async def _case(self) -> Case:
        """The case as it was when the message came; read once, and the address noted once."""
        if self._case_known is not None:
            return self._case_known
        case, self._silent, self._reacts_to = await asyncio.to_thread(
            self._store.case, self._key, self._incoming.channel, self._now, self._owner
        )
        if self._incoming.address:
            await asyncio.to_thread(
                self._store.reachable, self._key, self._incoming.channel, self._incoming.address, self._now
            )
        self._case_known = case
        return case

    @staticmethod
    def _reply(composed: Composed, **details: Any) -> Handled:
        return Handled(Reply((composed.message,)), record_prompt=composed.record_prompt, **details)

    def _paused(self, composed: Composed, waiting: FlowState | QuizState) -> Composed:
        """A message with the way back to what it interrupted."""
        if isinstance(waiting, QuizState):
            return self._quiz.paused(composed, waiting)
        return self._guide.paused(composed, waiting)

    async def _kept(self, composed: Composed, case: Case, turn: kept.Turn | None = None, **details: Any) -> Handled:
        if self._interrupted is not None:
            composed = self._paused(composed, self._interrupted)
        elif self._silent:
            still = bool(await self._flows()) and self._went_on
            composed = self._composer.after_silence(composed, goes_on=still)
        answer = await asyncio.to_thread(self._store.save, self._key, case, turn, composed.buttons, self._now)
        return self._reply(composed, answer=answer, **details)

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
        turn = kept.Turn(
            question={
                "text": masked.text,
                "masked": list(masked.kinds),
                "intent": intent,
                "confidence": confidence,
                "entities": [dict(entity) for entity in entities],
                "municipality": self._municipality,
                "act": advices[0].act if advices else "",
                "party": next(iter(advices[0].facts.get("party", ())), "") if advices else "",
                "verdict": message.verdict or "",
                "signals": signals(message.verdict, confidence),
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


def _state(kept: Mapping[str, Any]) -> FlowState | QuizState:
    return round_of(kept) if kept["flow"] == QUIZ else FlowState.model_validate(kept)


def _said(text: str) -> str:
    """A whole message as the tables write it."""
    return " ".join(text.casefold().split()).rstrip(".!?")


def _asks(text: str) -> bool:
    """True for a question in between, and not an answer to the question of a flow."""
    return "?" in text and len(text.split()) >= QUESTION_WORDS
