"""The established dialect in SOAP: send (text, binary, timed, MMS), receive, confirm, ping, activate, deactivate."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, Final

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.applications.cards import read_cards
from spojka.network.messaging.messages.lives import cancel_waiting, taken_back
from spojka.network.messaging.messages.media import media_of
from spojka.network.messaging.messages.records import Class
from spojka.network.messaging.mm7.content import SMIL
from spojka.network.messaging.submission.rules import refuse_state
from spojka.surfaces.gateway.connector.attributing import attribute
from spojka.surfaces.gateway.connector.envelopes import (
    CONTENT_TYPES,
    EnvelopeWrong,
    Node,
    Version,
    read_envelope,
    write_answer,
    write_envelope,
    write_fault,
)
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
from spojka.surfaces.gateway.connector.exchange import Asked, Reply, malformed, status_of
from spojka.surfaces.gateway.connector.fields import FieldWrong
from spojka.surfaces.gateway.connector.multimedia import Media, body_of
from spojka.surfaces.gateway.connector.services import Services
from spojka.surfaces.gateway.connector.wsdl import OPERATIONS, wsdl

XML: Final = (b"content-type", b"text/xml; charset=utf-8")
NO_REPORT: Final = {"", "0", "none", "false"}
"""Report levels that ask for no report."""

Values = Mapping[str, Any]
Handler = Callable[[Services, Program, Node, Class], Coroutine[Any, Any, Any]]


async def described(services: Services, asked: Asked) -> Reply:
    """The WSDL, with the address at which it was asked for."""
    judged = services.gatekeeper.judge(asked.fingerprint, now=asked.now, application=None)
    if isinstance(judged, Refusal) and judged.code != "CERT_APPLICATION_UNSAID":
        return refuse(judged, asked)
    host = asked.headers.get(b"host", b"localhost").decode("latin-1")
    return Reply(200, wsdl(f"https://{host}{asked.path}"), (XML,))


async def standard(services: Services, asked: Asked) -> Reply:
    """The address of standard messages."""
    return await _answer(services, asked, "standard")


async def priority(services: Services, asked: Asked) -> Reply:
    """The address of priority messages."""
    return await _answer(services, asked, "priority")


async def _answer(services: Services, asked: Asked, url: Class) -> Reply:
    version = _version_of(asked)
    try:
        envelope = read_envelope(asked.body)
        version, body = envelope.version, envelope.body
        if body.name not in HANDLERS:
            return _fault(version, malformed("envelope", f"there is no operation {body.name[:64]}"), asked)
        program = await enter(services, asked, _ba_id_of(body))
        if isinstance(program, Refusal):
            if "Response" not in _result_type(body.name):
                return _fault(version, program, asked)
            return _reply(version, body.name, _of_said(refusing(program, asked)))
        result = await HANDLERS[body.name](services, program, body, url)
    except EnvelopeWrong as wrong:
        return _fault(version, malformed("envelope", str(wrong)), asked)
    if isinstance(result, Refusal):
        return _fault(version, result, asked)
    return _reply(version, body.name, result)


def refuse(refusal: Refusal, asked: Asked) -> Reply:
    """A refusal of the request itself, as a fault."""
    return _fault(_version_of(asked), refusal, asked)


def _version_of(asked: Asked) -> Version:
    return "1.2" if asked.headers.get(b"content-type", b"").startswith(b"application/soap") else "1.1"


def _fault(version: Version, refusal: Refusal, asked: Asked) -> Reply:
    said = refusing(refusal, asked)
    status = status_of(refusal.code)
    body = write_fault(version, f"{said.type} {said.code}: {said.description}", ours=status >= 500)
    return Reply(403 if status == 403 else 500, body, ((b"content-type", CONTENT_TYPES[version]),))


def _reply(version: Version, operation: str, result: Any) -> Reply:
    _, element, fields = OPERATIONS[operation]
    written = write_answer(element, fields, {"result": result})
    return Reply(200, write_envelope(version, written), ((b"content-type", CONTENT_TYPES[version]),))


def _result_type(operation: str) -> str:
    return OPERATIONS[operation][2][0][1]


def _ba_id_of(body: Node) -> str:
    """The application's number: of the request, or of the message in its container."""
    said = body.text_of("baID").strip()
    container = body.of("mc")
    if said or container is None:
        return said
    return next((found for one in container.children if (found := one.text_of("baID").strip())), "")


async def _send(services: Services, program: Program, body: Node, url: Class) -> Any:
    container = body.of("mc") or Node("mc", "")
    found = [one for one in container.children if one.name in {"textSms", "binarySms", "mms"}]
    if len(found) != 1:
        raise EnvelopeWrong("mc: holds not one of textSms, binarySms, mms")
    return _of_said(await send(services, program, _wished(found[0]), url))


async def _send_sms(services: Services, program: Program, body: Node, url: Class) -> Any:
    said = await send(services, program, _wished(body), url)
    return said.refusal if said.refusal is not None else said.ref_msg_id


def _wished(one: Node) -> Wished:
    binary, mms = one.name == "binarySms", one.name == "mms"
    data = one.octets_of("data") if binary else _multimedia(one) if mms else None
    return Wished(
        to=one.text_of("toNumber").strip(),
        text=None if binary or mms else one.text_of("text"),
        data=data,
        header=one.octets_of("header") if binary else b"",
        mms=mms,
        sender=one.text_of("fromNumber").strip(),
        msg_id=one.text_of("msgID").strip(),
        report=one.text_of("reportLevel").strip().lower() not in NO_REPORT,
        flash=one.flag_of("intruder"),
        one_part=one.of("multiPart") is not None and not one.flag_of("multiPart"),
        validity_s=one.whole_of("validityPeriod"),
        starts_at=one.instant_of("startTime"),
        priority=one.text_of("priority").strip()[:16],
    )


def _multimedia(one: Node) -> bytes:
    parts = []
    for part in one.all_of("parts"):
        if part.text_of("contentEncoding").strip().lower() not in {"", "base64", "binary"}:
            raise EnvelopeWrong("contentEncoding: neither base64 nor binary")
        parts.append(
            Media(part.text_of("contentType").strip(), part.octets_of("content"), part.text_of("id").strip() or None)
        )
    try:
        return body_of(one.text_of("subject"), parts)
    except FieldWrong as wrong:
        raise EnvelopeWrong(f"parts: {wrong}") from None


async def _receive(services: Services, program: Program, body: Node, url: Class) -> Any:
    del url
    timed = body.name == "receiveWithTime"
    found = await receive(services, program)
    if isinstance(found, Refusal):
        return found
    if found and found[0].row["kind"] == "mms":
        media = await services.reader.do(lambda ctx: media_of(ctx, found[0].row["id"]))
        return _of_mms(found[0], program, media)
    return _of_item(found[0], program, timed=timed) if found else {}


async def _confirm(services: Services, program: Program, body: Node, url: Class) -> Any:
    del url
    ref = body.text_of("refMsgID").strip()
    return _of_said(await confirm(services, program, [ref] if ref else []))


async def _ping(services: Services, program: Program, body: Node, url: Class) -> Any:
    del services, body, url
    return _of_said(ping(program))


async def _activate(services: Services, program: Program, body: Node, url: Class) -> Any:
    """Whether the application may send: what its contract says (o2/10.3) is not changed from here."""
    del body, url
    assert program.asked.pin is not None
    application = program.asked.pin.application

    def runs(ctx: Context) -> bool:
        return any(refuse_state(card) is None for card in read_cards(ctx, [application], {}))

    return await services.reader.do(runs)


async def _deactivate(services: Services, program: Program, body: Node, url: Class) -> Any:
    """Take back what waits where that is asked for; to end the service is the contact person's (o2/3.4)."""
    del url
    assert program.asked.pin is not None
    application = program.asked.pin.application
    if not body.flag_of("deleteOutstandingMessages"):
        return False

    def work(ctx: Context) -> None:
        cancel_waiting(ctx, application, why=taken_back(ctx))
        attribute(ctx, program.asked, "messages.take_back_all", [application])

    await services.reader.do(work)
    return True


HANDLERS: Final[Mapping[str, Handler]] = {
    "send": _send,
    "sendWithTime": _send,
    "sendSms": _send_sms,
    "receive": _receive,
    "receiveWithTime": _receive,
    "confirm": _confirm,
    "ping": _ping,
    "activateBA": _activate,
    "deactivateBA": _deactivate,
}


def _of_said(said: Said) -> Values:
    return {
        "baID": said.ba_id,
        "msgID": said.msg_id,
        "code": said.code,
        "description": said.description,
        "refBaID": said.ba_id,
        "refMsgID": said.ref_msg_id,
        "timestamp": said.at,
        "type": said.type,
    }


def _of_item(item: Item, program: Program, *, timed: bool) -> Values:
    row = item.row
    head: dict[str, Any] = {"baID": program.ba_id, "msgID": item.id}
    if row["kind"] == "report":
        outcome = item.outcome
        response = {
            **head,
            "code": outcome,
            "description": item.said,
            "refBaID": program.ba_id,
            "refMsgID": item.ref_msg_id,
            "timestamp": row["received_at"],
            "type": "SUCCESS" if outcome.startswith("ISUC_") else "APPL_ERROR",
        }
        return {"response": response, "selector": "Response"}
    sms = {**head, "fromNumber": row["sender"], "toNumber": row["dialled"], "validityPeriod": 0}
    sms |= {"dataCodingScheme": 0, "startTime": row["received_at"] if timed else None}
    if "text" in row["content"]:
        return {"textSms": {**sms, "intruder": False, "multiPart": False, "text": item.text}, "selector": "TextSms"}
    return {"binarySms": {**sms, "data": item.octets}, "selector": "BinarySms"}


def _of_mms(item: Item, program: Program, media: Sequence[Row]) -> Values:
    """A multimedia message with its parts; `presentation` names the one that says how the others are shown."""
    row, shown = item.row, {one["part"]: one for one in item.row["content"]["parts"]}
    named = [(one, shown[one["part"]].get("id") or str(one["part"])) for one in media]
    parts = [
        {
            "content": bytes(one["data"]),
            "contentEncoding": "base64",
            "contentType": one["content_type"],
            "id": name,
        }
        for one, name in named
    ]
    presentation = next((name for one, name in named if one["content_type"].startswith(SMIL)), None)
    mms = {
        "baID": program.ba_id,
        "msgID": item.id,
        "fromNumber": row["sender"],
        "toNumber": row["dialled"],
        "subject": row["content"]["subject"],
        "presentation": presentation,
        "parts": parts,
        "validityPeriod": 0,
    }
    return {"mms": mms, "selector": "Mms"}
