"""What a line of usage is called: one line for each kind, zone and class."""

from __future__ import annotations

from typing import Final

from spojka.charging.rating.rows import PREMIUM
from spojka.charging.usage.classes import HOME_ZONE

_KINDS: Final = {
    "voice": ("Hovory", "Calls"),
    "video": ("Videohovory", "Video calls"),
    "sms": ("SMS", "SMS"),
    "mms": ("MMS", "MMS"),
    "data": ("Data", "Data"),
}
_CLASSES: Final = {
    "own_network": ("do vlastní sítě", "to the own network"),
    "mobile": ("do mobilních sítí", "to mobile networks"),
    "fixed": ("do pevných sítí", "to fixed networks"),
    "fixed_like": ("na čísla 91, 95 a 97x", "to numbers 91, 95 and 97x"),
    "freephone": ("na bezplatné linky", "to freephone numbers"),
    "special_81": ("na čísla 81x", "to 81x numbers"),
    "special_83": ("na čísla 83x", "to 83x numbers"),
    "special_84": ("na čísla 84x", "to 84x numbers"),
    "special_855": ("na čísla 855", "to 855 numbers"),
    "directory": ("na informační linky", "to directory enquiries"),
    "operator_service": ("na služby operátora", "to operator services"),
    "emergency": ("na tísňová čísla", "to emergency numbers"),
    "harmonised_116": ("na linky pomoci 116", "to 116 helplines"),
    "international.eu": ("do zemí EU", "to EU countries"),
    "international.europe": ("do ostatní Evropy", "to the rest of Europe"),
    "international.america": ("do Severní Ameriky", "to North America"),
    "international.rest": ("do ostatního světa", "to the rest of the world"),
    "incoming": ("příchozí", "incoming"),
    "data": ("", ""),
    "specialised": ("televize a IP telefonie", "television and IP telephony"),
}
_ZONES: Final = {
    "eu": ("v roamingu v EU", "in EU roaming"),
    "world1": ("v roamingu, zóna 1", "in roaming, zone 1"),
    "world2": ("v roamingu, zóna 2", "in roaming, zone 2"),
}
UNITS: Final = {"voice": "s", "video": "s", "sms": "SMS", "mms": "MMS", "data": "B"}
"""The unit a kind is counted in, as charges name it."""

ABOVE_PART: Final = "above_part"
"""Line of units that lost their cover because a tariff's use ended early (nej/2.13)."""


def line_key(kind: str, zone: str, dest_class: str) -> str:
    """The stable key of a line: `voice.home.mobile`; numbers with a price in them share one line."""
    return f"{kind}.{zone}.{PREMIUM if dest_class.startswith(PREMIUM) else dest_class}"


def class_words(dest_class: str) -> tuple[str, str]:
    """A class of destination in Czech and English, as it follows the kind."""
    if dest_class.startswith(PREMIUM):
        return "na čísla 90x", "to 90x numbers"
    return _CLASSES.get(dest_class, (dest_class, dest_class))


def zone_words(zone: str) -> tuple[str, str]:
    """A roaming zone in Czech and English; nothing at home."""
    return ("", "") if zone == HOME_ZONE else _ZONES.get(zone, (f"v roamingu, {zone}", f"in roaming, {zone}"))


def line_words(line: str) -> dict[str, str]:
    """A line in both languages: `Hovory do mobilních sítí`."""
    if line.startswith(ABOVE_PART):
        kind = _KINDS[line.partition(".")[2]]
        return {
            "cs": f"{kind[0]}: jednotky nad poměrnou část",
            "en": f"{kind[1]}: units above the proportional part",
        }
    kind_name, zone, dest = line.split(".", 2)
    spoken = zip(_KINDS[kind_name], class_words(dest), zone_words(zone), strict=True)
    cs, en = (" ".join(word for word in words if word) for words in spoken)
    return {"cs": cs, "en": en}


def line_group(line: str) -> str:
    """The invoice group of a line: what was used abroad stands apart."""
    zone = line.split(".", 2)[1] if not line.startswith(ABOVE_PART) else HOME_ZONE
    return "usage" if zone == HOME_ZONE else "roaming"


def unit_of(line: str) -> str:
    """The unit a line is counted in."""
    return UNITS[line.removeprefix(f"{ABOVE_PART}.").partition(".")[0]]
