"""Requests of many callers carried out together: each waits until its answer is in the database."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Final, Generic, TypeVar

import structlog

from spojka.access.database.carrying import carried

MOST_BATCHES: Final = 50

A = TypeVar("A")
R = TypeVar("R")

_log = structlog.get_logger(__name__)


class LaneClosed(RuntimeError):
    """A request came after the lane was closed; nothing of it was done."""


class LaneFull(LaneClosed):
    """So much waits already that a request would be answered too late; nothing of it was done."""


@dataclass(eq=False, slots=True)
class _Request(Generic[A, R]):
    """What one caller asks, who waits for the future; `answers` are those it has, once it has any."""

    asked: Sequence[A]
    future: asyncio.Future[list[R]]
    answers: list[R | None] | None = None

    @property
    def missing(self) -> Sequence[int]:
        """Places without an answer."""
        if self.answers is None:
            return range(len(self.asked))
        return [place for place, answer in enumerate(self.answers) if answer is None]

    def settle(self, answers: Sequence[R | None]) -> bool:
        """Take the answers to what was missing; false when some are missing still."""
        if self.answers is None:
            self.answers = list(answers)
        else:
            for place, answer in zip(self.missing, answers, strict=True):
                self.answers[place] = answer
        whole = [answer for answer in self.answers if answer is not None]
        if len(whole) < len(self.answers):
            return False
        if not self.future.done():
            self.future.set_result(whole)
        return True

    def fail(self, fault: Exception) -> None:
        """Tell the caller what kept it from being answered."""
        if not self.future.done():
            self.future.set_exception(fault)


class Lane(Generic[A, R]):
    """
    Requests that wait, and what carries them out, batch after batch with no timer between.

    So a batch is as large as the disk is slow, and one request alone waits for one commit.

    Args:
        name: in the log, and of its thread where it has one.
        carry_out: carries out a batch: an answer to each thing asked, `None` where a lane beyond is to.
        most: things of one batch; more wait for the next, unless one caller asks them.
        apart: whether a batch that failed is tried again request by request, so that a faulty one harms no other.
        settled: is called in the loop's thread after a batch, before its callers have their answers.
        beyond: where requests go on whose answers are not all there.
        thread: whether it is carried out in a thread of its own; else in the loop's, and waits as `carrying` has it.

    So many batches may wait (`MOST_BATCHES`): while nothing is carried out, whoever asks again and again is told so
    instead of having everything done later.
    """

    def __init__(
        self,
        name: str,
        carry_out: Callable[[Sequence[A]], Sequence[R | None]],
        *,
        most: int,
        apart: Callable[[Exception], bool] = lambda _: True,
        settled: Callable[[], None] = lambda: None,
        beyond: Lane[A, R] | None = None,
        thread: bool = True,
    ) -> None:
        self._name, self._carry_out, self._most = name, carry_out, most
        self._apart, self._settled, self._beyond = apart, settled, beyond
        self._waiting: list[_Request[A, R]] = []
        self._size = 0
        self._woken = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name) if thread else None
        self._writer: asyncio.Task[None] | None = None
        self._closed = False

    async def ask(self, asked: Sequence[A]) -> list[R]:
        """Wait for the answers; raises what kept them from being given, `LaneClosed` and `LaneFull`."""
        if self._closed:
            raise LaneClosed(f"{self._name} is closed")
        if self._size >= MOST_BATCHES * self._most:
            raise LaneFull(f"{self._size} wait for {self._name}")
        if not asked:
            return []
        request: _Request[A, R] = _Request(asked, asyncio.get_running_loop().create_future())
        self._add(request)
        return await request.future

    async def close(self) -> None:
        """Answer whoever waits, then stop."""
        self._closed = True
        self._woken.set()
        if self._writer is not None:
            await self._writer
        if self._thread is not None:
            self._thread.shutdown()

    async def _carried_out(self, asked: Sequence[A]) -> Sequence[R | None]:
        if self._thread is None:
            return await carried(partial(self._carry_out, asked))
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._carry_out, asked)

    def _add(self, request: _Request[A, R]) -> None:
        self._waiting.append(request)
        self._size += len(request.asked)
        self._woken.set()
        if self._writer is None:
            self._writer = asyncio.create_task(self._write())

    async def _write(self) -> None:
        while self._waiting or not self._closed:
            self._woken.clear()
            taken = self._take()
            if not taken:
                await self._woken.wait()
                continue
            fault = await self._try(taken)
            if fault is not None:
                _log.error("batch_failed", lane=self._name, requests=len(taken), fault=repr(fault))
                apart = len(taken) > 1 and self._apart(fault)
                for request in taken:
                    own = await self._try([request]) if apart else fault
                    if own is not None:
                        request.fail(own)

    async def _try(self, taken: Sequence[_Request[A, R]]) -> Exception | None:
        """Carry out requests together; what is left out of them goes on beyond."""
        missing = [len(request.missing) for request in taken]
        asked = [request.asked[place] for request in taken for place in request.missing]
        try:
            answers = await self._carried_out(asked)
        except Exception as fault:  # noqa: BLE001  # it is handed to whoever asked
            return fault
        try:
            self._settled()
        except Exception:  # noqa: BLE001  # what is done is answered all the same
            _log.exception("batch_not_told", lane=self._name)
        start = 0
        for request, count in zip(taken, missing, strict=True):
            if not request.settle(answers[start : start + count]) and self._beyond is not None:
                self._beyond._add(request)  # noqa: SLF001  # another lane of the same desk
            start += count
        return None

    def _take(self) -> list[_Request[A, R]]:
        """As many waiting requests as fit into one batch, at least one."""
        size, count = 0, 0
        for request in self._waiting:
            size += len(request.asked)
            if count and size > self._most:
                break
            count += 1
        taken, self._waiting = self._waiting[:count], self._waiting[count:]
        self._size -= sum(len(request.asked) for request in taken)
        return taken
