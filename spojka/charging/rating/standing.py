"""Which findings a line of usage rests on now, when it was posted in several differences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from spojka.charging.rating.pricing import usage_difference
from spojka.kernel.money import Money
from spojka.terms.findings import Finding

POSTED: Final = "usage:"
"""What keys of posted usage begin with; they end with a version that counts up from 1."""


def standing(items: Sequence[tuple[str, Finding[Money]]]) -> list[Finding[Money]]:
    """
    The findings of a line's items without the steps on the way, which rest on ratings that no longer hold.

    Args:
        items: key and finding of each item, in order of making.

    Returns:
        Of usage posted again and again the last total, or, where a part was posted elsewhere before, one difference to
        it; other findings as they are. The amounts come to the same.

    """
    runs: list[list[Finding[Money]]] = []
    last: dict[str, tuple[int, list[Finding[Money]]]] = {}
    for key, finding in items:
        stem, _, ending = key.rpartition(":")
        version = int(ending) if key.startswith(POSTED) and ending.isdecimal() else 0
        before, run = last.get(stem, (0, []))
        if version == 0 or not run or version != before + 1:
            runs.append(run := [])
        run.append(finding)
        last[stem] = (version, run)
    return [_summed(run) for run in runs]


def _summed(run: Sequence[Finding[Money]]) -> Finding[Money]:
    """What items that follow upon one another come to, as one finding."""
    first, last = run[0], run[-1]
    before: Any = first.facts["before"] if first.rule.name == usage_difference.name else Money.zero()
    after: Any = last.facts["after"] if last.rule.name == usage_difference.name else last
    if not before and isinstance(after, Finding):
        return after
    return first if len(run) == 1 else usage_difference(before=before, after=after)
