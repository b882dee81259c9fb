"""Every operation and query of the package, registered by importing the rooms' modules of those names."""

from __future__ import annotations

import importlib
import pkgutil
from functools import lru_cache

import spojka

FLOORS = ("access", "trade", "charging", "network", "revenue", "journeys")
MODULES = ("operations", "queries")


@lru_cache(maxsize=1)
def register_all() -> None:
    """Import `operations` and `queries` of every room, once; what they register can then be called by name."""
    for found in pkgutil.walk_packages(spojka.__path__, "spojka."):
        parts = found.name.split(".")
        if len(parts) >= 4 and parts[1] in FLOORS and (set(MODULES) & set(parts[3:])):
            importlib.import_module(found.name)
