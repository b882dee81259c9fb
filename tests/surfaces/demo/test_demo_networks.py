"""The simulated networks of the demonstration: phones that write while others do."""

from __future__ import annotations

import asyncio
import json

from spojka.surfaces.demo.connector.networks import Network
from spojka.surfaces.demo.month import DemoFailed

OWN, OTHER = "+420601000001", "+420601000002"


class SlowCentre:
    """Answers each line a moment later; it knows one phone alone."""

    def __init__(self) -> None:
        self.reader = asyncio.StreamReader()

    def write(self, line: bytes) -> None:
        known = json.loads(line)["from"] == OWN
        answer = b'{"ok": {}}\n' if known else b'{"wrong": "unknown"}\n'
        asyncio.get_running_loop().call_later(0.01, self.reader.feed_data, answer)


async def _all_write(mobiles: list[str]) -> list[object]:
    """What became of a message of each, all written at once."""
    centre = SlowCentre()
    network = Network("o2", 0, centre.reader, centre)
    asked = [network.writes(mobile, to="999001", text="STOP") for mobile in mobiles]
    return await asyncio.gather(*asked, return_exceptions=True)


def test_phones_of_several_programs_write_at_once_and_each_takes_its_own_answer():
    answers = asyncio.run(_all_write([OWN, OTHER, OWN, OWN]))

    assert [type(one) for one in answers] == [type(None), DemoFailed, type(None), type(None)]
    assert OTHER in str(answers[1])
