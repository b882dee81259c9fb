"""A brand colour made readable as text on white paper."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

INK_AT_MOST: Final = 105_000
"""Brightness from 0 to 255 000, each channel weighted as the eye sees it."""

_HEX: Final = re.compile(r"#[0-9a-fA-F]{6}")


class ColorNotUnderstood(ValueError):
    """A text is no colour: `#1b4d5c` is."""


def brightness(channels: Sequence[int]) -> int:
    """How bright red, green and blue (0 to 255) look together, from 0 to 255 000."""
    red, green, blue = channels
    return 299 * red + 587 * green + 114 * blue


def channels_of(color: str) -> tuple[int, int, int]:
    """Red, green and blue of `#rrggbb`; raises `ColorNotUnderstood`."""
    if not _HEX.fullmatch(color):
        raise ColorNotUnderstood(f"{color!r} is not a colour; write it like '#1b4d5c'")
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def ink(color: str) -> str:
    """
    The colour darkened until text in it can be read on white; a dark colour stays itself.

    >>> ink("#0b3d91"), ink("#ffd400")
    ('#0b3d91', '#856e00')
    """
    channels = channels_of(color)
    while brightness(channels) > INK_AT_MOST:
        red, green, blue = (channel * 19 // 20 for channel in channels)
        channels = red, green, blue
    return "#" + "".join(f"{channel:02x}" for channel in channels)
