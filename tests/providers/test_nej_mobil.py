"""The MVNO pack hangs together: what one document names, another has, on every day that the price list covers."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest
from stdnum import iban
from stdnum.cz import bankaccount, dic

from spojka.kernel.money import Money
from spojka.terms.clauses import Term
from spojka.terms.editions import Edition, read_edition
from spojka.terms.precedence import BoundTerms
from spojka.terms.sheets import read_sheet
from spojka.terms.units import UnitPrice
from spojka.trade.catalogue.terms import Catalogue
from spojka.trade.publications.packs import find_pack
from spojka.trade.publications.shelf import Shelf

DAYS = [date(2021, 8, 1), date(2025, 12, 31), date(2026, 1, 1), date(2026, 11, 1)]
PRICED_ELSEWHERE = {"emergency", "harmonised_116", "premium_90x", "data_tariff"}
"""Classes of numbers that are free by the operating rules, carry their price in the number, or are not offered."""
PRICED_AS = {"fixed_like": "fixed"}
UNITS = {"voice": "min", "incoming": "min", "sms": "SMS", "mms": "MMS", "data": "MB"}


def shelf() -> Shelf:
    """Every edition of the pack."""
    pack = find_pack("nej-mobil")
    editions = [
        read_edition(file.read_text(), source=file.name, cites_as=document.cites_as)
        for document, file in pack.edition_files()
    ]
    return Shelf(pack, tuple(editions))


SHELF = shelf()


def bound(day: date) -> BoundTerms:
    """What binds a contract made on a day."""
    return SHELF.bound(day)


def prices(edition: Edition) -> list[tuple[str, UnitPrice]]:
    """Every price for a unit, by its dotted name."""
    values = [(name, str(clause.sets[name])) for name, clause in edition.sets.items()]
    return [
        (name, UnitPrice.parse(value)) for name, value in values if name.startswith(("price.", "roaming.")) and value
    ]


PRICE_LISTS = [one for one in SHELF.editions if one.document == "nej-mobil/price-list"]


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_the_catalogue_reads_the_price_list(day: date) -> None:
    catalogue = read_sheet(Catalogue, bound(day))

    assert find_pack("nej-mobil").raw["product"]["nej-mobil"]["default_tariff"] in catalogue.tariff
    assert all(code in catalogue.topup for tariff in catalogue.tariff.values() for code in tariff.topups.value)


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_a_tariff_that_slows_data_down_says_to_what_speed(day: date) -> None:
    tariffs = read_sheet(Catalogue, bound(day)).tariff

    slow = {code for code, tariff in tariffs.items() if tariff.after_exhaustion.value == "throttle"}

    assert slow == {code for code, tariff in tariffs.items() if tariff.throttle_kbps is not None}
    assert slow == {"nej-mobil-data"}


@pytest.mark.clause("nej/1.10")
@pytest.mark.parametrize("day", DAYS, ids=str)
def test_the_roaming_zone_of_the_price_list_is_the_eu_zone_of_the_rules_without_czechia(day: date) -> None:
    terms = bound(day)

    eu_zone = terms.term("eu_zone").value

    assert isinstance(eu_zone, list)
    assert len(eu_zone) == 30
    assert terms.term("zone.eu.countries").value == [country for country in eu_zone if country != "CZ"]


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_no_country_and_no_calling_code_is_in_two_zones(day: date) -> None:
    catalogue = read_sheet(Catalogue, bound(day))

    countries = [country for zone in catalogue.zone.values() for country in zone.countries.value]
    prefixes = [prefix for zone in catalogue.dial.values() for prefix in zone.prefixes.value]

    assert len(countries) == len(set(countries))
    assert len(prefixes) == len(set(prefixes))
    assert set(catalogue.zone) == set(catalogue.roaming)
    assert set(catalogue.dial) == set(catalogue.price.voice.international)


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_every_class_of_the_number_plan_has_a_price(day: date) -> None:
    terms = bound(day)
    classes = {str(terms.term(f"range.{name}.class").value) for name in terms.children("range")}

    unpriced = {one for one in classes - PRICED_ELSEWHERE if f"price.voice.{PRICED_AS.get(one, one)}" not in terms}

    assert not unpriced


@pytest.mark.clause("nej/2.10")
@pytest.mark.parametrize("edition", PRICE_LISTS, ids=lambda one: one.edition)
def test_calls_are_priced_by_the_minute_and_messages_by_the_piece(edition: Edition) -> None:
    found = prices(edition)

    wrong = []
    for name, price in found:
        words = name.split(".")
        kind = words[1] if words[0] == "price" else words[2].partition("_")[0]
        if price.unit != UNITS[kind]:
            wrong.append(name)

    assert found
    assert not wrong


@pytest.mark.parametrize("edition", PRICE_LISTS, ids=lambda one: one.edition)
def test_every_price_is_marked_as_an_example(edition: Edition) -> None:
    unmarked = [
        number
        for number, clause in edition.clauses.items()
        if "ukázkov" not in clause.cs.lower() or "example" not in clause.en.lower()
    ]

    assert edition.example
    assert not unmarked


def test_the_price_list_wins_over_the_rules_and_the_rules_over_the_general_terms() -> None:
    pack = find_pack("nej-mobil")

    kinds = ["amendment", "contract", "price_list", "operating_rules", "general_terms", "statute"]

    ranks = [pack.rank(kind) for kind in kinds]
    assert ranks == sorted(ranks)
    assert {document.kind for document in pack.documents.values()} <= set(pack.raw["precedence"])


@pytest.mark.clause("nej/1.2")
def test_a_contract_needs_general_terms_operating_rules_and_a_price_list() -> None:
    before, after = date(2021, 7, 31), date(2021, 8, 1)

    assert SHELF.missing_kinds("nej-mobil", before) == ["operating_rules", "price_list"]
    assert SHELF.missing_kinds("nej-mobil", after) == []


@pytest.mark.parametrize(
    ("day", "fee"), [(date(2025, 12, 31), "279.00 CZK"), (date(2026, 1, 1), "299.00 CZK")], ids=str
)
def test_the_new_price_list_replaces_the_old_one_on_its_day(day: date, fee: str) -> None:
    term = read_sheet(Catalogue, bound(day)).tariff["nej-mobil-plus"].monthly_fee

    assert isinstance(term, Term)
    assert term.value == Money.parse(fee)


def test_the_example_bank_account_and_the_company_numbers_hold_their_checksums() -> None:
    provider = tomllib.loads((Path(find_pack("nej-mobil").folder) / "pack.toml").read_text())["provider"]

    assert iban.is_valid(provider["bank_account"]["iban"])
    assert bankaccount.is_valid(provider["bank_account"]["account"])
    assert dic.is_valid(provider["company_id"])
    assert provider["bank_account"]["example"]
    assert provider["vat"]["example"]
