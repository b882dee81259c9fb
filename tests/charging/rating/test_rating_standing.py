"""What a line rests on now: posted again and again, it is told as what it came to."""

from __future__ import annotations

import pytest

from spojka.charging.rating.pricing import usage_difference, usage_total
from spojka.charging.rating.standing import standing
from spojka.kernel.money import Money
from spojka.terms.findings import read_finding

LINE = "usage:s:2026-02:0:voice.home.mobile"


def total(crowns):
    return usage_total(total=Money.czk(crowns), records=1, quantity=60, unit="s", prices=[])


def posted(*sums, line=LINE, first=1, before=0):
    """Items as posting writes them, each with what the line came to; zero is a line that is gone."""
    for version, now in enumerate(sums, first):
        after = total(now) if now else Money.zero()
        yield f"{line}:{version}", total(now) if not before else usage_difference(before=Money.czk(before), after=after)
        before = now


def told(items):
    return [(each.rule.name, each.value.micros // 1_000_000) for each in standing(list(items))]


@pytest.mark.parametrize(
    ("sums", "now"),
    [
        ((5,), [("usage_total", 5)]),
        ((5, 7), [("usage_total", 7)]),
        ((5, 7, 9, 4), [("usage_total", 4)]),
        ((5, 0, 3), [("usage_total", 3)]),
        ((5, 0), [("usage_difference", 0)]),
    ],
)
def test_a_line_posted_again_and_again_is_its_last_total(sums, now):
    items = list(posted(*sums))

    assert told(items) == now
    assert sum(each.value.micros for each in standing(items)) == sum(each.value.micros for _, each in items)


def test_what_follows_upon_another_invoice_is_one_difference_to_it():
    items = list(posted(7, 9, 4, first=2, before=5))

    found = standing(items)

    assert told(items) == [("usage_difference", -1)]
    assert found[0].facts["before"] == Money.czk(5)
    assert read_finding(found[0].stored()).value == Money.czk(-1)


def test_what_was_posted_elsewhere_in_between_parts_the_items():
    items = [*posted(5), *posted(9, first=3, before=7)]

    assert told(items) == [("usage_total", 5), ("usage_difference", 2)]


def test_lines_and_other_items_are_told_each_by_itself():
    fee = total(100)
    items = [
        ("fee:s:2026-02:tariff:1", fee),
        *posted(5, 7),
        *posted(1, 2, line="usage:s:2026-02:1:data.eu"),
        ("fee:2", fee),
    ]

    assert told(items) == [("usage_total", 100), ("usage_total", 7), ("usage_total", 2), ("usage_total", 100)]
