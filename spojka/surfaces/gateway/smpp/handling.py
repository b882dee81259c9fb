"""Requests of a bound program and their answers; those of one read are decided together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from spojka.access.operations.context import Context
from spojka.kernel.ids import uuid7
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.messages.lives import Life, cancel, lives_of
from spojka.network.messaging.messages.records import FINAL, Status
from spojka.network.messaging.smpp import statuses
from spojka.network.messaging.smpp.fields import Unsuccessful
from spojka.network.messaging.smpp.pdus import (
    CancelSm,
    DataSm,
    Pdu,
    QuerySm,
    QuerySmResp,
    SubmitMulti,
    SubmitMultiResp,
    SubmitSm,
    answer_to,
)
from spojka.network.messaging.smpp.receipts import MessageState
from spojka.network.messaging.smpp.times import absolute_time
from spojka.network.messaging.submission.requests import Accepted, Submission
from spojka.surfaces.gateway.connector.attributing import attribute_to
from spojka.surfaces.gateway.connector.services import Services
from spojka.surfaces.gateway.smpp.answers import Unreadable, refusing, status_of
from spojka.surfaces.gateway.smpp.bound import Bound
from spojka.surfaces.gateway.smpp.faults import failing
from spojka.surfaces.gateway.smpp.reading import recipient_of, submission_of

TAKE_BACK: Final = "messages.take_back"
TOGETHER: Final = "smpp-multi:"
"""
What the reference of a message begins with that came with others in one submit_multi.

The id that the program was given for all of them follows; receipts carry it.
"""
STATES: Final[Mapping[Status, MessageState]] = {
    "accepted": MessageState.ENROUTE,
    "dispatched": MessageState.ENROUTE,
    "delivered": MessageState.DELIVERED,
    "undelivered": MessageState.UNDELIVERABLE,
    "unknown": MessageState.UNKNOWN,
    "uncertain": MessageState.UNKNOWN,
    "cancelled": MessageState.DELETED,
    "expired": MessageState.EXPIRED,
}
"""What a message is, as SMPP says it (SMPP 3.4, 5.2.28)."""
_MOST_ERROR: Final = 0xFF

Decided = Accepted | Refusal | Unreadable


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a request wants submitted: one message, or one for each destination; `group` is their common id."""

    request: Pdu
    messages: Sequence[Submission | Unreadable] = ()
    group: str = ""


async def answers_to(services: Services, bound: Bound, requests: Sequence[Pdu]) -> list[Pdu]:
    """
    The answers to the requests of one read, in their order.

    All submissions among them are decided together, and are in the database when they are answered. Raises what kept
    them from being decided; what keeps the others from being looked up refuses those alone.
    """
    now = services.now()
    wanted = [_wanted(one, bound, now) for one in requests]
    asked = [one for each in wanted for one in each.messages if isinstance(one, Submission)]
    decided = iter(await services.desk.submit(asked))
    said = iter(await _said(services, bound, [one for one in requests if isinstance(one, QuerySm | CancelSm)]))
    answers: list[Pdu] = []
    for each in wanted:
        outcomes: list[Decided] = [next(decided) if isinstance(one, Submission) else one for one in each.messages]
        if isinstance(each.request, SubmitMulti):
            answers.append(_answer_many(each.request, outcomes, each.group))
        elif outcomes:
            answers.append(_answer(each.request, outcomes[0]))
        elif isinstance(each.request, QuerySm | CancelSm):
            answers.append(next(said))
        else:
            answers.append(_cannot(each.request))
    return answers


async def _said(services: Services, bound: Bound, others: Sequence[QuerySm | CancelSm]) -> list[Pdu]:
    """Answers to what was asked beside; a fault is theirs alone, as what was submitted is in the database already."""
    if not others:
        return []
    try:
        return await services.reader.do(lambda ctx: [_say(ctx, bound, one) for one in others])
    except Exception as fault:  # noqa: BLE001  # it is answered and logged, without what was asked
        return failing(others, fault)


def _wanted(request: Pdu, bound: Bound, now: datetime) -> Wanted:
    if not isinstance(request, SubmitSm | DataSm | SubmitMulti):
        return Wanted(request)
    made = submission_of(request, account=bound.account, certificate=bound.fingerprint, now=now)
    if not isinstance(request, SubmitMulti):
        return Wanted(request, [made])
    if isinstance(made, Unreadable):
        return Wanted(request, [made] * len(request.destinations))
    group = (uuid7() if made.reference is None else uuid5(bound.account.application, made.reference)).hex
    return Wanted(
        request,
        [
            Unreadable(statuses.ESME_RINVDLNAME, "dl_name")
            if to.dl_name
            else replace(made, to=recipient_of(to.addr, to.ton), reference=f"{TOGETHER}{group}#{place}")
            for place, to in enumerate(request.destinations, start=1)
        ],
        group,
    )


def _answer(request: Pdu, outcome: Decided) -> Pdu:
    if isinstance(outcome, Accepted):
        return answer_to(request, message_id=outcome.id.hex)
    return refusing(request, outcome)


def _answer_many(request: SubmitMulti, outcomes: Sequence[Decided], group: str) -> Pdu:
    """One id for all that were accepted, and why others were not; where none was, the status is the first one's."""
    pairs = list(zip(request.destinations, outcomes, strict=True))
    refused = [(to, one) for to, one in pairs if not isinstance(one, Accepted)]
    unsuccessful = tuple(
        Unsuccessful(to.addr, to.ton, to.npi, one.status if isinstance(one, Unreadable) else status_of(one.code))
        for to, one in refused
    )
    if len(refused) < len(pairs):
        return SubmitMultiResp(request.sequence, message_id=group, unsuccessful=unsuccessful)
    answer = refusing(request, refused[0][1])
    assert isinstance(answer, SubmitMultiResp)
    answer.unsuccessful = unsuccessful
    return answer


def _cannot(request: Pdu) -> Pdu:
    """Nothing of an accepted message ever changes, so none is replaced."""
    return answer_to(request, status=statuses.ESME_RREPLACEFAIL)


def _say(ctx: Context, bound: Bound, request: QuerySm | CancelSm) -> Pdu:
    """What became of a message of the application, or whether it could be taken back."""
    message = id_of(request.message_id)
    unknown = Refusal("MESSAGE_NOT_FOUND", (), {"id": request.message_id})
    if isinstance(request, CancelSm) and not request.message_id:
        return answer_to(request, status=statuses.ESME_RCANCELFAIL)
    if message is None:
        return refusing(request, unknown)
    application = bound.account.application
    if isinstance(request, QuerySm):
        found = lives_of(ctx, application, [message])
        return _state(request, found[0]) if found else refusing(request, unknown)
    taken = cancel(ctx, application, message)
    if isinstance(taken, Refusal):
        return refusing(request, taken)
    attribute_to(ctx, bound.fingerprint, TAKE_BACK, [message])
    return answer_to(request)


def id_of(message_id: str) -> UUID | None:
    """The id of a message as it stood in an answer, or `None` when it cannot be one."""
    try:
        return UUID(hex=message_id)
    except ValueError:
        return None


def _state(request: QuerySm, life: Life) -> QuerySmResp:
    state = STATES[life.status]
    ended = [one for one in life.events if one["kind"] in FINAL]
    final = absolute_time(ended[-1]["at"]) if state.final and ended else ""
    error = (ended[-1]["detail"] or {}).get("error", 0) if ended else 0
    return QuerySmResp(
        request.sequence,
        message_id=request.message_id,
        final_date=final,
        message_state=state,
        error_code=error if 0 <= error <= _MOST_ERROR else 0,
    )
