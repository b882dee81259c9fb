"""MIME bodies: parts, headers, boundaries and transfer encodings, to the byte (RFC 2045, 2046, 2387)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from urllib.parse import unquote_to_bytes

from spojka.network.messaging.mm7.content import check_header
from spojka.network.messaging.mm7.limits import Limits

_TOKEN: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|{}~-]+")
_BOUNDARY: Final = re.compile(r"[A-Za-z0-9'()+_,./:=? -]{0,199}[A-Za-z0-9'()+_,./:=?-]")
_BLANKS: Final = b" \t\r\n"
_NOT_BASE64: Final = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))
_SOFT_BREAK: Final = re.compile(rb"=[ \t]*\r?\n")
_TRAILING: Final = re.compile(rb"(?<![ \t])[ \t]+(?=\r?\n|\Z)")
_ESCAPED: Final = re.compile(rb"=([0-9A-Fa-f]{2})?")
_BASE64_LINE: Final = 57
"""Bytes that fill one line of 76 letters."""


class BodyWrong(ValueError):
    """A body is not the MIME it says it is; says where it breaks."""


class TransferEncoding(StrEnum):
    """How a part's bytes are written: HTTP carries both, some peers only read base64."""

    BASE64 = "base64"
    BINARY = "binary"


@dataclass(frozen=True, slots=True)
class ContentType:
    """A `Content-Type` taken apart: the type in small letters, its parameters by their names in small letters."""

    media_type: str
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_container(self) -> bool:
        """Whether the body holds parts."""
        return self.media_type.startswith("multipart/")


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a body: its headers by their names in small letters, its type, its bytes with the encoding undone."""

    headers: Mapping[str, str]
    content_type: ContentType
    data: bytes

    @property
    def content_id(self) -> str | None:
        """Its id without angle brackets."""
        return self.headers.get("content-id", "").strip().removeprefix("<").removesuffix(">").strip() or None


def read_content_type(value: str) -> ContentType:
    """
    A `Content-Type` header: type and parameters, quoted or not; of a parameter named twice the first counts.

    Raises:
        BodyWrong: where it is none.

    """
    head, _, rest = value.partition(";")
    media_type = head.strip().lower()
    kind, slash, subtype = media_type.partition("/")
    if not slash or not _TOKEN.fullmatch(kind) or not _TOKEN.fullmatch(subtype):
        raise BodyWrong(f"{value[:80]!r} is no content type")
    parameters: dict[str, str] = {}
    while rest.strip(" \t;"):
        name, value_of, rest = _parameter(rest)
        if name.endswith("*"):
            name, value_of = name[:-1], _extended(value_of)
        parameters.setdefault(name, value_of)
    return ContentType(media_type, parameters)


def _parameter(text: str) -> tuple[str, str, str]:
    """The first parameter of what is left of a header, and what is left after it."""
    text = text.lstrip(" \t;")
    name, equals, rest = text.partition("=")
    name = name.strip().lower()
    if not equals or not _TOKEN.fullmatch(name):
        raise BodyWrong(f"{text[:80]!r} is no parameter")
    rest = rest.lstrip(" \t")
    if not rest.startswith('"'):
        bare, _, after = rest.partition(";")
        return name, bare.strip(), after
    found: list[str] = []
    at = 1
    while at < len(rest) and rest[at] != '"':
        at += rest[at] == "\\"
        found.append(rest[at : at + 1])
        at += 1
    if at >= len(rest):
        raise BodyWrong(f"the quotes of parameter {name[:40]!r} do not end")
    return name, "".join(found), rest[at + 1 :].partition(";")[2]


def _extended(value: str) -> str:
    """A parameter with its charset before it (RFC 8187); one that cannot be read stays as it stands."""
    charset, quote, rest = value.partition("'")
    escaped = rest.partition("'")[2]
    if not quote or charset.lower() not in ("utf-8", "iso-8859-1"):
        return value
    try:
        return unquote_to_bytes(escaped).decode(charset)
    except UnicodeDecodeError:
        return value


def write_content_type(media_type: str, parameters: Sequence[tuple[str, str]] = ()) -> str:
    """
    A `Content-Type` header; every parameter is quoted.

    Raises:
        CannotBeWritten: where a value cannot stand in a header.

    """
    written = [media_type]
    for name, value in parameters:
        check_header(value)
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        written.append(f'{name}="{escaped}"')
    return "; ".join(written)


def split_parts(data: bytes, content_type: ContentType, *, limits: Limits) -> tuple[Part, ...]:
    """
    The parts of a container, each with its transfer encoding undone.

    Lines end as the first boundary's line does: in CRLF, or in LF alone, which some peers send.

    Raises:
        BodyWrong: where the boundary is missing or does not close, there are too many parts, or an encoding is broken.

    """
    boundary = content_type.parameters.get("boundary", "")
    if not _BOUNDARY.fullmatch(boundary):
        raise BodyWrong(f"boundary {boundary[:80]!r} is none")
    pieces = _pieces(data, b"--" + boundary.encode("ascii"), limits.parts)
    return tuple(read_part(piece, limits=limits) for piece in pieces)


def _pieces(data: bytes, delimiter: bytes, most: int) -> list[bytes]:
    pieces: list[bytes] = []
    at = _line_start(data, delimiter, 0)
    begin = -1
    bare_lf = False
    while at >= 0:
        after = at + len(delimiter)
        closes = data.startswith(b"--", after)
        end = _line_end(data, after + 2 * closes, closes=closes)
        if end is None:
            at = _line_start(data, delimiter, at + 1)
            continue
        if begin < 0:
            bare_lf = data[end - 2 : end] != b"\r\n"
        else:
            pieces.append(data[begin : _before_break(data, at, begin, bare_lf=bare_lf)])
            if len(pieces) > most:
                raise BodyWrong(f"more than {most} parts")
        if closes:
            return pieces
        begin = end
        at = _line_start(data, delimiter, end)
    raise BodyWrong("the body ends before its last boundary" if begin >= 0 else "the boundary does not occur")


def _line_start(data: bytes, delimiter: bytes, begin: int) -> int:
    """Where the delimiter next stands at the start of a line, or -1."""
    at = data.find(delimiter, begin)
    while at > 0 and data[at - 1] != 0x0A:
        at = data.find(delimiter, at + 1)
    return at


def _line_end(data: bytes, at: int, *, closes: bool) -> int | None:
    """Where the next line begins if only blanks follow; `None` where the line is no boundary."""
    while at < len(data) and data[at] in b" \t":
        at += 1
    if data.startswith(b"\r\n", at):
        return at + 2
    if data.startswith(b"\n", at):
        return at + 1
    return at if closes and at == len(data) else None


def _before_break(data: bytes, at: int, begin: int, *, bare_lf: bool) -> int:
    """Where a part ends: the line break before a boundary belongs to the boundary."""
    end = max(at - 1, begin)
    return end - 1 if not bare_lf and end > begin and data[end - 1] == 0x0D else end


def read_part(piece: bytes, *, limits: Limits) -> Part:
    """
    One part, or an entity with headers of its own, with its transfer encoding undone.

    Raises:
        BodyWrong: where its headers are none, are too long, or name a type or an encoding that is none.

    """
    headers, data = _headers(piece, limits.header_bytes)
    content_type = read_content_type(headers.get("content-type") or "text/plain")
    return Part(headers, content_type, decode(data, headers.get("content-transfer-encoding", "")))


def _headers(piece: bytes, most: int) -> tuple[dict[str, str], bytes]:
    headers: dict[str, str] = {}
    at = 0
    last = ""
    while True:
        end = piece.find(b"\n", at)
        line = piece[at:] if end < 0 else piece[at:end]
        following = len(piece) if end < 0 else end + 1
        if following > most and (line.strip() or at > most):
            raise BodyWrong(f"the headers of a part are longer than {most} bytes")
        if not line.strip():
            return headers, piece[following:]
        if line[:1] in (b" ", b"\t") and last:
            headers[last] += " " + _letters(line)
        else:
            name, colon, value = _letters(line).partition(":")
            last = name.strip().lower()
            if not colon or not _TOKEN.fullmatch(last):
                raise BodyWrong(f"{line[:80]!r} is no header")
            headers.setdefault(last, value.strip())
        if end < 0:
            return headers, b""
        at = following


def _letters(line: bytes) -> str:
    stripped = line.strip(_BLANKS)
    try:
        return stripped.decode()
    except UnicodeDecodeError:
        return stripped.decode("latin-1")


def decode(data: bytes, encoding: str) -> bytes:
    """
    Undo a transfer encoding: base64, quoted-printable; 7bit, 8bit and binary are the bytes themselves.

    Raises:
        BodyWrong: where the encoding is another, or the base64 is not whole.

    """
    match encoding.strip().lower():
        case "" | "7bit" | "8bit" | "binary":
            return data
        case "base64":
            return _from_base64(data)
        case "quoted-printable":
            return _from_quoted_printable(data)
        case other:
            raise BodyWrong(f"transfer encoding {other[:40]!r} is not known")


def _from_base64(data: bytes) -> bytes:
    dense = data.translate(None, _BLANKS)
    letters = dense.rstrip(b"=")
    if letters.translate(None, _NOT_BASE64) != letters or len(dense) - len(letters) > 2:
        raise BodyWrong("base64 holds letters that are none of it")
    try:
        return base64.b64decode(letters + b"=" * (-len(letters) % 4), validate=True)
    except binascii.Error as error:
        raise BodyWrong(f"base64 is cut: {error}") from error


def _from_quoted_printable(data: bytes) -> bytes:
    """RFC 2045, 6.7: blanks at the end of a line are the transport's; an escape that is none stands for itself."""
    joined = _SOFT_BREAK.sub(b"", _TRAILING.sub(b"", data))
    return _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]) if found[1] else found[0], joined)


def write_part(headers: Sequence[tuple[str, str]], data: bytes, encoding: TransferEncoding) -> bytes:
    """One part: its headers, how its bytes are encoded, and the bytes; base64 in lines of 76 letters."""
    lines = [f"{name}: {value}" for name, value in headers]
    lines.append(f"Content-Transfer-Encoding: {encoding}")
    if encoding is TransferEncoding.BASE64:
        data = b"\r\n".join(
            binascii.b2a_base64(data[at : at + _BASE64_LINE], newline=False) for at in range(0, len(data), _BASE64_LINE)
        )
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + data


def join_parts(parts: Sequence[bytes]) -> tuple[str, bytes]:
    """Parts as one body, and the boundary between them: made from the parts, and found in none of them."""
    digest = hashlib.sha256(b"\0".join(parts))
    boundary = f"mm7-{digest.hexdigest()[:32]}"
    while any(boundary.encode() in part for part in parts):
        digest.update(b"\0")
        boundary = f"mm7-{digest.hexdigest()[:32]}"
    line = b"--" + boundary.encode()
    return boundary, b"".join(line + b"\r\n" + part + b"\r\n" for part in parts) + line + b"--\r\n"
