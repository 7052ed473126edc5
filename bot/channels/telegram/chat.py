"""What a person does in Telegram, and what happens then. Read `add_to` first.

Questions are answered in private chats only.  Of everything else (groups, pictures, recordings,
changed messages) nothing is kept and nothing reaches the assistant.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from html import escape
from typing import Any, Protocol

from telegram import Bot, CallbackQuery, Chat, InlineKeyboardMarkup, InputFile, MessageEntity, Update
from telegram import Message as TelegramMessage
from telegram.constants import ChatAction
from telegram.error import BadRequest, Forbidden, TelegramError
from telegram.ext import (
    Application,
    ApplicationHandlerStop,
    CallbackContext,
    CallbackQueryHandler,
    CommandHandler,
    MessageHandler,
    TypeHandler,
    filters,
)

from bot.assistant import conversation_key
from bot.channels.telegram import texts
from bot.channels.telegram.choices import Choice, Choices
from bot.channels.telegram.order import Recently
from bot.channels.telegram.render import Pressed, shown, with_choice
from bot.clock import utc_now
from bot.compose import STALE_BUTTON
from bot.messages import Command, Incoming, Message, Reply
from bot.store.profiles import Profiles

log = logging.getLogger(__name__)

CHANNEL = "telegram"

_Context = CallbackContext[Any, Any, Any, Any]
_NEW = filters.UpdateType.MESSAGE & filters.ChatType.PRIVATE
_COMMANDS = {
    "help": Command.HELP,
    "privacy": Command.PRIVACY,
    "stop": Command.NEW,
    "triage": Command.TRIAGE,
    "datalek": Command.BREACH,
    "mijnbesluiten": Command.MY_RECORDS,
    "mijngegevens": Command.MY_DATA,
    "vergeetmij": Command.FORGET_ME,
}


class Assistant(Protocol):
    """What this channel needs of the assistant."""

    async def handle(self, incoming: Incoming) -> Reply:
        """Answer one message or one press of a button."""

    async def welcome(self, conversation: str, channel: str) -> Reply:
        """Open a conversation."""


class TelegramChat:
    """The handlers of the bot. What it remembers itself is short and in memory only."""

    def __init__(
        self, assistant: Assistant, profiles: Profiles, choices: Choices, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self._assistant = assistant
        self._profiles = profiles
        self._choices = choices
        self._clock = clock
        self._updates = Recently()
        self._answered_questions = Recently()
        self._albums = Recently()
        self._groups = Recently()

    def add_to(self, application: Application[Any, Any, Any, Any, Any, Any]) -> None:
        """Register every handler; of the second group the first that fits is run."""
        application.add_handler(TypeHandler(Update, self._once), group=-1)
        application.add_handlers(
            [
                CommandHandler("start", self._begin, _NEW),
                CommandHandler("vraag", self._ask_away, _NEW),
                CommandHandler("gemeente", self._profile_command("municipality"), _NEW),
                CommandHandler("rol", self._profile_command("role"), _NEW),
                *(CommandHandler(name, self._command(command), _NEW) for name, command in _COMMANDS.items()),
                MessageHandler(_NEW & filters.COMMAND, self._say(texts.UNKNOWN_COMMAND)),
                MessageHandler(_NEW & filters.TEXT, self._question),
                MessageHandler(_NEW & ~filters.StatusUpdate.ALL, self._not_text),
                MessageHandler(filters.UpdateType.EDITED_MESSAGE & filters.ChatType.PRIVATE, self._edited),
                MessageHandler(filters.UpdateType.MESSAGE & filters.ChatType.GROUPS, self._group),
                CallbackQueryHandler(self._press),
            ]
        )
        application.add_error_handler(self._failed)

    # -- what comes in -----------------------------------------------------------------

    async def _once(self, update: Update, context: _Context) -> None:
        if not self._updates.first_time(update.update_id):
            raise ApplicationHandlerStop

    async def _begin(self, update: Update, context: _Context) -> None:
        chat = _chat(update)
        async with self._kindly(context.bot, chat):
            reply = await self._assistant.welcome(str(chat.id), CHANNEL)
            await self._show(context.bot, chat, (*reply.messages, Message(texts.PROFILE_HINT)))

    async def _question(self, update: Update, context: _Context) -> None:
        await self._answer(update, context, text=_message(update).text)

    async def _ask_away(self, update: Update, context: _Context) -> None:
        _, _, question = (_message(update).text or "").partition(" ")
        if question.strip():
            await self._answer(update, context, text=question)
        else:
            await self._say(texts.ASK_AWAY)(update, context)

    def _command(self, command: Command) -> Callable[[Update, _Context], Any]:
        more = (Message(texts.PRIVACY),) if command is Command.PRIVACY else ()

        async def run(update: Update, context: _Context) -> None:
            await self._answer(update, context, more, command=command)

        return run

    def _say(self, text: str) -> Callable[[Update, _Context], Any]:
        async def run(update: Update, context: _Context) -> None:
            chat = _chat(update)
            async with self._kindly(context.bot, chat):
                await self._show(context.bot, chat, (Message(text),))

        return run

    async def _not_text(self, update: Update, context: _Context) -> None:
        message = _message(update)
        if message.media_group_id and not self._albums.first_time(message.media_group_id):
            return  # one answer for a whole album
        kind = next((kind for kind in texts.NOT_TEXT_BY_KIND if getattr(message, kind)), "")
        await self._say(texts.NOT_TEXT_BY_KIND.get(kind, texts.NOT_TEXT))(update, context)

    async def _edited(self, update: Update, context: _Context) -> None:
        edited = update.edited_message
        if edited and (edited.text or edited.caption):  # not a place that moves
            await self._say(texts.EDITED)(update, context)

    async def _group(self, update: Update, context: _Context) -> None:
        message = _message(update)
        if filters.StatusUpdate.ALL.check_update(update):
            return
        # Where the bot hears everything it speaks once, and after that only when spoken to.
        if self._groups.first_time(message.chat_id) or _is_for(message, context.bot):
            await self._say(texts.GROUP)(update, context)

    async def _failed(self, update: object, context: _Context) -> None:
        log.error("Telegram: %s bij een bericht", type(context.error).__name__)

    # -- questions and buttons ---------------------------------------------------------

    async def _answer(self, update: Update, context: _Context, more: Sequence[Message] = (), **asked: Any) -> None:
        chat = _chat(update)
        async with self._kindly(context.bot, chat):
            reply = await self._handled(context.bot, chat, **asked)
            await self._show(context.bot, chat, (*reply.messages, *more))

    async def _handled(self, bot: Bot, chat: Chat, **asked: Any) -> Reply:
        with suppress(TelegramError):
            await bot.send_chat_action(chat.id, ChatAction.TYPING)
        conversation = str(chat.id)
        profile = await asyncio.to_thread(self._profiles.read, _key(chat))
        return await self._assistant.handle(
            Incoming(CHANNEL, conversation, profile=profile, address=conversation, person=conversation, **asked)
        )

    async def _press(self, update: Update, context: _Context) -> None:
        query, chat = update.callback_query, update.effective_chat
        if query is None:
            return
        message = query.message if isinstance(query.message, TelegramMessage) else None
        data = query.data or ""
        pressed = Pressed.read(data)
        place = (chat.id, query.message.message_id) if chat and query.message else None
        again = pressed.is_option and not self._answered_questions.first_time(place)
        with suppress(TelegramError):  # the press may be too old for Telegram, not for us
            await query.answer(texts.ALREADY_CHOSEN if again else None)
        if again or chat is None or chat.type != Chat.PRIVATE:
            return
        async with self._kindly(context.bot, chat):
            if choice := self._choices.pressed(data):
                await self._choose(context.bot, chat, choice, message)
                return
            try:
                reply = await self._handled(context.bot, chat, payload=pressed.payload)
            except Exception:
                self._answered_questions.forget(place)  # it may be pressed again
                raise
            if pressed.is_option and message:
                stale = bool(reply.messages) and reply.messages[0].text == STALE_BUTTON
                await _settle(message, None if stale else _title(query, message))
            await self._show(context.bot, chat, reply.messages)

    # -- municipality and role ---------------------------------------------------------

    def _profile_command(self, name: str) -> Callable[[Update, _Context], Any]:
        async def run(update: Update, context: _Context) -> None:
            chat = _chat(update)
            async with self._kindly(context.bot, chat):
                words = " ".join(context.args or ())
                found = self._choices.typed(name, words) if words else None
                if found:
                    await self._choose(context.bot, chat, Choice(name, found), None)
                else:
                    await self._ask_profile(context.bot, chat, name, texts.UNKNOWN_PROFILE[name] if words else "")

        return run

    async def _ask_profile(self, bot: Bot, chat: Chat, name: str, first: str = "") -> None:
        profile = await asyncio.to_thread(self._profiles.read, _key(chat))
        question = self._choices.question(name, profile)
        text = f"{first}\n\n{question}" if first else question
        await _send(bot, chat, (escape(text, quote=False),), self._choices.keyboard(name))

    async def _choose(self, bot: Bot, chat: Chat, choice: Choice, message: TelegramMessage | None) -> None:
        if not self._choices.knows(choice):
            await self._ask_profile(bot, chat, choice.name, texts.UNKNOWN_PROFILE[choice.name])
            return
        await asyncio.to_thread(self._profiles.choose, _key(chat), choice.name, choice.id, self._clock())
        text = escape(self._choices.confirmation(choice), quote=False)
        if message is None:
            await _send(bot, chat, (text,))
            return
        with suppress(BadRequest):  # pressed twice: it says so already
            await message.edit_text(text)

    # -- what goes out -----------------------------------------------------------------

    @asynccontextmanager
    async def _kindly(self, bot: Bot, chat: Chat) -> AsyncIterator[None]:
        try:
            yield
        except Forbidden as error:
            log.info("Telegram: niet te bezorgen (%s)", type(error).__name__)  # the person blocked the bot
        except Exception as error:
            # Not its text: that can hold what a person typed, or the token.
            log.error("Telegram: %s bij het antwoorden", type(error).__name__)
            with suppress(TelegramError):
                await self._show(bot, chat, (Message(texts.FAILED),))

    @staticmethod
    async def _show(bot: Bot, chat: Chat, messages: Sequence[Message]) -> None:
        for message in messages:
            view = shown(message)
            await _send(bot, chat, view.texts, view.buttons)
            for file in view.files:
                await bot.send_document(chat.id, InputFile(file.content, filename=file.name))


async def _send(bot: Bot, chat: Chat, pieces: Sequence[str], buttons: InlineKeyboardMarkup | None = None) -> None:
    for number, text in enumerate(pieces, start=1):
        await bot.send_message(chat.id, text, reply_markup=buttons if number == len(pieces) else None)


async def _settle(message: TelegramMessage, choice: str | None) -> None:
    """Write the choice under the question that was answered, and take its buttons away."""
    text = with_choice(message.text or "", message.text_html, choice) if choice and message.text else None
    with suppress(BadRequest):  # too old, or settled already
        if text:
            await message.edit_text(text)
        else:
            await message.edit_reply_markup()


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


def _key(chat: Chat) -> str:
    return conversation_key(CHANNEL, str(chat.id))


def _chat(update: Update) -> Chat:
    assert update.effective_chat is not None  # noqa: S101
    return update.effective_chat


def _message(update: Update) -> TelegramMessage:
    assert update.message is not None  # noqa: S101
    return update.message
