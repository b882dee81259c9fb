"""Refusal codes are written one way."""

from __future__ import annotations

import pytest

from spojka.kernel.refusals import Refusal


@pytest.mark.parametrize("code", ["TARIFF_CHANGE_TOO_SOON", "A1"])
def test_a_code_is_upper_snake(code):
    assert Refusal(code).code == code


@pytest.mark.parametrize("code", ["", "too_soon", "TOO SOON", "1ST", "Too_Soon"])
def test_a_code_in_another_shape_is_refused(code):
    with pytest.raises(ValueError, match="not UPPER_SNAKE"):
        Refusal(code)
