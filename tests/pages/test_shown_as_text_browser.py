"""What people type and what files hold is shown as text on every page: a made-up attack does nothing in Chromium."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from bot.campaigns.store import Campaigns
from bot.messages import File
from bot.signin.roles import Role
from bot.store.reviews import Reviews
from knowledge.knowledge import Knowledge
from knowledge.load import CONTENT
from tests.campaigns.conftest import ITEMS
from tests.pages import test_every_page_browser as every
from tests.signin.house import House
from tests.web import fake_assistant

pytestmark = every.pytestmark
# The program, its browser and what stands on its pages are those of the other tests of all pages.
listener, house, chromium, unseen, open_browser = (
    every.listener, every.house, every.chromium, every.unseen, every.open_browser,
)  # fmt: skip
filled, asked, counted, decide = every.filled, every.asked, every.counted, every.decide

NASTY = "<img src=x onerror=alert(1)><script>alert(2)</script>'\" onload=alert(3) {{ 7 * 7 }}"
TOWN = "landsmeer"
# What an attack would have made of itself.
HITS = """() => document.querySelectorAll('img[src="x"], script:not([src]), [onerror], [onload]').length"""


@pytest.fixture
def tables(tmp_path: Path) -> Knowledge:
    """The knowledge with the file of one municipality by somebody who means ill, with a name to match."""
    content = tmp_path / "content"
    shutil.copytree(CONTENT, content)
    file = content / "municipalities" / f"{TOWN}.yaml"
    text, nasty = file.read_text(encoding="utf-8"), json.dumps(NASTY)
    for field in (f"name: {TOWN.capitalize()}", 'place: "artikel 4 en 9"'):
        assert field in text
        text = text.replace(field, f"{field.partition(':')[0]}: {nasty}")
    for field in ("dpo", "say", "source"):
        before, found, after = text.partition(f'{field}: "')
        assert found
        text = f"{before}{field}: {nasty}{after.partition(chr(34))[2]}"
    file.with_name("<b onclick=x>.yaml").write_text(text, encoding="utf-8")
    file.unlink()
    return Knowledge.read(content)


@pytest.fixture
def attacked(
    house: House, filled: dict[str, object], asked: Callable[..., int], decide: Callable[..., str]
) -> dict[str, object]:
    """What is filled in, once more, by somebody who means ill; the numbers of what was made."""
    reviews, now = Reviews(house.store.engine), house.clock()
    number = asked(NASTY, municipality=TOWN, confidence=0.1, asks_fg=True)
    reviews.judge([number], "wrong", "a", now, rule=NASTY, note=NASTY, close=False)
    reviews.judge([number], "wish", "a", now, note=NASTY, close=False)
    answer = reviews.reply(number, NASTY, "a", now, shared=True)
    assert answer is not None
    reviews.react(answer.id or 0, "iemand", NASTY, now)
    account = house.account(NASTY[:90], *Role)
    today = date(2026, 11, 22)
    campaign = Campaigns(house.store.engine).plan(
        NASTY, ITEMS, [NASTY[:60], "Wmo"], today, today + timedelta(days=9), now
    )
    reference = decide("breach", entries={"what": NASTY}, outcome=NASTY, municipality=TOWN)
    filled |= {"number": number, "campaign": campaign, "account": account.id, "reference": reference}
    filled["link"] = f"/inloggen/wachtwoord/{house.signin.local.offered(account)}"
    return filled


def shows(page: Page) -> bool:
    """Whether the attack is there to read."""
    return "onerror=alert(1)" in page.locator("body").inner_text()


def test_what_people_and_files_hold_is_text_on_every_page(
    house: House, attacked: dict[str, object], open_browser: Callable[[], BrowserContext]
) -> None:
    context = open_browser()
    dialogs: list[str] = []
    context.on("dialog", lambda dialog: dialogs.append(dialog.message))
    page = every.signed_in(context, house, NASTY[:90])
    shown = set()
    rows = every.PAGES["colleague"] | {
        "kennis": [f"/kennis/gemeente/{TOWN}", "/kennis/regel/jeugd-toegang-school", f"/kennis/zoek?q={NASTY}"]
    }
    for address in (one for row in rows.values() for one in row):
        page.goto(f"{house.base}{address.format(**attacked)}")
        page.evaluate("() => document.querySelectorAll('details').forEach((one) => { one.open = true })")
        assert page.evaluate(HITS) == 0, address
        if shows(page):
            shown.add(address)
    assert dialogs == []
    assert {
        "/fg", "/fg/vraag/{number}", "/fg/wensen", "/fg/antwoorden", "/fg/campagnes", "/fg/campagnes/{campaign}",
        "/fg/besluiten/{reference}", "/fg/beheer/mensen", "/fg/beheer/mensen/{account}", "/fg/beheer/logboek",
        f"/kennis/gemeente/{TOWN}", "/kennis/regel/jeugd-toegang-school",
    } <= shown  # fmt: skip


def test_the_name_of_a_file_and_of_an_account_and_an_example_are_text(
    house: House,
    attacked: dict[str, object],
    open_browser: Callable[[], BrowserContext],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = File(NASTY, "text/plain", b"verzonnen")
    said = fake_assistant.message([("verdict", NASTY), ("copy", NASTY)], files=(file,), verdict="info")
    monkeypatch.setitem(fake_assistant.MESSAGES, "file", (said,))
    stranger = open_browser().new_page()
    stranger.goto(f"{house.base}{attacked['link']}")
    assert shows(stranger)
    assert stranger.evaluate(HITS) == 0

    page = every.signed_in(open_browser(), house)
    page.fill("#text", "file")
    page.press("#text", "Enter")
    download = page.locator("a[download]")
    download.wait_for()
    assert download.get_attribute("download") == NASTY
    assert shows(page)
    assert page.evaluate(HITS) == 0

    page.goto(f"{house.base}/fg/vraag/{attacked['number']}")
    page.get_by_text("Maak er een voorbeeld van").first.click()
    page.get_by_label("De zin", exact=True).fill(NASTY)
    page.get_by_role("button", name="Bewaar het voorbeeld").click()
    page.get_by_role("heading", name="Ik kan het voorbeeld hier niet bewaren").wait_for()
    assert shows(page)
    assert page.evaluate(HITS) == 0
