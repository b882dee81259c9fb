"""Values of MM7's elements and attributes: written and read by one pair of functions a type."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from lxml import etree

from spojka.network.messaging.mm7.content import CannotBeWritten
from spojka.network.messaging.mm7.messages import (
    Address,
    AddressKind,
    Recipients,
    ReplyCharging,
    SenderIdentification,
    Status,
    UaCapabilities,
)

_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,12})?(Z|[+-]\d\d:?\d\d)?")
_DURATION: Final = re.compile(
    r"P(?:(?P<d>\d{1,6})D)?(?:T(?=\d)(?:(?P<h>\d{1,8})H)?(?:(?P<m>\d{1,9})M)?(?:(?P<s>\d{1,10})(?:\.(?P<f>\d{1,12}))?S)?)?"
)
_PHONE: Final = re.compile(r"\+\d{3,15}|\d{9,15}")
_MOST_DIGITS: Final = 12


class ValueWrong(ValueError):
    """An element or attribute holds a value that is none of its type; says which."""


@dataclass(frozen=True, slots=True)
class Codec:
    """How one type of value becomes the inside of an element, and back; `read` raises `ValueWrong`."""

    write: Callable[[etree._Element, Any], None]
    read: Callable[[etree._Element], Any]


def local(element: etree._Element) -> str:
    """An element's name without its namespace; empty for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(element: etree._Element) -> list[etree._Element]:
    """The elements within an element: no comments, no instructions."""
    return [child for child in element if isinstance(child.tag, str)]


def text_of(element: etree._Element) -> str:
    """All text within an element as it stands."""
    return "".join(str(piece) for piece in element.itertext()) if len(element) else element.text or ""


def put_text(element: etree._Element, text: str) -> None:
    """
    Set an element's text.

    Raises:
        CannotBeWritten: where XML cannot carry a letter of it.

    """
    try:
        element.text = text
    except ValueError as error:
        raise CannotBeWritten(f"{local(element)} {text[:80]!r}: {error}") from error


def _put_attribute(element: etree._Element, name: str, value: str) -> None:
    try:
        element.set(name, value)
    except ValueError as error:
        raise CannotBeWritten(f"{name} {value[:80]!r}: {error}") from error


def sub(parent: etree._Element, tag: str) -> etree._Element:
    """A new element within another and in its namespace."""
    return etree.SubElement(parent, f"{{{etree.QName(parent).namespace}}}{tag}")


def _read_words(element: etree._Element) -> str | None:
    return text_of(element) or None


def _read_token(element: etree._Element) -> str | None:
    return text_of(element).strip() or None


def write_instant(at: datetime) -> str:
    """
    An instant as xs:dateTime in UTC.

    Raises:
        CannotBeWritten: where it says no zone.

    """
    if at.tzinfo is None:
        raise CannotBeWritten(f"{at!r} says no zone")
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def read_instant(text: str) -> datetime:
    """
    An xs:dateTime as UTC; without a zone it is UTC already, and `+0100` is taken for `+01:00`.

    Raises:
        ValueWrong: where it is none.

    """
    trimmed = text.strip()
    if not _INSTANT.fullmatch(trimmed):
        raise ValueWrong(f"{trimmed[:40]!r} is not a date and time")
    try:
        at = datetime.fromisoformat(trimmed)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueWrong(f"{trimmed!r} is not a date and time") from error


def write_moment(value: datetime | timedelta) -> str:
    """
    An instant, or a duration as xs:duration in days and seconds.

    Raises:
        CannotBeWritten: on a negative duration or an instant without a zone.

    """
    if isinstance(value, datetime):
        return write_instant(value)
    if value < timedelta(0):
        raise CannotBeWritten(f"{value!r} is negative")
    fraction = f".{value.microseconds:06d}" if value.microseconds else ""
    return f"P{value.days}DT{value.seconds}{fraction}S"


def read_moment(text: str) -> datetime | timedelta:
    """
    An instant or a duration; months and years are no certain number of days and are refused.

    Raises:
        ValueWrong: where it is neither.

    >>> read_moment("PT90M")
    datetime.timedelta(seconds=5400)
    """
    trimmed = text.strip()
    if not trimmed.startswith("P"):
        return read_instant(trimmed)
    found = _DURATION.fullmatch(trimmed)
    if found is None or trimmed == "P":
        raise ValueWrong(f"{trimmed[:40]!r} is not a duration in days and less")
    try:
        return timedelta(
            days=int(found["d"] or 0),
            hours=int(found["h"] or 0),
            minutes=int(found["m"] or 0),
            seconds=int(found["s"] or 0),
            microseconds=int((found["f"] or "0")[:6].ljust(6, "0")),
        )
    except OverflowError as error:
        raise ValueWrong(f"{trimmed!r} is too long a time") from error


def read_boolean(text: str) -> bool:
    """
    An xs:boolean, in whatever case.

    Raises:
        ValueWrong: where it is none.

    """
    match text.strip().lower():
        case "true" | "1":
            return True
        case "false" | "0":
            return False
        case other:
            raise ValueWrong(f"{other[:40]!r} is not true or false")


def read_whole(text: str) -> int:
    """
    A whole number that is not negative.

    Raises:
        ValueWrong: where it is none or has more than 12 digits.

    """
    trimmed = text.strip()
    if not (trimmed.isascii() and trimmed.isdigit() and len(trimmed) <= _MOST_DIGITS):
        raise ValueWrong(f"{trimmed[:40]!r} is not a whole number")
    return int(trimmed)


def _of_text(write: Callable[[Any], str], read: Callable[[str], Any]) -> Codec:
    """A type of value that is the text of its element; an empty element says nothing."""

    def reading(element: etree._Element) -> Any:
        text = text_of(element)
        return read(text) if text.strip() else None

    return Codec(lambda element, value: put_text(element, write(value)), reading)


def choice(kind: type[StrEnum]) -> Codec:
    """One of the words of an enumeration, read in whatever case."""
    by_name = {one.lower(): one for one in kind}

    def read(text: str) -> StrEnum:
        found = by_name.get(text.strip().lower())
        if found is None:
            raise ValueWrong(f"{text.strip()[:40]!r} is none of {', '.join(kind)}")
        return found

    return _of_text(str, read)


WORDS: Final = Codec(put_text, _read_words)
"""Words of a person: kept to the letter."""
TOKEN: Final = Codec(put_text, _read_token)
"""An id or a name: blanks around it are the writer's layout."""
WHOLE: Final = _of_text(str, read_whole)
FLAG: Final = _of_text(lambda value: "true" if value else "false", read_boolean)
INSTANT: Final = _of_text(write_instant, read_instant)
MOMENT: Final = _of_text(write_moment, read_moment)


def _write_address(element: etree._Element, value: Address) -> None:
    put_text(sub(element, value.kind), value.value)


def _read_one_address(element: etree._Element) -> Address:
    value = text_of(element).strip()
    if not value:
        raise ValueWrong(f"{local(element)} is empty")
    try:
        return Address(AddressKind(local(element)), value)
    except ValueError as error:
        raise ValueWrong(f"{local(element)[:40]!r} is no kind of address") from error


def _read_address(element: etree._Element) -> Address | None:
    """An address; early peers write it as bare text, whose kind is told by its letters."""
    inner = children(element)
    if inner:
        return _read_one_address(inner[0])
    bare = (element.text or "").strip()
    if not bare:
        return None
    if "@" in bare:
        return Address(AddressKind.EMAIL, bare)
    return Address(AddressKind.NUMBER if _PHONE.fullmatch(bare) else AddressKind.SHORT_CODE, bare)


def _write_recipients(element: etree._Element, value: Recipients) -> None:
    for tag, addresses in (("To", value.to), ("Cc", value.cc), ("Bcc", value.bcc)):
        if addresses:
            group = sub(element, tag)
            for address in addresses:
                _write_address(group, address)


def _read_recipients(element: etree._Element) -> Recipients:
    found: dict[str, list[Address]] = {"To": [], "Cc": [], "Bcc": []}
    for group in children(element):
        if local(group) not in found:
            raise ValueWrong(f"{local(group)[:40]!r} is no group of recipients")
        found[local(group)].extend(_read_one_address(one) for one in children(group))
    return Recipients(tuple(found["To"]), tuple(found["Cc"]), tuple(found["Bcc"]))


def _write_sender(element: etree._Element, value: SenderIdentification) -> None:
    for tag, text in (("VASPID", value.vasp_id), ("VASID", value.vas_id)):
        if text is not None:
            put_text(sub(element, tag), text)
    if value.address is not None:
        _write_address(sub(element, "SenderAddress"), value.address)


def _read_sender(element: etree._Element) -> SenderIdentification:
    found = {local(child): child for child in children(element)}
    return SenderIdentification(
        vasp_id=_read_token(found["VASPID"]) if "VASPID" in found else None,
        vas_id=_read_token(found["VASID"]) if "VASID" in found else None,
        address=_read_address(found["SenderAddress"]) if "SenderAddress" in found else None,
    )


def _write_reply_charging(element: etree._Element, value: ReplyCharging) -> None:
    if value.size_bytes is not None:
        _put_attribute(element, "replyChargingSize", str(value.size_bytes))
    if value.deadline is not None:
        _put_attribute(element, "replyDeadline", write_moment(value.deadline))


def _read_reply_charging(element: etree._Element) -> ReplyCharging:
    found = attributes(element)
    size, deadline = found.get("replyChargingSize"), found.get("replyDeadline")
    return ReplyCharging(
        size_bytes=read_whole(size) if size is not None else None,
        deadline=read_moment(deadline) if deadline is not None else None,
    )


def _write_capabilities(element: etree._Element, value: UaCapabilities) -> None:
    if value.profile is not None:
        _put_attribute(element, "UAProf", value.profile)
    if value.learnt_at is not None:
        _put_attribute(element, "TimeStamp", write_instant(value.learnt_at))


def _read_capabilities(element: etree._Element) -> UaCapabilities:
    found = attributes(element)
    learnt = found.get("TimeStamp")
    return UaCapabilities(
        profile=found.get("UAProf") or None,
        learnt_at=read_instant(learnt) if learnt is not None else None,
    )


def _write_conditions(element: etree._Element, value: tuple[int, ...]) -> None:
    for one in value:
        put_text(sub(element, "DC"), str(one))


def _read_conditions(element: etree._Element) -> tuple[int, ...]:
    return tuple(read_whole(text_of(child)) for child in children(element))


def _write_status(element: etree._Element, value: Status) -> None:
    put_text(sub(element, "StatusCode"), str(value.code))
    put_text(sub(element, "StatusText"), value.text)
    if value.details is not None:
        put_text(sub(element, "Details"), value.details)


def _read_status(element: etree._Element) -> Status:
    found = {local(child): child for child in children(element)}
    if "StatusCode" not in found:
        raise ValueWrong("Status without StatusCode")
    return Status(
        code=read_whole(text_of(found["StatusCode"])),
        text=text_of(found["StatusText"]) if "StatusText" in found else "",
        details=(text_of(found["Details"]) or None) if "Details" in found else None,
    )


def attributes(element: etree._Element) -> dict[str, str]:
    """An element's attributes by their names without namespaces."""
    return {str(name).rpartition("}")[2]: str(value) for name, value in element.attrib.items()}


ADDRESS: Final = Codec(_write_address, _read_address)
RECIPIENTS: Final = Codec(_write_recipients, _read_recipients)
SENDER: Final = Codec(_write_sender, _read_sender)
REPLY_CHARGING: Final = Codec(_write_reply_charging, _read_reply_charging)
CAPABILITIES: Final = Codec(_write_capabilities, _read_capabilities)
CONDITIONS: Final = Codec(_write_conditions, _read_conditions)
STATUS: Final = Codec(_write_status, _read_status)
