"""How the parts of an answer become blocks and links."""

from __future__ import annotations

import pytest

from bot.messages import Button, Citation, Message
from bot.templates.layout import NEW_TAB, Block, View, view
from tests.web.fake_assistant import CITATIONS, MESSAGES, message

SCHOOL, SHORTER = CITATIONS["school"], CITATIONS["shorter"]


def one(kind: str, text: str, *citations: Citation, verdict: str | None = None) -> str:
    """The markup of a single part."""
    block = blocks(view(message([(kind, text)], citations=citations, verdict=verdict)))[0]
    return "".join(f"<{flow.tag}>{'|'.join(flow.items)}</{flow.tag}>" for flow in block.flow)


def blocks(shown: View) -> list[Block]:
    return [block for group in shown.groups for block in group.blocks]


def visible(markup: str) -> str:
    """Without the words that only a screen reader gets, and with plain spaces."""
    return markup.replace(NEW_TAB, "").replace("\N{NO-BREAK SPACE}", " ")


ANCHOR = '<a class="cite" href="{url}" target="_blank" rel="noopener noreferrer">{label}</a>'


def test_an_article_in_the_text_becomes_a_link() -> None:
    link = ANCHOR.format(url=SCHOOL.url, label=SCHOOL.label)
    assert visible(one("why", f"Zie {SCHOOL.label}.", SCHOOL)) == f"<p>Zie {link}.</p>"


def test_the_longest_article_wins_and_no_link_stands_in_a_link() -> None:
    markup = visible(one("why", f"{SHORTER.label} en {SCHOOL.label}", SHORTER, SCHOOL))
    assert markup == (
        f"<p>{ANCHOR.format(url=SHORTER.url, label=SHORTER.label)} en "
        f"{ANCHOR.format(url=SCHOOL.url, label=SCHOOL.label)}</p>"
    )


def test_an_article_at_the_start_of_a_sentence_is_found_too() -> None:
    assert 'class="cite"' in one("why", f"{SCHOOL.label.capitalize()} zegt dit.", SCHOOL)


def test_a_label_inside_a_longer_number_is_not_a_link() -> None:
    assert 'class="cite"' not in one("why", "art. 7.3.112 is een ander artikel", SHORTER)


def test_an_article_with_an_ampersand_and_quotes_is_linked_after_escaping() -> None:
    citation = Citation("X", "1", None, 'https://wet.example/?a="b"&c', "national", 'art. 1 Wet "X" & Y')
    markup = visible(one("why", 'Zie art. 1 Wet "X" & Y <b>', citation))
    link = ANCHOR.format(url="https://wet.example/?a=&#34;b&#34;&amp;c", label="art. 1 Wet &#34;X&#34; &amp; Y")
    assert markup == f"<p>Zie {link} &lt;b&gt;</p>"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "", "data:text/html,x", "//wet.example"])
def test_an_address_that_is_no_web_address_is_never_a_link(url: str) -> None:
    citation = Citation("X", "1", None, url, "national", "art. 1 Wet X")
    assert one("why", "art. 1 Wet X", citation) == "<p>art. 1 Wet X</p>"
    assert view(message([("why", "x")], citations=(citation,))).sources == ()


@pytest.mark.parametrize(
    ("text", "verdict", "expected"),
    [
        ("Bel 0800-2000.", "info", '<a class="tel" href="tel:08002000">0800-2000</a>'),
        ("Bel 040-1234567", "info", '<a class="tel" href="tel:0401234567">040-1234567</a>'),
        ("Bel 112!", "emergency", '<a class="tel" href="tel:112">112</a>'),
        ("Bel (112).", "emergency", '<a class="tel" href="tel:112">112</a>'),
        ("mail fg@gemeente.example.", "info", '<a href="mailto:fg@gemeente.example">fg@gemeente.example</a>'),
    ],
)
def test_telephone_numbers_and_mail_addresses_can_be_pressed(text: str, verdict: str, expected: str) -> None:
    assert expected in one("now", text, verdict=verdict)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("112 dossiers", "info"),
        ("artikel 7:112", "emergency"),
        ("1120", "emergency"),
        ("112.5 euro", "emergency"),
        ("op 01-12-2026", "info"),
        ("5 tot 12 of 12-15", "info"),
    ],
)
def test_other_numbers_are_left_alone(text: str, verdict: str) -> None:
    assert "<a" not in one("plain", text, verdict=verdict)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("een\ntwee", "<p>een<br>twee</p>"),
        ("een\n\ntwee", "<p>een</p><p>twee</p>"),
        ("- een\n- twee", "<ul>een|twee</ul>"),
        ("Kop:\n• een\n\u2013 twee\nslot", "<p>Kop:</p><ul>een|twee</ul><p>slot</p>"),
        ("1. een\n2) twee", "<ol>een|twee</ol>"),
        ("2026 was een jaar", "<p>2026 was een jaar</p>"),
        ("<ul>", "<p>&lt;ul&gt;</p>"),
        ("", ""),
    ],
)
def test_lines_become_paragraphs_and_lists(text: str, expected: str) -> None:
    assert one("plain", text) == expected


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("now", "Nu doen: leg het vast.", ("Nu doen", "<p>Leg het vast.</p>")),
        ("now", "Nu doen:\n- een", ("Nu doen", "<ul>een</ul>")),
        ("now", "Nu doen we niets.", ("Nu doen", "<p>Nu doen we niets.</p>")),
        ("why", "Waarom: omdat het moet.", ("Waarom", "<p>Omdat het moet.</p>")),
        ("share", "Wel: het adres.", ("Wel delen", "<p>Het adres.</p>")),
        ("withhold", "Niet: de diagnose.", ("Niet delen", "<p>De diagnose.</p>")),
        ("withhold", "Niets.", ("Niet delen", "<p>Niets.</p>")),
        ("consent", "Wie zegt ja? De ouders.", ("Wie zegt ja?", "<p>De ouders.</p>")),
        ("consent", "De ouders geven toestemming.", ("Toestemming", "<p>De ouders geven toestemming.</p>")),
        ("policy", "Oud beleid (Plan 3): vraag het.", ("Oud beleid (Plan 3)", "<p>Vraag het.</p>")),
        ("policy", "Vraag het eerst.", ("Lokaal beleid", "<p>Vraag het eerst.</p>")),
        ("branch", "- Toegang: mag niet.", ("Toegang", "<p>Mag niet.</p>")),
        ("branch", "Zonder dubbele punt.", (None, "<p>Zonder dubbele punt.</p>")),
        ("copy", "Aan de ouder:\nBeste ouder", ("Aan de ouder", "<p>Beste ouder</p>")),
        ("copy", "Datum: vandaag\nDoel: ...", ("Tekst om te gebruiken", "<p>Datum: vandaag<br>Doel: ...</p>")),
        ("plain", "2. Over de huisarts:", ("2. Over de huisarts", "")),
        ("plain", "2. Dit is een zin.", (None, "<p>2. Dit is een zin.</p>")),
        ("plain", "Kop: tekst", (None, "<p>Kop: tekst</p>")),
    ],
)
def test_a_part_has_one_heading_and_does_not_repeat_it(kind: str, text: str, expected: tuple[str | None, str]) -> None:
    assert (blocks(view(message([(kind, text)])))[0].head, one(kind, text)) == expected


def test_ready_words_are_copied_without_their_heading() -> None:
    shown = blocks(view(MESSAGES["ready_words"][0]))
    assert shown[0].copy == ("Ik kan dit niet geven zonder toestemming. Vraag de ouders of zij het goed vinden.")
    assert shown[1].copy is not None
    assert shown[1].copy.startswith("Datum: 3 maart 2026\n")


def test_each_branch_has_its_heading_and_its_outcome() -> None:
    shown = blocks(view(MESSAGES["needs_info"][0]))
    branches = [block for block in shown if block.kind == "branch"]
    assert [(str(block.head), block.verdict) for block in branches] == [
        ("Werk je bij de toegang van de gemeente", "allowed_without_consent"),
        ("Werk je bij een jeugdhulpaanbieder", "allowed_with_consent"),
    ]
    assert branches[1].flow[0].items == ("Het mag alleen met toestemming.",)


def test_no_outcome_is_guessed_when_the_numbers_do_not_match() -> None:
    answers = ({"branches": [{"verdict": "not_allowed"}]},)
    shown = blocks(view(message([("branch", "A: x"), ("branch", "B: y")], answers=answers)))
    assert [block.verdict for block in shown] == [None, None]


def test_branches_of_one_question_among_several_get_no_outcome() -> None:
    shown = blocks(view(MESSAGES["two_questions_at_length"][0]))
    assert [block.verdict for block in shown if block.kind == "branch"] == [None, None]


def test_two_questions_get_an_outcome_each_and_one_question_gets_it_only_on_top() -> None:
    two = blocks(view(MESSAGES["two_questions"][0]))
    assert [(block.verdict, block.obligation) for block in two] == [
        ("allowed_with_consent", "may"),
        ("allowed_without_consent", "must"),
    ]
    single = message([("verdict", "Nee.")], answers=({"verdict": "not_allowed"},))
    assert blocks(view(single))[0].verdict is None


def test_parts_that_belong_together_stand_together_in_their_order() -> None:
    shown = view(MESSAGES["allowed_with_consent"][0])
    assert [(group.kind, [block.kind for block in group.blocks]) for group in shown.groups] == [
        ("single", ["assumed", "verdict", "why"]),
        ("limits", ["share", "withhold"]),
        ("single", ["now", "consent", "policy", "record", "date"]),
    ]
    assert [block.kind for block in shown.masked] == ["masked"]


def test_an_unknown_kind_and_a_message_without_parts_are_still_shown() -> None:
    assert one("later", "Nieuw soort deel.") == "<p>Nieuw soort deel.</p>"
    shown = blocks(view(Message("Alleen tekst.\n\nTwee.")))
    assert [flow.items for flow in shown[0].flow] == [("Alleen tekst.",), ("Twee.",)]


def test_options_and_actions_are_kept_apart() -> None:
    shown = view(message([("ask", "?")], buttons=(Button("A", "1", "option"), Button("B", "2"))))
    assert ([button.title for button in shown.options], [button.title for button in shown.actions]) == (
        ["A"],
        ["B"],
    )


def test_the_numbers_to_call_in_an_emergency_come_first_and_once() -> None:
    shown = view(MESSAGES["emergency"][0])
    assert [(call.label, call.href) for call in shown.calls] == [
        ("112", "tel:112"),
        ("0800-2000", "tel:08002000"),
    ]
    assert view(MESSAGES["info"][0]).calls == ()


def test_a_source_is_listed_once() -> None:
    assert view(message([("why", "x")], citations=(SCHOOL, SCHOOL))).sources == (SCHOOL,)


def test_the_copied_text_is_the_answer_with_the_addresses_of_its_articles() -> None:
    shown = view(message([("why", "Eerst."), ("now", "Dan.")], citations=(SCHOOL,)))
    assert shown.copy == f"Eerst.\n\nDan.\n\n{SCHOOL.label}: {SCHOOL.url}"
    assert view(message([("plain", "Los.")])).copy == "Los."


def test_every_message_gets_an_id_of_its_own() -> None:
    answer = message([("plain", "x")])
    assert view(answer).id != view(answer).id


@pytest.mark.parametrize(
    ("text", "verdict", "shown"),
    [
        ("- Wmo: alleen met toestemming (art. 1 Testwet).", "allowed_with_consent", "Art. 1 Testwet"),
        (
            "- Wmo: mag zonder toestemming; alleen wat noodzakelijk is (art. 1 Testwet).",
            "allowed_without_consent",
            "Alleen wat noodzakelijk is (art. 1 Testwet).",
        ),
        ("- Wmo: alleen met toestemming.", "allowed_with_consent", "Alleen met toestemming."),
    ],
)
def test_a_branch_does_not_repeat_its_label(text: str, verdict: str, shown: str) -> None:
    branch: dict[str, object] = {"when": {}, "verdict": verdict, "obligation": None, "citations": [], "rules": []}
    seen = view(message([("branch", text)], answers=({"branches": [branch]},)))

    [block] = [block for group in seen.groups for block in group.blocks]

    assert str(block.flow[0].items[0]) == shown
