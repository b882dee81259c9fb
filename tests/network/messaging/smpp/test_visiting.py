"""A receipt may say that its recipient was abroad (o2/4.4)."""

from __future__ import annotations

import pytest

from spojka.network.messaging.sending.matching import detail_of
from spojka.network.messaging.smpp.pdus import DeliverSm
from spojka.network.messaging.smpp.receipts import ESM_RECEIPT, MessageState, read_receipt, receipt_tlvs
from spojka.network.messaging.smpp.visiting import SOURCE_NETWORK_ID, visited_network

CZECH, GERMAN = "+420602000001", "+491510000001"


def receipt(network: bytes | None, *, state=MessageState.UNDELIVERABLE) -> DeliverSm:
    said = receipt_tlvs(message_id="7", state=state)
    return DeliverSm(esm_class=ESM_RECEIPT, tlvs=said if network is None else (*said, (SOURCE_NETWORK_ID, network)))


@pytest.mark.clause("o2/4.4")
@pytest.mark.parametrize(
    ("network", "recipient", "kept"),
    [
        (b"26201\0", CZECH, {"network": "26201", "roaming": True}),
        (b"262-01", CZECH, {"network": "26201", "roaming": True}),
        (b"23002\0", CZECH, {"network": "23002", "roaming": False}),
        (b"26201\0", GERMAN, {"network": "26201", "roaming": False}),
        (b"T-Mobile\0", CZECH, {}),
        (b"2620", CZECH, {}),
        (None, CZECH, {}),
    ],
)
def test_a_receipt_that_names_the_network_tells_whether_its_recipient_roams(network, recipient, kept):
    pdu = receipt(network)

    said = read_receipt(pdu)

    assert said is not None
    found = detail_of(said, recipient=recipient, network=visited_network(pdu))
    assert found == {"state": "UNDELIVERABLE", **kept}
