"""Long answers are cut where a person would cut them, and every piece is whole HTML."""

from __future__ import annotations

import random

import pytest

from bot.channels.telegram.render import rendered
from bot.channels.telegram.rich import MAX_LENGTH, Span, html, length, pieces
from bot.messages import Citation, Message
from tests.telegram.bot_api import parse_html

WORDS = ["mag", "school", "<b>", "&amp;", "ouder", "12-jarige", "😀😀", "gezinsvoogd", "“citaat”", "a<b", "&"]


def plain(spans: tuple[Span, ...]) -> str:
    return "".join(span.text for span in spans)


@pytest.mark.parametrize("limit", [60, 137, 4096])
@pytest.mark.parametrize("seed", range(6))
def test_no_word_link_or_tag_is_cut_and_nothing_is_lost(seed: int, limit: int) -> None:
    chance = random.Random(seed)
    forms = [("", ""), ("b", ""), ("i", ""), ("", "https://wet.example/?a=1&b=2"), ("b", "https://wet.example/")]
    spans = []
    for _ in range(120 if limit < 4096 else 900):
        text = " ".join(chance.choices(WORDS, k=chance.randint(1, 4)))
        tag, href = chance.choice(forms)
        spans += [Span(text, tag, href), Span(chance.choice([" ", "\n", "\n\n", ". "]))]

    cut = list(pieces(spans, limit))

    assert " ".join(" ".join(plain(piece) for piece in cut).split()) == " ".join(plain(tuple(spans)).split())
    links = [span.text for span in spans if span.href]
    assert [span.text for piece in cut for span in piece if span.href] == links
    for piece in cut:
        text, entities = parse_html(html(piece))
        assert text == plain(piece) == text.strip()
        assert length(text) <= limit
        assert len(entities) <= 100


def test_a_cut_falls_between_paragraphs_when_that_is_possible() -> None:
    paragraphs = [f"Alinea {number}. " + "Een zin met een punt. " * 8 + "Einde." for number in range(4)]

    cut = [plain(piece) for piece in pieces([Span("\n\n".join(paragraphs))], 450)]

    assert cut == ["\n\n".join(paragraphs[:2]), "\n\n".join(paragraphs[2:])]


def test_a_cut_falls_after_a_sentence_and_not_after_an_abbreviation() -> None:
    text = "Dit is de eerste zin van alles. Volgens art. 7.3.11 lid 1 mag dat niet zonder meer."

    assert plain(next(pieces([Span(text)], 60))) == "Dit is de eerste zin van alles."


def test_only_a_word_that_is_too_long_by_itself_is_cut() -> None:
    assert [plain(piece) for piece in pieces([Span("kort " + "x" * 25)], 10)] == ["kort", "x" * 10, "x" * 10, "x" * 5]


def test_a_letter_of_two_units_is_never_cut_in_half() -> None:
    assert [plain(piece) for piece in pieces([Span("😀" * 5)], 3)] == ["😀"] * 5


def test_a_label_is_linked_whole_and_the_longest_first() -> None:
    short = Citation("Jeugdwet", "7.3.11", None, "https://wet.example/kort", "national", "art. 7.3.11")
    long = Citation("Jeugdwet", "7.3.11", "lid 1", "https://wet.example/lang", "national", "art. 7.3.11 lid 1 Jeugdwet")
    other = Citation("AVG", "6", None, "https://wet.example/avg", "national", "art. 6 AVG")
    message = Message("Zie (art. 7.3.11 lid 1 Jeugdwet) en art. 7.3.11.", citations=(short, long, other))

    [text] = [unit["html"] for unit in rendered(message)]

    assert '(<a href="https://wet.example/lang">art. 7.3.11 lid 1 Jeugdwet</a>)' in text
    assert 'en <a href="https://wet.example/kort">art. 7.3.11</a>.' in text
    assert text.endswith('<b>Bronnen:</b>\n• <a href="https://wet.example/avg">art. 6 AVG</a>')


def test_every_piece_leaves_room_for_the_choice_that_is_written_under_it() -> None:
    texts = [unit["html"] for unit in rendered(Message("woord " * 3000))]

    assert all(length(parse_html(text)[0]) <= MAX_LENGTH - 100 for text in texts)
