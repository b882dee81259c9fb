"""Kannel on this machine, as its documentation sets it up, towards the same simulated centre."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from spojka.surfaces.bench.messaging.processes import free_ports, process, until_listening

PROGRAMS: Final = ("bearerbox", "smsbox")
_CONFIGURATION: Final = """
group = core
admin-port = {admin}
smsbox-port = {box}
admin-password = secret
status-password = secret
log-level = 3
box-deny-ip = "*.*.*.*"
box-allow-ip = "127.0.0.1"
store-type = file
store-location = "{folder}/store.dat"
dlr-storage = internal
sms-incoming-queue-limit = 1000000
sms-outgoing-queue-limit = 1000000
sms-resend-freq = 1

{links}
group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = {box}
sendsms-port = {door}
sendsms-interface = 127.0.0.1
log-level = 3
http-request-retry = 0

group = sendsms-user
username = tester
password = secret
max-messages = 10
concatenation = true

group = sms-service
keyword = default
{answer}
max-messages = 0
"""
_LINK: Final = """
group = smsc
smsc = smpp
smsc-id = sim
host = 127.0.0.1
{way}
smsc-username = kannel
smsc-password = secret
system-type = ""
max-pending-submits = {window}
interface-version = 34
enquire-link-interval = {enquire_s}
reconnect-delay = 1
msg-id-type = {ids}
source-addr-ton = 1
source-addr-npi = 1
dest-addr-ton = 1
dest-addr-npi = 1
"""


@dataclass(frozen=True, slots=True)
class Kannel:
    """Its HTTP door and its two processes."""

    door: int
    processes: dict[str, subprocess.Popen[bytes]]


@dataclass(frozen=True, slots=True)
class Ports:
    """What it listens on: for its keeper, for its own second process, and its HTTP door."""

    admin: int
    box: int
    door: int


def is_installed() -> bool:
    """Whether both of its programs are there."""
    return all(shutil.which(one) for one in PROGRAMS)


def written(
    folder: Path,
    ports: Ports,
    centre: int,
    *,
    separate: bool = False,
    window: int = 10,
    texts_to: int | None = None,
    enquire_s: int = 30,
    ids: str = "0x00",
) -> Path:
    """
    Write its configuration.

    Args:
        folder: for it and for what Kannel keeps.
        ports: to listen on.
        centre: the port of the centre.
        separate: a bind that sends and one that receives, instead of one that does both.
        window: requests that wait for an answer.
        texts_to: the port that is called with what mobiles write.
        enquire_s: how often it asks whether the link stands.
        ids: its `msg-id-type`: the first bit for decimal ids in receipts, the second for decimal ones in answers.

    """
    ways = (
        [f"port = {centre}", f"receive-port = {centre}"] if separate else [f"port = {centre}\ntransceiver-mode = true"]
    )
    answer = f'get-url = "http://127.0.0.1:{texts_to}/mobile?from=%p&to=%P&text=%a"' if texts_to else 'text = "ok"'
    configuration = folder / "kannel.conf"
    configuration.write_text(
        _CONFIGURATION.format(
            admin=ports.admin,
            box=ports.box,
            door=ports.door,
            folder=folder,
            answer=answer,
            links="".join(_LINK.format(way=way, window=window, enquire_s=enquire_s, ids=ids) for way in ways),
        )
    )
    return configuration


@contextlib.contextmanager
def kannel(
    folder: Path, centre: int, *, separate: bool = False, window: int = 10, texts_to: int | None = None
) -> Iterator[Kannel]:
    """
    Kannel while the block runs, its messages in a file that it never forces to the disk.

    Args:
        folder: for its files.
        centre: the port of the centre.
        separate: a bind that sends and one that receives, instead of one that does both.
        window: requests that wait for an answer.
        texts_to: the port that is called with what mobiles write.

    """
    ports = Ports(*free_ports(3))
    configuration = written(folder, ports, centre, separate=separate, window=window, texts_to=texts_to)
    with contextlib.ExitStack() as stack:
        started = {}
        for name, port in zip(PROGRAMS, (ports.box, ports.door), strict=True):
            started[name] = stack.enter_context(process([name, str(configuration)], folder, name))
            until_listening(port, started[name], folder / f"{name}.log")
        yield Kannel(ports.door, started)
