"""
TLS for servers that know programs by their certificates: it asks for one, and leaves the decision to the pins.

OpenSSL lets a client's certificate through only where it can trust it, and Python offers no say in that. So every
registered certificate is an anchor of its own, blocked and expired ones too: whoever comes with one is heard and told
why not. A certificate that is neither registered nor of a trusted root ends the handshake.
"""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import structlog

NO_CHECK_TIME: Final = 0x200000
"""X509_V_FLAG_NO_CHECK_TIME of OpenSSL: the pins judge the time, with the words for it."""

_log = structlog.get_logger(__name__)


class Doorkeeper:
    """
    A server's TLS context whose anchors grow while it serves.

    Args:
        certificate, key: the server's own, PEM files; `key` is `None` where the first file holds both.
        password: of the key, where it has one.

    """

    def __init__(self, *, certificate: Path, key: Path | None = None, password: str | None = None) -> None:
        self._trusted: set[bytes] = set()
        self.context: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2
        self.context.load_cert_chain(certificate, key, password)
        self.context.verify_mode = ssl.CERT_OPTIONAL
        self.context.verify_flags |= ssl.VerifyFlags(ssl.VERIFY_X509_PARTIAL_CHAIN | NO_CHECK_TIME)

    def trust(self, anchors: Iterable[bytes]) -> int:
        """
        Let certificates (DER) through from the next handshake on; returns how many were new.

        None is ever taken back: what is blocked must still come through, to be refused in words. The connections there
        are go on, and each of their requests is judged by the pins.
        """
        new = set(anchors) - self._trusted
        try:
            if new:
                self.context.load_verify_locations(cadata=b"".join(new))
        except ssl.SSLError:
            self._trust_each(new)
        self._trusted |= new
        return len(new)

    def _trust_each(self, anchors: Iterable[bytes]) -> None:
        """One by one, so that one that OpenSSL cannot read keeps no other out."""
        for der in anchors:
            try:
                self.context.load_verify_locations(cadata=der)
            except ssl.SSLError as bad:
                _log.error("anchor_not_readable", fingerprint=hashlib.sha256(der).hexdigest(), fault=str(bad))


def fingerprint_of(connection: ssl.SSLObject | ssl.SSLSocket) -> bytes | None:
    """SHA-256 of the certificate that the other side presented, or `None`; one a connection, also a resumed one."""
    der = connection.getpeercert(binary_form=True)
    return None if der is None else hashlib.sha256(der).digest()
