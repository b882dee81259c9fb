"""An ASGI application behind our listener: it is given whole requests, and its answers are written whole."""

from __future__ import annotations

import traceback
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from spojka.kernel.refusals import Refusal
from spojka.surfaces.gateway.connector.exchange import CLOSE, TEXT, Asked, Header, Reply, retry_after

_log = structlog.get_logger(__name__)

Application = Callable[..., Awaitable[None]]
"""Answers requests (ASGI 3)."""


@dataclass(frozen=True, slots=True)
class Hosted:
    """
    Has requests answered by an application.

    Args:
        app: answers (ASGI 3).
        longest: bytes of a body.
        too_long: is answered to a longer one.

    """

    app: Application
    longest: int
    too_long: Reply

    def admit(self, asked: Asked) -> HostedRequest:
        """Whoever comes is the application's to judge."""
        return HostedRequest(self, asked)


@dataclass(slots=True)
class HostedRequest:
    """One request of an application behind our listener."""

    hosted: Hosted
    asked: Asked

    @property
    def longest(self) -> int:
        """Bytes of its body."""
        return self.hosted.longest

    def refuse(self, refusal: Refusal) -> Reply:
        """What is answered to a body that cannot be taken, the one thing that is not the application's to refuse."""
        if refusal.code == "BODY_TOO_LARGE":
            return self.hosted.too_long
        return Reply(503, b"too much at once\n", (TEXT, *retry_after(refusal, self.asked.now)))

    async def answer(self) -> Reply:
        """What the application answers to the whole request."""
        asked, status, pieces = self.asked, 500, list[bytes]()
        headers: tuple[Header, ...] = ()

        async def receive() -> Mapping[str, Any]:
            return {"type": "http.request", "body": asked.body, "more_body": False}

        async def send(event: Mapping[str, Any]) -> None:
            nonlocal status, headers
            if event["type"] == "http.response.start":
                status = event["status"]
                headers = tuple(one for one in event["headers"] if one[0] != b"content-length")
            else:
                pieces.append(event["body"])

        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": asked.method,
            "path": asked.path,
            "query_string": asked.query,
            "headers": list(asked.headers.items()),
            "client": asked.peer,
        }
        try:
            await self.hosted.app(scope, receive, send)
        except Exception as fault:  # noqa: BLE001  # a fault of ours is answered and logged, without what was sent
            places = [f"{one.filename}:{one.lineno}" for one in traceback.extract_tb(fault.__traceback__)[-6:]]
            _log.error("hosted_request_failed", path=asked.path, fault=type(fault).__name__, places=places)
            return Reply(500, b"", (TEXT, CLOSE))
        return Reply(status, b"".join(pieces), headers)
