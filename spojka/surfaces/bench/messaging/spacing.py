"""Many applications, each at its own pace: how evenly their messages leave, and what that costs (o2/4.1)."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from spojka.network.messaging.submission.desk import SubmissionDesk
from spojka.network.messaging.submission.requests import Accepted, Submission
from spojka.surfaces.bench.messaging.carrying import set_way
from spojka.surfaces.bench.messaging.processes import Meter, process
from spojka.surfaces.bench.messaging.programs import TEXT, World, make_world, sender
from spojka.surfaces.bench.messaging.stock import analyze

TOTAL_PER_S: Final = 1_000
"""Messages of all applications together, so that only their number differs."""
MOST_TOGETHER: Final = 500
LEAD_S: Final = 8
"""How long after acceptance the first ones leave: what waits is read and the way is bound by then."""
WARM_S: Final = 1
NS: Final = 1_000_000_000


def space(folder: Path, *, seconds: int, applications: int) -> dict[str, Any]:
    """
    Messages of applications that send together a thousand a second, each at its even pace from an instant of its own.

    Args:
        folder: for files.
        seconds: how long they leave.
        applications: how many; their pace is a thousand a second divided by it.

    Returns:
        How far the time between two messages of one application, as the centre sees them come, is from its pace, in
        milliseconds (median, 99th percentile, most), and the processor of the sender a message.

    """
    per_s = TOTAL_PER_S // applications
    world = make_world(folder, applications=applications, per_s=per_s, product="SMSC", certified=False)
    asyncio.run(_accept(world, per_s=per_s, each=per_s * (seconds + WARM_S)))
    analyze()
    with process([sys.executable, "-m", f"{__package__}.timekeeping"], folder, "timekeeping", piped=True) as keeper:
        assert keeper.stdin is not None
        assert keeper.stdout is not None
        set_way(world.tenant, int(json.loads(keeper.stdout.readline())["port"]))
        with sender(world) as sending:
            time.sleep(LEAD_S + WARM_S)
            meter = Meter({"sender": sending, "centre": keeper})
            time.sleep(seconds)
            spent = meter.shown()
        keeper.stdin.write(b"show\n")
        keeper.stdin.flush()
        seen: dict[str, list[int]] = json.loads(keeper.stdout.readline())
    errors = sorted(
        abs(after - before - NS // per_s) for instants in seen.values() for before, after in pairwise(instants)
    )
    count = len(errors)
    return {
        "applications": len(seen),
        "messages": sum(map(len, seen.values())),
        "pace_per_s": per_s,
        "error_p50_ms": round(errors[count // 2] / 1e6, 2),
        "error_p99_ms": round(errors[count * 99 // 100] / 1e6, 2),
        "error_most_ms": round(errors[-1] / 1e6, 2),
        **spent,
        "sender_micros_a_message": round(spent["sender_cpu_s"] / (TOTAL_PER_S * seconds) * 1e6),
    }


async def _accept(world: World, *, per_s: int, each: int) -> None:
    """Accept messages of all applications in turn; those of one leave from an instant within its own space on."""
    desk = SubmissionDesk(world.tenant, now=lambda: datetime.now(UTC))
    began = datetime.now(UTC) + timedelta(seconds=LEAD_S)
    space_s = 1 / per_s
    asked = [
        Submission(
            one,
            f"+420602{turn * len(world.applications) + place:06d}",
            TEXT,
            purpose="service",
            not_before=began + timedelta(seconds=space_s * place / len(world.applications)),
        )
        for turn in range(each)
        for place, one in enumerate(world.applications)
    ]
    pages = [asked[at : at + MOST_TOGETHER] for at in range(0, len(asked), MOST_TOGETHER)]
    answers = [one for page in await asyncio.gather(*map(desk.submit, pages)) for one in page]
    await desk.close()
    assert all(isinstance(one, Accepted) for one in answers), answers[0]
