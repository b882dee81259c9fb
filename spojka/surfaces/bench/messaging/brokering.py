"""NATS with JetStream on this machine, between a gateway and a sender that it is measured with."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from spojka.surfaces.bench.messaging.processes import free_ports, process, until_listening

PROGRAM: Final = "nats-server"


@dataclass(frozen=True, slots=True)
class Broker:
    """Where its clients find it, and its process."""

    url: str
    process: subprocess.Popen[bytes]


def is_installed() -> bool:
    """Whether its program is there."""
    return shutil.which(PROGRAM) is not None


@contextlib.contextmanager
def broker(folder: Path) -> Iterator[Broker]:
    """NATS as it comes while the block runs, its streams in files of a folder."""
    (port,) = free_ports(1)
    command = [PROGRAM, "--addr", "127.0.0.1", "--port", str(port), "--jetstream", "--store_dir", str(folder / "nats")]
    with process(command, folder, PROGRAM) as started:
        until_listening(port, started, folder / f"{PROGRAM}.log")
        yield Broker(f"nats://127.0.0.1:{port}", started)
