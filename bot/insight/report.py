"""The yearly report for the college and the council: a Word document, made to be edited by the FG."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from docx import Document
from docx.document import Document as Docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import Table, _Cell
from PIL import Image, ImageDraw, ImageFont

from bot.insight.charts import Chart, number_of
from bot.insight.period import Period
from bot.insight.small import HIDDEN, Count, spoken
from knowledge.answer import day
from knowledge.knowledge import Knowledge

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

# The chapters, each with what the FG is asked to write and the charts that stand in it.
_CHAPTERS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Wat er gevraagd is", "Wat viel op? Waar vroegen mensen meer over dan vorig jaar?", ("onderwerpen", "oordelen")),
    ("Toestemming", "Gaat het vragen van toestemming goed? Wat moet beter?", ("toestemming",)),
    (
        "Hoe goed Deelwijzer de vragen begreep",
        "Wat is er verbeterd? Waar gaat het nog mis?",
        ("niet-begrepen", "zekerheid"),
    ),
    ("Vragen aan de FG", "Hoe verliep het beantwoorden? Wat vroeg de meeste tijd?", ("fg", "nagekeken")),
    ("Besluiten en datalekken", "Welke datalekken waren ernstig? Wat is ervan geleerd?", ("besluiten",)),
    ("Leren: de quiz", "Wat weten mensen goed, en wat nog niet?", ("quiz",)),
)
_WEEKS = "weken"
_MOST_BARS = 14  # in one picture; of more there is only the table

# Pixels; a picture is as wide as the page with three pixels for each point.
_WIDTH, _LINE, _LABEL, _SIZE = 1440, 60, 560, 30
_INK, _BAR, _HATCH = "#14232b", "#0d4f5f", "#74858d"
# The letters of our pages: those that Pillow brings have no ë or é.
_FONT = Path(__file__).parent.parent / "static/vendor/fonts/atkinson-hyperlegible-next-latin-wght-normal.woff2"
# The ground and the ink of a cell by its shade, as on the page (insight.css).
_SHADES = {
    1: ("e2f0f3", "14232b"),
    2: ("bfdfe6", "14232b"),
    3: ("8cc3cf", "14232b"),
    4: ("2b7486", "ffffff"),
    5: ("0d4f5f", "ffffff"),
}


def as_docx(
    period: Period,
    total: Count,
    charts: Sequence[Chart],
    knowledge: Knowledge,
    today: date,
    municipalities: Sequence[str] = (),
) -> bytes:
    """The report.

    Args:
        period: the year it is about.
        total: how many questions there were; None when that may not be shown.
        charts: the figures; none when there are too few questions.
        knowledge: the tables the answers rest on now.
        today: the day on which it is made.
        municipalities: the names of those it is about, when not about all.
    """
    document = Document()
    _prepare(document, period)
    by_id = {chart.id: chart for chart in charts}
    document.add_heading(f"Privacyvragen in het sociaal domein, {period.label}", level=0)
    document.add_paragraph(f"Verslag voor het college en de raad. Cijfers uit Deelwijzer, gemaakt op {day(today)}.")
    _own_words(document, "Naam van de FG, naam van de gemeente, datum van vaststelling.")
    document.add_heading("Samenvatting", level=1)
    _own_words(document, "Schrijf in vijf zinnen wat het college en de raad moeten weten.")
    for line in _summary(total, by_id):
        document.add_paragraph(line, style="List Bullet")
    for title, ask, names in _CHAPTERS:
        if shown := [by_id[name] for name in names if name in by_id]:
            document.add_heading(title, level=1)
            for chart in shown:
                _chart(document, chart)
            _own_words(document, ask)
    document.add_heading("Wat we gaan doen", level=1)
    _own_words(document, "Noem wat er komend jaar verandert, wie dat doet en wanneer het klaar is.")
    document.add_heading("Wat we het college vragen", level=1)
    _own_words(document, "Noem de besluiten of de middelen die je nodig hebt.")
    document.add_heading("Bijlage: hoe de cijfers gemaakt zijn", level=1)
    for line in _method(knowledge, municipalities):
        document.add_paragraph(line, style="List Bullet")
    if _WEEKS in by_id:
        _chart(document, by_id[_WEEKS])
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def _prepare(document: Docx, period: Period) -> None:
    document.core_properties.author = "Deelwijzer"
    document.core_properties.title = f"Privacyvragen in het sociaal domein, {period.label}"
    document.core_properties.language = "nl-NL"
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", Pt(11)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "nl-NL")
    normal.element.get_or_add_rPr().append(language)
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)


def _own_words(document: Docx, ask: str) -> None:
    """A place for the words of the FG, easy to find: between square brackets, in italics."""
    document.add_paragraph().add_run(f"[{ask}]").italic = True


def _summary(total: Count, charts: dict[str, Chart]) -> list[str]:
    if total is None:
        return ["Er waren te weinig vragen om cijfers te tonen: minder dan 5 vragen of minder dan 5 mensen."]
    lines = [f"Er zijn {spoken(total)} vragen gesteld."]
    if topics := charts.get("onderwerpen"):
        named = [str(row[0])[0].lower() + str(row[0])[1:] for row in topics.rows[:3]]
        lines.append(f"De meeste vragen gingen over: {'; '.join(named)}.")
    for name, sentence in (("toestemming", "Over toestemming ging"), ("niet-begrepen", "Niet begrepen is")):
        if (share := _share(charts.get(name))) is not None:
            lines.append(f"{sentence} {share} van de vragen.")
    return lines


def _share(chart: Chart | None) -> str | None:
    """The share over the whole year; None when a month in it may not be shown."""
    pairs = [(row[1], row[2]) for row in chart.rows] if chart else []
    some = [one for one, _ in pairs if isinstance(one, int)]
    rest = [other for _, other in pairs if isinstance(other, int)]
    if not pairs or len(some) < len(pairs) or len(rest) < len(pairs) or not sum(some) + sum(rest):
        return None
    return f"{100 * sum(some) / (sum(some) + sum(rest)):.1f} %".replace(".", ",")


def _method(knowledge: Knowledge, municipalities: Sequence[str]) -> list[str]:
    only = f"Alleen vragen en besluiten van deze gemeenten tellen mee: {', '.join(municipalities)}."
    return [
        *([only] if municipalities else []),
        "Deelwijzer telt vragen, geen mensen. Namen en nummers zijn verwijderd voordat een vraag bewaard werd.",
        f"Een groep van minder dan 5 staat er als “{HIDDEN}”. Soms staat dat ook bij de groep daarnaast, die groter "
        "kan zijn. Anders kan iemand de kleine groep uitrekenen.",
        "Een week telt mee als zij voorbij is, en hoort bij het jaar waarin zij begint.",
        "Wat langer bewaard is dan de bewaartermijn, is gewist en telt niet meer mee.",
        f"De antwoorden rusten op de kennis van versie {knowledge.version} en eerdere versies van dit jaar.",
    ]


def _chart(document: Docx, chart: Chart) -> None:
    document.add_heading(chart.title, level=2)
    document.add_paragraph(chart.text).paragraph_format.keep_with_next = True
    if chart.empty:
        document.add_paragraph("Hierover zijn er geen cijfers.")
        return
    if chart.drawn and len(chart.rows) <= _MOST_BARS:
        picture = document.add_picture(io.BytesIO(_bars(chart)), width=Cm(16.5))
        document.paragraphs[-1].paragraph_format.keep_with_next = True
        described = picture._inline.docPr
        described.set("descr", f"Staafdiagram: {chart.title}. Dezelfde cijfers staan in de tabel hieronder.")
    _table(document, chart)
    document.add_paragraph()


def _table(document: Docx, chart: Chart) -> None:
    table = document.add_table(rows=1, cols=len(chart.head), style="Table Grid")
    _write(table, 0, chart.head, bold=True, small=len(chart.head) > 5)
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)
    for number, row in enumerate(chart.rows, start=1):
        table.add_row()
        _write(table, number, [chart.spoken(cell) for cell in row], small=len(chart.head) > 5)
        for cell, value in zip(table.rows[number].cells[1:], row[1:], strict=True):
            _shaded(cell, chart.shade(value))
    for line in table.rows:
        for cell in line.cells[1:]:
            cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _shaded(cell: _Cell, shade: int) -> None:
    """Give a cell the ground of its shade; 0 leaves it as it is."""
    if shade in _SHADES:
        ground, ink = _SHADES[shade]
        filled = OxmlElement("w:shd")
        for name, value in (("val", "clear"), ("color", "auto"), ("fill", ground)):
            filled.set(qn(f"w:{name}"), value)
        cell._tc.get_or_add_tcPr().append(filled)
        for run in cell.paragraphs[0].runs:
            run.font.color.rgb = RGBColor.from_string(ink.upper())


def _write(table: Table, row: int, cells: Sequence[str], *, small: bool, bold: bool = False) -> None:
    for cell, value in zip(table.rows[row].cells, cells, strict=True):
        run = cell.paragraphs[0].add_run(value)
        run.bold = bold
        if small:
            run.font.size = Pt(8)


def _bars(chart: Chart) -> bytes:
    """A picture of lying bars; a figure that is hidden has an open bar, and where there is nothing stands none."""
    column = chart.drawn[0]
    values = [number_of(row[column]) for row in chart.rows]
    most = max((value for value in values if value), default=0) or 1
    image = Image.new("RGB", (_WIDTH, _LINE * len(values) + 20), "white")
    draw, font = ImageDraw.Draw(image), ImageFont.truetype(_FONT, _SIZE)
    room = _WIDTH - _LABEL - 260
    for place, (row, value) in enumerate(zip(chart.rows, values, strict=True)):
        top = 10 + place * _LINE
        draw.text((10, top + 10), _fitting(str(row[0]), font), fill=_INK, font=font)
        hidden = chart.spoken(row[column]) == HIDDEN
        end = _LABEL + (60 if hidden else room * (value or 0) / most)
        if hidden:
            draw.rectangle((_LABEL, top + 8, end, top + _LINE - 8), outline=_HATCH, width=3)
        elif value:
            draw.rectangle((_LABEL, top + 8, end, top + _LINE - 8), fill=_BAR)
        draw.text((end + 12, top + 10), chart.spoken(row[column]), fill=_INK, font=font)
    content = io.BytesIO()
    image.save(content, "PNG", optimize=True)
    return content.getvalue()


def _fitting(label: str, font: ImageFont.FreeTypeFont) -> str:
    """A label, cut off with dots where it would run into the bars."""
    shown = label
    while font.getlength(shown) > _LABEL - 30:
        shown = f"{shown.rstrip('…')[:-1]}…"
    return shown
