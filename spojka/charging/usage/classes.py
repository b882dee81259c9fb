"""Words of a usage record and their stable numbers: kinds, directions, ways of access, names of classes and zones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import Final

import polars as pl


class UsageKind(IntEnum):
    """What was used; the numbers are those of the rating kernel's `kind` column."""

    VOICE = 0
    VIDEO = 1
    SMS = 2
    MMS = 3
    DATA = 4
    PAYMENT = 5


class Direction(IntEnum):
    """Who started it: the service (`mo`), another party (`mt`), or a forwarding of an incoming call (`forwarded`)."""

    MO = 0
    MT = 1
    FORWARDED = 2


class Access(IntEnum):
    """What carried it; calls over Wi-Fi cost what cellular calls cost (nej/2.3)."""

    CELLULAR = 0
    VOWIFI = 1


KINDS: Final = tuple(kind.name.lower() for kind in UsageKind)
"""Kinds as records write them, in the order of their numbers."""

DIRECTIONS: Final = tuple(direction.name.lower() for direction in Direction)
"""Directions as records write them, in the order of their numbers."""

ACCESSES: Final = tuple(access.name.lower() for access in Access)
"""Ways of access as records write them, in the order of their numbers."""

KIND_TYPE: Final = pl.Enum(KINDS)
DIRECTION_TYPE: Final = pl.Enum(DIRECTIONS)
ACCESS_TYPE: Final = pl.Enum(ACCESSES)

CALL_KINDS: Final = ("voice", "video")
"""Kinds measured in seconds from answer to end."""

MESSAGE_KINDS: Final = ("sms", "mms")
"""Kinds counted in pieces."""

INCOMING: Final = "incoming"
"""Destination class of whatever another party started: the calling number decides nothing."""

DATA: Final = "data"
"""Destination class of data sessions: they have no called number."""

HOME_COUNTRY: Final = "CZ"
"""ISO code of the country in which use is not roaming."""

HOME_ZONE: Final = "home"
"""Zone of use in the home country."""

ANY_COUNTRY: Final = "*"
"""In a zone's countries: all that no other zone names."""


@dataclass(frozen=True)
class Zones:
    """
    Roaming zones of visited countries (nej/1.10, eu_zone; the price list's `zone.<name>.countries`).

    Args:
        countries: ISO codes by zone name; `*` stands for all other countries. The home country needs no zone.

    """

    countries: Mapping[str, Sequence[str]]

    @cached_property
    def by_country(self) -> dict[str, str]:
        """The zone of every country that is named, home included."""
        named = {country: zone for zone, names in self.countries.items() for country in names}
        return {**named, HOME_COUNTRY: HOME_ZONE}

    @property
    def rest(self) -> str | None:
        """The zone of countries that no zone names; `None` when there is none."""
        return self.by_country.get(ANY_COUNTRY)

    def zone_of(self, country: str) -> str | None:
        """The zone of a visited country, `None` when no zone takes it."""
        return self.by_country.get(country, self.rest)
