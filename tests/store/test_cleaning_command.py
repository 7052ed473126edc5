"""`./deelwijzer opschonen`: what went, and when that was done before.  All data are made up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import quiet
from bot.cli import main
from bot.clock import AMSTERDAM
from bot.store import Store
from bot.store.retention import Retention
from tests.store.test_retention import asked


def test_it_tells_what_went_and_when_it_was_done_before(
    store: Store,
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("DEELWIJZER_SECRET_FILE", str(tmp_path / "secret"))
    monkeypatch.setattr(quiet, "configure", lambda level: None)
    asked(store, "oud", datetime.now(UTC) - timedelta(days=400))

    assert main(["opschonen"]) == 0
    first = capsys.readouterr().out
    assert main(["opschonen"]) == 0
    second = capsys.readouterr().out

    assert "Gewist: 1 vragen, 1 gesprekken, 0 besluiten, 1 bezorgadressen, 1 knoppen, 0 regels van het logboek" in first
    assert "De keer hiervoor: nooit, of langer dan een maand geleden." in first
    assert "Gewist: 0 vragen, 0 gesprekken" in second
    assert f"De keer hiervoor: {Retention(store.engine).cleanings()[1].at.astimezone(AMSTERDAM):%d-%m-%Y}" in second
