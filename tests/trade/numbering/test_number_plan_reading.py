from __future__ import annotations

from pathlib import Path

import pytest

import spojka
from spojka.kernel.refusals import Refusal
from spojka.terms.editions import read_edition
from spojka.terms.precedence import BoundTerms
from spojka.terms.sheets import TermUnusable
from spojka.trade.numbering.numbers import normalise
from spojka.trade.numbering.reading import read_number_plan

PROVIDERS = Path(spojka.__file__).parent / "providers"


def _shipped(*names):
    return [read_edition((PROVIDERS / name).read_text(encoding="utf-8"), source=name) for name in names]


@pytest.fixture(scope="module")
def plan():
    editions = _shipped(
        "nej-mobil/operating-rules/2021-08.toml",
        "nej-mobil/price-list/2026-01.toml",
        "statutes/number-plan/2020-01.toml",
    )
    return read_number_plan(BoundTerms(tuple(enumerate(editions))))


def _edition(body):
    head = 'document = "d"\nedition = "1"\neffective_from = 2026-01-01\n'
    return BoundTerms(((0, read_edition(f'{head}[clause."1"]\ncs = "a"\nen = "a"\n{body}', source="d.toml")),))


@pytest.mark.parametrize(
    ("number", "found"),
    [
        ("112", "emergency"),
        ("116 111", "harmonised_116"),
        ("116 12", "INVALID_NUMBER"),
        ("900 500 123", "premium_90x"),
        ("810 123 456", "special_81"),
        ("830 123 456", "special_83"),
        ("844 111 222", "special_84"),
        ("855 111 222", "special_855"),
        ("854 111 222", "UNKNOWN_DESTINATION"),
        ("910 123 456", "fixed_like"),
        ("972 241 111", "fixed_like"),
        ("601 234 567", "mobile"),
        ("222 111 000", "fixed"),
        ("800 123 456", "freephone"),
        ("1180", "directory"),
        ("14111", "operator_service"),
        ("+4930123456", "international.eu"),
        ("+41441234567", "international.europe"),
        ("+12025550123", "international.america"),
        ("+81312345678", "international.rest"),
    ],
)
def test_the_shipped_plan_classifies_the_numbers_that_documents_name(plan, number, found):
    one = plan.classify(normalise(number))

    assert (one.code if isinstance(one, Refusal) else one.dest_class) == found


@pytest.mark.clause("nej/2.12")
def test_the_order_of_classes_is_the_documents(plan):
    assert plan.precedence == (
        "emergency",
        "harmonised_116",
        "premium_90x",
        "special_81",
        "special_83",
        "special_84",
        "special_855",
        "fixed_like",
        "mobile",
        "fixed",
        "freephone",
    )


@pytest.mark.parametrize(("number", "crowns"), [("900050123", 5), ("905120123", 120), ("908990123", 99)])
def test_the_shipped_premium_ranges_carry_their_price(plan, number, crowns):
    assert plan.range_of(normalise(number)).price.micros(normalise(number)) == crowns * 1_000_000


def test_the_plan_rests_on_the_clauses_that_set_it(plan):
    assert "cz/number-plan/17" in plan.clauses


def test_a_range_may_have_numbers_of_several_lengths():
    plan = read_number_plan(_edition('sets.range.x = { prefixes = ["9"], digits = [5, 7], class = "c" }'))

    assert [plan.range_of(number) is not None for number in ("90123", "901234", "9012345")] == [True, False, True]


@pytest.mark.parametrize(
    "body",
    [
        'sets.range.x = { prefixes = "9", digits = 9, class = "c" }',
        'sets.range.x = { prefixes = ["9"], digits = "9", class = "c" }',
        'sets.range.x = { prefixes = ["9"], digits = 9, class = "c", price_in_number = "free" }',
    ],
)
def test_a_value_of_a_wrong_kind_is_named(body):
    with pytest.raises(TermUnusable, match=r"range\.x"):
        read_number_plan(_edition(body))
