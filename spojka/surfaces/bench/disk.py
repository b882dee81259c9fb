"""How many small writes a second the disk makes durable: what every number beside it has to be read against."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

from spojka.access.database.server import home


def fdatasync_per_s(folder: Path | None = None, seconds: float = 1.0) -> int:
    """
    Writes of 8 KiB followed by fdatasync, one after another.

    Args:
        folder: where (default: Spojka's home).
        seconds: how long to measure.

    """
    place = folder or home()
    place.mkdir(parents=True, exist_ok=True)
    block = os.urandom(8192)
    with tempfile.TemporaryFile(dir=place) as file:
        descriptor = file.fileno()
        began, count = time.perf_counter(), 0
        while time.perf_counter() - began < seconds:
            os.pwrite(descriptor, block, 0)
            os.fdatasync(descriptor)
            count += 1
        return round(count / (time.perf_counter() - began))
