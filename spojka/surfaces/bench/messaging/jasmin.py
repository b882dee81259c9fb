"""Jasmin on this machine with the RabbitMQ and the Redis that it needs, towards the same simulated centre."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from spojka.surfaces.bench.messaging.processes import NotStarted, free_ports, process, until_listening
from spojka.surfaces.bench.messaging.programs import TEXT

FOLDER: Final = "SPOJKA_JASMIN"
"""Names the folder of the virtual environment that Jasmin is installed in, as it needs other versions than we do."""
BROKERS: Final = ("epmd", "rabbitmq-server", "redis-server")
_UNWRAPPED: Final = "/usr/lib/rabbitmq/bin"
"""Debian's own command becomes another user first, who cannot write where we measure; this is what it starts."""
_AMQP: Final = "lib/python*/site-packages/txamqp/specs/standard/amqp0-9-1.stripped.xml"
_HEARD: Final = (
    "router", "client-management", "service-smppclient", "sm-listener", "dlr", "dlr-thrower", "deliversm-thrower",
    "smpp-server", "smpp-server-pb", "amqp-broker", "redis-client", "http-api", "jcli",
)  # fmt: skip
"""What keeps a log of its own; each says faults alone, as Kannel does here."""
_LINK: Final = """smppccm -a
cid {way}
bind {way}
host 127.0.0.1
port {centre}
username jasmin
password secret
submit_throughput 0
con_fail_delay 1
ok
smppccm -1 {way}
"""
_PROGRAM: Final = """group -a
gid programs
ok
user -a
uid tester
gid programs
username tester
password secret
ok
mtrouter -a
type DefaultRoute
connector smppc(transmitter)
rate 0
ok
"""
_WAYS: Final = ("transmitter", "receiver")
"""Its best arrangement: where receipts come on the link that sends, its answer to one delays what it sends next."""
_PROMPTS: Final = (b"\n> ", b"\njcli : ")


@dataclass(frozen=True, slots=True)
class Ports:
    """What its processes listen on; `door` is for programs, `keeper` for its command line."""

    names: int
    queue: int
    nodes: int
    cache: int
    router: int
    clients: int
    server: int
    servers: int
    door: int
    keeper: int


@dataclass(frozen=True, slots=True)
class Jasmin:
    """Its HTTP door, its processes and those it needs."""

    door: int
    processes: dict[str, subprocess.Popen[bytes]]


def is_installed() -> bool:
    """Whether the environment names a folder with Jasmin, and its broker and cache are there."""
    return _home() is not None and all(shutil.which(one) for one in BROKERS)


def plan(port: int, *, connections: int, seconds: float, receipts_to: int | None = None) -> dict[str, Any]:
    """The same messages for Jasmin's HTTP door, as one program after the other sends them."""
    asked = {"username": "tester", "password": "secret", "from": "999021", "content": TEXT}
    if receipts_to is not None:
        told = f"http://127.0.0.1:{receipts_to}/jasmin"
        asked |= {"dlr": "yes", "dlr-level": "2", "dlr-method": "GET", "dlr-url": told}
    program = {
        "certificate": None,
        "has_body": False,
        "head": f"GET /send?{urlencode(asked)}&to=%2B420602",
        "pieces": ["", " HTTP/1.1\r\nhost: localhost\r\n\r\n"],
    }
    return {"port": port, "connections": connections, "seconds": seconds, "rate_per_s": 0, "programs": [program]}


def written(folder: Path, ports: Ports, amqp: Path) -> Path:
    """Write its configuration: every port on this machine alone, what it keeps in a folder, no log but of faults."""
    sections: dict[str, dict[str, object]] = {name: {"log_level": "ERROR"} for name in _HEARD}
    sections["amqp-broker"] |= {"port": ports.queue, "spec": amqp}
    sections["redis-client"] |= {"port": ports.cache}
    sections["router"] |= {"bind": "127.0.0.1", "port": ports.router, "store_path": folder}
    sections["client-management"] |= {"bind": "127.0.0.1", "port": ports.clients, "store_path": folder}
    sections["smpp-server"] |= {"bind": "127.0.0.1", "port": ports.server}
    sections["smpp-server-pb"] |= {"bind": "127.0.0.1", "port": ports.servers}
    sections["smpp-server-pb-client"] = {"port": ports.servers}
    sections["http-api"] |= {"bind": "127.0.0.1", "port": ports.door, "access_log": "/dev/null"}
    sections["jcli"] |= {"port": ports.keeper, "authentication": "False"}
    configuration = folder / "jasmin.cfg"
    configuration.write_text(
        "".join(
            f"[{name}]\n" + "".join(f"{key} = {value}\n" for key, value in given.items())
            for name, given in sections.items()
        )
    )
    return configuration


@contextlib.contextmanager
def running(folder: Path, centre: int) -> Iterator[Jasmin]:
    """
    Jasmin while the block runs, its reports looked up and told by processes of their own, as its packages start it.

    Args:
        folder: for its files, and those of RabbitMQ and Redis.
        centre: the port of the centre.

    """
    home = _home()
    assert home is not None
    (amqp,) = home.glob(_AMQP)
    ports = Ports(*free_ports(len(fields(Ports))))
    configuration = written(folder, ports, amqp)
    with contextlib.ExitStack() as stack:
        started = stack.enter_context(_brokers(folder, ports))
        for name, ready in (("jasmind", ports.keeper), ("dlrlookupd", None), ("dlrd", None)):
            own = [str(home / "bin" / "python"), str(home / "bin" / f"{name}.py"), "-c", str(configuration)]
            command = _with({"LOG_PATH": folder / "log", "STORE_PATH": folder}, own)
            started[name] = stack.enter_context(process(command, folder, name))
            if ready is not None:
                until_listening(ready, started[name], folder / f"{name}.log")
        lines = "".join(_LINK.format(way=way, centre=centre) for way in _WAYS) + _PROGRAM
        _tell(ports.keeper, lines.splitlines())
        yield Jasmin(ports.door, started)


@contextlib.contextmanager
def _brokers(folder: Path, ports: Ports) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """RabbitMQ as it comes, the process by which its nodes find one another, and Redis that keeps nothing."""
    names = {"ERL_EPMD_PORT": ports.names, "ERL_EPMD_ADDRESS": "127.0.0.1"}
    own = {
        "HOME": folder,
        "RABBITMQ_NODENAME": "bench@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": ports.queue,
        "RABBITMQ_DIST_PORT": ports.nodes,
        "RABBITMQ_MNESIA_BASE": folder / "rabbitmq",
        "RABBITMQ_LOG_BASE": folder / "log",
        "RABBITMQ_PID_FILE": folder / "rabbitmq.pid",
        "RABBITMQ_ENABLED_PLUGINS_FILE": folder / "plugins",
        "RABBITMQ_CONF_ENV_FILE": folder / "none",
    }
    queue = shutil.which("rabbitmq-server", path=_UNWRAPPED) or "rabbitmq-server"
    cache = ["redis-server", "--bind", "127.0.0.1", "--port", str(ports.cache), "--dir", str(folder), "--save", ""]
    with (
        process(_with(names, ["epmd"]), folder, "epmd") as naming,
        process(cache, folder, "redis") as caching,
    ):
        until_listening(ports.names, naming, folder / "epmd.log")
        until_listening(ports.cache, caching, folder / "redis.log")
        with process(_with({**names, **own}, [queue]), folder, "rabbitmq") as queueing:
            until_listening(ports.queue, queueing, folder / "rabbitmq.log")
            yield {"rabbitmq": queueing, "redis": caching}


def _home() -> Path | None:
    """Where Jasmin is installed, if the environment says it."""
    home = Path(os.environ.get(FOLDER) or os.devnull).absolute()
    return home if (home / "bin" / "jasmind.py").exists() else None


def _with(environment: Mapping[str, object], command: Sequence[str]) -> list[str]:
    """A command with more in its environment."""
    return ["env", *(f"{name}={value}" for name, value in environment.items()), *command]


def _tell(port: int, lines: Sequence[str]) -> None:
    """Type lines at its command line; raises `NotStarted` with what it says when one is not taken."""
    with socket.create_connection(("127.0.0.1", port), 30) as keeper:
        _said(keeper, (b"Session ref: ",))
        for line in lines:
            keeper.sendall(line.encode() + b"\r\n")
            said = _said(keeper, _PROMPTS)
            if line.startswith(("ok", "smppccm -1")) and b"Successfully" not in said:
                raise NotStarted(f"jasmin: {line}: {said[-300:]!r}")


def _said(keeper: socket.socket, last: Sequence[bytes]) -> bytes:
    """What it says until something stands at the end, its first greeting's number aside."""
    said = b""
    while not said.rstrip(b"\r\n0123456789").endswith(tuple(last)):
        part = keeper.recv(4096)
        if not part:
            raise NotStarted(f"jasmin hung up: {said[-300:]!r}")
        said += part
    return said
