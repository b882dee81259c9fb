"""A number plan with the ranges that the tests name."""

from __future__ import annotations

from spojka.trade.numbering.plan import NumberPlan, NumberRange, PriceInNumber

PER_MINUTE = PriceInNumber(1, "minute")

PLAN = NumberPlan(
    (
        NumberRange("emergency", ("112", "150", "155", "156", "158"), (3,), "emergency"),
        NumberRange("harmonised_116", ("116",), (6,), "harmonised_116"),
        NumberRange("premium_minute", ("900", "906", "909"), (9,), "premium_90x", PER_MINUTE),
        NumberRange("premium_tens", ("905",), (9,), "premium_90x", PriceInNumber(10, "call")),
        NumberRange("premium_call", ("908",), (9,), "premium_90x", PriceInNumber(1, "call")),
        NumberRange("special_84", ("84",), (9,), "special_84"),
        NumberRange("special_855", ("855",), (9,), "special_855"),
        NumberRange("fixed_like", ("91", "95", "972", "973", "974"), (9,), "fixed_like"),
        NumberRange("mobile", ("60", "70", "72", "73", "77", "79"), (9,), "mobile"),
        NumberRange("geographic", ("2", "3", "4", "5"), (9,), "fixed"),
        NumberRange("freephone", ("800",), (9,), "freephone"),
        NumberRange("directory", ("118",), (4,), "directory"),
        NumberRange("lines", ("*30",), (3,), "own_line"),
    ),
    dial_zones={"eu": ["+49", "+43", "+421"], "europe": ["+44", "+4"], "rest": ["+"]},
    clauses=("plan/1",),
)
