"""When a process that answers the network looks for garbage."""

from __future__ import annotations

import gc
from typing import Final

YOUNG: Final = 20_000
"""New objects until the youngest are looked through; a batch makes thousands that are all soon gone."""
OLD: Final = 50
"""How often that happens until all are looked through, which takes as long as ten batches."""


def collect_seldom() -> None:
    """Leave what the process has loaded alone, and look through what it makes seldom; for a process that is set up."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, OLD)
