"""What axe-core finds wrong on a page, by the rules of WCAG 2.2 A and AA."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def faults(page: Page) -> list[str]:
    """Every fault that axe can find, and whether something stands beside the screen."""
    found = Axe().run(page, options=WCAG)
    assert found.response["passes"], f"axe looked at nothing on {page.url}"
    wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [
        *([f"{page.url}: {found.generate_report()}"] if found.violations_count else []),
        *([f"{page.url} is {wide} pixels too wide"] if wide > 0 else []),
    ]


def check(page: Page) -> None:
    """No fault that axe can find, and nothing beside the screen."""
    assert faults(page) == []
