"""What other rooms must agree with before an edition is published: checks registered at start-up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from spojka.access.operations.context import Context
from spojka.kernel.refusals import Refusal
from spojka.terms.editions import Edition

Check = Callable[[Context, str, Edition], Refusal | None]
"""Takes the call, the document's type and the edition; says why it cannot be published, or `None`."""

_checks: Final[dict[str, Check]] = {}


def checks_editions(check: Check) -> Check:
    """Register a check by its name."""
    _checks[check.__name__] = check
    return check


def refuse_edition(ctx: Context, kind: str, edition: Edition) -> Refusal | None:
    """The first reason why an edition cannot be published, or `None`."""
    refusals = (check(ctx, kind, edition) for check in _checks.values())
    return next((refusal for refusal in refusals if refusal is not None), None)
