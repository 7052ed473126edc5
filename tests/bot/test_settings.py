"""Settings: open access stays on this machine, and every setting is documented."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.settings import ROOT, Settings


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.4", "::", "deelwijzer.example"])
def test_open_access_refuses_any_other_address(host: str) -> None:
    with pytest.raises(ValidationError, match="alleen op deze machine"):
        Settings(host=host)  # type: ignore[call-arg]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_open_access_works_on_loopback(host: str) -> None:
    assert Settings(host=host).host == host  # type: ignore[call-arg]


def test_every_setting_is_documented() -> None:
    guide = Path(ROOT / "docs" / "beheer.md").read_text(encoding="utf-8")

    for name, field in Settings.model_fields.items():
        variable = field.validation_alias or f"DEELWIJZER_{name.upper()}"
        assert f"`{variable}`" in guide, f"{variable} staat niet in docs/beheer.md"
        assert field.description
