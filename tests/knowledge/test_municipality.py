"""Adding a municipality is adding one YAML file: the example of docs/ works, a wrong one says what to mend."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
import yaml

from bot.cli import main
from knowledge.advise import advise
from knowledge.answer import Answerer
from knowledge.check import check
from knowledge.knowledge import Knowledge
from knowledge.load import CONTENT, KnowledgeError
from knowledge.question import Question, told
from knowledge.schema import Verdict

EXAMPLE = Path(__file__).parents[2] / "docs" / "voorbeelden" / "gemeente.yaml"
GUIDE = EXAMPLE.parents[1] / "gemeente-toevoegen.md"
FOLDER = "municipalities"
KEY = "voorbeelddam"
TODAY = date(2026, 11, 22)
SCHOOL = Question(
    "share",
    {"role": told("toegang-jeugd"), "party": told("school"), "purpose": told("voorziening-treffen")},
    municipality=KEY,
)


def with_file(folder: Path, text: str, name: str = f"{KEY}.yaml") -> Path:
    """The content of the project in a folder of its own, with one municipality more."""
    content = folder / "content"
    shutil.copytree(CONTENT, content)
    (content / FOLDER / name).write_text(text, encoding="utf-8")
    return content


def problems(content: Path) -> list[str]:
    """What the validator says of this folder."""
    try:
        return [str(problem) for problem in check(Knowledge.read(content), TODAY)]
    except KnowledgeError as error:
        return [str(problem) for problem in error.problems]


def line_of(text: str, part: str) -> int:
    """The number of the line on which this first begins."""
    return text[: text.index(part)].count("\n") + 1


@pytest.fixture(scope="session")
def example() -> str:
    """The example file as it stands in docs/."""
    return EXAMPLE.read_text(encoding="utf-8")


def test_the_example_says_that_it_is_made_up(example: str) -> None:
    assert example.startswith("# VERZONNEN VOORBEELD.")


def test_the_example_is_a_sixth_municipality_without_any_problem(example: str, tmp_path: Path) -> None:
    content = with_file(tmp_path, example)
    assert problems(content) == []

    knowledge = Knowledge.read(content)
    advice = advise(SCHOOL, knowledge, TODAY)
    text = "\n".join(part.text for part in Answerer(knowledge, TODAY).parts(advice))
    assert advice.verdict is Verdict.ALLOWED_WITHOUT_CONSENT
    assert "- Extra in Voorbeelddam (beleid 2025, artikel 5): Vraag bij een voorziening" in text
    assert "Voorbeelddam" in knowledge.contacts_of(KEY).dpo


def test_the_example_shows_each_kind_once(example: str, tmp_path: Path) -> None:
    knowledge = Knowledge.read(with_file(tmp_path, example))

    kinds = [row.kind for row in knowledge.policies.values() if row.policy == KEY]
    assert sorted(kinds) == ["contrary", "same", "stricter"]


def test_a_municipality_without_policy_of_its_own_needs_no_third_part(example: str, tmp_path: Path) -> None:
    people = example[: example.rindex("---")]

    assert problems(with_file(tmp_path, people)) == []


def test_the_command_finds_the_mistake_in_the_folder_that_is_given(
    example: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = with_file(tmp_path / "goed", example)
    wrong = with_file(tmp_path / "fout", example.replace("[jeugd-toegang-school]", "[jeugd-toegang-scholen]"))

    assert main(["kennis", "check", "--map", str(good)]) == 0
    assert "De kennis klopt" in capsys.readouterr().out
    assert main(["kennis", "check", "--map", str(wrong)]) == 1
    assert "regel “jeugd-toegang-scholen” bestaat niet" in capsys.readouterr().err


# What goes wrong: the change, how the line begins that is named, the row, and what the message says.
MISTAKES = {
    "de contacten ontbreken": (
        f'  - id: {KEY}\n    dpo: "de FG',
        '  - id: bladel-oud\n    dpo: "de FG',
        f"  - id: {KEY}",
        KEY,
        f"heeft geen contacten; voeg bij “table: contacts” een rij met “id: {KEY}” toe",
    ),
    "contacten van een gemeente die niet bestaat": (
        f'  - id: {KEY}\n    dpo: "de FG',
        '  - id: bladel-oud\n    dpo: "de FG',
        "  - id: bladel-oud",
        "bladel-oud",
        "is geen gemeente",
    ),
    "een leeg contact": (
        '    dpo: "de FG van de gemeente Voorbeelddam (zie het intranet)"',
        '    dpo: ""',
        '    dpo: ""',
        KEY,
        "dpo: is leeg; vul dit veld in",
    ),
    "een contact dat er niet staat": (
        '    child_abuse_lead: "de aandachtsfunctionaris van de gemeente Voorbeelddam (zie de meldcode)"\n',
        "",
        f"  - id: {KEY}\n    dpo",
        KEY,
        "child_abuse_lead: ontbreekt; vul dit veld in",
    ),
    "een regel die niet bestaat": (
        "[veilig-thuis-gevraagd]",
        "[veilig-thuis-gevraag]",
        f"  - id: {KEY}-veilig-thuis",
        f"{KEY}-veilig-thuis",
        "regel “veilig-thuis-gevraag” bestaat niet; zoek het id met: kennis zoek",
    ),
    "een regel die al niet meer gold": (
        "[veilig-thuis-gevraagd]",
        "[naar-schuldhulp-wmo-2015]",
        f"  - id: {KEY}-veilig-thuis",
        f"{KEY}-veilig-thuis",
        "gold al niet meer op 2025-03-01; kies de regel van nu",
    ),
    "een regel twee keer": (
        "[bewaren-wmo, bewaren-wmo-rol]",
        "[bewaren-wmo, bewaren-wmo]",
        f"  - id: {KEY}-bewaren",
        f"{KEY}-bewaren",
        "noemt een regel twee keer",
    ),
    "geen regel": (
        "[veilig-thuis-gevraagd]",
        "[]",
        "    rules: []",
        f"{KEY}-veilig-thuis",
        "rules: heeft te weinig waarden",
    ),
    "beleid zonder gemeente": (
        f"defaults: {{policy: {KEY}}} ",
        "defaults: {} ",
        f"  - id: {KEY}-school",
        f"{KEY}-school",
        f"geen gemeente heeft beleid “{KEY}”; zet “policy: {KEY}” bij een gemeente",
    ),
    "de sleutel van een andere gemeente": (
        f"  policy: {KEY}\n  source",
        "  policy: kempen\n  source",
        f"  - id: {KEY}-school",
        f"{KEY}-school",
        f"heeft beleid “kempen” in {KEY}.yaml; zet hier “policy: {KEY}”, of",
    ),
    "een id zonder de sleutel": (
        f"  - id: {KEY}-school",
        "  - id: school",
        "  - id: school",
        "school",
        f"laat het id beginnen met “{KEY}-”",
    ),
    "een id dat al bestaat": (
        f"  - id: {KEY}-school",
        "  - id: kempen-school",
        "  - id: kempen-school",
        "",
        "dit id bestaat al (municipalities/kempen.yaml:",
    ),
    "tegen de wet zonder plaats": (
        '    place: "artikel 12"\n',
        "",
        f"  - id: {KEY}-veilig-thuis",
        f"{KEY}-veilig-thuis",
        "place: ontbreekt; vul dit veld in",
    ),
    "een lege zin": (
        '    say: "Ook het eigen beleid noemt 15 jaar na de laatste wijziging."',
        '    say: " "',
        '    say: " "',
        f"{KEY}-bewaren",
        "say: is leeg; vul dit veld in",
    ),
    "een soort die niet bestaat": (
        "kind: contrary",
        "kind: tegen",
        "    kind: tegen",
        f"{KEY}-veilig-thuis",
        "kind: is geen van de mogelijke waarden; kies uit stricter, same of contrary",
    ),
    "een datum die geen datum is": (
        "valid_from: 2025-03-01",
        "valid_from: 1 maart 2025",
        "  valid_from: 1 maart 2025",
        f"{KEY}-school",
        "valid_from: is geen datum; schrijf bijvoorbeeld 2026-01-01",
    ),
    "niets achter een veld": (
        '    dpo: "de FG van de gemeente Voorbeelddam (zie het intranet)"',
        "    dpo:",
        "    dpo:",
        KEY,
        "dpo: is leeg; vul dit veld in",
    ),
    "een regel zonder haken": (
        "rules: [veilig-thuis-gevraagd]",
        "rules: veilig-thuis-gevraagd",
        "    rules: veilig-thuis-gevraagd",
        f"{KEY}-veilig-thuis",
        "rules: moet een lijst zijn; zet er rechte haken omheen: [a, b]",
    ),
    "woorden zonder haken": (
        f"words: [{KEY}, gemeente {KEY}, oud-{KEY}]",
        f"words: {KEY}",
        f"    words: {KEY}",
        KEY,
        "words: moet een lijst zijn; zet er rechte haken omheen: [a, b]",
    ),
    "een mobiel nummer": (
        '    dpo: "de FG van de gemeente Voorbeelddam (zie het intranet)"',
        '    dpo: "de FG, 06-12345678"',
        f"  - id: {KEY}\n    dpo",
        KEY,
        "dpo bevat een mobiel nummer; noem de functie en waar je die vindt",
    ),
    "een controle door een naam": (
        "  recheck_on: 2027-11-22",
        "  recheck_on: 2027-11-22\n  checked: {by: Verzonnen, on: 2026-11-22}",
        "  checked:",
        f"{KEY}-school",
        "checked.by: schrijf een functie, geen naam of nummer",
    ),
    "een tab": (
        f"  - id: {KEY}-school",
        f"\t- id: {KEY}-school",
        f"\t- id: {KEY}-school",
        "",
        "geen geldige YAML: hier staat een tab; spring in met spaties",
    ),
    "een aanhalingsteken in de zin": (
        'say: "Ook het eigen beleid noemt',
        'say: "Ook "het" eigen beleid noemt',
        "",
        "",
        "geen geldige YAML: kijk op deze regel en vlak erboven naar aanhalingstekens, dubbele punten en inspringen",
    ),
    "een tikfout in een veld": (
        "    privacy_officer:",
        "    privacyofficer:",
        "    privacyofficer:",
        KEY,
        "dit veld bestaat niet; is het een tikfout?",
    ),
    "een gemeente zonder woorden": (
        f"    words: [{KEY}, gemeente {KEY}, oud-{KEY}]\n",
        "",
        f"  - id: {KEY}",
        KEY,
        "heeft geen words; noem minstens de naam",
    ),
    "een woord van een andere gemeente": (
        f"oud-{KEY}]",
        "Knegsel]",
        f"  - id: {KEY}",
        KEY,
        "het woord “Knegsel” hoort al bij “eersel”",
    ),
    "een vergeten aanhalingsteken": (
        '    place: "artikel 5"',
        '    place: "artikel 5',
        "",
        "",
        "geen geldige YAML",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_in_dutch_with_file_line_and_mending(name: str, example: str, tmp_path: Path) -> None:
    old, new, place, row, message = MISTAKES[name]
    assert example.count(old) == 1
    text = example.replace(old, new)

    found = problems(with_file(tmp_path, text))

    where = f"{FOLDER}/{KEY}.yaml:{line_of(text, place)}:" if place else f"{FOLDER}/{KEY}.yaml:"
    named = f"{where} rij “{row}”:" if row else where
    assert any(problem.startswith(named) and message in problem for problem in found), found


def test_the_file_has_the_name_of_its_key(example: str, tmp_path: Path) -> None:
    found = problems(with_file(tmp_path, example, "gemeente.yaml"))

    assert found[0].startswith(f"{FOLDER}/gemeente.yaml:{line_of(example, f'  - id: {KEY}')}: rij “{KEY}”: ")
    assert "geef het bestand de naam van de sleutel" in found[0]


@pytest.mark.parametrize("name", [f"{KEY}.yml", f"{KEY}.yaml.txt", f"{KEY}.YAML"])
def test_a_file_that_is_not_read_is_told_of(name: str, example: str, tmp_path: Path) -> None:
    found = problems(with_file(tmp_path, example, name))

    assert found == [f"{FOLDER}/{name}:1: dit bestand wordt niet gelezen; geef het een naam die eindigt op “.yaml”"]


def test_a_name_with_a_capital_is_mended_in_the_name_of_the_file(example: str, tmp_path: Path) -> None:
    found = problems(with_file(tmp_path, example, "Voorbeelddam.yaml"))

    assert found == [f"{FOLDER}/Voorbeelddam.yaml:1: geef het bestand een naam met kleine letters: {KEY}.yaml"]


def test_one_wrong_default_is_told_once(example: str, tmp_path: Path) -> None:
    text = example.replace("valid_from: 2025-03-01", "valid_from: 1 maart 2025")

    assert len(problems(with_file(tmp_path, text))) == 1


def test_the_project_has_one_file_for_each_policy(knowledge: Knowledge) -> None:
    files = {path.stem for path in (CONTENT / FOLDER).glob("*.yaml")}

    assert files == {row.policy for row in knowledge.municipalities.values()}
    assert files == {row.policy for row in knowledge.policies.values()}


def test_the_guide_names_every_field_of_the_example(example: str) -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    for part in yaml.safe_load_all(example):
        for field in {*part["defaults"], *(name for row in part["rows"] for name in row)}:
            assert f"`{field}`" in guide, field


def test_the_guide_repeats_the_example_as_it_is(example: str) -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    [block] = [piece.split("```")[0] for piece in guide.split("```yaml\n")[1:]]

    assert block in example
