"""One address of the connector with its method: who answers it, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from spojka.kernel.refusals import Refusal
from spojka.surfaces.gateway.connector.bounds import LONGEST_BODY
from spojka.surfaces.gateway.connector.exchange import Asked, Reply, refused
from spojka.surfaces.gateway.connector.services import Services

Handler = Callable[[Services, Asked], Coroutine[Any, Any, Reply]]
Judged = Literal["application", "itself"]
OCTETS: Final = "octets"
"""The answer is a file of any type."""


@dataclass(frozen=True, slots=True, eq=False)
class Route:
    """
    One address and method; each is itself alone, so that what is made of some of them can be remembered.

    Args:
        method: of HTTP.
        path: with the names of its values in braces.
        handler: answers.
        summary: what for, for the OpenAPI document; an empty one is not described there.
        judged: by the application that the address names, or by the handler itself.
        body: the name of the body's schema; `None` where there is none.
        answer: the name of the answer's schema, or `OCTETS`.
        query: arguments of the address, each with its description.
        codes: refusals that it answers with.
        refuse: how a refusal is written before the handler is asked.
        longest: bytes of a body.

    """

    method: str
    path: str
    handler: Handler
    summary: str = ""
    judged: Judged = "application"
    body: str | None = None
    answer: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    codes: tuple[str, ...] = ()
    refuse: Callable[[Refusal, Asked], Reply] = refused
    longest: int = LONGEST_BODY
