"""A refusal: the value an operation answers with when a clause says no."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

_CODE: Final = re.compile(r"^[A-Z][A-Z0-9_]*$")


@dataclass(frozen=True, slots=True)
class Refusal:
    """
    Why something was not done: a stable code, the clauses it rests on and the figures.

    Args:
        code: UPPER_SNAKE; one meaning, one code. Its words in Czech and English stand in `spojka.terms.refusals`.
        clauses: ids of the clauses, like `nej/1.8`.
        figures: the values the words mention, by name.

    """

    code: str
    clauses: tuple[str, ...] = ()
    figures: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not _CODE.match(self.code):
            raise ValueError(f"refusal code {self.code!r} is not UPPER_SNAKE")
