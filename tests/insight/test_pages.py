"""The pages with figures, their downloads and the yearly report, for who may see them."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime

import pytest
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from PIL import ImageFont

from bot.insight.report import _FONT
from bot.insight.small import HIDDEN
from bot.outcomes import OUTCOME_WORDS
from bot.pages.sheet import as_csv, harmless
from bot.signin.roles import Role
from knowledge.knowledge import Knowledge
from tests.insight.conftest import Ask
from tests.signin.house import House
from tests.web.web_app import Browser

MARCH = datetime(2026, 3, 4, 12, tzinfo=UTC)


async def test_the_page_has_a_table_for_every_chart(fg: Browser, ask: Ask) -> None:
    ask(12, MARCH, verdict="weigh")

    page = await fg.open("/fg/inzicht")

    assert "12 vragen in 2026" in page.text
    assert len(page.all("section", **{"class": "figure"})) >= len(page.all("canvas")) > 2
    assert len(page.all("table")) == len(page.all("details"))


async def test_too_few_questions_show_nothing_at_all(fg: Browser, ask: Ask) -> None:
    ask(4, MARCH)

    page = await fg.open("/fg/inzicht")
    download = await fg.client.get("/fg/inzicht/weken.csv?periode=2026")

    assert "minder dan 5 vragen" in page.text
    assert page.all("table") == []
    assert download.status_code == 404


@pytest.mark.parametrize("query", ["periode=2026-k9", "periode=x", "gemeente=nergens", "periode=2099"])
async def test_only_what_stands_in_the_lists_can_be_chosen(fg: Browser, query: str) -> None:
    assert (await fg.client.get(f"/fg/inzicht?{query}")).status_code == 400


async def test_a_download_hides_what_the_page_hides_and_is_noted(house: House, fg: Browser, ask: Ask) -> None:
    ask(20, MARCH)
    ask(10, MARCH, verdict="weigh")
    ask(3, MARCH, verdict="not_allowed")

    download = await fg.client.get("/fg/inzicht/oordelen.csv?periode=2026")

    assert download.headers["content-disposition"] == 'attachment; filename="oordelen-2026.csv"'
    assert download.text.lstrip("\ufeff").splitlines() == [
        '"Oordeel";"Vragen"', '"Mag niet";"minder dan 5"', '"Afwegen";"minder dan 5"', '"Uitleg";"20"',
    ]  # fmt: skip
    assert ("export", "inzicht/oordelen 2026") in [row[:2] for row in house.audit()]


@pytest.mark.parametrize("text", ["=1+1", "+31", "-2", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1"])
def test_nothing_in_a_file_becomes_a_formula(text: str) -> None:
    assert harmless(text).startswith("'")
    assert b"\"'" in as_csv(["kop"], [[text]])


def test_a_number_and_plain_text_stay_what_they_are() -> None:
    assert as_csv(["a;b"], [[5, 'zeg "ja"', None]]).decode("utf-8-sig") == '"a;b"\r\n"5";"zeg ""ja""";""\r\n'


async def test_the_yearly_report_opens_and_leaves_room_for_the_words_of_the_fg(
    house: House, fg: Browser, ask: Ask, knowledge: Knowledge
) -> None:
    ask(30, MARCH)
    ask(12, MARCH, act="consent", verdict="weigh")
    ask(3, MARCH, verdict="not_allowed")

    answer = await fg.client.get("/fg/jaarverslag?jaar=2026")
    report = Document(io.BytesIO(answer.content))

    said = "\n".join(one.text for one in report.paragraphs)
    cells = [cell.text for table in report.tables for row in table.rows for cell in row.cells]
    headings = [one.text for one in report.paragraphs if one.style and one.style.name.startswith("Heading 1")]
    assert "Er zijn 45 vragen gesteld." in said
    assert {"Samenvatting", "Wat er gevraagd is", "Toestemming", "Wat we gaan doen"} <= set(headings)
    assert said.count("[") >= 6
    assert "minder dan 5" in cells
    assert "3" not in cells
    assert len(report.inline_shapes) >= 2
    assert knowledge.version in said
    assert ("export", "jaarverslag 2026") in [row[:2] for row in house.audit()]


async def test_the_report_is_shaded_as_the_page_and_its_numbers_stand_right(fg: Browser, ask: Ask) -> None:
    ask(30, MARCH)
    ask(6, MARCH, act="consent")

    report = Document(io.BytesIO((await fg.client.get("/fg/jaarverslag?jaar=2026")).content))

    grid = next(table for table in report.tables if table.rows[0].cells[0].text == "Onderwerp")
    grounds = [re.findall(r'w:fill="(\w+)"', row.cells[1]._tc.xml) for row in grid.rows]
    assert grounds[0] == []
    assert len({ground for row in grounds[1:] for ground in row}) == 2
    assert {row.cells[1].paragraphs[0].alignment for row in grid.rows} == {WD_ALIGN_PARAGRAPH.RIGHT}


def test_a_picture_can_write_every_letter_of_a_label(knowledge: Knowledge) -> None:
    font = ImageFont.truetype(_FONT, 30)
    missing = bytes(font.getmask("\uffff"))
    labels = [*OUTCOME_WORDS.values(), *(row.label for row in knowledge.acts.values()), HIDDEN, "–", "…", "é"]
    assert [one for one in set("".join(labels)) - {" "} if bytes(font.getmask(one)) == missing] == []


async def test_a_report_of_too_few_questions_has_no_figures(fg: Browser, ask: Ask) -> None:
    ask(2, MARCH)

    report = Document(io.BytesIO((await fg.client.get("/fg/jaarverslag?jaar=2026")).content))

    assert report.tables == []
    assert any("te weinig vragen" in one.text for one in report.paragraphs)


@pytest.mark.parametrize("year", ["2026-k1", "2019", "x", "2099"])
async def test_there_is_no_report_of_another_period(fg: Browser, year: str) -> None:
    assert (await fg.client.get(f"/fg/jaarverslag?jaar={year}")).status_code == 400


async def test_the_awareness_lead_sees_figures_and_no_records(house: House) -> None:
    browser = await house.signed_in(Role.AWARENESS)

    assert (await browser.client.get("/fg/inzicht")).status_code == 200
    assert (await browser.client.get("/fg/datalekken")).status_code == 403
