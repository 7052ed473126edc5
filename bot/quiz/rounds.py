"""The quiz as a conversation: choose a subject, answer question after question, see the score.

Where it is stands in a `QuizState` among the guided conversations, so that a question in between gets
its answer and the quiz is offered again.  Which questions come is decided in `knowledge.quiz`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.campaigns.joining import COUNTED, INTRO, NOT_COUNTED, NOT_YET, OVER, TOOK_PART, UNKNOWN
from bot.campaigns.store import CampaignRound, Campaigns
from bot.clock import AMSTERDAM
from bot.compose import Composed, Composer
from bot.messages import Button
from bot.quiz.asking import IDLE, STATE, Choices, day_in_short, outcome, question, weekly_button
from bot.store.quiz import QuizCards
from knowledge.answer import Part
from knowledge.knowledge import Knowledge
from knowledge.quiz import (
    LETTERS,
    MIX,
    MOST,
    SIZE,
    QuizState,
    Result,
    answered,
    bar,
    choose,
    coming_back,
    missed_before,
    progress,
    read_answer,
)
from knowledge.schema import QuizQuestion, Verdict

MENU = "Waar wil je vragen over? Je krijgt er {size}. Tussendoor mag je stoppen of iets anders vragen."
MIX_LABEL = "Mix van alles"
TEN = "Tien vragen"
NOT_READ = "Dat kan ik niet als antwoord lezen. Kies een knop, of typ {letters}."
NOT_A_SUBJECT = "Dat onderwerp ken ik niet. Kies een knop."
OLD = "Deze knop hoort bij een eerdere quizvraag."
OLD_AND_GONE = "Deze knop hoort bij een eerdere ronde van de quiz. Typ “quiz” voor een nieuwe."
ALREADY = "Die vraag heb je al beantwoord."
RESUMED = "We gaan verder met de quiz."
PAUSED = "We waren bezig met de quiz{where}."
STOPPED = "Gestopt met de quiz."
CLOSED = "Klaar. Typ “quiz” als je weer wilt oefenen. Wat wil je nu weten?"
NOTHING_MISSED = "Er is geen vraag die je het laatst fout had."
NO_QUESTIONS = "Er zijn nu geen quizvragen."
WILL_ASK = "Je krijgt hier elke week één quizvraag. Typ “geen vraag meer” als je daarmee wilt stoppen."
WILL_NOT_ASK = "Je krijgt geen weekvraag meer."
CANNOT_ASK = "Een vraag van de week kan alleen in Telegram en Teams. Daar kan ik je zelf een bericht sturen."
# A text of so few words that cannot be read as an answer is a slip, not a question in between.
SLIP_WORDS = 2


@dataclass(frozen=True)
class Said:
    """What the quiz says; with where it is then, or that it is over.  Neither: nothing changes."""

    messages: tuple[Composed, ...]
    state: QuizState | None = None
    over: bool = False


@dataclass(frozen=True)
class Player:
    """Who takes the quiz and where; `sends` tells that a message can be sent there later."""

    owner: str
    conversation: str
    role: str | None
    sends: bool


class Quiz:
    """The quiz of one person, for one state of the knowledge and one day."""

    def __init__(
        self, composer: Composer, cards: QuizCards, campaigns: Campaigns, player: Player, now: datetime
    ) -> None:
        self._composer = composer
        self._knowledge: Knowledge = composer.knowledge
        self._cards = cards
        self._campaigns = campaigns
        self._player = player
        self._now = now
        self._on: date = now.astimezone(AMSTERDAM).date()

    # -- beginning ---------------------------------------------------------------------

    def opened(self, running: QuizState | None) -> Said:
        """The quiz that is going on, or a new one."""
        return self.resumed(running) if running else self.menu()

    def menu(self, size: int = SIZE) -> Said:
        """Choose a subject."""
        return self._menu(QuizState(round=self._new_round(), size=size))

    def begin(self, subject: str, size: int = SIZE) -> Said:
        """A round on a subject, or over all of them."""
        fresh = QuizState(round=self._new_round(), subject=subject, size=size)
        cards = self._cards.of(self._player.owner).cards
        items = choose(
            self._knowledge,
            cards,
            self._on,
            seed=fresh.round,
            subject=subject,
            role=self._player.role,
            size=size,
        )
        return self._ask(fresh.model_copy(update={"items": items}))

    def repeat(self, items: Sequence[str], subject: str = MIX, size: int = SIZE) -> Said:
        """A round of questions that were missed; the next one is on the subject again."""
        known = tuple(item for item in items if item in self._knowledge.quiz)[:MOST]
        if not known:
            return Said((self._composer.plain(NOTHING_MISSED, Verdict.INFO),))
        return self._ask(QuizState(round=self._new_round(), subject=subject, size=size, items=known))

    def join(self, code: str, running: QuizState | None) -> Said:
        """The round of a campaign, for who types its code; each takes it once."""
        found = self._campaigns.joining(code)
        if found is None:
            return self._told(UNKNOWN)
        campaign = found.campaign
        if campaign.over(self._on):
            return self._told(OVER)
        if self._on < campaign.starts:
            return self._told(NOT_YET.format(day=day_in_short(campaign.starts, self._on).removeprefix("op ")))
        if isinstance(running, CampaignRound) and running.campaign == campaign.id:
            return self.resumed(running)
        if self._campaigns.took(campaign.id, self._player.owner):
            return self._told(TOOK_PART)
        fresh = CampaignRound(round=self._new_round(), items=campaign.items, campaign=campaign.id, team=found.team)
        return self._ask(fresh, Part("plain", INTRO.format(name=campaign.name, team=found.team_name)))

    def resumed(self, state: QuizState) -> Said:
        """The question of this moment, once more."""
        return self._again(state, RESUMED)

    # -- what is typed -----------------------------------------------------------------

    def wish(self, text: str) -> str | None:
        """What a whole message asks of the quiz, also outside a round: "vraag van de week"."""
        said = _said(text)
        return next((row.id for row in self._knowledge.quiz_words.values() if said in row.words), None)

    def wished(self, wish: str, running: QuizState | None) -> Said:
        """Do what a whole message asks."""
        if wish == "again":
            return self.menu()
        if wish == "missed":
            cards = self._cards.of(self._player.owner).cards
            return self.repeat(missed_before(self._knowledge, cards, self._on))
        if wish == "stop":
            return self._stopped(running)
        return self._weekly(wish == "weekly")

    def chooses(self, state: QuizState, text: str) -> bool:
        """True when a text is surely meant for the quiz: an option, or the word on a button."""
        return self._move(text) is not None or read_answer(self._titles(state), text) is not None

    def takes(self, state: QuizState, text: str) -> bool:
        """True when a text answers the quiz; a story does not."""
        return self.chooses(state, text) or len(text.split()) <= SLIP_WORDS

    def typed(self, state: QuizState, text: str) -> Said:
        """Take a typed answer."""
        made = self._move(text)
        if made == "cancel":
            return self._stopped(state)
        if made == "resume":
            return self.resumed(state)
        place = read_answer(self._titles(state), text)
        row = self._row(state)
        if row is None:
            return self._again(state, NOT_A_SUBJECT) if place is None else self.begin(self._subjects[place], state.size)
        if made == "skip":
            return self._next(state, row, Result.SKIPPED)
        if place is None:
            return self._again(state, NOT_READ.format(letters=_listed(LETTERS[: len(row.options)])))
        return self._answer(state, row, place)

    # -- what is pressed ---------------------------------------------------------------

    def pressed(self, running: QuizState | None, action: Mapping[str, Any]) -> Said:
        """Do what a button of the quiz stands for."""
        what = action["what"]
        if what == "stop":
            return self._stopped(running)
        if what == "close":
            return Said((self._composer.plain(CLOSED, Verdict.INFO),))
        if what == "again":
            return self.begin(action["subject"], action["size"])
        if what == "missed":
            return self.repeat(action["items"], action["subject"], action["size"])
        if what == "weekly":
            return self._weekly(action["value"])
        if what == "week_answer":
            return self._week_answer(action)
        if running is None:
            return Said((self._composer.plain(OLD_AND_GONE, Verdict.INFO),))
        if what == "resume":
            return self.resumed(running)
        return self._in_round(running, action)

    def _in_round(self, running: QuizState, action: Mapping[str, Any]) -> Said:
        """A button of a round: of this one, at this question, or it is too late."""
        what, row = action["what"], self._row(running)
        if action["round"] != running.round or action.get("place", 0) > len(running.results):
            return self._again(running, OLD)
        if action.get("place", len(running.results)) < len(running.results):
            return self._again(running, ALREADY)
        if what == "subject":
            return self.begin(action["value"], running.size) if row is None else self._again(running, OLD)
        if what == "size":
            return self._menu(running.model_copy(update={"size": action["value"]}))
        if row is None:
            return self._again(running, OLD)
        if what == "skip":
            return self._next(running, row, Result.SKIPPED)
        return self._answer(running, row, action["value"])

    def expired(self, running: QuizState) -> Said:
        """A button that nobody knows any more, while a quiz is going on: the question again, with new buttons."""
        return self._again(running, OLD)

    def paused(self, composed: Composed, state: QuizState) -> Composed:
        """An answer to a question in between, with the way back to the quiz."""
        where = f" (vraag {len(state.results) + 1} van {len(state.items)})" if state.items else ""
        resume: Choices = [
            (Button("Ga daarmee verder", "", "option"), {"do": "quiz", "what": "resume"}),
            (Button("Stop daarmee", ""), {"do": "quiz", "what": "stop"}),
        ]
        return self._composer.with_more(composed, Part("plain", PAUSED.format(where=where)), resume, STATE)

    # -- a round -----------------------------------------------------------------------

    def _menu(self, state: QuizState, *before: Part) -> Said:
        base = {"do": "quiz", "round": state.round}
        labels = zip(self._subjects, self._titles(state), strict=True)
        options: Choices = [
            (Button(label, "", "option"), {**base, "what": "subject", "value": subject}) for subject, label in labels
        ]
        more: list[tuple[Button, Mapping[str, Any]]] = [(Button("Stoppen", ""), {"do": "quiz", "what": "stop"})]
        if state.size < MOST:
            more.insert(0, (Button(TEN, ""), {**base, "what": "size", "value": MOST}))
        asked = Part("ask", MENU.format(size=state.size))
        return Said((self._composer.flow([*before, asked], [*options, *more], STATE),), state)

    def _ask(self, state: QuizState, *before: Part) -> Said:
        """The question of this moment.  One that was taken out of the tables since is left out."""
        while state.item is not None and state.item not in self._knowledge.quiz:
            state = state.after(Result.SKIPPED)
        row = self._row(state)
        if row is None:
            return self._end(state) if state.items else Said((self._composer.plain(NO_QUESTIONS, Verdict.INFO),))
        place = len(state.results)
        base = {"do": "quiz", "round": state.round, "place": place}
        answers = [{**base, "what": "answer", "value": value} for value in range(len(row.options))]
        more: Choices = [
            (Button("Overslaan", ""), {**base, "what": "skip"}),
            (Button("Stoppen", ""), {"do": "quiz", "what": "stop"}),
        ]
        heading = Part("plain", f"Vraag {place + 1} van {len(state.items)}")
        return Said((question(self._composer, row, answers, more, *before, heading),), state)

    def _again(self, state: QuizState, text: str) -> Said:
        """The question of this moment once more, with a remark."""
        before = Part("plain", text)
        return self._ask(state, before) if state.items else self._menu(state, before)

    def _answer(self, state: QuizState, row: QuizQuestion, place: int) -> Said:
        right = place == row.right_place
        if not isinstance(state, CampaignRound):  # there nothing is kept of a person
            self._keep(row, right=right)
        return self._next(state, row, Result.RIGHT if right else Result.WRONG)

    def _keep(self, row: QuizQuestion, *, right: bool) -> None:
        card = self._cards.of(self._player.owner).cards.get(row.id)
        self._cards.keep(self._player.owner, answered(card, row.id, right, self._on), self._now)

    def _next(self, state: QuizState, row: QuizQuestion, result: Result) -> Said:
        if isinstance(state, CampaignRound) and not self._may_count(state):
            return Said((self._composer.plain(TOOK_PART, Verdict.INFO),), over=True)
        after = state.after(result)
        done, total = len(after.results), len(after.items)
        so_far = Part("plain", f"Vraag {done} van {total} {bar(done, total)} {after.score} goed")
        shown = outcome(self._composer, row, result, [so_far])
        onward = self._ask(after)
        return Said((shown, *onward.messages), onward.state, onward.over)

    def _may_count(self, state: CampaignRound) -> bool:
        """False for a second round of the same person, begun elsewhere; told at its first answer."""
        return bool(state.results) or self._campaigns.start(state, self._player.owner, self._on)

    def _counted(self, state: CampaignRound) -> Said:
        """The end of a round of a campaign."""
        counted = self._campaigns.count(state, self._player.owner, self._on)
        lines = [
            Part("verdict", f"Klaar! Je had {state.score} van de {len(state.items)} goed."),
            Part("plain", COUNTED if counted else NOT_COUNTED),
        ]
        return Said((self._composer.flow(lines, [], IDLE),), over=True)

    def _end(self, state: QuizState) -> Said:
        if isinstance(state, CampaignRound):
            return self._counted(state)
        cards = self._cards.of(self._player.owner).cards
        so_far = progress(self._knowledge, cards, self._on)
        lines = [
            Part("verdict", f"Klaar! Je had {state.score} van de {len(state.items)} goed."),
            *self._returning(state),
            Part(
                "plain",
                f"Van alle {so_far.total} vragen beantwoordde je er {so_far.asked}; "
                f"{so_far.known} daarvan had je de laatste keer goed.",
            ),
        ]
        again = {"do": "quiz", "what": "again", "subject": state.subject, "size": state.size}
        buttons: list[tuple[Button, Mapping[str, Any]]] = [(Button("Nog een ronde", ""), again)]
        if state.missed:
            missed = {**again, "what": "missed", "items": list(state.missed)}
            buttons.append((Button("Alleen wat ik miste", ""), missed))
        if self._player.sends:
            buttons.append(weekly_button(self._cards.subscribed(self._player.owner)))
        buttons.append((Button("Stoppen", ""), {"do": "quiz", "what": "close"}))
        return Said((self._composer.flow(lines, buttons, IDLE),), over=True)

    def _stopped(self, state: QuizState | None) -> Said:
        lines = [Part("plain", STOPPED)]
        if state and (done := len(state.results)):
            lines = [Part("plain", f"{STOPPED} Je had {state.score} van de {done} goed."), *self._returning(state)]
        return Said((self._composer.flow(lines, [], IDLE),), over=True)

    def _returning(self, state: QuizState) -> list[Part]:
        """When the questions of the round come again."""
        days = coming_back(self._cards.of(self._player.owner).cards, state.items)
        if not days:
            return []
        told = [f"{number} {day_in_short(day, self._on)}" for day, number in days]
        return [Part("plain", f"Zo veel vragen komen terug in de quiz: {_listed(told, ' en ')}.")]

    # -- every week --------------------------------------------------------------------

    def _weekly(self, wanted: bool) -> Said:
        if wanted and not self._player.sends:
            return Said((self._composer.plain(CANNOT_ASK, Verdict.INFO),))
        if wanted:
            self._cards.subscribe(self._player.conversation, self._player.owner, self._now)
        else:
            self._cards.unsubscribe(self._player.owner)
        return Said((self._composer.plain(WILL_ASK if wanted else WILL_NOT_ASK, Verdict.INFO),))

    def _week_answer(self, action: Mapping[str, Any]) -> Said:
        row = self._knowledge.quiz.get(action["item"])
        last = self._cards.of(self._player.owner).answered_at.get(action["item"])
        if row is None or (last and last >= datetime.fromisoformat(action["asked"])):
            return Said((self._composer.plain(ALREADY if row else OLD_AND_GONE, Verdict.INFO),))
        right = action["value"] == row.right_place
        self._keep(row, right=right)
        more: Choices = [
            (Button("Doe een ronde", ""), {"do": "quiz", "what": "again", "subject": MIX, "size": SIZE}),
            weekly_button(self._cards.subscribed(self._player.owner)),
        ]
        result = Result.RIGHT if right else Result.WRONG
        return Said((outcome(self._composer, row, result, [], more, IDLE),))

    # -- pieces ------------------------------------------------------------------------

    def _told(self, text: str) -> Said:
        return Said((self._composer.plain(text, Verdict.INFO),))

    def _row(self, state: QuizState) -> QuizQuestion | None:
        return self._knowledge.quiz.get(state.item or "")

    @property
    def _subjects(self) -> list[str]:
        return [MIX, *self._knowledge.quiz_subjects]

    def _titles(self, state: QuizState) -> list[str]:
        """The options that can be chosen now, as they stand on the buttons."""
        if row := self._row(state):
            return [option.text for option in row.options]
        return [MIX_LABEL, *(subject.label for subject in self._knowledge.quiz_subjects.values())]

    def _move(self, text: str) -> str | None:
        said = _said(text)
        words = self._knowledge.flow_words
        return next((move for move in ("cancel", "skip", "resume") if said in words[move].words), None)

    def _new_round(self) -> str:
        """A name for a round, which is also the seed of its questions."""
        made = f"{self._player.owner}\0{self._player.conversation}\0{self._now.isoformat()}"
        return hashlib.sha256(made.encode()).hexdigest()[:16]


def _said(text: str) -> str:
    """A whole message as the tables write it."""
    return " ".join(text.casefold().split()).rstrip(".!?")


def _listed(words: Sequence[str], last: str = " of ") -> str:
    return last.join(filter(None, [", ".join(words[:-1]), words[-1]]))
