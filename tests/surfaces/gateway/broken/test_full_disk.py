"""The database's disk is full: submissions are refused with a reason, nothing accepted is lost, and it goes on."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import subprocess

import pytest

from tests.conftest import HOME
from tests.surfaces.gateway.broken.loading import Load
from tests.surfaces.gateway.broken.servers import OwnServer, working_on
from tests.surfaces.gateway.broken.test_kills import OF_NO_DATABASE, is_served, with_ids
from tests.surfaces.gateway.broken.world import Process, World, faults, until

SOAK = os.environ.get("SPOJKA_SOAK") == "1"
TIMES = 20 if SOAK else 1
SIZE_MIB = 160
LEFT = 256 * 1024
"""Octets that are left where the disk is nearly full, so that it fills up in the middle of some statement."""
SMALL = ("min_wal_size=32MB", "max_wal_size=32MB", "shared_buffers=16MB")


@pytest.fixture(scope="module")
def small_disk():
    """A small file system of its own, or the tests are left out where none may be mounted."""
    folder = HOME / f"disk-{os.getpid()}"
    folder.mkdir(mode=0o755)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MIB}m,mode=0755", "tmpfs", str(folder)]
    try:
        done = subprocess.run(mount, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("needs a file system of its own; there is no mount here")
    if done.returncode != 0:
        pytest.skip(f"needs a file system of its own, and may not mount one: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture(scope="module")
def server(small_disk):
    sockets = HOME / f"disk-sockets-{os.getpid()}"
    sockets.mkdir(mode=0o755)
    made = OwnServer(small_disk, *SMALL, sockets=sockets)
    made.make()
    made.start()
    try:
        with working_on(made):
            yield made
    finally:
        made.stop()


@pytest.fixture
def world(server, tmp_path):
    return World(tmp_path)


class Filler:
    """A file that takes what is left of a disk."""

    def __init__(self, folder):
        self._file = folder / "filler"

    def fill(self, *, left: int) -> None:
        """Take all but so much."""
        free = os.statvfs(self._file.parent)
        size = free.f_bavail * free.f_frsize - left
        handle = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        try:
            if size > 0:
                os.posix_fallocate(handle, os.fstat(handle).st_size, size)
        except OSError as full:
            if full.errno != errno.ENOSPC:
                raise
        finally:
            os.close(handle)

    def free(self) -> None:
        """Give it back."""
        self._file.unlink(missing_ok=True)


def test_a_full_disk_is_answered_with_a_reason_and_nothing_accepted_is_lost(server, small_disk, world):
    filler, load, gateway = Filler(small_disk), Load(world), Process(world, "gateway")

    async def keep():
        """The database's own keeper starts it again, as often as it ends."""
        while True:
            await asyncio.sleep(0.2)
            if server.process.poll() is not None:
                with contextlib.suppress(AssertionError):
                    await asyncio.to_thread(server.start, for_s=2)

    async def going():
        keeping = asyncio.create_task(keep())
        async with gateway.kept(), load.going(6):
            for _ in range(TIMES):
                await is_served(load)
                filler.fill(left=LEFT)
                load.codes.clear()
                filling = asyncio.create_task(keep_full())
                await until(lambda: "TRY_AGAIN" in load.codes)
                before = len(load.answered)
                await asyncio.sleep(1)
                stopped = len(load.answered) - before
                filling.cancel()
                filler.free()
                await is_served(load)
                assert stopped < 50
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        await asyncio.to_thread(server.start)

    async def keep_full():
        while True:
            filler.fill(left=0)
            await asyncio.sleep(0.1)

    asyncio.run(going())

    assert faults(world, with_ids(world, load), load.asked) == []
    assert load.wrongs == []
    assert load.codes <= OF_NO_DATABASE
    assert gateway.ended == 0
    assert "connector_database_away" in gateway.log
    assert "Traceback" not in gateway.log
