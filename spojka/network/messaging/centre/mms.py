"""
The simulated MMSC: takes submissions over MM7, reports on them as it is told to misbehave, delivers from handsets.

It keeps everything in memory and counts what it hears, so that who sends twice is seen. Time and conduct are given by
the caller; nothing is left to chance.
"""

from __future__ import annotations

import asyncio
import base64
import hmac
import ssl
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import TracebackType
from typing import Final, Self

from spojka.network.messaging.centre.mms_http import Answered, Asked, HttpListener
from spojka.network.messaging.mm7.answering import Reply, Spoken, answer, answer_wrong
from spojka.network.messaging.mm7.bodies import Received, read_body
from spojka.network.messaging.mm7.client import Exchange, Outcome, Peer, ProgramClient
from spojka.network.messaging.mm7.content import Content
from spojka.network.messaging.mm7.envelope import Unreadable
from spojka.network.messaging.mm7.limits import READ_LIMITS, Limits
from spojka.network.messaging.mm7.messages import (
    Address,
    CancelReq,
    DeliverReq,
    DeliverRsp,
    DeliveryReportReq,
    DeliveryReportRsp,
    DeliveryStatus,
    ReadReplyReq,
    ReadReplyRsp,
    ReadStatus,
    Recipients,
    ReplaceReq,
    RSErrorRsp,
    SubmitReq,
    status,
)
from spojka.network.messaging.mm7.statuses import (
    MESSAGE_ID_NOT_FOUND,
    SUCCESS,
    UNSUPPORTED_OPERATION,
    is_success,
)

PATH: Final = "/mm7"


class Answering(StrEnum):
    """Whether a submission is taken and answered."""

    ANSWER = "answer"
    """As it should be."""

    LOSE = "lose"
    """Taken, then the connection closes without an answer: the sender cannot know."""

    DROP = "drop"
    """The connection closes and nothing was taken."""


class Reporting(StrEnum):
    """How delivery reports behave."""

    ONCE = "once"
    """One a recipient, after `Conduct.report_after_ms`."""

    EARLY = "early"
    """One a recipient, before the submission itself is answered."""

    TWICE = "twice"
    """The same one twice a recipient."""

    LOST = "lost"
    """None, although asked for."""


@dataclass(frozen=True, slots=True)
class Conduct:
    """
    How the centre behaves towards one submission.

    Args:
        latency_ms: before it answers.
        answering: whether it does.
        code: the status code it answers with; only a success is taken.
        http_status: answered in place of any envelope, where set; nothing is taken.
        reporting: how reports behave, where the submission asks for any.
        report_after_ms: from the answer to the report; a late report has a large one.
        mm_status: what the report says.
        read_after_ms: from the report to the read reply, where the submission asks for one and it was retrieved.

    """

    latency_ms: int = 0
    answering: Answering = Answering.ANSWER
    code: int = SUCCESS
    http_status: int | None = None
    reporting: Reporting = Reporting.ONCE
    report_after_ms: int = 0
    mm_status: str = DeliveryStatus.RETRIEVED
    read_after_ms: int = 0


Choose = Callable[[SubmitReq, int], Conduct]
"""The conduct towards a submission and its number, from 1."""


@dataclass(slots=True)
class Taken:
    """A submission that the centre took: its id, the request (as replaced), and what was still to be sent of it."""

    message_id: str
    request: SubmitReq
    transaction_id: str | None
    taken_at: datetime
    pending: list[asyncio.Task[None]] = field(default_factory=list)
    is_cancelled: bool = False
    is_reported: bool = False


def _always_well(_request: SubmitReq, _number: int) -> Conduct:
    return Conduct()


class MmsCentre:
    """
    An MMSC on a socket of this machine.

    Args:
        clock: what time it is, for the dates of reports.
        choose: the conduct towards each submission; by default all is well.
        program: where reports and messages from handsets go; without it none are sent.
        program_tls: how the centre proves itself to the program and whom it trusts.
        user: name and password that a submission must bring by basic authentication; any is welcome where `None`.
        relay_id: what it calls itself.
        limits: sizes beyond which a body is refused.

    """

    def __init__(
        self,
        *,
        clock: Callable[[], datetime],
        choose: Choose = _always_well,
        program: Peer | None = None,
        program_tls: ssl.SSLContext | None = None,
        user: tuple[str, str] | None = None,
        relay_id: str = "mmsc.simulated",
        limits: Limits = READ_LIMITS,
    ) -> None:
        self._clock = clock
        self._choose = choose
        self._exchange = Exchange(program, tls=program_tls) if program is not None else None
        self._user = user
        self._relay_id = relay_id
        self._limits = limits
        self._listener = HttpListener(self._handle, longest_body=limits.body_bytes)
        self._tasks: set[asyncio.Task[None]] = set()
        self._heard = 0
        self.url = ""
        self.taken: dict[str, Taken] = {}
        self.transactions: Counter[str] = Counter()
        self.reported: list[Outcome[DeliveryReportRsp]] = []
        self.read: list[Outcome[ReadReplyRsp]] = []

    async def listen(self, *, host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None) -> str:
        """Begin to listen; returns the address for submissions, kept in `url` as well."""
        bound = await self._listener.listen(host=host, port=port, tls=tls)
        self.url = f"{'http' if tls is None else 'https'}://{host}:{bound}{PATH}"
        return self.url

    async def __aenter__(self) -> Self:
        if not self.url:
            await self.listen()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @property
    def connections(self) -> int:
        """How many connections were ever made to the centre."""
        return self._listener.connections

    async def close(self) -> None:
        """Forget what was still to be reported and close every connection."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._listener.close()
        if self._exchange is not None:
            await self._exchange.close()

    async def settle(self) -> None:
        """Wait until every report and read reply that was planned has been sent."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def deliver(
        self,
        *,
        sender: Address,
        recipient: Address,
        content: Content,
        subject: str | None = None,
        linked_id: str | None = None,
    ) -> Outcome[DeliverRsp]:
        """
        Send a message from a handset to the program.

        Raises:
            NoProgram: where the centre was given no program.

        """
        request = DeliverReq(
            sender=sender,
            recipients=Recipients(to=(recipient,)),
            relay_id=self._relay_id,
            linked_id=linked_id,
            sent_at=self._clock(),
            subject=subject,
            content=content,
        )
        return await self._program().deliver(request)

    def _program(self) -> ProgramClient:
        if self._exchange is None:
            raise NoProgram("the centre was given no program to send to")
        return ProgramClient(self._exchange)

    async def _handle(self, asked: Asked) -> Answered | None:
        if asked.method != "POST":
            return Answered(405, headers=(("allow", "POST"),))
        if not self._is_welcome(asked.authorization):
            return Answered(401, headers=(("www-authenticate", 'Basic realm="mm7"'),))
        received = read_body(asked.content_type, asked.data, limits=self._limits)
        if isinstance(received, Unreadable):
            return _http(answer_wrong(received, RSErrorRsp))
        if received.transaction_id is not None:
            self.transactions[received.transaction_id] += 1
        match received.message:
            case SubmitReq() as request:
                return await self._submitted(received, request)
            case CancelReq() as request:
                return _http(answer(received, request, self._cancel(request)))
            case ReplaceReq() as request:
                return _http(answer(received, request, self._replace(request)))
            case other:
                reason = f"{type(other).__name__} is nothing that an MMSC hears"
                wrong = Unreadable(UNSUPPORTED_OPERATION, reason, received.transaction_id)
                return _http(answer_wrong(wrong, RSErrorRsp))

    def _is_welcome(self, authorization: str) -> bool:
        if self._user is None:
            return True
        secret = base64.b64encode(":".join(self._user).encode()).decode("ascii")
        return hmac.compare_digest(authorization.encode(), f"Basic {secret}".encode())

    async def _submitted(self, received: Received, request: SubmitReq) -> Answered | None:
        self._heard += 1
        conduct = self._choose(request, self._heard)
        message_id = f"{self._relay_id}-{self._heard}"
        if conduct.latency_ms:
            await asyncio.sleep(conduct.latency_ms / 1000)
        if conduct.answering is Answering.DROP:
            return None
        if conduct.http_status is not None:
            return Answered(conduct.http_status)
        if is_success(conduct.code):
            taken = Taken(message_id, request, received.transaction_id, self._clock())
            self.taken[message_id] = taken
            await self._plan(taken, conduct)
        if conduct.answering is Answering.LOSE:
            return None
        given_id = message_id if is_success(conduct.code) else None
        return _http(answer(received, request, Reply(status(conduct.code), message_id=given_id)))

    async def _plan(self, taken: Taken, conduct: Conduct) -> None:
        """Plan the reports of a message; early ones are sent before its submission is answered."""
        if self._exchange is None or conduct.reporting is Reporting.LOST:
            return
        recipients = taken.request.recipients.every()
        if conduct.reporting is Reporting.EARLY:
            await asyncio.gather(*(self._tell(taken, recipient, conduct) for recipient in recipients))
            taken.is_reported = True
            return
        times = 2 if conduct.reporting is Reporting.TWICE else 1
        for recipient in recipients:
            for _ in range(times):
                task = asyncio.get_running_loop().create_task(self._tell_later(taken, recipient, conduct))
                taken.pending.append(task)
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _tell_later(self, taken: Taken, recipient: Address, conduct: Conduct) -> None:
        await asyncio.sleep(conduct.report_after_ms / 1000)
        await self._tell(taken, recipient, conduct)

    async def _tell(self, taken: Taken, recipient: Address, conduct: Conduct) -> None:
        request = taken.request
        if request.delivery_report:
            report = DeliveryReportReq(
                message_id=taken.message_id,
                recipient=recipient,
                sender=request.sender.address,
                reported_at=self._clock(),
                mm_status=conduct.mm_status,
                relay_id=self._relay_id,
            )
            self.reported.append(await self._program().report(report))
        if request.read_reply and conduct.mm_status == DeliveryStatus.RETRIEVED:
            await asyncio.sleep(conduct.read_after_ms / 1000)
            reading = ReadReplyReq(
                message_id=taken.message_id,
                recipient=recipient,
                sender=request.sender.address,
                reported_at=self._clock(),
                mm_status=ReadStatus.READ,
                relay_id=self._relay_id,
            )
            self.read.append(await self._program().read_reply(reading))

    def _waiting(self, message_id: str) -> Taken | None:
        """A message that has not been reported on wholly and was not cancelled."""
        taken = self.taken.get(message_id)
        if taken is None or taken.is_cancelled or taken.is_reported:
            return None
        if taken.pending and all(task.done() for task in taken.pending):
            return None
        return taken

    def _cancel(self, request: CancelReq) -> Reply:
        taken = self._waiting(request.message_id)
        if taken is None:
            return Reply(status(MESSAGE_ID_NOT_FOUND))
        taken.is_cancelled = True
        for task in taken.pending:
            task.cancel()
        return Reply(status(SUCCESS))

    def _replace(self, request: ReplaceReq) -> Reply:
        taken = self._waiting(request.message_id)
        if taken is None:
            return Reply(status(MESSAGE_ID_NOT_FOUND))
        before = taken.request
        taken.request = replace(
            before,
            service_code=request.service_code or before.service_code,
            sent_at=request.sent_at or before.sent_at,
            read_reply=before.read_reply if request.read_reply is None else request.read_reply,
            earliest=request.earliest or before.earliest,
            distribution=before.distribution if request.distribution is None else request.distribution,
            content=request.content or before.content,
        )
        return Reply(status(SUCCESS))


class NoProgram(RuntimeError):
    """A message from a handset has nowhere to go."""


def _http(spoken: Spoken) -> Answered:
    return Answered(spoken.http_status, spoken.body.content_type, spoken.body.data)
