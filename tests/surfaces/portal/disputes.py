"""What tests of disputes and of switching on begin with: messages around a request, an application that waits."""

from __future__ import annotations

from datetime import datetime, timedelta

from spojka.access.database.connections import transaction
from spojka.access.operations.context import OPERATOR, Context
from spojka.kernel.ids import ServiceId, uuid7, uuid7_at
from spojka.network.messaging.certificates.generating import Holder, certificate_pem, new_key, self_signed
from spojka.network.messaging.messages.store import add_messages
from tests.network.messaging.messages.test_store import message
from tests.surfaces.portal.subscribers import DAY, KLARA, Subscribers
from tests.surfaces.shop import TODAY

SECOND = timedelta(seconds=1)
REQUESTED = TODAY - 2 * DAY
BORDERS = (REQUESTED - SECOND, REQUESTED, REQUESTED + DAY - SECOND, REQUESTED + DAY)
JANA = {"name": "Jana Nováková", "phone": "+420602000009"}


def _issued(at: datetime, days: int) -> str:
    """A certificate of the bakery's in PEM, made at an instant by our tool."""
    holder = Holder("sklad", "Pekárna U Kostela s.r.o.", "")
    return certificate_pem(self_signed(new_key("ec"), holder, now=at, days=days))


def add_disputed(connector: Subscribers) -> str:
    """A certificate whose end the contact person asked for, with a message at each side of each border."""
    given = {"application": connector.plus, "certificate": _issued(REQUESTED - DAY, 400)}
    made = connector.do("certificates.register_generated", at=REQUESTED - DAY, **given).fingerprint
    connector.do("certificates.report", at=REQUESTED, fingerprint=made, reason="ztráta", asked_by=JANA)
    facts = {"application": connector.plus, "certificate": bytes.fromhex(made), "recipient": KLARA}
    sent = [message(id=uuid7_at(at), accepted_at=at, reference=f"=r{at:%d}", **facts) for at in BORDERS]
    with transaction(connector.tenant) as db:
        add_messages(Context(db, connector.tenant, OPERATOR, TODAY, uuid7(), None), sent)
    return made


def ordered(connector: Subscribers, *, at: datetime = TODAY, days: int = 400, **contact: dict[str, str]) -> ServiceId:
    """An application of the bakery's that waits, with a certificate and, if one is given, a contact person."""
    given = {"party": connector.bakery, "product": "SMSC_PLUS", "name": "Nová", **contact}
    made = connector.do("connector.order", at=at, **given).application.id
    connector.do("certificates.register_generated", at=at, application=made, certificate=_issued(at, days))
    return ServiceId(made)
