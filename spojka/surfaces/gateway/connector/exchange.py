"""A request as handlers see it, and what they answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Final
from urllib.parse import parse_qsl

import orjson

from spojka.access.operations.outcome import plain
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.certificates.pins import Pin
from spojka.terms.clauses import Language
from spojka.terms.refusals import explain_refusal

JSON: Final = (b"content-type", b"application/json; charset=utf-8")
TEXT: Final = (b"content-type", b"text/plain; charset=utf-8")
CLOSE: Final = (b"connection", b"close")
MOST_ARGUMENTS: Final = 64

Header = tuple[bytes, bytes]

STATUSES: Final = {
    "REQUEST_MALFORMED": 400,
    "TOO_MANY_MESSAGES": 413,
    "BODY_TOO_LARGE": 413,
    "ADDRESS_UNKNOWN": 404,
    "METHOD_NOT_ALLOWED": 405,
    "APPLICATION_UNKNOWN": 404,
    "MESSAGE_NOT_FOUND": 404,
    "MESSAGE_LEFT": 409,
    "MO_EXPIRED": 410,
    "KEY_REUSED": 409,
    "WOULD_EXPIRE": 409,
    "QUEUE_FULL": 429,
    "DAILY_LIMIT_EXCEEDED": 429,
    "MONTHLY_LIMIT_EXCEEDED": 429,
    "TOO_MANY_WAITING": 429,
    "TOO_MUCH_AT_ONCE": 429,
    "SERVICE_SUSPENDED": 403,
    "SERVICE_NOT_ACTIVE": 403,
    "SERVICE_TERMINATED": 403,
    "CONSENT_WITHDRAWN": 403,
    "CONSENT_MISSING": 403,
    "OPT_OUT_ROUTE_MISSING": 403,
    "FAULT": 500,
    "TRY_AGAIN": 503,
    "OUTCOME_UNKNOWN": 503,
}
"""HTTP status of a refusal; of a certificate's it is 403, of any other 422."""


def status_of(code: str) -> int:
    """
    The HTTP status that tells a refusal.

    >>> status_of("QUEUE_FULL"), status_of("CERT_REVOKED"), status_of("RECIPIENT_INVALID")
    (429, 403, 422)
    """
    return 403 if code.startswith("CERT_") else STATUSES.get(code, 422)


@dataclass
class Asked:
    """
    One request of a program that is known.

    Args:
        method, path, query: as sent.
        headers: by their names in small letters; of one named twice the last.
        body: whole.
        pin: which application it is and by which certificate; `None` where the address names none.
        fingerprint: SHA-256 of the certificate.
        values: what the address holds, by the names of the route.
        now: the instant of the request: when it is whole.
        is_last: of its connection.
        peer: the other side's address and port.
        refused_as: the code that its answer refuses it by, `""` where it does not.
        held_bytes: of its body, as the server counts them.
        has_left: whether who asked went away before the answer.
        on_left: is told so at once.

    """

    method: str
    path: str
    query: bytes
    headers: Mapping[bytes, bytes]
    body: bytes
    fingerprint: bytes | None
    now: datetime
    pin: Pin | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    is_last: bool = False
    peer: tuple[str, int] | None = None
    refused_as: str = ""
    held_bytes: int = 0
    has_left: bool = False
    on_left: Callable[[], None] | None = None

    @cached_property
    def language(self) -> Language:
        """The language of words: English where it is asked for before Czech, else Czech."""
        wanted = self.headers.get(b"accept-language", b"").lower()
        english, czech = wanted.find(b"en"), wanted.find(b"cs")
        return "en" if english >= 0 and (czech < 0 or english < czech) else "cs"

    @cached_property
    def arguments(self) -> dict[str, str]:
        """The arguments of the address; raises `ValueError` where they are not UTF-8 or too many."""
        return dict(
            parse_qsl(
                self.query.decode(),
                keep_blank_values=True,
                errors="strict",
                max_num_fields=MOST_ARGUMENTS,
            )
        )


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer before it is written."""

    status: int
    body: bytes = b""
    headers: tuple[Header, ...] = (JSON,)


def as_json(body: Any, *, status: int = 200, headers: tuple[Header, ...] = ()) -> Reply:
    """An answer in JSON."""
    return Reply(status, orjson.dumps(body, option=orjson.OPT_UTC_Z), (JSON, *headers))


def told(refusal: Refusal, language: Language) -> dict[str, Any]:
    """A refusal with its code, clauses, figures and words."""
    return {
        "code": refusal.code,
        "clauses": list(refusal.clauses),
        "figures": plain(dict(refusal.figures)),
        "words": explain_refusal(refusal, language),
    }


def retry_after(refusal: Refusal, now: datetime) -> tuple[Header, ...]:
    """`Retry-After` where a refusal says from when the same may be accepted."""
    at = refusal.figures.get("retry_at")
    if not isinstance(at, datetime):
        return ()
    return ((b"retry-after", str(max(1, -int((now - at).total_seconds() // 1))).encode()),)


def refused(refusal: Refusal, asked: Asked, *, headers: tuple[Header, ...] = ()) -> Reply:
    """A refusal of the whole request."""
    asked.refused_as = refusal.code
    body = {"refusal": told(refusal, asked.language)}
    found = (*retry_after(refusal, asked.now), *headers)
    return as_json(body, status=status_of(refusal.code), headers=found)


def malformed(name: str, reason: str) -> Refusal:
    """What is wrong with a field of a request; a long name is cut."""
    return Refusal("REQUEST_MALFORMED", (), {"field": name[:64], "reason": reason})
