"""What the simulated centre does with one request: refuse it, take it, say what became of it, take it back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from time import monotonic_ns
from typing import Final

from spojka.network.messaging.centre.memory import (
    Carriable,
    Carried,
    Counts,
    Memory,
    answer_id,
    number_of,
    receipt_id,
)
from spojka.network.messaging.centre.settings import CentreSettings
from spojka.network.messaging.smpp import statuses
from spojka.network.messaging.smpp.fields import Unsuccessful
from spojka.network.messaging.smpp.pdus import (
    CancelSm,
    DeliverSm,
    Pdu,
    QuerySm,
    QuerySmResp,
    ReplaceSm,
    SubmitMulti,
    SubmitMultiResp,
    answer_to,
)
from spojka.network.messaging.smpp.receipts import (
    ESM_RECEIPT,
    MessageState,
    receipt_tlvs,
    receipt_wanted,
    write_receipt,
)
from spojka.network.messaging.smpp.times import absolute_time, read_time
from spojka.network.messaging.smpp.tlvs import text
from spojka.network.messaging.smpp.visiting import SOURCE_NETWORK_ID

_NS_IN_S: Final = 1_000_000_000
_BURST_NS: Final = _NS_IN_S // 10
_THOUSAND: Final = 1000


@dataclass(slots=True)
class Taken:
    """What came of a request: its answer (None: there will be none) and the messages that are carried now."""

    answer: Pdu | None
    carried: list[Carried]


class Carrier:
    """
    Decides by the settings, remembers and counts.

    Args:
        settings: how to behave; may be replaced at any time.

    """

    def __init__(self, settings: CentreSettings) -> None:
        self.settings = settings
        self.memory, self.counts = Memory(), Counts()
        self._random = Random(settings.seed)  # noqa: S311  # a simulation that can be repeated
        self._number = 0
        self._busy_until_ns = 0

    def carry(self, request: Carriable, system_id: str, now: datetime) -> Taken:
        """Take a message, or refuse it."""
        settings, counts = self.settings, self.counts
        counts.received += 1
        if settings.rate_per_s and self._too_fast(settings.rate_per_s):
            counts.throttled += 1
            return Taken(answer_to(request, status=statuses.ESME_RTHROTTLED), [])
        if isinstance(request, SubmitMulti):
            return self._carry_many(request, system_id, now)
        if self._share(settings.refused_permille):
            counts.refuse(settings.refused_status)
            return Taken(answer_to(request, status=settings.refused_status), [])
        self._number += 1
        one = self._new(request, system_id, request.destination_addr, now)
        return Taken(self._accepted(request), [one])

    def _carry_many(self, request: SubmitMulti, system_id: str, now: datetime) -> Taken:
        settings = self.settings
        self._number += 1
        carried: list[Carried] = []
        failed: list[Unsuccessful] = []
        for to in request.destinations:
            if to.dl_name or self._share(settings.refused_permille):
                status = statuses.ESME_RINVDLNAME if to.dl_name else settings.refused_status
                self.counts.refuse(status)
                failed.append(Unsuccessful(to.addr, to.ton, to.npi, status))
            else:
                carried.append(self._new(request, system_id, to.addr, now))
        if not carried:
            return Taken(answer_to(request, status=failed[0].status), [])
        answer = self._accepted(request)
        if isinstance(answer, SubmitMultiResp):
            answer.unsuccessful = tuple(failed)
        return Taken(answer, carried)

    def _accepted(self, request: Carriable) -> Pdu | None:
        if self._share(self.settings.unanswered_permille):
            self.counts.unanswered += 1
            return None
        return answer_to(request, message_id=answer_id(self._number, self.settings.ids))

    def _new(self, request: Carriable, system_id: str, destination: str, now: datetime) -> Carried:
        settings = self.settings
        fails = self._share(settings.failed_permille)
        one = Carried(
            number=self._number,
            system_id=system_id,
            request=request,
            destination=destination,
            submitted_at=now,
            ends_as=MessageState.UNDELIVERABLE if fails else MessageState.DELIVERED,
            error=settings.failed_error if fails else 0,
            visited=settings.visited_network if self._share(settings.roaming_permille) else "",
        )
        validity = "" if not hasattr(request, "validity_period") else request.validity_period
        if validity and settings.receipts == "late":
            until = read_time(validity, now=now)
            if isinstance(until, datetime) and until <= now + timedelta(milliseconds=settings.receipt_delay_ms):
                one.ends_as = MessageState.EXPIRED
        self.memory.keep(one, most=settings.remembered)
        self.counts.accepted += 1
        return one

    def end(self, carried: Iterable[Carried], now: datetime) -> dict[str, list[DeliverSm]]:
        """End messages; the receipts that go out for them, by account."""
        settings = self.settings
        receipts: dict[str, list[DeliverSm]] = {}
        for one in carried:
            if one.state is MessageState.ENROUTE:
                one.state = one.ends_as
            one.done_at = now
            delivered = one.state is MessageState.DELIVERED
            if settings.receipts == "none" or not receipt_wanted(one.request.registered_delivery, delivered=delivered):
                continue
            if self._share(settings.lost_permille):
                self.counts.receipts_lost += 1
                continue
            group = receipts.setdefault(one.system_id, [])
            group.append(self._receipt(one, now))
            if self._share(settings.twice_permille):
                group.append(self._receipt(one, now))
        if settings.shuffled:
            for group in receipts.values():
                self._random.shuffle(group)
        return receipts

    def delay_ms(self) -> int:
        """How long receipts wait: the delay of the settings; anything up to twice that when they are shuffled."""
        longest = self.settings.receipt_delay_ms
        return self._random.randrange(2 * longest + 1) if self.settings.shuffled else longest

    def query(self, request: QuerySm) -> Pdu:
        """What became of a message."""
        self.counts.queries += 1
        one = self._find(request.message_id)
        if one is None:
            return answer_to(request, status=statuses.ESME_RQUERYFAIL)
        return QuerySmResp(
            request.sequence,
            message_id=request.message_id,
            final_date="" if one.done_at is None else absolute_time(one.done_at),
            message_state=one.state,
            error_code=min(one.error, 0xFF),
        )

    def cancel(self, request: CancelSm) -> Pdu:
        """Take a message back, or all of a sender to a destination, if they have not ended."""
        if request.message_id:
            one = self._find(request.message_id)
            found = [one] if one is not None and one.state is MessageState.ENROUTE else []
        else:
            found = self.memory.waiting(request.source_addr, request.destination_addr)
        for each in found:
            each.state = MessageState.DELETED
        return answer_to(request, status=0 if found else statuses.ESME_RCANCELFAIL)

    def replace(self, request: ReplaceSm) -> Pdu:
        """Replace the text of a message that has not ended."""
        one = self._find(request.message_id)
        if one is None or one.state is not MessageState.ENROUTE or not hasattr(one.request, "short_message"):
            return answer_to(request, status=statuses.ESME_RREPLACEFAIL)
        one.request.short_message = request.short_message
        return answer_to(request)

    def _find(self, message_id: str) -> Carried | None:
        return self.memory.find(number_of(message_id, self.settings.ids))

    def _receipt(self, one: Carried, now: datetime) -> DeliverSm:
        request, settings = one.request, self.settings
        message_id = receipt_id(one.number, settings.ids)
        tlvs = receipt_tlvs(message_id=message_id, state=one.state, error=one.error) if settings.receipt_tlvs else ()
        if one.visited:
            tlvs = (*tlvs, text(SOURCE_NETWORK_ID, one.visited))
        return DeliverSm(
            tlvs=tlvs,
            source_addr_ton=1,
            source_addr_npi=1,
            source_addr=one.destination,
            dest_addr_ton=request.source_addr_ton,
            dest_addr_npi=request.source_addr_npi,
            destination_addr=request.source_addr,
            esm_class=ESM_RECEIPT,
            short_message=write_receipt(
                message_id=message_id,
                state=one.state,
                submitted_at=one.submitted_at,
                done_at=now,
                error=one.error,
                text=request.content,
            ),
        )

    def _share(self, permille: int) -> bool:
        return permille > 0 and self._random.randrange(_THOUSAND) < permille

    def _too_fast(self, rate_per_s: int) -> bool:
        """Whether a message comes before its turn; a tenth of a second may come at once."""
        now_ns = monotonic_ns()
        self._busy_until_ns = max(self._busy_until_ns, now_ns - _BURST_NS)
        if self._busy_until_ns > now_ns:
            return True
        self._busy_until_ns += _NS_IN_S // rate_per_s
        return False
