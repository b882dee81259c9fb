"""
The simulated MMSC as a program: `python -m spojka.network.messaging.centre.multimedia --port 2780`.

Control calls are lines of JSON over a connection, each with `do` and what that needs: `deliver` a message from a
handset (`from`, `to`, `subject`, `text`), `counts` of what was heard. Each answer is a line: `{"ok": …}` or
`{"wrong": "…"}`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from spojka.kernel.ids import uuid7
from spojka.kernel.time import instant_of
from spojka.network.messaging.centre.mms import Conduct, MmsCentre, NoProgram
from spojka.network.messaging.mm7.client import Peer
from spojka.network.messaging.mm7.content import CannotBeWritten, Content, MediaPart
from spojka.network.messaging.mm7.messages import Address, AddressKind, DeliveryStatus

MOST_LINE: Final = 1 << 20


def _now() -> datetime:
    """The moment that a new id carries, to a millisecond."""
    return instant_of((uuid7().int >> 80) * 1000)


def _given(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m spojka.network.messaging.centre.multimedia")
    parser.add_argument("--host", default="127.0.0.1", help="where to listen")
    parser.add_argument("--port", type=int, default=2780, help="0: one that is free")
    parser.add_argument("--user", help="name:password that a submission must bring")
    parser.add_argument("--program", help="address to which reports and messages are posted")
    parser.add_argument("--as", dest="known_as", help="name:password that they bring")
    parser.add_argument("--latency-ms", type=int, default=0, help="before a submission is answered")
    parser.add_argument("--report-after-ms", type=int, default=1000, help="from the answer to the report")
    parser.add_argument("--says", default="Retrieved", choices=[str(one) for one in DeliveryStatus])
    parser.add_argument("--control", type=int, help="take control calls, lines of JSON, on this port (0: a free one)")
    return parser.parse_args(argv)


def _address(written: str) -> Address:
    return Address(AddressKind.NUMBER if written.startswith("+") else AddressKind.SHORT_CODE, written)


def _pair(written: str | None) -> tuple[str, str] | None:
    if written is None:
        return None
    name, _, password = written.partition(":")
    return name, password


async def obey(centre: MmsCentre, line: str | bytes) -> dict[str, Any]:
    """Do what a line says; its answer. A line that cannot be done says why."""
    try:
        asked: Mapping[str, Any] = json.loads(line)
        match asked["do"]:
            case "deliver":
                text = MediaPart("text/plain", asked["text"].encode(), charset="utf-8")
                outcome = await centre.deliver(
                    sender=_address(asked["from"]),
                    recipient=_address(asked["to"]),
                    content=Content((text,)),
                    subject=asked.get("subject"),
                )
                status = outcome.status
                return {"ok": {"result": outcome.result, "status": status.code if status is not None else None}}
            case "counts":
                return {"ok": {"taken": len(centre.taken), "reported": len(centre.reported)}}
            case other:
                return {"wrong": f"there is no {other!r}; there are deliver, counts"}
    except (ValueError, KeyError, TypeError, AttributeError, NoProgram, CannotBeWritten) as wrong:
        return {"wrong": f"{type(wrong).__name__}: {wrong}"}


async def control(centre: MmsCentre, *, host: str, port: int) -> asyncio.Server:
    """Take control calls on a port (0: one that is free)."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                writer.write(json.dumps(await obey(centre, line)).encode() + b"\n")
                await writer.drain()
        except (OSError, ValueError):
            return  # the caller is gone, or its line has no end
        finally:
            writer.close()

    return await asyncio.start_server(serve, host, port, limit=MOST_LINE)


async def _run(given: argparse.Namespace) -> None:
    ended, loop = asyncio.Event(), asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, ended.set)
    conduct = Conduct(given.latency_ms, report_after_ms=given.report_after_ms, mm_status=given.says)
    name, password = _pair(given.known_as) or (None, None)
    program = Peer(given.program, user=name, password=password) if given.program else None
    centre = MmsCentre(clock=_now, choose=lambda _request, _number: conduct, program=program, user=_pair(given.user))
    ready: dict[str, object] = {"url": await centre.listen(host=given.host, port=given.port)}
    async with centre:
        calls = await control(centre, host=given.host, port=given.control) if given.control is not None else None
        if calls is not None:
            ready["control"] = calls.sockets[0].getsockname()[1]
        sys.stdout.write(json.dumps(ready) + "\n")
        sys.stdout.flush()
        await ended.wait()
        if calls is not None:
            calls.close()


def main(argv: list[str]) -> int:
    """Run until told to stop."""
    asyncio.run(_run(_given(argv)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
