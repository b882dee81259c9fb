"""Who may post to us: an MMSC is known by the address it was given and by its name and password, or its certificate."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from typing import Final

import structlog

from spojka.network.messaging.mm7.receiving import Mm7Application, Receive, Scope, Send
from spojka.network.messaging.multimedia.ways import Way

PLAIN: Final = (b"content-type", b"text/plain; charset=utf-8")

_log = structlog.get_logger(__name__)


class Gate:
    """
    Lets through to the application who may post to the address asked for.

    Args:
        app: hears who is let through.
        ways: by the path that each MMSC posts to.
        certified: whether every connection has shown a certificate that is trusted; without that, a way that names no
            one to be heard as hears nobody.

    """

    def __init__(self, app: Mm7Application, ways: Mapping[str, Way], *, certified: bool) -> None:
        self._app, self._ways, self._certified = app, ways, certified

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request (ASGI 3)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        way = self._ways.get(scope["path"])
        if way is None:
            await _refuse(send, 404, b"no MMSC posts here\n")
        elif not self._is_known(way, scope):
            _log.warning("mm7_stranger", way=way.name, peer=str(scope.get("client")))
            await _refuse(send, 401, b"who are you?\n", (b"www-authenticate", b'Basic realm="mm7"'))
        else:
            await self._app(scope, receive, send)

    def _is_known(self, way: Way, scope: Scope) -> bool:
        settings = way.settings
        if not settings.heard_as:
            return self._certified
        secret = base64.b64encode(f"{settings.heard_as}:{settings.heard_password}".encode())
        said = next((value for name, value in scope["headers"] if name.lower() == b"authorization"), b"")
        scheme, _, given = said.partition(b" ")
        return scheme.lower() == b"basic" and hmac.compare_digest(given.strip(), secret)


async def _refuse(send: Send, code: int, body: bytes, *headers: tuple[bytes, bytes]) -> None:
    head = [PLAIN, (b"content-length", b"%d" % len(body)), (b"connection", b"close"), *headers]
    await send({"type": "http.response.start", "status": code, "headers": head})
    await send({"type": "http.response.body", "body": body})
