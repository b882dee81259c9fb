"""Which network a recipient was in when a receipt was made, where the centre says it (SMPP 5.0, source_network_id)."""

from __future__ import annotations

from typing import Final

from spojka.network.messaging.smpp.pdus import DataSm, DeliverSm
from spojka.network.messaging.smpp.tlvs import first_text

SOURCE_NETWORK_ID: Final = 0x060D
"""In a receipt the source is the recipient; centres that speak 3.4 send the parameter too."""
HOME_PREFIX: Final = "+420"
HOME_MCC: Final = "230"
"""How Czech numbers begin, and the country code of Czech networks (ITU-T E.164, E.212)."""


def visited_network(pdu: DeliverSm | DataSm) -> str:
    """The network that a receipt names, by its country's and its own code (MCC and MNC); `""` where it names none."""
    said = first_text(pdu.tlvs, SOURCE_NETWORK_ID) if pdu.tlvs else None
    digits = (said or "").replace("-", "").strip()
    return digits if digits.isascii() and digits.isdigit() and len(digits) in {5, 6} else ""


def is_roaming(recipient: str, network: str) -> bool:
    """
    Whether a recipient was abroad: a Czech number in a network of another country (o2/4.4).

    >>> [is_roaming("+420602000001", one) for one in ("26201", "23002", "")], is_roaming("+491510000001", "26201")
    ([True, False, False], False)
    """
    return bool(network) and recipient.startswith(HOME_PREFIX) and not network.startswith(HOME_MCC)
