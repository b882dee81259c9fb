"""The terms that reading lists reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from spojka.terms.clauses import Term

Who = Literal["holder", "authorised"]


@dataclass(frozen=True, slots=True)
class ReaderTerms:
    """Who may read the itemised list of a service (nej/3.8): its `holder`, and whoever the holder `authorised`."""

    default_itemised_readers: Term[list[Who]]
