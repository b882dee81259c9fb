"""Envelopes: a message within SOAP 1.1, written in one namespace and read by local names (TS 23.140, 8.7.8)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, unquote

from lxml import etree

from spojka.network.messaging.mm7.content import CHARSETS, CannotBeWritten
from spojka.network.messaging.mm7.elements import BY_NAME, ELEMENTS, Element
from spojka.network.messaging.mm7.limits import READ_LIMITS, Limits
from spojka.network.messaging.mm7.messages import (
    DeliverReq,
    Fault,
    Message,
    ReplaceReq,
    RSErrorRsp,
    SubmitReq,
    VASPErrorRsp,
)
from spojka.network.messaging.mm7.statuses import (
    FORMAT_CORRUPT,
    UNSUPPORTED_OPERATION,
    UNSUPPORTED_VERSION,
    VALIDATION_ERROR,
    Retry,
    retry_class,
)
from spojka.network.messaging.mm7.values import (
    ValueWrong,
    attributes,
    children,
    local,
    put_text,
    read_boolean,
    sub,
    text_of,
)

SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
NAMESPACE: Final = "http://www.3gpp.org/ftp/Specs/archive/23_series/23.140/schema/REL-6-MM7-1-4"
CARRIES_CONTENT: Final = (SubmitReq, DeliverReq, ReplaceReq)
_NAMESPACES: Final = re.compile(r"http://www\.3gpp\.org/[A-Za-z0-9_./-]{1,150}")
_VERSIONS: Final = re.compile(r"[56]\.\d{1,3}\.\d{1,3}")
_DECLARATION: Final = re.compile(r"\s*<\?xml\s[^<>]{0,200}\?>")
_DECLARED: Final = re.compile(
    rb"""\s{0,64}<\?xml\s[^<>]{0,120}?encoding\s{0,8}=\s{0,8}["']([A-Za-z0-9._-]{1,40})["']"""
)
_MARKS: Final = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


@dataclass(frozen=True, slots=True)
class Unreadable:
    """
    Why a body could not be read, and what to answer.

    Args:
        status: the code to answer with, of `statuses.STATUSES`.
        reason: what was wrong, with the value; no content of the message.
        transaction_id: to be echoed, where it was read.
        message: the class of the message, where the body got that far.
        namespace: the peer's namespace of MM7.

    """

    status: int
    reason: str
    transaction_id: str | None = None
    message: type[Message] | None = None
    namespace: str = NAMESPACE


@dataclass(frozen=True, slots=True)
class Reference:
    """What an envelope says of its content: the id referred to, and whether it may be adapted."""

    content_id: str
    allow_adaptations: bool | None = None


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message as its envelope gives it: its content is only referred to."""

    message: Message | Fault
    transaction_id: str | None = None
    namespace: str = NAMESPACE
    reference: Reference | None = None


def write_envelope(message: Message, *, transaction_id: str | None, namespace: str = NAMESPACE) -> bytes:
    """
    A message as an envelope in UTF-8, with its elements in the schema's order; content is referred to by its id.

    An error response stands in a fault's detail, as `Server` where another try may help and as `Client` where not.

    Raises:
        CannotBeWritten: where a field holds letters that XML cannot carry, or a time without a zone.

    """
    envelope = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"env": SOAP})
    header = etree.SubElement(envelope, f"{{{SOAP}}}Header")
    if transaction_id is not None:
        mark = etree.SubElement(header, _name(namespace, "TransactionID"), nsmap={"mm7": namespace})
        mark.set(f"{{{SOAP}}}mustUnderstand", "1")
        put_text(mark, transaction_id)
    body = etree.SubElement(envelope, f"{{{SOAP}}}Body")
    if isinstance(message, RSErrorRsp | VASPErrorRsp):
        body = _fault_detail(body, message.status.code)
    element = etree.SubElement(
        body,
        _name(namespace, type(message).__name__),
        nsmap={None: namespace},  # type: ignore[dict-item]  # the stubs know no default namespace
    )
    for one in ELEMENTS[type(message)]:
        value = getattr(message, one.field)
        if value is not None and value != ():
            one.codec.write(sub(element, one.tag), value)
    if isinstance(message, CARRIES_CONTENT) and message.content is not None:
        content = sub(element, "Content")
        content.set("href", "cid:" + quote(message.content.content_id, safe="@._-~+!$*'(),;:=/&"))
        if message.content.allow_adaptations is not None:
            content.set("allowAdaptations", "true" if message.content.allow_adaptations else "false")
    return etree.tostring(envelope, encoding="UTF-8", xml_declaration=True)


def _name(namespace: str, tag: str) -> str:
    try:
        return str(etree.Element(f"{{{namespace}}}{tag}").tag)
    except ValueError as error:
        raise CannotBeWritten(f"namespace {namespace[:120]!r}: {error}") from error


def _fault_detail(body: etree._Element, code: int) -> etree._Element:
    fault = etree.SubElement(body, f"{{{SOAP}}}Fault")
    ours = retry_class(code) is not Retry.LATER
    etree.SubElement(fault, "faultcode").text = "env:Client" if ours else "env:Server"
    etree.SubElement(fault, "faultstring").text = "Client error" if ours else "Server error"
    return etree.SubElement(fault, "detail")


def read_envelope(data: bytes, *, charset: str | None = None, limits: Limits = READ_LIMITS) -> Envelope | Unreadable:
    """
    The message in an envelope.

    Args:
        data: the envelope's bytes, transfer encoding already undone.
        charset: what the part's `Content-Type` says; it outweighs the XML declaration (RFC 7303, 3).
        limits: sizes beyond which nothing is parsed.

    """
    root = _parse(data, charset, limits)
    if isinstance(root, Unreadable):
        return root
    if root.tag != f"{{{SOAP}}}Envelope":
        return Unreadable(VALIDATION_ERROR, f"the root is {str(root.tag)[:120]!r}, not an envelope of SOAP 1.1")
    parts = {local(child): child for child in children(root)}
    transaction_id, beyond = _header(parts.get("Header"))
    if beyond is not None:
        return Unreadable(VALIDATION_ERROR, f"header {beyond[:80]!r} must be understood and is not", transaction_id)
    body = parts.get("Body")
    inner = children(body) if body is not None else []
    if not inner:
        return Unreadable(VALIDATION_ERROR, "the envelope has no message in its body", transaction_id)
    if local(inner[0]) == "Fault":
        return _read_fault(inner[0], transaction_id)
    return _read_message(inner[0], transaction_id)


def _parse(data: bytes, charset: str | None, limits: Limits) -> etree._Element | Unreadable:
    if len(data) > limits.envelope_bytes:
        return Unreadable(
            VALIDATION_ERROR, f"an envelope of {len(data)} bytes; at most {limits.envelope_bytes} are read"
        )
    text = _decoded(data, charset)
    if isinstance(text, Unreadable):
        return text
    text = _DECLARATION.sub("", text, count=1).strip("\ufeff \t\r\n")
    if _has_doctype(text):
        return Unreadable(VALIDATION_ERROR, "the envelope declares a document type; SOAP allows none")
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_pis=True,
        remove_comments=True,
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        return Unreadable(VALIDATION_ERROR, f"the envelope is not well-formed: {str(error)[:160]}")
    if root.getroottree().docinfo.internalDTD is not None:
        return Unreadable(VALIDATION_ERROR, "the envelope declares a document type; SOAP allows none")
    if _is_deeper(root, limits.xml_depth):
        return Unreadable(VALIDATION_ERROR, f"the envelope is deeper than {limits.xml_depth} elements")
    return root


def _decoded(data: bytes, charset: str | None) -> str | Unreadable:
    """The envelope's letters: by its mark, else the header's charset, else its declaration, else UTF-8."""
    declared = _DECLARED.match(data[:256])
    marked = next((name for mark, name in _MARKS if data.startswith(mark)), None)
    named = charset or (declared[1].decode("ascii") if declared else "utf-8")
    known = marked or CHARSETS.get(named.lower())
    if known is None:
        return Unreadable(VALIDATION_ERROR, f"charset {named[:40]!r} is not read")
    if known.startswith("utf-16") and marked is None and data[:1] != b"\x00" and data[1:2] != b"\x00":
        known = "utf-8"  # a declaration copied from the writer's memory: the bytes are plainly single ones
    try:
        return data.decode(known)
    except UnicodeDecodeError as error:
        return Unreadable(VALIDATION_ERROR, f"the envelope is not {named[:40]}: byte {error.start}")


def _has_doctype(text: str) -> bool:
    """Whether a document type stands before the root; comments and instructions before it are stepped over."""
    at = 0
    while True:
        while at < len(text) and text[at] in " \t\r\n":
            at += 1
        if text.startswith("<!--", at):
            end = text.find("-->", at + 4)
            step = 3
        elif text.startswith("<?", at):
            end = text.find("?>", at + 2)
            step = 2
        else:
            return text.startswith("<!", at)
        if end < 0:
            return False
        at = end + step


def _is_deeper(root: etree._Element, most: int) -> bool:
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > most:
            return True
    return False


def _header(header: etree._Element | None) -> tuple[str | None, str | None]:
    """The transaction's id, and the name of a header that must be understood but is not known."""
    transaction_id: str | None = None
    for child in children(header) if header is not None else []:
        if local(child) == "TransactionID":
            transaction_id = text_of(child).strip() or None
        elif child.get(f"{{{SOAP}}}mustUnderstand") in ("1", "true"):
            return transaction_id, local(child)
    return transaction_id, None


def _read_fault(fault: etree._Element, transaction_id: str | None) -> Envelope | Unreadable:
    parts = {local(child): child for child in children(fault)}
    detail = parts.get("detail")
    for child in children(detail) if detail is not None else []:
        if BY_NAME.get(local(child)) in (RSErrorRsp, VASPErrorRsp):
            return _read_message(child, transaction_id)
    code = text_of(parts["faultcode"]).strip() if "faultcode" in parts else ""
    words = text_of(parts["faultstring"]).strip() if "faultstring" in parts else ""
    return Envelope(Fault(code.rpartition(":")[2], words), transaction_id)


def _read_message(element: etree._Element, transaction_id: str | None) -> Envelope | Unreadable:
    found_in = etree.QName(element).namespace or ""
    namespace = found_in if _NAMESPACES.fullmatch(found_in) else NAMESPACE
    kind = BY_NAME.get(local(element))
    if kind is None:
        reason = f"{local(element)[:80]!r} is no message of MM7"
        return Unreadable(UNSUPPORTED_OPERATION, reason, transaction_id, namespace=namespace)

    def wrong(code: int, reason: str) -> Unreadable:
        return Unreadable(code, f"{kind.__name__}: {reason}", transaction_id, kind, namespace)

    found: dict[str, etree._Element] = {}
    for child in children(element):
        if local(child) in found:
            return wrong(VALIDATION_ERROR, f"{local(child)[:80]!r} stands twice")
        found[local(child)] = child
    fields: dict[str, Any] = {}
    for one in ELEMENTS[kind]:
        try:
            value = _value(one, found)
        except ValueWrong as error:
            return wrong(FORMAT_CORRUPT, f"{one.tag}: {error}")
        if one.required and value is None:
            return wrong(VALIDATION_ERROR, f"{one.tag} is missing")
        if value is not None or one.field == "version":
            fields[one.field] = value
    version = fields["version"]
    if version is not None and not _VERSIONS.fullmatch(version):
        return wrong(UNSUPPORTED_VERSION, f"version {version[:20]!r} is neither 5 nor 6")
    if kind is SubmitReq and not fields["recipients"].every():
        return wrong(VALIDATION_ERROR, "Recipients names nobody")
    try:
        reference = _reference(found.get("Content")) if issubclass(kind, CARRIES_CONTENT) else None
    except ValueWrong as error:
        return wrong(FORMAT_CORRUPT, f"Content: {error}")
    return Envelope(kind(**fields), transaction_id, namespace, reference)


def _value(one: Element, found: dict[str, etree._Element]) -> Any:
    element = next((found[tag] for tag in (one.tag, *one.also) if tag in found), None)
    return one.codec.read(element) if element is not None else None


def _reference(content: etree._Element | None) -> Reference | None:
    if content is None:
        return None
    found = attributes(content)
    href = found.get("href", "").strip()
    if not href:
        raise ValueWrong("it refers to nothing")
    adaptations = found.get("allowAdaptations")
    return Reference(
        content_id=unquote(href[4:] if href[:4].lower() == "cid:" else href).strip("<>"),
        allow_adaptations=read_boolean(adaptations) if adaptations is not None else None,
    )
