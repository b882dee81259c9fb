from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spojka.trade.numbering.numbers import is_home, national_part, normalise, normalised

ODD = ["", "+", "00", "*", "+420", "00420112", "+420112", "1", "12345678", "123456789", "0601234567", "420601234567"]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("+420601234567", "+420601234567"),
        ("00420601234567", "+420601234567"),
        ("420601234567", "+420601234567"),
        ("601234567", "+420601234567"),
        ("601 234 567", "+420601234567"),
        ("(601) 234-567", "+420601234567"),
        ("601\u00a0234\u00a0567", "+420601234567"),
        ("112", "112"),
        ("+420112", "112"),
        ("00420 116 111", "116111"),
        ("*30", "*30"),
        ("+4930123456", "+4930123456"),
        ("004930123456", "+4930123456"),
        ("+123456789012345", "+123456789012345"),
    ],
)
@pytest.mark.clause("nej/2.12")
def test_a_number_is_kept_in_one_form_however_it_is_written(written, kept):
    assert normalise(written) == kept


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "0601234567",
        "1",
        "6012345678",
        "+1234567890123456",
        "+12345",
        "+4206012345678",
        "60123456a",
        "601234567\n",
    ],
)
def test_what_is_no_number_is_none(text):
    assert normalise(text) is None


def test_digits_of_other_scripts_are_no_number():
    assert normalise("٦٠١٢٣٤٥٦٧") is None


@given(
    st.one_of(
        st.text(alphabet="0123456789+*# -.", max_size=18),
        st.sampled_from(ODD),
        st.from_regex(r"\A(\+|00)?[0-9]{2,13}\Z"),
    )
)
def test_a_column_is_normalised_like_single_numbers(text):
    column = pl.DataFrame({"text": [text]}).select(normalised(pl.col("text")).alias("number"))["number"]

    assert column.to_list() == [normalise(text)]


@pytest.mark.parametrize(
    ("number", "home", "national"),
    [("+420601234567", True, "601234567"), ("112", True, "112"), ("*30", True, "*30"), ("+4930123456", False, None)],
)
def test_home_numbers_have_a_national_part(number, home, national):
    assert is_home(number) is home
    if home:
        assert national_part(number) == national
