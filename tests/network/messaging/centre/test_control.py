"""The simulated centre as a program, its control calls and its settings."""

from __future__ import annotations

import asyncio
import doctest
import json
import subprocess
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from spojka.network.messaging.centre import memory, originating, settings
from spojka.network.messaging.centre.control import obey, play
from spojka.network.messaging.centre.settings import CentreSettings, SettingsWrong
from spojka.network.messaging.smpp.pdus import SubmitSm
from tests.network.messaging.centre.test_centre import Inbox, centre_of
from tests.network.messaging.smpp.peers import bound, client_of, until

ROOT = Path(__file__).parents[4]


@pytest.mark.parametrize("module", [memory, originating, settings])
def test_the_examples_in_the_words_are_right(module):
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"latency": 1}, "latency"),
        ({"latency_ms": "1"}, "int"),
        ({"latency_ms": True}, "int"),
        ({"latency_ms": -1}, "below 0"),
        ({"ids": "octal"}, "decimal, hex, mixed"),
        ({"shuffled": 1}, "bool"),
    ],
)
def test_wrong_settings_say_which_and_why(given, word):
    with pytest.raises(SettingsWrong, match=word):
        CentreSettings().changed(given)


def test_control_calls_do_what_they_say():
    async def calling():
        inbox = Inbox()
        async with centre_of() as centre, client_of(centre, on_requests=inbox) as client:
            await bound(client)
            written = obey(
                centre, '{"do": "originate", "from": "420601000001", "to": "999111", "text": "a", "count": 3}'
            )
            await until(lambda: len(inbox.deliveries) == 3)
            changed = obey(centre, '{"do": "settings", "set": {"ids": "hex", "latency_ms": 1}}')
            (sent,) = await client.submit([SubmitSm(source_addr="999111", destination_addr="4206", short_message=b"A")])
            asked = json.dumps({"do": "message", "id": sent.answer.message_id})
            shown, listed = obey(centre, asked), obey(centre, '{"do": "messages", "last": 5}')
            counts = obey(centre, '{"do": "counts"}')
            forgotten = obey(centre, '{"do": "reset"}'), obey(centre, asked)
            lost = obey(centre, '{"do": "disconnect"}')
            hushed = obey(centre, '{"do": "silence", "ms": 1}')
            return written, changed, shown, listed, json.loads(json.dumps(counts)), forgotten, lost, hushed

    written, changed, shown, listed, counts, forgotten, lost, hushed = asyncio.run(calling())

    assert written == {"ok": {"parts": 3}}
    assert changed["ok"]["ids"] == "hex"
    assert (shown["ok"]["destination"], shown["ok"]["content"]) == ("4206", "41")
    assert listed == {"ok": [shown["ok"]]}
    assert (counts["ok"]["accepted"], counts["ok"]["originated_taken"], counts["ok"]["sessions"]) == (1, 3, 1)
    assert forgotten == ({"ok": {}}, {"ok": None})
    assert (lost, hushed) == ({"ok": {"lost": 1}}, {"ok": {}})


@pytest.mark.parametrize(
    "line",
    ["", "[]", "{}", "7", '{"do": "fly"}', '{"do": "originate"}', '{"do": "settings", "set": {"ids": 1}}', "\xff"],
)
def test_a_call_that_cannot_be_done_says_so(line):
    async def calling():
        async with centre_of() as centre:
            return obey(centre, line)

    assert list(asyncio.run(calling())) == ["wrong"]


def test_a_script_is_played_line_by_line():
    async def playing():
        async with centre_of() as centre:
            lines = ['{"do": "settings", "set": {"ids": "hex"}}', "", '{"do": "counts", "after_ms": 30}', "nothing"]
            began = asyncio.get_running_loop().time()
            answers = await play(centre, lines)
            return [list(one) for one in answers], asyncio.get_running_loop().time() - began

    answers, took = asyncio.run(playing())

    assert answers == [["ok"], ["ok"], ["wrong"]]
    assert took >= 0.03


@asynccontextmanager
async def program(*given):
    running = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "spojka.network.messaging.centre", "--port", "0", *given),
        cwd=ROOT,
        stdout=subprocess.PIPE,
    )
    try:
        yield running, json.loads(await asyncio.wait_for(running.stdout.readline(), 20))
    finally:
        running.terminate()
        await asyncio.wait_for(running.wait(), 10)


def test_it_runs_as_a_program_with_settings_a_script_and_control(tmp_path):
    script = tmp_path / "script.jsonl"
    script.write_text('{"do": "settings", "set": {"latency_ms": 1}}\n')

    async def running():
        async with program("--json", '{"ids": "hex"}', "--control", "0", "--script", str(script)) as (process, ready):
            played = json.loads(await process.stdout.readline())
            async with client_of(type("At", (), {"port": ready["port"]})) as client:
                await bound(client)
                outcomes = await client.submit([SubmitSm() for _ in range(11)])
            reader, writer = await asyncio.open_connection("127.0.0.1", ready["control"])
            writer.write(b'{"do": "counts"}\n')
            counts = json.loads(await reader.readline())
            writer.close()
            await writer.wait_closed()
        return played, outcomes[-1].answer.message_id, counts["ok"]["accepted"], process.returncode

    played, last, accepted, code = asyncio.run(running())

    assert played["ok"]["latency_ms"] == 1
    assert (last, accepted, code) == ("B", 11, 0)


def test_a_program_with_wrong_settings_says_so_and_ends():
    done = subprocess.run(
        [sys.executable, "-m", "spojka.network.messaging.centre", "--json", '{"ids": "octal"}'],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert done.returncode == 2
    assert "octal" in done.stderr
