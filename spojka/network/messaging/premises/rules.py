"""Who still has to be briefed before a visit (o2/5.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from spojka.kernel.refusals import Refusal
from spojka.network.messaging.premises import refusals as _words  # noqa: F401  # the words of the codes below
from spojka.network.messaging.premises.terms import PremisesTerms
from spojka.terms.findings import refuse


@dataclass(frozen=True, slots=True)
class Companion:
    """Somebody who comes along; `acquainted`: the authorised person confirms that they know the rules and keep them."""

    name: str
    acquainted: bool = False


def refuse_visit(
    person: str, known: int | None, companions: Sequence[Companion], *, current: int | None, terms: PremisesTerms
) -> Refusal | None:
    """
    Everybody who comes knows the version of the rules that is in force, or nobody does.

    Args:
        person: the authorised person's name.
        known: the newest version that the person acknowledged; `None` for none.
        companions: who comes along.
        current: the version in force; `None` before the first one, when nobody can know it.
        terms: what binds.

    """
    if not terms.safety_briefing_required.value:
        return None
    missing = [] if known is not None and known == current else [person]
    missing += [one.name for one in companions if current is None or not one.acquainted]
    if not missing:
        return None
    figures = {"version": "–" if current is None else current, "missing": ", ".join(missing)}
    return refuse("SAFETY_BRIEFING_MISSING", terms.safety_briefing_required, figures=figures)
