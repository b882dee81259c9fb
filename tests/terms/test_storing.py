"""Facts are kept as JSON and come back as exactly what they were."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spojka.kernel.money import Money
from spojka.kernel.refusals import Refusal
from spojka.kernel.time import Period
from spojka.terms.clauses import ClauseRef, Term
from spojka.terms.storing import FactNotStorable, from_stored, to_stored
from spojka.terms.units import Increment, UnitPrice

TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
NAMES = st.from_regex(r"[a-z_]{1,10}", fullmatch=True)
DAYS = st.dates(date(1990, 1, 1), date(2090, 1, 1))
MONEY = st.integers(-(2**62), 2**62).map(Money)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63),
    TEXTS,
    MONEY,
    st.decimals(allow_nan=False, allow_infinity=False, places=6),
    st.fractions(),
    st.datetimes(timezones=st.just(UTC)),
    DAYS,
    st.tuples(DAYS, st.integers(1, 400)).map(
        lambda pair: Period(pair[0], date.fromordinal(pair[0].toordinal() + pair[1]))
    ),
    st.uuids(),
    st.builds(Increment, st.integers(0, 3600), st.integers(1, 3600)),
    st.builds(
        UnitPrice, st.integers(0, 10**12).map(Money), st.sampled_from(["min", "SMS", "MMS", "MB", "s", "kB", "call"])
    ),
)
TERMS = st.builds(Term, NAMES, VALUES, st.builds(ClauseRef, NAMES, NAMES, NAMES, NAMES))
FACTS = st.recursive(
    VALUES | TERMS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


@given(FACTS)
def test_every_fact_comes_back_as_what_it_was(fact):
    stored = json.loads(json.dumps(to_stored(fact)))

    back = from_stored(stored)

    assert back == fact
    assert type(back) is type(fact)


@given(st.dictionaries(NAMES, VALUES, max_size=3))
def test_a_refusal_comes_back_with_its_figures(figures):
    refusal = Refusal("TOO_SOON", ("nej/1.8",), figures)

    assert from_stored(json.loads(json.dumps(to_stored(refusal)))) == refusal


@pytest.mark.parametrize("fact", [1.5, object(), {1, 2}, b"raw"])
def test_a_value_that_would_not_come_back_exactly_is_refused(fact):
    with pytest.raises(FactNotStorable):
        to_stored(fact)


def test_an_unknown_tag_is_an_error():
    with pytest.raises(FactNotStorable, match=r"\$colour"):
        from_stored({"$colour": "red"})


def test_values_that_are_equal_as_numbers_keep_their_kinds():
    kinds = [Decimal(1), Fraction(1), 1, datetime(2026, 1, 1, tzinfo=UTC), date(2026, 1, 1)]

    assert [type(from_stored(to_stored(one))) for one in kinds] == [Decimal, Fraction, int, datetime, date]
