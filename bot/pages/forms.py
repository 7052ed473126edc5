"""Forms: whether one of our own pages sent it, and what stands in it."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from fastapi import Request

from bot.pages.page import Problem, Refusal


@dataclass(frozen=True)
class Forms:
    """Reads the forms of one kind of pages.

    `origin` is the address people use, or None when the Host header decides; `max_body` counts bytes,
    `max_fields` the fields of one form.
    The problems are what somebody sees whose form is not ours, cannot be read or is too long.
    """

    origin: str | None
    max_body: int
    refused: Problem
    unreadable: Problem
    too_long: Problem
    max_fields: int = 8

    async def read(self, request: Request, accepts: Callable[[str], bool]) -> dict[str, str]:
        """The fields of a form that one of our own pages sent, without its token.

        Args:
            request: what came in.
            accepts: whether a token is that of this browser.

        Raises:
            Refusal: with one of the problems.
        """
        if not is_own_page(request, self.origin):
            raise Refusal(self.refused)
        media_type = request.headers.get("content-type", "").partition(";")[0].strip()
        if media_type != "application/x-www-form-urlencoded":
            raise Refusal(self.unreadable)
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > self.max_body:
                raise Refusal(self.too_long)
        try:
            fields = parse_qs(
                body.decode("ascii"), keep_blank_values=True, max_num_fields=self.max_fields, errors="strict"
            )
        except ValueError:
            raise Refusal(self.unreadable) from None
        if any(len(values) > 1 for values in fields.values()):
            raise Refusal(self.unreadable)
        form = {name: values[0] for name, values in fields.items()}
        if not accepts(form.pop("csrf", "")):
            raise Refusal(self.refused)
        return form


def is_own_page(request: Request, origin: str | None) -> bool:
    """Whether a page of ours sent this, as far as the browser tells."""
    sender = request.headers.get("origin")
    if sender is None:
        return request.headers.get("sec-fetch-site") == "same-origin"
    if origin is not None:
        return sender == origin
    host = urlsplit(sender).netloc
    return bool(host) and host == request.headers.get("host")


def signature(key: bytes, *values: str) -> str:
    """A short proof that whoever has the key meant these values, together and in this order."""
    return urlsafe_b64encode(hmac.digest(key, "\0".join(values).encode(), "sha256")[:18]).decode()


def same(given: str, expected: str) -> bool:
    """Whether two secrets are the same; how long it takes does not tell how much of them is."""
    return hmac.compare_digest(given.encode(errors="replace"), expected.encode())
