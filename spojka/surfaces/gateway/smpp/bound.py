"""A program that is bound: its session, its account, and the certificate that everything it does is attributed to."""

from __future__ import annotations

from dataclasses import dataclass

from spojka.kernel.refusals import Refusal
from spojka.network.messaging.applications.accounts.store import Account
from spojka.network.messaging.smpp.servers import Session
from spojka.surfaces.gateway.connector.services import Services


@dataclass(eq=False, slots=True)
class Bound:
    """
    One session.

    Args:
        session: the connection.
        account: as it was when the program bound.
        fingerprint: SHA-256 of the certificate.
        slot: which of its account's sessions it is, over all gateways.
        ending: whether it is being unbound.

    """

    session: Session
    account: Account
    fingerprint: bytes
    slot: int = 0
    ending: bool = False

    def refusal(self, services: Services) -> Refusal | None:
        """Why it may not go on: its certificate is judged anew, as over HTTPS at every request."""
        found = services.gatekeeper.judge(self.fingerprint, now=services.now(), application=self.account.application)
        return found if isinstance(found, Refusal) else None
