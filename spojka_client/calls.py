"""Calls without the network: what is asked, and what an answer means. Written once for both clients."""

from __future__ import annotations

import json
import random
import ssl
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

from spojka_client.answers import Accepted, Item, Limits, MessageState, Preview, Refused
from spojka_client.errors import NotAnswered, RequestRefused
from spojka_client.messages import Message, MultimediaMessage

Result = TypeVar("Result")
Sendable = Message | MultimediaMessage
Answer = Accepted | Refused
Address = Literal["standard", "priority"]

AGAIN = frozenset({500, 502, 503, 504})
"""Statuses that say nothing of what was asked, so that it may be asked again."""
LONGEST_PAUSE_S = 30


@dataclass(frozen=True, slots=True)
class Response:
    """An answer as it came."""

    status: int
    headers: Mapping[str, str]
    content: bytes


@dataclass(frozen=True)
class Call(Generic[Result]):
    """
    One call.

    Args:
        method, path: of HTTP, without the application's root.
        read: makes the answer of a response.
        body: JSON.
        query: arguments of the address.
        wait_s: how long the connector may take beyond the usual.

    """

    method: str
    path: str
    read: Callable[[Response], Result]
    body: Any = None
    query: Mapping[str, str] | None = None
    wait_s: int = 0


def tls_of(certificate: str | Path, key: str | Path | None, authority: str | Path | None) -> ssl.SSLContext:
    """TLS that shows a certificate (PEM files), and trusts the usual authorities or the one that is given."""
    context = ssl.create_default_context(cafile=None if authority is None else str(authority))
    context.load_cert_chain(certificate, key)
    return context


def pause_s(attempt: int) -> float:
    """How long to wait before the next try: 0.5, 1, 2, … seconds with chance in it, so that not all come at once."""
    longest = min(float(LONGEST_PAUSE_S), 0.5 * 2.0**attempt)
    return longest * random.uniform(0.5, 1.5)  # noqa: S311  # nothing secret


def check(response: Response) -> Response:
    """A response that may be read; raises `NotAnswered` for one that only says to come again."""
    if response.status in AGAIN:
        raise NotAnswered(f"HTTP {response.status}")
    return response


def _json(response: Response) -> Any:
    try:
        return json.loads(response.content)
    except ValueError as wrong:
        raise NotAnswered(f"HTTP {response.status} without JSON: {wrong}") from None


def _refused(response: Response, body: Any) -> Refused:
    after = response.headers.get("retry-after", "")
    return Refused.read(body["refusal"], int(after) if after.isdigit() else None)


def _whole(response: Response) -> Any:
    """The body of what was done; raises `RequestRefused`."""
    body = _json(response)
    if isinstance(body, dict) and "refusal" in body:
        raise RequestRefused(response.status, _refused(response, body))
    return body


def _answer(body: Mapping[str, Any]) -> Answer:
    return Accepted.read(body) if body["status"] == "accepted" else Refused.read(body)


def with_reference(message: Sendable) -> Sendable:
    """A message that may be sent again safely."""
    return message if message.reference is not None else replace(message, reference=uuid.uuid4().hex)


def _path(address: Address, messages: Sequence[Sendable]) -> str:
    of_kind = {isinstance(one, MultimediaMessage) for one in messages}
    if len(of_kind) > 1:
        raise ValueError("SMS and multimedia messages go in calls of their own")
    return "/mms/messages" if of_kind == {True} else f"/{address}/messages"


def send(message: Sendable, *, priority: bool) -> Call[Answer]:
    """Send one message."""

    def read(response: Response) -> Answer:
        body = _json(response)
        if "refusal" not in body:
            return _answer(body)
        refused = _refused(response, body)
        if refused.code.startswith("CERT_"):
            raise RequestRefused(response.status, refused)
        return refused

    named = with_reference(message)
    return Call("POST", _path("priority" if priority else "standard", [named]), read, named.body())


def send_many(messages: Sequence[Sendable], *, priority: bool) -> Call[list[Answer]]:
    """Send many messages; an answer for each, in their order."""
    named = [with_reference(one) for one in messages]
    path = _path("priority" if priority else "standard", named)
    body = {"messages": [one.body() for one in named]}
    return Call("POST", path, lambda response: [_answer(one) for one in _whole(response)["results"]], body)


def preview(text: str, *, coding: str) -> Call[Preview]:
    """What a text takes."""
    body = {"text": text, "coding": coding}
    return Call("POST", "/messages/preview", lambda response: Preview.read(_whole(response)), body)


def state(message: str) -> Call[MessageState]:
    """A message and what happened to it."""
    return Call("GET", f"/messages/{message}", lambda response: MessageState.read(_whole(response)))


def cancel(message: str) -> Call[MessageState | Refused]:
    """Take a message back."""

    def read(response: Response) -> MessageState | Refused:
        body = _json(response)
        if response.status == 409:
            return _refused(response, body)
        return MessageState.read(_whole(response))

    return Call("DELETE", f"/messages/{message}", read)


def fetch(what: Literal["inbox", "reports"], *, wait_s: int, limit: int, after: str | None = None) -> Call[list[Item]]:
    """What came in and is not acknowledged, beyond an item where one is named."""
    query = {"wait": str(wait_s), "limit": str(limit)} | ({} if after is None else {"after": after})
    return Call(
        "GET",
        f"/{what}",
        lambda response: [Item.read(one) for one in _whole(response)["items"]],
        query=query,
        wait_s=wait_s,
    )


def part(item: str, number: int) -> Call[bytes]:
    """The octets of one part of an MMS that came in."""

    def read(response: Response) -> bytes:
        if response.status != 200:
            _whole(response)
        return response.content

    return Call("GET", f"/inbox/{item}/parts/{number}", read)


def acknowledge(ids: Sequence[str]) -> Call[dict[str, Refused]]:
    """Items are done with; answers why by id where one could not be acknowledged."""

    def read(response: Response) -> dict[str, Refused]:
        if len(ids) == 1:
            body = _json(response)
            if "refusal" in body and response.status in (404, 410):
                return {ids[0]: _refused(response, body)}
        results = _whole(response)["results"]
        return {one["id"]: Refused.read(one) for one in results if one["status"] == "refused"}

    return Call("POST", "/inbox/acknowledge", read, {"ids": list(ids)})


def limits() -> Call[Limits]:
    """Limits, pace and queue."""
    return Call("GET", "/limits", lambda response: Limits.read(_whole(response)))
