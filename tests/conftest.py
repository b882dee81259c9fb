"""A database for each test worker, a fresh tenant for each test, and calls that read like sentences."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import hypothesis
import psycopg
import pytest
from argon2 import PasswordHasher

hypothesis.settings.register_profile("spojka", deadline=None)  # a busy machine is no failure; pytest-timeout bounds all
hypothesis.settings.load_profile("spojka")

MEMORY: Final = Path("/dev/shm")
ROOM: Final = 6 * 2**30
"""Bytes that a database of the tests may never need: with so many free it lies in memory, and waits for no disk."""


def _new_home() -> Path:
    """
    A folder for the data of this process: in memory, else where whom the database runs as may read.

    The long run is on a disk, as people run it.
    """
    roomy = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ROOM
    if not roomy or "SPOJKA_SOAK" in os.environ:
        return Path(tempfile.mkdtemp(prefix="spojka-test-", dir="/var/lib" if os.geteuid() == 0 else None))
    for left in MEMORY.glob("spojka-test-*-*"):  # of processes that were killed: memory is not left to them
        if not Path("/proc", left.name.split("-")[2]).exists():
            shutil.rmtree(left, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"spojka-test-{os.getpid()}-", dir=MEMORY))


HOME = _new_home()
HOME.chmod(0o755)
atexit.register(shutil.rmtree, HOME, ignore_errors=True)  # registered before the server's own stop, so it runs after it
os.environ["SPOJKA_HOME"] = str(HOME)

from spojka.access.database.connections import close_pool, transaction  # noqa: E402
from spojka.access.database.server import owner_url  # noqa: E402
from spojka.access.operations.calling import call  # noqa: E402
from spojka.access.operations.context import OPERATOR, Actor, Context  # noqa: E402
from spojka.access.operations.outcome import Outcome  # noqa: E402
from spojka.access.tenants.store import add_tenant  # noqa: E402
from spojka.access.users import passwords  # noqa: E402
from spojka.kernel.ids import TenantId, uuid7  # noqa: E402
from spojka.surfaces.jobs.install import install  # noqa: E402
from spojka.surfaces.registered import register_all  # noqa: E402

register_all()
SHIPPED_HASHER: Final = passwords._HASHER
passwords._HASHER = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)  # the shipped one is tried by itself

NOW = datetime(2026, 2, 1, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def database() -> Iterator[str]:
    """An installed database: embedded, or a new one on the configured server."""
    configured = os.environ.get("SPOJKA_DATABASE_URL")
    name = f"spojka_test_{os.getpid()}"
    if configured:
        with psycopg.connect(configured, autocommit=True) as owner:
            owner.execute("SELECT pg_advisory_lock(1)")  # the role belongs to the whole server: one worker at a time
            owner.execute(f'CREATE DATABASE "{name}"')
            os.environ["SPOJKA_DATABASE_URL"] = psycopg.conninfo.make_conninfo(configured, dbname=name)
            install()
    else:
        install()
    yield owner_url()
    close_pool()
    if configured:
        with psycopg.connect(configured, autocommit=True) as owner:
            owner.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        os.environ["SPOJKA_DATABASE_URL"] = configured


ONCE: Final = tuple(
    Path(__file__).parent / one
    for one in ("browser", "docs", "providers/test_stories.py", "surfaces/bench", "surfaces/gateway")
)
"""What is tried there by sockets, pages, commands and stories asks the database what the rooms' own tests ask it."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """`-m database` runs what touches PostgreSQL, as on a second server."""
    for item in items:
        if "database" in getattr(item, "fixturenames", ()) and not any(map(item.path.is_relative_to, ONCE)):
            item.add_marker("database")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test that needs a foreign program is left out where that is missing, and fails in CI."""
    needed = [mark.args[0] for mark in item.iter_markers("peer")] + ["chromium"] * bool(
        item.get_closest_marker("browser")
    )
    missing = [name for name in needed if shutil.which(name) is None]
    if missing:
        leave_out = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        leave_out(f"needs {', '.join(missing)}; scripts/peers installs it")


@pytest.fixture
def tenant(database: str) -> TenantId:
    """A tenant with nothing in it."""
    with transaction(None) as db:
        return add_tenant(db, code=f"test-{uuid7().hex}", pack="nej-mobil")


@pytest.fixture
def ctx(tenant: TenantId, tmp_path: Path) -> Iterator[Context]:
    """A call's surroundings inside one transaction, rolled back afterwards."""
    with transaction(tenant) as db:
        yield Context(db, tenant, OPERATOR, NOW, uuid7(), tmp_path)
        raise psycopg.Rollback


Caller = Callable[..., Outcome]


@pytest.fixture
def do(tenant: TenantId) -> Caller:
    """Call an operation or a query of the test's tenant: `do("parties.register", kind="consumer", …)`."""

    def calling(
        name: str, /, *, now: datetime = NOW, actor: Actor = OPERATOR, key: str | None = None, **given: Any
    ) -> Outcome:
        return call(name, given, tenant=tenant, actor=actor, now=now, key=key)

    return calling
