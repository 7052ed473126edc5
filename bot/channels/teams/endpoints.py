"""Whose words are believed and where answers go: Microsoft's own addresses, or this machine alone."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

# Through these Teams lets a bot speak (public cloud).
HOSTS = ("smba.trafficmanager.net", "smba.onyx.prod.teams.trafficmanager.net", "smba.infra.gcc.teams.microsoft.com")
# Where Teams lets a bot put a file for somebody.
FILE_HOSTS = (".sharepoint.com", ".svc.ms")


@dataclass(frozen=True)
class Endpoints:
    """The addresses of one cloud.

    `login` gives our own token for `scope`; the keys for tokens of others stand beside `metadata`,
    and `issuer` signs them.  `on_this_machine` trusts loopback instead of Microsoft's hosts.
    """

    login: str = "https://login.microsoftonline.com"
    scope: str = "https://api.botframework.com/.default"
    metadata: str = "https://login.botframework.com/v1/.well-known/openidconfiguration"
    issuer: str = "https://api.botframework.com"
    on_this_machine: bool = False

    def trusts(self, address: str) -> bool:
        """Whether answers may go to an address."""
        if self.on_this_machine:
            return _is_loopback(address)
        scheme, host = _parts(address)
        return scheme == "https" and host in HOSTS

    def trusts_for_files(self, address: str) -> bool:
        """Whether a file may be put at an address."""
        if self.on_this_machine:
            return _is_loopback(address)
        scheme, host = _parts(address)
        return scheme == "https" and host.endswith(FILE_HOSTS)


MICROSOFT = Endpoints()
THIS_MACHINE = Endpoints(on_this_machine=True)


def _parts(address: str) -> tuple[str, str]:
    """Scheme and host; nothing for an address with a name, a password or a port of its own in it."""
    try:
        parts = urlsplit(address)
        plain = parts.username is None and parts.password is None and parts.port in (None, 443)
    except ValueError:
        return "", ""
    return (parts.scheme, (parts.hostname or "").lower()) if plain else ("", "")


def _is_loopback(address: str) -> bool:
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        return parts.scheme == "http" and (host == "localhost" or ipaddress.ip_address(host).is_loopback)
    except ValueError:
        return False
