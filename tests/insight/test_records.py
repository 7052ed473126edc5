"""Decisions by reference, and the register of breaches with its clock."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from bot.records.term import term
from tests.bot.fakes import Clock
from tests.insight.conftest import Decide
from tests.signin.house import House
from tests.web.web_app import Browser

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "settled", "state", "words"),
    [
        (71.5, False, "running", "nog 71 uur"),
        (24, False, "near", "nog 24 uur"),
        (0.5, False, "near", "nog minder dan een uur"),
        (0, False, "late", "over tijd: minder dan een uur te laat"),
        (-5, False, "late", "over tijd: 5 uur te laat"),
        (-24 * 9, False, "late", "over tijd: 9 dagen te laat"),
        (-5, True, "settled", "afgehandeld"),
        (None, False, "none", "onbekend: er staat niet sinds wanneer het bekend is"),
    ],
)
def test_the_clock_says_how_much_is_left(hours: float | None, settled: bool, state: str, words: str) -> None:
    found = term(NOW + timedelta(hours=hours) if hours is not None else None, settled, NOW)

    assert (found.state, found.words) == (state, words)


async def test_a_decision_is_found_by_its_reference_in_small_letters_too(
    house: House, fg: Browser, decide: Decide
) -> None:
    wanted, other = decide("record"), decide("record")

    found = await fg.open(f"/fg/besluiten?nummer={wanted.lower()}")

    assert wanted in found.text
    assert other not in found.text


@pytest.mark.parametrize(
    "query", ["soort=record", "gemeente=heumen", "van=2026-11-22", "soort=breach&uitkomst=Geen+datalek"]
)
async def test_a_filter_leaves_out_what_does_not_fit(fg: Browser, decide: Decide, query: str) -> None:
    decide("breach", hours_ago=100)
    fitting = decide(
        "breach" if "breach" in query else "record",
        municipality="heumen",
        outcome="Geen datalek" if "breach" in query else "",
    )

    found = await fg.open(f"/fg/besluiten?{query}")

    assert "1 besluit" in found.text
    assert fitting in found.text


async def test_what_was_kept_long_enough_is_not_found_even_before_it_is_erased(
    house: House, fg: Browser, decide: Decide, clock: Clock
) -> None:
    reference = decide("record", hours_ago=24 * 1827)

    assert "Geen besluit gevonden" in (await fg.open("/fg/besluiten")).text
    assert (await fg.client.get(f"/fg/besluiten/{reference}")).status_code == 404


async def test_a_decision_tells_what_was_decided_and_not_by_whom_and_the_look_is_noted(
    house: House, fg: Browser, decide: Decide
) -> None:
    reference = decide("breach")

    page = await fg.open(f"/fg/besluiten/{reference}")

    assert "Brief bij de verkeerde" in page.text
    assert "verzonnen maker" not in page.html
    assert ("open", f"besluit {reference}") in [row[:2] for row in house.audit()]


async def test_what_somebody_wrote_is_text_and_no_markup(fg: Browser, decide: Decide) -> None:
    reference = decide("breach", entries={"what": "<script>alert(1)</script>"}, outcome="<b>x</b>")

    for address in (f"/fg/besluiten/{reference}", "/fg/besluiten", "/fg/datalekken", "/fg"):
        page = await fg.open(address)
        assert "alert(1)" not in [one.attributes.get("src", "") for one in page.all("script")]
        assert "<script>alert" not in page.html
        assert "<b>x</b>" not in page.html


async def test_a_breach_whose_term_presses_is_on_the_first_page_of_the_fg(fg: Browser, decide: Decide) -> None:
    pressing, fresh = decide("breach", hours_ago=60), decide("breach")

    for address in ("/fg", "/fg/datalekken"):
        page = await fg.open(address)
        reminder = page.html.partition('class="pressing"')[2].partition("</section>")[0]
        assert pressing in reminder
        assert fresh not in reminder


async def test_a_settled_breach_presses_no_more_until_it_is_reopened(house: House, fg: Browser, decide: Decide) -> None:
    reference = decide("breach", hours_ago=90)
    page = await fg.open(f"/fg/besluiten/{reference}")
    address = f"/fg/besluiten/{reference}/afgehandeld"

    done = await fg.post(page, {"afgehandeld": "reported"}, address=address, htmx=False)
    settled = await fg.open("/fg/datalekken")
    await fg.post(page, {"afgehandeld": ""}, address=address, htmx=False)
    reopened = await fg.open("/fg/datalekken")

    assert done.status_code == 303
    assert "Gemeld bij de toezichthouder" in settled.text
    assert 'class="pressing"' not in settled.html
    assert 'class="pressing"' in reopened.html
    noted = [(row[0], row[1], row[3]) for row in house.audit() if row[0] == "settle"]
    assert noted == [("settle", f"datalek {reference}", "reported"), ("settle", f"datalek {reference}", "reopened")]


@pytest.mark.parametrize("given", [{"afgehandeld": "zomaar"}, {"csrf": "fout", "afgehandeld": "reported"}])
async def test_a_form_that_is_not_ours_settles_nothing(fg: Browser, decide: Decide, given: dict[str, str]) -> None:
    reference = decide("breach", hours_ago=90)
    page = await fg.open(f"/fg/besluiten/{reference}")
    csrf = given.pop("csrf", None)

    answer = await fg.post(page, given, address=f"/fg/besluiten/{reference}/afgehandeld", htmx=False, csrf=csrf)

    assert answer.status_code in (400, 403)
    assert "over tijd" in (await fg.open(f"/fg/besluiten/{reference}")).text


async def test_a_decision_outside_the_register_has_no_clock_to_settle(fg: Browser, decide: Decide) -> None:
    reference = decide("record")
    page = await fg.open(f"/fg/besluiten/{reference}")

    answer = await fg.post(
        page, {"afgehandeld": "reported"}, address=f"/fg/besluiten/{reference}/afgehandeld", htmx=False
    )

    assert answer.status_code == 404


async def test_the_register_is_exported_whole_without_formulas_and_noted(
    house: House, fg: Browser, decide: Decide
) -> None:
    first = decide("breach", entries={"what": "=HYPERLINK(1)"})
    second = decide("breach")
    decide("record")

    sheet = (await fg.client.get("/fg/datalekken/register.csv")).text
    records = json.loads((await fg.client.get("/fg/datalekken/register.json")).text)

    assert [one["nummer"] for one in records] == [first, second]
    assert "'=HYPERLINK(1)" in sheet
    assert '"=' not in sheet
    noted = [row[1] for row in house.audit() if row[0] == "export"]
    assert noted == ["datalekregister csv", "datalekregister json"]
    assert (await fg.client.get("/fg/datalekken/register.exe")).status_code == 404


async def test_pages_of_decisions_can_be_turned(fg: Browser, decide: Decide) -> None:
    for _ in range(26):
        decide("record")

    first, second = await fg.open("/fg/besluiten"), await fg.open("/fg/besluiten?pagina=2")

    assert (first.html.count("/fg/besluiten/DW-"), second.html.count("/fg/besluiten/DW-")) == (25, 1)
    assert "Pagina 2 van 2" in second.text
