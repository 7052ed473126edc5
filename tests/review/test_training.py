"""What may become an example, and what not. Every sentence and number here is made up."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.guard import Guard
from bot.review.alike import trained
from bot.review.training import Folders, NotWritable, Refused, Training


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    """A small set of training data and one measuring set."""
    (tmp_path / "data" / "intents").mkdir(parents=True)
    for intent, line in (("share", "mag ik dit delen"), ("retention", "hoe lang bewaren")):
        text = f'version: "3.1"\nnlu:\n- intent: {intent}\n  examples: |\n    - {line}\n'
        (tmp_path / "data" / "intents" / f"{intent}.yml").write_text(text)
    (tmp_path / "tests" / "validation").mkdir(parents=True)
    asked = {"questions": [{"text": "Mag ik het plan van de buurman doorgeven aan zijn tandarts?"}]}
    (tmp_path / "tests" / "validation" / "a.yaml").write_text(yaml.safe_dump(asked))
    return Folders(
        tmp_path / "data", tmp_path / "data" / "reviewed", tmp_path / "cases" / "cases.yaml", tmp_path / "tests"
    )


@pytest.fixture
def training(folders: Folders) -> Training:
    return Training(folders, Guard())


def lines(folders: Folders) -> list[tuple[str, str]]:
    return list(trained(folders.reviewed))


def test_an_example_is_written_once(training: Training, folders: Folders) -> None:
    assert training.add("mag  dit ook\nmet de juf", "share", {"party": "school"})
    assert not training.add("mag dit ook met de juf", "share", {"party": "school"})

    assert lines(folders) == [("share", "mag dit ook met de juf")]


def test_a_second_example_stands_after_the_first(training: Training, folders: Folders) -> None:
    training.add("een", "share", {})
    training.add("twee: met 'aanhaling' en # hekje", "share", {})
    training.add("- met een streepje", "retention", {})

    assert lines(folders) == [
        ("retention", "met een streepje"),
        ("share", "een"),
        ("share", "twee: met 'aanhaling' en # hekje"),
    ]


def test_a_sentence_that_came_with_the_program_only_gets_its_case(training: Training, folders: Folders) -> None:
    assert training.add("Mag ik dit delen?", "share", {"party": "school"})

    assert lines(folders) == []
    assert folders.cases.exists()


def test_other_facts_take_the_place_of_those_of_before(training: Training, folders: Folders) -> None:
    training.add("een", "share", {"party": "school"})
    assert training.add("een", "share", {"party": "politie"})

    cases = yaml.safe_load(folders.cases.read_text(encoding="utf-8"))["cases"]
    assert cases == [{"text": "een", "intent": "share", "facts": {"party": "politie"}}]


@pytest.mark.parametrize(
    ("text", "intent", "why"),
    [
        ("", "share", "1 tot"),
        ("x" * 501, "share", "1 tot"),
        ("?!", "share", "geen woorden"),
        ("mag dit \x00 ook", "share", "tekens"),
        ("mag dit met de [juf](party)", "share", "tekens"),
        ('mag dit met de [juf]{"entity": "party"}', "share", "tekens"),
        ("mag ik bsn 123456782 doorgeven", "share", "persoonsgegevens"),
        ("mag dit", "verzonnen", "kent het taalmodel niet"),
        ("mag dit", "../share", "kent het taalmodel niet"),
        ("Hoe lang bewaren?", "share", "ander onderwerp"),
        ("mag ik het plan van mijn buurman doorgeven aan zijn tandarts", "share", "waarmee we Deelwijzer meten"),
    ],
)
def test_a_sentence_that_would_do_harm_is_refused(
    training: Training, folders: Folders, text: str, intent: str, why: str
) -> None:
    with pytest.raises(Refused, match=why):
        training.add(text, intent, {})

    assert lines(folders) == []
    assert not folders.cases.exists()


def test_a_sentence_that_the_fg_gave_one_meaning_keeps_it(training: Training) -> None:
    training.add("een heel nieuwe zin", "share", {})

    with pytest.raises(Refused, match="ander onderwerp"):
        training.add("Een heel nieuwe zin!", "retention", {})


def test_what_cannot_be_written_comes_back_as_lines(folders: Folders) -> None:
    folders.reviewed.write_text("een bestand waar een map hoort")

    with pytest.raises(NotWritable) as error:
        Training(folders, Guard()).add("een", "share", {"party": "school"})

    assert yaml.safe_load(error.value.lines.sentence)["nlu"] == [{"intent": "share", "examples": "- een\n"}]
    assert yaml.safe_load(error.value.lines.case)["cases"][0]["facts"] == {"party": "school"}


def test_a_file_is_whole_or_as_it_was(training: Training, folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    training.add("een", "share", {})

    def full(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("bot.review.training.os.replace", full)
    with pytest.raises(NotWritable):
        training.add("twee", "share", {})

    assert lines(folders) == [("share", "een")]


def test_a_program_without_the_measuring_sets_still_takes_examples(folders: Folders, tmp_path: Path) -> None:
    without = Folders(folders.data, folders.reviewed, folders.cases, tmp_path / "nergens")

    assert Training(without, Guard()).add("een", "share", {})
