"""What handlers work with: the desk, reading, the register of numbers, limits as last seen, the bell of inboxes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from spojka.kernel.ids import TenantId
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.certificates.pins import Pin
from spojka.network.messaging.submission.desk import SubmissionDesk
from spojka.surfaces.gateway.connector.bell import Bell
from spojka.surfaces.gateway.connector.counting import RefusalCounts
from spojka.surfaces.gateway.connector.directory import Directory
from spojka.surfaces.gateway.connector.exchange import Asked
from spojka.surfaces.gateway.connector.gatekeeping import Gatekeeper
from spojka.surfaces.gateway.connector.gauge import Gauge
from spojka.surfaces.gateway.connector.reader import Reader


@dataclass(frozen=True)
class Services:
    """
    Everything of one server.

    Args:
        tenant: whose.
        now: the clock.
        desk: accepts messages.
        reader: the database.
        directory: applications by their numbers.
        gauge: limits and pace as last seen.
        bell: rings when something comes in.
        gatekeeper: judges who asks.
        refusals: counts what is refused.

    """

    tenant: TenantId
    now: Callable[[], datetime]
    desk: SubmissionDesk
    reader: Reader
    directory: Directory
    gauge: Gauge
    bell: Bell
    gatekeeper: Gatekeeper
    refusals: RefusalCounts

    def still(self, asked: Asked) -> Pin | Refusal:
        """Whether a request that waited may go on: its certificate is judged again."""
        application = None if asked.pin is None else asked.pin.application
        return self.gatekeeper.judge(asked.fingerprint, now=self.now(), application=application)
