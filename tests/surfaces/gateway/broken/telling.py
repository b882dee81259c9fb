"""What a process said and took while it was mistreated."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import structlog


def taken_kib(pid: int | str = "self") -> int:
    """Memory that a process holds."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


@pytest.fixture
def events():
    """Events logged in this process, counted by their level and name, and not printed."""
    counted: Counter[str] = Counter()

    def count(_logger, level, event):
        counted[f"{level} {event['event']}"] += 1
        raise structlog.DropEvent

    before = structlog.get_config()
    structlog.configure(processors=[count])
    yield counted
    structlog.configure(**before)
