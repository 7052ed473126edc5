"""`./deelwijzer kennis zoek`: what a person reads in the terminal."""

from __future__ import annotations

import pytest

from bot.cli import main


def test_the_results_are_listed_with_their_place(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["kennis", "zoek", "AMHK", "--dag", "2026-11-22"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith("gevonden voor “AMHK” op 22 november 2026.")
    assert "1. Partij: Veilig Thuis" in lines
    assert "2. Begrip: AMHK" in lines
    assert any(line.startswith("   begrip-amhk · rules/uitleg/begrippen.yaml:") for line in lines)


def test_a_long_list_is_cut_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["kennis", "zoek", "toestemming"]) == 0
    out = capsys.readouterr().out
    assert "\n20. " in out
    assert "\n21. " not in out
    assert "Voeg een woord toe om minder te vinden." in out


def test_what_does_not_hold_on_the_day_says_when_it_does(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["kennis", "zoek", "toegang", "jeugd", "in", "andere", "gevallen", "--dag", "2016-05-01"]) == 0
    out = capsys.readouterr().out
    assert "Let op: geldt niet op deze dag (vanaf 25 mei 2018)." in out


def test_nothing_found_is_said_clearly_with_near_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["kennis", "zoek", "tostemming"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "Niets gevonden voor “tostemming”." in said.err
    assert "Bedoel je: toestemming" in said.err


def test_words_that_never_stand_together_get_that_advice(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["kennis", "zoek", "quiz", "verwijsindex"]) == 1
    assert "Alle woorden moeten in één rij staan. Probeer er minder." in capsys.readouterr().err


def test_a_day_that_is_no_day_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["kennis", "zoek", "school", "--dag", "2026-02-30"])
    assert stopped.value.code == 2
    assert "--dag" in capsys.readouterr().err
