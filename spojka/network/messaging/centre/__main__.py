"""The simulated centre as a program: `python -m spojka.network.messaging.centre --port 2775`."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from datetime import datetime
from pathlib import Path

from spojka.kernel.ids import uuid7
from spojka.kernel.time import instant_of
from spojka.network.messaging.centre.control import control, play
from spojka.network.messaging.centre.running import Centre
from spojka.network.messaging.centre.settings import CentreSettings, SettingsWrong


def _now() -> datetime:
    """The moment that a new id carries, to a millisecond."""
    return instant_of((uuid7().int >> 80) * 1000)


def _given(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m spojka.network.messaging.centre", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="where to listen")
    parser.add_argument("--port", type=int, default=2775, help="0: one that is free")
    parser.add_argument("--json", default="{}", help="settings: an object, or @ and the name of a file")
    parser.add_argument("--control", type=int, help="take control calls, lines of JSON, on this port (0: a free one)")
    parser.add_argument("--script", type=Path, help="control calls to do after the start, a line each")
    return parser.parse_args(argv)


async def _run(given: argparse.Namespace, settings: CentreSettings) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, ended.set)
    async with Centre(settings, now=_now, host=given.host, port=given.port) as centre:
        ready = {"port": centre.port}
        if given.control is not None:
            calls = await control(centre, host=given.host, port=given.control)
            ready["control"] = calls.sockets[0].getsockname()[1]
        _say(ready)
        if given.script is not None:
            for answer in await play(centre, given.script.read_text(encoding="utf-8").splitlines()):
                _say(answer)
        await ended.wait()


def _say(line: object) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def main(argv: list[str]) -> int:
    """Run until told to stop; 2 when the settings are wrong."""
    given = _given(argv)
    try:
        text = Path(given.json[1:]).read_text(encoding="utf-8") if given.json.startswith("@") else given.json
        settings = CentreSettings().changed(json.loads(text))
    except (SettingsWrong, ValueError, AttributeError, OSError) as wrong:
        sys.stderr.write(f"The settings are wrong: {wrong}\n")
        return 2
    asyncio.run(_run(given, settings))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
