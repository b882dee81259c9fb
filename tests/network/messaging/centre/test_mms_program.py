"""The simulated MMSC as a program of its own, told what to do by lines of JSON."""

from __future__ import annotations

import asyncio
import json
import sys

from spojka.network.messaging.mm7.answering import Reply
from spojka.network.messaging.mm7.client import CentreClient, Exchange, Peer, Result
from spojka.network.messaging.mm7.messages import DeliverReq, DeliveryReportReq, status
from spojka.network.messaging.mm7.receiving import Mm7Application
from tests.network.messaging.mm7.sockets import SUBMIT, served

MODULE = "spojka.network.messaging.centre.multimedia"


def test_it_takes_reports_delivers_and_says_what_is_wrong_with_a_line():
    heard = []

    async def hear(one):
        heard.append(one.message)
        return Reply(status(1000))

    async def told(control, line):
        reader, writer = await asyncio.open_connection("127.0.0.1", control)
        writer.write(line + b"\n")
        answer = json.loads(await reader.readline())
        writer.close()
        await writer.wait_closed()
        return answer

    async def going():
        async with served(Mm7Application(hear)) as program:
            words = ["--port", "0", "--control", "0", "--user", "a:b", "--program", program, "--report-after-ms", "0"]
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", MODULE, *words, stdout=asyncio.subprocess.PIPE
            )
            try:
                ready = json.loads(await process.stdout.readline())
                async with Exchange(Peer(ready["url"], user="a", password="b")) as exchange:
                    outcome = await CentreClient(exchange).submit(SUBMIT)
                async with asyncio.timeout(20):
                    while not heard:  # noqa: ASYNC110  # nobody tells a test
                        await asyncio.sleep(0.02)
                lines = [
                    b'{"do": "deliver", "from": "+420602000001", "to": "1991033", "subject": "Ahoj", "text": "Jak?"}',
                    b'{"do": "counts"}',
                    b'{"do": "dance"}',
                    b'{"do": "deliver"}',
                    b"nic",
                ]
                return outcome, [await told(ready["control"], line) for line in lines]
            finally:
                process.terminate()
                await process.wait()

    outcome, answers = asyncio.run(going())

    assert outcome.result is Result.DONE
    assert isinstance(heard[0], DeliveryReportReq)
    assert isinstance(heard[1], DeliverReq)
    assert (heard[1].subject, heard[1].content.parts[0].text()) == ("Ahoj", "Jak?")
    assert answers[0] == {"ok": {"result": "done", "status": 1000}}
    assert answers[1]["ok"]["taken"] == 1
    assert [list(one) for one in answers[2:]] == [["wrong"]] * 3
