"""The pages of the FG: the queue, one question, the wish list, shared answers, and changed answers."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from bot.guard import Guard
from bot.pages.page import Refusal
from bot.pages.workspace import GONE, HOME, UNREADABLE, Workspace
from bot.review import filters
from bot.review.answering import Answering, Way
from bot.review.changed import Change, Changed
from bot.review.signals import LABELS
from bot.review.training import Lines, NotWritable, Refused, Training
from bot.review.views import CORRECTABLE, FactField, Views, news
from bot.signin.gate import allowed
from bot.signin.roles import Permission, may
from bot.store.accounts import Accounts
from bot.store.boundary import Boundary
from bot.store.reviews import PAGE, TELLING, WISH, Asked, Item, Reviews
from knowledge.knowledge import Knowledge

QUESTION: Final = f"{HOME}/vraag"
CHANGED: Final = f"{HOME}/gewijzigd"
ANSWERS: Final = f"{HOME}/antwoorden"
WISHES: Final = f"{HOME}/wensen"
MAX_ANSWER: Final = 3000  # characters
MAX_NOTE: Final = 1000
_MAX_NUMBER: Final = 2**31 - 1  # of a row in the database
_WAIT: Final = 3.0  # seconds for the changed answers, before a page says that they are not ready yet
_CHANGES: Final = 10  # groups on a page
_SELECT: Final = "v-"  # before the number of a question that is ticked
_FACT: Final = "feit-"

# What a page says after something was done, by the word in its address.
_SAID: Final = {
    "klopt": "Vastgelegd: het antwoord klopt. De vraag is gesloten.",
    "klopt-niet": "Vastgelegd: het antwoord klopt niet. De vraag is gesloten.",
    "sluit": "De vraag is gesloten.",
    "heropen": "De vraag staat weer open.",
    "wens": "De vraag staat op de wensenlijst.",
    "voorbeeld": "Het voorbeeld is bewaard, met een testgeval. Het telt mee als het taalmodel opnieuw is getraind.",
    "voorbeeld-was-er": "Dit voorbeeld was er al. Er is niets veranderd.",
    "verstuurd": "Je antwoord is verstuurd. De vraag is gesloten.",
    "klaargezet": "Je antwoord staat klaar. Wie het vroeg, ziet het bij een volgend bezoek aan de webchat.",
    "nergens": "Je antwoord is bewaard, maar er is geen weg terug: het kanaal stuurt niets, of het adres is gewist.",
    "niet-gedeeld": "Collega's zien dit antwoord niet meer.",
    "verwerkt": "De wens is van de lijst.",
    "niets": "Je had geen vraag gekozen. Er is niets veranderd.",
}
_COUNTED: Final = {
    "gesloten": ("1 vraag gesloten.", "{} vragen gesloten."),
    "kloppen": ("1 antwoord klopt; de vraag is gesloten.", "{} antwoorden kloppen; de vragen zijn gesloten."),
    "verteld": ("1 persoon krijgt bericht.", "{} mensen krijgen bericht."),
}
_MASKED: Final = " Ik heb er persoonsgegevens in afgeschermd."
_BULK: Final = {"sluit": ("closed", "gesloten"), "klopt": ("correct", "kloppen")}
_WAYS: Final = {Way.SENT: "verstuurd", Way.FETCHED: "klaargezet", Way.NOWHERE: "nergens"}


@dataclass(frozen=True)
class ReviewDesk:
    """What the pages work with."""

    knowledge: Knowledge
    guard: Guard
    reviews: Callable[[Boundary], Reviews]
    accounts: Accounts
    answering: Answering
    training: Training
    changed: Changed
    clock: Callable[[], datetime]
    # The breaches within a boundary whose term presses, as the template shows them.
    reminders: Callable[[Boundary], Sequence[object]] = lambda boundary: ()


class _ReviewPages:
    """The endpoints. Each takes a request and gives a response or raises `Refusal`."""

    def __init__(self, desk: ReviewDesk, workspace: Workspace) -> None:
        self._desk = desk
        self._knowledge = desk.knowledge
        self._workspace = workspace
        self._views = Views(desk.knowledge)
        self._telling = asyncio.Lock()

    # -- the queue ---------------------------------------------------------------------

    async def queue(self, request: Request) -> Response:
        chosen = filters.read(request.query_params, self._knowledge)
        page = await asyncio.to_thread(self._reviews(request).queue, chosen.filter, chosen.p)
        if chosen.p > page.pages:
            return RedirectResponse(HOME + chosen.query(p=page.pages), 303)
        counts = await asyncio.to_thread(self._reviews(request).counts)
        may_see = may(self._workspace.visitor(request).account.roles, Permission.RECORDS)
        k = self._knowledge
        return self._workspace.page(
            request,
            "queue.html",
            rows=[self._views.row(question, answer) for question, answer in page.rows],
            total=page.total,
            number=page.number,
            pages=page.pages,
            chosen=chosen,
            signals=[(one, label, counts.get(one, 0)) for one, label in LABELS.items()],
            municipalities=_sorted(self._workspace.municipalities(request, k).items()),
            topics=_sorted((row.id, row.label) for row in k.acts.values()),
            parties=_sorted((row.id, row.label) for row in k.parties.values()),
            max_words=filters.MAX_WORDS,
            said=_said(request),
            reminders=await asyncio.to_thread(self._desk.reminders, self._workspace.boundary(request))
            if may_see
            else (),
        )

    async def bulk(self, request: Request) -> Response:
        form = await self._workspace.form(request)
        chosen = filters.read({name: value for name, value in form.items() if name != "doe"}, self._knowledge)
        if form.get("doe") not in _BULK:
            raise Refusal(UNREADABLE)
        what, said = _BULK[form["doe"]]
        numbers = [_number(name.removeprefix(_SELECT)) for name in form if name.startswith(_SELECT)]
        if not numbers:
            return _back(HOME + chosen.query(), "niets")
        done = await self._judge(request, numbers, what)
        return _back(HOME + chosen.query(), said, done)

    # -- one question ------------------------------------------------------------------

    async def item(self, request: Request) -> Response:
        number = _number(request.path_params["number"])
        item = await self._item(request, number)
        await self._workspace.note(request, "question.open", f"question {number}")
        return await self._item_page(request, item, said=_said(request))

    async def correct(self, request: Request) -> Response:
        return await self._simply(request, "correct", "klopt")

    async def close(self, request: Request) -> Response:
        return await self._simply(request, "closed", "sluit")

    async def reopen(self, request: Request) -> Response:
        await self._workspace.form(request)
        number = (await self._asked(request)).question.id or 0
        await asyncio.to_thread(self._reviews(request).reopen, number)
        await self._workspace.note(request, "question.reopened", f"question {number}")
        return _back(f"{QUESTION}/{number}", "heropen")

    async def wish(self, request: Request) -> Response:
        form = await self._workspace.form(request)
        item = await self._asked(request)
        note, hidden = self._masked(form.get("notitie", ""))
        if not note:
            return await self._item_page(request, item, 400, problem="Schrijf wat je mist in de kennis.", form=form)
        await self._judge(request, [item.question.id or 0], WISH, note=note, close=False)
        return _back(f"{QUESTION}/{item.question.id}", "wens", hidden=hidden)

    async def wrong(self, request: Request) -> Response:
        form = await self._workspace.form(request)
        item = await self._asked(request)
        intent, rule = form.get("onderwerp", ""), form.get("regel", "").strip()
        note, hidden = self._masked(form.get("notitie", ""))
        read = {field.id: one.id for field in self._fields(item) for one in field.options if one.chosen}
        # As the bot read them already, they are no correction.
        facts = chosen if (chosen := self._facts(form)) != read else {}
        problem = ""
        if intent and intent not in await asyncio.to_thread(self._intents):
            problem = "Dit onderwerp kent Deelwijzer niet. Kies er een uit de lijst."
        elif rule and rule not in self._knowledge.rules:
            problem = "Deze regel is er niet. Neem het kenmerk over van de pagina van de regel in de kennis."
        elif not (intent or rule or note or facts):
            problem = "Kies of schrijf wat er niet klopt."
        if problem:
            return await self._item_page(request, item, 400, problem=problem, form=form)
        numbers = [item.question.id or 0]
        await self._judge(request, numbers, "wrong", intent=intent, facts=facts, rule=rule, note=note)
        return _back(f"{QUESTION}/{item.question.id}", "klopt-niet", hidden=hidden)

    async def answer(self, request: Request) -> Response:
        form = await self._workspace.form(request)
        item = await self._asked(request)
        text = form.get("antwoord", "").strip()
        if not text or len(text) > MAX_ANSWER:
            problem = f"Een antwoord heeft 1 tot {MAX_ANSWER} tekens."
            return await self._item_page(request, item, 400, problem=problem, form=form)
        shared = bool(form.get("delen")) and item.question.municipality is not None and bool(item.answer.rules)
        number = item.question.id or 0
        by = self._workspace.visitor(request).account.id
        hidden = bool(self._desk.guard.mask(text).kinds)
        sent = await self._desk.answering.answer(number, text, by, shared=shared)
        if sent is None:
            raise Refusal(GONE)
        _, way = sent
        await self._workspace.note(request, "question.answered", f"question {number}", way.name.lower())
        return _back(f"{QUESTION}/{number}", _WAYS[way], hidden=hidden)

    async def example(self, request: Request) -> Response:
        form = await self._workspace.form(request)
        item = await self._asked(request)
        number = item.question.id or 0
        text, intent, facts = form.get("zin", ""), form.get("onderwerp", ""), self._facts(form)
        try:
            is_new = await asyncio.to_thread(self._desk.training.add, text, intent, facts)
        except Refused as refused:
            return await self._item_page(request, item, 400, problem=str(refused), form=form)
        except NotWritable as error:
            await self._workspace.note(request, "question.example", f"question {number}", "download")
            return self._workspace.page(request, "lines.html", number=number, files=_files(intent, error.lines))
        if is_new:
            await self._judge(request, [number], "example", intent=intent, facts=facts, close=False)
        return _back(f"{QUESTION}/{number}", "voorbeeld" if is_new else "voorbeeld-was-er")

    async def _simply(self, request: Request, what: str, said: str) -> Response:
        form = await self._workspace.form(request)
        item = await self._asked(request)
        note, hidden = self._masked(form.get("notitie", ""))
        await self._judge(request, [item.question.id or 0], what, note=note)
        return _back(f"{QUESTION}/{item.question.id}", said, hidden=hidden)

    async def _item_page(
        self,
        request: Request,
        item: Item,
        status: int = 200,
        *,
        said: str = "",
        problem: str = "",
        form: Mapping[str, str] | None = None,
    ) -> Response:
        everyone = await asyncio.to_thread(self._desk.accounts.everyone)
        shown = self._views.item(item, {one.id: one.name for one in everyone})
        intents = await asyncio.to_thread(self._intents)
        wrong = next((one for one in reversed(item.judgements) if one.what == "wrong"), None)
        learned = wrong.facts if wrong and wrong.facts else None
        return self._workspace.page(
            request,
            "item.html",
            status=status,
            item=shown,
            said=said,
            problem=problem,
            # What was typed stays when it was not accepted; which form it was is in the address.
            form=form or {},
            sent=request.url.path.rpartition("/")[2] if form is not None else "",
            intents=_sorted((one, self._views.intent(one)) for one in intents),
            right_intent=wrong.intent if wrong and wrong.intent else item.question.intent,
            fact_fields=self._views.fact_fields(shown.understood),
            examples=self._views.examples(shown.understood, learned),
            can_share=bool(item.question.municipality and item.answer.rules),
            next=await asyncio.to_thread(self._reviews(request).next_after, item.question.id or 0),
            max_answer=MAX_ANSWER,
            max_note=MAX_NOTE,
        )

    # -- wishes and shared answers -----------------------------------------------------

    async def wishes(self, request: Request) -> Response:
        number = filters.page_number(request.query_params.get("p", ""))
        found = await asyncio.to_thread(self._reviews(request).wishes, number)
        return self._workspace.page(
            request,
            "wishes.html",
            wishes=[(wish.id, wish.note, self._views.row(question)) for wish, question in found[:PAGE]],
            number=number,
            has_more=len(found) > PAGE,
            said=_said(request),
        )

    async def fulfil(self, request: Request) -> Response:
        await self._workspace.form(request)
        number = _number(request.path_params["number"])
        if not await asyncio.to_thread(self._reviews(request).fulfil, number):
            raise Refusal(GONE)
        await self._workspace.note(request, "wish.done", f"judgement {number}")
        return _back(WISHES, "verwerkt")

    async def answers(self, request: Request) -> Response:
        number = filters.page_number(request.query_params.get("p", ""))
        found = await asyncio.to_thread(self._reviews(request).shared_answers, number)
        return self._workspace.page(
            request,
            "answers.html",
            answers=[self._views.answered(one) for one in found[:PAGE]],
            number=number,
            has_more=len(found) > PAGE,
            said=_said(request),
        )

    async def unshare(self, request: Request) -> Response:
        await self._workspace.form(request)
        number = _number(request.path_params["number"])
        if not await asyncio.to_thread(self._reviews(request).unshare, number):
            raise Refusal(GONE)
        await self._workspace.note(request, "answer.unshared", f"answer {number}")
        return _back(ANSWERS, "niet-gedeeld")

    # -- changed answers ---------------------------------------------------------------

    async def changed(self, request: Request) -> Response:
        found = await self._desk.changed.found(self._workspace.boundary(request), _WAIT)
        number = filters.page_number(request.query_params.get("p", ""))
        here = found.changes[(number - 1) * _CHANGES : number * _CHANGES] if found else ()
        asked = self._reviews(request).who_asked
        shown = [self._views.change(one, await asyncio.to_thread(asked, one.questions)) for one in here]
        return self._workspace.page(
            request,
            "changed.html",
            found=found,
            changes=[one for one in shown if one.total],
            number=number,
            has_more=bool(found and len(found.changes) > number * _CHANGES),
            version=self._knowledge.version,
            said=_said(request),
        )

    async def tell(self, request: Request) -> Response:
        await self._workspace.form(request)
        found = await self._desk.changed.found(self._workspace.boundary(request))
        change = found.change(str(request.path_params["change"])) if found else None
        if change is None:
            raise Refusal(GONE)
        by = self._workspace.visitor(request).account.id
        # One at a time: who presses twice finds that everybody heard of it.
        async with self._telling:
            people = _untold(await asyncio.to_thread(self._reviews(request).who_asked, change.questions), change)
            told = sum([await self._told(self._reviews(request), one, change, by) for one in people])
        await self._workspace.note(request, "change.told", f"change {change.id}", str(told))
        return _back(CHANGED, "verteld", told)

    async def _told(self, reviews: Reviews, one: Asked, change: Change, by: str) -> bool:
        """Tell one person; noted first, so that nobody is told twice."""
        item = await asyncio.to_thread(reviews.item, one.question)
        if item is None:
            return False
        text = news(item.question.text, change)
        facts, now = {"outcome": change.outcome, "text": text}, self._desk.clock()
        await asyncio.to_thread(reviews.judge, [one.question], TELLING, by, now, facts=facts, close=False)
        way = await self._desk.answering.notify(one.question, text)
        if way is Way.NOWHERE:
            await asyncio.to_thread(reviews.take_back, one.question, TELLING, change.outcome)
        elif way is Way.SENT:
            await asyncio.to_thread(reviews.told, one.question)
        return way is not Way.NOWHERE

    # -- pieces ------------------------------------------------------------------------

    def _reviews(self, request: Request) -> Reviews:
        """What the visitor may see of the questions."""
        return self._desk.reviews(self._workspace.boundary(request))

    async def _item(self, request: Request, number: int) -> Item:
        item = await asyncio.to_thread(self._reviews(request).item, number)
        if item is None:
            raise Refusal(GONE)
        return item

    async def _asked(self, request: Request) -> Item:
        return await self._item(request, _number(request.path_params["number"]))

    async def _judge(self, request: Request, numbers: list[int], what: str, **details: Any) -> int:
        by = self._workspace.visitor(request).account.id
        done = await asyncio.to_thread(self._reviews(request).judge, numbers, what, by, self._desk.clock(), **details)
        for number in done:
            await self._workspace.note(request, f"question.{what}", f"question {number}")
        return len(done)

    def _masked(self, text: str) -> tuple[str, bool]:
        """A note as it may be kept, and whether something was hidden in it."""
        masked = self._desk.guard.mask(text.strip()[:MAX_NOTE])
        return masked.text, bool(masked.kinds)

    def _facts(self, form: Mapping[str, str]) -> dict[str, str]:
        """The facts that were chosen, with values that the knowledge has."""
        chosen = {fact: form.get(f"{_FACT}{fact}", "") for fact in CORRECTABLE}
        return {fact: value for fact, value in chosen.items() if value and self._knowledge.known_value(fact, value)}

    def _fields(self, item: Item) -> tuple[FactField, ...]:
        return self._views.fact_fields(self._views.understood(item))

    def _intents(self) -> tuple[str, ...]:
        return self._desk.training.intents


def _untold(asked: list[Asked], change: Change) -> list[Asked]:
    """Of each person who can be reached and did not hear of this yet, the first question."""
    heard = {one.owner for one in asked if change.outcome in one.told}
    people = {one.owner: one for one in reversed(asked) if one.reachable and one.owner not in heard}
    return list(people.values())


def _number(text: object) -> int:
    """The number of a row.

    Raises:
        Refusal: when it cannot be one.
    """
    given = str(text)
    if not (given.isascii() and given.isdigit()) or int(given[:12]) > _MAX_NUMBER:
        raise Refusal(GONE)
    return int(given)


def _back(address: str, said: str, count: int | None = None, *, hidden: bool = False) -> Response:
    """To a page that says what was done."""
    more = f"gedaan={said}" + (f"&aantal={count}" if count is not None else "") + ("&afgeschermd=1" if hidden else "")
    return RedirectResponse(f"{address}{'&' if '?' in address else '?'}{more}", 303)


def _said(request: Request) -> str:
    """What was done, in words; "" when nothing was."""
    told, count = request.query_params.get("gedaan", ""), request.query_params.get("aantal", "")
    if told in _COUNTED and count.isascii() and count.isdigit() and len(count) < 7:
        one, more = _COUNTED[told]
        return one if int(count) == 1 else more.format(int(count))
    hidden = _MASKED if request.query_params.get("afgeschermd") else ""
    return _SAID[told] + hidden if told in _SAID else ""


def _sorted(pairs: Any) -> list[tuple[str, str]]:
    capital = ((one, f"{label[:1].upper()}{label[1:]}") for one, label in pairs)
    return sorted(capital, key=lambda pair: pair[1].casefold())


def _files(intent: str, lines: Lines) -> list[tuple[str, str, str, str]]:
    """(name, where it belongs, what a link downloads, the text) of the lines that could not be written."""

    def link(text: str) -> str:
        return f"data:text/yaml;base64,{base64.b64encode(text.encode()).decode()}"

    return [
        (f"{intent}.yml", "nlu/data/reviewed", link(lines.sentence), lines.sentence),
        ("cases.yaml", "tests/reviewed", link(lines.case), lines.case),
    ]


def router(desk: ReviewDesk, workspace: Workspace) -> APIRouter:
    """The routes of the workspace of the FG.

    Args:
        desk: what the pages work with.
        workspace: makes the pages, and notes what is done.
    """
    pages = _ReviewPages(desk, workspace)
    found = APIRouter(include_in_schema=False)
    read, answer = Permission.REVIEW, Permission.ANSWER
    one = f"{QUESTION}/{{number}}"
    for method, path, endpoint, permission in (
        ("GET", HOME, pages.queue, read),
        ("POST", f"{HOME}/vragen", pages.bulk, read),
        ("GET", one, pages.item, read),
        ("POST", f"{one}/klopt", pages.correct, read),
        ("POST", f"{one}/klopt-niet", pages.wrong, read),
        ("POST", f"{one}/antwoord", pages.answer, answer),
        ("POST", f"{one}/voorbeeld", pages.example, read),
        ("POST", f"{one}/wens", pages.wish, read),
        ("POST", f"{one}/sluit", pages.close, read),
        ("POST", f"{one}/heropen", pages.reopen, read),
        ("GET", WISHES, pages.wishes, read),
        ("POST", f"{WISHES}/{{number}}/klaar", pages.fulfil, read),
        ("GET", ANSWERS, pages.answers, read),
        ("POST", f"{ANSWERS}/{{number}}/stop", pages.unshare, answer),
        ("GET", CHANGED, pages.changed, read),
        ("POST", f"{CHANGED}/{{change}}", pages.tell, answer),
    ):
        found.add_api_route(
            path,
            workspace.guarded(endpoint),
            methods=[method],
            response_model=None,
            dependencies=[Depends(allowed(permission))],
        )
    return found
