"""Processes of a measurement: started, waited for, stopped; and the processor time that each of them used."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final

import psycopg

from spojka.access.database.server import home, owner_url

START_S: Final = 60
COMMAND: Final = "from spojka.surfaces.cli.main import main; main()"
CENTRE: Final = "spojka.network.messaging.centre"


class NotStarted(RuntimeError):
    """A process that a measurement needs ended or did not listen in time; its last words are in the message."""


@contextlib.contextmanager
def process(
    command: Sequence[str], folder: Path, name: str, *, piped: bool = False
) -> Iterator[subprocess.Popen[bytes]]:
    """A process in a group of its own whose words go to a file; ended with the block."""
    log = folder / f"{name}.log"
    with log.open("wb") as words:
        started = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, "SPOJKA_HOME": str(home())},
            stdin=subprocess.PIPE if piped else subprocess.DEVNULL,
            stdout=subprocess.PIPE if piped else words,
            stderr=words,
            start_new_session=True,
        )
    try:
        yield started
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(started.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            started.wait(20)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(started.pid, signal.SIGKILL)
        started.wait()
        for pipe in (started.stdin, started.stdout):
            if pipe is not None:
                pipe.close()


def spojka(*arguments: str) -> list[str]:
    """The command line that people use, with arguments."""
    return [sys.executable, "-c", COMMAND, *arguments]


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(one.getsockname()[1]) for one in probes]
    for one in probes:
        one.close()
    return ports


def until(held: Callable[[], bool], *, what: str, within_s: int = START_S) -> None:
    """Wait until something holds; raises `NotStarted` when it does not in time."""
    ends = time.perf_counter() + within_s
    while not held():
        if time.perf_counter() > ends:
            raise NotStarted(f"{what}: not within {within_s} s")
        time.sleep(0.02)


def until_listening(port: int, started: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until a process listens on a port."""

    def listens() -> bool:
        if started.poll() is not None:
            raise NotStarted(f"{log.stem} ended with {started.returncode}: {log.read_text()[-500:]}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return True
        return False

    until(listens, what=f"{log.stem} listens on {port}")


def asked(calls: socket.socket, answers: BinaryIO, do: str, given: Mapping[str, object]) -> Any:
    """The answer of a control call to a simulated centre; raises `ValueError` with what it says is wrong."""
    calls.sendall(json.dumps({"do": do, **given}).encode() + b"\n")
    said = json.loads(answers.readline())
    if "wrong" in said:
        raise ValueError(said["wrong"])
    return said["ok"]


class Centre:
    """The simulated centre in a process of its own, and control calls to it."""

    def __init__(self, started: subprocess.Popen[bytes]) -> None:
        assert started.stdout is not None
        said = json.loads(started.stdout.readline() or b"null")
        if said is None:
            raise NotStarted("the simulated centre ended")
        self.process, self.port = started, int(said["port"])
        self.control = int(said["control"])
        self._calls = socket.create_connection(("127.0.0.1", self.control))
        self._answers = self._calls.makefile("rb")

    def ask(self, do: str, given: Mapping[str, object] | None = None) -> Any:
        """The answer of a control call."""
        return asked(self._calls, self._answers, do, given or {})

    def close(self) -> None:
        """Make no more calls."""
        self._answers.close()
        self._calls.close()


@contextlib.contextmanager
def centre(folder: Path, settings: Mapping[str, object]) -> Iterator[Centre]:
    """A simulated centre that runs while the block does."""
    command = [sys.executable, "-m", CENTRE, "--port", "0", "--control", "0", "--json", json.dumps(dict(settings))]
    with process(command, folder, "centre", piped=True) as started:
        made = Centre(started)
        try:
            yield made
        finally:
            made.close()


def _spent_s(pid: int, *, ended: bool = False) -> float:
    """Seconds of the processor that a process used, with children that ended where asked."""
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        ticks = int(fields[11]) + int(fields[12]) + (int(fields[13]) + int(fields[14]) if ended else 0)
        return ticks / os.sysconf("SC_CLK_TCK")
    return 0


def _database_s(postmaster: int | None) -> float:
    """Seconds of the processor that a server and all its processes used."""
    if postmaster is None:
        return 0
    return _spent_s(postmaster, ended=True) + sum(_spent_s(one) for one in _children(postmaster))


def _family_s(pid: int) -> float:
    """Seconds of the processor that a process and those that it started used."""
    return _spent_s(pid) + sum(_family_s(one) for one in _children(pid))


def _children(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]
    return []


def _postmaster() -> int | None:
    """The process that a database on this machine began with; `None` for one elsewhere."""
    with psycopg.connect(owner_url(), autocommit=True) as owner:
        row = owner.execute("SELECT pg_backend_pid(), inet_server_addr() IS NULL").fetchone()
        assert row is not None
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{row[0]}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
            comm = Path(f"/proc/{fields[1]}/comm").read_text(encoding="ascii").strip()
            return int(fields[1]) if comm.startswith("postgres") else None
    return None


class Meter:
    """
    Processor time of processes by name, and of the database.

    Args:
        processes: to look at.

    """

    def __init__(self, processes: Mapping[str, subprocess.Popen[bytes]]) -> None:
        self._processes, self._postmaster = dict(processes), _postmaster()
        self._before = self._read()

    def restart(self) -> None:
        """Count from now."""
        self._before = self._read()

    def shown(self) -> dict[str, float]:
        """Seconds used since it began, by name."""
        after = self._read()
        return {f"{name}_cpu_s": round(after[name] - self._before[name], 2) for name in after}

    def _read(self) -> dict[str, float]:
        found = {name: _family_s(one.pid) for name, one in self._processes.items()}
        return {**found, "database": _database_s(self._postmaster)}


class Client:
    """A process that is warm and waits to measure."""

    def __init__(self, started: subprocess.Popen[bytes], plan: Mapping[str, Any], log: Path) -> None:
        assert started.stdin is not None
        assert started.stdout is not None
        self._in, self._out = started.stdin, started.stdout
        self._tell(json.dumps(dict(plan)))
        if self._out.readline() != b"ready\n":
            started.wait(5)
            raise NotStarted(f"{log.stem}: {log.read_text()[-800:]}")

    def begin(self) -> None:
        """Measure from now."""
        self._tell("go")

    def result(self) -> dict[str, Any]:
        """What it measured."""
        measured: dict[str, Any] = json.loads(self._out.readline())
        return measured

    def _tell(self, line: str) -> None:
        self._in.write(line.encode() + b"\n")
        self._in.flush()


@contextlib.contextmanager
def client(plan: Mapping[str, Any], folder: Path, module: str = "load") -> Iterator[Client]:
    """A client of this folder in a process of its own, warm; it ends with the block."""
    command = [sys.executable, "-m", f"{__package__}.{module}"]
    with process(command, folder, module, piped=True) as started:
        yield Client(started, plan, folder / f"{module}.log")


def loaded(plan: Mapping[str, Any], folder: Path, meter: Meter) -> dict[str, Any]:
    """What the load client measured of a plan, with the processor of everybody meanwhile."""
    with client(plan, folder) as load:
        meter.restart()
        load.begin()
        return {**load.result(), **meter.shown()}
