"""Pools of numbers: which comes next, which MSISDN goes with it, and what is no number of a pool."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from spojka.terms.editions import read_edition
from spojka.trade.numbering.pools.reading import PoolMissing, pool_for, pools_on
from spojka.trade.numbering.pools.rules import Block, NumberPool, lowest_free, paired_msisdn, rests_until, written
from spojka.trade.numbering.pools.terms import NumberPoolTerms
from spojka.trade.publications.packs import find_pack
from spojka.trade.publications.shelf import Shelf

DAY = date(2025, 5, 12)


def shelf_of_pack(code: str) -> Shelf:
    """Every edition of a reference pack."""
    pack = find_pack(code)
    files = pack.edition_files()
    return Shelf(pack, tuple(read_edition(f.read_text(), source=f.name, cites_as=d.cites_as) for d, f in files))


SHELF = shelf_of_pack("o2-connector")
POOLS = pools_on(SHELF, DAY)
CODES = [
    pytest.param("SMSC_MMSC_APP", 2000, marks=pytest.mark.clause("o2/3.1-a")),
    pytest.param("PLUS_EXTRA_APP", 200, marks=pytest.mark.clause("o2/3.1-b")),
    pytest.param("SMSC_MMSC_MSISDN", 2000, marks=pytest.mark.clause("o2/3.1-c")),
    pytest.param("PLUS_EXTRA_MSISDN", 200, marks=pytest.mark.clause("o2/3.1-d")),
]


@pytest.mark.parametrize(("code", "size"), CODES)
def test_the_packs_blocks_are_exactly_the_numbers_that_the_clause_describes(code: str, size: int) -> None:
    pool = POOLS[code]

    numbers = list(pool)

    assert len(pool) == len(set(numbers)) == size == pool.terms.size.value
    assert all(written(pool, number, product="SMSC") == number for number in numbers)


def test_no_number_is_in_two_pools() -> None:
    numbers = [number for pool in POOLS.values() for number in pool]

    assert len(numbers) == len(set(numbers)) == 4400


def code_of(pool: NumberPool, text: str) -> str:
    """The number as kept, or the refusal's code."""
    found = written(pool, text, product="SMSC_PLUS")
    return found if isinstance(found, str) else found.code


@pytest.mark.parametrize(
    ("pool", "text", "kept"),
    [
        pytest.param("SMSC_MMSC_APP", "1991000", "1991000", marks=pytest.mark.clause("o2/3.1-a")),
        ("SMSC_MMSC_APP", "1990999", "NUMBER_FORMAT_INVALID"),
        ("SMSC_MMSC_APP", "1992999", "1992999"),
        pytest.param("SMSC_MMSC_APP", "1993001", "NUMBER_FORMAT_INVALID", marks=pytest.mark.clause("o2/3.1-a")),
        ("SMSC_MMSC_APP", "199 1 042", "1991042"),
        ("SMSC_MMSC_APP", "199104x", "NUMBER_FORMAT_INVALID"),
        pytest.param("PLUS_EXTRA_APP", "999017", "999017", marks=pytest.mark.clause("o2/3.1-b")),
        ("PLUS_EXTRA_APP", "9996217", "9996217"),
        pytest.param("PLUS_EXTRA_APP", "9990170", "NUMBER_FORMAT_INVALID", marks=pytest.mark.clause("o2/3.1-b")),
        ("PLUS_EXTRA_APP", "999621", "NUMBER_FORMAT_INVALID"),
        ("PLUS_EXTRA_APP", "1991000", "NUMBER_FORMAT_INVALID"),
        pytest.param("SMSC_MMSC_MSISDN", "+420720001999", "+420720001999", marks=pytest.mark.clause("o2/3.1-c")),
        ("SMSC_MMSC_MSISDN", "+420720002000", "+420720002000"),
        ("SMSC_MMSC_MSISDN", "+420720003000", "NUMBER_FORMAT_INVALID"),
        ("SMSC_MMSC_MSISDN", "+420720000999", "NUMBER_FORMAT_INVALID"),
        pytest.param("SMSC_MMSC_MSISDN", "720002345", "+420720002345", marks=pytest.mark.clause("o2/3.1-c")),
        pytest.param("PLUS_EXTRA_MSISDN", "720013042", "+420720013042", marks=pytest.mark.clause("o2/3.1-d")),
        ("PLUS_EXTRA_MSISDN", "+420606999099", "+420606999099"),
        pytest.param(
            "PLUS_EXTRA_MSISDN", "+420606999100", "NUMBER_FORMAT_INVALID", marks=pytest.mark.clause("o2/3.1-d")
        ),
        ("PLUS_EXTRA_MSISDN", "+420720013100", "NUMBER_FORMAT_INVALID"),
    ],
)
def test_a_number_given_by_hand_is_kept_in_one_form_or_is_none_of_the_pool(pool: str, text: str, kept: str) -> None:
    assert code_of(POOLS[pool], text) == kept


def test_the_refusal_of_a_number_names_the_clause_and_the_form_that_is_expected() -> None:
    refused = written(POOLS["SMSC_MMSC_APP"], "1993001", product="MMSC")

    assert not isinstance(refused, str)
    assert refused.clauses == ("o2/3.1-a",)
    assert refused.figures == {"number": "1993001", "product": "MMSC", "pattern": "^199[12][0-9]{3}$"}


@pytest.mark.clause("o2/3.1-b")
def test_the_six_digit_block_goes_out_before_the_seven_digit_one() -> None:
    pool = POOLS["PLUS_EXTRA_APP"]
    first_block = {f"9990{tail:02}" for tail in range(100)}

    assert lowest_free(pool, ()) == "999000"
    assert lowest_free(pool, first_block - {"999099"}) == "999099"
    assert lowest_free(pool, first_block) == "9996200"
    assert lowest_free(pool, set(pool)) is None


@pytest.mark.parametrize(
    ("pool", "number", "msisdn"),
    [
        ("SMSC_MMSC_APP", "1991000", "+420720001000"),
        ("SMSC_MMSC_APP", "1991999", "+420720001999"),
        ("SMSC_MMSC_APP", "1992000", "+420720002000"),
        ("PLUS_EXTRA_APP", "999042", "+420606999042"),
        ("PLUS_EXTRA_APP", "9996299", "+420720013099"),
        ("SMSC_MMSC_MSISDN", "+420720001000", None),
    ],
)
def test_an_application_number_and_its_msisdn_share_their_tail(pool: str, number: str, msisdn: str | None) -> None:
    assert paired_msisdn(POOLS[pool], number) == msisdn


def test_the_paired_numbers_are_numbers_of_the_msisdn_pool_of_the_same_products() -> None:
    for product in ("SMSC", "SMSC_PLUS", "SMSC_EXTRA", "MMSC"):
        short, full = (pool_for(POOLS, product=product, kind=kind) for kind in ("app_number", "msisdn"))

        assert [paired_msisdn(short, number) for number in short] == list(full)


def test_a_product_without_a_pool_is_said_so() -> None:
    with pytest.raises(PoolMissing, match="no pool gives DATA a number of the kind msisdn"):
        pool_for(POOLS, product="DATA", kind="msisdn")


def test_a_pack_without_pools_has_none() -> None:
    assert pools_on(shelf_of_pack("nej-mobil"), DAY) == {}


@pytest.mark.clause("o2/3.1-a")
def test_a_released_number_rests_for_thirty_days() -> None:
    days = SHELF.sheet(NumberPoolTerms, DAY).default_number_quarantine_days

    found = rests_until(released_on=date(2025, 3, 20), days=days)

    assert found.value == datetime(2025, 4, 18, 22, tzinfo=UTC)
    assert found.clauses == ("o2/3.1-a",)


@pytest.mark.parametrize(("first", "last"), [("1000", "999"), ("100", "1000"), ("200", "100")])
def test_a_block_is_a_run_of_numbers_of_one_length(first: str, last: str) -> None:
    with pytest.raises(ValueError, match="no run of numbers of one length"):
        Block(first, last)


def test_leading_noughts_stay() -> None:
    assert list(Block("0098", "0101")) == ["0098", "0099", "0100", "0101"]
