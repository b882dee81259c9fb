"""Whole columns of uses are barred by the same decisions as single ones."""

from __future__ import annotations

from itertools import product

import polars as pl

from spojka.trade.services.frames import feature_needed
from spojka.trade.services.rules import Attempt
from tests.trade.services.test_service_rules import code

CLASSES = ("mobile", "own_network", "premium_90x", "international.eu", "international.rest", "emergency", "fixed")


def test_a_column_needs_the_features_that_single_uses_are_refused_without():
    uses = list(product(("voice", "video", "sms", "mms"), CLASSES, ("CZ", "DE")))
    frame = pl.DataFrame(uses, schema=["kind", "dest_class", "visited"], orient="row")

    needed = frame.select(feature_needed().alias("feature"))["feature"].to_list()

    for feature, (kind, dest_class, visited) in zip(needed, uses, strict=True):
        attempt = Attempt(kind, dest_class, visited, in_eu=visited != "CZ")
        assert (code(attempt, roaming=True) is None) == (feature is None), attempt
        assert code(attempt, roaming=True, on=[feature, kind]) is None, attempt
