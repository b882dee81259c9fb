"""How much one program may take of the server: sizes, times, numbers; what is beyond is refused or closed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MOST_MESSAGES: Final = 5000
"""Messages of one request."""
LONGEST_BODY: Final = 8 * 1024 * 1024
"""Bytes of a request."""
LONGEST_TEXT: Final = 100_000
"""Characters of a text that are looked at; what is longer than a message can be is refused by the terms."""
LONGEST_WAIT_S: Final = 60
"""A request for messages waits no longer."""
MOST_WAITING: Final = 16
"""Requests of one application that wait at once."""
MOST_ITEMS: Final = 1000
"""Items of one answer."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """
    Bounds of connections.

    Args:
        handshake_s: for the handshake of TLS.
        handshakes: that are open at once; the oldest goes when there are more.
        slow_s: for a request to arrive, a first one to begin, and an answer to be taken.
        idle_s: between requests.
        connections: open at once; more are closed when they come.
        of_certificate: of them with one certificate; a program that opens more leaves room for the others.
        of_address: of them from one address, without a certificate.
        bodies_bytes: of requests that arrive or are being answered, without the short ones.
        bodies_of_certificate_bytes: of them with one certificate: eight of the longest.

    """

    handshake_s: int = 10
    handshakes: int = 512
    slow_s: int = 30
    idle_s: int = 120
    connections: int = 20_000
    of_certificate: int = 200
    of_address: int = 50
    bodies_bytes: int = 64 * LONGEST_BODY
    bodies_of_certificate_bytes: int = 8 * LONGEST_BODY
