"""What is answered to a request, whichever side hears it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from spojka.network.messaging.mm7.bodies import Body, Received, write_body
from spojka.network.messaging.mm7.envelope import Unreadable
from spojka.network.messaging.mm7.messages import (
    ANSWERS,
    VERSION,
    VERSION_5,
    Answer,
    DeliverRsp,
    FromCentre,
    RSErrorRsp,
    Status,
    SubmitRsp,
    ToCentre,
    VASPErrorRsp,
    status,
)
from spojka.network.messaging.mm7.statuses import Retry, retry_class

OK: Final = 200
BAD_REQUEST: Final = 400
SERVER_FAILED: Final = 500


@dataclass(frozen=True, slots=True)
class Reply:
    """
    What a hearer says to a request.

    Args:
        status: what came of it.
        message_id: the id of a submitted message; only a submission's answer has it.
        service_code: for the bill of a delivered message; only a delivery's answer has it.

    """

    status: Status
    message_id: str | None = None
    service_code: str | None = None


@dataclass(frozen=True, slots=True)
class Spoken:
    """An answer ready for HTTP."""

    http_status: int
    body: Body


def answer(received: Received, request: ToCentre | FromCentre, reply: Reply) -> Spoken:
    """The answer to a request that was read, in the request's version and namespace, with HTTP 200."""
    kind = ANSWERS[type(request)]
    version = request.version or VERSION
    if kind is SubmitRsp:
        message: Answer = SubmitRsp(reply.status, reply.message_id, version)
    elif kind is DeliverRsp:
        message = DeliverRsp(reply.status, reply.service_code, version)
    else:
        message = kind(status=reply.status, version=version)
    return Spoken(OK, write_body(message, transaction_id=received.transaction_id, namespace=received.namespace))


def answer_wrong(wrong: Unreadable, error: type[RSErrorRsp | VASPErrorRsp]) -> Spoken:
    """
    The answer to a body that was not read.

    A request that was recognised gets its own answer with HTTP 200, so that it is not sent again unchanged. Anything
    else gets the error message in a fault: with HTTP 400, or 500 where another try may help.

    Args:
        wrong: what was wrong.
        error: `VASPErrorRsp` where a program answers, `RSErrorRsp` where an MMSC does.

    """
    said = status(wrong.status, "".join(letter if letter.isprintable() else " " for letter in ascii_only(wrong.reason)))
    version = VERSION_5 if "/REL-5-" in wrong.namespace else VERSION
    kind = next((rsp for req, rsp in ANSWERS.items() if req is wrong.message), None)
    message: Answer = kind(status=said, version=version) if kind is not None else error(said, version)
    later = retry_class(wrong.status) is Retry.LATER
    http_status = OK if kind is not None and not later else SERVER_FAILED if later else BAD_REQUEST
    return Spoken(http_status, write_body(message, transaction_id=wrong.transaction_id, namespace=wrong.namespace))


def ascii_only(text: str) -> str:
    """A text that any XML carries: other letters than ASCII are written as escapes."""
    return text.encode("ascii", "backslashreplace").decode("ascii")
