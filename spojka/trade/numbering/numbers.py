"""
One written form for every number: E.164 text for subscribers, bare digits for short codes, stars kept for lines.

    normalise("00420 601 234 567")  # "+420601234567"
    normalise("112")                # "112"
"""

from __future__ import annotations

import re
from typing import Final

import polars as pl

HOME_CODE: Final = "420"
"""Calling code of Czechia (nej/2.2, domestic_country_code)."""

HOME_DIGITS: Final = 9
"""A Czech subscriber number has nine digits (number plan, decree 117/2007)."""

_SEPARATORS: Final = r"[ \x{a0}./()-]"
_SUBSCRIBER: Final = r"[1-9][0-9]{8}"
_SHORT: Final = r"[1-9][0-9]{1,7}"
_STAR: Final = r"[*#][0-9*#]{1,15}"
_ABROAD: Final = r"\+[1-9][0-9]{6,14}"
_BARE_HOME: Final = rf"{HOME_CODE}{_SUBSCRIBER}"

_separators = re.compile(_SEPARATORS.replace(r"\x{a0}", "\N{NO-BREAK SPACE}"))
_subscriber, _short, _star, _abroad, _bare_home = map(re.compile, (_SUBSCRIBER, _SHORT, _STAR, _ABROAD, _BARE_HOME))


def normalise(text: str) -> str | None:
    """
    A number as it is kept, or `None` when it is no number (nej/2.12: normalised before matching).

    Understood are `+420…`, `00420…`, `420` and nine digits, nine digits, international `+…` or `00…`, short codes of
    two to eight digits (also behind `+420`) and lines like `*30`. Spaces, dots, dashes, slashes, brackets are left out.

    >>> normalise("+420 601 234 567"), normalise("601234567"), normalise("00 49 30 123456"), normalise("116 111")
    ('+420601234567', '+420601234567', '+4930123456', '116111')
    """
    bare = _separators.sub("", text)
    if _star.fullmatch(bare):
        return bare
    if bare.startswith("00"):
        bare = f"+{bare[2:]}"
    if bare.startswith("+") and not bare.startswith(f"+{HOME_CODE}"):
        return bare if _abroad.fullmatch(bare) else None
    if bare.startswith("+"):
        bare = bare[len(HOME_CODE) + 1 :]
    elif _bare_home.fullmatch(bare):
        bare = bare[len(HOME_CODE) :]
    if _subscriber.fullmatch(bare):
        return f"+{HOME_CODE}{bare}"
    return bare if _short.fullmatch(bare) else None


def normalised(column: pl.Expr) -> pl.Expr:
    """`normalise` for a column of texts: null where there is no number."""
    plain = column.str.replace_all(_SEPARATORS, "")
    dialled = pl.when(plain.str.starts_with("00")).then("+" + plain.str.slice(2)).otherwise(plain)
    abroad = dialled.str.starts_with("+") & ~dialled.str.starts_with(f"+{HOME_CODE}")
    national = (
        pl.when(dialled.str.starts_with("+"))
        .then(dialled.str.slice(len(HOME_CODE) + 1))
        .when(dialled.str.contains(f"^{_BARE_HOME}$"))
        .then(dialled.str.slice(len(HOME_CODE)))
        .otherwise(dialled)
    )
    return (
        pl.when(plain.str.contains(f"^{_STAR}$"))
        .then(plain)
        .when(abroad)
        .then(pl.when(dialled.str.contains(f"^{_ABROAD}$")).then(dialled))
        .when(national.str.contains(f"^{_SUBSCRIBER}$"))
        .then(pl.lit(f"+{HOME_CODE}") + national)
        .when(national.str.contains(f"^{_SHORT}$"))
        .then(national)
    )


def is_home(number: str) -> bool:
    """Whether a normalised number belongs to the Czech plan: a Czech subscriber, a short code or a star line."""
    return not number.startswith("+") or number.startswith(f"+{HOME_CODE}")


def national_part(number: str) -> str:
    """A normalised Czech number without its country code; a short code is its own national part."""
    return number.removeprefix(f"+{HOME_CODE}")
