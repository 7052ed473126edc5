"""The web chat as a browser meets it: pages, messages, sessions, refusals, headers."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import pytest

from bot.channels.web import SECURITY_HEADERS
from bot.messages import Incoming
from tests.web.fake_assistant import MESSAGES, FakeAssistant
from tests.web.web_app import ORIGIN, SETTINGS, Browser, Page, build_app

STATIC = Path(__file__).parents[2] / "bot" / "static"
TEMPLATES = Path(__file__).parents[2] / "bot" / "templates"
# Fictitious: a made-up name and nine digits that are nobody's number.
PERSONAL = "Zeno Voorbeeldsma 111222333"


@pytest.fixture
def assistant() -> FakeAssistant:
    return FakeAssistant()


@pytest.fixture
def browser(assistant: FakeAssistant) -> Browser:
    return Browser(build_app(assistant))


# ---- the page ----


async def test_the_page_opens_with_the_welcome_and_a_conversation_of_its_own(
    browser: Browser, assistant: FakeAssistant
) -> None:
    first, second = await browser.open(), await browser.open()

    assert "ik ben Deelwijzer, een computerprogramma" in first.text
    assert "Typ geen namen of BSN" in first.text
    assert first.address != second.address
    assert [f"/gesprek/{conversation}/bericht" for conversation, _ in assistant.opened] == [
        first.address,
        second.address,
    ]
    assert {channel for _, channel in assistant.opened} == {"web"}


async def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(browser: Browser) -> None:
    first = await browser.client.get("/")
    second = await browser.client.get("/")

    name, *flags = first.headers["set-cookie"].split("; ")
    assert name.startswith("deelwijzer=")
    assert {flag.lower() for flag in flags} == {"httponly", "samesite=strict", "path=/"}
    assert "set-cookie" not in second.headers


async def test_over_https_the_cookie_is_secure_and_bound_to_the_host(assistant: FakeAssistant) -> None:
    browser = Browser(build_app(assistant, replace(SETTINGS, cookie_secure=True)), base="https://chat.example")
    cookie = (await browser.client.get("/")).headers["set-cookie"]

    assert cookie.startswith("__Host-deelwijzer=")
    assert "; Secure" in cookie

    page = await browser.open()
    assert (await browser.post(page, {"text": "info"})).status_code == 200


async def test_a_cookie_that_we_did_not_give_is_replaced(browser: Browser) -> None:
    browser.client.cookies.set("deelwijzer", "short")
    response = await browser.client.get("/")
    assert response.headers["set-cookie"].startswith("deelwijzer=")


async def test_the_page_has_what_a_screen_reader_needs(browser: Browser) -> None:
    page = await browser.open()

    assert page.all("html", lang="nl")
    assert len(page.all("h1")) == 1
    log = page.all("div", role="log")[0].attributes
    assert log["aria-live"] == "polite"
    assert log["aria-label"] == "Gesprek"
    field = page.all("textarea", name="text")[0].attributes
    assert page.all("label", **{"for": field["id"]})
    identifiers = {element.attributes["id"] for element in page.elements if "id" in element.attributes}
    assert set(field["aria-describedby"].split()) <= identifiers
    headings = {element.attributes.get("id") for element in page.all("h2")}
    articles = page.all("article")
    assert len(articles) == 2  # the welcome, and the notice kept for when the connection is lost
    assert all(article.attributes["aria-labelledby"] in headings for article in articles)


async def test_nothing_in_the_page_has_a_tab_order_of_its_own(browser: Browser) -> None:
    page = await browser.open()
    assert {element.attributes.get("tabindex", "0") for element in page.elements} <= {"0", "-1"}
    controls = [element for element in page.elements if element.tag in {"a", "button", "textarea", "select"}]
    order = [control.attributes.get("id") or control.attributes.get("class", "") for control in controls]
    expected = ["skip", "menu-button", "option", "text", "send", "side-close", "profile-municipality"]
    assert [name for name in dict.fromkeys(order) if name in expected] == expected


# ---- messages ----


async def test_a_typed_message_reaches_the_assistant_and_comes_back_as_a_fragment(
    browser: Browser, assistant: FakeAssistant
) -> None:
    page = await browser.open()
    response = await browser.post(page, {"text": "allowed_with_consent"})

    assert response.status_code == 200
    assert response.headers["x-deelwijzer"] == "fragment"
    assert "<html" not in response.text
    conversation = assistant.opened[0][0]
    assert assistant.received == [
        Incoming("web", conversation, text="allowed_with_consent", person=assistant.received[0].person)
    ]
    answer = Page(response.text)
    assert "Deelwijzer: Alleen met toestemming" in answer.text
    assert {form.attributes["action"] for form in answer.all("form")} == {page.address}


async def test_a_press_of_a_button_reaches_the_assistant_as_its_payload(
    browser: Browser, assistant: FakeAssistant
) -> None:
    page = await browser.open()
    await browser.post(page, {"payload": "p-role-1"})
    assert assistant.received == [
        Incoming("web", assistant.opened[0][0], payload="p-role-1", person=assistant.received[0].person)
    ]


async def test_an_empty_message_is_for_the_assistant_to_answer(browser: Browser, assistant: FakeAssistant) -> None:
    page = await browser.open()
    assert (await browser.post(page, {"text": ""})).status_code == 200
    assert assistant.received[0].text == ""


async def test_without_javascript_the_answer_comes_as_a_whole_page_in_the_same_conversation(
    browser: Browser,
) -> None:
    page = await browser.open()
    response = await browser.post(page, {"text": "needs_info"}, htmx=False)

    after = Page(response.text)
    assert response.status_code == 200
    assert after.address == page.address
    assert "Nog één vraag" in after.text
    assert "Welkom" not in after.text
    assert (await browser.post(after, {"payload": "p-role-2"}, htmx=False)).status_code == 200


async def test_who_has_no_javascript_is_told_what_to_expect(browser: Browser) -> None:
    page = await browser.open()
    assert page.all("noscript")
    assert "Je browser voert geen JavaScript uit. De chat werkt wel" in page.text


@pytest.mark.parametrize("path", ["/gesprek/x/bericht", "/profiel"])
async def test_the_address_of_a_form_leads_back_to_the_chat_when_it_is_opened(browser: Browser, path: str) -> None:
    response = await browser.client.get(path)
    assert (response.status_code, response.headers["location"]) == (303, "/")


async def test_every_message_of_a_reply_is_shown(browser: Browser) -> None:
    page = await browser.open()
    answer = Page((await browser.post(page, {"text": "two_messages"})).text)
    assert len(answer.all("article")) == 2
    assert answer.text.index("Eerste bericht") < answer.text.index("Tweede bericht")


# ---- what a person typed never comes back from the server ----


@pytest.mark.parametrize("htmx", [True, False])
@pytest.mark.parametrize("broken", [True, False])
async def test_the_server_never_echoes_what_was_typed(
    browser: Browser, assistant: FakeAssistant, htmx: bool, broken: bool
) -> None:
    page = await browser.open()
    assistant.broken = broken
    response = await browser.post(page, {"text": PERSONAL}, htmx=htmx)
    assert not any(word in response.text for word in PERSONAL.split())


async def test_refusals_do_not_echo_what_was_typed_either(browser: Browser) -> None:
    page = await browser.open()
    too_long = PERSONAL * 400
    for response in (
        await browser.post(page, {"text": too_long}),
        await browser.post(page, {"text": PERSONAL}, csrf="wrong"),
        await browser.post(page, {"text": PERSONAL, "payload": PERSONAL}),
        await browser.post(page, {"text": PERSONAL}, address="/gesprek/foreign/bericht"),
    ):
        assert response.status_code >= 400
        assert "Voorbeeldsma" not in response.text


async def test_a_failure_is_told_kindly_and_logged_without_its_text(
    browser: Browser, assistant: FakeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    page = await browser.open()
    assistant.broken = True
    with caplog.at_level(logging.DEBUG, logger="bot"):
        fragment = await browser.post(page, {"text": PERSONAL})
        whole = await browser.client.get("/")

    assert (fragment.status_code, whole.status_code) == (500, 500)
    assert "Het lukt nu even niet" in Page(fragment.text).text
    assert "Het lukt nu even niet" in Page(whole.text).text
    assert "AssistantFailure" in caplog.text
    assert "Voorbeeldsma" not in caplog.text


# ---- whose conversation, whose form ----


async def test_a_conversation_of_another_browser_does_not_exist(assistant: FakeAssistant) -> None:
    app = build_app(assistant)
    mine, theirs = Browser(app), Browser(app)
    my_page, their_page = await mine.open(), await theirs.open()

    response = await mine.post(my_page, {"text": "info"}, address=their_page.address)

    assert response.status_code == 404
    assert "Dit gesprek is niet meer open" in Page(response.text).text
    assert assistant.received == []


@pytest.mark.parametrize("conversation", ["x", "%00", "%C3%A9%C3%A9n", "a" * 46, "a" * 5000])
async def test_a_made_up_conversation_does_not_exist(
    browser: Browser, assistant: FakeAssistant, conversation: str
) -> None:
    page = await browser.open()
    response = await browser.post(page, {"text": "info"}, address=f"/gesprek/{conversation}/bericht")
    assert response.status_code == 404
    assert assistant.received == []


async def test_a_conversation_outlives_a_restart_with_the_same_secret(assistant: FakeAssistant) -> None:
    before = Browser(build_app(assistant))
    page = await before.open()
    after = Browser(build_app(assistant))
    after.client.cookies = before.client.cookies
    assert (await after.post(page, {"text": "info"})).status_code == 200

    other_secret = Browser(build_app(assistant, replace(SETTINGS, secret=b"another secret")))
    other_secret.client.cookies = before.client.cookies
    assert (await other_secret.post(page, {"text": "info"})).status_code == 403


@pytest.mark.parametrize("form", ["message", "profile"])
@pytest.mark.parametrize(
    ("csrf", "headers"),
    [
        pytest.param("", {}, id="no token"),
        pytest.param("wrong", {}, id="a wrong token"),
        pytest.param("één", {}, id="a token that is not ASCII"),
        pytest.param(None, {"Origin": "http://evil.example"}, id="a form of another site"),
        pytest.param(None, {"Origin": "null"}, id="a form without a site"),
        pytest.param(None, {"Origin": "http://"}, id="a site without a name"),
    ],
)
async def test_a_form_that_is_not_ours_is_refused(
    browser: Browser, assistant: FakeAssistant, form: str, csrf: str | None, headers: dict[str, str]
) -> None:
    page = await browser.open()
    address = page.address if form == "message" else "/profiel"
    response = await browser.post(page, {"text": "info"}, address=address, csrf=csrf, headers=headers)
    assert response.status_code == 403
    assert "Je bericht is niet verstuurd" in Page(response.text).text
    assert assistant.received == []
    assert "set-cookie" not in response.headers


async def test_the_token_of_another_browser_is_refused(assistant: FakeAssistant) -> None:
    app = build_app(assistant)
    mine, theirs = Browser(app), Browser(app)
    page, their_page = await mine.open(), await theirs.open()
    assert (await mine.post(page, {"text": "info"}, csrf=their_page.csrf)).status_code == 403


@pytest.mark.parametrize(("site", "status"), [("same-origin", 200), ("same-site", 403), ("cross-site", 403)])
async def test_without_an_origin_the_browser_must_say_that_the_form_is_ours(
    browser: Browser, site: str, status: int
) -> None:
    page = await browser.open()
    body = urlencode({"csrf": page.csrf, "text": "info"})
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": site}
    assert (await browser.client.post(page.address, content=body, headers=headers)).status_code == status
    del headers["Sec-Fetch-Site"]
    assert (await browser.client.post(page.address, content=body, headers=headers)).status_code == 403


async def test_behind_a_proxy_the_configured_origin_decides(assistant: FakeAssistant) -> None:
    browser = Browser(build_app(assistant, replace(SETTINGS, origin="https://privacy.example")))
    page = await browser.open()
    ours = await browser.post(page, {"text": "info"}, headers={"Origin": "https://privacy.example"})
    other = await browser.post(page, {"text": "info"}, headers={"Origin": ORIGIN})
    assert (ours.status_code, other.status_code) == (200, 403)


# ---- too much, or not readable ----


@pytest.mark.parametrize(
    ("text", "status"),
    [
        pytest.param("é" * 4000, 200, id="exactly the most"),
        pytest.param("\U0001f600" * 4000, 200, id="exactly the most, of the widest kind"),
        pytest.param("a" * 4001, 413, id="one more"),
        pytest.param("a\r\n" * 2000, 200, id="a line break counts once"),
        pytest.param("a" * 100_000, 413, id="far too much"),
    ],
)
async def test_the_limit_counts_characters(browser: Browser, assistant: FakeAssistant, text: str, status: int) -> None:
    page = await browser.open()
    response = await browser.post(page, {"text": text})
    assert response.status_code == status
    assert len(assistant.received) == (status == 200)
    if status == 413:
        assert "Er passen 4.000 tekens in een bericht" in Page(response.text).text


async def test_a_body_without_end_is_cut_off(browser: Browser, assistant: FakeAssistant) -> None:
    page = await browser.open()
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 10_000_000:
            sent += 1000
            yield b"a" * 1000

    headers = {"Origin": ORIGIN, "Content-Type": "application/x-www-form-urlencoded"}
    response = await browser.client.post(page.address, content=endless(), headers=headers)
    assert response.status_code == 413
    assert assistant.received == []


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param("", id="nothing"),
        pytest.param("&text=a&payload=b", id="text and a button"),
        pytest.param("&text=a&text=b", id="two texts"),
        pytest.param("&payload=" + "a" * 201, id="a payload that we never gave"),
        pytest.param("&text=%FF%FE", id="not UTF-8"),
        pytest.param("&a=1&b=1&c=1&d=1&e=1&f=1&g=1&h=1&i=1&text=a", id="many fields"),
        pytest.param("&text=é", id="not a form"),
    ],
)
async def test_a_form_that_makes_no_sense_is_refused(browser: Browser, assistant: FakeAssistant, fields: str) -> None:
    page = await browser.open()
    body = (urlencode({"csrf": page.csrf}) + fields).encode()
    headers = {"Origin": ORIGIN, "Content-Type": "application/x-www-form-urlencoded", "HX-Request": "true"}
    response = await browser.client.post(page.address, content=body, headers=headers)
    assert response.status_code == 400
    assert "Je bericht kwam niet goed over" in Page(response.text).text
    assert assistant.received == []


@pytest.mark.parametrize("media_type", ["multipart/form-data; boundary=x", "application/json", "text/plain"])
async def test_only_plain_forms_are_read(browser: Browser, media_type: str) -> None:
    page = await browser.open()
    response = await browser.post(page, {"text": "info"}, headers={"Content-Type": media_type})
    assert response.status_code == 400


# ---- gemeente and role ----


async def test_a_chosen_profile_goes_with_every_message(browser: Browser, assistant: FakeAssistant) -> None:
    page = await browser.open()
    response = await browser.post(page, {"municipality": "heumen", "role": "wmo-consulent"}, address="/profiel")
    assert "Bewaard: Heumen · Wmo-consulent." in Page(response.text).text
    assert "httponly" in response.headers["set-cookie"].lower()

    await browser.post(page, {"text": "info"})
    assert assistant.received[0].profile == {"municipality": "heumen", "role": "wmo-consulent"}
    reopened = await browser.open()
    assert [option.attributes["value"] for option in reopened.all("option", selected="")] == [
        "heumen",
        "wmo-consulent",
    ]


async def test_a_profile_can_be_emptied(browser: Browser, assistant: FakeAssistant) -> None:
    page = await browser.open()
    await browser.post(page, {"municipality": "heumen", "role": ""}, address="/profiel")
    response = await browser.post(page, {"municipality": "", "role": ""}, address="/profiel")
    assert "geen gemeente en geen functie" in Page(response.text).text
    await browser.post(page, {"text": "info"})
    assert assistant.received[0].profile == {}


async def test_without_javascript_the_chat_opens_again_with_the_profile(browser: Browser) -> None:
    page = await browser.open()
    response = await browser.post(page, {"municipality": "kempen"}, address="/profiel", htmx=False)
    assert (response.status_code, response.headers["location"]) == (303, "/")
    assert "Reusel-De Mierden" in (await browser.open()).text


@pytest.mark.parametrize(
    "cookie", ["municipality=elders&role=baas", "role=wmo-consulent%00", "&&&", "municipality=" + "h" * 4000]
)
async def test_only_choices_from_the_lists_reach_the_assistant(
    browser: Browser, assistant: FakeAssistant, cookie: str
) -> None:
    page = await browser.open()
    browser.client.cookies.set("deelwijzer-profiel", cookie)
    await browser.post(page, {"text": "info"})
    assert assistant.received[0].profile == {}


async def test_without_choices_there_is_no_form_for_them(assistant: FakeAssistant) -> None:
    page = await Browser(build_app(assistant, replace(SETTINGS, municipalities=(), roles=()))).open()
    assert page.all("select") == []
    assert "Jouw werk" not in page.text


# ---- headers and hostile text ----


async def test_every_response_has_the_security_headers(browser: Browser, assistant: FakeAssistant) -> None:
    page = await browser.open()
    responses = [
        await browser.client.get("/"),
        await browser.client.get("/static/app.css"),
        await browser.client.get("/static/none"),
        await browser.client.get("/nergens"),
        await browser.client.get("/profiel"),
        await browser.post(page, {"text": "info"}),
        await browser.post(page, {"text": "info"}, csrf="wrong"),
        await browser.post(page, {"text": "break"}),
    ]
    for response in responses:
        assert {name: response.headers.get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS
        if "/static/app" not in str(response.url):
            assert response.headers["cache-control"] == "no-store"


def test_the_policy_allows_nothing_inline_and_no_other_host() -> None:
    policy = dict(directive.split(" ", 1) for directive in SECURITY_HEADERS["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert set(policy.values()) == {"'none'", "'self'"}


@pytest.mark.parametrize("kind", [*MESSAGES, "break"])
async def test_no_page_needs_anything_inline_or_from_elsewhere(browser: Browser, kind: str) -> None:
    page = await browser.open()
    fragment = Page((await browser.post(page, {"text": kind})).text)
    whole = Page((await browser.post(page, {"text": kind}, htmx=False)).text)

    for element in [*page.elements, *fragment.elements, *whole.elements]:
        names = set(element.attributes)
        assert not any(name.startswith("on") or name == "style" for name in names), element
        assert element.tag not in {"style", "iframe", "object", "embed", "img", "base"}, element
        loaded = [element.attributes[name] for name in names & {"src", "action", "hx-post"}]
        if element.tag in {"link", "use"}:
            loaded.append(element.attributes["href"])
        assert all(address.startswith("/") and not address.startswith("//") for address in loaded), element
    assert {script.attributes.get("src", "").split("?")[0] for script in whole.all("script")} <= {
        "/static/vendor/htmx.min.js",
        "/static/app.js",
    }
    assert fragment.all("script") == []


async def test_hostile_text_stays_text(browser: Browser) -> None:
    page = await browser.open()
    fragment = Page((await browser.post(page, {"text": "hostile"})).text)

    assert fragment.all("script") == fragment.all("img") == fragment.all("b") == fragment.all("i") == []
    assert '<script>alert("1")</script>' in fragment.text
    buttons = {button.attributes.get("value"): button.attributes for button in fragment.all("button")}
    assert set(buttons['"><script>alert(3)</script>']) == {"class", "name", "value"}
    assert set(buttons["' onclick='alert(4)"]) == {"class", "name", "value"}
    links = {link.attributes["href"] for link in fragment.all("a")}
    assert {link.split(":")[0] for link in links} <= {"https", "mailto", "tel"}
    assert 'https://wet.example/"><script>' in links


@pytest.mark.parametrize("kind", MESSAGES)
async def test_links_to_the_law_open_apart_and_tell_so(browser: Browser, kind: str) -> None:
    page = await browser.open()
    fragment = Page((await browser.post(page, {"text": kind})).text)
    outside = [link.attributes for link in fragment.all("a") if link.attributes["href"].startswith("http")]
    for link in outside:
        assert link["target"] == "_blank"
        assert "noopener" in link["rel"].split()
    assert fragment.text.count("(opent in nieuw tabblad)") == len(outside)


async def test_an_unknown_address_gets_a_page_with_a_way_on(browser: Browser) -> None:
    response = await browser.client.get("/nergens")
    page = Page(response.text)
    assert response.status_code == 404
    assert "Deze pagina is er niet" in page.text
    assert page.all("a", href="/")


# ---- static files ----


async def test_static_files_are_kept_for_a_year_under_their_own_version(browser: Browser) -> None:
    page = await browser.open()
    addresses = [link.attributes["href"] for link in page.all("link")]
    addresses += [script.attributes["src"] for script in page.all("script")]
    assert len(addresses) == 5
    for address in addresses:
        response = await browser.client.get(address)
        assert response.status_code == 200
        assert "immutable" in response.headers["cache-control"]


async def test_a_static_file_without_its_version_is_asked_for_again(browser: Browser) -> None:
    first = await browser.client.get("/static/app.js?v=old")
    assert "must-revalidate" in first.headers["cache-control"]
    again = await browser.client.get("/static/app.js", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path", ["none.js", "../channels/web.py", "%2e%2e/channels/web.py", "vendor/README.md", "", "vendor"]
)
async def test_only_public_files_are_served(browser: Browser, path: str) -> None:
    assert (await browser.client.get(f"/static/{path}")).status_code == 404


@pytest.mark.parametrize(
    ("path", "media_type"),
    [("app.css", "text/css"), ("app.js", "text/javascript"), ("icons.svg", "image/svg+xml")],
)
async def test_a_static_file_says_what_it_is(browser: Browser, path: str, media_type: str) -> None:
    response = await browser.client.get(f"/static/{path}")
    assert response.headers["content-type"].split(";")[0] == media_type


async def test_the_style_sheet_names_files_that_are_there(browser: Browser) -> None:
    sheet = (await browser.client.get("/static/app.css")).text
    addresses = re.findall(r'url\("([^"]+)"\)', sheet)
    assert addresses
    for address in addresses:
        response = await browser.client.get(f"/static/{address}")
        assert (response.status_code, "immutable" in response.headers["cache-control"]) == (200, True)


def test_every_icon_that_is_named_is_drawn() -> None:
    drawn = set(re.findall(r'<symbol id="([a-z]+)"', (STATIC / "icons.svg").read_text()))
    source = "".join(path.read_text() for path in TEMPLATES.rglob("*.html"))
    named = set(re.findall(r'icon\("([a-z]+)"\)', source))
    outcome = r'\((?:OUTCOME_WORDS\.[a-z_]+|"[^"]+"), "([a-z]+)", "[a-z]+"\)'
    named |= set(re.findall(outcome, source)) | {"assume", "calendar"}
    assert named == drawn


def test_third_party_files_are_the_ones_we_say_they_are() -> None:
    rows = re.findall(r"\| `([^`]+)` \|.*`([0-9a-f]{64})` \|", (STATIC / "vendor" / "README.md").read_text())
    binaries = {
        path.relative_to(STATIC / "vendor").as_posix()
        for path in (STATIC / "vendor").rglob("*")
        if path.suffix in {".js", ".woff2"}
    }
    assert {name for name, _ in rows} == binaries
    for name, digest in rows:
        assert hashlib.sha256((STATIC / "vendor" / name).read_bytes()).hexdigest() == digest
