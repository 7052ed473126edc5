"""Tables as files for a spreadsheet, in which nothing that somebody typed becomes a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from fastapi import Response

CSV = "text/csv; charset=utf-8"
# How a cell begins that a spreadsheet takes for a formula, also behind a space.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def as_csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A table as CSV, as a Dutch spreadsheet reads it: semicolons, and a mark that it is UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([harmless(one) for one in head])
    writer.writerows([harmless(one) for one in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def harmless(value: object) -> str:
    """A value as text that no spreadsheet runs; a number stays one."""
    if isinstance(value, int | float):
        return str(value)
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def download(content: bytes, name: str, media_type: str) -> Response:
    """A response that the browser keeps as a file; `name` holds letters, digits, dots and hyphens only."""
    return Response(content, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})
