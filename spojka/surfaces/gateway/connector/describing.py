"""The OpenAPI document of the modern API, made of the table of routes and the table of fields."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from spojka.access.operations.context import Context
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.terms import ReachTerms
from spojka.surfaces.gateway.connector.bounds import MOST_MESSAGES
from spojka.surfaces.gateway.connector.exchange import Asked, Reply, as_json, refused, status_of
from spojka.surfaces.gateway.connector.fields import FIELDS
from spojka.surfaces.gateway.connector.multimedia import MULTIMEDIA_FIELDS
from spojka.surfaces.gateway.connector.route import OCTETS, Route
from spojka.surfaces.gateway.connector.services import Services
from spojka.trade.publications.shelf import shelf_of

OF_CERTIFICATES: Final = (
    "CERT_MISSING",
    "CERT_UNKNOWN",
    "CERT_REVOKED",
    "CERT_NOT_YET_VALID",
    "CERT_EXPIRED",
)


def _object(required: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, **({"required": list(required)} if required else {})}


def _list_of(items: Any) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


_TEXT: Final = {"type": "string"}
_NUMBER: Final = {"type": "integer"}
_FLAG: Final = {"type": "boolean"}
_INSTANT: Final = {"type": "string", "format": "date-time"}
_OBJECT: Final = {"type": "object"}
_QUOTA: Final = _object(limit=_NUMBER, used=_NUMBER, remaining=_NUMBER, resets_at=_INSTANT)


_TOLD: Final = {
    "summary": "What came in, told to the address that was set (connector.set_webhook).",
    "description": (
        "Messages and delivery reports alike. A report says in its content what became of one part; message_status"
        " is what the whole message is when it is told. Any 2xx acknowledges all items; else they are told again."
    ),
    "parameters": [
        {"name": "Spojka-Timestamp", "in": "header", "required": True, "schema": _TEXT},
        {
            "name": "Spojka-Signature",
            "in": "header",
            "required": True,
            "description": "v1= and HMAC-SHA256, keyed by the secret, of the timestamp, a dot and the body.",
            "schema": _TEXT,
        },
    ],
    "requestBody": {"required": True, "content": {"application/json": {"schema": _ref("Told")}}},
    "responses": {"2XX": {"description": "Taken."}},
}


def _one_or_many(message: str) -> dict[str, Any]:
    many = _object(("messages",), messages={**_list_of(_ref(message)), "maxItems": MOST_MESSAGES})
    return {"oneOf": [_ref(message), many]}


def _item() -> dict[str, Any]:
    """What came in: a message, or a report on one."""
    return _object(
        ("id", "kind", "content", "expires_at"),
        id=_TEXT,
        kind={"enum": ["sms", "mms", "report"]},
        to=_TEXT,
        network=_TEXT,
        content={
            **_OBJECT,
            "description": "text or octets; of an MMS its subject and its parts, each with the href to fetch it from;"
            " of a report its state and part, and whether its recipient was roaming where the network says so.",
        },
        sha256={
            "type": ["string", "null"],
            "description": "Of what a mobile sent, as it was received: the text in UTF-8, or the octets (o2/7.1).",
        },
        message={"type": ["string", "null"], "description": "The message a report is on."},
        message_status={"type": ["string", "null"], "description": "Of that message: delivered once all parts are."},
        received_at=_INSTANT,
        expires_at=_INSTANT,
        **{"from": _TEXT},
    )


def _schemas() -> dict[str, Any]:
    message = _object(("to",), **{name: dict(one.schema) for name, one in FIELDS.items()})
    media = _object(("content_type", "content"), content_type=_TEXT, content={**_TEXT, "format": "byte"}, id=_TEXT)
    multimedia = {name: dict(one.schema) for name, one in MULTIMEDIA_FIELDS.items()}
    accepted = _object(
        ("status", "id", "parts"),
        status={"const": "accepted"},
        id={**_TEXT, "format": "uuid"},
        parts=_NUMBER,
        coding=_TEXT,
        sender=_TEXT,
        reply_possible=_FLAG,
        price={"type": ["string", "null"], "description": "Net, in CZK, if all parts leave; null without one."},
        place={**_NUMBER, "description": "Parts of this application that leave before it."},
        expected_at=_INSTANT,
        repeated={**_FLAG, "description": "Accepted before under the same reference."},
        **{"class": _TEXT},
    )
    refusal = _object(("code", "words"), code=_TEXT, clauses=_list_of(_TEXT), figures=_OBJECT, words=_TEXT)
    refused_one = {"allOf": [_object(status={"const": "refused"}), _ref("Refusal")]}
    results = _list_of({"oneOf": [_ref("Accepted"), refused_one]})
    stands = _object(
        waiting=_NUMBER,
        oldest_expires_at={"type": ["string", "null"], "format": "date-time"},
        deleted_unread={
            **_NUMBER,
            "description": "Messages whose time was over since that instant, and nobody had them.",
        },
        since=_INSTANT,
    )
    event = _object(event=_TEXT, part=_NUMBER, at=_INSTANT, detail={"type": ["object", "null"]})
    return {
        "Message_": message,
        "Multimedia": _object(("to", "parts"), subject=_TEXT, parts=_list_of(media), **multimedia),
        "Submission": _one_or_many("Message_"),
        "MultimediaSubmission": _one_or_many("Multimedia"),
        "Accepted": accepted,
        "Refusal": refusal,
        "Refused": _object(refusal=_ref("Refusal")),
        "Submitted": {
            "oneOf": [_ref("Accepted"), _object(accepted=_NUMBER, refused=_NUMBER, results=results)],
        },
        "Text": _object(("text",), text=_TEXT, coding={"enum": ["auto", "gsm7-translit", "ucs2"]}),
        "Preview": _object(
            parts=_NUMBER, coding=_TEXT, units=_NUMBER, fits=_NUMBER, texts=_list_of(_TEXT), words=_TEXT
        ),
        "Message": _object(id=_TEXT, status=_TEXT, waits=_FLAG, parts=_NUMBER, timeline=_list_of(event)),
        "Item": _item(),
        "Items": _object(("items",), items=_list_of(_ref("Item"))),
        "Told": _object(("application", "items"), application=_TEXT, items=_list_of(_ref("Item"))),
        "Ids": _object(("ids",), ids=_list_of(_TEXT)),
        "Acknowledged": _object(results=_list_of(_object(id=_TEXT, status=_TEXT))),
        "Limits": _object(product=_TEXT, pace_per_s=_TEXT, day=_QUOTA, month=_QUOTA, queue=_OBJECT, inbox=stands),
    }


def _operation(route: Route) -> dict[str, Any]:
    names = [part[1:-1] for part in route.path.split("/") if part.startswith("{")]
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": _TEXT} for name in names
    ]
    parameters += [
        {"name": name, "in": "query", "description": about, "schema": _TEXT} for name, about in route.query.items()
    ]
    by_status: dict[int, list[str]] = {}
    for code in (*OF_CERTIFICATES, *route.codes):
        by_status.setdefault(status_of(code), []).append(code)
    answer = {"application/json": {"schema": _ref(route.answer)}}
    if route.answer == OCTETS:
        answer = {"*/*": {"schema": {**_TEXT, "format": "binary"}}}
    answers: dict[str, Any] = {"200": {"description": "Answered.", "content": answer}}
    if route.answer == "Submitted":
        answers["202"] = {"description": "The one message is accepted and durable.", "content": answer}
    for status, codes in sorted(by_status.items()):
        shown = {"application/json": {"schema": _ref("Refused")}}
        answers[str(status)] = {"description": ", ".join(codes), "content": shown}
    found: dict[str, Any] = {"summary": route.summary, "parameters": parameters, "responses": answers}
    if route.body is not None:
        found["requestBody"] = {"required": True, "content": {"application/json": {"schema": _ref(route.body)}}}
    return found


def _not_guaranteed(ctx: Context) -> tuple[str, tuple[str, ...]]:
    """The clause of the terms in force, and the classes of networks into which it guarantees no delivery."""
    nowhere = shelf_of(ctx).sheet(ReachTerms, ctx.today).delivery_not_guaranteed_to
    return nowhere.ref.id, tuple(nowhere.value)


@lru_cache(maxsize=8)
def document(routes: tuple[Route, ...], clause: str, not_guaranteed_to: tuple[str, ...]) -> dict[str, Any]:
    """The OpenAPI document; it says into which classes of networks a clause guarantees no delivery."""
    paths: dict[str, Any] = {}
    for route in routes:
        if route.summary:
            paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Spojka connector",
            "version": "1",
            "description": (
                "Messages for programs. Whoever calls is known by a client certificate (mutual TLS)."
                f" Delivery to other networks is not guaranteed: {', '.join(not_guaranteed_to)} ({clause})."
            ),
        },
        "security": [{"certificate": []}],
        "paths": paths,
        "webhooks": {"items": {"post": _TOLD}},
        "components": {"schemas": _schemas(), "securitySchemes": {"certificate": {"type": "mutualTLS"}}},
    }


async def openapi(routes: tuple[Route, ...], services: Services, asked: Asked) -> Reply:
    """The document of some routes, for whoever has a certificate of some application."""
    judged = services.gatekeeper.judge(asked.fingerprint, now=asked.now, application=None)
    if isinstance(judged, Refusal) and judged.code != "CERT_APPLICATION_UNSAID":
        return refused(judged, asked)
    return as_json(document(routes, *await services.reader.do(_not_guaranteed)))
