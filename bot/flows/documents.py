"""A decision as text to paste, as a Word document and as a PDF. None of them names a person."""

from __future__ import annotations

import io
import unicodedata
from datetime import datetime

from docx import Document
from docx.shared import Pt
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from bot.clock import AMSTERDAM
from bot.messages import File
from bot.store.decisions import Kept
from knowledge.answer import day
from knowledge.flow import told
from knowledge.moment import spoken_moment
from knowledge.question import unique
from knowledge.schema import Flow

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"
# The PDF's own letters are Latin-1; what is outside it becomes its nearest likeness.
_LIKENESS = str.maketrans(
    {
        "“": '"',
        "”": '"',
        "„": '"',
        "’": "'",
        "‘": "'",
        "–": "-",
        "—": "-",
        "…": "...",
        "€": "EUR ",
        "•": "-",
        "\u00a0": " ",
    }
)


def as_text(flow: Flow, kept: Kept) -> str:
    """The decision as plain text for a file, short lines, ready to paste."""
    return "\n".join([_title(flow, kept), *(f"{label}: {text}" for label, text in _lines(flow, kept))])


def as_docx(flow: Flow, kept: Kept) -> File:
    """The decision as a Word document."""
    document = Document()
    document.core_properties.author = "Deelwijzer"
    document.core_properties.title = _title(flow, kept)
    document.styles["Normal"].font.size = Pt(11)
    document.add_heading(_title(flow, kept), level=1)
    for label, text in _lines(flow, kept):
        paragraph = document.add_paragraph()
        paragraph.add_run(f"{label}: ").bold = True
        paragraph.add_run(text)
    content = io.BytesIO()
    document.save(content)
    return File(f"{kept.reference}.docx", DOCX, content.getvalue())


def as_pdf(flow: Flow, kept: Kept) -> File:
    """The decision as a PDF of one or two pages."""
    pdf = FPDF(format="A4")
    pdf.set_title(_latin(_title(flow, kept)))
    pdf.set_author("Deelwijzer")
    pdf.set_lang("nl")
    pdf.set_creation_date(kept.updated_at)
    pdf.add_page()
    pdf.set_font("helvetica", style="B", size=15)
    pdf.multi_cell(0, 8, _latin(_title(flow, kept)), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    pdf.ln(3)
    for label, text in _lines(flow, kept):
        pdf.set_font("helvetica", style="B", size=11)
        pdf.multi_cell(0, 6, _latin(label), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        pdf.set_font("helvetica", size=11)
        pdf.multi_cell(0, 6, _latin(text), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        pdf.ln(2)
    return File(f"{kept.reference}.pdf", PDF, bytes(pdf.output()))


def _title(flow: Flow, kept: Kept) -> str:
    return f"{flow.title} {kept.reference}"


def _lines(flow: Flow, kept: Kept) -> list[tuple[str, str]]:
    lines = [
        ("Datum", day(_local(kept.created_at).date())),
        *told(flow, kept.entries),
        *_outcome(kept),
        ("Wet zoals die gold op", kept.law_on),
    ]
    if kept.version > 1:
        lines.append(("Verbeterd op", f"{day(_local(kept.updated_at).date())} (versie {kept.version})"))
    if kept.withdrawn:
        lines.append(("Ingetrokken op", day(_local(kept.updated_at).date())))
    return lines


def _outcome(kept: Kept) -> list[tuple[str, str]]:
    """What a flow with endings came to, on which articles, and the term that runs."""
    if not kept.outcome:
        return []
    articles = "; ".join(unique(f"art. {one['article']} {one['law']}" for one in kept.citations))
    term = [("Termijn loopt tot", spoken_moment(_local(kept.deadline)))] if kept.deadline else []
    return [("Uitkomst", kept.outcome), *([("Artikelen", articles)] if articles else []), *term]


def _local(moment: datetime) -> datetime:
    return moment.astimezone(AMSTERDAM)


def _latin(text: str) -> str:
    plain = unicodedata.normalize("NFC", text.translate(_LIKENESS))
    return "".join(_latin_char(char) for char in plain)


def _latin_char(char: str) -> str:
    if ord(char) < 256:
        return char
    base = unicodedata.normalize("NFKD", char)[0]
    return base if ord(base) < 256 else "?"
