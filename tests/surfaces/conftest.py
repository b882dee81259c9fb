"""A provider with customers, and visitors to its pages, for every test of a worker."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from spojka.kernel.ids import uuid7
from tests.surfaces.shop import PASSWORD, TODAY, Shop, open_shop


@pytest.fixture(scope="session")
def shop(database: str) -> Shop:
    """A provider that tests read; a test that changes it opens its own."""
    return open_shop(f"shop-{uuid7().hex[-8:]}")


@pytest.fixture
def own_shop(database: str) -> Shop:
    """A provider that the test may change."""
    return open_shop(f"own-{uuid7().hex[-8:]}")


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages believe that it is the shop's today."""
    monkeypatch.setattr("spojka.surfaces.web.visits.clock", lambda: TODAY)


_sessions: dict[tuple[str, str], str] = {}
"""Sessions opened once for each login: a password is slow to check on purpose."""


class Visitor:
    """Somebody with a browser at a provider's pages."""

    def __init__(self, shop: Shop, *, language: str = "cs", strict: bool = False) -> None:
        from django.test import Client

        self.shop = shop
        headers = {"accept-language": language}
        self.client = Client(SERVER_NAME="localhost", headers=headers, enforce_csrf_checks=strict)

    def sign_in(self, login: str, password: str = PASSWORD, **more: str):
        return self.post("/sign-in", login=login, password=password, **more)

    def get(self, path: str, **headers: str):
        return self.client.get(f"/{self.shop.code}{path}", headers=headers)

    def post(self, path: str, **fields: str):
        return self.client.post(f"/{self.shop.code}{path}", fields)


@pytest.fixture
def visit(shop: Shop) -> Callable[..., Visitor]:
    """A visitor of the shop, signed in when a login is given: `visit("eva")`."""

    def visiting(login: str = "", *, of: Shop | None = None, language: str = "cs", strict: bool = False) -> Visitor:
        visitor = Visitor(of or shop, language=language, strict=strict)
        if login and (visitor.shop.code, login) not in _sessions:
            assert visitor.sign_in(login).status_code == 302
            _sessions[visitor.shop.code, login] = visitor.client.cookies["spojka_session"].value
        elif login:
            visitor.client.cookies["spojka_session"] = _sessions[visitor.shop.code, login]
        return visitor

    return visiting


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every SQL statement that is run, in order."""
    import psycopg

    seen: list[str] = []
    plain = psycopg.Cursor.execute

    def counting(cursor, query, *args, **more):
        seen.append(str(query))
        return plain(cursor, query, *args, **more)

    monkeypatch.setattr(psycopg.Cursor, "execute", counting)
    return seen
