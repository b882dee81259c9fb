"""Messages of the modern API as JSON: one table of fields reads them and describes them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from spojka.kernel.ids import ServiceId
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.messages.records import Class
from spojka.network.messaging.submission.requests import Submission
from spojka.surfaces.gateway.connector.bounds import LONGEST_TEXT
from spojka.surfaces.gateway.connector.exchange import malformed

FARTHEST_S: Final = 366 * 86_400
"""Times of a message lie within a year."""
LONGEST_REFERENCE: Final = 128


class FieldWrong(ValueError):
    """A field holds what it cannot; says why."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a message comes from: the application, the class of the URL, the certificate, and when."""

    application: ServiceId
    url: Class
    certificate: bytes | None
    now: datetime


@dataclass(frozen=True, slots=True)
class Field:
    """
    One field of a message.

    Args:
        into: the submission's name for it.
        read: the value of what was sent; raises `FieldWrong` with the reason.
        schema: its JSON Schema.

    """

    into: str
    read: Callable[[Any], Any]
    schema: Mapping[str, Any]


def _text(most: int) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if not isinstance(value, str):
            raise FieldWrong("not a text")
        if len(value) > most:
            raise FieldWrong(f"longer than {most} characters")
        return value

    return read


def _token(value: Any) -> str:
    text = _text(LONGEST_REFERENCE)(value)
    if not text or not text.isprintable():
        raise FieldWrong("empty, or holds characters that do not print")
    return text


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise FieldWrong("neither true nor false")
    return value


def _octets(most: int) -> Callable[[Any], bytes]:
    def read(value: Any) -> bytes:
        text = _text(most * 4 // 3 + 4)(value)
        try:
            return base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            raise FieldWrong("not base64") from None

    return read


def _one_of(*words: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if not isinstance(value, str) or value not in words:
            raise FieldWrong(f"none of {', '.join(words)}")
        return value

    return read


def _seconds(value: Any) -> timedelta:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= FARTHEST_S:
        raise FieldWrong(f"not a whole number from 1 to {FARTHEST_S}")
    return timedelta(seconds=value)


def instant(value: Any) -> datetime:
    """An instant with its zone (RFC 3339); raises `FieldWrong` with the reason."""
    try:
        found = datetime.fromisoformat(_text(40)(value))
    except ValueError:
        raise FieldWrong("not an instant like 2026-02-01T09:00:00+01:00") from None
    if found.tzinfo is None:
        raise FieldWrong("has no time zone")
    try:
        return found.astimezone(UTC)
    except OverflowError:
        raise FieldWrong("too far") from None


def _said(kind: str, about: str) -> dict[str, Any]:
    return {"type": kind, "description": about}


FIELDS: Final[Mapping[str, Field]] = {
    "to": Field("to", _text(32), _said("string", "Recipient, E.164 or nine Czech digits.")),
    "text": Field("text", _text(LONGEST_TEXT), _said("string", "The words, as they shall be read.")),
    "data": Field(
        "data", _octets(4096), {**_said("string", "Octets of a binary SMS, in place of text."), "format": "byte"}
    ),
    "header": Field("header", _octets(140), {**_said("string", "User data header of a binary SMS."), "format": "byte"}),
    "sender": Field(
        "sender",
        _text(32),
        _said("string", "Application number, MSISDN, nickname, or auto: the number that the recipient can answer."),
    ),
    "purpose": Field(
        "purpose",
        _one_of("commercial", "service"),
        {**_said("string", "Commercial unless said otherwise."), "enum": ["commercial", "service"]},
    ),
    "coding": Field(
        "coding",
        _one_of("auto", "gsm7-translit", "ucs2"),
        {
            **_said("string", "auto loses nothing; gsm7-translit replaces characters to save parts."),
            "enum": ["auto", "gsm7-translit", "ucs2"],
        },
    ),
    "priority": Field("priority", _flag, _said("boolean", "Must agree with the address; absent, the address decides.")),
    "reference": Field(
        "reference", _token, _said("string", "Your own key: the same one again answers the same and sends nothing.")
    ),
    "report": Field("report", _flag, _said("boolean", "Whether the outcome comes as a report.")),
    "flash": Field("flash", _flag, _said("boolean", "Shown at once and not stored by the handset.")),
    "send_at": Field("not_before", instant, {**_said("string", "Leaves no sooner."), "format": "date-time"}),
    "expires_at": Field("expires_at", instant, {**_said("string", "Leaves no later."), "format": "date-time"}),
    "valid_for_s": Field("expires_at", _seconds, _said("integer", "In place of expires_at: seconds from now.")),
}
"""Every field of a message to one recipient."""


def read_message(raw: object, origin: Origin) -> Submission | Refusal:
    """A message as JSON gave it, or which field cannot be read and why."""
    if not isinstance(raw, dict):
        return malformed("message", "not an object")
    found: dict[str, Any] = {}
    for name, value in raw.items():
        field = FIELDS.get(name)
        if field is None:
            return malformed(str(name), "there is no such field")
        if value is None:
            continue
        try:
            found[field.into] = field.read(value)
        except FieldWrong as wrong:
            return malformed(name, str(wrong))
    if "to" not in found:
        return malformed("to", "missing")
    if ("text" in found) == ("data" in found):
        return malformed("text", "give either text or data")
    refusal = _times(found, origin.now) if "expires_at" in found or "not_before" in found else None
    if refusal is not None:
        return refusal
    return Submission(origin.application, url=origin.url, certificate=origin.certificate, **found)


def _times(found: dict[str, Any], now: datetime) -> Refusal | None:
    """Make a validity an instant, and check that times lie within reach and in order."""
    expires = found.get("expires_at")
    if isinstance(expires, timedelta):
        expires = found["expires_at"] = now + expires
    for name, into in (("expires_at", "expires_at"), ("send_at", "not_before")):
        at = found.get(into)
        if at is not None and abs(at - now) > timedelta(seconds=FARTHEST_S):
            return malformed(name, "more than a year away")
    if expires is not None and "not_before" in found and expires <= found["not_before"]:
        return malformed("expires_at", "not after send_at")
    return None
