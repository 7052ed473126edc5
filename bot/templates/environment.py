"""The templates of the pages, and the static files that they name."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.outcomes import OUTCOME_WORDS

_STATIC = Path(__file__).parent.parent / "static"
# What may be asked for, and what it is; not left to the machine's own list of file types.
_MEDIA_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".woff2": "font/woff2",
}
_CSS_ADDRESS = re.compile(r'url\("(?P<path>[^"]+)"\)')


@dataclass(frozen=True)
class Asset:
    """A static file; `version` changes when its content does."""

    content: bytes
    media_type: str
    version: str


@cache
def assets() -> dict[str, Asset]:
    """All public static files, by their path under `bot/static`; only these can be asked for."""
    found: dict[str, Asset] = {}

    def versioned(match: re.Match[str]) -> str:
        return f'url("{match["path"]}?v={found[match["path"]].version}")'

    paths = [path for path in _STATIC.rglob("*") if path.is_file() and path.suffix in _MEDIA_TYPES]
    # Style sheets last: they name the other files, each with its version, as the pages do.
    for path in sorted(paths, key=lambda path: (path.suffix == ".css", path)):
        content = path.read_bytes()
        if path.suffix == ".css":
            content = _CSS_ADDRESS.sub(versioned, content.decode()).encode()
        version = hashlib.sha256(content).hexdigest()[:16]
        found[path.relative_to(_STATIC).as_posix()] = Asset(content, _MEDIA_TYPES[path.suffix], version)
    return found


def asset_address(path: str) -> str:
    """Where a page finds a static file: an address that a browser may keep for good."""
    return f"/static/{path}?v={assets()[path].version}"


@cache
def environment() -> Environment:
    """The templates under `bot/templates`, compiled once for the whole process."""
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["asset"] = asset_address
    made.globals["OUTCOME_WORDS"] = OUTCOME_WORDS
    return made
