"""Signing finds a card and a number of the stock; what needs more has an order of its own."""

from __future__ import annotations

import pytest

from spojka.trade.contracts.rules import refuse_resources


@pytest.mark.parametrize("resources", [["sim", "msisdn"], ["msisdn"], []])
def test_cards_and_numbers_of_the_stock_are_no_hindrance(resources):
    assert refuse_resources(product="nej-mobil", facts={"resources": resources}) is None


def test_anything_else_is_named_in_the_refusal():
    refusal = refuse_resources(product="SMSC", facts={"resources": ["app_number", "msisdn"]})

    assert refusal is not None
    assert (refusal.code, refusal.figures["resources"]) == ("ORDERED_OTHERWISE", "app_number")
