"""What could not be sent for the moment is put back before the rest of its way, in the order it was accepted."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from spojka.kernel.ids import uuid7
from spojka.network.messaging.sending.routes import Due, Route, RouteSettings
from spojka.network.messaging.smpp.clients import ClientSettings


def message(name: str, application: str):
    return SimpleNamespace(id=uuid7(), name=name, application=application, class_="standard", parts=1, others=())


@pytest.mark.parametrize("order", ["abc", "cba", "bca"])
def test_the_messages_of_an_application_keep_their_order_however_they_come_back(order):
    settings = RouteSettings("o2", ("*",), ClientSettings("127.0.0.1", 9, "spojka", "secret"))
    route = Route(settings, SimpleNamespace(is_bound=True, room=50))
    mine = {name: message(name, "mine") for name in "abcd"}
    other = message("other", "other")
    route.add(Due(mine["d"], 0, 1))

    route.add(Due(other, 0, 1), first=True)
    for name in order:
        route.add(Due(mine[name], 0, 1), first=True)

    left = [due.message.name for due in route.take(until_ns=1, ahead=0)]
    assert [name for name in left if name != "other"] == ["a", "b", "c", "d"]
    assert left[-1] == "d"
