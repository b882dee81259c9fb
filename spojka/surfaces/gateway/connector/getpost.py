"""The established dialect in addresses: `…/getpost/GP?action=…`, answered in lines of `key=value`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl

from spojka.kernel.refusals import Refusal
from spojka.kernel.time import PRAGUE
from spojka.network.messaging.messages.records import Class, Purpose
from spojka.surfaces.gateway.connector.bounds import LONGEST_WAIT_S, MOST_ITEMS
from spojka.surfaces.gateway.connector.established import (
    Item,
    Program,
    Said,
    Wished,
    confirm,
    enter,
    ping,
    receive,
    refusing,
    send,
)
from spojka.surfaces.gateway.connector.exchange import (
    MOST_ARGUMENTS,
    TEXT,
    Asked,
    Reply,
    malformed,
    retry_after,
    status_of,
)
from spojka.surfaces.gateway.connector.services import Services

CHARSETS: Final = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "ascii",
    "iso-8859-1": "iso-8859-1",
    "iso-8859-2": "iso-8859-2",
    "windows-1250": "cp1250",
    "cp1250": "cp1250",
}
"""Charsets of a form's body that are read where the request names one; otherwise UTF-8."""
FORM: Final = b"application/x-www-form-urlencoded"
_TRUE: Final = {"true", "1", "yes"}
_FALSE: Final = {"false", "0", "no", ""}

Arguments = Mapping[str, str]


async def standard(services: Services, asked: Asked) -> Reply:
    """The address of standard messages: `priority` is a hint that is answered in words."""
    return await _answer(services, asked, "standard")


async def priority(services: Services, asked: Asked) -> Reply:
    """The address of priority messages."""
    return await _answer(services, asked, "priority")


async def _answer(services: Services, asked: Asked, url: Class) -> Reply:
    try:
        given = arguments_of(asked)
    except ValueError:
        return refuse(malformed("text", "not text in the charset of the request (UTF-8 unless said)"), asked)
    program = await enter(services, asked, given.get("baid", "").strip())
    if isinstance(program, Refusal):
        return refuse(program, asked)
    try:
        match given.get("action", "").lower():
            case "send":
                return _reply(await send(services, program, _wished(given, program), url), program.asked)
            case "receive":
                return await _received(services, program, given)
            case "confirm":
                ids = [one.strip() for one in given.get("refmsgid", "").split(",") if one.strip()][:MOST_ITEMS]
                return _reply(await confirm(services, program, ids), program.asked)
            case "ping":
                return _reply(ping(program), program.asked)
    except ValueError as wrong:
        name, _, reason = str(wrong).partition(": ")
        return _reply(refusing(malformed(name, reason), asked, ba_id=program.ba_id), asked)
    return _reply(refusing(malformed("action", "none of send, receive, confirm, ping"), asked), asked)


def refuse(refusal: Refusal, asked: Asked) -> Reply:
    """A refusal before it is known who asks."""
    return _reply(refusing(refusal, asked), asked)


def arguments_of(asked: Asked) -> dict[str, str]:
    """
    Arguments of the address and of a form, by their names in small letters; of one given twice the first counts.

    Raises `ValueError` where they are not text in their charset, or too many.
    """
    kind, _, rest = asked.headers.get(b"content-type", b"").lower().partition(b";")
    said = rest.partition(b"charset=")[2].strip(b' "').decode("ascii", "replace")
    found: dict[str, str] = {}
    pairs = parse_qsl(asked.query.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_ARGUMENTS)
    if asked.body and kind.strip() in (FORM, b""):
        charset = CHARSETS.get(said, "utf-8")
        pairs += parse_qsl(
            asked.body.decode(charset),
            keep_blank_values=True,
            encoding=charset,
            errors="strict",
            max_num_fields=MOST_ARGUMENTS,
        )
    for name, value in pairs:
        found.setdefault(name.lower(), value)
    return found


def _wished(given: Arguments, program: Program) -> Wished:
    """Raises `ValueError` as `name: reason`."""
    suffix = given.get("suffix", "").strip()
    sender = _number(given.get("fromnumber", ""))
    return Wished(
        to=_number(given.get("tonumber", "")),
        text=given.get("text", ""),
        sender=f"{sender or program.ba_id}{suffix}" if suffix else sender,
        msg_id=given.get("msgid", "").strip(),
        report=_flag(given, "deliveryReport"),
        flash=_flag(given, "intruder"),
        one_part="multipart" in given and not _flag(given, "multipart"),
        validity_s=_whole(given, "validityPeriod"),
        priority=given.get("priority", "").strip()[:16],
        purpose=_purpose(given),
    )


def _purpose(given: Arguments) -> Purpose:
    """Commercial unless said otherwise, as everywhere (o2/8.1)."""
    match given.get("purpose", "").strip().lower():
        case "" | "commercial":
            return "commercial"
        case "service":
            return "service"
    raise ValueError("purpose: neither commercial nor service")


def _number(written: str) -> str:
    """A number whose plus became a space, because the address was written without escaping it."""
    bare = written.strip()
    return f"+{bare}" if written.startswith(" ") and bare.isdigit() else bare


def _flag(given: Arguments, name: str) -> bool:
    value = given.get(name.lower(), "").strip().lower()
    if value not in _TRUE | _FALSE:
        raise ValueError(f"{name}: neither TRUE nor FALSE")
    return value in _TRUE


def _whole(given: Arguments, name: str, most: int = 10**9) -> int:
    text = given.get(name.lower(), "").strip() or "0"
    if not (text.isascii() and text.isdigit() and len(text) < 11 and int(text) <= most):
        raise ValueError(f"{name}: not a whole number up to {most}")
    return int(text)


async def _received(services: Services, program: Program, given: Arguments) -> Reply:
    most, wait_s = _whole(given, "batch", MOST_ITEMS), _whole(given, "wait", LONGEST_WAIT_S)
    found = await receive(services, program, most=max(1, most), wait_s=wait_s)
    if isinstance(found, Refusal):
        return _reply(refusing(found, program.asked, ba_id=program.ba_id), program.asked)
    return Reply(200, "\n".join([_item(one, program) for one in found]).encode(), (TEXT,))


def _item(item: Item, program: Program) -> str:
    """
    An item in lines; everything after `text=` up to the end of the item is the text.

    This dialect has no lines for media: `location` says where a multimedia message is fetched.
    """
    row = item.row
    at = row["received_at"].astimezone(PRAGUE).replace(tzinfo=None).isoformat(timespec="milliseconds")
    head = [("baID", program.ba_id), ("msgID", item.id), ("timestamp", at)]
    if row["kind"] == "report":
        outcome = item.outcome
        kind = "SUCCESS" if outcome.startswith("ISUC_") else "APPL_ERROR"
        rest = [
            ("responseType", kind),
            ("responseCode", outcome),
            ("responseDescription", item.said),
            ("refBaID", program.ba_id),
            ("refMsgID", item.ref_msg_id),
            ("fromNumber", row["sender"]),
        ]
        return _lines([("selector", "Response"), *head, *rest])
    numbers = [("fromNumber", row["sender"]), ("toNumber", row["dialled"])]
    if row["kind"] == "sms" and "text" in row["content"]:
        return _lines([("selector", "TextSms"), *head, *numbers, ("text", item.text)])
    if row["kind"] == "mms":
        place = f"/v1/applications/{row['application_id']}/inbox/{row['id']}"
        said = [("subject", " ".join(row["content"]["subject"].split())), ("parts", str(len(row["content"]["parts"])))]
        return _lines([("selector", "Mms"), *head, *numbers, *said, ("location", place)])
    return _lines([("selector", "BinarySms"), *head, *numbers, ("data", row["content"].get("octets", ""))])


def _reply(said: Said, asked: Asked) -> Reply:
    at = said.at.astimezone(PRAGUE).replace(tzinfo=None).isoformat(timespec="milliseconds")
    lines = [
        ("selector", "Response"),
        ("responseType", said.type),
        ("responseCode", said.code),
        ("responseDescription", " ".join(said.description.split())),
        ("baID", said.ba_id),
        ("refBaID", said.ba_id),
        ("msgID", said.msg_id),
        ("refMsgID", said.ref_msg_id),
        ("timestamp", at),
    ]
    status = 200 if said.refusal is None else status_of(said.refusal.code)
    headers = () if said.refusal is None else retry_after(said.refusal, asked.now)
    return Reply(status, _lines(lines).encode(), (TEXT, *headers))


def _lines(pairs: list[tuple[str, str]]) -> str:
    return "".join([f"{name}={value}\n" for name, value in pairs])
