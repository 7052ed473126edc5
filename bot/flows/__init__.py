"""Guided conversations, the records that they end in, and the documents that carry those away."""

from bot.flows.documents import as_docx, as_pdf, as_text
from bot.flows.guide import Guide
from bot.flows.recorder import Recorder

__all__ = ["Guide", "Recorder", "as_docx", "as_pdf", "as_text"]
