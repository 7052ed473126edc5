"""Whether the Dutch spaCy model is installed, and which; imports neither spaCy nor Rasa."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

PACKAGE = "nl_core_news_sm"


def model_version() -> str:
    """Which model is installed, or an empty text: a model trained with it reads differently."""
    try:
        return version(PACKAGE)
    except PackageNotFoundError:
        return ""
