"""What happens in Telegram, made into events for the desk. Read `receive` first.

Questions are answered in private chats only.  Of everything else (groups, pictures, recordings,
changed messages, people who were not invited) nothing is kept and nothing reaches the assistant.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from telegram import Bot, CallbackQuery, Chat, MessageEntity, Update
from telegram import Message as TelegramMessage
from telegram.ext import filters

from bot.channels.telegram import texts
from bot.channels.telegram.aside import Aside
from bot.channels.telegram.channel import LEAVE, LINKS
from bot.channels.telegram.choices import Choices
from bot.channels.telegram.recent import Answered
from bot.channels.telegram.render import Pressed, with_choice
from bot.channels.telegram.sending import CHANNEL
from bot.delivery.channel import Event
from bot.delivery.desk import Accepted, Desk
from bot.delivery.limit import RateLimit
from bot.keys import conversation_key
from bot.messages import Command
from bot.store.access import Access

# What is asked of Telegram; everything else that it knows (channels, payments) is not even sent.
UPDATES = ("message", "edited_message", "callback_query", "poll_answer")

_COMMANDS = {
    "help": Command.HELP,
    "privacy": Command.PRIVACY,
    "stop": Command.NEW,
    "triage": Command.TRIAGE,
    "datalek": Command.BREACH,
    "quiz": Command.QUIZ,
    "mijnbesluiten": Command.MY_RECORDS,
    "mijngegevens": Command.MY_DATA,
    "vergeetmij": Command.FORGET_ME,
}
# Commands with words after them that say the same without the slash.
_SPOKEN = {"vraag": "{}", "quiz": "quiz {}"}
_PROFILE = {"gemeente": "municipality", "rol": "role"}
_HOUR = timedelta(hours=1)


class Receiver:
    """Takes updates in. What it remembers itself is in memory only, and not needed after a restart."""

    def __init__(
        self,
        bot: Bot,
        desk: Desk,
        aside: Aside,
        answered: Answered,
        choices: Choices,
        access: Access | None,
        clock: Callable[[], datetime],
    ) -> None:
        self._bot = bot
        self._desk = desk
        self._aside = aside
        self._answered = answered
        self._choices = choices
        self._access = access
        self._clock = clock
        self._strangers = RateLimit(1, _HOUR)
        self._codes = RateLimit(5, _HOUR)
        self._groups = RateLimit(1, timedelta(days=1))
        self._spoken_to = RateLimit(6, _HOUR)

    async def receive(self, update: Update) -> None:
        """Take one update in; when this returns, Telegram may forget it.

        Raises:
            SQLAlchemyError: it could not be kept; Telegram has to tell it again.
        """
        if update.callback_query:
            await self._press(update, update.callback_query)
        elif answer := update.poll_answer:
            if answer.user and answer.option_ids and await self._may_use(answer.user.id):
                work = {"do": "poll", "poll": answer.poll_id, "option": answer.option_ids[0]}
                await self._accept(update, answer.user.id, work)
        elif message := update.message or update.edited_message:
            if message.chat.type == Chat.PRIVATE:
                await self._message(update, message)
            elif message.chat.type in (Chat.GROUP, Chat.SUPERGROUP) and update.message:
                self._group(update, message)

    # -- messages ----------------------------------------------------------------------

    async def _message(self, update: Update, message: TelegramMessage) -> None:
        if filters.StatusUpdate.ALL.check_update(update):
            return
        chat = message.chat.id
        command, rest = _command(message, self._bot.username)
        let_in = False
        if not await self._may_use(chat):
            let_in = command == "start" and await self._redeemed(chat, rest)
            if not let_in:
                self._refuse(chat, texts.WRONG_CODE if command == "start" and _like_code(rest) else texts.NOT_INVITED)
                return
        if update.edited_message:
            if message.text or message.caption:  # not a place that moves
                await self._say(update, chat, "edited")
        elif command is not None:
            await self._commanded(update, chat, command, rest, let_in=let_in)
        elif message.text:
            await self._accept(update, chat, {"do": "ask"}, text=message.text)
        else:
            await self._not_text(update, message)

    async def _commanded(self, update: Update, chat: int, command: str, rest: str, *, let_in: bool) -> None:
        if command == "start":
            await self._accept(update, chat, {"do": "start", "link": rest if rest in LINKS else None, "let_in": let_in})
        elif rest and command in _SPOKEN:
            await self._accept(update, chat, {"do": "ask"}, text=_SPOKEN[command].format(rest))
        elif command == "vraag":
            await self._say(update, chat, "ask_away")
        elif name := _PROFILE.get(command):
            # Only what was found on our own list is kept, never what was typed.
            found = self._choices.typed(name, rest) if rest else None
            choose = {"do": "choose", "name": name, "id": found, "message": None}
            await self._accept(
                update, chat, choose if found else {"do": "profile", "name": name, "unknown": bool(rest)}
            )
        elif known := _COMMANDS.get(command):
            await self._accept(update, chat, {"do": "command", "command": known.value})
        else:
            await self._say(update, chat, "unknown_command")

    async def _not_text(self, update: Update, message: TelegramMessage) -> None:
        kind = next((kind for kind in texts.NOT_TEXT_BY_KIND if getattr(message, kind)), "other")
        # One answer for a whole album.
        album = f"album-{message.media_group_id}" if message.media_group_id else None
        await self._say(update, message.chat.id, kind, id=album)

    def _group(self, update: Update, message: TelegramMessage) -> None:
        if filters.StatusUpdate.ALL.check_update(update):
            return
        key, now = _key(message.chat.id), self._clock()
        # Where the bot hears everything it speaks once, and after that only when spoken to.
        first = self._groups.over(key, now) == 0
        if first or (_is_for(message, self._bot) and self._spoken_to.over(key, now) == 0):
            self._aside.say(message.chat.id, texts.GROUP)

    # -- buttons -----------------------------------------------------------------------

    async def _press(self, update: Update, query: CallbackQuery) -> None:
        message = query.message
        if message is None or message.chat.type != Chat.PRIVATE:
            self._aside.press(query.id)
            return
        chat = message.chat.id
        if not await self._may_use(chat):
            self._desk.refused(CHANNEL, "not_allowed")
            if self._strangers.over(_key(chat), self._clock()) == 0:
                self._aside.press(query.id, texts.NOT_INVITED_PRESS)
            return
        seen = message if isinstance(message, TelegramMessage) else None
        data = query.data or ""
        place = (chat, message.message_id)
        if not data.startswith(Pressed.OPTION):
            self._aside.press(query.id)
            await self._accept(update, chat, self._pressed(data, seen))
        elif not self._answered.first(place, update.update_id):
            self._aside.press(query.id, texts.ALREADY_CHOSEN)
        else:
            self._aside.press(query.id)
            try:
                accepted = await self._accept(update, chat, _answering(query, data, message.message_id, seen))
            except Exception:
                self._answered.forget(place)
                raise
            if accepted in (Accepted.TOO_MANY, Accepted.STILL_TOO_MANY):
                self._answered.forget(place)

    def _pressed(self, data: str, seen: TelegramMessage | None) -> dict[str, Any]:
        message = seen.message_id if seen else None
        if data == LEAVE:
            return {"do": "leave", "message": message}
        if choice := self._choices.pressed(data):
            known = self._choices.knows(choice)
            # An id that is on no list of ours is not kept.
            return (
                {"do": "choose", "name": choice.name, "id": choice.id, "message": message}
                if known
                else {"do": "profile", "name": choice.name, "unknown": True}
            )
        return {"do": "press", "payload": data, "option": False, "message": message, "settled": None}

    # -- who may use it ----------------------------------------------------------------

    async def _may_use(self, chat: int) -> bool:
        """Private chats have the number of the person."""
        if self._access is None:
            return True
        return await asyncio.to_thread(self._access.allows, _key(chat), self._clock())

    async def _redeemed(self, chat: int, code: str) -> bool:
        key, now = _key(chat), self._clock()
        if self._access is None or not _like_code(code) or self._codes.over(key, now):
            return False
        return await asyncio.to_thread(self._access.redeem, code, key, now)

    def _refuse(self, chat: int, text: str) -> None:
        self._desk.refused(CHANNEL, "not_allowed")
        # A wrong code is a person who was invited, perhaps: those hear it a few times.
        limit = self._codes if text == texts.WRONG_CODE else self._strangers
        if limit.over(_key(chat), self._clock()) == 0:
            self._aside.say(chat, text)

    # -- pieces ------------------------------------------------------------------------

    async def _say(self, update: Update, chat: int, what: str, id: str | None = None) -> None:
        await self._accept(update, chat, {"do": "say", "what": what}, id=id)

    async def _accept(
        self, update: Update, chat: int, work: dict[str, Any], text: str | None = None, id: str | None = None
    ) -> Accepted:
        # Two bots may count alike, and one program may have been both.
        event = Event(
            channel=CHANNEL,
            id=f"{self._bot.id}-{id or update.update_id}",
            conversation=str(chat),
            address=str(chat),
            work=work,
            text=text,
        )
        accepted = await self._desk.accept(event)
        if accepted is Accepted.TOO_MANY:
            self._aside.say(chat, texts.TOO_MANY)
        return accepted


def _answering(query: CallbackQuery, data: str, message: int, seen: TelegramMessage | None) -> dict[str, Any]:
    """A press that answers the question above it: with how that question looks afterwards."""
    title = _title(query, seen) if seen else None
    settled = with_choice(seen.text, seen.text_html, title) if seen and seen.text and title else None
    return {
        "do": "press",
        "payload": Pressed.read(data).payload,
        "option": True,
        "message": message,
        "settled": settled,
    }


def _command(message: TelegramMessage, bot: str) -> tuple[str | None, str]:
    """The command that a message begins with, in small letters, and what stands behind it.

    A command for another bot is one that we do not know.
    """
    first = next((one for one in message.entities if one.offset == 0 and one.type == MessageEntity.BOT_COMMAND), None)
    if first is None or message.text is None:
        return None, ""
    name, at, whom = message.text[1 : first.length].partition("@")
    mine = not at or whom.casefold() == bot.casefold()
    return name.casefold() if mine else "", message.text[first.length :].strip()


def _like_code(text: str) -> bool:
    """Whether it may be an invitation, and not something else behind /start."""
    return bool(text) and text not in LINKS


def _title(query: CallbackQuery, message: TelegramMessage) -> str | None:
    """The words on the button that was pressed."""
    rows = message.reply_markup.inline_keyboard if message.reply_markup else ()
    return next((button.text for row in rows for button in row if button.callback_data == query.data), None)


def _is_for(message: TelegramMessage, bot: Bot) -> bool:
    replied = message.reply_to_message.from_user if message.reply_to_message else None
    named = message.parse_entities([MessageEntity.MENTION, MessageEntity.BOT_COMMAND])
    at = f"@{bot.username}".casefold()
    return (replied is not None and replied.id == bot.id) or any(
        entity.type == MessageEntity.BOT_COMMAND or words.casefold() == at for entity, words in named.items()
    )


def _key(chat: int) -> str:
    return conversation_key(CHANNEL, str(chat))
