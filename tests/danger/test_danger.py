"""Danger is found in chat messages, and not where urgent words mean something else.

The messages are data and made up.  `cases` was written with the signals, `holdout` after
them, `independent` by someone who had not seen them, `second` before the signals were widened;
`known` lists what still goes wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.danger import Danger, DangerDetector, DangerSignalsError, load_signals
from bot.guard import Guard
from bot.turn import GENERAL
from knowledge.knowledge import Knowledge
from knowledge.load import CONTENT

HERE = Path(__file__).parent
SIGNALS = CONTENT / "danger_signals.yaml"
FILES = ("cases", "holdout", "independent", "second")


def data(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((HERE / f"{name}.yaml").read_text(encoding="utf-8"))
    return loaded


KNOWN = data("known")


def messages(part: str, *names: str) -> Iterator[tuple[str, str]]:
    """(group, message) of all messages that are acute, or are not, without the known failures."""
    failures = {*KNOWN["missed"], *KNOWN["false_alarms"]}
    for name in names:
        for group, texts in data(name)[part].items():
            yield from ((group, text) for text in texts if text not in failures)


@pytest.fixture(scope="module")
def detector() -> DangerDetector:
    return DangerDetector(load_signals(SIGNALS))


@pytest.fixture(scope="module")
def guard() -> Guard:
    return Guard()


@pytest.mark.parametrize(("kinds", "text"), list(messages("acute", "cases", "holdout", "second")))
def test_danger_is_found_and_gets_a_fitting_answer(kinds: str, text: str, detector: DangerDetector) -> None:
    found = detector.find(text)
    assert found is not None
    assert found.kind in kinds.split("|")
    assert found.signals


@pytest.mark.parametrize(("kinds", "text"), list(messages("acute", "independent")))
def test_danger_in_words_of_someone_else_is_found(kinds: str, text: str, detector: DangerDetector) -> None:
    assert detector.find(text) is not None


@pytest.mark.parametrize(("reason", "text"), list(messages("not_acute", *FILES)))
def test_urgent_words_without_danger_raise_no_alarm(reason: str, text: str, detector: DangerDetector) -> None:
    assert detector.find(text) is None


@pytest.mark.parametrize(("kinds", "text"), list(messages("acute", *FILES)))
def test_masking_does_not_hide_the_danger(kinds: str, text: str, detector: DangerDetector, guard: Guard) -> None:
    assert detector.find(guard.mask(text).text) is not None


@pytest.mark.parametrize("text", KNOWN["missed"])
def test_what_is_known_to_be_missed_is_still_missed(text: str, detector: DangerDetector) -> None:
    assert detector.find(text) is None, "found now: take it from known.yaml and put it in holdout.yaml"


@pytest.mark.parametrize("text", KNOWN["false_alarms"])
def test_what_is_known_to_be_a_false_alarm_still_is(text: str, detector: DangerDetector) -> None:
    assert detector.find(text) is not None, "no alarm now: take it from known.yaml"


def test_there_are_enough_messages_to_mean_something() -> None:
    assert len(list(messages("acute", "cases"))) >= 80
    assert len(list(messages("not_acute", "cases"))) >= 80
    assert len([*messages("acute", "holdout"), *messages("not_acute", "holdout")]) >= 60


@pytest.mark.parametrize(
    "typed",
    [
        "HIJ SLAAT HAAR NU",
        "hij  slaat\nhaar nu",
        "hij slaat haar nu!!!!!",
        "hij sla\u00adat haar nu",
        "h\u200bij slaat haar nu",
        "cliënte heeft zich opgehangen in de schuur en ademt niet",
        "ze is bewustelos",
        "hij wil zelfmorod plegen",
        "ze is buiten bewustzyn",
    ],
)
def test_odd_spelling_does_not_hide_danger(typed: str, detector: DangerDetector) -> None:
    assert detector.find(typed) is not None


@pytest.mark.parametrize("text", ["", " ", "\n", "😀", "…", "[naam]", "?" * 4000, "\ud800", "a" * 4000, "1 2 3"])
def test_text_without_words_is_no_danger(text: str, detector: DangerDetector) -> None:
    assert detector.find(text) is None


def test_every_kind_has_an_answer_that_starts_with_112(knowledge: Knowledge) -> None:
    kinds = load_signals(SIGNALS).kinds
    assert {*kinds, GENERAL} == set(knowledge.danger)
    for kind in (*kinds, GENERAL):
        assert "112" in knowledge.danger[kind].text.split("\n\n")[0]


def test_the_most_pressing_kind_comes_first(detector: DangerDetector) -> None:
    found = detector.find("vader slaat de kinderen nu en heeft een mes, moeder ademt niet")
    assert isinstance(found, Danger)
    assert found.kind == "child"
    assert "armed" in found.signals
    assert "not-breathing" in found.signals


# -- the file ------------------------------------------------------------------------------


def broken(path: Path, change: dict[str, Any]) -> str:
    """What is said when the file is read with this change."""
    content = yaml.safe_load(SIGNALS.read_text(encoding="utf-8")) | change
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    with pytest.raises(DangerSignalsError) as error:
        load_signals(path)
    return str(error.value)


def signal(**change: Any) -> dict[str, Any]:
    """A file with one signal per kind, the first of them changed."""
    content = yaml.safe_load(SIGNALS.read_text(encoding="utf-8"))
    first: dict[str, Any] = content["signals"][0] | change
    return {"signals": [{key: value for key, value in first.items() if value is not None}, *content["signals"][1:]]}


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DangerSignalsError, match=r"signals\.yaml: dit bestand ontbreekt"):
        load_signals(tmp_path / "signals.yaml")


def test_yaml_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "signals.yaml"
    path.write_text("signals: [", encoding="utf-8")
    with pytest.raises(DangerSignalsError, match="geen geldige YAML"):
        load_signals(path)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"table": "danger"}, "table: danger_signals"),
        ({"kinds": ["child"]}, "staat niet onder kinds"),
        ({"kind": ["child"]}, "kind is geen bekende sleutel"),
        ({"lists": {}}, "bestaat niet; zet haar onder lists"),
        (signal(kind="brand"), "soort “brand” staat niet onder kinds"),
        (signal(near=None), "vul say in, of near met ten minste twee groepen"),
        (signal(say=["slaat @niemand"]), "lijst “@niemand” bestaat niet"),
        (signal(say=["slaat & schopt"]), "heeft een teken dat hier niets betekent"),
        (signal(say=["a|b|c|d|e|f|valt om|g|h|i|j|k"]), "zet elk zinnetje apart"),
        (signal(id="hit-now"), "staat er twee keer in"),
        (signal(within=0), "signals › 0 › within klopt niet"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_mistake_in_the_signals_is_told_with_its_place(change: dict[str, Any], said: str, tmp_path: Path) -> None:
    assert said in broken(tmp_path / "danger_signals.yaml", change)


def test_a_list_may_only_use_lists_above_it(tmp_path: Path) -> None:
    lists = yaml.safe_load(SIGNALS.read_text(encoding="utf-8"))["lists"]
    assert "hoort erboven te staan" in broken(tmp_path / "s.yaml", {"lists": {"first": ["@now"], **lists}})
