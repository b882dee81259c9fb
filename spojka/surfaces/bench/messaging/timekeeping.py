"""
A centre that keeps the time of everything that it takes: `python -m spojka.surfaces.bench.messaging.timekeeping`.

Prints `{"port": …}`; after a line of input it prints the instants in nanoseconds by sender address, and ends.
"""

from __future__ import annotations

import asyncio
import json
import sys
from time import monotonic_ns

import uvloop

from spojka.network.messaging.smpp.pdus import Bind, Pdu, SubmitSm, SubmitSmResp, answer_to
from spojka.network.messaging.smpp.servers import Admission, Server, Session


async def _admit(_session: Session, _request: Bind) -> Admission:
    return Admission(most_unanswered=0)


async def _keep() -> None:
    seen: dict[str, list[int]] = {}

    def take(session: Session, requests: list[Pdu]) -> None:
        now_ns = monotonic_ns()
        answers = []
        for one in requests:
            answer = answer_to(one)
            if isinstance(one, SubmitSm) and isinstance(answer, SubmitSmResp):
                seen.setdefault(one.source_addr, []).append(now_ns)
                answer.message_id = f"{one.sequence:08}{now_ns}"
            answers.append(answer)
        session.answer(answers)

    server = Server(admit=_admit, on_requests=take)
    sys.stdout.write(json.dumps({"port": await server.start("127.0.0.1", 0)}) + "\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.readline)
    sys.stdout.write(json.dumps(seen) + "\n")
    sys.stdout.flush()
    await server.close()


if __name__ == "__main__":
    uvloop.run(_keep())
