"""What came in: fetched, waited for, acknowledged (o2/3.2)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import structlog

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.messages import inbox
from spojka.network.messaging.messages import refusals as _words  # noqa: F401  # the words of the codes below
from spojka.network.messaging.messages.lives import statuses_of
from spojka.network.messaging.messages.media import medium_of
from spojka.network.messaging.messages.records import Status
from spojka.surfaces.gateway.connector.attributing import attribute
from spojka.surfaces.gateway.connector.bounds import LONGEST_WAIT_S, MOST_ITEMS, MOST_WAITING
from spojka.surfaces.gateway.connector.exchange import Asked, Reply, as_json, malformed, refused, told
from spojka.surfaces.gateway.connector.services import Services
from spojka.surfaces.gateway.connector.submitting import read_json
from spojka.surfaces.gateway.connector.tracing import id_of

_log = structlog.get_logger(__name__)

MESSAGES: Final = ("sms", "mms")
REPORTS: Final = ("report",)
LONGEST_PART: Final = 5
AS_FILE: Final = ((b"content-disposition", b"attachment"), (b"x-content-type-options", b"nosniff"))
"""Nothing shows a part as a page by itself, whatever its sender called it."""


async def messages(services: Services, asked: Asked) -> Reply:
    """Mobile-originated messages that are not acknowledged, the oldest first."""
    return await _fetch(services, asked, MESSAGES)


async def reports(services: Services, asked: Asked) -> Reply:
    """Delivery reports that are not acknowledged, the oldest first."""
    return await _fetch(services, asked, REPORTS)


async def _fetch(services: Services, asked: Asked, kinds: Sequence[str]) -> Reply:
    assert asked.pin is not None
    try:
        arguments = asked.arguments
        wait_s = _number(arguments, "wait", 0, LONGEST_WAIT_S)
        limit = _number(arguments, "limit", 100, MOST_ITEMS)
    except ValueError as wrong:
        return refused(malformed("query", str(wrong)), asked)
    after = id_of(arguments["after"]) if "after" in arguments else None
    if after is None and "after" in arguments:
        return refused(malformed("after", "not an id"), asked)
    found = await wait_for(services, asked, kinds=kinds, limit=max(1, limit), wait_s=wait_s, after=after)
    if isinstance(found, Refusal):
        return refused(found, asked)
    statuses = await services.reader.do(lambda ctx: statuses_of(ctx, found)) if kinds == REPORTS and found else {}
    return as_json({"items": [shown(row, statuses) for row in found]})


def _number(arguments: Mapping[str, str], name: str, default: int, most: int) -> int:
    text = arguments.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) <= most):
        raise ValueError(f"{name} is not a whole number up to {most}")
    return int(text)


async def wait_for(
    services: Services,
    asked: Asked,
    *,
    kinds: Sequence[str] | None,
    limit: int,
    wait_s: int,
    after: UUID | None = None,
) -> list[Row] | Refusal:
    """
    Pending items, waited for where there are none; remembers that they were handed out.

    Whoever waits is judged anew before anything is handed out; whoever went away is handed out nothing. Returns a
    refusal of the certificate, or `TOO_MANY_WAITING`.
    """
    assert asked.pin is not None
    application = asked.pin.application

    def look(ctx: Context) -> list[Row]:
        rows = inbox.pending(ctx, application, after=after, limit=limit, kinds=kinds)
        fresh = [row for row in rows if row["fetched_at"] is None]
        if fresh:
            inbox.mark_fetched(ctx, fresh)
            attribute(ctx, asked, "messages.fetch", [row["id"] for row in fresh])
        return rows

    if wait_s == 0:
        return await services.reader.do(look)
    if services.bell.waiting(application) >= MOST_WAITING:
        return Refusal("TOO_MANY_WAITING", (), {"count": MOST_WAITING})
    until = asyncio.get_running_loop().time() + wait_s
    rung = services.bell.enter(application, waits="request")
    asked.on_left = rung.set
    try:
        while True:
            rung.clear()
            if asked.has_left:
                return []
            judged = services.still(asked)
            if isinstance(judged, Refusal):
                return judged
            found = await services.reader.do(look)
            left_s = until - asyncio.get_running_loop().time()
            if found or left_s <= 0:
                return found
            with contextlib.suppress(TimeoutError):  # once more judged and looked at when the time is over
                async with asyncio.timeout(left_s):
                    await rung.wait()
    finally:
        services.bell.leave(application, rung)


async def one(services: Services, asked: Asked) -> Reply:
    """One item by its id, also an acknowledged one, until its time is over."""
    assert asked.pin is not None
    item = id_of(asked.values["id"])
    rows = [] if item is None else await services.reader.do(lambda ctx: _one(ctx, asked, item))
    if not rows:
        return refused(Refusal("MESSAGE_NOT_FOUND", (), {"id": asked.values["id"][:64]}), asked)
    if rows[0]["erased"] or rows[0]["expires_at"] <= asked.now:
        return refused(_expired(rows[0], asked), asked)
    statuses = await services.reader.do(lambda ctx: statuses_of(ctx, rows))
    return as_json(shown(rows[0], statuses))


def _one(ctx: Context, asked: Asked, item: UUID) -> list[Row]:
    assert asked.pin is not None
    rows = inbox.arrived_by_id(ctx, asked.pin.application, [item])
    if rows and rows[0]["fetched_at"] is None and not rows[0]["erased"] and rows[0]["expires_at"] > ctx.now:
        inbox.mark_fetched(ctx, rows)
        attribute(ctx, asked, "messages.fetch", [item])
    return rows


async def part(services: Services, asked: Asked) -> Reply:
    """One part of a multimedia message as it came, while its item may be picked up (o2/3.2, 7.1)."""
    assert asked.pin is not None
    item, number = id_of(asked.values["id"]), asked.values["part"]
    if item is not None and number.isascii() and number.isdigit() and len(number) < LONGEST_PART:
        found = await services.reader.do(lambda ctx: _part(ctx, asked, item, int(number)))
        if found is not None and sha256(found["data"]).hexdigest() != found["sha256"]:
            _log.error("received_part_altered", item=str(item), part=int(number))
            return refused(Refusal("FAULT"), asked)
        if found is not None:
            return Reply(200, bytes(found["data"]), ((b"content-type", found["content_type"].encode()), *AS_FILE))
    return refused(Refusal("MESSAGE_NOT_FOUND", (), {"id": f"{asked.values['id'][:64]}/parts/{number[:8]}"}), asked)


def _part(ctx: Context, asked: Asked, item: UUID, number: int) -> Row | None:
    assert asked.pin is not None
    found = medium_of(ctx, asked.pin.application, item, number)
    if found is not None:
        attribute(ctx, asked, "messages.fetch_part", [item])
    return found


def _expired(row: Row, asked: Asked) -> Refusal:
    figures = {"id": row["id"], "expires_at": row["expires_at"], "state": inbox.state_of(row, asked.now)}
    return Refusal("MO_EXPIRED", ("o2/3.2",), figures)


async def acknowledge(services: Services, asked: Asked) -> Reply:
    """Take items out of what is pending; each has an answer of its own, and a second time changes nothing."""
    assert asked.pin is not None
    body = read_json(asked.body)
    if isinstance(body, Refusal):
        return refused(body, asked)
    ids = body.get("ids") if isinstance(body, dict) else None
    if not isinstance(ids, list) or len(ids) > MOST_ITEMS or not all(isinstance(each, str) for each in ids):
        return refused(malformed("ids", f"not a list of up to {MOST_ITEMS} texts"), asked)
    refusals = await settle(services, asked, ids)
    if len(ids) == 1 and ids[0] in refusals:
        return refused(refusals[ids[0]], asked)
    results: list[dict[str, Any]] = [
        {"id": each, "status": "refused", **told(refusals[each], asked.language)}
        if each in refusals
        else {"id": each, "status": "acknowledged"}
        for each in ids
    ]
    return as_json({"results": results})


async def settle(services: Services, asked: Asked, ids: Sequence[str]) -> dict[str, Refusal]:
    """Acknowledge items; returns why by id where one could not be: `MO_EXPIRED` or `MESSAGE_NOT_FOUND`."""
    assert asked.pin is not None
    application = asked.pin.application
    known = {each: found for each in ids if (found := id_of(each)) is not None}

    def work(ctx: Context) -> tuple[set[UUID], dict[UUID, Row]]:
        done = inbox.acknowledge(ctx, application, list(known.values()))
        attribute(ctx, asked, "messages.acknowledge", sorted(done))
        rest = [found for found in known.values() if found not in done]
        rows = inbox.arrived_by_id(ctx, application, rest) if rest else []
        return done, {row["id"]: row for row in rows}

    done, left = await services.reader.do(work) if known else (set(), {})
    return {
        each: _expired(left[known[each]], asked)
        if each in known and known[each] in left
        else Refusal("MESSAGE_NOT_FOUND", (), {"id": each[:64]})
        for each in ids
        if each not in known or known[each] not in done
    }


def shown(row: Row, statuses: Mapping[UUID, Status]) -> dict[str, Any]:
    """
    An item as its program sees it; parts of a multimedia message say where they are fetched.

    A report says what became of one part; `message_status` is what its whole message is now.
    """
    content = row["content"]
    if row["kind"] == "mms":
        place = f"/v1/applications/{row['application_id']}/inbox/{row['id']}/parts"
        content = {**content, "parts": [{**one, "href": f"{place}/{one['part']}"} for one in content["parts"]]}
    return {
        "id": str(row["id"]),
        "kind": row["kind"],
        "from": row["sender"],
        "to": row["dialled"],
        "network": row["network"],
        "content": content,
        "sha256": row["digest"].hex() if row["digest"] is not None else None,
        "message": str(row["message_id"]) if row["message_id"] else None,
        "received_at": row["received_at"],
        "expires_at": row["expires_at"],
        "message_status": statuses.get(row["message_id"]),
    }
