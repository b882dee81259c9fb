"""Operations and queries by name, with what a caller must know: arguments, types, refusals, one line of docs."""

from __future__ import annotations

import difflib
import inspect
import typing
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Final, Literal, TypeVar

from pydantic import TypeAdapter

Kind = Literal["operation", "query"]
F = TypeVar("F", bound=Callable[..., Any])


class OperationUnknown(LookupError):
    """No operation or query of that name is registered; names the nearest."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One keyword argument: its name, declared type, and default (`inspect.Parameter.empty` when required)."""

    name: str
    type: Any
    default: Any

    @property
    def required(self) -> bool:
        """Whether a caller must give it."""
        return self.default is inspect.Parameter.empty

    @property
    def adapter(self) -> TypeAdapter[Any]:
        """Converts texts and JSON to the declared type."""
        return _adapter(self.type)


@lru_cache(maxsize=2048)
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


@dataclass(frozen=True)
class Operation:
    """
    A registered operation or query.

    Args:
        name: `room.verb`.
        kind: whether it writes.
        function: takes the context, then keyword arguments.
        permission: what the actor must hold.
        refusals: codes it may answer with.
        customers: whether a customer may call it; it must then answer for that customer's own things alone.
        local: only for callers on this machine, because it names files of it; the API does not offer it.
        secret_answer: it answers with a password or another secret, so no answer of it is kept for its key.

    """

    name: str
    kind: Kind
    function: Callable[..., Any]
    permission: str
    refusals: tuple[str, ...]
    customers: bool = False
    local: bool = False
    secret_answer: bool = False

    @cached_property
    def arguments(self) -> tuple[Argument, ...]:
        """Its keyword arguments, in order."""
        hints = typing.get_type_hints(self.function, include_extras=True)
        parameters = list(inspect.signature(self.function).parameters.values())[1:]
        return tuple(Argument(one.name, hints[one.name], one.default) for one in parameters)

    @cached_property
    def returns(self) -> Any:
        """The declared type of its answer."""
        return typing.get_type_hints(self.function, include_extras=True).get("return")

    @property
    def doc(self) -> str:
        """One line."""
        return (inspect.getdoc(self.function) or "").partition("\n")[0]


_registered: Final[dict[str, Operation]] = {}


def _register(
    name: str,
    kind: Kind,
    permission: str,
    refusals: Sequence[str],
    *,
    customers: bool,
    local: bool,
    secret_answer: bool = False,
) -> Callable[[F], F]:
    def keep(function: F) -> F:
        if name in _registered:
            raise ValueError(f"{name} is registered twice")
        positional = [
            one.name
            for one in list(inspect.signature(function).parameters.values())[1:]
            if one.kind is not inspect.Parameter.KEYWORD_ONLY
        ]
        if positional:
            raise TypeError(f"{name}: {', '.join(positional)} must be keyword-only")
        _registered[name] = Operation(
            name, kind, function, permission, tuple(refusals), customers, local, secret_answer
        )
        return function

    return keep


def operation(
    name: str,
    *,
    permission: str,
    refusals: Sequence[str] = (),
    customers: bool = False,
    local: bool = False,
    secret_answer: bool = False,
) -> Callable[[F], F]:
    """
    Register a function `(ctx, *, …) -> result | Refusal` as a writing operation.

    A customer may call it only with `customers`; `local` keeps it to callers on this machine. What answers with a
    secret says `secret_answer`: the answer is given once and a repeat under its key is refused.
    """
    return _register(
        name, "operation", permission, refusals, customers=customers, local=local, secret_answer=secret_answer
    )


def query(
    name: str, *, permission: str, refusals: Sequence[str] = (), customers: bool = False, local: bool = False
) -> Callable[[F], F]:
    """Register a function `(ctx, *, …) -> result | Refusal` that only reads; `customers`, `local` as for operations."""
    return _register(name, "query", permission, refusals, customers=customers, local=local)


def find(name: str) -> Operation:
    """The operation or query of that name; raises `OperationUnknown` with the nearest names."""
    found = _registered.get(name)
    if found is None:
        near = difflib.get_close_matches(name, _registered, n=3)
        hint = f"; near: {', '.join(near)}" if near else ""
        raise OperationUnknown(f"no operation or query {name!r}{hint}")
    return found


def all_operations() -> tuple[Operation, ...]:
    """Everything registered, by name."""
    return tuple(_registered[name] for name in sorted(_registered))
