"""The client that works as it is called."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Literal, Self, TypeVar

import httpx

from spojka_client import calls
from spojka_client.answers import Accepted, Item, Limits, MessageState, Preview, Refused
from spojka_client.calls import Call, Response, Sendable
from spojka_client.errors import NotAnswered

Result = TypeVar("Result")
USUAL_S = 30


class Connector:
    """
    One application's connection; used as `with Connector(…) as connector:`.

    Args:
        url: of the connector, like `https://connector.example:8443`.
        application: your application's id.
        certificate: your certificate with its chain (PEM), or both it and its key.
        key: its key (PEM), where the first file does not hold it.
        authority: whom to trust for the server's certificate (PEM); the usual authorities unless given.
        tries: how often a call is made until it is answered. Sending again is safe: every message has a reference.
        language: of words: `cs` or `en`.

    """

    def __init__(
        self,
        url: str,
        *,
        application: str,
        certificate: str | Path,
        key: str | Path | None = None,
        authority: str | Path | None = None,
        tries: int = 4,
        language: Literal["cs", "en"] = "en",
    ) -> None:
        self._tries = tries
        self._http = httpx.Client(
            base_url=f"{url.rstrip('/')}/v1/applications/{application}",
            verify=calls.tls_of(certificate, key, authority),
            timeout=USUAL_S,
            headers={"accept-language": language},
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def send(self, message: Sendable, *, priority: bool = False) -> Accepted | Refused:
        """Send one message; once it is accepted, it is stored."""
        return self._do(calls.send(message, priority=priority))

    def send_many(self, messages: Sequence[Sendable], *, priority: bool = False) -> list[Accepted | Refused]:
        """Send up to thousands; an answer for each, in their order."""
        return self._do(calls.send_many(messages, priority=priority)) if messages else []

    def preview(self, text: str, *, coding: str = "auto") -> Preview:
        """What a text would take; nothing is sent."""
        return self._do(calls.preview(text, coding=coding))

    def state(self, message: str) -> MessageState:
        """A message and what happened to it."""
        return self._do(calls.state(message))

    def cancel(self, message: str) -> MessageState | Refused:
        """Take a message back while it waits."""
        return self._do(calls.cancel(message))

    def inbox(self, *, wait_s: int = 0, limit: int = 100, after: str | None = None) -> list[Item]:
        """Messages from mobile numbers, the oldest first, until they are acknowledged; only those after an item."""
        return self._do(calls.fetch("inbox", wait_s=wait_s, limit=limit, after=after))

    def part(self, item: str, number: int) -> bytes:
        """The octets of one part of an MMS that came in, until its item is erased."""
        return self._do(calls.part(item, number))

    def reports(self, *, wait_s: int = 0, limit: int = 100, after: str | None = None) -> list[Item]:
        """Delivery reports, the oldest first, until they are acknowledged; only those after an item."""
        return self._do(calls.fetch("reports", wait_s=wait_s, limit=limit, after=after))

    def acknowledge(self, ids: Sequence[str]) -> dict[str, Refused]:
        """Items are done with; answers why by id where one could not be acknowledged."""
        return self._do(calls.acknowledge(ids)) if ids else {}

    def limits(self) -> Limits:
        """Limits, pace and queue."""
        return self._do(calls.limits())

    def listen(self, what: Literal["inbox", "reports"] = "inbox", *, wait_s: int = 30) -> Iterator[Item]:
        """
        Items as they come, without end; each is acknowledged when the next one is asked for.

        So an item that was given out and not done with comes again after a break.
        """
        while True:
            for item in self._do(calls.fetch(what, wait_s=wait_s, limit=100)):
                yield item
                self.acknowledge([item.id])

    def _do(self, call: Call[Result]) -> Result:
        for attempt in range(self._tries):
            try:
                return call.read(calls.check(self._ask(call)))
            except NotAnswered:
                if attempt + 1 == self._tries:
                    raise
            time.sleep(calls.pause_s(attempt))
        raise NotAnswered("not tried at all")

    def _ask(self, call: Call[Result]) -> Response:
        try:
            found = self._http.request(
                call.method, call.path, json=call.body, params=call.query, timeout=USUAL_S + call.wait_s
            )
        except httpx.HTTPError as lost:
            raise NotAnswered(f"{type(lost).__name__}: {lost}") from lost
        return Response(
            found.status_code, {name.lower(): value for name, value in found.headers.items()}, found.content
        )
