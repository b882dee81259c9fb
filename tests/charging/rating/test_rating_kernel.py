"""The kernel decides as the rule does, on every output and every figure of state."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spojka.charging.rating import kernel, terms
from spojka.charging.rating.rules import MarkCode

from .worlds import by_kernel, by_rule, make_world

SOAK = os.environ.get("SPOJKA_SOAK") == "1"


@pytest.mark.parametrize("seed", range(2000 if SOAK else 40))
def test_kernel_and_rule_agree_on_a_world(seed):
    world = make_world(Random(seed), 2000 if SOAK else 1000)

    expected_ratings, expected_accounts = by_rule(world)
    ratings, accounts = by_kernel(world)

    for number, (expected, rating) in enumerate(zip(expected_ratings, ratings, strict=True)):
        assert rating == expected, (number, world.events[number])
    assert accounts == expected_accounts


@settings(max_examples=1000 if SOAK else 15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False), st.integers(0, 30))
def test_kernel_and_rule_agree_on_a_small_world(random, events):
    world = make_world(random, events)

    assert by_kernel(world) == by_rule(world)


@pytest.mark.parametrize("parts", [2, 7, 300])
def test_a_stream_in_parts_is_rated_as_the_whole(parts):
    world = make_world(Random(11), 300)

    whole, in_parts = by_kernel(world), by_kernel(world, parts=parts)

    assert in_parts == whole


def test_worlds_meet_every_kind_of_mark_and_outcome():
    met = Counter()
    for seed in range(10):
        ratings, _ = by_rule(make_world(Random(seed), 1000))
        for rating in ratings:
            met.update(mark.code for mark in rating.marks)
            met.update((mark.code, mark.a) for mark in rating.marks if mark.code == MarkCode.UNRATED)
            met["several pools"] += sum(units > 0 for units in rating.taken) > 1
            met["pool and money"] += any(rating.taken) and rating.charge_micros > 0
            met["unbilled"] += rating.unbilled > 0
            assert rating.unbilled >= 0

    wanted = {*MarkCode, "several pools", "pool and money", "unbilled"}
    wanted |= {(MarkCode.UNRATED, reason) for reason in terms.Unrated if reason is not terms.Unrated.METER}
    assert {what for what in wanted if met[what] < 10} == set()


def test_the_kernel_as_plain_python_decides_the_same():
    program = (
        "import warnings; warnings.simplefilter('error')\n"
        "from random import Random\n"
        "from tests.charging.rating.worlds import by_kernel, by_rule, make_world\n"
        "from spojka.charging.rating import kernel\n"
        "assert not hasattr(kernel.walk, 'py_func')\n"
        "for seed in range(3):\n"
        "    world = make_world(Random(seed), 200)\n"
        "    assert by_kernel(world) == by_rule(world)\n"
        "print('agreed')\n"
    )

    ran = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert (ran.stdout, ran.stderr) == ("agreed\n", "")


def test_the_walk_itself_can_be_called_uncompiled():
    world = make_world(Random(5), 100)
    compiled = by_kernel(world)

    walk, kernel.walk = kernel.walk, kernel.walk.py_func
    try:
        plain = by_kernel(world)
    finally:
        kernel.walk = walk

    assert plain == compiled


@pytest.mark.parametrize(
    ("literal", "name"),
    [
        (kernel.UNLIMITED, terms.UNLIMITED),
        (kernel.MOST_GRANTED, terms.MOST_GRANTED),
        (kernel.MOST_METER, terms.MOST_METER),
        (kernel.AFTER_PRICE, terms.After.PRICE),
        (kernel.AFTER_THROTTLE, terms.After.THROTTLE),
        (kernel.CONTROLS, min(terms.Control)),
        (kernel.GRANT, terms.Control.GRANT),
        (kernel.EXPIRE, terms.Control.EXPIRE),
        (kernel.CAP, terms.Control.CAP),
        (kernel.LIMIT_ON, terms.Control.LIMIT_ON),
        (kernel.LIMIT_OFF, terms.Control.LIMIT_OFF),
        (kernel.THRESHOLD_MARK, terms.MarkCode.VOLUME_THRESHOLD),
        (kernel.EXHAUSTED_MARK, terms.MarkCode.VOLUME_EXHAUSTED),
        (kernel.LIMIT_MARK, terms.MarkCode.LIMIT_REACHED),
        (kernel.COUNTER_MARK, terms.MarkCode.COUNTER_CROSSED),
        (kernel.UNRATED_MARK, terms.MarkCode.UNRATED),
        (kernel.REFUSED_MARK, terms.MarkCode.CONTROL_REFUSED),
        (kernel.NO_SERVICE, terms.Unrated.SERVICE),
        (kernel.NO_TARIFF, terms.Unrated.TARIFF),
        (kernel.NO_ROW, terms.Unrated.ROW),
        (kernel.BAD_QUANTITY, terms.Unrated.QUANTITY),
        (kernel.FULL_METER, terms.Unrated.METER),
    ],
)
def test_the_kernels_literal_codes_are_those_of_the_terms(literal, name):
    assert literal == name
