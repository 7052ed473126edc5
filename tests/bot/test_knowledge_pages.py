"""The pages of the knowledge: every page there is, every link on it, days, refusals, headers."""

from __future__ import annotations

import asyncio
import html
import itertools
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
from fastapi import FastAPI

from bot.app import build, closing
from bot.channels.web import SECURITY_HEADERS, WebSettings
from bot.pages.knowledge import MAX_QUERY, router
from bot.pages.reading import CONTACTS, PAGE_SIZE
from bot.settings import Settings
from knowledge.answer import bare, capitalised
from knowledge.knowledge import Knowledge
from knowledge.schema import Contacts
from knowledge.search import holds
from knowledge.titles import DEFINITION, Titles
from tests.web.web_app import Page

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
BEFORE_AVG = "2016-05-01"

_HREF = re.compile(r'<a\b[^>]*\bhref="([^"]*)"')
_ID = re.compile(r'\bid="([^"]*)"')


class Reader:
    """A browser for the pages of some moment, without the web chat around them."""

    def __init__(self, knowledge: Knowledge, now: datetime) -> None:
        app = FastAPI(openapi_url=None)
        app.include_router(router(knowledge, WebSettings(), lambda: now))
        self._browser = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://kennis.example")
        self._runner = asyncio.Runner()

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.close()

    def get(
        self, path: str, params: dict[str, str] | None = None, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """Read a page."""
        return self.send("GET", path, params, headers)

    def send(
        self, method: str, path: str, params: dict[str, str] | None = None, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """Send any request."""
        return self._runner.run(self._browser.request(method, path, params=params, headers=headers))


@pytest.fixture(scope="module")
def client(knowledge: Knowledge) -> Iterator[Reader]:
    with Reader(knowledge, NOW) as browser:
        yield browser


def links(page: str) -> list[str]:
    """Where the links of a page lead."""
    return [html.unescape(href) for href in _HREF.findall(page)]


def crawl(client: Reader, start: str, *, only: tuple[str, ...] = ("/kennis",)) -> dict[str, str]:
    """Every page of ours that can be reached, by its address without anchor; only those that answer well."""
    pages: dict[str, str] = {}
    todo = [start]
    while todo:
        address = todo.pop()
        if address in pages:
            continue
        response = client.get(address)
        assert response.status_code == 200, address
        pages[address] = response.text
        found = (urljoin(address, href).partition("#")[0] for href in links(response.text))
        todo.extend(one for one in found if one.startswith(only))
    return pages


@pytest.fixture(scope="module")
def site(client: Reader) -> dict[str, str]:
    """All pages of today, found by following links from the first."""
    return crawl(client, "/kennis")


# ---- every page ----


def test_every_rule_has_a_page_with_its_title_and_its_answer(site: dict[str, str], knowledge: Knowledge) -> None:
    titles = Titles(knowledge)
    for rule in knowledge.rules.values():
        page = html.unescape(site[f"/kennis/regel/{rule.id}"])
        assert f"<h1>{titles.rule(rule)}</h1>" in page
        # The sentences may name the other party; the longest piece between is enough.
        assert max(re.split(r"\{\w+\}", rule.say.why), key=len) in page
        assert f"<code>{rule.id}</code>" in page


def test_every_law_party_municipality_topic_and_flow_has_a_page_with_its_title(
    site: dict[str, str], knowledge: Knowledge
) -> None:
    titles = {
        **{f"wet/{row.id}": row.title for row in knowledge.laws.values()},
        **{f"partij/{row.id}": capitalised(bare(row.label)) for row in knowledge.parties.values()},
        **{f"gemeente/{row.id}": capitalised(bare(row.name)) for row in knowledge.municipalities.values()},
        **{f"onderwerp/{row.id}": row.label for row in knowledge.acts.values()},
        **{f"gesprek/{row.id}": row.title for row in knowledge.flows.values()},
    }
    for path, title in titles.items():
        assert f"<h1>{title}</h1>" in html.unescape(site[f"/kennis/{path}"])


def test_every_link_leads_to_a_page_and_every_anchor_to_a_place_on_it(site: dict[str, str]) -> None:
    places = {address: set(_ID.findall(page)) for address, page in site.items()}
    dangling = set()
    for address, page in site.items():
        for href in links(page):
            target, _, anchor = urljoin(address, href).partition("#")
            if anchor and target.startswith("/kennis") and anchor not in places[target]:
                dangling.add(f"{address} -> {href}")
    assert dangling == set()


def test_links_to_elsewhere_are_the_official_texts_and_the_chat(site: dict[str, str]) -> None:
    elsewhere = {href for page in site.values() for href in links(page) if not href.startswith(("/kennis", "#"))}
    hosts = {urlsplit(href).netloc for href in elsewhere}
    assert hosts == {"", "wetten.overheid.nl", "eur-lex.europa.eu"}
    assert {href for href in elsewhere if not urlsplit(href).netloc} == {"/", "tel:112"}


def test_every_page_has_one_title_unique_ids_and_no_script_or_open_place(site: dict[str, str]) -> None:
    for address, page in site.items():
        assert page.count("<h1>") == 1, address
        ids = _ID.findall(page)
        assert len(ids) == len(set(ids)), address
        assert "<script" not in page, address
        assert " style=" not in page, address
        assert not re.search(r"\{[a-z_]+\}|None|StrEnum", page), address


def test_headings_go_down_one_step_at_a_time(site: dict[str, str]) -> None:
    for address, page in site.items():
        levels = [int(level) for level in re.findall(r"<h([1-6])", page)]
        assert levels[0] == 1, address
        assert all(below - above <= 1 for above, below in itertools.pairwise(levels)), (address, levels)


# ---- what the pages say ----


def test_a_rule_page_tells_question_outcome_articles_policy_and_origin(client: Reader) -> None:
    page = Page(client.get("/kennis/regel/veilig-thuis-gevraagd").text).text
    for words in (
        "Mag, zonder toestemming",
        "De ander Veilig Thuis",
        "Wie begint De ander vraagt erom",
        "Niet als",
        "art. 5.2.6 Wmo 2015",
        "Strenger dan de wet",
        "Achterhaald",
        "Het beleidskader van Doetinchem noemde een plicht",
        "Nagelopen op 22 november 2026",
        "Jurist Nog niet door een jurist nagekeken",
        "knowledge/content/rules/veiligheid.yaml, regel ",
    ):
        assert words in page, words


def test_a_law_page_lists_the_rules_on_each_article(client: Reader, knowledge: Knowledge) -> None:
    page = client.get("/kennis/wet/jeugdwet").text
    start = page.index('id="jeugdwet-7.4.0"')
    article = page[start : page.index("</article>", start)]
    citing = {
        rule.id
        for rule in knowledge.rules.values()
        if any((cite.law, cite.number) == ("jeugdwet", "7.4.0") for cite in rule.cite) and holds(knowledge, rule, TODAY)
    }
    assert {href.rpartition("/")[2] for href in links(article) if href.startswith("/kennis")} == citing
    assert "https://wetten.overheid.nl/jci1.3:c:BWBR0034925&artikel=7.4.0" in links(article)


def test_articles_are_in_the_order_of_their_numbers(client: Reader) -> None:
    numbers = re.findall(r"Artikel (7\.3\.\d+)", client.get("/kennis/wet/jeugdwet").text)
    current = numbers[: len(set(numbers))]
    assert current == sorted(current, key=lambda number: int(number.rpartition(".")[2]))


def test_a_party_page_shows_its_own_rules_and_those_of_its_group(client: Reader) -> None:
    page = client.get("/kennis/partij/gezinsvoogd").text
    assert "/kennis/regel/gi-ots-gevraagd" in links(page)
    assert "Geldt voor de medewerker van de GI" in page


def test_a_party_page_leaves_out_the_rules_that_leave_the_party_out(client: Reader) -> None:
    rule = "/kennis/regel/jeugd-toegang-aanbieder-onbepaald"
    assert rule in links(client.get("/kennis/partij/zorgaanbieder").text)
    assert rule not in links(client.get("/kennis/partij/jeugdhulpverlener").text)


def test_a_municipality_page_shows_contacts_and_policy_by_kind(client: Reader, knowledge: Knowledge) -> None:
    page = client.get("/kennis/gemeente/landsmeer").text
    assert "de FG van de gemeente Landsmeer" in page
    kinds = re.split("<h3>(Strenger dan de wet|Gelijk aan de wet|Achterhaald) ", page)
    shown = {
        heading: set(re.findall(r'<article class="overlay[^"]*" id="([^"]*)"', part))
        for heading, part in zip(kinds[1::2], kinds[2::2], strict=True)
    }
    rows = [row for row in knowledge.policies.values() if row.policy == "landsmeer" and row.valid_on(TODAY)]
    for kind, heading in (
        ("stricter", "Strenger dan de wet"),
        ("same", "Gelijk aan de wet"),
        ("contrary", "Achterhaald"),
    ):
        assert shown[heading] == {row.id for row in rows if row.kind == kind}


def test_every_field_of_the_contacts_has_a_label() -> None:
    assert set(CONTACTS) == set(Contacts.model_fields) - {"id"}


def test_the_age_page_shows_every_row_in_a_table(client: Reader, knowledge: Knowledge) -> None:
    page = client.get("/kennis/leeftijd").text
    assert set(re.findall(r'<tr role="row" id="([^"]*)"', page)) == set(knowledge.ages)
    assert Page(page).all("th", scope="row")


def test_the_age_page_leads_on_to_authority_one_parent_and_the_exceptions(client: Reader, knowledge: Knowledge) -> None:
    page = client.get("/kennis/leeftijd").text
    beside = page[page.index('id="verder"') :]

    for rule in (
        "toestemming-van-een-ouder",
        "deel-leeftijd-oneens",
        "deel-leeftijd-gezag",
        "leeftijd-zonder-gezag",
        "toestemming-onmogelijk-uitleg",
        "leeftijd-ernstig-nadeel",
        "leeftijd-weloverwogen",
    ):
        assert f'href="/kennis/regel/{rule}"' in beside, rule
    assert not any(f'/regel/{rule.id}"' in beside for rule in knowledge.rules.values() if "age" in rule.when)


@pytest.mark.parametrize(
    ("address", "marks"),
    [
        ("/kennis/wet/jeugdwet", '<article class="block"'),
        ("/kennis/gemeente/bladel", '<article class="overlay'),
        ("/kennis/leeftijd", '<tr role="row" id='),
        ("/kennis/begrippen", '<article class="block"'),
        ("/kennis/toestemming", '<article class="block"'),
        ("/kennis/regel/wmo-cak", "<h2>Herkomst</h2>"),
        ("/kennis/gesprek/breach", "<h2>Herkomst</h2>"),
    ],
)
def test_every_row_on_a_page_says_when_it_was_looked_at_and_by_whom(client: Reader, address: str, marks: str) -> None:
    _, *rows = client.get(address).text.partition('<main id="inhoud"')[2].partition("<footer")[0].split(marks)

    assert rows
    assert [row for row in rows if "Nog niet door een jurist nagekeken" not in row] == []
    assert [row for row in rows if "Nagelopen op" not in row] == []


def test_the_first_page_and_every_foot_say_that_no_lawyer_looked(client: Reader) -> None:
    home = Page(client.get("/kennis").text).text

    assert home.count("Nog geen jurist heeft iets nagekeken") == 2
    assert Page(client.get("/kennis/partijen").text).text.count("Nog geen jurist heeft iets nagekeken") == 1


def test_the_definitions_stand_from_a_to_z(client: Reader, knowledge: Knowledge) -> None:
    page = client.get("/kennis/begrippen").text
    shown = re.findall(r'<article class="block" id="([^"]*)"', page)
    assert set(shown) == {
        rule.id
        for rule in knowledge.rules.values()
        if DEFINITION in rule.acts and "term" in rule.when and holds(knowledge, rule, TODAY)
    }
    letters = re.findall(r'<h2 id="letter-.">(.)</h2>', page)
    assert letters == sorted(set(letters))


def test_a_flow_page_shows_each_question_where_each_answer_leads_and_each_ending(
    site: dict[str, str], knowledge: Knowledge
) -> None:
    for flow in knowledge.flows.values():
        page = site[f"/kennis/gesprek/{flow.id}"]
        anchors = _ID.findall(page)
        assert [one for one in anchors if one.startswith("stap-")] == [f"stap-{step.id}" for step in flow.steps]
        assert [one for one in anchors if one.startswith("einde-")] == [f"einde-{end.id}" for end in flow.endings]
        led = {option.to for step in flow.steps for option in step.options} | {step.to for step in flow.steps}
        for target in led - {None}:
            assert f"#stap-{target}" in links(page) or f"#einde-{target}" in links(page)


def test_the_recheck_page_says_what_is_due(knowledge: Knowledge) -> None:
    with Reader(knowledge, NOW) as now:
        assert "is er niets over tijd" in now.get("/kennis/nalopen").text
        later = now.get("/kennis/nalopen?dag=2027-07-02").text
    assert "Nu nalopen" in later
    assert "is er niets over tijd" not in later


# ---- days ----


def test_on_another_day_the_pages_show_what_held_then(client: Reader) -> None:
    now = client.get("/kennis/onderwerp/share").text
    then = client.get(f"/kennis/onderwerp/share?dag={BEFORE_AVG}").text
    old, new = "/kennis/regel/jeugd-toegang-rest-2015", "/kennis/regel/jeugd-toegang-rest"
    assert new in links(now)
    assert old not in links(now)
    assert f"{old}?dag={BEFORE_AVG}" in links(then)
    assert f"{new}?dag={BEFORE_AVG}" not in links(then)


def test_another_day_is_told_of_and_stays_while_browsing(client: Reader) -> None:
    page = client.get(f"/kennis/wet/wbp?dag={BEFORE_AVG}").text
    text = Page(page).text
    assert "Je ziet wat gold op 1 mei 2016 , niet wat vandaag geldt." in text
    inside = [href for href in links(page) if href.startswith("/kennis")]
    assert [href for href in inside if f"dag={BEFORE_AVG}" not in href] == ["/kennis/wet/wbp"]
    assert "niet wat vandaag geldt" not in client.get("/kennis/wet/wbp").text


def test_every_page_of_another_day_works_too(client: Reader, site: dict[str, str]) -> None:
    kinds = ("/kennis/wet/", "/kennis/gemeente/", "/kennis/gesprek/", "/kennis/onderwerp/")
    paths = [path for path in site if path.startswith(kinds) or path.count("/") == 2]
    for day in (BEFORE_AVG, "2019-06-01", "2027-08-01"):
        for path in paths:
            page = client.get(f"{path}?dag={day}")
            assert page.status_code == 200, (path, day)
            assert "niet wat vandaag geldt" in page.text


def test_a_rule_that_does_not_hold_today_says_so(client: Reader) -> None:
    page = Page(client.get("/kennis/regel/jeugd-toegang-rest-2015").text).text
    assert "Deze regel geldt niet op 22 november 2026." in page
    assert "Van 1 januari 2015 tot en met 24 mei 2018." in page
    assert "Deze regel geldt niet" not in client.get(f"/kennis/regel/jeugd-toegang-rest-2015?dag={BEFORE_AVG}").text


def test_a_rule_leads_to_the_same_question_at_another_time(client: Reader) -> None:
    assert "/kennis/regel/jeugd-toegang-rest-2015" in links(client.get("/kennis/regel/jeugd-toegang-rest").text)
    assert "/kennis/regel/jeugd-toegang-rest" in links(client.get("/kennis/regel/jeugd-toegang-rest-2015").text)


def test_today_is_the_day_in_amsterdam(knowledge: Knowledge) -> None:
    with Reader(knowledge, datetime(2026, 12, 31, 23, 30, tzinfo=UTC)) as client:
        assert "Zo geldt het op 1 januari 2027." in client.get("/kennis").text


@pytest.mark.parametrize("day", ["2026-13-01", "2026-02-30", "gisteren", "20261122", "01-05-2016", "2026-W01-1", "<b>"])
def test_a_day_that_is_no_day_gets_a_kind_page(client: Reader, day: str) -> None:
    response = client.get("/kennis/wet/jeugdwet", params={"dag": day})
    assert response.status_code == 400
    assert "Die dag kan ik niet lezen" in response.text
    assert "<b>" not in response.text
    assert "/kennis" in links(response.text)


def test_long_ago_nothing_held_and_the_page_says_so(client: Reader) -> None:
    assert "Op 1 januari 1900 geldt geen artikel" in client.get("/kennis/wet/jeugdwet?dag=1900-01-01").text
    assert "staat op 1 januari 1900 geen regel" in client.get("/kennis/onderwerp/share?dag=1900-01-01").text


def test_no_day_is_today(client: Reader) -> None:
    assert client.get("/kennis/leeftijd?dag=").text == client.get("/kennis/leeftijd").text


# ---- what is not there ----


@pytest.mark.parametrize(
    "path",
    [
        "regel/x",
        "wet/x",
        "partij/x",
        "gemeente/x",
        "gesprek/x",
        "onderwerp/x",
        "onzin",
        "regel/",
        "wet/jeugdwet/7.3.11",
    ],
)
def test_what_is_not_there_gets_a_page_with_a_way_back(client: Reader, path: str) -> None:
    response = client.get(f"/kennis/{path}")
    assert response.status_code == 404
    assert "Deze pagina is er niet" in response.text
    assert "/kennis" in links(response.text)
    assert Page(response.text).all("input", name="q")


def test_an_unforeseen_error_gets_a_kind_page_without_its_text(
    client: Reader, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def break_down(*_: object) -> None:
        raise RuntimeError("geheim")

    monkeypatch.setattr("bot.pages.reading.Reading.search", break_down)
    response = client.get("/kennis/zoek?q=geheim")
    assert response.status_code == 500
    assert "Het lukt nu even niet" in response.text
    assert "RuntimeError" in caplog.text
    assert "geheim" not in caplog.text


# ---- searching ----


def test_the_search_page_shows_what_is_found(client: Reader) -> None:
    page = client.get("/kennis/zoek?q=AMHK").text
    assert re.search(r"<h1>\d+ gevonden voor “AMHK”</h1>", page)
    assert "/kennis/partij/veilig-thuis" in links(page)
    assert "/kennis/regel/begrip-amhk" in links(page)
    assert Page(page).all("input", name="q")[0].attributes["value"] == "AMHK"


def test_results_come_in_pages_and_each_stands_on_one(client: Reader) -> None:
    seen: list[str] = []
    address: str | None = "/kennis/zoek?q=dossier"
    total = 0
    while address:
        page = client.get(address).text
        (total,) = map(int, re.findall(r"<h1>(\d+) gevonden", page))
        titles = re.findall(r'<a class="entry-title" href="([^"]*)"', page)
        assert len(titles) <= PAGE_SIZE
        seen += titles
        address = next((html.unescape(one) for one in re.findall(r'href="([^"]*)">Volgende', page)), None)
    assert len(seen) == total > PAGE_SIZE


def test_one_kind_can_be_seen_alone(client: Reader) -> None:
    page = client.get("/kennis/zoek?q=toestemming&soort=article").text
    assert set(re.findall(r'<span class="tag">([^<]*)</span>', page)) == {"Artikel"}
    assert re.search(r'aria-current="true">Artikel', page)


@pytest.mark.parametrize("fields", ["soort=onzin", "pagina=999", "pagina=x", "pagina=0", "pagina=-1"])
def test_odd_fields_do_no_harm(client: Reader, fields: str) -> None:
    page = client.get(f"/kennis/zoek?q=school&{fields}")
    assert page.status_code == 200
    assert 'class="entry-title"' in page.text


def test_nothing_found_suggests_words_that_find_something(client: Reader) -> None:
    page = client.get("/kennis/zoek?q=tostemming+school").text
    assert "Niets gevonden voor “tostemming school”" in page
    instead = next(href for href in links(page) if href.startswith("/kennis/zoek"))
    assert instead == "/kennis/zoek?q=toestemming+school"
    assert "gevonden voor" in client.get(instead).text


def test_words_that_never_stand_together_are_offered_apart(client: Reader) -> None:
    page = client.get("/kennis/zoek?q=quiz+verwijsindex").text
    assert "Niet alle woorden staan samen in een rij." in page
    assert {"/kennis/zoek?q=quiz", "/kennis/zoek?q=verwijsindex"} <= set(links(page))


@pytest.mark.parametrize("query", ["", "   "])
def test_an_empty_search_says_how_to_search(client: Reader, query: str) -> None:
    assert "Typ bovenaan een of meer woorden" in client.get("/kennis/zoek", params={"q": query}).text


def test_a_search_that_is_too_long_is_refused_kindly(client: Reader) -> None:
    assert client.get("/kennis/zoek", params={"q": "a" * MAX_QUERY}).status_code == 200
    response = client.get("/kennis/zoek", params={"q": "a" * (MAX_QUERY + 1)})
    assert response.status_code == 400
    assert "te lang" in response.text


@pytest.mark.parametrize("query", ['<script>alert(1)</script>"', "\"><img src=x onerror='1'>", "{{ 7 * 7 }} ${7}"])
def test_what_is_typed_is_shown_as_text(client: Reader, query: str) -> None:
    response = client.get("/kennis/zoek", params={"q": query, "dag": BEFORE_AVG})
    page = Page(response.text)
    assert not page.all("script")
    assert not page.all("img")
    assert f"“{query}”" in page.text
    assert [field.attributes["value"] for field in page.all("input", name="q")] == [query, query]


def test_a_search_keeps_its_day_and_a_day_keeps_its_search(client: Reader) -> None:
    page = Page(client.get(f"/kennis/zoek?q=school&soort=rule&dag={BEFORE_AVG}").text)
    find, day = page.all("form", action="/kennis/zoek")
    assert (find.attributes["class"], day.attributes["class"]) == ("find", "day")
    assert {field.attributes["value"] for field in page.all("input", name="dag")} == {BEFORE_AVG}
    assert [field.attributes["value"] for field in page.all("input", name="soort")] == ["rule"]


# ---- in the program ----


async def test_the_program_serves_the_pages_and_the_chat_leads_to_them(knowledge: Knowledge, database_url: str) -> None:
    settings = Settings(database_url=database_url)  # type: ignore[call-arg]
    service = build(settings, "token", knowledge=knowledge, clock=lambda: NOW)
    transport = httpx.ASGITransport(service.public)
    async with closing(service), httpx.AsyncClient(transport=transport, base_url="http://kennis.example") as browser:
        assert "/kennis" in links((await browser.get("/")).text)
        assert "<h1>De kennis van Deelwijzer</h1>" in (await browser.get("/kennis")).text
        assert (await browser.get("/kennis/kennis.css")).status_code == 404
        assert (await browser.get("/static/kennis.css")).status_code == 200


# ---- headers ----


@pytest.mark.parametrize("path", ["/kennis", "/kennis/zoek?q=school", "/kennis/regel/x", "/kennis?dag=x"])
def test_every_answer_has_the_headers_of_the_web_chat_and_no_cookie(client: Reader, path: str) -> None:
    headers = client.get(path).headers
    assert {name: headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS
    assert "set-cookie" not in headers


def test_a_browser_that_has_the_page_gets_no_copy(client: Reader) -> None:
    first = client.get("/kennis/leeftijd")
    assert first.headers["cache-control"] == "no-cache"
    again = client.get("/kennis/leeftijd", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["content-security-policy"] == SECURITY_HEADERS["Content-Security-Policy"]
    other = client.get(f"/kennis/leeftijd?dag={BEFORE_AVG}", headers={"If-None-Match": first.headers["etag"]})
    assert other.status_code == 200


@pytest.mark.parametrize("path", ["/kennis/zoek?q=school", "/kennis/regel/x"])
def test_searches_and_refusals_are_not_kept(client: Reader, path: str) -> None:
    assert client.get(path).headers["cache-control"] == "no-store"


def test_the_pages_can_only_be_read(client: Reader) -> None:
    assert client.send("POST", "/kennis").status_code == 405
    assert client.send("DELETE", "/kennis/regel/begrip-avg").status_code == 405
