"""HTTP/1.1 on a connection whose other side is known by its certificate."""

from __future__ import annotations

import asyncio
import ssl
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from spojka.network.messaging.certificates.tls import fingerprint_of
from spojka.surfaces.gateway.connector.gathering import Gathering

CERTIFICATE: Final = "spojka.certificate"
"""The extension of a request's scope that holds SHA-256 of the client's certificate, or `None`."""

LONGEST_HEAD: Final = 64 * 1024
"""Bytes of a request's first line and headers: a message in an address takes a tenth of it."""


class PinnedProtocol(HttpToolsProtocol):
    """
    Puts the client certificate's SHA-256 into every request's scope, and tells how long it has been waiting.

    The digest is made once a connection: TLS lets no side change its certificate, and a resumed session has the same.
    """

    fingerprint: bytes | None = None
    waits_since: float | None = None  # float: seconds of the loop's clock
    in_head: bool = True
    head_bytes: int = 0
    paused_since: float | None = None  # float: see above

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as its parent
        """Look at the certificate; the first request is waited for from now."""
        super().connection_made(Gathering(transport, self.loop))  # type: ignore[arg-type]  # in all that is used of it
        tls: ssl.SSLObject | None = transport.get_extra_info("ssl_object")
        self.fingerprint = None if tls is None else fingerprint_of(tls)
        self.waits_since = self.loop.time()

    def data_received(self, data: bytes) -> None:
        """Bytes came; a head that has no end is not waited for."""
        if not self.in_head:
            super().data_received(data)
            return
        self.head_bytes += len(data)
        super().data_received(data)
        if self.in_head and self.head_bytes > LONGEST_HEAD:
            self.transport.abort()

    def on_headers_complete(self) -> None:
        """The head of a request is whole."""
        self.in_head = False
        super().on_headers_complete()

    def on_message_begin(self) -> None:
        """A request begins to arrive."""
        super().on_message_begin()
        self.in_head, self.head_bytes = True, 0
        self.scope["extensions"] = {CERTIFICATE: self.fingerprint}  # type: ignore[dict-item]  # what ASGI has no word for
        self.waits_since = self.loop.time()

    def on_message_complete(self) -> None:
        """A request is whole."""
        super().on_message_complete()
        self.waits_since = None

    def pause_writing(self) -> None:
        """The other side does not take its answer."""
        super().pause_writing()
        self.paused_since = self.loop.time()

    def resume_writing(self) -> None:
        """It takes it."""
        super().resume_writing()
        self.paused_since = None

    def is_slow(self, before: float) -> bool:  # float: seconds of the loop's clock
        """Whether a request or the taking of an answer began before an instant and is still not done."""
        return (self.waits_since is not None and self.waits_since < before) or (
            self.paused_since is not None and self.paused_since < before
        )
