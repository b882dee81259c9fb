"""A lane: what many ask is carried out together, and each has its own answer."""

from __future__ import annotations

import asyncio
import threading

import pytest

from spojka.access.database.lanes import MOST_BATCHES, Lane, LaneClosed, LaneFull


def through(lane_of, *requests):
    """Ask a new lane everything at once; answers or faults, in order."""

    async def going():
        lane = lane_of()
        try:
            return await asyncio.gather(*(lane.ask(one) for one in requests), return_exceptions=True)
        finally:
            await lane.close()

    return asyncio.run(going())


def test_what_waits_is_carried_out_together_and_everyone_has_their_own():
    batches = []

    def double(asked):
        batches.append(list(asked))
        return [2 * one for one in asked]

    found = through(lambda: Lane("double", double, most=100), [1], [2, 3], [4])

    assert found == [[2], [4, 6], [8]]
    assert batches == [[1, 2, 3, 4]]


@pytest.mark.parametrize(("most", "sizes"), [(5, [5]), (4, [3, 2]), (3, [3, 2]), (2, [2, 1, 2]), (1, [2, 1, 2])])
def test_a_batch_holds_no_more_than_it_may_unless_one_caller_asks_it(most, sizes):
    batches = []

    def count(asked):
        batches.append(len(asked))
        return list(asked)

    through(lambda: Lane("count", count, most=most), [1, 2], [3], [4, 5])

    assert batches == sizes


def test_a_faulty_request_harms_no_other():
    def whole(asked):
        if 0 in asked:
            raise ZeroDivisionError
        return [1 // one for one in asked]

    first, second, third = through(lambda: Lane("whole", whole, most=100), [1], [0], [1])

    assert (first, third) == ([1], [1])
    assert isinstance(second, ZeroDivisionError)


def test_what_harms_all_is_not_tried_apart():
    tries = []

    def away(asked):
        tries.append(len(asked))
        raise ConnectionError

    found = through(lambda: Lane("away", away, most=100, apart=lambda _: False), [1], [2])

    assert [type(one) for one in found] == [ConnectionError, ConnectionError]
    assert tries == [2]


def test_what_a_lane_leaves_goes_on_beyond_and_answers_keep_their_places():
    async def going():
        slow = Lane("slow", lambda asked: [-one for one in asked], most=100)
        quick = Lane("quick", lambda asked: [one if one % 2 else None for one in asked], most=100, beyond=slow)
        found = await asyncio.gather(quick.ask([1, 2, 3]), quick.ask([4]))
        await quick.close()
        await slow.close()
        return found

    assert asyncio.run(going()) == [[1, -2, 3], [-4]]


@pytest.mark.parametrize("thread", [True, False])
def test_a_batch_has_a_thread_of_its_own_or_the_loops_and_whoever_is_told_of_it_the_loops(thread):
    said = []

    def carry_out(asked):
        said.append(threading.current_thread())
        return asked

    async def going():
        lane = Lane("said", carry_out, most=100, settled=lambda: carry_out(()), thread=thread)
        await lane.ask([1])
        await lane.close()

    asyncio.run(going())

    assert (said[0] is threading.main_thread(), said[1:]) == (not thread, [threading.main_thread()])


def test_who_cannot_be_told_keeps_nobody_from_their_answer():
    def failing():
        raise ZeroDivisionError

    assert through(lambda: Lane("told", list, most=100, settled=failing), [1], [2]) == [[1], [2]]


def test_a_closed_lane_takes_nothing():
    async def going():
        lane = Lane("closed", list, most=100)
        await lane.close()
        await lane.ask([1])

    with pytest.raises(LaneClosed):
        asyncio.run(going())


@pytest.mark.parametrize("over", [0, 1])
def test_who_asks_while_nothing_is_carried_out_is_refused_once_too_much_waits(over):
    may_go_on = threading.Event()

    def slow(asked):
        may_go_on.wait(20)
        return list(asked)

    async def going():
        lane = Lane("slow", slow, most=2)
        running = asyncio.create_task(lane.ask([0]))
        await asyncio.sleep(0.05)
        waiting = [asyncio.create_task(lane.ask([n])) for n in range(2 * MOST_BATCHES - 1 + over)]
        await asyncio.sleep(0)
        try:
            return await asyncio.wait_for(lane.ask([7]), 0.05)
        except TimeoutError:
            return "waits"
        except LaneFull:
            return "refused"
        finally:
            may_go_on.set()
            assert await running == [0]
            assert await asyncio.gather(*waiting) == [[n] for n in range(len(waiting))]
            assert await lane.ask([8]) == [8]
            await lane.close()

    assert asyncio.run(going()) == ("refused" if over else "waits")
