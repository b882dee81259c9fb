"""Why an amount is what it is: the sentence with the figures, and the clauses in their words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from spojka.access.operations.context import Context
from spojka.journeys.overview.clauses import ClauseWords, clauses_by_ref
from spojka.kernel.money import Money
from spojka.terms.clauses import Language
from spojka.terms.findings import Finding
from spojka.trade.publications.shelf import Shelf


@dataclass(frozen=True, slots=True)
class ReasonView:
    """
    One reason.

    Args:
        amount: what was found.
        sentence: how, with the figures in it.
        beneath: the sentences of the findings it rests on, the nearest first.
        clauses: what they rest on, in the words of those editions.

    """

    amount: Money
    sentence: str
    beneath: list[str]
    clauses: list[ClauseWords]


@dataclass(frozen=True, slots=True)
class WhyView:
    """An amount as it is printed, and the reasons it comes from, in order."""

    amount: Money
    reasons: list[ReasonView]


def _beneath(finding: Finding[Any]) -> Iterator[Finding[Any]]:
    for fact in finding.facts.values():
        if isinstance(fact, Finding):
            yield fact
            yield from _beneath(fact)


def reason_view(ctx: Context, shelf: Shelf, finding: Finding[Money], language: Language) -> ReasonView:
    """A finding of money as a reason in a reader's language."""
    beneath = (each.explain(language, shelf.title) for each in _beneath(finding))
    return ReasonView(
        finding.value,
        finding.explain(language, shelf.title),
        list(dict.fromkeys(beneath)),
        clauses_by_ref(ctx, finding.refs, shelf),
    )
