"""A web chat around the fake assistant, and a client that behaves like one browser."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode

import httpx
from fastapi import FastAPI

from bot.channels.web import Choice, WebSettings, not_found_page, router
from tests.web.fake_assistant import FakeAssistant

ORIGIN = "http://chat.example"
SETTINGS = WebSettings(
    municipalities=(Choice("kempen", "Reusel-De Mierden"), Choice("heumen", "Heumen")),
    roles=(Choice("wmo-consulent", "Wmo-consulent"), Choice("inwoner", "Inwoner")),
    secret=b"a fixed secret for tests, long enough",
)


def build_app(assistant: FakeAssistant, settings: WebSettings = SETTINGS) -> FastAPI:
    """The application as the program makes it, with nothing but the web chat in it."""
    app = FastAPI(openapi_url=None)
    app.include_router(router(assistant, settings))
    app.add_exception_handler(404, not_found_page(settings))
    return app


@dataclass
class Element:
    """A start tag with its attributes."""

    tag: str
    attributes: dict[str, str]


@dataclass
class Page(HTMLParser):
    """The elements and the text of an answer, as a browser would read them."""

    html: str
    elements: list[Element] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the tag."""
        self.elements.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        """Keep the text."""
        self.texts.append(data)

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """All elements of this tag with these attribute values."""
        return [
            element
            for element in self.elements
            if element.tag == tag and all(element.attributes.get(name) == value for name, value in attributes.items())
        ]

    @property
    def text(self) -> str:
        """The text with single spaces."""
        return " ".join(" ".join(self.texts).split())

    @property
    def csrf(self) -> str:
        """The token that the forms carry."""
        return self.all("input", name="csrf")[0].attributes["value"]

    @property
    def address(self) -> str:
        """Where the chat form posts to."""
        return self.all("form", id="composer")[0].attributes["action"]


class Browser:
    """One browser: keeps cookies, sends its origin, posts forms."""

    def __init__(self, app: FastAPI, *, base: str = ORIGIN) -> None:
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=base)
        self.base = base

    async def open(self, path: str = "/") -> Page:
        """Read a page."""
        return Page((await self.client.get(path)).text)

    async def post(
        self,
        page: Page,
        fields: dict[str, str],
        *,
        address: str | None = None,
        htmx: bool = True,
        csrf: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:
        """Send a form of `page`: with its token and address unless others are given."""
        sent = {"Origin": self.base, "Content-Type": "application/x-www-form-urlencoded"}
        if htmx:
            sent["HX-Request"] = "true"
        sent |= headers or {}
        body = urlencode({"csrf": page.csrf if csrf is None else csrf, **fields})
        return await self.client.post(address or page.address, content=body, headers=sent)
