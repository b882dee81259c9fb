"""Who acts in a step: the operator, somebody of a role, or a customer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from spojka.access.operations.context import OPERATOR, Actor
from spojka.access.users.rules import ROLES, permissions_of
from spojka.kernel.ids import PartyId
from spojka.surfaces.stories.marked import nearest


class ActorUnknown(LookupError):
    """A step's actor is nobody: neither the operator, nor a role, nor a customer."""


def actor_of(written: Any) -> Actor:
    """
    The actor that a step names; raises `ActorUnknown`.

    Args:
        written: `operator`; a role such as `care` or `billing`; or a customer, by the result of its registration
            (`$eva`) or by its id (`$eva.id`).

    """
    if isinstance(written, dict):
        written = written.get("id", written)
    if written == OPERATOR.name:
        return OPERATOR
    if written in ROLES:
        return Actor(str(written), permissions_of([str(written)]))
    try:
        party = PartyId(UUID(str(written)))
    except ValueError as bad:
        names = [OPERATOR.name, *ROLES]
        raise ActorUnknown(f"{written!r} is no actor{nearest(str(written), names)} (or a customer: $name.id)") from bad
    return Actor(f"customer:{party}", permissions_of(["customer"]), party)
