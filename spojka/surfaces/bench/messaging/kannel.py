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
enquire-link-interval = 30
reconnect-delay = 1
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


def is_installed() -> bool:
    """Whether both of its programs are there."""
    return all(shutil.which(one) for one in PROGRAMS)


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
    admin, box, door = free_ports(3)
    ways = (
        [f"port = {centre}", f"receive-port = {centre}"] if separate else [f"port = {centre}\ntransceiver-mode = true"]
    )
    answer = f'get-url = "http://127.0.0.1:{texts_to}/mobile?from=%p&to=%P&text=%a"' if texts_to else 'text = "ok"'
    configuration = folder / "kannel.conf"
    configuration.write_text(
        _CONFIGURATION.format(
            admin=admin,
            box=box,
            door=door,
            folder=folder,
            answer=answer,
            links="".join(_LINK.format(way=way, window=window) for way in ways),
        )
    )
    with contextlib.ExitStack() as stack:
        started = {}
        for name, port in zip(PROGRAMS, (box, door), strict=True):
            started[name] = stack.enter_context(process([name, str(configuration)], folder, name))
            until_listening(port, started[name], folder / f"{name}.log")
        yield Kannel(door, started)
