"""A throw-away PostgreSQL server for the tests, with Debian's `postgresql`.

The server belongs to a process of its own, this module run as a program, which stops and
removes it as soon as its standard input closes.  So it goes however the test run ends: well,
with Ctrl-C, or killed hard.
"""

from __future__ import annotations

import os
import pwd
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from bot.supervise import LOOPBACK, find_free_port
from tools.bootstrap import ROOT
from tools.report import SetupError, say, step

DEBIAN = Path("/usr/lib/postgresql")

# Nothing here has to survive a power cut.  The zone is one where a moment without its zone
# shows: the hour differs from UTC, as on a server in the Netherlands.
SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "timezone": "Europe/Amsterdam",
    "max_connections": "50",
    "shared_buffers": "32MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
}

_MISSING = "PostgreSQL ontbreekt, en installeren lukt hier niet. Als beheerder: apt install postgresql."
_PORT_TRIES = 3  # another program may take the port between finding it free and using it


@contextmanager
def throw_away_server() -> Iterator[str]:
    """The address (with user and password) of a server that is gone afterwards.

    Installs Debian's package when it is missing.  Raises `SetupError`.
    """
    ensure_installed()
    owner = subprocess.Popen(
        [sys.executable, "-m", "tools.postgres"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C is for the tests; the server outlives them just long enough
    )
    with owner:  # at the end: closes its standard input and waits
        url = owner.stdout.readline().strip() if owner.stdout else ""
        if not url:
            raise SetupError("De PostgreSQL-server voor de tests startte niet.")
        yield url


def find_binaries(debian: Path = DEBIAN) -> Path | None:
    """The folder with `initdb` and `pg_ctl`: the newest of Debian's, else what is on the PATH."""
    versions = [path.parent for path in debian.glob("*/bin/initdb") if re.fullmatch(r"\d+", path.parts[-3])]
    if versions:
        return max(versions, key=lambda folder: int(folder.parts[-2]))
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def ensure_installed(
    find: Callable[[], Path | None] = find_binaries,
    run: Callable[..., subprocess.CompletedProcess[bytes]] = subprocess.run,
    is_root: Callable[[], bool] = lambda: os.geteuid() == 0,
) -> Path:
    """The folder with the server's programs; installs Debian's package when it is missing."""
    if folder := find():
        return folder
    if not shutil.which("apt-get") or not (is_root() or shutil.which("sudo")):
        raise SetupError(_MISSING)
    # `env`, because sudo drops the caller's settings.
    as_root = (*(() if is_root() else ("sudo", "-n")), "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq")
    with step("PostgreSQL installeren (apt)"):
        for arguments in (("update",), ("install", "-y", "--no-install-recommends", "postgresql")):
            done = run((*as_root, *arguments), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)
            if done.returncode != 0:
                raise SetupError(_MISSING)
    if folder := find():
        return folder
    raise SetupError(_MISSING)


class _Server:
    """A server in a folder of its own, run by an ordinary user: PostgreSQL refuses root."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        self._binaries = binaries
        self._folder = folder
        self._data = folder / "data"
        self._log = folder / "log"
        self._user = _ordinary_user()
        self._password = secrets.token_hex(16)

    def make(self) -> None:
        """Make the files of the server."""
        secret = self._folder / "password"
        secret.touch(mode=0o600)
        secret.write_text(self._password, encoding="ascii")
        self._log.touch()
        if self._user:
            for path in (self._folder, secret, self._log):
                os.chown(path, self._user.pw_uid, self._user.pw_gid)
        try:
            self._run(
                *("initdb", "--pgdata", self._data, "--username", "deelwijzer"),
                *("--auth", "scram-sha-256", "--pwfile", secret),
                *("--encoding", "UTF8", "--locale", "C", "--no-sync"),
            )
        finally:
            secret.unlink()
        with (self._data / "postgresql.conf").open("a", encoding="ascii") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in SETTINGS.items())

    def start(self) -> str:
        """Start on a free port; the address."""
        for left in reversed(range(_PORT_TRIES)):
            port = find_free_port()
            try:
                self._run("pg_ctl", "start", "--wait", "-D", self._data, "-l", self._log, "-o", f"-p {port}")
            except SetupError:
                if not left:
                    raise
            else:
                return f"postgresql://deelwijzer:{self._password}@{LOOPBACK}:{port}/postgres"
        raise AssertionError("unreachable")

    def stop(self) -> None:
        """Stop at once, if it runs: nobody needs what is in it any more."""
        if (self._data / "postmaster.pid").exists():
            self._run("pg_ctl", "stop", "--wait", "--mode", "immediate", "-D", self._data)

    def _run(self, program: str, *arguments: str | Path) -> None:
        as_user: Mapping[str, object] = (
            {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": ()} if self._user else {}
        )
        with self._log.open("ab") as log:
            done = subprocess.run(
                (self._binaries / program, *arguments),
                cwd=self._folder,
                # A PGDATA, PGPORT or LC_ALL of the caller is about another server.
                env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "HOME": str(self._folder)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                check=False,
                **as_user,  # type: ignore[call-overload]
            )
        if done.returncode != 0:
            last = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-5:]
            raise SetupError("\n  ".join((f"PostgreSQL voor de tests: {program} is niet gelukt.", *last)))


def _ordinary_user() -> pwd.struct_passwd | None:
    """Who runs the server when we are root; None when we are an ordinary user ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise SetupError("PostgreSQL draait niet als root, en een gewone gebruiker (postgres of nobody) ontbreekt.")


@contextmanager
def _server(binaries: Path) -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="deelwijzer-postgres-"))
    try:
        server = _Server(binaries, folder)
        try:
            server.make()
            yield server.start()
        finally:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)  # tidying up is not interrupted
            server.stop()
    finally:
        shutil.rmtree(folder)


def main(arguments: Sequence[str] = ()) -> int:
    """Start a server, print its address, and remove it when standard input closes; the exit code."""
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        binaries = find_binaries()
        if binaries is None:
            raise SetupError(_MISSING)
        with _server(binaries) as url:
            print(url, flush=True)
            sys.stdin.read()
    except (SetupError, OSError) as error:
        say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
