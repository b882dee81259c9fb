"""Sheets of terms of the connector's pack, read from its files, for tests of pure rules."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import spojka.providers
from spojka.terms.editions import read_edition
from spojka.terms.precedence import BoundTerms
from spojka.terms.sheets import read_sheet

S = TypeVar("S")
PACK = Path(spojka.providers.__path__[0]) / "o2-connector"
EDITIONS = (
    ("operating-conditions/2022-11.toml", "o2"),
    ("price-list/2025-07.toml", "o2-connector/price-list"),
    ("general-terms/2018-09.toml", "o2-connector/general-terms"),
)


def sheet(kind: type[S]) -> S:
    """A sheet as the newest editions set it, the operating conditions first."""
    ranked = [
        (rank, read_edition((PACK / file).read_text(encoding="utf-8"), source=file, cites_as=cites_as))
        for rank, (file, cites_as) in enumerate(EDITIONS)
    ]
    return read_sheet(kind, BoundTerms(tuple(ranked)))
