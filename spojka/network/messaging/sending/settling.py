"""What came of what was sent: answers of centres, receipts, and what nobody knows; written as events."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic_ns
from typing import Any, Final
from uuid import UUID

from spojka.network.messaging.messages.inbox import add_arrived
from spojka.network.messaging.messages.receipts import Parked, Reported, report_of
from spojka.network.messaging.messages.records import EventKind, Happened
from spojka.network.messaging.sending.composing import Outgoing
from spojka.network.messaging.sending.journal import Journal
from spojka.network.messaging.sending.routes import Part
from spojka.network.messaging.smpp.fates import Fate, Outcome
from spojka.network.messaging.smpp.pdus import MessageResp, SubmitMultiResp, SubmitSmResp
from spojka.network.messaging.smpp.receipts import MessageState
from spojka.network.messaging.smpp.statuses import Status, StatusClass, status_of

MOST_TRIES: Final = 3
"""A centre that does not say what is wrong is asked so often."""
MOST_KNOWN: Final = 500_000
"""Parts whose receipts are awaited in memory; others are looked up."""

KINDS: Final[dict[MessageState, EventKind]] = {
    MessageState.ENROUTE: "enroute",
    MessageState.DELIVERED: "delivered",
    MessageState.EXPIRED: "expired",
    MessageState.DELETED: "cancelled",
    MessageState.UNDELIVERABLE: "undelivered",
    MessageState.ACCEPTED: "delivered",
    MessageState.UNKNOWN: "unknown",
    MessageState.REJECTED: "undelivered",
}
"""What a receipt's state is called here (facts: a receipt's states)."""
ENDS: Final[frozenset[EventKind]] = frozenset({"failed", "expired"})
"""After these no centre says anything more."""


@dataclass(slots=True)
class Awaited:
    """
    A part that a centre took, of which a receipt is awaited.

    `final` once one said the end; `nameless` while only its recipient says that it was taken; `shared` when others of
    its request have the same id.
    """

    message: UUID
    part: int
    application: UUID
    recipient: str
    sender: str
    parts: int
    report: bool
    final: bool = False
    nameless: bool = False
    shared: bool = False


@dataclass
class Settler:
    """
    Turns outcomes into events.

    Args:
        journal: writes them.
        now: the clock.
        again: has a part sent again after so many seconds.

    """

    journal: Journal
    now: Callable[[], datetime]
    again: Callable[[Part, int], None] = lambda _, __: None
    counts: Counter[str] = field(default_factory=Counter)
    awaited: OrderedDict[tuple[str, ...], Awaited] = field(default_factory=OrderedDict)
    early: OrderedDict[tuple[str, str], list[Parked]] = field(default_factory=OrderedDict)
    """Receipts that came before the answer they belong to."""
    matched: Callable[[Parked, Awaited], None] = lambda _, __: None
    """Is told when the answer to an early receipt comes."""

    def settle(self, outcomes: Sequence[Outcome]) -> None:
        """Write what became of parts."""
        at = self.now()
        for one in outcomes:
            part: Part = one.token
            if part.others:
                for each in _of_each(part, one):
                    self._settle(each.token, each, at)
            else:
                self._settle(part, one, at)
        self.journal.wake()

    def _settle(self, part: Part, one: Outcome, at: datetime) -> None:
        if one.fate is Fate.UNSENT:
            self._write(part, "failed", at, detail={"code": "message_invalid", "reason": one.reason})
            self._done(part)
        elif one.fate is Fate.UNCERTAIN:
            self._write(part, "uncertain", at, detail={"reason": one.reason})
            self._done(part)
        elif one.fate is Fate.LATE:
            self._late(part, one, at)
        elif one.status == 0:
            self._sent(part, one, at)
            self._done(part)
        else:
            self._refused(part, status_of(one.status or 0), at)

    def expire_part(self, part: Part) -> None:
        """A part whose message's time was over before it left."""
        self._write(part, "expired", self.now())
        self._done(part)
        self.journal.wake()

    def fail(self, message: Outgoing, code: str, clauses: Sequence[str] = ()) -> None:
        """A message that cannot be sent at all, and by which clauses where some say so."""
        self._all(message, "failed", {"code": code, "clauses": list(clauses)} if clauses else {"code": code})

    def expire(self, message: Outgoing) -> None:
        """A message whose time was over before its turn came."""
        self._all(message, "expired", None)

    def uncertain_after_crash(self, message: Outgoing, *, link: str | None, settled: Collection[int]) -> None:
        """A message that a sender before had claimed: nobody knows which of its parts were sent, but the settled."""
        self._all(message, "uncertain", {"reason": "the sender ended"}, link=link, but=settled)

    def find(self, link: str, remote_id: str, recipient: str) -> Awaited | None:
        """The part to a recipient that a way knows by an id, as far as it is remembered."""
        awaited = self.awaited
        return awaited.get((link, remote_id)) or awaited.get((link, remote_id, recipient))

    def remember(self, link: str, remote_id: str, awaited: Awaited) -> None:
        """Await receipts of a part."""
        key = (link, remote_id, awaited.recipient) if awaited.shared else (link, remote_id)
        self.awaited[key] = awaited
        if len(self.awaited) > MOST_KNOWN:
            self.awaited.popitem(last=False)

    def _sent(self, part: Part, outcome: Outcome, at: datetime) -> None:
        answer = outcome.answer
        said = answer.message_id if isinstance(answer, MessageResp) else ""
        remote_id = part.route.settings.ids.of_answer(said)
        part.route.took(monotonic_ns())
        detail = part.detail
        if part.route.settings.queries and said != remote_id:
            detail = {**(detail or {}), "said": said}
        self._write(part, "sent", at, remote_id=remote_id, detail=detail)
        key = (part.route.name, remote_id)
        message = part.message
        awaited = Awaited(
            message.id,
            part.number,
            message.application,
            message.recipient,
            message.sender,
            message.parts,
            bool(message.options.get("report")),
            shared=part.shared,
        )
        self.remember(*key, awaited)
        if key in self.early:
            self._match_early(key, awaited)

    def _match_early(self, key: tuple[str, str], awaited: Awaited) -> None:
        """Receipts that came before the answer."""
        early = self.early.pop(key)
        others = [one for one in early if awaited.shared and one.recipient != awaited.recipient]
        if others:
            self.early[key] = others
        for one in early:
            if one not in others:
                self.matched(one, awaited)

    def _late(self, part: Part, outcome: Outcome, at: datetime) -> None:
        if outcome.status == 0:
            self._sent(part, outcome, at)
        else:
            status = status_of(outcome.status or 0)
            self._write(part, "failed", at, detail={"status": status.name, "code": status.code})

    def _refused(self, part: Part, status: Status, at: datetime) -> None:
        if status.kind is StatusClass.RETRY_LIMITED:
            part.tries += 1
        for_good = status.permanent or part.tries >= MOST_TRIES
        detail = {"status": status.name, "code": status.code, "permanent": status.permanent}
        if for_good:
            self._write(part, "failed", at, detail=detail)
            self._done(part)
            return
        if status.kind is StatusClass.SLOW_DOWN:
            part.route.slow_down(monotonic_ns())
            self.counts["throttled"] += 1
        else:
            self._write(part, "deferred", at, detail=detail)
        self.again(part, max(1, status.retry_after_s))

    def _done(self, part: Part) -> None:
        """A part is settled with the centre; with the last one the message leaves the queue."""
        part.message.answered += 1
        if part.message.answered >= part.message.parts:
            self.journal.page.left.append(part.message.id)

    def _all(
        self,
        message: Outgoing,
        kind: EventKind,
        detail: dict[str, Any] | None,
        *,
        link: str | None = None,
        but: Collection[int] = (),
    ) -> None:
        at = self.now()
        for number in range(1, message.parts + 1):
            if number in but:
                continue
            self.journal.page.events.append(Happened(message.id, number, kind, at, link, detail=detail))
            self.counts[kind] += 1
            self._report(message, number, kind, at)
        self.journal.page.left.append(message.id)
        self.journal.wake()

    def _write(
        self,
        part: Part,
        kind: EventKind,
        at: datetime,
        *,
        remote_id: str | None = None,
        detail: dict[str, Any] | None = None,
    ) -> None:
        self.counts[kind] += 1
        self.journal.page.events.append(
            Happened(part.message.id, part.number, kind, at, part.route.name, remote_id, detail)
        )
        self._report(part.message, part.number, kind, at)

    def _report(self, message: Outgoing, number: int, kind: EventKind, at: datetime) -> None:
        """What ended here is reported like what a receipt ends, where that was asked for (o2/3.1)."""
        if kind not in ENDS or not message.options.get("report"):
            return
        part = Reported(message.id, number, message.application, message.recipient, message.sender, message.parts)
        item = report_of(part, kind, at)
        self.journal.page.work.append((lambda ctx: add_arrived(ctx, [item]), lambda _: None))


def _of_each(part: Part, one: Outcome) -> list[Outcome]:
    """What became of every part of a request to several: each has the request's id, or its own refusal."""
    answer = one.answer
    parts = (part, *part.others)
    if not isinstance(answer, SubmitMultiResp) or answer.status:
        return [Outcome(each, one.fate, answer, one.reason) for each in parts]
    refused = {to.addr.lstrip("+"): to.status for to in answer.unsuccessful}
    return [
        Outcome(
            each,
            one.fate,
            SubmitSmResp(status=refused.get(each.message.recipient.removeprefix("+"), 0), message_id=answer.message_id),
        )
        for each in parts
    ]
