"""Nobody finds a person behind a key without the secret. All numbers are made up."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from bot import keys


def test_a_key_differs_by_secret_channel_and_conversation() -> None:
    made = set()
    for secret in (b"een", b"twee"):
        keys.use_secret(secret)
        made |= {keys.conversation_key(channel, number) for channel in ("telegram", "teams") for number in ("1", "2")}

    assert len(made) == 8
    assert all(len(key) == 64 for key in made)


def test_each_purpose_has_a_secret_of_its_own_that_lasts() -> None:
    keys.use_secret(b"een")

    assert keys.derived("web") == keys.derived("web")
    assert keys.derived("web") != keys.derived("teams")


def test_the_secret_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "map" / "geheim"

    first = keys.read_secret(path)

    assert keys.read_secret(path) == first
    assert len(first) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_secret_that_is_cut_off_is_not_used(tmp_path: Path) -> None:
    path = tmp_path / "geheim"
    path.write_bytes(b"kort")

    with pytest.raises(keys.SecretError, match="te kort"):
        keys.read_secret(path)


def test_a_secret_that_cannot_be_made_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "bestand").touch()

    with pytest.raises(keys.SecretError, match="DEELWIJZER_SECRET_FILE"):
        keys.read_secret(tmp_path / "bestand" / "geheim")
