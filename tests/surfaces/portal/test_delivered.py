"""The application's page says how much arrived and where nobody guarantees it."""

from __future__ import annotations

import pytest


@pytest.mark.clause("o2/4.4")
@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("cs", "Doručení do jiných sítí není zaručeno: jiná česká síť, zahraničí."),
        ("en", "Delivery to other networks is not guaranteed: other Czech network, abroad."),
    ],
)
def test_the_page_says_where_delivery_is_not_guaranteed(visit, connector, language, said):
    visitor = visit("jana", of=connector, language=language)
    visitor.client.cookies["spojka_language"] = language

    text = visitor.get(f"/portal/messaging/{connector.plus}").content.decode()

    assert said in " ".join(text.split()).replace(" ,", ",")
