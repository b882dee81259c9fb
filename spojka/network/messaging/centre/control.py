"""
Control calls of the simulated centre: lines of JSON over a connection, or from a script.

Each line is an object with `do` and what that needs; each answer a line: `{"ok": …}` or `{"wrong": "…"}`. A script's
lines may have `after_ms`: how long to wait before.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from typing import Any, Final

from spojka.network.messaging.centre.memory import number_of, shown
from spojka.network.messaging.centre.running import Centre
from spojka.network.messaging.centre.settings import SettingsWrong

_MS: Final = 1000
MOST_LINE: Final = 1 << 20


def _originate(centre: Centre, asked: Mapping[str, Any]) -> Any:
    """from, to, text; count: so many times; system_id."""
    parts = 0
    for _ in range(asked.get("count", 1)):
        parts += centre.originate(
            mobile=asked["from"], to=asked["to"], text=asked["text"], system_id=asked.get("system_id", "")
        )
    return {"parts": parts}


def _settings(centre: Centre, asked: Mapping[str, Any]) -> Any:
    """set: the settings to change."""
    centre.change(centre.settings.changed(asked["set"]))
    return asdict(centre.settings)


def _counts(centre: Centre, _asked: Mapping[str, Any]) -> Any:
    return asdict(centre.counts) | {"waiting": centre.waiting, "sessions": len(centre.sessions)}


def _message(centre: Centre, asked: Mapping[str, Any]) -> Any:
    """id: as an answer said it."""
    found = centre.memory.find(number_of(asked["id"], centre.settings.ids))
    return None if found is None else shown(found)


def _messages(centre: Centre, asked: Mapping[str, Any]) -> Any:
    """last: so many of the newest."""
    kept = list(centre.memory)
    return [shown(one) for one in kept[-asked.get("last", len(kept)) :]]


def _disconnect(centre: Centre, _asked: Mapping[str, Any]) -> Any:
    return {"lost": centre.disconnect()}


def _silence(centre: Centre, asked: Mapping[str, Any]) -> Any:
    """ms: for so long."""
    centre.silence(asked["ms"])
    return {}


def _reset(centre: Centre, _asked: Mapping[str, Any]) -> Any:
    centre.reset()
    return {}


_ACTS: Final[Mapping[str, Callable[[Centre, Mapping[str, Any]], Any]]] = {
    "counts": _counts,
    "disconnect": _disconnect,
    "message": _message,
    "messages": _messages,
    "originate": _originate,
    "reset": _reset,
    "settings": _settings,
    "silence": _silence,
}


def obey(centre: Centre, line: str | bytes) -> dict[str, Any]:
    """Do what a line says; its answer. A line that cannot be done changes nothing and says why."""
    try:
        asked = json.loads(line)
        act = _ACTS.get(asked["do"])
        if act is None:
            return {"wrong": f"there is no {asked['do']!r}; there are {', '.join(_ACTS)}"}
        return {"ok": act(centre, asked)}
    except SettingsWrong as wrong:
        return {"wrong": str(wrong)}
    except (ValueError, KeyError, TypeError, AttributeError) as wrong:
        return {"wrong": f"{type(wrong).__name__}: {wrong}"}


async def control(centre: Centre, *, host: str, port: int) -> asyncio.Server:
    """Take control calls on a port (0: one that is free)."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                writer.write(json.dumps(obey(centre, line)).encode() + b"\n")
                await writer.drain()
        except (OSError, ValueError):
            return  # the caller is gone, or its line has no end
        finally:
            writer.close()

    return await asyncio.start_server(serve, host, port, limit=MOST_LINE)


async def play(centre: Centre, lines: Iterable[str]) -> list[dict[str, Any]]:
    """Do what a script says, line by line; the answers."""
    answers = []
    for line in lines:
        if not line.strip():
            continue
        try:
            delay_ms = json.loads(line).get("after_ms", 0)
        except (ValueError, AttributeError):
            delay_ms = 0
        await asyncio.sleep(delay_ms / _MS)
        answers.append(obey(centre, line))
    return answers
