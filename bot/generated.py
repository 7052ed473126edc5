"""Pages in docs/ that are made from the tables: written by a command, and a test says when they are stale."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from knowledge.chart import chart
from knowledge.knowledge import Knowledge

DOCS = Path(__file__).resolve().parent.parent / "docs"
CHARTS = "gesprekken"


def charts(knowledge: Knowledge) -> dict[Path, str]:
    """The page of each guided conversation, by file."""
    return {DOCS / CHARTS / f"{flow.id}.md": chart(flow, knowledge) for flow in knowledge.flows.values()}


def write(pages: Mapping[Path, str]) -> None:
    """Write the pages; in their own folder, pages of rows that are gone go too."""
    for folder in {page.parent for page in pages} - {DOCS}:
        folder.mkdir(parents=True, exist_ok=True)
        for old in set(folder.glob("*.md")) - set(pages):
            old.unlink()
    for page, text in pages.items():
        page.write_text(text, encoding="utf-8")


def stale(pages: Mapping[Path, str]) -> list[Path]:
    """The pages that differ from what the tables say now."""
    return [page for page, text in pages.items() if not page.exists() or page.read_text(encoding="utf-8") != text]
