"""One program that leaks connections or receivers takes no room from the others."""

from __future__ import annotations

import contextlib
import socket

from spojka.surfaces.gateway.connector import accepting
from spojka.surfaces.gateway.connector.bounds import MOST_WAITING, Bounds
from tests.surfaces.gateway.connector.programs import Program, context_of, listening


def is_served(opened):
    """Whether a connection is let speak: what is over its bound is ended after the handshake."""
    opened.settimeout(10)
    with contextlib.suppress(OSError):
        opened.sendall(b"GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n")
        return opened.recv(100).startswith(b"HTTP/1.1 ")
    return False


def is_let_in(world, context):
    with contextlib.suppress(OSError), open_to(world.port, context) as opened:
        return is_served(opened)
    return False


def open_to(port, context):
    return context.wrap_socket(socket.create_connection(("127.0.0.1", port)), server_hostname="127.0.0.1")


def test_one_certificate_has_room_of_its_own_and_so_has_an_address_without_one(database, tmp_path, monkeypatch):
    monkeypatch.setattr(accepting, "MOST_PEERS", 1)
    with listening(tmp_path, bounds=Bounds(of_certificate=3, of_address=2)) as world:
        leaking, other = Program(world), Program(world)
        certified = context_of(world.folder, leaking.certificate, world.certificate)
        bare = context_of(world.folder, None, world.certificate)

        opened = [open_to(world.port, certified) for _ in range(4)]
        served = [is_served(one) for one in opened]
        anybody = [open_to(world.port, bare) for _ in range(3)]
        answered = [is_served(one) for one in anybody]
        others = other.http.get(f"{other.root}/limits").status_code
        opened[0].close()
        world.until(lambda: is_let_in(world, certified))
        for one in (*opened, *anybody):
            one.close()

    assert served == [True, True, True, False]
    assert answered == [True, True, False]
    assert others == 200


def test_an_address_without_a_certificate_holds_few_connections(database, tmp_path):
    with listening(tmp_path, bounds=Bounds(of_address=2)) as world:
        bare = context_of(world.folder, None, world.certificate)

        silent = [open_to(world.port, bare) for _ in range(2)]
        world.until(lambda: len(world.running.listener.connections) == 2)
        over = is_let_in(world, bare)
        program = Program(world)
        status = program.http.get(f"{program.root}/limits").status_code
        for one in silent:
            one.close()

    assert (over, status) == (False, 200)


def test_receivers_of_smpp_leave_long_polls_their_number(world):
    program, bell = Program(world), world.running.services.bell
    held = [bell.enter(program.id) for _ in range(MOST_WAITING)]

    reply = program.http.get(f"{program.root}/inbox?wait=1")
    for one in held:
        bell.leave(program.id, one)

    assert (reply.status_code, reply.json()) == (200, {"items": []})
    assert bell.waiting(program.id) == 0
    assert program.id not in bell._waiting
