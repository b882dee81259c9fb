"""Real pages in a real Chromium: the application on loopback, a provider behind it."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest

from spojka.kernel.ids import uuid7
from tests.surfaces.shop import PASSWORD, TODAY, Shop, open_shop, stumble

CHROMIUM = Path("/usr/bin/chromium")
SWITCHES = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-sync",
    "--metrics-recording-only",
    "--no-first-run",
    "--no-pings",
]
PICTURES = Path(__file__).parents[2] / "screenshots"
WIDE, PHONE, NARROW = (1280, 900), (390, 844), (360, 740)


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format, *args):  # noqa: A002  # the base class names it so
        """Say nothing."""


@pytest.fixture(scope="session")
def shop(database: str) -> Shop:
    """The provider whose pages are looked at."""
    made = open_shop(f"seen-{uuid7().hex[-8:]}")
    stumble(made)
    return made


@pytest.fixture(scope="session")
def address(shop: Shop) -> Iterator[str]:
    """The pages, served on loopback, at the shop's today."""
    from spojka.surfaces.web import visits
    from spojka.surfaces.web.wsgi import application

    clock = visits.clock
    visits.clock = _today
    with make_server("127.0.0.1", 0, application, _Server, _Quiet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/{shop.code}"
        server.shutdown()
    visits.clock = clock


def _today() -> datetime:
    return TODAY


@pytest.fixture(scope="module")
def chromium(address: str):
    """
    A headless Chromium; where it is missing the tests fail in CI and say so elsewhere.

    It runs a loop in this thread, so it starts after the database is there and ends with its module.
    """
    from playwright.sync_api import sync_playwright

    if not CHROMIUM.exists():
        if os.environ.get("CI"):
            pytest.fail(f"{CHROMIUM} is missing: install the package chromium")
        pytest.skip(f"{CHROMIUM} is missing, pages were not looked at: install the package chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=SWITCHES)
        yield browser
        browser.close()


class Guest:
    """Somebody at a screen: signed in or not, in a language, wide or at a phone; what goes wrong is kept."""

    def __init__(self, context, address: str) -> None:
        self.context, self.address = context, address
        self.page = context.new_page()
        self.wrongs: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.wrongs.append(str(error)))

    def _heard(self, message) -> None:
        if message.type in ("error", "warning"):
            self.wrongs.append(f"{message.type}: {message.text}")

    def go(self, path: str):
        self.page.goto(f"{self.address}{path}")
        return self.page

    def look(self, *, size, scheme: str) -> None:
        """See the page in a window of another size, by day or by night."""
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")

    def sign_in(self, login: str):
        self.go("/sign-in")
        self.page.fill("#login", login)
        self.page.fill("#password", PASSWORD)
        self.page.press("#password", "Enter")
        self.page.wait_for_url(re.compile("(console|portal)"))
        return self


@pytest.fixture(scope="session")
def _kept() -> dict[str, list]:
    """Cookies of those who have signed in already."""
    return {}


@pytest.fixture(scope="module")
def open_window(chromium, address, _kept):
    """Open a window: signed in or not, in a language, of a size, with or without scripts."""
    opened = []

    def opening(login: str, language: str, *, size=WIDE, scripts: bool = True) -> Guest:
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale=language,
            reduced_motion="reduce",
            java_script_enabled=scripts,
        )
        context.set_default_timeout(10_000)
        opened.append(context)
        one = Guest(context, address)
        if login and login not in _kept:
            one.sign_in(login)
            _kept[login] = [each for each in context.cookies() if each["name"] == "spojka_session"]
        elif login:
            context.add_cookies(_kept[login])
        base = address.rpartition("/")[0]
        context.add_cookies([{"name": "spojka_language", "value": language, "url": base}])
        return one

    yield opening
    for context in opened:
        context.close()


@pytest.fixture(scope="module")
def window(open_window):
    """One window for each login and language, shared by the tests of a module."""
    kept: dict[tuple[str, str], Guest] = {}

    def opening(login: str, language: str) -> Guest:
        if (login, language) not in kept:
            kept[login, language] = open_window(login, language)
        return kept[login, language]

    return opening


@pytest.fixture
def guest(open_window):
    """A window of the test's own: `guest("eva", size=PHONE)`."""

    def opening(login: str = "", *, size=WIDE, language: str = "cs", scripts: bool = True) -> Guest:
        return open_window(login, language, size=size, scripts=scripts)

    return opening
