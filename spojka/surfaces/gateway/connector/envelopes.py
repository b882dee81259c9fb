"""SOAP 1.1 and 1.2 envelopes: read defensively, written by the table of the interface."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal
from xml.sax.saxutils import escape

from lxml import etree

from spojka.kernel.time import PRAGUE
from spojka.surfaces.gateway.connector.wsdl import NAMESPACE, TYPES, Fields

SOAP_11: Final = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP_12: Final = "http://www.w3.org/2003/05/soap-envelope"
_NIL: Final = "{http://www.w3.org/2001/XMLSchema-instance}nil"
DEEPEST: Final = 32
_TRUE: Final = {"true", "1"}
_FALSE: Final = {"false", "0", ""}

Version = Literal["1.1", "1.2"]
CONTENT_TYPES: Final[Mapping[Version, bytes]] = {
    "1.1": b"text/xml; charset=utf-8",
    "1.2": b"application/soap+xml; charset=utf-8",
}


class EnvelopeWrong(ValueError):
    """A body is no SOAP envelope that is taken here; says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Node:
    """An element as it is read: local names only, texts as they stand, nil as missing."""

    name: str
    text: str
    children: tuple[Node, ...] = ()

    def of(self, name: str) -> Node | None:
        """The first child of a name."""
        return next((one for one in self.children if one.name == name), None)

    def all_of(self, name: str) -> list[Node]:
        """Every child of a name."""
        return [one for one in self.children if one.name == name]

    def text_of(self, name: str) -> str:
        """The text of a child, or an empty one."""
        found = self.of(name)
        return "" if found is None else found.text

    def whole_of(self, name: str) -> int:
        """A whole number, 0 where it is missing; raises `EnvelopeWrong`."""
        text = self.text_of(name).strip() or "0"
        if not (text.isascii() and text.isdigit() and len(text) < 11):
            raise EnvelopeWrong(f"{name}: not a whole number")
        return int(text)

    def flag_of(self, name: str) -> bool:
        """A truth value, false where it is missing; raises `EnvelopeWrong`."""
        text = self.text_of(name).strip().lower()
        if text not in _TRUE | _FALSE:
            raise EnvelopeWrong(f"{name}: neither true nor false")
        return text in _TRUE

    def octets_of(self, name: str) -> bytes:
        """Octets in base64, none where they are missing; raises `EnvelopeWrong`."""
        try:
            return base64.b64decode("".join(self.text_of(name).split()), validate=True)
        except (binascii.Error, ValueError):
            raise EnvelopeWrong(f"{name}: not base64") from None

    def instant_of(self, name: str) -> datetime | None:
        """An instant, of Prague where it names no zone; raises `EnvelopeWrong`."""
        text = self.text_of(name).strip()
        if not text:
            return None
        try:
            found = datetime.fromisoformat(text)
            return (found if found.tzinfo else found.replace(tzinfo=PRAGUE)).astimezone(UTC)
        except (ValueError, OverflowError):
            raise EnvelopeWrong(f"{name}: not an instant") from None


@dataclass(frozen=True, slots=True)
class Envelope:
    """A request: the version of SOAP it speaks, and the element of its body."""

    version: Version
    body: Node


def read_envelope(raw: bytes) -> Envelope:
    """
    Read a request.

    Raises:
        EnvelopeWrong: where it is no XML, has a document type, or is no envelope with one element in its body.

    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    if b"<!DOCTYPE" in raw:
        raise EnvelopeWrong("a document type is not taken")
    try:
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError) as wrong:
        raise EnvelopeWrong(f"not XML: {str(wrong)[:200]}") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise EnvelopeWrong("a document type is not taken")
    name = etree.QName(root)
    versions: dict[str | None, Version] = {SOAP_11: "1.1", SOAP_12: "1.2"}
    if name.localname != "Envelope" or name.namespace not in versions:
        raise EnvelopeWrong("the root is no envelope of SOAP 1.1 or 1.2")
    body = root.find(f"{{{name.namespace}}}Body")
    inside = [] if body is None else list(body)
    if len(inside) != 1:
        raise EnvelopeWrong("the body of the envelope does not hold one element")
    return Envelope(versions[name.namespace], _node(inside[0], DEEPEST))


def _node(element: Any, deepest: int) -> Node:
    if not deepest:
        raise EnvelopeWrong(f"deeper than {DEEPEST} elements")
    children = [_node(one, deepest - 1) for one in element if isinstance(one.tag, str) and not _is_nil(one)]
    return Node(etree.QName(element).localname, element.text or "", tuple(children))


def _is_nil(element: Any) -> bool:
    return str(element.get(_NIL, "")).strip().lower() in _TRUE


def write_envelope(version: Version, inside: str) -> bytes:
    """An answer as an envelope."""
    namespace = SOAP_11 if version == "1.1" else SOAP_12
    whole = f'<s:Envelope xmlns:s="{namespace}"><s:Body>{inside}</s:Body></s:Envelope>'
    return f'<?xml version="1.0" encoding="UTF-8"?>{whole}'.encode()


def write_fault(version: Version, reason: str, *, ours: bool) -> bytes:
    """A fault: what was wrong with the request, or that it was us."""
    said = escape(_writable(reason))
    if version == "1.1":
        code = "Server" if ours else "Client"
        inside = f"<s:Fault><faultcode>s:{code}</faultcode><faultstring>{said}</faultstring></s:Fault>"
    else:
        code = "Receiver" if ours else "Sender"
        inside = (
            f"<s:Fault><s:Code><s:Value>s:{code}</s:Value></s:Code>"
            f'<s:Reason><s:Text xml:lang="en">{said}</s:Text></s:Reason></s:Fault>'
        )
    return write_envelope(version, inside)


def write_answer(name: str, fields: Fields, values: Mapping[str, Any]) -> str:
    """An element of the interface with its values."""
    return f'<t:{name} xmlns:t="{NAMESPACE}">{_written(fields, values)}</t:{name}>'


def _written(fields: Fields, values: Mapping[str, Any]) -> str:
    return "".join([_value(name, kind, values[name]) for name, kind in fields if values.get(name) is not None])


def _value(name: str, kind: str, value: Any) -> str:
    if kind.endswith("*"):
        return "".join([_value(name, kind[:-1], one) for one in value])
    if kind in TYPES:
        return f"<{name}>{_written(tuple(fields_of(kind)), value)}</{name}>"
    return f"<{name}>{escape(_writable(_plain(value)))}</{name}>"


def fields_of(kind: str) -> Iterable[tuple[str, str]]:
    """Every field of a type, those of what it extends first."""
    base, own = TYPES[kind]
    return (*(fields_of(base) if base else ()), *own)


def _plain(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case bytes():
            return base64.b64encode(value).decode()
        case datetime():
            return value.astimezone(PRAGUE).isoformat(timespec="milliseconds")
        case _:
            return str(value)


def _writable(text: str) -> str:
    """A text without the characters that XML 1.0 has no way to carry."""
    return "".join([one for one in text if one >= " " or one in "\t\r\n"]).replace("\ufffe", "").replace("\uffff", "")
