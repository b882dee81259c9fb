"""The connector's part of the demonstration: started beside the other, waited for, and shown."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from spojka.access.database.server import home
from spojka.kernel.money import Money
from spojka.kernel.time import Period
from spojka.surfaces.demo.month import DemoFailed
from spojka.terms.wording import money_in_words

LONGEST_S: Final = 240
LAST_WORDS: Final = 1000
"""Characters of its log that are shown when it failed."""
PART: Final = "spojka.surfaces.demo.connector"


class Beside:
    """The process of the connector's part, what it says on the way, and what it saw."""

    def __init__(self, process: subprocess.Popen[bytes], words: Path) -> None:
        self._process, self._words = process, words

    def wait(self) -> dict[str, Any]:
        """What was seen; raises `DemoFailed` with the last words of a part that failed."""
        try:
            said, _ = self._process.communicate(timeout=LONGEST_S)
        except subprocess.TimeoutExpired:
            raise DemoFailed(f"the connector's part takes longer than {LONGEST_S} s; see {self._words}") from None
        if self._process.returncode != 0:
            last = self._words.read_text(encoding="utf-8", errors="replace")[-LAST_WORDS:].strip()
            raise DemoFailed(f"the connector's part failed; see {self._words}, which ends with: {last}")
        found: dict[str, Any] = json.loads(said.splitlines()[-1])
        return found


@contextlib.contextmanager
def connector_beside(month: Period) -> Iterator[Beside]:
    """The connector's part for a month, ended with the block."""
    words = home() / "demo" / f"{month}-connector.log"
    words.parent.mkdir(parents=True, exist_ok=True)
    with words.open("wb") as log:  # a pipe that nobody reads until the end would hold the part up once it is full
        process = subprocess.Popen(
            [sys.executable, "-m", PART, str(month)],
            env={**os.environ, "SPOJKA_HOME": str(home())},
            stdout=subprocess.PIPE,
            stderr=log,
        )
    try:
        yield Beside(process, words)
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate()


def print_connector(console: Console, seen: dict[str, Any]) -> None:
    """What every program sent and was told, what it costs, and why."""
    console.print(_programs(seen["programs"]))
    console.print(_refused(seen["programs"]))
    console.print(_bill(seen["bill"]))
    console.print("\nWhy? The largest amounts of messages", style="bold")
    for place, why in enumerate(seen["bill"]["why"], start=1):
        console.print(f"{place}. {why['en']}", soft_wrap=True)
        console.print(f"   {why['cs']}", style="dim", soft_wrap=True)
    where = seen["bill"]["documents"]
    console.print(f"PDF, ISDOC, UBL: {where['written']} → {where['folder']}", soft_wrap=True)


def messages_sent(seen: dict[str, Any]) -> int:
    """Messages that the programs asked to have sent."""
    return sum(one["submitted"] for one in seen["programs"].values())


def _programs(programs: dict[str, Any]) -> Table:
    table = Table(title="Messages of customers' programs", title_justify="left")
    table.add_column("program")
    for name in ("submitted", "accepted", "delivered", "lost", "came in"):
        table.add_column(name, justify="right")
    for name, one in programs.items():
        delivered = one["reports"].get("delivered", 0)
        lost = sum(one["reports"].values()) - delivered
        figures = (one["submitted"], one["accepted"], delivered, lost, one["received"])
        table.add_row(name, *(f"{figure:,}" for figure in figures))
    return table


def _refused(programs: dict[str, Any]) -> Table:
    table = Table(title="Messages refused", title_justify="left")
    table.add_column("program")
    table.add_column("reason")
    table.add_column("messages", justify="right")
    for name, one in programs.items():
        for code, count in sorted(one["refused"].items()):
            table.add_row(name, code, f"{count:,}")
    return table


def _bill(bill: dict[str, Any]) -> Table:
    table = Table(title="Bill run of the connector", title_justify="left")
    for name in ("state", "issued", "total with VAT"):
        table.add_column(name, justify="right")
    table.add_row(bill["state"], str(bill["issued"]), money_in_words(Money.parse(bill["total"]), "en"))
    return table
