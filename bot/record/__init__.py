"""Putting a decision on record: the conversation that gathers it, and the documents that carry it away."""

from bot.record.documents import as_docx, as_pdf, as_text
from bot.record.recorder import Recorder

__all__ = ["Recorder", "as_docx", "as_pdf", "as_text"]
