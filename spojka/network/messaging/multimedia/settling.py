"""What MMSCs answer to submissions, written as events; what was not done is tried again, later each time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import structlog

from spojka.access.operations.context import Context
from spojka.network.messaging.messages import store as messages
from spojka.network.messaging.messages.inbox import add_arrived
from spojka.network.messaging.messages.receipts import Reported, report_of
from spojka.network.messaging.messages.records import EventKind, Happened
from spojka.network.messaging.mm7.client import Outcome, Result
from spojka.network.messaging.mm7.integrity import PartDigest
from spojka.network.messaging.mm7.messages import SubmitRsp
from spojka.network.messaging.multimedia import store
from spojka.network.messaging.multimedia.matching import match_parked
from spojka.network.messaging.multimedia.ways import Way
from spojka.network.messaging.sending.composing import Outgoing
from spojka.network.messaging.sending.journal import Journal

PAUSES_S: Final = (5, 30, 120, 600, 1800, 3600)
"""After a refusal that is not for good a message waits so long, the last again and again."""
LONGEST: Final = timedelta(hours=72)
"""A message that names no end of its own is tried for so long after its acceptance."""
STRANGERS: Final = (401, 403, 404, 405, 407)
"""What an MMSC answers who does not know us or is not there: nothing is said of the message."""

_log = structlog.get_logger(__name__)


class Settler:
    """
    Turns what came of submissions into events.

    Args:
        journal: writes them.
        counts: what happened, by kind.
        busy: to whom messages other than one are being submitted on a way.
        again: is told from when a message is to be tried again; from `None`, when it is done with.

    """

    def __init__(
        self,
        journal: Journal,
        *,
        counts: Counter[str],
        busy: Callable[[str, UUID | None], Collection[str]],
        again: Callable[[Outgoing, datetime | None], None],
    ) -> None:
        self._journal, self._counts, self._busy, self._again = journal, counts, busy, again
        self._tries: dict[UUID, int] = {}

    def settle(self, message: Outgoing, way: Way, outcome: Outcome[SubmitRsp], *, parts: Sequence[PartDigest]) -> bool:
        """Write what came of a submission; false where the way could not be used and nothing was handed over."""
        if _unused(outcome):
            _log.warning("mmsc_not_usable", way=way.name, http_status=outcome.http_status, reason=outcome.reason[:200])
            return False
        if outcome.http_status is not None:
            way.works()
        match outcome.result:
            case Result.DONE:
                said = outcome.answer.message_id if outcome.answer is not None else None
                remote_id = said[: store.LONGEST_ID] if said else None
                self._end(message, "sent", way.name, remote_id=remote_id, detail={"parts": _shown(parts)})
            case Result.REFUSED:
                self._end(message, "failed", way.name, detail={**_said(outcome), "permanent": True})
            case Result.UNCERTAIN:
                self.uncertain(message, link=way.name, reason=outcome.reason[:200])
            case Result.LATER:
                self._defer(message, way.name, outcome)
        return True

    def fail(self, message: Outgoing, detail: Mapping[str, Any]) -> None:
        """A message that cannot be sent at all."""
        self._end(message, "failed", None, detail=detail)

    def expire(self, message: Outgoing) -> None:
        """A message whose time was over before it was taken."""
        self._end(message, "expired", None)

    def uncertain(self, message: Outgoing, *, link: str | None, reason: str) -> None:
        """A message of which nobody knows whether an MMSC took it; its report may still say so."""
        self._end(message, "uncertain", link, detail={"reason": reason})

    def _end(
        self,
        message: Outgoing,
        kind: EventKind,
        link: str | None,
        *,
        remote_id: str | None = None,
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        """A message leaves the queue with its event, and reports that waited for that are matched with it."""
        self._tries.pop(message.id, None)
        busy = () if link is None else self._busy(link, message.id)

        def work(ctx: Context) -> None:
            messages.add_events(ctx, [Happened(message.id, 1, kind, ctx.now, link, remote_id, detail)])
            messages.leave_queue(ctx, [message.id])
            _report(ctx, message, kind)
            if link is not None:
                match_parked(ctx, [link], recipient=message.recipient, busy=busy)

        def told(_: None) -> None:
            self._counts[kind] += 1
            self._again(message, None)

        self._journal.page.work.append((work, told))
        self._journal.wake()

    def _defer(self, message: Outgoing, link: str, outcome: Outcome[SubmitRsp]) -> None:
        """It was not done and may be asked again: it waits in the queue, as long as it is worth sending."""
        tries = self._tries[message.id] = self._tries.get(message.id, 0) + 1
        pause_s = max(PAUSES_S[min(tries, len(PAUSES_S)) - 1], outcome.retry_after_s or 0)
        ends_at = message.expires_at or message.accepted_at + LONGEST

        def work(ctx: Context) -> datetime | None:
            ready_at = ctx.now + timedelta(seconds=pause_s)
            detail = {**_said(outcome), "permanent": False, "tries": tries}
            happened = [Happened(message.id, 1, "deferred", ctx.now, link, None, detail)]
            ends = ready_at >= ends_at
            if ends:
                happened.append(Happened(message.id, 1, "expired", ctx.now, link))
                messages.leave_queue(ctx, [message.id])
                _report(ctx, message, "expired")
            else:
                store.wait_until(ctx, message.id, ready_at)
            messages.add_events(ctx, happened)
            return None if ends else ready_at

        def told(ready_at: datetime | None) -> None:
            self._counts["deferred"] += 1
            if ready_at is None:
                self._tries.pop(message.id, None)
                self._counts["expired"] += 1
            self._again(message, ready_at)

        self._journal.page.work.append((work, told))
        self._journal.wake()


def _report(ctx: Context, message: Outgoing, kind: EventKind) -> None:
    """That a message ended before it left, for who asked what would become of it (o2/3.1)."""
    if kind in {"failed", "expired"} and message.options.get("report"):
        part = Reported(message.id, 1, message.application, message.recipient, message.sender, message.parts)
        add_arrived(ctx, [report_of(part, kind, ctx.now)])


def _unused(outcome: Outcome[SubmitRsp]) -> bool:
    """Whether the MMSC was not reached, or did not look at the message because it does not know us."""
    if outcome.result is Result.LATER and outcome.http_status is None:
        return True
    return outcome.result is Result.REFUSED and outcome.status is None and outcome.http_status in STRANGERS


def _said(outcome: Outcome[SubmitRsp]) -> dict[str, Any]:
    if outcome.status is not None:
        return {"status": outcome.status.text[:100], "code": outcome.status.code}
    return {"status": outcome.reason[:100], "code": outcome.http_status}


def _shown(parts: Sequence[PartDigest]) -> list[list[Any]]:
    """What was dispatched, so that it can be compared with what was submitted (o2/7.1)."""
    return [[one.media_type, one.length_bytes, one.sha256.hex()] for one in parts]
