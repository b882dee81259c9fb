"""Messages in: one or thousands, each with an answer of its own; and what a text would take."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

import orjson
import structlog

from spojka.access.operations.outcome import plain
from spojka.kernel.ids import ServiceId
from spojka.kernel.money import Money
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.messages.records import Class
from spojka.network.messaging.submission import refusals as _words  # noqa: F401  # the words of what the desk refuses
from spojka.network.messaging.submission.requests import Accepted, Submission
from spojka.network.messaging.text.parts import Uncarried, Wish
from spojka.network.messaging.text.previewing import preview
from spojka.surfaces.gateway.connector.bounds import LONGEST_TEXT, MOST_MESSAGES
from spojka.surfaces.gateway.connector.exchange import (
    Asked,
    Header,
    Reply,
    as_json,
    malformed,
    refused,
    retry_after,
    status_of,
    told,
)
from spojka.surfaces.gateway.connector.fields import LONGEST_REFERENCE, Origin, read_message
from spojka.surfaces.gateway.connector.multimedia import read_multimedia
from spojka.surfaces.gateway.connector.pace import pace_headers
from spojka.surfaces.gateway.connector.services import Services
from spojka.terms.clauses import Language

KEY: Final = b"idempotency-key"
WISHES: Final[Mapping[str, Wish]] = {"auto": "auto", "gsm7-translit": "gsm7-translit", "ucs2": "ucs2"}
PACE_S: Final = 2
"""An answer does not wait longer for what its headers say."""

Answer = Accepted | Refusal

_log = structlog.get_logger(__name__)


async def standard(services: Services, asked: Asked) -> Reply:
    """Submit to the address of standard messages."""
    return await _submit(services, asked, "standard")


async def priority(services: Services, asked: Asked) -> Reply:
    """Submit to the address of priority messages (o2/2.2)."""
    return await _submit(services, asked, "priority")


async def multimedia(services: Services, asked: Asked) -> Reply:
    """Submit to the address of multimedia messages."""
    return await _submit(services, asked, "standard", mms=True)


async def _submit(services: Services, asked: Asked, url: Class, *, mms: bool = False) -> Reply:
    assert asked.pin is not None
    body = read_json(asked.body)
    if isinstance(body, Refusal):
        return refused(body, asked)
    origin = Origin(asked.pin.application, url, asked.fingerprint, asked.now)
    many = isinstance(body, dict) and "messages" in body
    raws = body["messages"] if many else [body]
    if many and (not isinstance(raws, list) or len(body) > 1):
        return refused(malformed("messages", "not a list, or not alone in its object"), asked)
    if len(raws) > MOST_MESSAGES:
        figures = {"count": len(raws), "most": MOST_MESSAGES}
        return refused(Refusal("TOO_MANY_MESSAGES", (), figures), asked)
    read = read_multimedia if mms else read_message
    messages = [read(raw, origin) for raw in raws]
    key = asked.headers.get(KEY)
    if key is not None:
        messages = _keyed(messages, key, many=many)
    answers = await _answers(services, messages)
    headers = await _pace(services, asked.pin.application, answers)
    if not many:
        if isinstance(answers[0], Refusal):
            return refused(answers[0], asked, headers=headers)
        return as_json(_accepted(answers[0]), status=202, headers=headers)
    codes = [one.code for one in answers if isinstance(one, Refusal)]
    services.refusals.count_all(codes, door="https", application=asked.pin.application)
    return _many(answers, asked, headers)


async def _pace(services: Services, application: ServiceId, answers: Sequence[Answer]) -> tuple[Header, ...]:
    """What may still be sent, in headers; what was accepted stays so, and is answered without them where they fail."""
    try:
        reading = services.gauge.seen(application)
        if reading is None:
            async with asyncio.timeout(PACE_S):
                reading = await services.gauge.of(application)  # with what was just accepted
        else:
            reading.count(sum(one.parts for one in answers if isinstance(one, Accepted) and not one.repeated))
        return pace_headers(reading)
    except Exception as fault:  # noqa: BLE001  # whatever it is, the messages are accepted
        _log.warning("pace_not_told", application=str(application), fault=type(fault).__name__)
        return ()


def read_json(body: bytes) -> Any | Refusal:
    """A body in JSON, or why it is none."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as wrong:
        return malformed("body", f"not JSON in UTF-8 (line {wrong.lineno}, column {wrong.colno})")


def _keyed(messages: list[Submission | Refusal], key: bytes, *, many: bool) -> list[Submission | Refusal]:
    """Messages without a reference get one from the key of the request and their place."""
    text = key.decode("latin-1")
    if not text.isprintable() or len(text) > LONGEST_REFERENCE:
        return [malformed("Idempotency-Key", "too long, or holds characters that do not print")] * len(messages)
    return [
        replace(one, reference=f"{text}#{place}" if many else text)
        if isinstance(one, Submission) and one.reference is None
        else one
        for place, one in enumerate(messages, start=1)
    ]


async def _answers(services: Services, messages: Sequence[Submission | Refusal]) -> list[Answer]:
    """What every message is answered, in the order given: what could not be read is refused already."""
    decided = iter(await services.desk.submit([one for one in messages if isinstance(one, Submission)]))
    return [next(decided) if isinstance(one, Submission) else one for one in messages]


def _accepted(answer: Accepted) -> dict[str, Any]:
    """An accepted message; its price is null where the price list has none for it."""
    return {
        "status": "accepted",
        "id": answer.id,
        "parts": answer.parts,
        "coding": answer.coding,
        "class": answer.class_,
        "sender": answer.sender,
        "reply_possible": answer.reply_possible,
        "price": None if answer.price is None else _amount(answer.price),
        "place": answer.place,
        "expected_at": answer.expected_at,
        "repeated": answer.repeated,
    }


@lru_cache(maxsize=1024)
def _amount(price: Money) -> str:
    return f"{price.amount:f}"


def _many(answers: Sequence[Answer], asked: Asked, headers: tuple[Header, ...]) -> Reply:
    words: dict[int, Mapping[str, Any]] = {}
    results = [
        _accepted(one) if isinstance(one, Accepted) else {"status": "refused", **_told(one, asked.language, words)}
        for one in answers
    ]
    accepted = sum(isinstance(one, Accepted) for one in answers)
    later = next((one for one in answers if isinstance(one, Refusal) and status_of(one.code) == 429), None)
    if later is not None:
        headers = (*retry_after(later, asked.now), *headers)
    body = {"accepted": accepted, "refused": len(answers) - accepted, "results": results}
    return as_json(body, headers=headers)


def _told(refusal: Refusal, language: Language, words: dict[int, Mapping[str, Any]]) -> Mapping[str, Any]:
    """A refusal in words; one that stands in the batch many times is explained once."""
    found = words.get(id(refusal))
    if found is None:
        found = words[id(refusal)] = told(refusal, language)
    return found


async def previewed(services: Services, asked: Asked) -> Reply:
    """What a text would take: parts, coding, and why (o2/1.4); nothing is sent or counted."""
    del services
    body = read_json(asked.body)
    if isinstance(body, Refusal):
        return refused(body, asked)
    if not isinstance(body, dict) or not isinstance(body.get("text"), str) or len(body["text"]) > LONGEST_TEXT:
        return refused(malformed("text", f"missing, or longer than {LONGEST_TEXT} characters"), asked)
    wish = WISHES.get(body.get("coding", "auto")) if isinstance(body.get("coding", "auto"), str) else None
    if wish is None:
        return refused(malformed("coding", f"none of {', '.join(WISHES)}"), asked)
    found = preview(body["text"], wish=wish)
    if isinstance(found, Uncarried):
        return refused(Refusal("ENCODING_ERROR", ("o2/7.1",), _figures(found)), asked)
    return as_json({**plain(found), "words": found.explain(asked.language)})


def _figures(found: Uncarried) -> dict[str, object]:
    first = found.characters[0]
    return {"character": f"U+{ord(first.character):04X}", "position": first.position}
