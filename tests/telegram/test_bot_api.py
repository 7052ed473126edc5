"""The emulated Telegram refuses what Telegram refuses; or the other tests would prove nothing."""

from __future__ import annotations

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, InvalidToken

from tests.telegram.bot_api import TOKEN, BotApi, parse_html

REFUSED_HTML = [
    "<b>open",
    "dicht</b>",
    "<b><i>kruis</b></i>",
    "a < b",
    "<script>x</script>",
    '<a href="javascript:x>y</a>',
    "a & b",
    "<span>x</span>",
]


def bot_of(api: BotApi, token: str = TOKEN) -> Bot:
    return Bot(token, base_url=f"{api.address}/bot")


@pytest.mark.parametrize("text", REFUSED_HTML)
async def test_html_that_telegram_cannot_read_is_refused(api: BotApi, text: str) -> None:
    async with bot_of(api) as bot:
        with pytest.raises(BadRequest, match=r"(?i)parse entities"):
            await bot.send_message(api.chat(1).id, text, parse_mode="HTML")


@pytest.mark.parametrize("text", ["x" * 4097, "😀" * 2049, "   "])
async def test_a_text_that_does_not_fit_is_refused(api: BotApi, text: str) -> None:
    async with bot_of(api) as bot:
        with pytest.raises(BadRequest, match=r"(?i)too long|empty"):
            await bot.send_message(api.chat(1).id, text)


async def test_button_data_over_64_bytes_is_refused(api: BotApi) -> None:
    markup = InlineKeyboardMarkup([[InlineKeyboardButton("Knop", callback_data="é" * 33)]])
    async with bot_of(api) as bot:
        with pytest.raises(BadRequest, match=r"(?i)button_data_invalid"):
            await bot.send_message(api.chat(1).id, "tekst", reply_markup=markup)


async def test_an_edit_that_changes_nothing_and_a_second_answer_are_refused(api: BotApi) -> None:
    async with bot_of(api) as bot:
        sent = await bot.send_message(api.chat(1).id, "tekst")
        with pytest.raises(BadRequest, match=r"(?i)not modified"):
            await sent.edit_text("tekst")
        press = api.chat(1).press_data(api.chat(1).shown[0], "x")
        await bot.answer_callback_query(press)
        with pytest.raises(BadRequest, match=r"(?i)query is too old"):
            await bot.answer_callback_query(press)


async def test_another_token_is_refused(api: BotApi) -> None:
    with pytest.raises(InvalidToken):
        async with bot_of(api, "1:another"):
            pass


async def test_what_was_confirmed_is_not_given_again(api: BotApi) -> None:
    async with bot_of(api) as bot:
        first, second = api.chat(1).say("een"), api.chat(1).say("twee")

        assert [one.update_id for one in await bot.get_updates()] == [first, second]
        assert [one.update_id for one in await bot.get_updates(offset=second)] == [second]
        assert [one.update_id for one in await bot.get_updates(offset=first)] == [second]


def test_offsets_are_counted_as_telegram_does() -> None:
    text, entities = parse_html('😀 <b>vet</b> &lt;en&gt; <a href="https://x.example/?a=1&amp;b=2">link</a>')

    assert text == "😀 vet <en> link"
    assert entities == [
        {"type": "bold", "offset": 3, "length": 3},
        {"type": "text_link", "offset": 12, "length": 4, "url": "https://x.example/?a=1&b=2"},
    ]
