"""Every check runs, and what went wrong can be read."""

from __future__ import annotations

import pytest

from tools.check import Check, run_all


def command(words: str, code: int) -> tuple[str, ...]:
    return ("/bin/sh", "-c", f"echo {words}; exit {code}")


def test_every_check_runs_also_after_one_that_failed(capfd: pytest.CaptureFixture[str]) -> None:
    failed = run_all({"first": Check(command("bad", 1)), "second": Check(command("good", 0))})

    assert failed == ["first"]
    assert "good" in capfd.readouterr().out


@pytest.mark.parametrize(("code", "shown"), [(0, False), (1, True)])
def test_a_noisy_check_is_heard_only_when_it_fails(code: int, shown: bool, capfd: pytest.CaptureFixture[str]) -> None:
    run_all({"noisy": Check(command("pages of warnings", code), only_failure=True)})
    out, err = capfd.readouterr()

    assert ("pages of warnings" in err) is shown
    assert out == ""
