"""A brand colour made readable: what text is set in on white and on the colour itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

DARK: Final = "#14202b"
WHITE: Final = "#ffffff"
WHITE_ON_BELOW: Final = 150_000
INK_AT_MOST: Final = 105_000
"""Brightness from 0 to 255 000, each channel weighted as the eye sees it."""

_HEX: Final = re.compile(r"#[0-9a-fA-F]{6}")


class ColorNotUnderstood(ValueError):
    """A text is no colour: `#1b4d5c` is."""


@dataclass(frozen=True, slots=True)
class Palette:
    """
    One brand's colours.

    Args:
        fill: the colour itself.
        ink: the colour for text on white, darkened until it can be read.
        on_fill: white or near black, whichever reads better on the colour.

    """

    fill: str
    ink: str
    on_fill: str


def _brightness(channels: Sequence[int]) -> int:
    red, green, blue = channels
    return 299 * red + 587 * green + 114 * blue


def palette(color: str) -> Palette:
    """
    Fill, text on white and text on the fill for a colour `#rrggbb`.

    >>> palette("#ffd400")
    Palette(fill='#ffd400', ink='#795f00', on_fill='#14202b')
    """
    if not _HEX.fullmatch(color):
        raise ColorNotUnderstood(f"{color!r} is not a colour; write it like '#1b4d5c'")
    channels = [int(color[place : place + 2], 16) for place in (1, 3, 5)]
    on_fill = WHITE if _brightness(channels) < WHITE_ON_BELOW else DARK
    while _brightness(channels) > INK_AT_MOST:
        channels = [channel * 19 // 20 for channel in channels]
    return Palette(color, "#" + "".join(f"{channel:02x}" for channel in channels), on_fill)
