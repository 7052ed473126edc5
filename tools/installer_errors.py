"""Turns what pip or uv printed when it failed into a sentence that says how to mend it."""

from __future__ import annotations

import re
from pathlib import Path

# The first that matches counts: a full disk and a changed package also show up as failed
# downloads, and a refused certificate as a failed connection.
_CAUSES: tuple[tuple[str, str], ...] = (
    (
        r"no space left on device|os error 28|disk quota exceeded",
        "De schijf is vol. Maak ruimte vrij (of laat UV_CACHE_DIR naar een grotere schijf wijzen) "
        "en probeer het opnieuw.",
    ),
    (
        r"hash mismatch|do not match the hashes|hashes are required|no hashes",
        "Een pakket is niet het pakket dat in requirements/ is vastgelegd (de hash klopt niet). "
        "Er is niets van geïnstalleerd. Gebruikt u een eigen pakketspiegel, controleer die; "
        "leeg anders de cache van uv en probeer het opnieuw.",
    ),
    (
        r"invalid peer certificate|unknownissuer|certificate[ _]verify|self[- ]signed certificate",
        "De beveiligde verbinding met de pakketserver wordt niet vertrouwd. Gebruikt uw organisatie een "
        "eigen certificaat, zet dan SSL_CERT_FILE op het bestand met dat certificaat en probeer het opnieuw.",
    ),
    (
        r"\b(401 unauthorized|403 forbidden|407 proxy authentication)",
        "De pakketserver of de proxy weigert de toegang. Controleer de inlog van uw pakketspiegel of proxy "
        "en probeer het opnieuw.",
    ),
    (
        r"dns error|failed to lookup|name resolution|nameresolutionerror|temporary failure in name"
        r"|connection (refused|reset|error)|newconnectionerror|network is unreachable|timed out|timeout"
        r"|error sending request|failed to fetch|max retries exceeded|tunnel",
        "De pakketten zijn niet op te halen. Controleer de verbinding met internet, en HTTPS_PROXY als u "
        "achter een proxy zit. Probeer het dan opnieuw; wat al opgehaald is, wordt niet nog eens opgehaald.",
    ),
    (
        r"permission denied|os error 13|read-only file system",
        "Deze map is niet te beschrijven. Zorg dat u mag schrijven in de projectmap en in de cache van uv "
        "(UV_CACHE_DIR) en probeer het opnieuw.",
    ),
    (
        r"no wheels? with a matching|no matching distribution|no wheels usable|has no usable wheels"
        r"|doesn't have a (source distribution|wheel)|failed to build|not supported wheel",
        "Een pakket bestaat niet voor deze soort computer. Deelwijzer is gemaakt voor Linux op een "
        "64-bits Intel- of AMD-processor met een gewone (glibc-)distributie.",
    ),
)


def explain(output: str, log: Path) -> str:
    """A Dutch sentence for the cause found in `output`, its most telling line, and where the rest is."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    for pattern, sentence in _CAUSES:
        for line in lines:
            if re.search(pattern, line, re.IGNORECASE):
                return f"{sentence}\n  Melding: {line[:300]}\n  Alles staat in {log}"
    last = lines[-1][:300] if lines else "(geen)"
    return f"Het installeren is niet gelukt.\n  Melding: {last}\n  Alles staat in {log}"
