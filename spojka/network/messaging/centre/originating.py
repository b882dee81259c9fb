"""What mobiles write: a text as the deliver_sm that a centre makes of it, in parts when it is long (3GPP TS 23.040)."""

from __future__ import annotations

from typing import Final

from spojka.network.messaging.smpp.pdus import DeliverSm
from spojka.network.messaging.smpp.receipts import ESM_UDHI

_SAME: Final = frozenset(" !\"#%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz\n\r")
"""Characters with one code in ASCII and in the default alphabet; any other text goes as UCS-2."""
UCS2: Final = 8
_WHOLE: Final = {0: 160, UCS2: 140}
_PART: Final = {0: 153, UCS2: 134}


def written(*, mobile: str, to: str, text: str, reference: int) -> list[DeliverSm]:
    """
    The deliver_sm of a text from a mobile (digits, `+` allowed) to a short number; `reference` joins the parts.

    >>> [one.short_message for one in written(mobile="+420601000001", to="999111", text="ANO", reference=1)]
    [b'ANO']
    >>> len(written(mobile="+420601000001", to="999111", text="ř" * 71, reference=1))
    2
    """
    coding = 0 if _SAME.issuperset(text) else UCS2
    octets = text.encode("ascii" if coding == 0 else "utf-16-be")
    if len(octets) <= _WHOLE[coding]:
        return [_delivered(mobile, to, octets, coding, 0)]
    parts = _cut(octets, _PART[coding], coding)
    head = bytes((5, 0, 3, reference & 0xFF, len(parts)))
    return [
        _delivered(mobile, to, head + bytes((place,)) + part, coding, ESM_UDHI)
        for place, part in enumerate(parts, start=1)
    ]


def _cut(octets: bytes, most: int, coding: int) -> list[bytes]:
    """Parts of at most so many octets; a pair of surrogates stays together."""
    parts, at = [], 0
    while at < len(octets):
        end = at + most
        if coding == UCS2 and end < len(octets) and 0xDC <= octets[end] <= 0xDF:
            end -= 2
        parts.append(octets[at:end])
        at = end
    return parts


def _delivered(mobile: str, to: str, octets: bytes, coding: int, esm_class: int) -> DeliverSm:
    return DeliverSm(
        source_addr_ton=1,
        source_addr_npi=1,
        source_addr=mobile.removeprefix("+"),
        dest_addr_ton=3,
        dest_addr_npi=0,
        destination_addr=to.removeprefix("+"),
        esm_class=esm_class,
        data_coding=coding,
        short_message=octets,
    )
